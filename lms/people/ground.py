"""The units and their successions as known now. A process keeps them while nothing changes: as much memory as there are units.

Only requests that cannot write use what is kept, so that nothing is kept that was never committed.
"""

from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from datetime import date
from typing import Any, TypeVar

from sqlalchemy import func, select

from lms.kernel.db import CURRENT, db, only_reading
from lms.people.models import Succession, UnitVersion

T = TypeVar("T")
MOST = 32  # answers kept beside the rows they were worked out from


@dataclass(frozen=True)
class Ground:
    """Rows to look at, never to change: they belong to no session."""

    stamp: tuple[Any, ...]
    versions: tuple[UnitVersion, ...]  # as they were recorded
    hops: tuple[tuple[int, int, date], ...]  # old unit, new unit, the day
    _answers: dict[Hashable, Any] = field(default_factory=dict)

    def once(self, key: Hashable, work: Callable[[], T]) -> T:
        """What follows from these rows alone, worked out once."""
        if key not in self._answers:
            if len(self._answers) >= MOST:
                self._answers.clear()
            self._answers[key] = work()
        found: T = self._answers[key]
        return found


_kept: dict[str, Ground] = {}  # database -> what it held when we last looked


def ground() -> Ground:
    """One statement while nothing has changed since the last look, three when something has; none the second time in a request."""
    if not only_reading():
        return _read(())
    session = db.session()
    if "ground" not in session.info:
        database, stamp = str(db.engine.url), _stamp()
        found = _kept.get(database)
        if found is None or found.stamp != stamp:
            found = _kept[database] = _read(stamp)
        session.info["ground"] = found
    kept: Ground = session.info["ground"]
    return kept


def _read(stamp: tuple[Any, ...]) -> Ground:
    held = select(UnitVersion).where(UnitVersion.superseded_at == CURRENT).order_by(UnitVersion.id)
    versions = tuple(db.session.scalars(held))
    if only_reading():
        for row in versions:
            db.session.expunge(row)
    rows = db.session.execute(
        select(Succession.old_unit_id, Succession.new_unit_id, Succession.on)
        .where(Succession.superseded_at == CURRENT)
        .order_by(Succession.on, Succession.id)
    )
    return Ground(stamp, versions, tuple((old, new, on) for old, new, on in rows))


def _stamp() -> tuple[Any, ...]:
    """Rows are only added, superseded, or held again: how many there are, which are held, when the last one came."""
    columns = [
        select(what).where(condition).scalar_subquery()
        for kind in (UnitVersion, Succession)
        for what, condition in (
            (func.count(), kind.id > 0),
            (func.sum(kind.id), kind.superseded_at == CURRENT),
            (func.max(kind.recorded_at), kind.id > 0),
        )
    ]
    return tuple(db.session.execute(select(*columns)).one())
