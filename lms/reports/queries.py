"""What a unit reports for a period: both indicators with sexes, classes held, attendances and persons, completions by course.

Persons (người) and attendances (lượt người: one person at one half-day) are never added to each other.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, and_, case, func, select

from lms.attendance.models import ClassSession, Mark, TrainingClass
from lms.attendance.rules import ATTENDED
from lms.coverage import listing, trend
from lms.coverage.listing import Wanted
from lms.coverage.queries import Coverage, coverages
from lms.coverage.question import Question
from lms.coverage.rules import State
from lms.kernel.db import CURRENT, db
from lms.people.models import Posting
from lms.tracks.models import Completion

SEXES = ("female", "male", "")


@dataclass(frozen=True)
class Sexed:
    """Persons in all and by sex; `unknown` are those whose sex is not on record."""

    female: int = 0
    male: int = 0
    unknown: int = 0

    @property
    def all(self) -> int:
        return self.female + self.male + self.unknown


@dataclass(frozen=True)
class IndicatorLine:
    """An indicator on the cut-off day."""

    found: Coverage
    required: Sexed
    done: Sexed  # in the plan's period
    done_now: Sexed  # of these, in the period of the report


@dataclass(frozen=True)
class ClassLine:
    """A class that was held, wholly or in part, in the period."""

    row: TrainingClass
    first_on: date
    last_on: date
    sessions: int
    periods: int
    attendances: int
    persons: int


@dataclass(frozen=True)
class CourseLine:
    """Completions of a course: each is one person's."""

    course: str
    persons: int


@dataclass(frozen=True)
class Report:
    """All of it. `persons` are those who came to any half-day, each once."""

    first: date
    last: date
    question: Question
    under: int | None
    indicators: Sequence[IndicatorLine]
    classes: Sequence[ClassLine]
    persons: int
    completions: Sequence[CourseLine]

    @property
    def sessions(self) -> int:
        return sum(line.sessions for line in self.classes)

    @property
    def attendances(self) -> int:
        return sum(line.attendances for line in self.classes)


def report(question: Question, under: int | None, hosts: frozenset[int], first: date, last: date) -> Report:
    """The figures of a unit (None: all that may be seen). `hosts` are the unit, those below and those it succeeded."""
    courses = listing.courses_of(question)
    classes, persons = _classes(hosts, first, last)
    return Report(
        first,
        last,
        question,
        under,
        [_indicator(found, i, under, first) for i, found in enumerate(coverages(question, under))],
        classes,
        persons,
        [
            CourseLine(courses[slug].title if slug in courses else slug, count)
            for slug, count in _completions(hosts, first, last)
        ],
    )


def _indicator(found: Coverage, i: int, under: int | None, first: date) -> IndicatorLine:
    """The same people as the list behind the figure, by sex."""
    people = listing.listed(found.question, i, Wanted(under=under, state="required")).order_by(None).subquery()
    trained = trend.trained_on(found.question, found.one)
    now = case((trained.c.on >= first, 1), else_=0)
    rows: Sequence[Any] = db.session.execute(
        select(people.c.sex, people.c.state, now, func.count())
        .outerjoin(trained, trained.c.person_id == people.c.id)
        .group_by(people.c.sex, people.c.state, now)
    ).all()

    def sexed(*, done: bool = False, this_period: bool = False) -> Sexed:
        counts = dict.fromkeys(SEXES, 0)
        for sex, state, in_period, how_many in rows:
            if (not done or state == State.DONE) and (not this_period or in_period):
                counts[sex] += how_many
        return Sexed(*counts.values())

    return IndicatorLine(found, sexed(), sexed(done=True), sexed(done=True, this_period=True))


def _attended(hosts: frozenset[int], first: date, last: date) -> Any:
    """(class, session, person) of everyone who was there: a correction with a reason outranks plain marks, then the last holds."""
    rank = func.row_number().over(
        partition_by=(Mark.session_id, Mark.person_id),
        order_by=(case((Mark.correction != "", 1), else_=0).desc(), Mark.id.desc()),
    )
    marks = (
        select(ClassSession.class_id, Mark.session_id, Mark.person_id, Mark.state, rank.label("rank"))
        .join(ClassSession, ClassSession.id == Mark.session_id)
        .join(TrainingClass, TrainingClass.id == ClassSession.class_id)
        .where(_held(hosts, first, last))
        .subquery()
    )
    there = and_(marks.c.rank == 1, marks.c.state.in_(sorted(ATTENDED)))
    return select(marks.c.class_id, marks.c.session_id, marks.c.person_id).where(there).subquery()


def _held(hosts: frozenset[int], first: date, last: date) -> ColumnElement[bool]:
    return and_(
        TrainingClass.unit_id.in_(sorted(hosts)),
        TrainingClass.cancelled_at.is_(None),
        ClassSession.on.between(first, last),
    )


def _classes(hosts: frozenset[int], first: date, last: date) -> tuple[list[ClassLine], int]:
    """Classes of these units with at least one half-day to which somebody came; and how many persons came to any."""
    there = _attended(hosts, first, last)
    sessions = (
        select(
            ClassSession.class_id,
            func.min(ClassSession.on).label("first_on"),
            func.max(ClassSession.on).label("last_on"),
            func.count().label("sessions"),
            func.sum(ClassSession.periods).label("periods"),
        )
        .where(ClassSession.id.in_(select(there.c.session_id)))
        .group_by(ClassSession.class_id)
        .subquery()
    )
    came = (
        select(
            there.c.class_id,
            func.count().label("attendances"),
            func.count(there.c.person_id.distinct()).label("persons"),
        )
        .group_by(there.c.class_id)
        .subquery()
    )
    rows: Iterable[Any] = db.session.execute(
        select(
            TrainingClass,
            sessions.c.first_on,
            sessions.c.last_on,
            sessions.c.sessions,
            sessions.c.periods,
            came.c.attendances,
            came.c.persons,
        )
        .join(sessions, sessions.c.class_id == TrainingClass.id)
        .join(came, came.c.class_id == TrainingClass.id)
        .order_by(sessions.c.first_on, TrainingClass.id)
    )
    persons = db.session.scalar(select(func.count(there.c.person_id.distinct()))) or 0
    return [ClassLine(*row) for row in rows], persons


def _completions(hosts: frozenset[int], first: date, last: date) -> Sequence[Any]:
    """(course, persons) of completions in the period, of those who worked in these units on the day they completed."""
    worked = (
        select(Posting.id)
        .where(
            Posting.person_id == Completion.person_id,
            Posting.unit_id.in_(sorted(hosts)),
            Posting.superseded_at == CURRENT,
            Posting.valid_from <= Completion.completed_on,
            Completion.completed_on < Posting.valid_to,
        )
        .exists()
    )
    found = (
        select(Completion.course_slug, func.count(Completion.person_id.distinct()))
        .where(Completion.superseded_at == CURRENT, Completion.completed_on.between(first, last), worked)
        .group_by(Completion.course_slug)
        .order_by(Completion.course_slug)
    )
    return db.session.execute(found).all()
