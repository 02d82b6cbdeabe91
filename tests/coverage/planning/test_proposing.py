"""Classes proposed: always valid, on small cases no worse than the exact optimum, on large ones no worse than plain greedy."""

from collections import Counter
from collections.abc import Iterator
from datetime import date
from functools import cache
from itertools import islice, product
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lms.coverage.planning.proposing import Found, Task, Why, propose
from lms.coverage.planning.timetable import Room, half_named, slots, week_of
from tests.pace import assert_grows_evenly

MONDAY, FRIDAY = date(2026, 11, 30), date(2026, 12, 4)


def check(task: Task, room: Room, found: Found) -> None:
    """Nobody twice, seats never exceeded, only places they reach, only offered days, nobody and no hall in two classes at once."""
    invited = [person for one in found.classes for person in one.people]
    assert len(invited) == len(set(invited))
    assert sorted([*invited, *found.left]) == sorted(task.people)
    busy: dict[int, set[int]] = {person: set(halves) for person, halves in room.busy.items()}
    halls: Counter[tuple[int, int]] = Counter()
    weeks: Counter[tuple[int, tuple[int, int]]] = Counter()
    for one in found.classes:
        assert task.fewest <= len(one.people) <= task.seats
        assert one.slot in room.slots
        assert one.trainer in room.trainers
        for person in one.people:
            assert one.place in task.reach[task.people[person]]
        for person in (one.trainer, *one.people):
            assert busy.setdefault(person, set()).isdisjoint(one.slot), "in two places at once"
            busy[person].update(one.slot)
        for half in one.slot:
            halls[one.place, half] += 1
            assert halls[one.place, half] <= room.at_once
        weeks[one.trainer, week_of(one.slot)] += 1
        assert weeks[one.trainer, week_of(one.slot)] <= room.weekly


def optimum(task: Task, room: Room) -> tuple[int, int]:
    """(people placed, -classes) by trying every timetable and every way of sharing the people out."""
    counts = Counter(task.people.values())
    homes = sorted(counts)
    best = (0, 0)
    for classes in timetables(task, room):
        placed = most_placed(task, homes, counts, dict(classes))
        best = max(best, (placed, -sum(dict(classes).values())))
    return best


def timetables(task: Task, room: Room) -> Iterator[tuple[tuple[int, int], ...]]:
    """Every (place, classes) that some choice of a place for each free trainer and slot makes."""
    places = sorted({place for near in task.reach.values() for place in near})
    pairs = [
        (slot, trainer)
        for slot in room.slots
        for trainer in room.trainers
        if room.busy.get(trainer, set()).isdisjoint(slot)
    ]
    seen = set()
    for chosen in product([None, *places], repeat=len(pairs)):
        here = Counter((place, slot) for place, (slot, _trainer) in zip(chosen, pairs, strict=True) if place)
        weeks = Counter((trainer, week_of(slot)) for place, (slot, trainer) in zip(chosen, pairs, strict=True) if place)
        if all(n <= room.at_once for n in here.values()) and all(n <= room.weekly for n in weeks.values()):
            seen.add(tuple(sorted(Counter(place for place in chosen if place).items())))
    yield from sorted(seen)


def most_placed(task: Task, homes: list[int], counts: dict[int, int], classes: dict[int, int]) -> int:
    """Commune by commune, every way of sending some of its people to each place."""
    places = sorted(classes)

    @cache
    def rest(i: int, loads: tuple[int, ...]) -> int:
        if i == len(homes):
            enough = all(load >= task.fewest * classes[place] for load, place in zip(loads, places, strict=True))
            return 0 if enough else -100
        near = [place in task.reach[homes[i]] for place in places]
        free = [
            range((task.seats * classes[place] - load if reached else 0) + 1)
            for place, load, reached in zip(places, loads, near, strict=True)
        ]
        return max(
            sum(sent) + rest(i + 1, tuple(a + b for a, b in zip(loads, sent, strict=True)))
            for sent in product(*free)
            if sum(sent) <= counts[homes[i]]
        )

    return max(0, rest(0, (0,) * len(places)))


@st.composite
def small_cases(draw: st.DrawFn) -> tuple[Task, Room]:
    """Up to five communes and twelve people, up to four seats, two slots for two trainers or four for one, who may be away."""
    communes = draw(st.integers(1, 5))
    homes = [draw(st.integers(1, communes)) for _person in range(draw(st.integers(1, 12)))]
    reach = {
        home: tuple(sorted(draw(st.sets(st.integers(1, communes), max_size=3)))) for home in range(1, communes + 1)
    }
    seats = draw(st.integers(1, 4))
    task = Task({100 + i: home for i, home in enumerate(homes)}, reach, seats, draw(st.integers(1, min(2, seats))))
    trainers = draw(st.integers(0, 2))
    days = draw(st.integers(1, 2 if trainers == 2 else 4))
    offered = slots(MONDAY, date(2026, 11, 29 + days) if days == 1 else date(2026, 12, days - 1), range(5), 2)
    away = {500 + i: set(slot) for i in range(trainers) for slot in offered if draw(st.integers(0, 4)) == 0}
    room = Room(offered, draw(st.integers(1, 2)), [500 + i for i in range(trainers)], draw(st.integers(1, 4)), away)
    return task, room


def fresh(room: Room) -> Room:
    return Room(
        room.slots, room.at_once, room.trainers, room.weekly, {one: set(days) for one, days in room.busy.items()}
    )


@settings(max_examples=150, deadline=None)
@given(small_cases())
def test_on_small_cases_it_is_the_optimum(case: tuple[Task, Room]) -> None:
    task, room = case
    found = propose(task, fresh(room))
    check(task, room, found)

    people, classes = optimum(task, room)
    assert len(task.people) - len(found.left) == people  # nobody is dropped who could be placed
    assert len(found.classes) <= -classes + 1  # promised: within one class
    assert len(found.classes) == -classes  # and so few are tried that it is the optimum itself
    assert found.at_least == len(found.classes)
    assert propose(task, fresh(room)) == found  # the same again


@settings(max_examples=100, deadline=None)
@given(small_cases(), st.data())
def test_people_who_teach_or_sit_elsewhere_are_never_in_two_places(
    case: tuple[Task, Room], data: st.DataObject
) -> None:
    task, room = case
    for person in data.draw(st.sets(st.sampled_from(sorted(task.people)), max_size=3)):
        room.busy[person] = set(data.draw(st.sampled_from(room.slots)))
    both = Task({**task.people, **dict.fromkeys(room.trainers, 1)}, task.reach, task.seats, task.fewest)
    check(both, room, propose(both, fresh(room)))


def plain_greedy(task: Task, room: Room) -> tuple[int, int]:
    """Each commune in turn into the first class with a seat that it reaches, else a new class on the first free day."""
    held: list[list[int]] = []  # place, people
    placed = 0
    for home, n in sorted(Counter(task.people.values()).items()):
        for one in held:
            if one[0] in task.reach[home]:
                came = min(n, task.seats - one[1])
                one[1], n, placed = one[1] + came, n - came, placed + came
        while n >= task.fewest:
            free = (
                (place, slot, trainer)
                for place in task.reach[home]
                for slot in room.slots
                if room.left_at(place, slot)
                for trainer in room.trainers
                if room.may_teach(trainer, slot)
            )
            found = next(free, None)
            if found is None:
                break
            room.take(*found, ())
            came = min(n, task.seats)
            held.append([found[0], came])
            n, placed = n - came, placed + came
    return placed, -len(held)


@pytest.mark.parametrize("shape", ["groups", "chance", "everywhere", "scarce"])
def test_on_a_large_case_it_is_quick_and_no_worse_than_plain_greedy(shape: str) -> None:
    chance = Random(shape)
    communes = range(1, 101)
    near = {
        "groups": lambda home: tuple(range(home - (home - 1) % 5, home - (home - 1) % 5 + 5)),
        "chance": lambda home: tuple(sorted({home, *chance.sample(communes, 4)})),
        "everywhere": lambda home: tuple(communes),
        "scarce": lambda home: tuple(sorted({home, *chance.sample(communes, 2)})),
    }[shape]
    reach = {home: near(home) for home in communes}
    people = {1000 + i: chance.choice(communes) for i in range(20_000)}
    trainers = [10 + i for i in range(8 if shape == "scarce" else 40)]
    room = Room(slots(MONDAY, date(2026, 12, 31), range(5), 2), 1, trainers, 3)

    def proposed(many: int) -> tuple[Task, Found]:
        task = Task(dict(islice(people.items(), many)), reach, 40, 10)
        return task, propose(task, fresh(room))

    task, found = proposed(20_000)
    check(task, room, found)
    mine = (20_000 - len(found.left), -len(found.classes))
    assert mine >= plain_greedy(task, fresh(room))
    assert_grows_evenly(proposed, 20_000, rounds=1)


@pytest.mark.parametrize(
    "task, room, why",
    [
        (Task({1: 1}, {1: ()}, 4), Room(slots(MONDAY, FRIDAY, range(5), 2), 1, [9], 2), Why.NO_PLACE),
        (Task({1: 1}, {1: (1,)}, 4), Room((), 1, [9], 2), Why.NO_DAY),
        (Task({1: 1}, {1: (1,)}, 4), Room(slots(MONDAY, FRIDAY, range(5), 2), 1, [], 2), Why.NO_TRAINER),
        (Task({1: 1}, {1: (1,)}, 4, 2), Room(slots(MONDAY, FRIDAY, range(5), 2), 1, [9], 2), Why.TOO_FEW),
        (
            Task({1: 1}, {1: (1,)}, 4),
            Room(slots(MONDAY, MONDAY, range(5), 2), 1, [9], 2, {1: set(slots(MONDAY, MONDAY, range(5), 2)[0])}),
            Why.BUSY,
        ),
    ],
)
def test_who_is_left_out_is_told_why(task: Task, room: Room, why: Why) -> None:
    found = propose(task, room)
    assert not found.classes
    assert found.left == {1: why}


def test_a_class_that_its_trainer_leaves_too_small_is_given_up_and_says_so() -> None:
    """Five people are worth a class, but both trainers are among them: whoever teaches leaves four."""
    task = Task({1: 1, 2: 1, 3: 1, 8: 1, 9: 1}, {1: (1,)}, 40, 5)
    found = propose(task, Room(slots(MONDAY, FRIDAY, range(5), 2), 1, [8, 9], 2))
    teacher = {one for one, why in found.left.items() if why == Why.BUSY}
    assert len(teacher) == 1
    assert teacher < {8, 9}
    assert found.left == dict.fromkeys(teacher, Why.BUSY) | dict.fromkeys({1, 2, 3, 8, 9} - teacher, Why.TOO_FEW)
    assert (found.classes, found.at_least) == ((), 0)


@pytest.mark.parametrize(
    "half_days, expected",
    [
        (1, [["30/am"], ["30/pm"], ["1/am"], ["1/pm"]]),
        (2, [["30/am", "30/pm"], ["1/am", "1/pm"]]),
        (3, [["30/am", "30/pm", "1/am"]]),
        (5, []),
    ],
)
def test_slots_are_whole_days_in_a_row(half_days: int, expected: list[list[str]]) -> None:
    found = slots(MONDAY, date(2026, 12, 1), range(5), half_days)
    assert [[f"{day.day}/{half}" for day, half in map(half_named, slot)] for slot in found] == expected


def test_no_slot_falls_on_another_weekday_or_over_the_weekend() -> None:
    found = slots(date(2026, 11, 26), date(2026, 12, 8), range(5), 4)
    assert [[day.day for day, _half in map(half_named, slot)] for slot in found] == [
        [26, 26, 27, 27],
        [30, 30, 1, 1],
        [2, 2, 3, 3],
        [7, 7, 8, 8],
    ]
    assert slots(MONDAY, FRIDAY, (5, 6), 2) == ()
