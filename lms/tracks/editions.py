"""Published wordings. An edition never changes, so one process reads each only once."""

from collections.abc import Mapping
from typing import Literal

from sqlalchemy import Select, func, select, tuple_

from lms.kernel.clock import now
from lms.kernel.db import db
from lms.kernel.refused import Refused
from lms.tracks.course import Course, digest
from lms.tracks.models import Edition

Files = Mapping[str, str]  # path in the course's folder -> text
Origin = Literal["files", "office"]

_wordings: dict[tuple[str, int], Course] = {}  # (database, edition id): two databases of one process never mix


def current(course_slug: str) -> Edition:
    """The newest edition of a course. Refused: it has none."""
    edition = newest(course_slug)
    if edition is None:
        raise Refused("The course “%(course)s” has not been published yet.", course=course_slug)
    return edition


def newest(course_slug: str) -> Edition | None:
    """The same; None when it has none."""
    return db.session.scalar(_of(course_slug).limit(1))


def numbered(course_slug: str, number: int) -> Edition | None:
    """The edition of a course with that number."""
    return db.session.scalar(_of(course_slug).where(Edition.number == number))


def wording(edition_id: int) -> Course:
    """The course as this edition words it."""
    key = (str(db.engine.url), edition_id)
    if key not in _wordings:
        content = db.session.scalar(select(Edition.content).where(Edition.id == edition_id))
        if content is None:
            raise LookupError(f"no edition {edition_id}")
        _wordings[key] = Course.from_content(content)
    return _wordings[key]


def others(course_slug: str) -> list[Course]:
    """Every other course, as its newest edition words it."""
    last = select(Edition.course_slug, func.max(Edition.number)).group_by(Edition.course_slug)
    found = select(Edition.id).where(
        Edition.course_slug != course_slug, tuple_(Edition.course_slug, Edition.number).in_(last)
    )
    return [wording(edition_id) for edition_id in db.session.scalars(found.order_by(Edition.course_slug))]


def named(edition_id: int) -> Edition:
    """The edition itself: its number and the moment it was published."""
    return db.session.get_one(Edition, edition_id)


def publish(course: Course, files: Files | None = None, *, origin: Origin = "files") -> Edition | None:
    """Keep this wording, with the files it was made from, as the newest edition; None when there is nothing new in it.

    Of a draft of the office that is so when it says what the newest edition says. Of `courses/` also when it says what it said last
    time, or anything the office has published since: what the office published stays until the files say something else.
    """
    content = course.as_content()
    sha256 = digest(content)
    kept = db.session.scalars(_of(course.slug)).all()
    for edition in kept:
        if files and edition.sha256 == sha256 and edition.files is None:
            edition.files = dict(files)  # published before files were kept
    read = next((place for place, edition in enumerate(kept) if edition.origin == "files"), len(kept))
    known = next((one for one in kept[: 1 if origin == "office" else read + 1] if one.sha256 == sha256), None)
    if known is not None:
        if origin == "files":
            known.origin = origin  # the files have caught up with the office, and are measured by this from now on
        db.session.flush()
        return None
    number = kept[0].number + 1 if kept else 1
    again = any(edition.sha256 == sha256 for edition in kept)  # words of before that hold once more
    edition = Edition(
        course_slug=course.slug,
        number=number,
        content_hash=f"{sha256}.{number}" if again else sha256,
        content=content,
        origin=origin,
        published_at=now(),
    )
    if files:
        edition.files = dict(files)
    db.session.add(edition)
    db.session.flush()
    return edition


def _of(course_slug: str) -> Select[Edition]:
    return select(Edition).where(Edition.course_slug == course_slug).order_by(Edition.number.desc())
