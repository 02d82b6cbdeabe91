"""What another rule would change, without writing anything: the same question asked under both rules, person by person."""

from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Any

from sqlalchemy import Select, and_, func, or_, select

from lms.coverage.queries import ALL, Coverage, Line, coverages, keys_of, streamed
from lms.coverage.question import Question
from lms.coverage.rules import State
from lms.coverage.standings import roster
from lms.people.models import Person
from lms.tracks.rules import PopulationRule

REQUIRED = (int(State.NOT_DONE), int(State.DONE))
MOVES = ("in", "out", "lost", "gained")


@dataclass(frozen=True)
class Where:
    """Under which unit (`own`: only posted there), of which category ("" is not told, None any)."""

    under: int | None = None
    own: bool = False
    category: str | None = None


@dataclass(frozen=True)
class Impact:
    """Before and after, as coverage counts them, and who moves: `moves[key][move]` under everything, each unit, each category."""

    before: Coverage
    after: Coverage
    moves: dict[Hashable, Counter[str]]

    def of(self, key: Hashable) -> Counter[str]:
        return self.moves.get(key, Counter())

    @property
    def all(self) -> Counter[str]:
        """in, out: come to have to be trained, or no longer do; lost, gained: counted as trained no longer, or now."""
        return self.of(ALL)

    def units(self) -> list[tuple[Line, Line, Counter[str]]]:
        """The parts of the whole where anybody moves: (before, after, moves)."""
        old = {(line.unit_id, line.own): line for line in self.before.lines()}
        return [
            (old[line.unit_id, line.own], line, moves)
            for line in self.after.lines()
            if (moves := self.of(("own" if line.own else "unit", line.unit_id)))
        ]

    def categories(self) -> list[tuple[str, Any, Any, Counter[str]]]:
        """(category, figures before, after, moves) where anybody moves."""
        old = dict(self.before.categories())
        return [
            (name, old[name], figures, moves)
            for name, figures in self.after.categories()
            if (moves := self.of(("category", name)))
        ]


def both(question: Question, i: int, rule: PopulationRule) -> Question:
    """The question with one indicator twice: under the rule in force, and under the other."""
    one = question.ruled[i]
    return replace(question, ruled=(one, replace(one, rule=rule)))


def impact(question: Question, i: int, rule: PopulationRule) -> Impact:
    """Three statements, whoever moves is streamed: memory does not grow with how many they are."""
    asked = both(question, i, rule)
    before, after = coverages(asked)
    rows = roster(asked).subquery()
    differing = select(rows.c.person_id).where(rows.c.state_0 != rows.c.state_1)
    moving = select(rows).where(rows.c.person_id.in_(differing)).order_by(rows.c.person_id)
    keys, moves = keys_of(asked), defaultdict[Hashable, Counter[str]](Counter)
    for _person, postings in groupby(streamed(moving), key=lambda row: row.person_id):
        highest: dict[Hashable, tuple[int, int]] = {}
        for row in postings:
            for key in keys(row.unit_id, row.category):
                old, new = highest.get(key, (0, 0))
                highest[key] = max(old, row.state_0), max(new, row.state_1)
        for key, (old, new) in highest.items():
            moves[key].update(moved(old, new))
    return Impact(before, after, dict(moves))


def moved(old: int, new: int) -> Iterable[str]:
    """What the change of a person's state means. Whoever goes out was perhaps trained; they then count no longer as such."""
    if new in REQUIRED and old not in REQUIRED:
        yield "in"
    if old in REQUIRED and new not in REQUIRED:
        yield "out"
    if old == State.DONE != new:
        yield "lost"
    if new == State.DONE != old:
        yield "gained"


def movers(question: Question, i: int, rule: PopulationRule, move: str, where: Where) -> Select[Any]:
    """(person, state before, state after) of everyone who makes that move, by name: as long as the figure says."""
    rows = roster(both(question, i, rule)).subquery()
    old, new = func.max(rows.c.state_0), func.max(rows.c.state_1)
    grouped = select(rows.c.person_id, old.label("old"), new.label("new"))
    if where.under is not None:
        units = (where.under,) if where.own else (where.under, *question.tree.subtree(where.under))
        grouped = grouped.where(rows.c.unit_id.in_(sorted(set(units))))
    if where.category is not None:
        grouped = grouped.where(rows.c.category == where.category)
    done = int(State.DONE)
    conditions = {
        "in": and_(new.in_(REQUIRED), old.not_in(REQUIRED)),
        "out": and_(old.in_(REQUIRED), new.not_in(REQUIRED)),
        "lost": and_(old == done, new != done),
        "gained": and_(new == done, old != done),
    }
    here = conditions.get(move, or_(*conditions.values()))
    found = grouped.group_by(rows.c.person_id).having(here).subquery()
    return (
        select(Person, found.c.old, found.c.new)
        .join(found, found.c.person_id == Person.id)
        .order_by(Person.sort_key, Person.id)
    )
