"""Figures of a closed quarter from which no small number can be counted out. Pure.

A *table* is a total, and ways of parting it (by colour, by host), each with one attribute and never two crossed. What is under
10, nothing, or all of a total is hidden; so are as many others as it takes until whoever knows everything published, and how
it is rounded, cannot tell a hidden number more narrowly than 10 (TRUST 2.4). A quarter is published once: what was
published stands, whatever is corrected later, so two publications never differ by one person.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Self

LEAST = 10
STEP = 5
STILL_OPEN = timedelta(days=14)  # after its last day; until then what was held can be written down
TOTAL = ("", "")  # the address of the total; a part's is (way, part)

Address = tuple[str, str]
Range = tuple[int, int | None]  # both within; None: as many as one likes


@dataclass(frozen=True, order=True)
class Quarter:
    """Three months of a year; `number` from 1 to 4."""

    year: int
    number: int

    @classmethod
    def of(cls, day: date) -> Self:
        return cls(day.year, (day.month + 2) // 3)

    @property
    def first(self) -> date:
        return date(self.year, 3 * self.number - 2, 1)

    @property
    def after(self) -> date:
        """The first day of the next."""
        return date(self.year + self.number // 4, 3 * self.number % 12 + 1, 1)

    @property
    def before(self) -> "Quarter":
        return Quarter.of(self.first - timedelta(days=1))

    def __str__(self) -> str:
        return f"{self.year}-{self.number}"

    def is_closed(self, day: date) -> bool:
        return day >= self.after + STILL_OPEN


@dataclass(frozen=True)
class Published:
    """What everybody may know: numbers rounded to 5; None is a hidden one."""

    total: int | None
    ways: dict[str, dict[str, int | None]]

    def cells(self) -> Iterator[tuple[Address, int | None]]:
        yield TOTAL, self.total
        for way, parts in self.ways.items():
            for part, shown in parts.items():
                yield (way, part), shown

    def as_json(self) -> dict[str, Any]:
        return {"total": self.total, "ways": self.ways}

    @classmethod
    def from_json(cls, written: Mapping[str, Any]) -> Self:
        return cls(written["total"], {way: dict(parts) for way, parts in written["ways"].items()})


def publish(
    kept: Mapping[Quarter, Published], quarter: Quarter, ways: Mapping[str, Mapping[str, int]], day: date
) -> Published:
    """The quarter's figures: those kept from when it was first published, else made now. ValueError before it is closed."""
    if quarter in kept:
        return kept[quarter]
    if not quarter.is_closed(day):
        raise ValueError(f"{quarter} is not closed on {day}")
    return protected(ways)


def protected(ways: Mapping[str, Mapping[str, int]]) -> Published:
    """The table as it can be published. Each way has parts, and all add up to the same total; ValueError if not."""
    totals = {sum(parts.values()) for parts in ways.values()}
    if len(totals) != 1:
        raise ValueError("all ways must add up to the same total")
    numbers: dict[Address, int] = {(way, part): n for way, parts in ways.items() for part, n in parts.items()}
    numbers[TOTAL] = totals.pop()
    hidden = {
        address for address, n in numbers.items() if n < LEAST or (address != TOTAL and n == numbers[TOTAL])
    }  # nothing is under ten
    while narrow := _first_narrow(_shown(ways, numbers, hidden)):
        hidden.add(_next_to_hide(numbers, hidden, narrow))
    return _shown(ways, numbers, hidden)


def ranges(published: Published) -> dict[Address, Range]:
    """How narrowly each number can be told by whoever knows all that is published, and all rules but the numbers."""
    known = {address: _range_of(shown) for address, shown in published.cells()}
    while True:
        before = dict(known)
        for way, parts in published.ways.items():
            members = [(way, part) for part in parts]
            known[TOTAL] = _both(known[TOTAL], _sum([known[one] for one in members]))
            for one in members:
                others = _sum([known[other] for other in members if other != one])
                known[one] = _both(known[one], _less(known[TOTAL], others))
        if known == before:
            return known


def rounded(n: int) -> int:
    """To the nearest five."""
    return (n + STEP // 2) // STEP * STEP


def _first_narrow(published: Published) -> Address | None:
    """A hidden number that can be told more narrowly than ten."""
    known = ranges(published)
    for address, shown in published.cells():
        low, high = known[address]
        if shown is None and high is not None and high - low < LEAST:
            return address
    return None


def _next_to_hide(numbers: Mapping[Address, int], hidden: set[Address], narrow: Address) -> Address:
    """The smallest number still shown that says something about this one: beside it if there is one, else the total, else any."""
    shown = sorted((n, address) for address, n in numbers.items() if address not in hidden)
    beside = [address for _n, address in shown if address != TOTAL and narrow[0] in {"", address[0]}]
    if beside:
        return beside[0]
    return TOTAL if TOTAL not in hidden else shown[0][1]


def _shown(ways: Mapping[str, Mapping[str, int]], numbers: Mapping[Address, int], hidden: set[Address]) -> Published:
    def at(address: Address) -> int | None:
        return None if address in hidden else rounded(numbers[address])

    return Published(at(TOTAL), {way: {part: at((way, part)) for part in parts} for way, parts in ways.items()})


def _range_of(shown: int | None) -> Range:
    if shown is None:
        return 0, None
    return max(LEAST, shown - STEP // 2), shown + STEP // 2


def _sum(parts: list[Range]) -> Range:
    highs = [high for _low, high in parts]
    return sum(low for low, _high in parts), None if None in highs else sum(high for high in highs if high is not None)


def _less(whole: Range, others: Range) -> Range:
    low = 0 if others[1] is None else max(0, whole[0] - others[1])
    return low, None if whole[1] is None else whole[1] - others[0]


def _both(one: Range, other: Range) -> Range:
    highs = [high for high in (one[1], other[1]) if high is not None]
    return max(one[0], other[0]), min(highs) if highs else None
