"""Coverage of a plan: for each indicator, how many of whom are trained, by unit and by category, each person once.

Two statements for all indicators together: the roster in groups, and the few persons with several postings, who would
otherwise be counted twice above their units.
"""

from collections.abc import Callable, Collection, Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from itertools import groupby
from typing import Any

from sqlalchemy import ColumnElement, Select, Subquery, func, select, true

from lms.coverage.groups import grouped, groups
from lms.coverage.placing import around
from lms.coverage.question import Question, Ruled, ask, chosen, plans
from lms.coverage.records import Kept
from lms.coverage.restating import NOWHERE
from lms.coverage.rules import Figures, Tally
from lms.coverage.standings import roster
from lms.kernel.clock import today
from lms.kernel.db import db
from lms.kernel.lists import one_of
from lms.kernel.refused import Refused
from lms.people.models import Posting
from lms.people.rules import CATEGORIES, SEXES
from lms.tracks.models import Plan

NOBODY = Figures()
ALL = "all"
AT_ONCE = 1000  # rows


@dataclass(frozen=True)
class Line:
    """A row of the table by unit: the unit with all below it, or (`own`) only who is posted at the unit itself."""

    unit_id: int  # NOWHERE for those who cannot be restated
    name: str
    own: bool
    figures: Figures


@dataclass(frozen=True)
class Coverage:
    """One indicator's figures, within what the question may see and, if asked, under one unit."""

    question: Question
    one: Ruled
    under: int | None
    tallies: Mapping[Hashable, Figures]
    deep: bool = True  # whether the units below its parts are told too
    each: tuple["Coverage", ...] = ()  # the same people by each course of the rule alone (`breakdowns`)

    @property
    def total(self) -> Figures:
        return self.tallies.get(ALL, NOBODY)

    @property
    def not_restated(self) -> Figures:
        """Those whose place in that day's tree cannot be known."""
        return self.unit(NOWHERE)

    def unit(self, unit_id: int) -> Figures:
        """The unit with all below it."""
        return self.tallies.get(("unit", unit_id), NOBODY)

    def own(self, unit_id: int) -> Figures:
        """Who is posted at the unit itself."""
        return self.tallies.get(("own", unit_id), NOBODY)

    @property
    def top(self) -> int | None:
        """The unit whose parts are listed: the one asked for, or the only root there is."""
        roots = self.question.tree.roots
        return self.under if self.under is not None else roots[0] if len(roots) == 1 else None

    def lines(self) -> list[Line]:
        """The parts of the whole, those with most missing first. Each person stands in a line of every unit they work at."""
        tree = self.question.tree
        below = tree.roots if self.top is None else tree.children(self.top)
        lines = [Line(one, tree.name(one), False, self.unit(one)) for one in below]
        if self.top is not None and (self.own(self.top).roster or not below):
            lines.append(Line(self.top, tree.name(self.top), True, self.own(self.top)))
        lines.sort(key=lambda line: (-line.figures.not_done, -line.figures.unknown, not line.figures.roster))
        if self.not_restated.roster:
            lines.append(Line(NOWHERE, "", False, self.not_restated))
        return lines

    def behind(self) -> int:
        """In how many of the lines somebody is missing."""
        return sum(1 for line in self.lines() if line.figures.not_done)

    def category(self, category: str) -> Figures:
        """Those posted in it; "": those whose category nobody has told."""
        return self.tallies.get(("category", category), NOBODY)

    def categories(self) -> list[tuple[str, Figures]]:
        """By category, in the order of the official list; "" is those whose category nobody has told."""
        found = ((one, self.category(one)) for one in (*CATEGORIES, ""))
        return [(one, figures) for one, figures in found if figures.roster]

    def sexes(self) -> list[tuple[str, Figures]]:
        """Women, men, those of whom it is not known; whoever is on no roster has no row."""
        return [(sex, self.tallies[("sex", sex)]) for sex in SEXES if ("sex", sex) in self.tallies]

    def units(self) -> Iterator[tuple[int, int | None, Figures]]:
        """Every unit, each after the one above it: (id, the one above if it is here, figures with all below)."""
        tree = self.question.tree
        waiting = list(reversed(tree.roots)) if self.under is None else [self.under]
        while waiting:
            one = waiting.pop()
            above = tree.versions[one].parent_id
            yield one, above if above in tree.versions and one != self.under else None, self.unit(one)
            waiting.extend(reversed(tree.children(one)))


def coverage(
    plan: Plan,
    indicator: str,
    *,
    as_of: date | None = None,
    known_at: datetime | None = None,
    tree_at: date | None = None,
    units: frozenset[int] | None = None,
) -> Coverage:
    """The figures of one indicator; `units` is what may be seen (None: everything). Raises `Refused` in words."""
    planned = chosen(plans(known_at), plan.slug, today())
    return coverages(ask(planned, as_of=as_of, known_at=known_at, tree_at=tree_at, units=units, indicator=indicator))[0]


def now_covered(units: frozenset[int] | None) -> list[Coverage]:
    """Every indicator of the plan in force, today, for those who may see these units; none when there is no plan yet."""
    found = plans()
    return coverages(ask(chosen(found, None, today()), units=units)) if found else []


def coverages(
    question: Question, under: int | None = None, *, deep: bool = True, sexes: bool = False
) -> list[Coverage]:
    """Every indicator asked for, in the order of the plan; `under`: only the people of that unit and below.

    Not `deep`: only the whole and its parts (`lines`), not the units below those. `sexes`: by sex as well.
    """
    if under is not None and under not in question.tree:
        raise Refused("There is no such unit in the tree of that day.")
    wanted = wanted_units(question, under)
    lines = None if deep or not question.places.simple else _lines(question, under)
    keys = keys_of(question)
    tallies = [Tally(keys) for _ in question.ruled]
    by_sex = [Tally(_sex_key) for _ in question.ruled] if sexes else []
    counted = grouped(question, wanted, lines, sexes=sexes)
    # Few groups come at once: PostgreSQL reads with several processes only what is not streamed.
    rows: Iterable[Any] = streamed(counted) if lines is None else db.session.execute(counted)
    for unit, category, sex, how_many, states in groups(question, rows, sexes=sexes):
        for tally, state in zip(tallies, states, strict=True):
            tally.postings(unit, category, state, how_many)
        for tally, state in zip(by_sex, states, strict=False):
            tally.postings(unit, sex, state, how_many)
    several = streamed(of_several(question, wanted, lines, sexes=sexes))
    for _person, found in groupby(several, key=lambda row: row[0]):
        of_one = list(found)
        for i, tally in enumerate(tallies, start=3):
            tally.person((row[1], row[2], row[i]) for row in of_one)
        for i, tally in enumerate(by_sex, start=3):
            tally.person((row[1], row[-1], row[i]) for row in of_one)
    told = [tally.figures() | (by_sex[i].figures() if sexes else {}) for i, tally in enumerate(tallies)]
    return [
        Coverage(question, one, under, figures, deep=lines is None)
        for one, figures in zip(question.ruled, told, strict=True)
    ]


def _sex_key(_unit: int, sex: str) -> tuple[Hashable, ...]:
    return (("sex", sex),)


def _lines(question: Question, under: int | None) -> dict[int, int]:
    """Unit -> the line in which it stands: of those right below the top, or the top itself."""
    tree = question.tree
    top = under if under is not None else tree.roots[0] if len(tree.roots) == 1 else None
    lines = {} if top is None else {top: top}
    for line in tree.roots if top is None else tree.children(top):
        lines |= dict.fromkeys(tree.subtree(line), line)
    return lines


def streamed(statement: Any) -> Iterable[Any]:
    """Row by row: what is held at once does not grow with how many there are."""
    return db.session.execute(statement.execution_options(yield_per=AT_ONCE))


def wanted_units(question: Question, under: int | None, *, own: bool = False) -> Collection[int] | None:
    """The units of the tree whose people count at a unit: with all below it, or only its own. None: all there are."""
    if under is None:
        return None
    return (under,) if own or under == NOWHERE else question.tree.subtree(under)


def within(rows: Subquery, question: Question, under: int | None, *, own: bool = False) -> ColumnElement[bool]:
    """The rows of a whole roster that count at a unit."""
    wanted = wanted_units(question, under, own=own)
    return true() if wanted is None else one_of(rows.c.unit_id, wanted)


def of_several(
    question: Question, wanted: Collection[int] | None, lines: Mapping[int, int] | None, *, sexes: bool = False
) -> Select[Any]:
    """(person, unit, category, states …, sex if asked for) of those with more than one posting that day, under whichever record."""
    rows = roster(question, wanted, lines=lines, few=True, sexes=sexes).subquery()
    states = [rows.c[f"state_{i}"] for i in range(len(question.ruled))]
    kept = Kept(question, Posting.person_id)
    several = (
        kept.join(select(kept.person).select_from(Posting))
        .where(Posting.true_on(question.as_of, question.known_at))
        .group_by(kept.person)
        .having(func.count() > 1)
    )
    if wanted is not None:
        several = several.where(one_of(Posting.unit_id, around(question, wanted)))
    found = select(rows.c.person_id, rows.c.unit_id, rows.c.category, *states, *([rows.c.sex] if sexes else []))
    return found.where(rows.c.person_id.in_(several)).order_by(rows.c.person_id)


def keys_of(question: Question) -> Callable[[int, str], tuple[Hashable, ...]]:
    """Under which keys a posting is counted: everything, its unit and all above it, its category."""

    @cache
    def keys(unit: int, category: str) -> tuple[Hashable, ...]:
        above = question.tree.path(unit) or (unit,)
        return (ALL, ("own", unit), ("category", category), *(("unit", one) for one in above))

    return keys
