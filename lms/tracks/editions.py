"""Published wordings. An edition never changes, so one process reads each only once."""

from sqlalchemy import func, select

from lms.kernel.clock import now
from lms.kernel.db import db
from lms.kernel.refused import Refused
from lms.tracks.course import Course, digest
from lms.tracks.models import Edition

_wordings: dict[tuple[str, int], Course] = {}  # (database, edition id): two databases of one process never mix


def current(course_slug: str) -> Edition:
    """The newest edition of a course."""
    edition = db.session.scalar(
        select(Edition).where(Edition.course_slug == course_slug).order_by(Edition.number.desc()).limit(1)
    )
    if edition is None:
        raise Refused("The course “%(course)s” has not been published yet.", course=course_slug)
    return edition


def wording(edition_id: int) -> Course:
    """The course as this edition words it."""
    key = (str(db.engine.url), edition_id)
    if key not in _wordings:
        content = db.session.scalar(select(Edition.content).where(Edition.id == edition_id))
        if content is None:
            raise LookupError(f"no edition {edition_id}")
        _wordings[key] = Course.from_content(content)
    return _wordings[key]


def named(edition_id: int) -> Edition:
    """The edition itself: its number and the moment it was published."""
    return db.session.get_one(Edition, edition_id)


def publish(course: Course) -> Edition | None:
    """Keep this wording as a new edition; None when it is the one we have."""
    content = course.as_content()
    sha256 = digest(content)
    newest = db.session.scalar(
        select(Edition).where(Edition.course_slug == course.slug).order_by(Edition.number.desc()).limit(1)
    )
    if newest is not None and newest.content_hash == sha256:
        return None
    kept = db.session.scalar(select(Edition).where(Edition.course_slug == course.slug, Edition.content_hash == sha256))
    if kept is not None:
        raise Refused(
            "This wording of “%(course)s” was edition %(number)s. Change something to publish it again.",
            course=course.slug,
            number=kept.number,
        )
    number = (db.session.scalar(select(func.max(Edition.number)).where(Edition.course_slug == course.slug)) or 0) + 1
    edition = Edition(course_slug=course.slug, number=number, content_hash=sha256, content=content, published_at=now())
    db.session.add(edition)
    db.session.flush()
    return edition
