"""The rules an indicator has had: who set each, when, why, and the figures it gave that day."""

from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import select

from lms.coverage.queries import coverages
from lms.coverage.question import Planned, Ruled, ask
from lms.coverage.rules import Figures
from lms.kernel.clock import local, today
from lms.kernel.db import db
from lms.people.account_queries import names_of
from lms.tracks.models import Indicator, IndicatorRule
from lms.tracks.rules import PopulationRule

SHOWN = 20  # rules; each is asked anew


@dataclass(frozen=True)
class Past:
    """A rule with the one before it (None: the first), who set it, and the figures of the day it was set, before and after."""

    row: IndicatorRule
    rule: PopulationRule
    before: PopulationRule | None
    by: str
    figures: Figures | None
    figures_before: Figures | None


def history(planned: Planned, one: Ruled, units: frozenset[int]) -> list[Past]:
    """The newest first."""
    rows = db.session.scalars(
        select(IndicatorRule).where(IndicatorRule.indicator_id == one.indicator.id).order_by(IndicatorRule.id.desc())
    ).all()
    names = names_of(row.recorded_by for row in rows)
    found = []
    for row, older in zip(rows[:SHOWN], [*rows[1:], None], strict=False):
        rule = PopulationRule.of(row.rule)
        before = PopulationRule.of(older.rule) if older else None
        now, then = _figures(planned, one.indicator, row, [one for one in (rule, before) if one], units)
        found.append(Past(row, rule, before, names.get(row.recorded_by or 0, ""), now, then))
    return found


def _figures(
    planned: Planned, indicator: Indicator, row: IndicatorRule, rules: list[PopulationRule], units: frozenset[int]
) -> tuple[Figures | None, Figures | None]:
    """Under the rule and the one before, on the day the rule was set, as known then; the plan's first day if it was set before."""
    plan, moment = planned.plan, row.recorded_at
    day = max(plan.starts_on, min(local(moment).date(), plan.ends_on))
    if day > today():
        return None, None
    ruled = tuple(Ruled(indicator, row, rule, first=False) for rule in rules)
    known_at: datetime = moment
    asked = ask(replace(planned, ruled=ruled), as_of=day, known_at=known_at, units=units)
    totals = [found.total for found in coverages(asked)]
    return totals[0], totals[1] if len(totals) > 1 else None
