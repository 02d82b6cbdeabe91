"""Random histories of a register: trees that change, successions, postings, exceptions, completions, corrections; and questions.

Few days and few names, so that things meet: the eve and the day of a change, one person in two places, a code used again.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from itertools import pairwise
from typing import Any

from hypothesis import strategies as st

from lms.coverage.events import (
    CategoryEndEvent,
    CompletionEvent,
    Events,
    ExceptionEvent,
    PostingEvent,
    RuleEvent,
    SameEvent,
    SuccessionEvent,
    VersionEvent,
)
from lms.coverage.rules import after_months
from lms.kernel.spans import BEGINNING, CURRENT, STILL
from lms.tracks.rules import GRADES

STARTS, ENDS = date(2024, 7, 1), date(2025, 12, 31)
DAYS = (
    date(2024, 8, 31),
    date(2025, 1, 1),
    date(2025, 2, 28),
    date(2025, 3, 1),
    date(2025, 6, 30),
    date(2025, 7, 1),
    date(2025, 7, 2),
    date(2025, 11, 1),
    date(2026, 2, 28),  # after the plan has ended
)
COMPLETED = (date(2024, 6, 30), date(2024, 7, 1), date(2025, 1, 31), *DAYS, ENDS)
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
MOMENTS = tuple(datetime(2026, 3, day, tzinfo=UTC) for day in (1, 2, 3))
LATER = datetime(2026, 3, 15, tzinfo=UTC)
CATEGORIES = ("", "công chức", "viên chức", "thành viên mô hình")
COURSES = ("a", "b")
UNITS = range(1001, 1009)  # the first is the plan's own, above the others
PERSONS = range(2001, 2005)
SEXES = ("female", "male", "")


@dataclass(frozen=True)
class Case:
    """A history and a question about it."""

    events: Events
    as_of: date
    tree_at: date
    known_at: datetime | None
    grade: str | None
    sex: str | None
    category: str | None
    under: int


@lru_cache(maxsize=None, typed=True)  # True is not 1
def one_of(*values: Any) -> st.SearchStrategy[Any]:
    return st.sampled_from(values)


def mostly(usual: Any, *others: Any) -> st.SearchStrategy[Any]:
    """Three times of four the usual: a history is about few things at once, and they have something to act on."""
    return st.sampled_from((usual,) * 3 * len(others) + others)


LEARNT, CORRECTED = mostly(LONG_AGO, *MOMENTS), mostly(CURRENT, *MOMENTS)
HELD_FROM, HELD_TO = one_of(*(BEGINNING,) * (len(DAYS) // 2), *DAYS), mostly(STILL, *DAYS)
RULE = st.fixed_dictionaries(
    {
        "categories": mostly(["công chức", "viên chức"], ["viên chức", ""], ["thành viên mô hình"], []),
        "direct_support": one_of(False, False, True),
        "courses": mostly(["a"], ["b"], ["a", "b"], []),
        "courses_needed": one_of("all", "any"),
        "once": mostly("period", "year"),
        "grace_days": one_of(0, 1, 30, 125),
        "valid_months": one_of(0, 1, 6, 12),
        "grades": mostly(list(GRADES), ["test", "roll"], ["document"]),
    }
)


@st.composite
def clocks(draw: st.DrawFn) -> dict[str, datetime]:
    """Mostly known from the beginning and still; else learnt, corrected, or both, at one of a few moments."""
    learnt, corrected = draw(LEARNT), draw(CORRECTED)
    return {"recorded_at": min(learnt, corrected), "superseded_at": corrected if learnt < corrected else CURRENT}


@st.composite
def spans(draw: st.DrawFn) -> dict[str, date]:
    start, end = draw(HELD_FROM), draw(HELD_TO)
    return {"valid_from": start, "valid_to": end if start < end else STILL}


@st.composite
def trees(draw: st.DrawFn) -> list[dict[str, Any]]:
    """Versions of each unit, one after the other, each under a unit listed before it (or, now and then, under none)."""
    rows: list[dict[str, Any]] = [{"unit": UNITS[0], "parent": None}]
    for unit in UNITS[1 : draw(st.integers(3, len(UNITS)))]:
        parents = one_of(*UNITS[: unit - UNITS[0]], UNITS[0], UNITS[1] if unit > UNITS[1] else UNITS[0], None)
        days = sorted(draw(st.sets(one_of(*DAYS), max_size=2)))
        turns = [draw(one_of(BEGINNING, BEGINNING, None)), *days, draw(one_of(STILL, STILL, None))]
        known_turns = [day for day in turns if day is not None]
        if len(known_turns) < 2:
            known_turns = [BEGINNING, STILL]
        for start, end in pairwise(known_turns):
            rows.append({"unit": unit, "parent": draw(parents), "valid_from": start, "valid_to": end, **draw(clocks())})
    return rows


def listed(draw: st.DrawFn, least: int, most: int, **facts: st.SearchStrategy[Any]) -> list[dict[str, Any]]:
    """So many rows with their clocks."""
    row = st.fixed_dictionaries(facts)
    return [{**one, **draw(clocks())} for one in draw(st.lists(row, min_size=least, max_size=most))]


def numbered(event: Any, rows: list[dict[str, Any]]) -> tuple[Any, ...]:
    return tuple(event(id=3001 + i, **{"recorded_at": LONG_AGO, **row}) for i, row in enumerate(rows))


def once(rows: list[dict[str, Any]], *keys: str) -> list[dict[str, Any]]:
    """What the database's constraints allow: one row of a kind that is held at a time."""
    return list({tuple(row[key] for key in (*keys, "superseded_at")): row for row in rows}.values())


@st.composite
def histories(draw: st.DrawFn) -> Events:
    versions = draw(trees())
    units = one_of(*dict.fromkeys(row["unit"] for row in versions))
    persons, days = one_of(*PERSONS), one_of(*DAYS)
    told = {"category": mostly("công chức", *CATEGORIES), "direct_support": one_of(None, True, False)}
    posted = listed(draw, 6, 12, person=persons, unit=units, **told)
    kinds = one_of("exempt", "on_leave", "required")
    excepted = listed(draw, 0, 3, person=persons, indicator=one_of("", "i0", "i1"), kind=kinds)
    proved = {"on": one_of(*COMPLETED, *COMPLETED[1:8]), "grade": mostly("test", *GRADES)}
    completed = listed(draw, 5, 12, person=persons, course=mostly(*COURSES), **proved)
    hops = listed(draw, 0, 5, old=units, new=units, on=days)
    same = listed(draw, 0, 3, kept=persons, other=persons)
    ends = listed(draw, 0, 2, category=mostly("viên chức", *CATEGORIES[1:]), on=days)
    ruled = [{"indicator": "i0", "rule": draw(RULE)}, {"indicator": "i1", "rule": draw(RULE)}]
    if draw(st.booleans()):  # the first indicator's rule was another one until a moment
        moment = draw(one_of(*MOMENTS))
        old = {"indicator": "i0", "rule": draw(RULE), "superseded_at": moment}
        ruled = [old, {**ruled[0], "recorded_at": moment}, ruled[1]]
    return Events(
        STARTS,
        ENDS,
        UNITS[0],
        numbered(VersionEvent, versions),
        numbered(SuccessionEvent, once([row for row in hops if row["old"] != row["new"]], "old", "new", "on")),
        numbered(PostingEvent, [{**row, **draw(spans())} for row in posted]),
        numbered(ExceptionEvent, [{**row, **draw(spans())} for row in excepted]),
        numbered(CompletionEvent, completed),
        numbered(RuleEvent, ruled),
        numbered(CategoryEndEvent, once(ends, "category")),
        numbered(SameEvent, once([row for row in same if row["kept"] != row["other"]], "other")),
        {person: draw(one_of(*SEXES)) for person in PERSONS},
    )


def turns(events: Events) -> Iterator[date]:
    """The days on which something ends or changes."""
    for row in (*events.versions, *events.postings, *events.exceptions):
        yield row.valid_to
    for row in (*events.successions, *events.category_ends):
        yield row.on


def ripe(events: Events) -> Iterator[date]:
    """The days on which training expires."""
    for rule in (row.rule for row in events.rules):
        if rule["valid_months"]:
            yield from (after_months(row.on, rule["valid_months"]) for row in events.completions)


def settled(events: Events) -> Iterator[date]:
    """The days on which grace is over: as many after each person's first."""
    firsts: dict[int, date] = {}
    for row in events.postings:
        firsts[row.person] = min(row.valid_from, firsts.get(row.person, row.valid_from))
    for grace in {row.rule["grace_days"] for row in events.rules} - {0}:
        yield from (first + timedelta(days=grace) for first in firsts.values())


def countable(days: Iterable[date]) -> st.SearchStrategy[Any]:
    return one_of(*(sorted({day for day in days if STARTS <= day < LATER.date()}) or DAYS))


@st.composite
def cases(draw: st.DrawFn) -> Case:
    events = draw(histories())
    return Case(
        events,
        as_of=draw(one_of(*DAYS) | countable(turns(events)) | countable(ripe(events)) | countable(settled(events))),
        tree_at=draw(one_of(*DAYS) | countable(turns(events))),
        known_at=draw(one_of(None, *MOMENTS)),
        grade=draw(mostly(None, *GRADES)),
        sex=draw(mostly(None, *SEXES)),
        category=draw(mostly(None, *CATEGORIES)),
        under=draw(one_of(*dict.fromkeys(row.unit for row in events.versions))),
    )
