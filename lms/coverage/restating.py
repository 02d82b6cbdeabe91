"""Under which unit of another day's tree a posting counts: forward through successions, back through the person's own postings. Pure.

See docs/decisions/0010-restating-under-another-tree.md.
"""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property

NOWHERE = 0  # the unit of those who cannot be restated; they are shown beside the tree, never dropped
Hop = tuple[int, int, date]  # old unit, new unit, the day


@dataclass(frozen=True)
class Step:
    """Someone posted at `unit_id` counts under `to_unit` if they were posted there on `day`; of several the nearest holds."""

    unit_id: int
    to_unit: int
    day: date
    near: int


@dataclass(frozen=True)
class Places:
    """`direct`: a posting's unit -> where it counts when no step says otherwise (NOWHERE: only a step can say)."""

    direct: dict[int, int]
    steps: tuple[Step, ...]

    @cached_property
    def as_they_are(self) -> bool:
        """Whether every posting counts where it is."""
        return not self.steps and all(unit == to for unit, to in self.direct.items())

    @cached_property
    def simple(self) -> bool:
        """Whether a posting's unit alone tells where it counts."""
        return not self.steps and NOWHERE not in self.direct.values()


def places(
    units: Iterable[int], standing: Collection[int], hops: Collection[Hop], *, as_of: date, tree_at: date
) -> Places:
    """For each unit that may hold postings on `as_of`: where they count in the tree of `tree_at`, whose units are `standing`.

    Forward (the unit has ended by then): to its only successor; of several, to the one where the person went. Back (people
    came together only later): to the unit where the person was the day before. A unit that stands keeps whoever was not elsewhere.
    For those at NOWHERE only their own posting on the day of the tree can still say.
    """
    direct: dict[int, int] = {}
    steps: list[Step] = []
    forward = _onward(hop for hop in hops if hop[2] <= tree_at)
    back = _onward((new, old, on) for old, new, on in hops if tree_at < on <= as_of)
    eve = timedelta(days=1)
    for unit in units:
        came = _reached(unit, back, standing.__contains__)
        from_before = [Step(unit, old, on - eve, (as_of - on).days) for old, on in came if old != unit]
        if unit in standing:
            direct[unit] = unit
            steps += from_before
            continue
        went = _reached(unit, forward, standing.__contains__)
        ends = {new for new, _ in went}
        direct[unit] = ends.pop() if len(ends) == 1 else NOWHERE
        if direct[unit] == NOWHERE:
            steps += [Step(unit, new, on, abs((as_of - on).days)) for new, on in went] or from_before
    return Places(direct, tuple(steps))


def within(root: int, parents: Iterable[tuple[int, int | None]], hops: Iterable[Hop]) -> frozenset[int]:
    """The unit, all that ever stood below one of them, and, since duties pass on, whoever succeeded one of them."""
    onward: dict[int, list[int]] = {}
    for unit, parent in parents:
        if parent is not None:
            onward.setdefault(parent, []).append(unit)
    for old, new, _ in hops:
        onward.setdefault(old, []).append(new)
    found, waiting = set(), [root]
    while waiting:
        one = waiting.pop()
        if one not in found:
            found.add(one)
            waiting.extend(onward.get(one, ()))
    return frozenset(found)


Onward = Mapping[int, list[tuple[int, date]]]


def _onward(hops: Iterable[Hop]) -> Onward:
    """Unit -> where one hop leads from there, and on which day."""
    onward: dict[int, list[tuple[int, date]]] = {}
    for here, there, on in hops:
        onward.setdefault(here, []).append((there, on))
    return onward


def _reached(start: int, onward: Onward, stands: Callable[[int], bool]) -> list[tuple[int, date]]:
    """Units of the tree that the hops lead to, each with the day of the last hop; a circle ends."""
    found: dict[int, date] = {}
    seen, waiting = {start}, [start]
    while waiting:
        for there, on in onward.get(waiting.pop(), ()):
            if stands(there):
                found.setdefault(there, on)
            elif there not in seen:
                seen.add(there)
                waiting.append(there)
    return sorted(found.items())
