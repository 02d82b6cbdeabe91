"""What comes first: the courses that another one asks for, and the order of lessons where a course has one.

A course that is begun goes on, whatever a later rule says; a course that nobody has published yet holds nobody up.
"""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from sqlalchemy import exists, func, select

from lms.kernel.db import CURRENT, db
from lms.kernel.refused import Refused
from lms.people.queries import records_of
from lms.tracks import editions
from lms.tracks.course import Course
from lms.tracks.models import Completion, Edition, Enrolment, LessonRead, PartDone


@dataclass(frozen=True)
class Awaited:
    """A course still to be completed before another; the person's enrolment in it, if there is one."""

    slug: str
    title: str
    enrolment_id: int | None


def awaited(person_id: int | None, slugs: Collection[str]) -> dict[str, Awaited]:
    """Those of these courses that the person has not completed, by slug. One statement; none when there is nothing to ask."""
    if not slugs:
        return {}
    records = records_of(person_id)
    done = exists().where(
        Completion.course_slug == Edition.course_slug,
        Completion.person_id.in_(records),
        Completion.superseded_at == CURRENT,
    )
    theirs: Any = (
        select(func.max(Enrolment.id))
        .where(Enrolment.course_slug == Edition.course_slug, Enrolment.person_id.in_(records))
        .correlate(Edition)
        .scalar_subquery()
    )
    rows = db.session.execute(
        select(Edition.course_slug, func.max(Edition.id).label("newest"), theirs.label("enrolment_id"))
        .where(Edition.course_slug.in_(list(slugs)), ~done)
        .group_by(Edition.course_slug)
    )
    found = {
        row.course_slug: Awaited(row.course_slug, editions.wording(row.newest).title, row.enrolment_id) for row in rows
    }
    return {slug: found[slug] for slug in slugs if slug in found}


def check_may_take(person_id: int, course: Course) -> None:
    """Refuse a course by one's own wish while one that it asks for is not completed."""
    _refuse(awaited(person_id, course.after))


def check_may_begin(enrolment: Enrolment, course: Course) -> None:
    """Refuse the first step in a course while one that it asks for is not completed."""
    if course.after and not _begun(enrolment):
        _refuse(awaited(enrolment.person_id, course.after))


def check_may_read(enrolment: Enrolment, course: Course, lesson_slug: str) -> None:
    """The same of a lesson; and refuse one that comes later than one not read, where the course has an order."""
    check_may_begin(enrolment, course)
    if course.in_order:
        read = set(db.session.scalars(select(LessonRead.lesson_slug).where(LessonRead.enrolment_id == enrolment.id)))
        for lesson in course.lessons:
            if lesson.slug == lesson_slug or lesson_slug in read:
                return
            if lesson.slug not in read:
                raise Refused("Read “%(lesson)s” first.", lesson=lesson.title)


def _refuse(missing: dict[str, Awaited]) -> None:
    if missing:
        raise Refused("Complete this first: %(courses)s.", courses="; ".join(one.title for one in missing.values()))


def _begun(enrolment: Enrolment) -> bool:
    mine = (
        exists().where(LessonRead.enrolment_id == enrolment.id),
        exists().where(PartDone.enrolment_id == enrolment.id),
    )
    return any(db.session.execute(select(*mine)).one())
