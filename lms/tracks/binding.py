"""What of a person makes an indicator ask them to learn: for the one sentence beside a course. The whole answer is coverage's."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import bindparam, select

from lms.kernel.clock import today
from lms.kernel.db import CURRENT, rows_of
from lms.people.models import Posting, UnitVersion
from lms.people.queries import records_of
from lms.people.sign_in import Viewer
from lms.tracks.models import IndicatorRule
from lms.tracks.rules import PopulationRule


@dataclass(frozen=True)
class Binding:
    """The posting that the rule counts. `assists`: it counts those who directly assist; else it counts this category."""

    unit: str
    category: str
    assists: bool


_DAY: Any = bindparam("day")
_RULES = (  # built once, because every learner's first page asks it
    select(Posting.category, Posting.direct_support, UnitVersion.name, IndicatorRule.rule)
    .join(UnitVersion, UnitVersion.unit_id == Posting.unit_id)
    .join(IndicatorRule, IndicatorRule.indicator_id == bindparam("indicator_id"))
    .where(
        Posting.person_id.in_(records_of(bindparam("person_id"))),
        Posting.true_on(_DAY),
        UnitVersion.true_on(_DAY),
        IndicatorRule.superseded_at == CURRENT,
    )
    .order_by(Posting.id)
)


def binding(viewer: Viewer, indicator_id: int) -> Binding | None:
    """What binds the viewer today; None when no posting of theirs does (they were named, or work elsewhere by now)."""
    for row in rows_of(_RULES, person_id=viewer.person_id or 0, indicator_id=indicator_id, day=today()):
        rule = PopulationRule.of(row.rule)
        if rule.binds(row.category, row.direct_support):
            return Binding(row.name, row.category, rule.direct_support)
    return None
