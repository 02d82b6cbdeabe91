"""The units and their successions, as known now or at a moment. A process keeps them while nothing changes: as much memory as
there are units, with what was ever recorded of them.

Only requests that cannot write use what is kept, so that nothing is kept that was never committed.
"""

from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, and_, case, func, select, true

from lms.kernel.db import CURRENT, db, only_reading, rows_of
from lms.people.models import Succession, UnitVersion

T = TypeVar("T")
LOOKED = "ground"  # in a session's info: its transaction, what was found in that
MOST = 32  # answers kept beside the rows they were worked out from
MOMENTS = 4  # at which what was known is kept


@dataclass(frozen=True)
class Ground:
    """Rows to look at, never to change: they belong to no session."""

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


@dataclass(frozen=True)
class Recorded:
    """Everything that was ever recorded of units."""

    stamp: tuple[Any, ...]
    versions: tuple[UnitVersion, ...]
    successions: tuple[Succession, ...]
    _known: dict[datetime | None, Ground] = field(default_factory=dict)

    def known(self, known_at: datetime | None) -> Ground:
        """What was held at that moment (None: now)."""
        found = self._known.get(known_at)
        if found is None:
            if len(self._known) > MOMENTS:
                self._known.clear()
            found = self._known[known_at] = Ground(
                tuple(row for row in self.versions if _held(row, known_at)),
                tuple((row.old_unit_id, row.new_unit_id, row.on) for row in self.successions if _held(row, known_at)),
            )
        return found


_kept: dict[str, Recorded] = {}  # database -> what it held when we last looked


def ground(known_at: datetime | None = None) -> Ground:
    """One statement while nothing has changed since the last look, three when something has; none the second time in a transaction."""
    if not only_reading():
        return _read((), lambda kind: _held_by(kind, known_at)).known(known_at)
    session = db.session()
    transaction, found = session.info.get(LOOKED, (None, None))
    if found is None or transaction is not session.get_transaction():
        database, stamp = str(db.engine.url), _stamp()
        found = _kept.get(database)
        if found is None or found.stamp != stamp:
            found = _kept[database] = _read(
                stamp
            )  # newer than its stamp if somebody commits meanwhile: read again then
        session.info[LOOKED] = (session.get_transaction(), found)
    recorded: Recorded = found
    return recorded.known(known_at)


def _held(row: UnitVersion | Succession, known_at: datetime | None) -> bool:
    return row.superseded_at == CURRENT if known_at is None else row.recorded_at <= known_at < row.superseded_at


def _held_by(kind: type[UnitVersion | Succession], known_at: datetime | None) -> ColumnElement[bool]:
    if known_at is None:
        return kind.superseded_at == CURRENT
    return and_(kind.recorded_at <= known_at, known_at < kind.superseded_at)


def _read(stamp: tuple[Any, ...], which: Callable[[Any], ColumnElement[bool]] = lambda _kind: true()) -> Recorded:
    versions = db.session.scalars(select(UnitVersion).where(which(UnitVersion)).order_by(UnitVersion.id)).all()
    steps = select(Succession).where(which(Succession)).order_by(Succession.on, Succession.id)
    successions = db.session.scalars(steps).all()
    if only_reading():
        for row in (*versions, *successions):
            db.session.expunge(row)
    return Recorded(stamp, tuple(versions), tuple(successions))


def _stamp() -> tuple[Any, ...]:
    """Rows are added or superseded, never edited or deleted: adding changes how many there are, superseding alone takes from the
    sum of those held. That the last of either came at another moment is there for a database put in another's place."""
    return tuple(rows_of(_STAMP)[0])


_units, _hops = (
    select(
        func.count().label("rows"),
        func.sum(case((kind.superseded_at == CURRENT, kind.id))).label("held"),
        func.max(kind.recorded_at).label("recorded"),
        func.max(case((kind.superseded_at != CURRENT, kind.superseded_at))).label("superseded"),
    )
    .select_from(kind)
    .subquery()
    for kind in (UnitVersion, Succession)
)
_STAMP = select(_units, _hops).join(_hops, true())  # built once, because so many pages ask it
