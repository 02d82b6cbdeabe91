"""Frozen periods: which there are, what they say, and whether asking again gives the same."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import undefer

from lms.coverage import as_json, frozen_rules
from lms.coverage.models import FrozenPeriod
from lms.coverage.queries import Coverage, coverages
from lms.coverage.question import Planned, Question, Ruled, ask, plans
from lms.kernel.access import missing
from lms.kernel.db import db
from lms.kernel.refused import Refused
from lms.people.models import Account, Person
from lms.tracks.models import Indicator, Plan


@dataclass(frozen=True)
class Listed:
    """A line of the list: the period (its figures not loaded), its plan, who froze it."""

    period: FrozenPeriod
    plan: Plan
    by: str


@dataclass(frozen=True)
class Checked:
    """Whether the kept figures are those that were hashed, and where asking again gives something else."""

    hash_holds: bool
    differs: tuple[str, ...]

    @property
    def holds(self) -> bool:
        return self.hash_holds and not self.differs


def figures_of(found: Sequence[Coverage]) -> dict[str, Any]:
    """All of a plan in plain values: what `flask coverage show --json` prints, and the plan's own unit."""
    return {**as_json.written(found), "scope_unit_id": found[0].question.plan.scope_unit_id}


def periods(scope: Collection[int]) -> list[Listed]:
    """Every frozen period of the plans that reach into these units, the newest first."""
    rows = db.session.execute(_listed().order_by(FrozenPeriod.frozen_at.desc(), FrozenPeriod.id.desc()))
    found = [Listed(period, plan, name or username or "") for period, plan, username, name in rows]
    reached = {plan.id for plan in {one.plan for one in found} if reaches(plan, scope)}
    return [one for one in found if one.plan.id in reached]


def period(scope: Collection[int], period_id: int) -> Listed:
    """That period with its figures, if its plan reaches into these units; else the same 404 as for none."""
    found = _listed().where(FrozenPeriod.id == period_id).options(undefer(FrozenPeriod.figures))
    row = db.session.execute(found).first()
    if row is None or not reaches(row[1], scope):
        missing()
    return Listed(row[0], row[1], row[3] or row[2] or "")


def every() -> list[Listed]:
    """All of them with their figures, in order, for the command line."""
    found = _listed().options(undefer(FrozenPeriod.figures)).order_by(Plan.starts_on, Plan.id, FrozenPeriod.number)
    return [Listed(row[0], row[1], row[3] or row[2] or "") for row in db.session.execute(found)]


def reaches(plan: Plan, scope: Collection[int]) -> bool:
    """Whether one of these units ever belonged to the plan."""
    planned = _of_plan(plans(), plan.id)
    return planned is not None and bool(ask(planned, units=frozenset(scope)).units)


def asked_again(period: FrozenPeriod) -> list[Coverage]:
    """The same question again, under the plan's words and period as they were frozen; the rules as known then."""
    return coverages(question_of(period))


def derive(period: FrozenPeriod) -> dict[str, Any]:
    """The figures, asked again. What the register can no longer answer is a difference too."""
    try:
        return figures_of(asked_again(period))
    except Refused as refused:
        return {"refused": str(refused)}


def question_of(period: FrozenPeriod) -> Question:
    """What was asked."""
    return ask(planned_then(period), as_of=period.as_of, known_at=period.known_at, tree_at=period.tree_at)


def planned_then(period: FrozenPeriod) -> Planned:
    """The plan as it was frozen: what has no clock of its own (title, period, target, scope) is read from the figures."""
    kept = period.figures
    # Values, not rows: they are never added to the session.
    plan = Plan(
        id=period.plan_id,
        slug=kept["plan"]["slug"],
        title=kept["plan"]["title"],
        starts_on=_day(kept["plan"]["starts_on"]),
        ends_on=_day(kept["plan"]["ends_on"]),
        scope_unit_id=kept["scope_unit_id"],
        fictitious=kept["plan"]["fictitious"],
    )
    known = _of_plan(plans(period.known_at), period.plan_id)
    rules = {one.indicator.slug: one for one in known.ruled} if known else {}
    ruled = [_then(rules[one["slug"]], one) for one in kept["indicators"] if one["slug"] in rules]
    return Planned(plan, tuple(ruled))


def check(period: FrozenPeriod, again: dict[str, Any] | None = None) -> Checked:
    """Hash and re-derivation (`again`, if it was made already)."""
    again = derive(period) if again is None else again
    return Checked(
        frozen_rules.sha256(period.figures) == period.sha256,
        tuple(frozen_rules.differing(period.figures, again)),
    )


def now(period: FrozenPeriod) -> dict[str, Any]:
    """What the figures of that day would be with all that is on record now, under the rules of now."""
    planned = _of_plan(plans(), period.plan_id)
    if planned is None:
        raise Refused("The plan of this period is not on record any more.")
    return figures_of(coverages(ask(planned, as_of=period.as_of, tree_at=period.tree_at)))


def _then(one: Ruled, kept: dict[str, Any]) -> Ruled:
    indicator = Indicator(
        id=one.indicator.id,
        plan_id=one.indicator.plan_id,
        slug=kept["slug"],
        title=kept["title"],
        short_title=kept["short_title"],
        target=kept["target"],
        kind=kept["kind"],
    )
    return Ruled(indicator, one.row, one.rule, one.first)


def _listed() -> Select[FrozenPeriod, Plan, str, str]:
    return (
        select(FrozenPeriod, Plan, Account.username, Person.full_name)
        .join(Plan, Plan.id == FrozenPeriod.plan_id)
        .outerjoin(Account, Account.id == FrozenPeriod.frozen_by)
        .outerjoin(Person, Person.id == Account.person_id)
    )


def _of_plan(among: Sequence[Planned], plan_id: int) -> Planned | None:
    return next((one for one in among if one.plan.id == plan_id), None)


def _day(text: str) -> date:
    return date.fromisoformat(text)
