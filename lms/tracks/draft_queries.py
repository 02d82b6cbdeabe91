"""Drafts and editions as the office's pages list them. Their long columns stay in the database until asked for."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import exists, func, or_, select
from sqlalchemy.orm import undefer

from lms.kernel.db import db
from lms.kernel.refused import Refused
from lms.tracks import drafts, library
from lms.tracks.course import Question
from lms.tracks.drafts import ENDED
from lms.tracks.models import CourseDraft, Edition, Enrolment, LessonRead, PartDone, Plan
from lms.tracks.renewing import COMPLETED


@dataclass(frozen=True)
class EditionLine:
    """An edition in a list. `origin`: "files" or "office"; `kept`: whether its files were, so that it can be a pack or a draft."""

    id: int
    course_slug: str
    number: int
    title: str
    origin: str
    published_at: datetime
    kept: bool


def draft(draft_id: int) -> CourseDraft | None:
    """With its files."""
    return db.session.get(CourseDraft, draft_id, options=[undefer(CourseDraft.files)])


def edition(edition_id: int) -> Edition | None:
    """With its files."""
    return db.session.get(Edition, edition_id, options=[undefer(Edition.files)])


def keeps_courses(office: Collection[int]) -> bool:
    """Whether these units hold the whole of what a plan is for."""
    return bool(office) and bool(db.session.scalar(select(exists().where(Plan.scope_unit_id.in_(list(office))))))


def learners(course_slug: str) -> tuple[int, int]:
    """(in the middle: they keep their words; not begun: they begin with new ones)."""
    begun = or_(
        exists().where(LessonRead.enrolment_id == Enrolment.id), exists().where(PartDone.enrolment_id == Enrolment.id)
    )
    open_ones = select(begun, func.count()).where(Enrolment.course_slug == course_slug, ~exists().where(COMPLETED))
    found = {bool(row[0]): int(row[1]) for row in db.session.execute(open_ones.group_by(begun))}
    return found.get(True, 0), found.get(False, 0)


def lessons_in(draft: CourseDraft) -> list[tuple[str, str]]:
    """(file, title) of its lessons, in their order; one that cannot be taken apart is called by its file."""
    return [(path, _title(draft, path)) for path in sorted(draft.files) if library.LESSON.fullmatch(path)]


def questions_in(draft: CourseDraft) -> Sequence[Question]:
    """Those of its test; none where the file cannot be taken apart."""
    try:
        return drafts.questions_of(draft)
    except Refused:
        return ()


def _title(draft: CourseDraft, path: str) -> str:
    try:
        return drafts.lesson_of(draft, path).title or path
    except Refused:
        return path


def open_drafts() -> Sequence[CourseDraft]:
    """Those still to be published or thrown away, the last changed first."""
    waiting = select(CourseDraft).where(CourseDraft.state.not_in(ENDED))
    return db.session.scalars(waiting.order_by(CourseDraft.changed_at.desc(), CourseDraft.id.desc())).all()


def drafts_of(course_slug: str) -> Sequence[CourseDraft]:
    """All of one course, also those that have ended, the newest first."""
    return db.session.scalars(
        select(CourseDraft).where(CourseDraft.course_slug == course_slug).order_by(CourseDraft.id.desc())
    ).all()


def editions_of(course_slug: str) -> list[EditionLine]:
    """Every edition of a course, the newest first."""
    return _lines(course_slug)


def newest_editions() -> list[EditionLine]:
    """Of each course the newest edition, by track and title."""
    found: dict[str, EditionLine] = {}
    for line in _lines():
        found.setdefault(line.course_slug, line)
    return sorted(found.values(), key=lambda line: line.course_slug)


def _lines(course_slug: str | None = None) -> list[EditionLine]:
    columns = select(
        Edition.id,
        Edition.course_slug,
        Edition.number,
        Edition.content["title"].as_string().label("title"),
        Edition.origin,
        Edition.published_at,
        Edition.files.is_not(None).label("kept"),
    ).order_by(Edition.number.desc())
    wanted = columns.where(Edition.course_slug == course_slug) if course_slug else columns
    return [EditionLine(**row) for row in db.session.execute(wanted).mappings()]
