"""When classes can be held, and who can teach them: half-days, halls and trainers. Pure.

A half-day is one whole number, `2 * day.toordinal()` in the morning and one more in the afternoon. A slot is the half-days of
one class: whole days in a row within a week, beginning in the morning (a class of one half-day may take either half).
Slots never overlap: within one course a timetable that used others could be moved onto these (each class begins no later
than before, and two that did not overlap still do not), unless a trainer is away on part of a week.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from lms.coverage.planning.flows import BOUNDLESS, Net

Slot = tuple[int, ...]
Week = tuple[int, int]  # ISO year and week


def half_number(day: date, half: str) -> int:
    return 2 * day.toordinal() + (half == "pm")


def half_named(number: int) -> tuple[date, str]:
    """(day, "am" or "pm")."""
    return date.fromordinal(number // 2), "pm" if number % 2 else "am"


def day_of(slot: Slot) -> date:
    """The first day of a class."""
    return half_named(slot[0])[0]


def days_of(slot: Slot) -> int:
    """On how many days it is held."""
    return len({number // 2 for number in slot})


def week_of(slot: Slot) -> Week:
    year, week, _day = day_of(slot).isocalendar()
    return year, week


def slots(first: date, last: date, weekdays: Iterable[int], half_days: int) -> tuple[Slot, ...]:
    """The slots from the first to the last day, on these weekdays (0 is Monday), for a class of so many half-days.

    A class longer than the days of one week goes on in the next.
    """
    allowed = sorted(set(weekdays))
    days = [first + timedelta(n) for n in range((last - first).days + 1)]
    open_days = [day for day in days if day.weekday() in allowed]
    if half_days == 1:
        return tuple((half_number(day, half),) for day in open_days for half in ("am", "pm"))
    length = -(-half_days // 2)
    if length > len(allowed):
        runs = [open_days]
    else:
        weeks: dict[Week, list[date]] = {}
        for day in open_days:
            year, week, _weekday = day.isocalendar()
            weeks.setdefault((year, week), []).append(day)
        runs = list(weeks.values())
    found = []
    for run in runs:
        for start in range(0, len(run) - length + 1, length):
            halves = [half_number(day, half) for day in run[start : start + length] for half in ("am", "pm")]
            found.append(tuple(halves[:half_days]))
    return tuple(found)


@dataclass
class Taken:
    """What stands already. `busy` is of trainers and of those invited: person id -> half-days taken."""

    busy: dict[int, set[int]] = field(default_factory=dict)
    held: Counter[tuple[int, int]] = field(default_factory=Counter)  # (place, half-day) -> classes there
    taught: Counter[tuple[int, Week]] = field(default_factory=Counter)


@dataclass
class Room:
    """What halls and trainers have left."""

    slots: Sequence[Slot]
    at_once: int  # classes that one place can hold at a time
    trainers: Sequence[int]
    weekly: int  # classes that one trainer can teach in a week
    busy: dict[int, set[int]] = field(default_factory=dict)
    held: Counter[tuple[int, int]] = field(default_factory=Counter)
    taught: Counter[tuple[int, Week]] = field(default_factory=Counter)

    def left_at(self, place: int, slot: Slot) -> int:
        """How many more classes this place can hold then."""
        return max(0, self.at_once - max((self.held[place, number] for number in slot), default=0))

    def limit(self, place: int) -> int:
        """How many classes this place can hold in all its slots."""
        return sum(self.left_at(place, slot) for slot in self.slots)

    def clashes(self, person: int, slot: Slot) -> bool:
        return not self.busy.get(person, frozenset()).isdisjoint(slot)

    def may_teach(self, trainer: int, slot: Slot) -> bool:
        return not self.clashes(trainer, slot) and self.taught[trainer, week_of(slot)] < self.weekly

    def take(self, place: int, slot: Slot, trainer: int, people: Iterable[int]) -> None:
        """A class is held."""
        self.taught[trainer, week_of(slot)] += 1
        for number in slot:
            self.held[place, number] += 1
        for person in (trainer, *people):
            self.busy.setdefault(person, set()).update(slot)


class Demand:
    """Classes wanted at places, each given a slot and a trainer if that is possible for all at once: one flow.

    Asked one after the other: a class that cannot be held now cannot be held after more were taken either.
    """

    def __init__(self, room: Room, places: Iterable[int]) -> None:
        self.room, self.net = room, Net()
        self._wanted: dict[tuple[int, ...], int] = {}
        self._at: list[tuple[int, int, int]] = []  # place, slot, edge
        self._by: list[tuple[int, int, int]] = []  # slot, trainer, edge
        for place in sorted(set(places)):
            for i, slot in enumerate(room.slots):
                if left := room.left_at(place, slot):
                    self._at.append((place, i, self.net.edge(("place", place), ("slot", i), left)))
        weeks: set[tuple[int, Week]] = set()
        for i, slot in enumerate(room.slots):
            for trainer in room.trainers:
                if room.may_teach(trainer, slot):
                    week = (trainer, week_of(slot))
                    self._by.append((i, trainer, self.net.edge(("slot", i), week, 1)))
                    weeks.add(week)
        for trainer, in_week in sorted(weeks):
            self.net.edge((trainer, in_week), "end", room.weekly - room.taught[trainer, in_week])

    def add(self, places: tuple[int, ...], n: int = 1) -> int:
        """So many more classes at any of these places; returns how many of them can be held."""
        if places not in self._wanted:
            self._wanted[places] = self.net.edge("start", ("any", places), 0)
            for place in places:
                self.net.edge(("any", places), ("place", place), BOUNDLESS)
        self.net.widen(self._wanted[places], n)
        return self.net.push("start", "end", n)

    def timetable(self) -> dict[int, list[tuple[Slot, int]]]:
        """Place -> (slot, trainer) of each class that it holds."""
        teaching: dict[int, list[int]] = {}
        for slot, trainer, edge in self._by:
            if self.net.flow(edge):
                teaching.setdefault(slot, []).append(trainer)
        found: dict[int, list[tuple[Slot, int]]] = {}
        for place, slot, edge in self._at:
            for _class in range(self.net.flow(edge)):
                found.setdefault(place, []).append((self.room.slots[slot], teaching[slot].pop(0)))
        return found


def possible(room: Room, wanted: Mapping[tuple[int, ...], int]) -> bool:
    """Whether all these classes can be held: (places any of which will do) -> how many."""
    demand = Demand(room, {place for places in wanted for place in places})
    return all(demand.add(places, n) == n for places, n in sorted(wanted.items()) if n)
