"""Lessons read aloud, as they are kept and found. One per lesson and language; a newer file takes the place of the older one."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Select, bindparam, func, select

from lms.kernel import audit
from lms.kernel.clock import now
from lms.kernel.db import db, rows_of
from lms.tracks.course import Course, Lesson, Sound
from lms.tracks.models import Recording
from lms.tracks.sounds import KINDS, LANGUAGES, words_of


@dataclass(frozen=True)
class Voice:
    """A recording as a lesson's page offers it."""

    language: str
    words: object  # the language's name, for whoever looks
    file_name: str  # its content, as an address
    size: int  # bytes
    media_type: str
    older: bool  # it reads words that the lesson no longer has


def keep(course: Course, sounds: Sequence[Sound]) -> int:
    """These, and no others, are the recordings of the course. Returns how many are new or gone."""
    kept = {(row.lesson_slug, row.language): row for row in db.session.scalars(_of(course.slug))}
    wanted = {(one.lesson, one.language): one for one in sounds}
    stale = [row for key, row in kept.items() if key not in wanted or wanted[key].sha256 != row.sha256]
    for row in stale:
        db.session.delete(row)
    db.session.flush()
    fresh = [one for key, one in wanted.items() if key not in kept or kept[key] in stale]
    for one in fresh:
        row = Recording(course_slug=course.slug, lesson_slug=one.lesson, language=one.language, kind=one.kind)
        row.sha256, row.content, row.words, row.kept_at = (
            one.sha256,
            one.content,
            words_of(course.by_slug[one.lesson]),
            now(),
        )
        db.session.add(row)
    db.session.flush()
    if changed := len(fresh) + len({(row.lesson_slug, row.language) for row in stale} - {*wanted}):
        audit.record("course.voices_kept", "course", 0, course=course.slug, voices=len(wanted))
    return changed


_OF_LESSON = select(  # built once, because every lesson's page asks it
    Recording.language,
    Recording.kind,
    Recording.sha256,
    Recording.words,
    func.length(Recording.content).label("size"),
).where(Recording.course_slug == bindparam("course"), Recording.lesson_slug == bindparam("lesson"))


def of_lesson(course_slug: str, lesson: Lesson) -> list[Voice]:
    """In the order of LANGUAGES."""
    rows = rows_of(_OF_LESSON, course=course_slug, lesson=lesson.slug)
    if not rows:
        return []
    words = words_of(lesson)
    voices = [
        Voice(
            row.language,
            LANGUAGES[row.language],
            f"{row.sha256[:16]}.{row.kind}",
            row.size,
            KINDS[row.kind],
            older=row.words != words,
        )
        for row in rows
    ]
    return sorted(voices, key=lambda one: [*LANGUAGES].index(one.language))


def named(course_slug: str, file_name: str) -> tuple[bytes, str] | None:
    """(content, media type) of that file of the course, if there is one."""
    sha, _, kind = file_name.partition(".")
    found = select(Recording.content).where(
        Recording.course_slug == course_slug, Recording.kind == kind, func.substr(Recording.sha256, 1, 16) == sha
    )
    content = db.session.scalar(found)
    return (content, KINDS[kind]) if content is not None else None


def _of(course_slug: str) -> Select[Recording]:
    return select(Recording).where(Recording.course_slug == course_slug)
