"""A proposal as it is edited: its classes, who waits for one, and every check again after each change. Pure."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from lms.coverage.planning.proposing import Found, Why
from lms.coverage.planning.terms import MOST_SEATS, Terms
from lms.coverage.planning.timetable import Slot, Taken, day_of, days_of, half_named, half_number, week_of
from lms.kernel.refused import Refused
from lms.kernel.vietnamese import short_date

Pair = tuple[str, int]  # course, person


@dataclass(frozen=True)
class Planned:
    """A class of the draft; `made` is the class that was called from it."""

    key: int
    course: str
    place: int
    slot: Slot
    seats: int
    trainer: int
    people: tuple[int, ...]
    made: int | None = None

    @property
    def first_day(self) -> date:
        return day_of(self.slot)

    @property
    def last_day(self) -> date:
        return half_named(self.slot[-1])[0]

    @property
    def days(self) -> int:
        return days_of(self.slot)

    @property
    def halves(self) -> list[tuple[date, str]]:
        return [half_named(number) for number in self.slot]

    def by_home(self, home_of: Mapping[Pair, int]) -> dict[int, list[int]]:
        """Commune -> its people here, the most first."""
        found: dict[int, list[int]] = {}
        for person in self.people:
            found.setdefault(home_of[self.course, person], []).append(person)
        return dict(sorted(found.items(), key=lambda one: (-len(one[1]), one[0])))

    def travellers(self, home_of: Mapping[Pair, int]) -> int:
        return sum(home_of[self.course, person] != self.place for person in self.people)


@dataclass(frozen=True)
class Draft:
    """`homes`: where each person comes from, course by course; `online`: who needs no class; `seated`: who sits in one that was called, and its last day."""

    terms: Terms
    half_days: dict[str, int]  # course -> half-days of a class
    homes: dict[Pair, int]
    classes: tuple[Planned, ...] = ()
    left: dict[Pair, str] = field(default_factory=dict)
    online: tuple[Pair, ...] = ()
    seated: dict[Pair, date] = field(default_factory=dict)
    at_least: dict[str, tuple[int, bool]] = field(default_factory=dict)  # course -> (fewest classes, proved)

    @property
    def invited(self) -> int:
        """Persons, each once."""
        return len({person for one in self.classes for person in one.people})

    def get(self, key: int) -> Planned | None:
        return next((one for one in self.classes if one.key == key), None)

    def with_found(self, course: str, found: Found) -> "Draft":
        """The classes of one more course."""
        key = max((one.key for one in self.classes), default=0)
        new = [
            Planned(key + i, course, one.place, one.slot, self.terms.seats, one.trainer, one.people)
            for i, one in enumerate(found.classes, 1)
        ]
        left = {(course, person): why.value for person, why in found.left.items()}
        at_least = self.at_least | {course: (found.at_least, found.exact)}
        return replace(self, classes=(*self.classes, *new), left=self.left | left, at_least=at_least)

    def changed(self, key: int, **values: Any) -> "Draft":
        """Another place, day, trainer or number of seats."""
        return replace(self, classes=tuple(replace(one, **values) if one.key == key else one for one in self.classes))

    def moved(self, course: str, people: Collection[int], to: int | None) -> "Draft":
        """People into another class of their course, or into none."""
        moving = [one for one in people if (course, one) in self.homes]
        classes = [
            replace(one, people=tuple(person for person in one.people if person not in moving))
            if one.course == course
            else one
            for one in self.classes
        ]
        classes = [
            replace(one, people=tuple(sorted((*one.people, *moving)))) if one.key == to else one for one in classes
        ]
        left = {pair: why for pair, why in self.left.items() if pair[0] != course or pair[1] not in moving}
        if to is None:
            left |= {(course, person): Why.DROPPED.value for person in moving}
        return replace(self, classes=tuple(classes), left=left)

    def dropped(self, key: int) -> "Draft":
        """A class less; its people wait."""
        one = self.get(key)
        if one is None:
            return self
        emptied = self.moved(one.course, one.people, None)
        return replace(emptied, classes=tuple(other for other in emptied.classes if other.key != key))

    def added(self, course: str, place: int, slot: Slot, trainer: int, seats: int) -> "Draft":
        """One more class, with nobody in it yet."""
        key = max((one.key for one in self.classes), default=0) + 1
        return replace(self, classes=(*self.classes, Planned(key, course, place, slot, seats, trainer, ())))


def check(draft: Draft, standing: Taken, today: date) -> None:
    """Everything that must hold of classes beside those that stand; raises the first thing that does not, in words."""
    halls, weeks = standing.held.copy(), standing.taught.copy()
    taken = {person: set(halves) for person, halves in standing.busy.items()}
    invited: set[Pair] = set()
    for one in sorted(draft.classes, key=lambda one: (one.slot, one.key)):
        _check_alone(draft, one, today)
        halls.update((one.place, half) for half in one.slot)
        if any(halls[one.place, half] > draft.terms.at_once for half in one.slot):
            raise Refused("On %(day)s the place already holds another class.", day=short_date(one.first_day))
        weeks[one.trainer, week_of(one.slot)] += 1
        if weeks[one.trainer, week_of(one.slot)] > draft.terms.weekly:
            raise Refused(
                "In the week of %(day)s this trainer teaches enough classes already.", day=short_date(one.first_day)
            )
        for person in (one.trainer, *one.people):
            if not taken.setdefault(person, set()).isdisjoint(one.slot):
                raise _clash(one, trainer=person == one.trainer)
            taken[person].update(one.slot)
        pairs = {(one.course, person) for person in one.people}
        if not invited.isdisjoint(pairs):
            raise Refused("Somebody would be in two classes of the same course.")
        invited |= pairs


def _clash(one: Planned, *, trainer: bool) -> Refused:
    day = short_date(one.first_day)
    if trainer:
        return Refused("On %(day)s this trainer teaches, or sits in, another class.", day=day)
    return Refused("On %(day)s somebody of this class teaches, or sits in, another class.", day=day)


def _check_alone(draft: Draft, one: Planned, today: date) -> None:
    terms = draft.terms
    if not 1 <= one.seats <= MOST_SEATS:
        raise Refused("A class has between 1 and %(most)s seats.", most=MOST_SEATS)
    if len(one.people) > one.seats:
        raise Refused(
            "The class has %(seats)s seats, and %(people)s people would be in it.",
            seats=one.seats,
            people=len(one.people),
        )
    if one.first_day <= today:
        raise Refused("%(day)s is too soon: people can be invited from tomorrow on.", day=short_date(one.first_day))
    if one.last_day > terms.deadline:
        raise Refused(
            "The class would end on %(day)s, after the deadline %(deadline)s.",
            day=short_date(one.last_day),
            deadline=short_date(terms.deadline),
        )
    for day, _half in one.halves:
        if day.weekday() not in terms.weekdays:
            raise Refused(
                "%(day)s is not one of the days of the week on which classes may be held.", day=short_date(day)
            )
    if one.place not in terms.places:
        raise Refused("No class can be held at this place.")
    _check_people(draft, one)


def _check_people(draft: Draft, one: Planned) -> None:
    if one.trainer not in draft.terms.trainers:
        raise Refused("Choose one of the trainers.")
    if one.trainer in one.people:
        raise Refused("The trainer cannot also be invited to this class.")
    if any(one.place not in draft.terms.reach(draft.homes[one.course, person]) for person in one.people):
        raise Refused("Somebody of this class cannot reach the place: they are in no travel group with it.")


def written(draft: Draft) -> tuple[dict[str, Any], list[Any]]:
    """(inputs, classes) as a proposal keeps them."""

    def pairs(found: Iterable[tuple[Pair, Any]]) -> list[list[Any]]:
        return [[course, person, value] for (course, person), value in found]

    inputs = {
        "terms": draft.terms.as_json(),
        "half_days": draft.half_days,
        "homes": pairs(draft.homes.items()),
        "left": pairs(draft.left.items()),
        "online": [list(pair) for pair in draft.online],
        "seated": pairs((pair, day.isoformat()) for pair, day in draft.seated.items()),
        "at_least": {course: list(found) for course, found in draft.at_least.items()},
    }
    return inputs, [
        {
            "key": one.key,
            "course": one.course,
            "place": one.place,
            "halves": [[day.isoformat(), half] for day, half in one.halves],
            "seats": one.seats,
            "trainer": one.trainer,
            "people": list(one.people),
            "made": one.made,
        }
        for one in draft.classes
    ]


def read(inputs: Mapping[str, Any], classes: Iterable[Mapping[str, Any]]) -> Draft:
    """The draft that was written so."""
    return Draft(
        terms=Terms.of(inputs["terms"]),
        half_days=dict(inputs["half_days"]),
        homes=dict(_pairs(inputs["homes"])),
        classes=tuple(
            Planned(
                one["key"],
                one["course"],
                one["place"],
                tuple(half_number(date.fromisoformat(day), half) for day, half in one["halves"]),
                one["seats"],
                one["trainer"],
                tuple(one["people"]),
                one["made"],
            )
            for one in classes
        ),
        left=dict(_pairs(inputs["left"])),
        online=tuple((course, person) for course, person in inputs["online"]),
        seated={pair: date.fromisoformat(day) for pair, day in _pairs(inputs["seated"])},
        at_least={course: (found[0], found[1]) for course, found in inputs["at_least"].items()},
    )


def _pairs(kept: Iterable[Any]) -> Iterator[tuple[Pair, Any]]:
    return (((course, person), value) for course, person, value in kept)
