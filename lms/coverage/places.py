"""Enough trained people in each place: an indicator of kind "places", counted from the same figures as any other.

A place counts those who have to be trained, are, and are not on leave; with all units below it. `least` 0 means that the office has
turned the indicator off: no page asks it then.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from sqlalchemy import func, select

from lms.coverage.breakdowns import place_of
from lms.coverage.queries import Coverage
from lms.coverage.records import Kept
from lms.coverage.rules import State, after_months
from lms.coverage.standings import counted, roster
from lms.kernel.db import db
from lms.people.models import Person
from lms.tracks.models import Completion

SOON = timedelta(days=90)  # an expiry so near is worth planning for


@dataclass(frozen=True)
class Place:
    """A place, how many it has and how many of whom it could have."""

    unit_id: int
    name: str
    kind: str
    has: int
    required: int
    on_leave: int
    unknown: int
    least: int

    @property
    def enough(self) -> bool:
        return self.has >= self.least


@dataclass(frozen=True)
class Places:
    """Every place below the unit asked for, those furthest from enough first."""

    least: int
    lines: tuple[Place, ...]

    @property
    def enough(self) -> int:
        return sum(1 for one in self.lines if one.enough)

    @property
    def short(self) -> tuple[Place, ...]:
        return tuple(one for one in self.lines if not one.enough)

    def as_dict(self) -> dict[str, int]:
        """The JSON shape, documented in docs/coverage-json.md."""
        return {"enough": self.enough, "of": len(self.lines), "least": self.least}


def is_of_places(found: Coverage) -> bool:
    return found.one.indicator.kind == "places"


def places(found: Coverage) -> Places | None:
    """None for an indicator of persons."""
    if not is_of_places(found):
        return None
    tree, rule = found.question.tree, found.one.rule
    here: Collection[int] = tree.versions if found.under is None else tree.subtree(found.under)
    lines = []
    for unit_id in here:
        version = tree.versions[unit_id]
        if version.kind in rule.place_kinds:
            f = found.unit(unit_id)
            lines.append(
                Place(unit_id, version.name, version.kind, f.done, f.required, f.on_leave, f.unknown, rule.least)
            )
    order = {one: version.search_key for one, version in tree.versions.items()}
    return Places(rule.least, tuple(sorted(lines, key=lambda one: (one.has, order[one.unit_id], one.unit_id))))


@dataclass(frozen=True)
class Someone:
    """Who counts in a place, or would if they were not on leave; until which day the training counts (None: for ever)."""

    person: Person
    on_leave: bool
    until: date | None

    def expires_by(self, day: date) -> bool:
        return self.until is not None and self.until <= day


@dataclass(frozen=True)
class There:
    """The trained people of a place: there, there but expiring within 90 days, away on leave."""

    there: list[Someone] = field(default_factory=list)
    expiring: list[Someone] = field(default_factory=list)
    away: list[Someone] = field(default_factory=list)


def who(found: Coverage, of: Iterable[Place]) -> dict[int, There]:
    """Place -> its trained people. Two statements, however many places."""
    question, i = found.question, place_of(found)
    above = {unit: one.unit_id for one in of for unit in question.tree.subtree(one.unit_id)}
    lists: defaultdict[int, There] = defaultdict(There)
    if not above:
        return lists
    rows = roster(question).subquery()
    state = rows.c[f"state_{i}"]
    found_rows: Iterable[Any] = db.session.execute(
        select(Person, rows.c.unit_id, state)
        .join(rows, rows.c.person_id == Person.id)
        .where(rows.c.unit_id.in_(sorted(above)), state.in_([int(State.DONE), int(State.ON_LEAVE)]))
        .order_by(Person.sort_key, Person.id)
    )
    here: dict[tuple[int, int], tuple[Person, int]] = {}
    for person, unit_id, stands in found_rows:
        key = (above[unit_id], person.id)
        here[key] = (person, max(stands, here.get(key, (person, 0))[1]))
    until = _until(found, {person_id for _, person_id in here})
    for (place, person_id), (person, stands) in here.items():
        if person_id not in until:
            continue  # on leave, and not trained: nobody to count on
        someone = Someone(person, stands == State.ON_LEAVE, until[person_id])
        lists[place].there.append(someone) if not someone.on_leave else lists[place].away.append(someone)
        if not someone.on_leave and someone.expires_by(question.as_of + SOON):
            lists[place].expiring.append(someone)
    return lists


def _until(found: Coverage, persons: Collection[int]) -> dict[int, date | None]:
    """The first day on which each of these is no longer trained; None: never. Whoever is not trained is not in it."""
    question, one = found.question, found.one
    kept = Kept(question, Completion.person_id)
    rows: Iterable[Any] = db.session.execute(
        kept.join(
            select(kept.person, Completion.course_slug, func.max(Completion.completed_on)).select_from(Completion)
        )
        .where(counted(question, one, question.since(one)), Completion.person_id.in_(question.records(persons)))
        .group_by(kept.person, Completion.course_slug)
    )
    days: defaultdict[int, dict[str, date]] = defaultdict(dict)
    for person_id, course, on in rows:
        days[person_id][course] = on
    months, every = one.rule.valid_months, one.rule.courses_needed == "all"
    found_days: dict[int, date | None] = {}
    for person_id, of in days.items():
        if not every or len(of) == len(set(one.rule.courses)):
            last = min(of.values()) if every else max(of.values())
            found_days[person_id] = after_months(last, months) if months else None
    return found_days
