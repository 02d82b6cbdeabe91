"""What a frozen period says, read for a viewer: only the rows of their units, with the names of then."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from lms.coverage import frozen_rules
from lms.coverage.models import FrozenPeriod
from lms.coverage.queries import Line
from lms.coverage.restating import NOWHERE
from lms.coverage.rules import Figures


@dataclass(frozen=True)
class Row(Line):
    """A row of the table by unit; a leaf has nothing below it."""

    leaf: bool


@dataclass(frozen=True)
class Enough:
    """Of an indicator of places: how many places had at least so many trained people, of how many."""

    enough: int
    of: int
    least: int


@dataclass(frozen=True)
class Table:
    """One indicator: its parts below `top` (None: several units side by side), and together."""

    slug: str
    title: str
    short_title: str
    target: int
    top: int | None
    rows: tuple[Row, ...]
    total: Figures | None  # None where units side by side cannot be added: somebody may work in two of them
    places: Enough | None = None  # None for an indicator of persons


@dataclass(frozen=True)
class Drift:
    """Figures of then and of now, of an indicator or of one unit."""

    name: str
    then: Figures
    now: Figures

    @property
    def differs(self) -> bool:
        return self.then != self.now

    @property
    def by(self) -> dict[str, int]:
        return frozen_rules.drift(self.then.as_dict(), self.now.as_dict())


@dataclass(frozen=True)
class Drifted:
    """One indicator: together (None when not all of the plan is theirs to see), and the units where something differs."""

    title: str
    together: Drift | None
    units: tuple[Drift, ...]
    gone: bool = False  # the plan has no such indicator any more
    places: tuple[Enough, Enough] | None = None  # then and now, of an indicator of places


def figures(kept: Mapping[str, Any]) -> Figures:
    """The counts of one row of the writing."""
    return Figures(kept["done"], kept["not_done"], kept["exempt"], kept["on_leave"], kept["unknown"])


def units_of(period: FrozenPeriod) -> dict[int, Mapping[str, Any]]:
    """Unit id -> its row, as first written."""
    return {row["id"]: row for one in period.figures["indicators"][:1] for row in one["units"]}


def tables(period: FrozenPeriod, scope: Collection[int], under: int | None) -> list[Table]:
    """Every indicator for this viewer; `under` is one of `units_of` that they may see, or None."""
    return [_table(one, scope, under) for one in period.figures["indicators"]]


def drifted(period: FrozenPeriod, now: Mapping[str, Any], scope: Collection[int]) -> list[Drifted]:
    """What the figures would be now, beside what was frozen."""
    again = {one["slug"]: one for one in now["indicators"]}
    return [_drifted(one, again.get(one["slug"]), scope) for one in period.figures["indicators"]]


def _table(one: Mapping[str, Any], scope: Collection[int], under: int | None) -> Table:
    rows = {row["id"]: row for row in one["units"]}
    seen = [row for row in one["units"] if row["id"] in scope]
    tops = [row["id"] for row in seen if row["parent_id"] not in scope or row["parent_id"] not in rows]
    whole = len(seen) == len(one["units"])
    top = under if under is not None else tops[0] if len(tops) == 1 else None
    below = [row for row in seen if (row["parent_id"] == top if top is not None else row["id"] in tops)]
    lines = [Row(row["id"], row["name"], False, figures(row), row["leaf"]) for row in below]
    if top is not None:
        own = figures(rows[top].get("own", rows[top]))
        if own.roster or not below:
            lines.append(Row(top, rows[top]["name"], bool(below), own, leaf=True))
    lines.sort(key=lambda line: (-line.figures.not_done, -line.figures.unknown, not line.figures.roster))
    nowhere = figures(one["not_restated"])
    if nowhere.roster and whole and under is None:
        lines.append(Row(NOWHERE, "", False, nowhere, leaf=True))
    total = figures(one["totals"]) if whole and under is None else figures(rows[top]) if top is not None else None
    places = _places(one, [row for row in seen if under is None or _within(row, under, rows)])
    return Table(one["slug"], one["title"], one["short_title"], one["target"], top, tuple(lines), total, places)


def _within(row: Mapping[str, Any], under: int, rows: Mapping[int, Mapping[str, Any]]) -> bool:
    """Whether a unit is that one or below it."""
    while row["id"] != under:
        if row["parent_id"] not in rows:
            return False
        row = rows[row["parent_id"]]
    return True


def _places(one: Mapping[str, Any], rows: Iterable[Mapping[str, Any]]) -> Enough | None:
    if one["kind"] != "places":
        return None
    asked = [row for row in rows if row["kind"] in one["rule"]["place_kinds"]]
    return Enough(sum(1 for row in asked if row["done"] >= one["least"]), len(asked), one["least"])


def _drifted(one: Mapping[str, Any], again: Mapping[str, Any] | None, scope: Collection[int]) -> Drifted:
    whole = all(row["id"] in scope for row in one["units"])
    if again is None:
        return Drifted(one["short_title"], None, (), gone=True)
    then, now = ({row["id"]: row for row in side["units"] if row["id"] in scope} for side in (one, again))
    pairs = [
        Drift(
            (then.get(unit) or now[unit])["name"],
            figures(then[unit]) if unit in then else Figures(),
            figures(now[unit]) if unit in now else Figures(),
        )
        for unit in [*then, *(unit for unit in now if unit not in then)]
    ]
    together = Drift("", figures(one["totals"]), figures(again["totals"])) if whole else None
    before, after = _places(one, then.values()), _places(again, now.values())
    places = (before, after) if before and after else None
    return Drifted(one["short_title"], together, tuple(pair for pair in pairs if pair.differs), places=places)
