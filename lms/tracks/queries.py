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
    case,
    cast,
    false,
    func,
    literal,
    null,
    or_,
    select,
    union_all,
)
from sqlalchemy.orm import InstrumentedAttribute, aliased

from lms.kernel.access import missing
from lms.kernel.db import CURRENT, db, rows_of
from lms.people.models import Posting
from lms.people.queries import records_of, unit_scope
from lms.people.roles import Role
from lms.people.sign_in import Viewer
from lms.tracks import editions, order
from lms.tracks.course import Course
from lms.tracks.models import Completion, Edition, Enrolment, Indicator, LessonRead, PartDone, Plan
from lms.tracks.order import Awaited
from lms.tracks.rules import Progress


@dataclass(frozen=True)
class Learning:
    """An enrolment as its learner sees it: why they have to (None: by own wish), how far they are, whether newer words exist,
    on which days they completed the same course in another cycle (newest first), what they have to complete before they begin."""

    enrolment: Enrolment
    indicator: Indicator | None
    plan: Plan | None
    progress: Progress
    newer: bool
    before: tuple[date, ...] = ()
    waits_for: tuple[Awaited, ...] = ()

    @property
    def year(self) -> str:
        """The year it is asked for, if it is asked for a year."""
        return self.enrolment.cycle if self.enrolment.cycle.isdigit() else ""

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

    A course begun for an earlier term and never finished gives way to the one begun for the next. Of two records that are one
    person, what was completed in one is completed, and what was begun in both goes on where more was read.
    """
    found = _learnings(_MINE, viewer)
    done = {(one.enrolment.course_slug, one.enrolment.cycle) for one in found if one.progress.completed_on}
    ahead: dict[tuple[str, str], Learning] = {}
    for one in sorted(found, key=lambda one: (one.progress.lessons_done, one.enrolment.id)):
        ahead[one.enrolment.course_slug, one.enrolment.cycle] = one
    newest: dict[str, int] = {}
    for one in (*ahead.values(), *(one for one in found if one.progress.completed_on)):
        slug = one.enrolment.course_slug
        newest[slug] = max(one.enrolment.id, newest.get(slug, 0))
    return sorted(
        (
            one
            for one in found
            if one.progress.completed_on
            or (
                one.enrolment.id == newest[one.enrolment.course_slug]
                and (one.enrolment.course_slug, one.enrolment.cycle) not in done
            )
        ),
        key=lambda one: (
            one.progress.completed_on is not None,
            one.progress.next_part == "class" or bool(one.waits_for),
            one.enrolment.due_on is None,
            one.enrolment.due_on or one.enrolment.enrolled_at.date(),
            one.enrolment.id,
        ),
    )


def to_be_tested_in(viewer: Viewer) -> frozenset[str]:
    """The courses whose test this viewer still has to pass: their papers stay closed to them."""
    return frozenset(
        one.enrolment.course_slug
        for one in my_enrolments(viewer)
        if "test" in one.progress.parts_left and not one.progress.completed_on
    )


def my_enrolment(viewer: Viewer, enrolment_id: int) -> Learning:
    """That enrolment of the viewer, beside their others in the same course; anyone else's is not there."""
    found = _learnings(_MY_SAME, viewer, enrolment_id=enrolment_id)
    return next((one for one in found if one.enrolment.id == enrolment_id), None) or missing()


def progress(enrolment: Enrolment) -> Progress:
    """How far the person is."""
    return progress_of([enrolment])[enrolment.id]


_IDS: BindParameter[Any] = bindparam("ids", expanding=True)
_HOW_FAR = union_all(  # (enrolment, what, of what, when): built once, because every page of a learner asks it
    select(LessonRead.enrolment_id, literal("read"), LessonRead.lesson_slug, cast(null(), Date)).where(
        LessonRead.enrolment_id.in_(_IDS)
    ),
    select(
        PartDone.enrolment_id,
        case((PartDone.evidence["outside"].as_integer().is_(None), "part"), else_="outside"),
        PartDone.part,
        PartDone.on,
    ).where(PartDone.enrolment_id.in_(_IDS), PartDone.superseded_at == CURRENT),
    select(Completion.enrolment_id, literal("completed"), literal(""), Completion.completed_on).where(
        Completion.enrolment_id.in_(_IDS), Completion.superseded_at == CURRENT
    ),
)


def progress_of(enrolments: Iterable[Enrolment]) -> dict[int, Progress]:
    """How far each is, by enrolment id. One statement, however many there are."""
    asked = list(enrolments)
    read: dict[int, set[str]] = {one.id: set() for one in asked}
    parts: dict[int, dict[str, date]] = {one.id: {} for one in asked}
    outside: dict[int, set[str]] = {one.id: set() for one in asked}
    completed: dict[int, date] = {}
    for enrolment_id, what, slug, on in rows_of(_HOW_FAR, ids=list(read)):
        if what == "read":
            read[enrolment_id].add(slug)
        elif what in {"part", "outside"}:
            parts[enrolment_id][slug] = on
            if what == "outside":
                outside[enrolment_id].add(slug)
        else:
            completed[enrolment_id] = on
    return {
        one.id: Progress(
            editions.wording(one.edition_id),
            frozenset(read[one.id]),
            parts[one.id],
            completed.get(one.id),
            frozenset(outside[one.id]),
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
    .where(Enrolment.person_id.in_(records_of(bindparam("person_id"))))
)
_this = aliased(Enrolment)
_MY_SAME = _MINE.where(
    Enrolment.course_slug == select(_this.course_slug).where(_this.id == bindparam("enrolment_id")).scalar_subquery()
)


def _learnings(mine: Select[Any], viewer: Viewer, **values: int) -> list[Learning]:
    rows = db.session.execute(mine, {"person_id": viewer.person_id or 0, **values}).all()
    how_far = progress_of(row.Enrolment for row in rows) if rows else {}
    days: dict[str, dict[int, date]] = {}
    for row in rows:
        if on := how_far[row.Enrolment.id].completed_on:
            days.setdefault(row.Enrolment.course_slug, {})[row.Enrolment.id] = on
    asked = {slug for one in how_far.values() if not one.begun for slug in one.course.after}
    missing_yet = order.awaited(viewer.person_id, asked)
    return [
        Learning(
            row.Enrolment,
            row.Indicator,
            row.Plan,
            how_far[row.Enrolment.id],
            row.newest != row.Enrolment.edition_id,
            _others(days.get(row.Enrolment.course_slug, {}), row.Enrolment.id),
            _waits(how_far[row.Enrolment.id], missing_yet),
        )
        for row in rows
    ]


def _waits(progress: Progress, missing_yet: dict[str, Awaited]) -> tuple[Awaited, ...]:
    if progress.begun:
        return ()
    return tuple(missing_yet[slug] for slug in progress.course.after if slug in missing_yet)


def _others(days: dict[int, date], enrolment_id: int) -> tuple[date, ...]:
    return tuple(sorted((on for one, on in days.items() if one != enrolment_id), reverse=True))


def _theirs(viewer: Viewer, person_id: InstrumentedAttribute[int]) -> ColumnElement[bool]:
    scope = unit_scope(viewer, Role.FOCAL, Role.OFFICE)
    there = (
        person_id.in_(select(Posting.person_id).where(Posting.unit_id.in_(scope), Posting.superseded_at == CURRENT))
        if scope
        else false()
    )
    return or_(person_id.in_(records_of(viewer.person_id)), there)
