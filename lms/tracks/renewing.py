"""What a required enrolment is booked under, and whose training has to be renewed."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, exists, func, or_, select

from lms.kernel.clock import now
from lms.kernel.db import CURRENT, db, insert_new
from lms.tracks import rules
from lms.tracks.cycles import Duty
from lms.tracks.models import Completion, Enrolment
from lms.tracks.rules import GRADES, Period

COMPLETED = and_(Completion.enrolment_id == Enrolment.id, Completion.superseded_at == CURRENT)


@dataclass(frozen=True)
class Booking:
    """A course that an indicator asks for, on a day. `yearly`: some indicator in force wants it each year."""

    duty: Duty
    course_slug: str
    edition_id: int
    on: date
    yearly: bool

    @property
    def period(self) -> Period:
        plan = self.duty.plan
        return Period(plan.slug, plan.starts_on, plan.ends_on)

    @property
    def cycle(self) -> str:
        return str(self.on.year) if self.yearly else self.duty.plan.slug

    @property
    def due_on(self) -> date:
        rule, plan = self.duty.rule, self.duty.plan
        return rules.due_on(rule.once, self.on, plan.ends_on, rule.count_on or plan.report_due)

    @property
    def enough(self) -> tuple[str, ...]:
        """Being enrolled in one of these is enough."""
        return self.duty.rule.courses if self.duty.rule.courses_needed == "any" else (self.course_slug,)

    @property
    def counts(self) -> ColumnElement[bool]:
        """The enrolments that training on that day may be booked under (`rules.cycle_for`)."""
        if not self.yearly:
            return Enrolment.cycle.in_(self.period.cycles)
        elsewhen = exists().where(COMPLETED, Completion.completed_on < date(self.on.year, 1, 1))
        return or_(Enrolment.cycle == self.cycle, and_(Enrolment.cycle == self.period.slug, ~elsewhen))


def renew(booking: Booking, bound: Select[int]) -> int:
    """Enrol again whoever completed the course, but not in a way that counts for long: it expires within 60 days or has
    expired, or its proof is not accepted. Due on the day of expiry; nobody with an open enrolment. Returns how many."""
    rule, plan = booking.duty.rule, booking.duty.plan
    if not rule.valid_months and set(rule.grades) >= set(GRADES):
        return 0
    due = _due(booking, bound)
    names = _names(booking, due)
    made = 0
    rows: Iterable[Any] = db.session.execute(due).all()
    for person_id, counted in rows:
        expires = rules.expires_on(counted, rule.valid_months) if counted else plan.ends_on
        made += insert_new(
            Enrolment,
            person_id=person_id,
            course_slug=booking.course_slug,
            cycle=rules.renewed(names.get(person_id, ()), booking.on),
            edition_id=booking.edition_id,
            indicator_id=booking.duty.indicator.id,
            enrolled_at=now(),
            due_on=expires,
        )
    return made


def _due(booking: Booking, bound: Select[int]) -> Select[Any]:
    """(person, day of the latest completion that counts, or None)."""
    rule, plan = booking.duty.rule, booking.duty.plan
    by = min(booking.on + rules.RENEW_BEFORE, plan.ends_on)
    counted = func.max(case((Completion.grade.in_(rule.grades), Completion.completed_on))).label("counted")
    still = (
        exists()
        .where(
            Enrolment.person_id == Completion.person_id,
            Enrolment.course_slug.in_(booking.enough),
            Enrolment.cycle.in_(booking.period.cycles),
            ~exists().where(COMPLETED).correlate(Enrolment),
        )
        .correlate(Completion)
    )
    old = counted <= rules.last_expired(by, rule.valid_months) if rule.valid_months else counted.is_(None)
    found: Any = (
        select(Completion.person_id, counted)
        .where(
            Completion.course_slug.in_(booking.enough),
            Completion.superseded_at == CURRENT,
            Completion.completed_on.between(plan.starts_on, booking.on),
            Completion.person_id.in_(bound),
            ~still,
        )
        .group_by(Completion.person_id)
        .having(or_(old, counted.is_(None)))
    )
    due: Select[Any] = found
    return due


def _names(booking: Booking, due: Select[Any]) -> dict[int, list[str]]:
    """The cycles each of these persons has used in this course."""
    found: dict[int, list[str]] = {}
    persons = due.subquery()
    rows = db.session.execute(
        select(Enrolment.person_id, Enrolment.cycle)
        .join(persons, persons.c.person_id == Enrolment.person_id)
        .where(Enrolment.course_slug == booking.course_slug)
    )
    for person_id, cycle in rows:
        found.setdefault(person_id, []).append(cycle)
    return found
