"""What is asked: of which plan, for which day, as known when, under which day's tree. And what has to be known to answer."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Date,
    FromClause,
    String,
    and_,
    cast,
    func,
    literal,
    null,
    select,
    union_all,
)
from sqlalchemy.orm import aliased

from lms.coverage import restating, rules
from lms.coverage.stage import peopled, stage
from lms.kernel.clock import now, today
from lms.kernel.db import CURRENT, db
from lms.kernel.lists import pairs
from lms.kernel.refused import Refused
from lms.people.ground import Ground, ground
from lms.people.models import CategoryEnd, SamePerson
from lms.people.queries import UnitTree, scope_of
from lms.people.rules import SEXES
from lms.tracks.models import Indicator, IndicatorRule, Plan
from lms.tracks.rules import GRADES, PopulationRule


@dataclass(frozen=True)
class Ruled:
    """An indicator with the rule in force, as known; `first` when the rule was set only later than `known_at`."""

    indicator: Indicator
    row: IndicatorRule
    rule: PopulationRule
    first: bool


@dataclass(frozen=True)
class Question:
    """Dates checked, rules found, the tree loaded, every unit's postings placed in it. `units` are those with postings to count."""

    plan: Plan
    as_of: date
    known_at: datetime | None
    tree_at: date
    ruled: tuple[Ruled, ...]
    tree: UnitTree  # only what belongs to the plan and may be seen
    units: frozenset[int]
    places: restating.Places
    names: dict[int, str]  # of the units as they were called on the counted day
    peopled: frozenset[int] = (
        frozenset()
    )  # of the units that only hold others: those where somebody is posted all the same
    grade: str | None = None  # only completions proved at least so well
    sex: str | None = None  # only persons of that sex; "": those of whom it is not known
    category_ends: dict[str, date] = field(default_factory=dict)  # category -> the first day without it, as known
    same: dict[int, int] = field(
        default_factory=dict
    )  # a record that turned out to be of another person -> the record kept
    category: str | None = None  # only postings of that category; "": those of which it is not told

    def window(self, one: Ruled) -> tuple[date, date]:
        """The days of the plan, or of its year, whose training the rule looks at."""
        return rules.window(self.plan.starts_on, self.plan.ends_on, self.as_of, one.rule.once)

    def since(self, one: Ruled) -> tuple[date, date]:
        """The days on which a completion counts today: of the window, those whose training has not expired."""
        start, end = self.window(one)
        return max(start, rules.valid_since(self.as_of, one.rule.valid_months)), end

    def grades(self, one: Ruled) -> tuple[str, ...]:
        """The proofs that count: those the rule accepts, as good as asked for."""
        return rules.accepted(one.rule.grades, self.grade)

    @property
    def ended(self) -> tuple[str, ...]:
        """Categories that are no more on the counted day."""
        return tuple(sorted(category for category, on in self.category_ends.items() if on <= self.as_of))

    def kept(self, person_id: int) -> int:
        """The record that stands for this one."""
        return self.same.get(person_id, person_id)

    def records(self, persons: Collection[int]) -> list[int]:
        """These persons' records, all of them."""
        return [*persons, *(other for other, kept in self.same.items() if kept in persons)]

    @property
    def same_table(self) -> FromClause:
        """(other, kept)."""
        return pairs(self.same.items(), "same_record", "other", "kept")

    @property
    def twins_table(self) -> FromClause:
        """(record, twin) for every two records of one person, both ways."""
        together: dict[int, list[int]] = {}
        for other, kept in self.same.items():
            together.setdefault(kept, [kept]).append(other)
        twins = [(one, two) for records in together.values() for one in records for two in records if one != two]
        return pairs(twins, "twin_record", "record", "twin")

    def of(self, indicator_slug: str) -> int | None:
        """The place of an indicator among `ruled`."""
        return next((i for i, one in enumerate(self.ruled) if one.indicator.slug == indicator_slug), None)


@dataclass(frozen=True)
class Planned:
    """A plan with its indicators and the rules as known."""

    plan: Plan
    ruled: tuple[Ruled, ...]


def plans(known_at: datetime | None = None, *, off: bool = False) -> list[Planned]:
    """Every plan, the newest first, with its rules as known; a rule that was first set only later holds from the beginning, and says so.

    `off`: with indicators of places that the office has turned off (`least` 0).
    """
    rows = db.session.execute(
        select(Plan, Indicator, IndicatorRule)
        .join(Indicator, Indicator.plan_id == Plan.id)
        .join(IndicatorRule, IndicatorRule.indicator_id == Indicator.id)
        .where(_known_or_first(known_at))
        .order_by(Plan.starts_on.desc(), Plan.id.desc(), Indicator.place, IndicatorRule.id)
    )
    found: dict[Plan, dict[int, Ruled]] = {}
    for plan, indicator, row in rows:
        first = known_at is not None and row.recorded_at > known_at
        rule = PopulationRule.of(row.rule)
        if indicator.kind == "places" and not rule.least and not off:
            continue
        found.setdefault(plan, {})[indicator.id] = Ruled(indicator, row, rule, first)
    return [Planned(plan, tuple(ruled.values())) for plan, ruled in found.items()]


def chosen(among: Iterable[Planned], slug: str | None, on: date) -> Planned:
    """The plan of that slug; with none given the one that runs that day, else the one that ended last, else the first to come."""
    found = sorted(among, key=lambda one: (one.plan.starts_on, one.plan.id))
    if not found:
        raise Refused("No plan has been loaded yet. Run: flask --app wsgi courses publish")
    if slug:
        for one in found:
            if one.plan.slug == slug:
                return one
        known_ones = ", ".join(one.plan.slug for one in found)
        raise Refused("There is no plan “%(slug)s”. Plans: %(plans)s.", slug=slug[:40], plans=known_ones)
    running = [one for one in found if one.plan.starts_on <= on <= one.plan.ends_on]
    begun = [one for one in found if one.plan.starts_on <= on]
    return (running or begun or found[:1])[-1]


def default_day(plan: Plan) -> date:
    """Today; the last day of a plan that has ended."""
    return min(today(), plan.ends_on)


def known(model: Any, known_at: datetime | None) -> ColumnElement[bool]:
    """The rows of a fact that we held to be true at that moment (default: now)."""
    if known_at is None:
        held: ColumnElement[bool] = model.superseded_at == CURRENT
        return held
    return and_(model.recorded_at <= known_at, known_at < model.superseded_at)


def ask(
    planned: Planned,
    *,
    as_of: date | None = None,
    known_at: datetime | None = None,
    tree_at: date | None = None,
    units: frozenset[int] | None = None,
    indicator: str | None = None,
    grade: str | None = None,
    sex: str | None = None,
    granted: frozenset[int] | None = None,
    changes: "Changes | None" = None,
) -> Question:
    """Three statements (`recalled`; those two not if somebody has `changes` already). `units` is what may be seen; None is
    everything, or, where roles over the `granted` units say who sees what, what follows from these today.

    `grade`: only completions proved at least so well (`tracks.rules.GRADES`). `sex`: only those persons; "" is not known.
    Raises `Refused` for a day that cannot be counted, a moment that has not come, an indicator, a grade or a sex that is not there.
    """
    plan = planned.plan
    as_of = as_of or default_day(plan)
    tree_at = tree_at or as_of
    rules.check_dates(as_of, plan.starts_on, today())
    if known_at is not None and known_at > now():
        raise Refused("Nobody knows yet what will be known then: choose a moment that has passed.")
    ruled = tuple(one for one in planned.ruled if indicator in (None, one.indicator.slug))
    if not ruled:
        raise Refused("The plan %(plan)s has no such indicator.", plan=plan.slug)
    if grade is not None and grade not in GRADES:
        raise Refused(
            "There is no proof “%(grade)s”. Choose one of: %(grades)s.", grade=grade[:40], grades=", ".join(GRADES)
        )
    if sex is not None and sex not in SEXES:
        raise Refused("The sex is “female”, “male”, or left empty for those of whom it is not known.")
    seen = units if granted is None else scope_of(granted)
    look, changes = changes is None, changes or recalled(known_at)
    here = stage(changes.found, plan.scope_unit_id, seen, as_of, tree_at)
    # of several days at once every doubtful unit is taken to have people: more to say, a statement less for each day
    there = peopled(here.doubtful, as_of, known_at) if look else here.doubtful
    holding = here.seen & (here.standing | there)
    placed = restating.places(sorted(holding), here.standing, changes.found.hops, as_of=as_of, tree_at=tree_at)
    return Question(
        plan,
        as_of,
        known_at,
        tree_at,
        ruled,
        here.tree,
        here.seen,
        placed,
        here.names,
        there,
        grade,
        sex,
        changes.ends,
        changes.same,
    )


@dataclass(frozen=True)
class Changes:
    """Units and their successions, categories that ended, records kept for others: as known."""

    found: Ground
    ends: dict[str, date]
    same: dict[int, int]


def recalled(known_at: datetime | None) -> Changes:
    """Two statements while no unit changes (`people.ground`)."""
    found = ground(known_at)
    end: Any = select(literal("end"), CategoryEnd.id, literal(0), CategoryEnd.on, CategoryEnd.category)
    same: Any = select(
        literal("same"), SamePerson.kept_id, SamePerson.other_id, cast(null(), Date), literal("", String)
    )
    ends: dict[str, date] = {}
    doubled: list[tuple[int, int]] = []
    rows: Iterable[Any] = db.session.execute(
        union_all(end.where(known(CategoryEnd, known_at)), same.where(known(SamePerson, known_at)))
    )
    for what, first, second, on, category in rows:
        if what == "end":
            ends[category] = min(on, ends.get(category, on))
        else:
            doubled.append((first, second))
    return Changes(found, ends, rules.kept_for(doubled))


def _known_or_first(known_at: datetime | None) -> ColumnElement[bool]:
    if known_at is None:
        return known(IndicatorRule, None)
    again = aliased(IndicatorRule)
    first = select(func.min(again.recorded_at)).where(again.indicator_id == Indicator.id).scalar_subquery()
    return known(IndicatorRule, known_at) | ((IndicatorRule.recorded_at == first) & (first > known_at))
