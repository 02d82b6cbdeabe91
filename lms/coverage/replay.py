"""What the figures mean: a slow, obvious count over the events themselves, one person and one row at a time. Pure.

The fast count (`standings`, `queries`) shares no code with this one; tests compare the two on random histories, and
`flask coverage check` on the real database.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TypeVar

from lms.coverage.events import CompletionEvent, Events, PostingEvent, Row
from lms.coverage.rules import Figures, State
from lms.tracks.rules import GRADES, PopulationRule

WEAKEST_FIRST = (State.EXEMPT, State.UNKNOWN, State.ON_LEAVE, State.NOT_DONE, State.DONE)
STRONGEST_EXCEPTION_FIRST = ("on_leave", "exempt", "required")
EVE = timedelta(days=1)
Of = TypeVar("Of", bound=Row)
Hop = tuple[int, int, date]


@dataclass(frozen=True)
class Asked:
    """The question. `known_at` None is now; `grade`, `sex` and `category` None are any."""

    indicator: str
    as_of: date
    tree_at: date
    known_at: datetime | None = None
    grade: str | None = None
    sex: str | None = None
    category: str | None = None


@dataclass(frozen=True)
class Stand:
    """A posting: whose, under which unit of the tree it counts (None: nobody can say), where the person stands by it."""

    person: int
    unit: int | None
    category: str
    state: State


@dataclass(frozen=True)
class Told:
    """Every posting counted, and the figures that follow. `units` are with all below, `own` only at the unit itself."""

    stands: tuple[Stand, ...]
    total: Figures
    units: dict[int, Figures]
    own: dict[int, Figures]
    categories: dict[str, Figures]
    not_restated: Figures


def replay(events: Events, asked: Asked) -> Told:
    """The figures of one indicator for the whole plan. Raises LookupError when there is no such indicator at that moment."""
    one = _Replay(events, asked)
    stands = tuple(one.stands())
    return Told(
        stands,
        _counted(stands),
        {unit: _counted(row for row in stands if unit in one.above(row.unit)) for unit in one.tree},
        {unit: _counted(row for row in stands if row.unit == unit) for unit in one.tree},
        {name: _counted(row for row in stands if row.category == name) for name in {row.category for row in stands}},
        _counted(row for row in stands if row.unit is None),
    )


def rule_of(events: Events, asked: Asked) -> PopulationRule:
    """The rule as known at that moment; when none was known yet, the first that ever was."""
    every = [row for row in events.rules if row.indicator == asked.indicator]
    held = [row for row in every if row.held(asked.known_at)]
    if not held and every and asked.known_at is not None:
        first = min(row.recorded_at for row in every)
        held = [row for row in every if row.recorded_at == first > asked.known_at]
    if not held:
        raise LookupError(asked.indicator)
    return PopulationRule.of(max(held, key=lambda row: row.id).rule)


def _counted(stands: Iterable[Stand]) -> Figures:
    """Each person once, by the strongest of their postings among these."""
    strongest: dict[int, State] = {}
    for row in stands:
        states = (row.state, strongest.get(row.person, row.state))
        strongest[row.person] = max(states, key=WEAKEST_FIRST.index)
    found = list(strongest.values())
    return Figures(
        done=found.count(State.DONE),
        not_done=found.count(State.NOT_DONE),
        exempt=found.count(State.EXEMPT),
        on_leave=found.count(State.ON_LEAVE),
        unknown=found.count(State.UNKNOWN),
    )


class _Replay:
    """The events as known at the moment asked for."""

    def __init__(self, events: Events, asked: Asked) -> None:
        def held(rows: Iterable[Of]) -> list[Of]:
            return [row for row in rows if row.held(asked.known_at)]

        self.events, self.asked, self.rule = events, asked, rule_of(events, asked)
        self.versions = sorted(held(events.versions), key=lambda row: row.id)
        self.hops: list[Hop] = [(row.old, row.new, row.on) for row in held(events.successions)]
        self.category_ends = held(events.category_ends)
        self.same = held(events.same)
        self.exceptions = held(events.exceptions)
        self.completions: dict[int, list[CompletionEvent]] = {}
        for done in held(events.completions):
            self.completions.setdefault(self.who(done.person), []).append(done)
        self.postings: dict[int, list[PostingEvent]] = {}
        for posting in held(events.postings):
            self.postings.setdefault(self.who(posting.person), []).append(posting)
        self.of_plan = self.units_of_plan()
        self.parents = {row.unit: row.parent for row in self.versions if row.true(asked.tree_at)}
        self.tree = self.of_plan & self.parents.keys()

    def stands(self) -> Iterable[Stand]:
        """Every posting on the roster of the counted day, of whom the question asks."""
        for person, postings in self.postings.items():
            if self.asked.sex is not None and self.events.sexes[person] != self.asked.sex:
                continue
            for posting in postings:
                if posting.true(self.asked.as_of) and posting.unit in self.of_plan:
                    category = self.category(posting)
                    if self.asked.category in (None, category):
                        yield Stand(person, self.place(person, posting.unit), category, self.state(person, posting))

    def who(self, record: int) -> int:
        """The record that stands for this one: from each to the one kept for it; of a circle the first record stands."""
        way = [record]
        while kept := sorted(row.kept for row in self.same if row.other == way[-1]):
            if kept[0] in way:
                return min(way[way.index(kept[0]) :])
            way.append(kept[0])
        return way[-1]

    # ── Where a posting counts ────────────────────────────────────────────────────────────────────

    def units_of_plan(self) -> set[int]:
        """The plan's unit, all that ever stood below one of them, and whoever succeeded one of them."""
        found, before = {self.events.scope_unit}, set[int]()
        while found != before:
            before = set(found)
            found |= {row.unit for row in self.versions if row.parent in before}
            found |= {new for old, new, _on in self.hops if old in before}
        return found

    def above(self, unit: int | None) -> list[int]:
        """The unit and all above it in the tree."""
        found: list[int] = []
        while unit is not None and unit in self.tree and unit not in found:
            found.append(unit)
            unit = self.parents[unit]
        return found

    def was_at(self, person: int, unit: int, on: date) -> bool:
        return any(posting.unit == unit and posting.true(on) for posting in self.postings[person])

    def leads_to(self, unit: int, hops: list[Hop]) -> set[tuple[int, date]]:
        """Units of the tree to which hops lead, each with the day of the last hop; through units that do not stand in it."""
        passed, before = {unit}, set[int]()
        while passed != before:
            before = set(passed)
            passed |= {there for here, there, _on in hops if here in before and there not in self.tree}
        return {(there, on) for here, there, on in hops if here in passed and there in self.tree}

    def place(self, person: int, unit: int) -> int | None:
        """docs/decisions/0010-restating-under-another-tree.md, line by line."""
        as_of, tree_at = self.asked.as_of, self.asked.tree_at
        back = self.leads_to(unit, [(new, old, on) for old, new, on in self.hops if tree_at < on <= as_of])
        forward = self.leads_to(unit, [hop for hop in self.hops if hop[2] <= tree_at])
        came_from = [(as_of - on, old) for old, on in back if old != unit and self.was_at(person, old, on - EVE)]
        if unit in self.tree:
            return min(came_from)[1] if came_from else unit
        if len({new for new, _on in forward}) == 1:
            return next(new for new, _on in forward)
        went_to = [(abs(as_of - on), new) for new, on in forward if self.was_at(person, new, on)]
        if nearest := went_to if forward else came_from:
            return min(nearest)[1]
        return min((one for one in self.tree if self.was_at(person, one, tree_at)), default=None)

    # ── Where a person stands ─────────────────────────────────────────────────────────────────────

    def category(self, posting: PostingEvent) -> str:
        """As posted; nobody has told it any more once there is no such category."""
        ended = any(row.category == posting.category and row.on <= self.asked.as_of for row in self.category_ends)
        return "" if ended else posting.category

    def state(self, person: int, posting: PostingEvent) -> State:
        if self.rule.direct_support:
            told, asked_for = posting.direct_support is not None, posting.direct_support is True
        else:
            category = self.category(posting)
            told, asked_for = category != "", category in self.rule.categories
        exception = self.exception(person)
        if exception == "exempt":
            return State.EXEMPT
        if exception != "required" and (self.is_new(person) or (told and not asked_for)):
            return State.EXEMPT
        if exception == "on_leave":
            return State.ON_LEAVE
        if exception != "required" and not told:
            return State.UNKNOWN
        return State.DONE if self.is_done(person) else State.NOT_DONE

    def exception(self, person: int) -> str:
        kinds = {
            row.kind
            for row in self.exceptions
            if self.who(row.person) == person
            and row.true(self.asked.as_of)
            and row.indicator in ("", self.asked.indicator)
        }
        return next((kind for kind in STRONGEST_EXCEPTION_FIRST if kind in kinds), "")

    def is_new(self, person: int) -> bool:
        first = min(posting.valid_from for posting in self.postings[person])
        return self.rule.grace_days > 0 and (self.asked.as_of - first).days < self.rule.grace_days

    def is_done(self, person: int) -> bool:
        have = {row.course for row in self.completions.get(person, ()) if self.counts(row)}
        if self.rule.courses_needed == "any":
            return any(course in have for course in self.rule.courses)
        return bool(self.rule.courses) and all(course in have for course in self.rule.courses)

    def counts(self, completion: CompletionEvent) -> bool:
        """In the plan's period (or its last year), not yet expired, proved as the rule and the question ask."""
        last = min(self.asked.as_of, self.events.ends_on)
        return (
            self.events.starts_on <= completion.on <= last
            and (self.rule.once != "year" or completion.on.year == last.year)
            and (self.rule.valid_months == 0 or self.asked.as_of < _months_later(completion.on, self.rule.valid_months))
            and completion.grade in self.rule.grades
            and (self.asked.grade is None or GRADES.index(completion.grade) <= GRADES.index(self.asked.grade))
        )


def _months_later(day: date, months: int) -> date:
    """The same day of a later month, or that month's last day."""
    year, month = day.year, day.month
    for _ in range(months):
        year, month = (year + 1, 1) if month == 12 else (year, month + 1)
    for last in (day.day, 30, 29, 28):
        try:
            return date(year, month, min(last, day.day))
        except ValueError:
            continue
    raise AssertionError("every month has 28 days")
