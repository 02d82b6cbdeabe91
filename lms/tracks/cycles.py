"""What training on a day counts for: the plans in force, their rules, and the cycle a person's enrolment belongs to."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import and_, select

from lms.kernel.db import CURRENT, db
from lms.tracks import rules
from lms.tracks.models import Completion, Enrolment, Indicator, IndicatorRule, Plan
from lms.tracks.rules import Asked, Period, PopulationRule, Taken


@dataclass(frozen=True)
class Duty:
    """An indicator of a plan in force, with the rule that holds: these people have to take these courses by that day."""

    plan: Plan
    indicator: Indicator
    rule: PopulationRule


def duties(on: date, known_at: datetime | None = None) -> list[Duty]:
    """Every indicator of a plan in force that day, with its rule as known."""
    known = (
        IndicatorRule.superseded_at == CURRENT
        if known_at is None
        else and_(IndicatorRule.recorded_at <= known_at, known_at < IndicatorRule.superseded_at)
    )
    rows = db.session.execute(
        select(Plan, Indicator, IndicatorRule.rule)
        .join(Indicator, Indicator.plan_id == Plan.id)
        .join(IndicatorRule, and_(IndicatorRule.indicator_id == Indicator.id, known))
        .where(Plan.starts_on <= on, on <= Plan.ends_on)
        .order_by(Plan.starts_on, Plan.id, Indicator.place)
    )
    return [Duty(row.Plan, row.Indicator, PopulationRule.of(row.rule)) for row in rows]


def period(on: date) -> Period:
    """The plan in force that day, else its year."""
    rows = db.session.execute(select(Plan.slug, Plan.starts_on, Plan.ends_on).order_by(Plan.starts_on))
    return rules.period_of(on, [(row.slug, row.starts_on, row.ends_on) for row in rows])


def asked(course_slug: str, among: Iterable[Duty]) -> Asked:
    """How often these rules ask for the course; of several the most often."""
    found = [one.rule for one in among if course_slug in one.rule.courses]
    months = [one.valid_months for one in found if one.valid_months]
    return Asked(any(one.once == "year" for one in found), min(months, default=0))


def taken(person_id: int, course_slug: str) -> list[tuple[Enrolment, date | None]]:
    """Every enrolment of the person in the course, newest first, with the day of the completion that holds."""
    completed = and_(Completion.enrolment_id == Enrolment.id, Completion.superseded_at == CURRENT)
    rows = db.session.execute(
        select(Enrolment, Completion.completed_on)
        .outerjoin(Completion, completed)
        .where(Enrolment.person_id == person_id, Enrolment.course_slug == course_slug)
        .order_by(Enrolment.id.desc())
    )
    return [(enrolment, completed_on) for enrolment, completed_on in rows]


def running(person_id: int, course_slug: str, on: date) -> tuple[str, Enrolment | None]:
    """The cycle that training on that day counts for, and the person's enrolment in it, if there is one."""
    held = taken(person_id, course_slug)
    if not held:
        whole = period(on)
        return (str(on.year) if asked(course_slug, duties(on)).yearly else whole.slug), None
    cycle = rules.cycle_for(
        [Taken(one.cycle, completed_on) for one, completed_on in held],
        on,
        period(on),
        asked(course_slug, duties(on)),
    )
    return cycle, next((one for one, _completed_on in held if one.cycle == cycle), None)
