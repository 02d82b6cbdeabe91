"""What the office says of a planning: by when, how many seats, who can travel with whom, who may teach, what things cost. Pure.

All amounts are whole đồng and come from the form; nothing is assumed to cost anything.
"""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from typing import Any, Self

from lms.coverage.planning.timetable import Slot, half_number
from lms.coverage.planning.timetable import slots as slots_between
from lms.kernel.refused import Refused
from lms.kernel.vietnamese import search_key, short_date
from lms.tracks.rules import PopulationRule

MOST_SEATS = 40  # people in one class
HALF_DAY = 4  # tiết of 45 minutes
KIND_WORDS = ("xa", "phuong", "thi tran")


@dataclass(frozen=True)
class Terms:
    """`groups`: units that travel together; `half_days` 0: by the hours of the course; `weekly`: classes of one trainer in a week."""

    deadline: date
    seats: int = MOST_SEATS
    fewest: int = 5
    half_days: int = 0
    at_once: int = 1
    notice: int = 3
    weekdays: tuple[int, ...] = (0, 1, 2, 3, 4)
    places: tuple[int, ...] = ()
    groups: tuple[tuple[int, ...], ...] = ()
    trainers: tuple[int, ...] = ()
    weekly: int = 3
    per_class: int = 0
    per_trainer_half_day: int = 0
    per_participant_day: int = 0
    per_traveller_day: int = 0

    def as_json(self) -> dict[str, Any]:
        return {**asdict(self), "deadline": self.deadline.isoformat()}

    @classmethod
    def of(cls, kept: Mapping[str, Any]) -> Self:
        tuples = {name: tuple(kept[name]) for name in ("weekdays", "places", "trainers")}
        groups = tuple(tuple(group) for group in kept["groups"])
        return cls(**{**kept, **tuples, "groups": groups, "deadline": date.fromisoformat(kept["deadline"])})

    def first_day(self, today: date) -> date:
        """Who is invited hears of it so many days before."""
        return today + timedelta(1 + self.notice)

    def half_days_of(self, hours: int) -> int:
        """Half-days of a course of so many tiết."""
        return self.half_days or max(1, -(-hours // HALF_DAY))

    def slots(self, today: date, half_days: int) -> tuple[Slot, ...]:
        first = self.first_day(today)
        return slots_between(first, self.deadline, self.weekdays, half_days) if first <= self.deadline else ()

    def slot_from(self, first: date, half: str, half_days: int) -> Slot:
        """The half-days of a class that begins then: whole days in a row, other weekdays left out."""
        found: list[int] = []
        day = first
        while len(found) < half_days:
            if day.weekday() in self.weekdays or day == first:
                starts = ("pm",) if half == "pm" and day == first else ("am", "pm")
                found += [half_number(day, one) for one in starts]
            day += timedelta(1)
        return tuple(found[:half_days])

    def reach(self, home: int) -> tuple[int, ...]:
        """Where people of a unit can go: home, and wherever their travel groups go."""
        near = {home}.union(*(group for group in self.groups if home in group))
        return tuple(sorted(near.intersection(self.places)))


def check(terms: Terms, today: date) -> None:
    """Raises what cannot be planned with, in words."""
    if terms.deadline <= today + timedelta(1):
        raise Refused(
            "%(day)s is too soon: choose a later deadline, so that people can still be invited.",
            day=short_date(terms.deadline),
        )
    if not terms.places:
        raise Refused("Choose at least one place where a class can be held.")
    if not terms.trainers:
        raise Refused("Choose at least one trainer. If the list is empty, give somebody the trainer's role first.")
    if not terms.weekdays:
        raise Refused("Choose at least one day of the week on which classes may be held.")
    if terms.fewest > terms.seats:
        raise Refused("A class cannot need more people than it has seats.")
    if not slots_between(terms.first_day(today), terms.deadline, terms.weekdays, 1):
        raise Refused(
            "From %(first)s to %(last)s there is no day for a class. Choose a later deadline, fewer days of notice or more days of the week.",
            first=short_date(terms.first_day(today)),
            last=short_date(terms.deadline),
        )


def default_deadline(rule: PopulationRule, report_due: str, ends_on: date, today: date) -> date:
    """The next count date of the rule, else the day before the next report; the end of the plan if that comes first."""
    month, day = (int(part) for part in (rule.count_on or report_due).split("-"))
    before = 0 if rule.count_on else 1
    days = [_clipped(year, month, day) - timedelta(before) for year in (today.year, today.year + 1)]
    ahead = next(one for one in days if one > today + timedelta(1))
    return min(ahead, ends_on) if ends_on > today + timedelta(1) else ahead


def read_groups(text: str, units: Mapping[int, tuple[str, str]]) -> tuple[tuple[int, ...], ...]:
    """A line for each travel group, units by name or code with commas between. `units`: id -> (name, code)."""
    groups = []
    for line in text.splitlines():
        named = [one.strip() for one in line.replace(";", ",").split(",") if one.strip()]
        if named:
            groups.append(tuple(dict.fromkeys(_unit_called(one, units) for one in named)))
    return tuple(groups)


def written_groups(groups: Iterable[Iterable[int]], units: Mapping[int, tuple[str, str]]) -> str:
    """The same as text; a name that two units bear is followed by its code."""
    names = [search_key(name) for name, _code in units.values()]

    def written(unit: int) -> str:
        name, code = units[unit]
        return f"{name} ({code})" if names.count(search_key(name)) > 1 else name

    return "\n".join(", ".join(written(unit) for unit in group if unit in units) for group in groups)


def _unit_called(text: str, units: Mapping[int, tuple[str, str]]) -> int:
    wanted = search_key(text)
    code = text.rpartition("(")[2].rstrip(") ") if "(" in text else text
    found = [unit for unit, (_name, own) in units.items() if own and own == code.strip()]
    found = found or [unit for unit, (name, _code) in units.items() if search_key(name) == wanted]
    found = found or [unit for unit, (name, _code) in units.items() if _bare(search_key(name)) == wanted]
    if not found:
        raise Refused(
            "“%(name)s” in the travel groups is none of the units here. Write its name as in the list.", name=text
        )
    if len(found) > 1:
        raise Refused("Several units are called “%(name)s”: write the code of the one you mean.", name=text)
    return found[0]


def _bare(key: str) -> str:
    """Without "xã", "phường" or "thị trấn"."""
    return next((key.removeprefix(f"{word} ") for word in KIND_WORDS if key.startswith(f"{word} ")), key)


def _clipped(year: int, month: int, day: int) -> date:
    """That day, or the last of a month that is too short for it."""
    last = (date(year + month // 12, month % 12 + 1, 1) - timedelta(1)).day
    return date(year, month, min(day, last))
