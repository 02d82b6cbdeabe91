"""How many classes at which places: as many people as can be placed, in as few classes as possible, then the least travel. Pure.

Communes that can reach the same places are one source, places reached by the same sources one choice, so that a travel group
is a single number. Where few combinations are left (`MOST_TRIED`) all are tried, so the answer is the optimum; else classes are
added where they take in most people, and the result is improved by dropping a class, moving one, or putting two into one, while
that gains something. Where halls or trainers do not suffice for all, the fullest classes come first.

With the same people in the same number of classes only travel changes the cost (a class, a half-day of a trainer and a day of a
participant cost the same everywhere), so the least travel is the least cost.
"""

import heapq
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from math import prod

from lms.coverage.planning.covering import MOST_WORK, Cover, Numbers, covering, spread
from lms.coverage.planning.flows import BOUNDLESS
from lms.coverage.planning.timetable import Demand, Room, possible

MOST_TRIED = 2_000  # combinations that are tried one by one


@dataclass(frozen=True)
class Packed:
    """Classes by place; `exact` when nothing better is possible; `at_least`: fewer cannot take in as many people."""

    classes: dict[int, int]
    exact: bool
    at_least: int = 0


Value = Callable[[Numbers], tuple[int, int] | None]  # (people taken in, -classes), None: cannot be


def pack(
    counts: Mapping[int, int], reach: Mapping[int, Collection[int]], room: Room, seats: int, fewest: int
) -> Packed:
    """`counts`: commune -> people; `reach`: commune -> places. Communes that reach nothing are left out."""
    cover = covering(
        counts, reach, {place: room.limit(place) for near in reach.values() for place in near}, seats, fewest
    )
    if not cover.supply:
        return Packed({}, exact=True)
    numbers, exact, gains = [0] * len(cover.choices), True, []
    for part in cover.parts:
        found, found_exactly, steps = _part(cover, part)
        exact = exact and found_exactly
        gains += steps
        for choice in part:
            numbers[choice] = found[choice]
    best = tuple(numbers)
    if not _held(cover, best, room):
        best, exact = _scarce(cover, gains, room)
    classes = _less_travel(cover, _settled(cover, best, counts, reach, room), counts, reach, room)
    return Packed(classes, exact, sum(best) if exact else _at_least(cover, best))


def _part(cover: Cover, part: tuple[int, ...]) -> tuple[Numbers, bool, list[tuple[int, int]]]:
    """The classes of choices that share people, as if halls and trainers were enough: (numbers, exact, (gain, choice) in turn)."""

    alone = _narrowed(cover, part)
    numbers, steps = _greedy(alone, part)
    if prod(alone.most[choice] + 1 for choice in part) <= MOST_TRIED:
        return _best(alone, part, value_of(alone), numbers), True, steps
    return _improved(alone, part, value_of(alone), numbers), False, steps


def value_of(cover: Cover, room: Room | None = None) -> Value:
    """What numbers of classes are worth; with a room, only those that it can hold."""

    def value(numbers: Numbers) -> tuple[int, int] | None:
        people = cover.taken_in(numbers)
        if people < 0 or (room is not None and not _held(cover, numbers, room)):
            return None
        return people, -sum(numbers)

    return value


def _narrowed(cover: Cover, part: tuple[int, ...]) -> Cover:
    """Only the sources of these choices; the choices keep their places."""
    inside = [i for i, reach in enumerate(cover.reach) if reach[0] in part]
    return Cover(
        cover.seats,
        cover.fewest,
        tuple(cover.supply[i] for i in inside),
        cover.choices,
        tuple(cover.reach[i] for i in inside),
        cover.limits,
    )


def _greedy(cover: Cover, part: tuple[int, ...]) -> tuple[Numbers, list[tuple[int, int]]]:
    """Class by class where it takes in most people. Gains never grow, so the one on top is asked again only when it is on top."""
    numbers, steps = [0] * len(cover.choices), []
    for i, n in enumerate(cover.supply):  # full classes of one source need no asking
        for choice in cover.reach[i]:
            full = min(n // cover.seats, cover.limits[choice] - numbers[choice])
            numbers[choice] += full
            steps += [(cover.seats, choice)] * full
            n -= full * cover.seats
    people = cover.taken_in(numbers)
    waiting = [(-BOUNDLESS, choice) for choice in part]
    while waiting:
        _known, choice = heapq.heappop(waiting)
        if numbers[choice] >= cover.most[choice]:
            continue
        numbers[choice] += 1
        gain = cover.taken_in(numbers) - people
        if gain > 0 and (not waiting or (-gain, choice) <= waiting[0]):
            people += gain
            steps.append((gain, choice))
            heapq.heappush(waiting, (-gain, choice))
            continue
        numbers[choice] -= 1
        if gain > 0:
            heapq.heappush(waiting, (-gain, choice))
    return tuple(numbers), steps


def _best(cover: Cover, part: Sequence[int], value: Value, start: Numbers) -> Numbers:
    """All combinations tried, but those that cannot be better."""
    best, worth = start, value(start) or (-1, 0)
    everyone = sum(cover.supply)
    for tried in product(*(range(cover.most[choice] + 1) for choice in part)):
        n = sum(tried)
        if n * cover.seats < worth[0] or (worth[0] == everyone and n >= -worth[1]):
            continue
        numbers = list(start)
        for choice, classes in zip(part, tried, strict=True):
            numbers[choice] = classes
        found = value(tuple(numbers))
        if found is not None and found > worth:
            best, worth = tuple(numbers), found
    return best


def _improved(cover: Cover, part: Sequence[int], value: Value, start: Numbers) -> Numbers:
    """The first change that is better is made, until none is or the work is used up."""
    best, worth = start, value(start) or (-1, 0)
    left, again = cover.tries, True
    while again and left > 0 and worth < (sum(cover.supply), 1 - cover.full_classes):
        again = False
        for tried in _changes(cover, part, best):
            left -= 1
            found = value(tried)
            if found is not None and found > worth:
                best, worth, again = tried, found, True
                break
            if left <= 0:
                break
    return best


def _changes(cover: Cover, part: Sequence[int], numbers: Numbers) -> Iterator[Numbers]:
    def changed(*changes: tuple[int, int]) -> Numbers:
        new = list(numbers)
        for choice, by in changes:
            new[choice] += by
        return tuple(new)

    some = [choice for choice in part if numbers[choice]]
    free = [choice for choice in part if numbers[choice] < cover.most[choice]]
    yield from (changed((choice, -1)) for choice in some)
    yield from (changed((choice, 1)) for choice in free)
    yield from (changed((a, -1), (b, 1)) for a in some for b in free if a != b)
    for i, a in enumerate(some):
        for b in some[i:]:
            if a != b or numbers[a] > 1:
                yield from (changed((a, -1), (b, -1), (c, 1)) for c in part if c not in (a, b) and c in free)


def _held(cover: Cover, numbers: Numbers, room: Room) -> bool:
    return possible(room, {cover.choices[i]: n for i, n in enumerate(numbers) if n})


def _scarce(cover: Cover, gains: list[tuple[int, int]], room: Room) -> tuple[Numbers, bool]:
    """Not all classes can be held: those that take in most people first; few combinations are all tried."""
    demand = Demand(room, {place for places in cover.choices for place in places})
    numbers = [0] * len(cover.choices)
    for gain, choice in sorted(gains, key=lambda step: (-step[0], step[1])):
        if gain > 0 and demand.add(cover.choices[choice]):
            numbers[choice] += 1
    start = tuple(numbers)
    if cover.taken_in(start) < 0:  # what came later in turn was needed for its fewest people
        start = tuple([0] * len(numbers))
    value = value_of(cover, room)
    if prod(n + 1 for n in cover.most) <= MOST_TRIED:
        return _best(cover, cover.indices, value, start), True
    return _improved(cover, cover.indices, value, start), False


def _settled(
    cover: Cover, numbers: Numbers, counts: Mapping[int, int], reach: Mapping[int, Collection[int]], room: Room
) -> dict[int, int]:
    """Of the places that will do alike, those where most people live; if halls or trainers do not allow it, where they do."""
    demand = Demand(room, {place for places in cover.choices for place in places})
    classes: dict[int, int] = {}
    for choice, n in enumerate(numbers):
        at_home = {
            place: counts.get(place, 0) if place in reach.get(place, ()) else 0 for place in cover.choices[choice]
        }
        for _class in range(n):
            for place in sorted(at_home, key=lambda one: (-min(at_home[one], cover.seats), -at_home[one], one)):
                if classes.get(place, 0) < room.limit(place) and demand.add((place,)):
                    classes[place] = classes.get(place, 0) + 1
                    at_home[place] = max(0, at_home[place] - cover.seats)
                    break
            else:
                return _as_it_goes(cover, numbers, room)
    return classes


def _as_it_goes(cover: Cover, numbers: Numbers, room: Room) -> dict[int, int]:
    demand = Demand(room, {place for places in cover.choices for place in places})
    for choice, n in enumerate(numbers):
        demand.add(cover.choices[choice], n)
    return {place: len(held) for place, held in demand.timetable().items()}


def _less_travel(
    cover: Cover,
    classes: dict[int, int],
    counts: Mapping[int, int],
    reach: Mapping[int, Collection[int]],
    room: Room,
) -> dict[int, int]:
    """A class moved to another place, if as many people are placed with fewer journeys."""

    def worth(tried: Mapping[int, int]) -> tuple[int, int]:
        flows, journeys = spread(tried, counts, reach, cover.seats, cover.fewest)
        short = sum(
            max(0, cover.fewest * n - sum(flow for (_home, at), flow in flows.items() if at == place))
            for place, n in tried.items()
        )
        return (sum(flows.values()) if not short else -1), -journeys

    places = sorted({place for near in cover.choices for place in near})
    left = min(cover.tries, MOST_WORK // (len(counts) * sum(len(near) for near in reach.values()) + 1))
    best, again = worth(classes), True
    while again and best[1]:
        again = False
        for start, end in product(sorted(classes), places):
            if start == end or classes.get(end, 0) >= room.limit(end) or left <= 0:
                continue
            left -= 1
            tried = {place: n for place, n in classes.items() if n}
            tried[start] -= 1
            tried[end] = tried.get(end, 0) + 1
            tried = {place: n for place, n in tried.items() if n}
            found = worth(tried)
            if found > best and possible(room, {(place,): n for place, n in tried.items()}):
                classes, best, again = tried, found, True
                break
    return classes


def _at_least(cover: Cover, numbers: Numbers) -> int:
    """Full classes of whoever shares choices: no fewer can take in as many people."""
    people = cover.taken_in(numbers)
    if people < sum(cover.supply):
        return -(-people // cover.seats)
    alone = (_narrowed(cover, part) for part in cover.parts)
    return sum(one.full_classes for one in alone)
