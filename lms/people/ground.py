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
LOOKED = "ground"  # in a session's info: its transaction, what was found in that
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
        found: T | None = self._answers.get(key)  # looked up once: another thread may clear them any time
        if found is None:
            if len(self._answers) >= MOST:
                self._answers.clear()
            found = self._answers[key] = work()
        return found


_kept: dict[str, Ground] = {}  # database -> what it held when we last looked


def ground() -> Ground:
    """One statement while nothing has changed since the last look, three when something has; none the second time in a transaction."""
    if not only_reading():
        return _read(())
    session = db.session()
    transaction, found = session.info.get(LOOKED, (None, None))
    if found is None or transaction is not session.get_transaction():
        database, stamp = str(db.engine.url), _stamp()
        found = _kept.get(database)
        if found is None or found.stamp != stamp:
            found = _kept[database] = _read(
                stamp
            )  # what is committed meanwhile is newer than its stamp: the next look sees it
        session.info[LOOKED] = (session.get_transaction(), found)
    looked: Ground = found
    return looked


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
    """Rows are added or superseded, never edited or deleted: adding changes how many there are, superseding alone takes from the
    sum of those held. That the last of either came at another moment is there for a database put in another's place."""
    columns = [
        select(what).where(condition).scalar_subquery()
        for kind in (UnitVersion, Succession)
        for what, condition in (
            (func.count(), kind.id > 0),
            (func.sum(kind.id), kind.superseded_at == CURRENT),
            (func.max(kind.recorded_at), kind.id > 0),
            (func.max(kind.superseded_at), kind.superseded_at != CURRENT),
        )
    ]
    return tuple(db.session.execute(select(*columns)).one())
