"""Where a question plays: the units of the day's tree, which of them may be seen, and who is posted at doubtful ones."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import literal, select

from lms.coverage import restating
from lms.kernel.db import db
from lms.kernel.lists import one_of
from lms.people.ground import Ground
from lms.people.models import Posting, Unit
from lms.people.queries import UnitTree
from lms.people.upkeep_queries import CONTAINERS


@dataclass(frozen=True)
class Stage:
    """What the units alone say: the tree of the day, the units that may be seen, which units stand, their names then.

    `doubtful`: those where perhaps nobody is posted, since they do not stand in the tree, or only hold other units.
    """

    tree: UnitTree
    seen: frozenset[int]
    standing: frozenset[int]
    doubtful: frozenset[int]
    names: dict[int, str]


def stage(found: Ground, scope: int, units: frozenset[int] | None, as_of: date, tree_at: date) -> Stage:
    def worked_out() -> Stage:
        inside = restating.within(scope, ((row.unit_id, row.parent_id) for row in found.versions), found.hops)
        seen = inside if units is None else inside & units
        stood = {row.unit_id: row for row in found.versions if row.valid_from <= tree_at < row.valid_to}
        tree = UnitTree(tree_at, {one: row for one, row in stood.items() if one in seen})
        names = {row.unit_id: row.name for row in found.versions if row.valid_from <= as_of < row.valid_to}
        standing = inside & stood.keys()
        containers = {one for one, row in tree.versions.items() if row.kind in CONTAINERS}
        return Stage(tree, seen, standing, (seen - standing) | containers, names)

    return found.once(("stage", scope, units, as_of, tree_at), worked_out)


def peopled(units: Collection[int], as_of: date, known_at: datetime | None) -> frozenset[int]:
    """At which of these units somebody is posted on the counted day."""
    if not units:
        return frozenset()
    somebody = select(literal(1)).where(Posting.unit_id == Unit.id, Posting.true_on(as_of, known_at)).limit(1)
    there = somebody.correlate(Unit).scalar_subquery() == 1
    return frozenset(db.session.scalars(select(Unit.id).where(one_of(Unit.id, units), there)))
