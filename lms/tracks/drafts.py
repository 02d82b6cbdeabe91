"""Courses changed by the office: a draft is made, edited, looked at by a second person, published or thrown away.

Everything done to a draft takes `seen_version`, the version on the page it was asked from: whoever saw an older one is refused
and told who changed it meanwhile. Who may come here at all is the doors' matter; only a reviewer is asked who they are.
"""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from lms.kernel import audit
from lms.kernel.clock import local, now
from lms.kernel.db import db
from lms.kernel.refused import Refused
from lms.kernel.settings import setting
from lms.kernel.vietnamese import clock_time, short_date, tidy
from lms.people.account_queries import names_of
from lms.people.same_queries import signs_in_as_one_of
from lms.tracks import checking, differences, editing, editions, library, packs, publishing
from lms.tracks.checking import Checked
from lms.tracks.course import Course, Question
from lms.tracks.differences import Difference
from lms.tracks.editing import LessonText
from lms.tracks.models import CourseDraft, Edition

ENDED = frozenset({"published", "thrown_away"})


def review_required() -> bool:
    """Whether a second person has to approve before anything is published (COURSE_REVIEW)."""
    return setting("course_review") == "required"


# Made


def draft_from_pack(data: bytes, *, by: int) -> CourseDraft:
    """A draft of the course in that zip, to be published over the edition of today. Refused as `packs.unpacked` does."""
    slug, files = packs.unpacked(data)
    return _made(slug, files, by, of="pack")


def draft_from_edition(edition_id: int, *, by: int) -> CourseDraft:
    """A draft with the words of that edition, of today or an older one, to be published over the edition of today."""
    edition = db.session.get_one(Edition, edition_id)
    if not edition.files:
        raise Refused(
            "The files of edition %(number)s were not kept: it was published before drafts. Send in the course as a pack.",
            number=edition.number,
        )
    return _made(edition.course_slug, edition.files, by, of="edition", edition=edition.id)


def _made(slug: str, files: Mapping[str, str], by: int, **facts: Any) -> CourseDraft:
    base = editions.newest(slug)
    draft = CourseDraft(
        course_slug=slug,
        based_on_id=base and base.id,
        files=dict(files),
        made_by=by,
        changed_by=by,
        hands=[by],
    )
    db.session.add(draft)
    db.session.flush()
    audit.record("draft.made", "course_draft", draft.id, by=by, course=slug, **facts)
    return draft


# Changed


def change_file(draft: CourseDraft, path: str, text: str | None, *, seen_version: int, by: int) -> None:
    """One file of the course gets these words; None: it is taken out. A path that is not there yet is a new file."""
    _hold(draft, seen_version)
    if text is None and path not in draft.files:
        raise LookupError(path)
    files = {name: kept for name, kept in draft.files.items() if name != path}
    if text is not None:
        files[path] = packs.checked_text(path, text)
    packs.check_whole(files)
    _change(draft, files, by, path=path)


def lesson_of(draft: CourseDraft, path: str) -> LessonText:
    """The lesson of that file (03-ten-bai.md). LookupError: there is none; Refused: edit it as a file."""
    if not library.LESSON.fullmatch(path):
        raise LookupError(path)
    return editing.lesson_of(draft.files[path])


def change_lesson(draft: CourseDraft, path: str, lesson: LessonText, *, seen_version: int, by: int) -> None:
    """The lesson of that file, or a new one at that path, gets these words; other keys of its front matter stay."""
    change_file(draft, path, editing.with_lesson(draft.files.get(path, ""), lesson), seen_version=seen_version, by=by)


def questions_of(draft: CourseDraft) -> tuple[Question, ...]:
    """The questions of its test, in their order; none when there is no test. Refused: edit quiz.toml as a file."""
    return editing.questions_of(draft.files.get(library.QUIZ, ""))


def question_of(draft: CourseDraft, slug: str) -> Question:
    """LookupError: no such question."""
    found = next((one for one in questions_of(draft) if one.slug == slug), None)
    if found is None:
        raise LookupError(slug)
    return found


def change_question(draft: CourseDraft, slug: str | None, question: Question, *, seen_version: int, by: int) -> None:
    """The question of that slug (None: a new one, the last) gets these words; the rest of quiz.toml stays as it was written."""
    text = editing.with_question(draft.files.get(library.QUIZ, ""), slug, question)
    change_file(draft, library.QUIZ, text, seen_version=seen_version, by=by)


def remove_question(draft: CourseDraft, slug: str, *, seen_version: int, by: int) -> None:
    """LookupError: no such question."""
    text = editing.without_question(draft.files.get(library.QUIZ, ""), slug)
    change_file(draft, library.QUIZ, text, seen_version=seen_version, by=by)


def rest_on_current(draft: CourseDraft, *, seen_version: int, by: int) -> tuple[str, ...]:
    """Another edition was published since the draft was begun: take over from it each file that the draft leaves as it was.

    Returns the files that both changed; in those the draft's words stay, and the difference shows what they would undo.
    """
    _hold(draft, seen_version)
    current = editions.newest(draft.course_slug)
    based_on = db.session.get(Edition, draft.based_on_id) if draft.based_on_id else None
    if current is None or current.id == draft.based_on_id:
        return ()
    mine, old, new = draft.files, (based_on and based_on.files) or {}, current.files or {}
    both = sorted(name for name in {*mine, *old, *new} if len({mine.get(name), old.get(name), new.get(name)}) == 3)
    if new:
        kept = {name: (new if mine.get(name) == old.get(name) else mine).get(name) for name in {*mine, *new}}
        mine = {name: text for name, text in sorted(kept.items()) if text is not None}
    draft.based_on_id = current.id
    _change(draft, mine, by, edition=current.id)
    return tuple(both)


# Looked at


def checked(draft: CourseDraft) -> Checked:
    """What `courses check` says of the course as the draft has it."""
    return checking.checked(draft.course_slug, draft.files, editions.others(draft.course_slug))


def difference(draft: CourseDraft, course: Course | None = None) -> Difference | None:
    """What would be another after publishing, beside the edition of today; None while a fault keeps the draft from being read.
    `course`: that of `checked(draft)`, when it is at hand."""
    course = course or checked(draft).course
    if course is None:
        return None
    current = editions.newest(draft.course_slug)
    return differences.between(editions.wording(current.id) if current else None, course)


def stale(draft: CourseDraft) -> bool:
    """Whether another edition was published since the draft was begun (see `rest_on_current`)."""
    current = editions.newest(draft.course_slug)
    return draft.state not in ENDED and (current and current.id) != draft.based_on_id


# Reviewed


def ask_review(draft: CourseDraft, *, seen_version: int, by: int) -> None:
    """Say that the draft is ready for a second person."""
    _hold(draft, seen_version)
    _check_sound(checked(draft))
    if draft.state != "open":
        raise Refused("This draft waits for its review already, or has been approved.")
    draft.state = "asked"
    _told("draft.review_asked", draft, by)


def approve(draft: CourseDraft, *, words: str, seen_version: int, by: int) -> None:
    """A second person has read it. Nobody who changed it, nor the same person by another account, is that."""
    _hold(draft, seen_version)
    if draft.state != "asked":
        raise Refused("Nobody has asked for this draft to be reviewed, or it has been approved already.")
    if by in draft.hands or signs_in_as_one_of(by, draft.hands):
        raise Refused("Nobody reviews what they changed themselves. Ask a colleague of the office.")
    _check_sound(checked(draft))
    draft.state = "approved"
    _review(draft, words, by)
    _told("draft.approved", draft, by)


def send_back(draft: CourseDraft, *, words: str, seen_version: int, by: int) -> None:
    """A reviewer asks for changes, in words; what was approved no longer is."""
    _hold(draft, seen_version)
    if draft.state not in {"asked", "approved"}:
        raise Refused("Nobody has asked for this draft to be reviewed, or it has been sent back already.")
    if not tidy(words):
        raise Refused("Say what has to change: whoever wrote the draft reads it.")
    draft.state = "open"
    _review(draft, words, by)
    _told("draft.sent_back", draft, by)


# Ended


def publish(draft: CourseDraft, *, seen_version: int, by: int, falling_short: bool = False) -> Edition:
    """The draft becomes the newest edition. Who has begun keeps their words; who has not begins with these. `falling_short`: although
    it falls short of what is asked of a course, which somebody has read and the trail keeps."""
    _hold(draft, seen_version)
    if draft.based_on_id:  # two drafts of one course published at once: the second sees the first
        db.session.execute(select(Edition.id).where(Edition.id == draft.based_on_id).with_for_update())
    current = editions.newest(draft.course_slug)
    if (current and current.id) != draft.based_on_id:
        raise Refused(
            "Edition %(number)s was published since this draft was begun. Bring the draft up to it, look at the difference, then publish.",
            number=current.number if current else 0,
        )
    if review_required() and (draft.state != "approved" or draft.reviewed_by in draft.hands):
        raise Refused("A second person of the office has to approve this draft before it is published.")
    read = checked(draft)
    course = _check_sound(read)
    if read.shortfalls and not falling_short:
        raise Refused("Read what the course falls short in. Mend it, or tick that it is published all the same.")
    edition = editions.publish(course, draft.files, origin="office")
    if edition is None:
        raise Refused("These are the words of the edition of today: there is nothing to publish.")
    publishing.give_out(edition, by=by, draft=draft.id, shortfalls=len(read.shortfalls))
    _end(draft, "published", by)
    draft.edition_id = edition.id
    db.session.flush()
    return edition


def throw_away(draft: CourseDraft, *, seen_version: int, by: int) -> None:
    """The draft is closed without a trace in the course; it stays readable."""
    _hold(draft, seen_version)
    _end(draft, "thrown_away", by)
    _told("draft.thrown_away", draft, by)


def _hold(draft: CourseDraft, seen_version: int) -> None:
    """The draft as it is now, this transaction's alone; refused when it has ended or is no longer what was seen."""
    db.session.flush()
    db.session.refresh(draft, with_for_update=True)
    if draft.state in ENDED:
        raise Refused("This draft was published or thrown away already. Begin another one.")
    if draft.version != seen_version:
        raise Refused(
            "%(who)s changed this draft at %(time)s on %(day)s, while you had it open. Look at it as it is now, then do it again.",
            who=names_of([draft.changed_by]).get(draft.changed_by or 0, "?"),
            time=clock_time(local(draft.changed_at)),
            day=short_date(local(draft.changed_at).date()),
        )


def _change(draft: CourseDraft, files: dict[str, str], by: int, **facts: Any) -> None:
    if files == draft.files and "edition" not in facts:
        return
    draft.files, draft.version = files, draft.version + 1
    draft.changed_at, draft.changed_by, draft.hands = now(), by, sorted({*draft.hands, by})
    draft.state, draft.reviewed_at, draft.reviewed_by, draft.review = "open", None, None, ""
    _told("draft.changed", draft, by, **facts)


def _review(draft: CourseDraft, words: str, by: int) -> None:
    draft.review, draft.reviewed_at, draft.reviewed_by = tidy(words), now(), by


def _end(draft: CourseDraft, state: str, by: int) -> None:
    draft.state, draft.ended_at, draft.ended_by = state, now(), by


def _told(action: str, draft: CourseDraft, by: int, **facts: Any) -> None:
    db.session.flush()
    audit.record(action, "course_draft", draft.id, by=by, version=draft.version, **facts)


def _check_sound(read: Checked) -> Course:
    if read.course is None:
        fault = read.faults[0]
        raise Refused(
            "Mend the draft first. %(path)s, line %(line)s: %(what)s",
            path=fault.path,
            line=fault.line,
            what=fault.message,
        )
    return read.course
