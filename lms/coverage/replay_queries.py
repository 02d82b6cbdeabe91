"""The events of a plan out of the database, for the slow count; and where the two counts differ."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from lms.coverage import events
from lms.coverage.events import Events
from lms.coverage.listing import Wanted, listed
from lms.coverage.queries import Coverage, coverages
from lms.coverage.question import Question
from lms.coverage.replay import Asked, Told, replay
from lms.coverage.rules import Figures, State
from lms.kernel.db import db
from lms.people.models import CategoryEnd, Person, Posting, SamePerson, Standing, Succession, UnitVersion
from lms.tracks.models import Completion, Indicator, IndicatorRule, Plan

NOBODY = Figures()
CLOCKS = ("id", "recorded_at", "superseded_at")
SPAN = ("valid_from", "valid_to")


def events_of(plan: Plan) -> Events:
    """All rows ever recorded, superseded ones too: as much memory as there are rows. A check's tool, never a page's."""
    return Events(
        plan.starts_on,
        plan.ends_on,
        plan.scope_unit_id,
        _all(events.VersionEvent, UnitVersion, *SPAN, unit="unit_id", parent="parent_id"),
        _all(events.SuccessionEvent, Succession, "on", old="old_unit_id", new="new_unit_id"),
        _all(events.PostingEvent, Posting, *SPAN, "category", "direct_support", person="person_id", unit="unit_id"),
        _all(events.ExceptionEvent, Standing, *SPAN, "kind", person="person_id", indicator="indicator_slug"),
        _all(events.CompletionEvent, Completion, "grade", person="person_id", course="course_slug", on="completed_on"),
        _rules(plan),
        _all(events.CategoryEndEvent, CategoryEnd, "category", "on"),
        _all(events.SameEvent, SamePerson, kept="kept_id", other="other_id"),
        {row.id: row.sex for row in db.session.execute(select(Person.id, Person.sex))},
    )


def _all(event: Any, model: Any, *same_name: str, **renamed: str) -> Any:
    names = {name: name for name in (*CLOCKS, *same_name)} | renamed
    rows = db.session.execute(select(*(getattr(model, column) for column in names.values())).order_by(model.id))
    return tuple(event(**dict(zip(names, row, strict=True))) for row in rows)


def _rules(plan: Plan) -> tuple[events.RuleEvent, ...]:
    rows = db.session.execute(
        select(IndicatorRule, Indicator.slug)
        .join(Indicator, Indicator.id == IndicatorRule.indicator_id)
        .where(Indicator.plan_id == plan.id)
    )
    return tuple(
        events.RuleEvent(
            id=row.id, recorded_at=row.recorded_at, superseded_at=row.superseded_at, indicator=slug, rule=row.rule
        )
        for row, slug in rows
    )


@dataclass(frozen=True)
class Compared:
    """One indicator, counted both ways: how many figures and people, and a line for each that differs."""

    indicator: str
    figures: int
    people: int
    differences: tuple[str, ...]


def compared(question: Question) -> list[Compared]:
    """Every figure of the question, and everyone behind its totals."""
    every = events_of(question.plan)
    return [_compared(found, i, replayed(found, every)) for i, found in enumerate(coverages(question))]


def _compared(found: Coverage, i: int, told: Told) -> Compared:
    pairs = list(figures(found, told))
    differ = [f"{name}: {fast.as_dict()}; replayed: {slow.as_dict()}" for name, fast, slow in pairs if fast != slow]
    fast, slow = people(found, i), strongest(told)
    differ += [
        f"person {one}: {_name(fast.get(one))}; replayed: {_name(slow.get(one))}"
        for one in sorted(fast.keys() | slow.keys())
        if fast.get(one) != slow.get(one)
    ]
    return Compared(found.one.indicator.slug, len(pairs), len(slow), tuple(differ))


def _name(state: int | None) -> str:
    return "not on the roster" if state is None else State(state).name.lower()


def replayed(found: Coverage, all_events: Events) -> Told:
    """The same question, counted the slow way."""
    question = found.question
    asked = Asked(
        found.one.indicator.slug,
        question.as_of,
        question.tree_at,
        question.known_at,
        question.grade,
        question.sex,
        question.category,
    )
    return replay(all_events, asked)


def figures(found: Coverage, told: Told) -> Iterator[tuple[str, Figures, Figures]]:
    """What each figure is called, as counted fast and as counted slowly."""
    tree = found.question.tree
    yield "total", found.total, told.total
    yield "not restated", found.not_restated, told.not_restated
    for unit in sorted(tree.versions.keys() | told.units.keys()):
        yield f"unit {unit}", found.unit(unit), told.units.get(unit, NOBODY)
        yield f"unit {unit} itself", found.own(unit), told.own.get(unit, NOBODY)
    categories = dict(found.categories())
    for category in sorted(categories.keys() | told.categories.keys()):
        yield f"category “{category}”", found.category(category), told.categories.get(category, NOBODY)


def people(found: Coverage, i: int) -> dict[int, int]:
    """Who is listed behind the total: person -> state."""
    rows: Iterable[Any] = db.session.execute(listed(found.question, i, Wanted()))
    return {person.id: state for person, state in rows}


def strongest(told: Told) -> dict[int, int]:
    """Where each person stands by all their postings: person -> state."""
    states: dict[int, int] = {}
    for row in told.stands:
        states[row.person] = max(row.state, states.get(row.person, row.state))
    return states
