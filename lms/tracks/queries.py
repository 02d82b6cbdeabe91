"""Who is enrolled, how far they are, what they completed. Every list and look-up of these goes through the viewer."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Date,
    Select,
    bindparam,
    cast,
    false,
    func,
    literal,
    null,
    or_,
    select,
    union_all,
)
from sqlalchemy.orm import InstrumentedAttribute

from lms.kernel.access import missing
from lms.kernel.db import CURRENT, db
from lms.people.models import Posting
from lms.people.queries import unit_scope
from lms.people.roles import Role
from lms.people.sign_in import Viewer
from lms.tracks import editions
from lms.tracks.course import Course
from lms.tracks.models import Completion, Edition, Enrolment, Indicator, LessonRead, PartDone, Plan
from lms.tracks.rules import Progress


@dataclass(frozen=True)
class Learning:
    """An enrolment as its learner sees it: why they have to (None: by own wish), how far they are, whether newer words exist."""

    enrolment: Enrolment
    indicator: Indicator | None
    plan: Plan | None
    progress: Progress
    newer: bool

    @property
    def course(self) -> Course:
        return self.progress.course


def visible_enrolments(viewer: Viewer) -> Select[Enrolment]:
    """Their own, and those of whoever works or worked in a unit the viewer is focal person of or answers for."""
    return select(Enrolment).where(_theirs(viewer, Enrolment.person_id))


def visible_completions(viewer: Viewer) -> Select[Completion]:
    """The same of completions that hold."""
    return select(Completion).where(Completion.superseded_at == CURRENT, _theirs(viewer, Completion.person_id))


def my_enrolments(viewer: Viewer) -> list[Learning]:
    """All courses of the viewer: what they can do themselves first, by its date, then the rest. Two statements, however many.

    A course begun for an earlier term and never finished gives way to the one begun for the next.
    """
    found = _learnings(_MINE, viewer)
    newest: dict[str, int] = {}
    for one in found:
        slug = one.enrolment.course_slug
        newest[slug] = max(one.enrolment.id, newest.get(slug, 0))
    return sorted(
        (one for one in found if one.progress.completed_on or one.enrolment.id == newest[one.enrolment.course_slug]),
        key=lambda one: (
            one.progress.completed_on is not None,
            one.progress.next_part == "class",
            one.enrolment.due_on is None,
            one.enrolment.due_on or one.enrolment.enrolled_at.date(),
            one.enrolment.id,
        ),
    )


def my_enrolment(viewer: Viewer, enrolment_id: int) -> Learning:
    """That enrolment of the viewer; anyone else's is not there."""
    found = _learnings(_MY_ONE, viewer, enrolment_id=enrolment_id)
    return found[0] if found else missing()


def progress(enrolment: Enrolment) -> Progress:
    """How far the person is."""
    return progress_of([enrolment])[enrolment.id]


_IDS: BindParameter[Any] = bindparam("ids", expanding=True)
_HOW_FAR = union_all(  # (enrolment, what, of what, when): built once, because every page of a learner asks it
    select(LessonRead.enrolment_id, literal("read"), LessonRead.lesson_slug, cast(null(), Date)).where(
        LessonRead.enrolment_id.in_(_IDS)
    ),
    select(PartDone.enrolment_id, literal("part"), PartDone.part, PartDone.on).where(
        PartDone.enrolment_id.in_(_IDS), PartDone.superseded_at == CURRENT
    ),
    select(Completion.enrolment_id, literal("completed"), literal(""), Completion.completed_on).where(
        Completion.enrolment_id.in_(_IDS), Completion.superseded_at == CURRENT
    ),
)


def progress_of(enrolments: Iterable[Enrolment]) -> dict[int, Progress]:
    """How far each is, by enrolment id. One statement, however many there are."""
    asked = list(enrolments)
    read: dict[int, set[str]] = {one.id: set() for one in asked}
    parts: dict[int, dict[str, date]] = {one.id: {} for one in asked}
    completed: dict[int, date] = {}
    for enrolment_id, what, slug, on in db.session.execute(_HOW_FAR, {"ids": list(read)}):
        if what == "read":
            read[enrolment_id].add(slug)
        elif what == "part":
            parts[enrolment_id][slug] = on
        else:
            completed[enrolment_id] = on
    return {
        one.id: Progress(
            editions.wording(one.edition_id), frozenset(read[one.id]), parts[one.id], completed.get(one.id)
        )
        for one in asked
    }


def courses_on_offer(taken: Iterable[str]) -> list[Course]:
    """The newest wording of every published course that is not among those."""
    newest = select(func.max(Edition.id)).group_by(Edition.course_slug)
    rows = db.session.execute(select(Edition.id, Edition.course_slug).where(Edition.id.in_(newest))).all()
    passed_over = set(taken)
    courses = [editions.wording(row.id) for row in rows if row.course_slug not in passed_over]
    return sorted(courses, key=lambda course: (course.track, course.slug))


_NEWEST = select(func.max(Edition.id)).where(Edition.course_slug == Enrolment.course_slug).scalar_subquery()
_MINE = (  # built once, because every page of a learner asks it
    select(Enrolment, Indicator, Plan, _NEWEST.label("newest"))
    .outerjoin(Indicator, Indicator.id == Enrolment.indicator_id)
    .outerjoin(Plan, Plan.id == Indicator.plan_id)
    .where(Enrolment.person_id == bindparam("person_id"))
)
_MY_ONE = _MINE.where(Enrolment.id == bindparam("enrolment_id"))


def _learnings(mine: Select[Any], viewer: Viewer, **values: int) -> list[Learning]:
    rows = db.session.execute(mine, {"person_id": viewer.person_id or 0, **values}).all()
    how_far = progress_of(row.Enrolment for row in rows) if rows else {}
    return [
        Learning(
            row.Enrolment, row.Indicator, row.Plan, how_far[row.Enrolment.id], row.newest != row.Enrolment.edition_id
        )
        for row in rows
    ]


def _theirs(viewer: Viewer, person_id: InstrumentedAttribute[int]) -> ColumnElement[bool]:
    scope = unit_scope(viewer, Role.FOCAL, Role.OFFICE)
    there = (
        person_id.in_(select(Posting.person_id).where(Posting.unit_id.in_(scope), Posting.superseded_at == CURRENT))
        if scope
        else false()
    )
    return or_(person_id == (viewer.person_id or 0), there)
