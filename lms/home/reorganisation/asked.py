"""A reorganisation as it is typed, page by page. What was typed travels in the form and survives every error; nothing is stored.

Names: `on`, `basis`, `old` (ids); `rows` and, for each successor, `s0-unit`, `s0-name`, `s0-kind`, `s0-code`, `s0-parent`;
for each old unit `to-ID` (s0: goes there; end; stay; below-u5 or below-s0: goes on below that) and `also-ID` (further successors);
for each person of a split unit `chosen-ID`; for each plan `office-ID`, `why-ID`. A reference is u12 (a unit) or s0 (a successor).
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from lms.home.reorganising import NextOffice
from lms.kernel.refused import Refused
from lms.kernel.vietnamese import read_date, search_key, tidy
from lms.people.queries import UnitTree
from lms.people.reorganisation.rules import MOST_SUCCESSORS, Draft, NewUnit, OldUnit, Place, Stood, Successor

FIRST_ROWS, MORE_ROWS = 2, 2
LONGEST = 400  # characters kept of one answer; the rules refuse sooner
NAMES = re.compile(
    r"on|basis|old|rows|seen|s\d{1,2}-(?:unit|name|kind|code|parent)|(?:to|also|chosen|office|why)-\d{1,9}", re.ASCII
)
REFERENCE = re.compile(r"([us])(\d{1,9})", re.ASCII)
SEVERAL = ("old", "also-")


class Typed(Protocol):
    """What a browser sent."""

    def getlist(self, key: str) -> list[str]: ...

    def __iter__(self) -> Iterator[str]: ...


@dataclass(frozen=True)
class Row:
    """A successor as typed."""

    n: int
    unit: str
    name: str
    kind: str
    code: str
    parent: str

    @property
    def filled(self) -> bool:
        return bool(self.unit or self.name or self.code)


class Asked:
    """The answers so far, by name."""

    def __init__(self, typed: Typed) -> None:
        self.answers: dict[str, list[str]] = {}
        for name in typed:
            if NAMES.fullmatch(name):
                found = [tidy(value[:LONGEST]) for value in typed.getlist(name)]
                self.answers[name] = found if name.startswith(SEVERAL) else found[:1]

    def one(self, name: str) -> str:
        return next(iter(self.answers.get(name, ())), "")

    @property
    def on(self) -> date | None:
        return read_date(self.one("on")[:40])

    @property
    def basis(self) -> str:
        return self.one("basis")

    @property
    def old(self) -> list[int]:
        return list(dict.fromkeys(found for value in self.answers.get("old", ()) if (found := _number(value))))

    @property
    def row_count(self) -> int:
        return min(_number(self.one("rows")) or FIRST_ROWS, MOST_SUCCESSORS)

    @property
    def rows(self) -> list[Row]:
        """As many as the page shows, filled in or not."""
        parts = ("unit", "name", "kind", "code", "parent")
        return [Row(n, *(self.one(f"s{n}-{part}") for part in parts)) for n in range(self.row_count)]

    def add_rows(self) -> None:
        """Room for more successors."""
        self.answers["rows"] = [str(min(self.row_count + MORE_ROWS, MOST_SUCCESSORS))]

    def add_below(self, tree: UnitTree, scope: frozenset[int]) -> list[str]:
        """Ticks what stands below the old units too; returns the names of those that were not ticked."""
        old = self.old
        missed = [one for unit_id in old for one in sorted(tree.subtree(unit_id) & scope) if unit_id in tree]
        missed = [one for one in dict.fromkeys(missed) if one not in old]
        self.answers["old"] = [str(one) for one in [*old, *missed]]
        return [f"{tree.name(one)} ({tree.name(tree.versions[one].parent_id or 0)})" for one in missed]

    def also(self, unit_id: int) -> list[str]:
        return self.answers.get(f"also-{unit_id}", [])

    def hidden(self, *shown: str) -> list[tuple[str, str]]:
        """What travels on unseen: everything but what this page asks itself."""
        return [
            (name, value)
            for name, values in self.answers.items()
            if name != "seen" and not name.startswith(shown)
            for value in values
        ]

    def units_named(self) -> set[int]:
        """Every unit that is mentioned, wherever."""
        named = set(self.old)
        for name, values in self.answers.items():
            for value in values:
                kind, number = _reference(value.removeprefix("below-"))
                if kind == "u" and name not in {"on", "basis"} and not name.endswith(("-name", "-code")):
                    named.add(number)
            if name.endswith("-unit") and (number := _number(self.one(name)) or 0):
                named.add(number)
        return named

    def suggest(self, standing: dict[int, Stood]) -> None:
        """Where nothing is said yet: to the only successor, or to the one of the same code or name. Only a suggestion."""
        rows = [row for row in self.rows if row.filled]
        for unit_id in self.old:
            if self.one(f"to-{unit_id}") or unit_id not in standing:
                continue
            old = standing[unit_id]
            fits = [
                row
                for row in rows
                if len(rows) == 1
                or (row.code and row.code == old.code)
                or (row.name and search_key(row.name) == search_key(old.name))
            ]
            if len(fits) == 1 and _number(fits[0].unit) != unit_id:
                self.answers[f"to-{unit_id}"] = [f"s{fits[0].n}"]

    # ── what it means ────────────────────────────────────────────────────────────────────────────

    def draft(self, names: dict[int, Stood]) -> Draft:
        """As the rules understand it. Raises `Refused` for what is still missing."""
        if self.on is None:
            raise Refused("Write the day like 01/07/2025.")
        rows = [row for row in self.rows if row.filled]
        places = {row.n: place for place, row in enumerate(rows)}
        successors = tuple(self._successor(row, places) for row in rows)
        old = tuple(self._old_unit(unit_id, places, names) for unit_id in self.old)
        chosen = {
            number: places[row]
            for name in self.answers
            if name.startswith("chosen-")
            and (number := _number(name.removeprefix("chosen-")))
            and (row := _row(self.one(name))) in places
        }
        return Draft(self.on, self.basis, old, successors, chosen)

    def successors_only(self) -> Draft:
        """The successors, as if every old unit went to all of them. Raises `Refused` for what is still missing."""
        rows = [row for row in self.rows if row.filled]
        places = {row.n: place for place, row in enumerate(rows)}
        successors = tuple(self._successor(row, places) for row in rows)
        old = tuple(OldUnit(unit_id, tuple(places.values())) for unit_id in self.old)
        return Draft(self.on or date.min, self.basis, old, successors)

    def offices(self, plan_ids: Iterable[int]) -> dict[int, NextOffice]:
        """Who receives the reports of these plans, as far as it is chosen."""
        places = {row.n: place for place, row in enumerate(row for row in self.rows if row.filled)}
        found: dict[int, NextOffice] = {}
        for plan_id in plan_ids:
            there = _there(self.one(f"office-{plan_id}"), places)
            if there is not None:
                found[plan_id] = NextOffice(there, self.one(f"why-{plan_id}"))
        return found

    def _successor(self, row: Row, places: dict[int, int]) -> Successor:
        if row.unit:
            return _number(row.unit) or 0
        parent = _there(row.parent, places)
        if parent is None:
            raise Refused("Choose below which unit %(unit)s stands.", unit=row.name or row.code)
        return NewUnit(row.name, row.kind, row.code, parent)

    def _old_unit(self, unit_id: int, places: dict[int, int], names: dict[int, Stood]) -> OldUnit:
        said = self.one(f"to-{unit_id}")
        also = [places[row] for value in self.also(unit_id) if (row := _row(value)) in places]
        name = names[unit_id].name if unit_id in names else f"#{unit_id}"
        if said == "end":
            return OldUnit(unit_id, tuple(also))
        if said == "stay":
            return OldUnit(unit_id, tuple(also), goes_on=True)
        if said.startswith("below-"):
            under = _there(said.removeprefix("below-"), places)
            if under is not None:
                return OldUnit(unit_id, tuple(also), goes_on=True, under=under)
        main = places.get(_row(said))
        if main is None:
            raise Refused("Say what becomes of %(unit)s.", unit=name)
        return OldUnit(unit_id, tuple(dict.fromkeys([main, *also])), default=main)


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None


def _reference(text: str) -> tuple[str, int]:
    found = REFERENCE.fullmatch(text)
    return (found[1], int(found[2])) if found else ("", 0)


def _row(text: str) -> int:
    """The number of the successor meant; -1: none."""
    kind, number = _reference(text)
    return number if kind == "s" else -1


def _there(text: str, places: dict[int, int]) -> int | Place | None:
    kind, number = _reference(text)
    if kind == "s" and number in places:
        return Place(places[number])
    return number if kind == "u" else None
