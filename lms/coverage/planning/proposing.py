"""People in, classes out: packed into places (`packing`), divided into classes, each given its days and a trainer. Pure.

As many people as can be placed, in as few classes as possible, then with the least travel and so at the least cost. The same
input gives the same output: everything is taken in the order of ids.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from lms.coverage.planning.covering import spread
from lms.coverage.planning.packing import Packed, pack
from lms.coverage.planning.timetable import Demand, Room, Slot, week_of


class Why(StrEnum):
    """Why somebody is in no class."""

    NO_PLACE = "no_place"  # they can reach no place where a class can be held
    NO_DAY = "no_day"  # the places they can reach have no half-days left before the deadline
    NO_TRAINER = "no_trainer"  # nobody is free to teach
    TOO_FEW = "too_few"  # fewer people than are worth a class
    BUSY = "busy"  # on the days of the classes they could go to they teach, or sit in another class
    DROPPED = "dropped"  # taken out by the office


@dataclass(frozen=True)
class Task:
    """One course: who needs it and from where, where each commune can go, and what a class is."""

    people: Mapping[int, int]  # person -> commune
    reach: Mapping[int, tuple[int, ...]]  # commune -> places
    seats: int
    fewest: int = 1


@dataclass(frozen=True)
class Held:
    """A class of the proposal."""

    place: int
    slot: Slot
    trainer: int
    people: tuple[int, ...]


@dataclass(frozen=True)
class Found:
    """The classes, in the order they are held; who is in none, and why; fewer classes than `at_least` cannot do."""

    classes: tuple[Held, ...]
    left: dict[int, Why]
    at_least: int
    exact: bool


Group = dict[int, list[int]]  # commune -> its people in a class


def propose(task: Task, room: Room) -> Found:
    """The classes of one course. What they take of halls, trainers and people's days is taken from `room`."""
    counts = Counter(task.people.values())
    reach = {home: task.reach.get(home, ()) for home in counts}
    packed = pack(counts, reach, room, task.seats, task.fewest)
    flows, _journeys = spread(packed.classes, counts, reach, task.seats, task.fewest)
    waiting = {home: sorted(one for one, at in task.people.items() if at == home) for home in counts}
    groups: list[tuple[int, Group]] = []
    for place in sorted(packed.classes):
        loads = {home: n for (home, at), n in sorted(flows.items()) if at == place}
        parts = divided(loads, place, packed.classes[place], task.seats, task.fewest)
        groups += [
            (place, {home: [waiting[home].pop(0) for _n in range(n)] for home, n in one.items()}) for one in parts
        ]
    held, evicted = _dated(groups, packed, room)
    held, evicted = _seated_elsewhere(held, evicted, task, room)
    held, emptied = _worth_it(held, task)
    left = dict.fromkeys(evicted, Why.BUSY) | dict.fromkeys(_people(emptied), Why.TOO_FEW)
    for home, people in sorted(waiting.items()):
        if people:
            left |= dict.fromkeys(people, _why(home, task, room))
    held.sort(key=lambda one: (one.slot, one.place, one.people))
    # However few classes these people need: with those given up they take in whom `pack` took in, so that is how many fewer.
    return Found(tuple(held), left, packed.at_least - len(emptied), packed.exact and not evicted)


def divided(loads: Mapping[int, int], place: int, n: int, seats: int, fewest: int) -> list[dict[int, int]]:
    """The people of a place in n classes: whole communes together if that works, else one after another in equal shares."""
    return _whole(loads, n, seats, fewest) or _shares(loads, place, n)


def _whole(loads: Mapping[int, int], n: int, seats: int, fewest: int) -> list[dict[int, int]] | None:
    """Largest commune first into the fullest class that has room (best fit, decreasing); None if that needs more classes."""
    parts: list[dict[int, int]] = []
    for home, people in sorted(loads.items(), key=lambda one: (-one[1], one[0])):
        while people > seats:
            parts.append({home: seats})
            people -= seats
        if not people:
            continue
        fitting = [part for part in parts if sum(part.values()) + people <= seats]
        if fitting and len(parts) >= n:
            best = max(fitting, key=lambda part: sum(part.values()))
            best[home] = best.get(home, 0) + people
        else:
            parts.append({home: people})
    return parts if len(parts) == n and all(sum(part.values()) >= fewest for part in parts) else None


def _shares(loads: Mapping[int, int], place: int, n: int) -> list[dict[int, int]]:
    total = sum(loads.values())
    sizes = [total // n + (i < total % n) for i in range(n)]
    parts: list[dict[int, int]] = [{}]
    for home, people in sorted(loads.items(), key=lambda one: (one[0] != place, -one[1], one[0])):
        while people:
            room = sizes[len(parts) - 1] - sum(parts[-1].values())
            if not room:
                parts.append({})
                continue
            parts[-1][home] = min(people, room)
            people -= min(people, room)
    return parts


def _dated(groups: Iterable[tuple[int, Group]], packed: Packed, room: Room) -> tuple[list[Held], list[int]]:
    """Each class its days and trainer, the earliest first; who cannot come on any day it could be held is left out."""
    ordered = sorted(groups, key=lambda one: (-sum(map(len, one[1].values())), one[0], sorted(one[1])))
    plan = _earliest([place for place, _group in ordered], room) or _flowing(packed, room)
    held, evicted = [], []
    for place, group in ordered:
        people = sorted(person for persons in group.values() for person in persons)
        planned = min(plan[place], key=lambda one: (_misses(people, one, room), one))
        plan[place].remove(planned)
        slot, trainer = _better(place, planned, people, room, plan)
        own = _free_trainer(slot, trainer, people, room, plan)
        if own is None:
            evicted += people
            continue
        coming = [person for person in people if not room.clashes(person, slot) and person != own]
        evicted += [person for person in people if person not in coming]
        if coming:
            room.take(place, slot, own, coming)
            held.append(Held(place, slot, own, tuple(coming)))
    return held, evicted


def _better(
    place: int, planned: tuple[Slot, int], people: list[int], room: Room, plan: Mapping[int, list[tuple[Slot, int]]]
) -> tuple[Slot, int]:
    """The planned slot and trainer, or others that nobody needs where fewer people are away."""
    fewest = _misses(people, planned, room)
    if not fewest:
        return planned
    promised = [one for slots in plan.values() for one in slots]
    weeks = Counter((trainer, week_of(slot)) for slot, trainer in promised)
    found = planned
    for slot in room.slots:
        if room.left_at(place, slot) <= sum(then == slot for then, _trainer in plan[place]):
            continue
        for trainer in room.trainers:
            free = room.may_teach(trainer, slot) and (slot, trainer) not in promised
            week = (trainer, week_of(slot))
            if free and weeks[week] + room.taught[week] < room.weekly:
                misses = _misses(people, (slot, trainer), room)
                if misses < fewest:
                    found, fewest = (slot, trainer), misses
    return found


def _misses(people: Iterable[int], when: tuple[Slot, int], room: Room) -> int:
    slot, trainer = when
    return sum(room.clashes(person, slot) or person == trainer for person in people)


def _free_trainer(
    slot: Slot, planned: int, people: Iterable[int], room: Room, plan: Mapping[int, list[tuple[Slot, int]]]
) -> int | None:
    """The planned trainer; if they sit in the class or came to be busy, another who is free then and planned nowhere else then."""
    people = set(people)
    if planned not in people and room.may_teach(planned, slot):
        return planned
    promised = {trainer for slots in plan.values() for then, trainer in slots if not set(then).isdisjoint(slot)}
    free = [one for one in room.trainers if one not in people | promised and room.may_teach(one, slot)]
    if free:
        return free[0]
    return planned if room.may_teach(planned, slot) else None


def _earliest(places: Iterable[int], room: Room) -> dict[int, list[tuple[Slot, int]]] | None:
    """For each class the first slot with a hall and a trainer left, the trainer with the fewest classes; None if one finds none."""
    busy = {trainer: set(room.busy.get(trainer, ())) for trainer in room.trainers}
    trial = Room(room.slots, room.at_once, room.trainers, room.weekly, busy, room.held.copy(), room.taught.copy())
    plan: dict[int, list[tuple[Slot, int]]] = {}
    classes: Counter[int] = Counter()
    for place in places:
        found = None
        for slot in room.slots:
            free = [one for one in room.trainers if trial.may_teach(one, slot)] if trial.left_at(place, slot) else []
            if free:
                found = slot, min(free, key=lambda one: (classes[one], one))
                break
        if found is None:
            return None
        trial.take(place, *found, ())
        classes[found[1]] += 1
        plan.setdefault(place, []).append(found)
    return plan


def _flowing(packed: Packed, room: Room) -> dict[int, list[tuple[Slot, int]]]:
    """A timetable that exists because `packing` found one."""
    demand = Demand(room, packed.classes)
    for place, n in sorted(packed.classes.items()):
        demand.add((place,), n)
    return demand.timetable()


def _seated_elsewhere(held: list[Held], evicted: list[int], task: Task, room: Room) -> tuple[list[Held], list[int]]:
    """Who could not come to their own class takes a free seat in another that they can reach."""
    still = []
    for person in evicted:
        near = task.reach.get(task.people[person], ())
        for i, one in enumerate(held):
            fits = one.place in near and len(one.people) < task.seats and person != one.trainer
            if fits and not room.clashes(person, one.slot):
                held[i] = Held(one.place, one.slot, one.trainer, tuple(sorted((*one.people, person))))
                room.busy.setdefault(person, set()).update(one.slot)
                break
        else:
            still.append(person)
    return held, still


def _worth_it(held: Iterable[Held], task: Task) -> tuple[list[Held], list[Held]]:
    """The classes that are worth holding, and those that lost too many for it."""
    sized: tuple[list[Held], list[Held]] = [], []
    for one in held:
        sized[len(one.people) < task.fewest].append(one)
    return sized


def _people(classes: Iterable[Held]) -> Iterator[int]:
    return (person for one in classes for person in one.people)


def _why(home: int, task: Task, room: Room) -> Why:
    """Why people of this commune were left over, when all was taken."""
    near = task.reach.get(home, ())
    if not near:
        return Why.NO_PLACE
    if not room.trainers:
        return Why.NO_TRAINER
    free = [slot for slot in room.slots if any(room.left_at(place, slot) for place in near)]
    if not free:
        return Why.NO_DAY
    return Why.TOO_FEW if any(room.may_teach(one, slot) for slot in free for one in room.trainers) else Why.NO_TRAINER
