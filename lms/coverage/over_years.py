"""Every unit and every indicator at the end of each year of the plan, under one tree: few statements, however many years."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Any

from sqlalchemy import literal, select, union_all

from lms.coverage.groups import grouped, groups
from lms.coverage.places import places
from lms.coverage.queries import Coverage, keys_of, of_several, streamed
from lms.coverage.question import Question
from lms.coverage.restating import NOWHERE
from lms.coverage.rules import Figures, Tally


@dataclass(frozen=True)
class Cell:
    """n of N on a day: persons, or, of an indicator of places, places."""

    on: date
    done: int
    required: int


@dataclass(frozen=True)
class Row:
    """A unit over the years; for the first row it is everything."""

    unit_id: int | None
    name: str
    cells: tuple[Cell, ...]
    own: bool = False  # only who is posted at the unit itself


@dataclass(frozen=True)
class Sheet:
    """One indicator."""

    i: int
    title: str
    of_places: bool
    rows: tuple[Row, ...]


def days(starts_on: date, last: date) -> list[date]:
    """The end of each year from the first day on; the last day itself for a year that is not over."""
    return [min(date(year, 12, 31), last) for year in range(starts_on.year, last.year + 1)]


def coverages_of(questions: Sequence[Question]) -> list[list[Coverage]]:
    """For each question (of the same indicators) its figures. Two statements for all of them."""
    parts, several = [], []
    for k, question in enumerate(questions):
        counted = grouped(question).subquery()
        parts.append(select(literal(k).label("k"), counted))
        persons = of_several(question, None, None).order_by(None).subquery().c
        stands = [persons[f"state_{i}"] for i in range(len(question.ruled))]
        several.append(select(literal(k).label("k"), persons.person_id, persons.unit_id, persons.category, *stands))
    tallies = [[Tally(keys_of(question)) for _ in question.ruled] for question in questions]
    for k, rows in groupby(streamed(_one_select(parts).order_by("k")), key=lambda row: row[0]):
        for unit, category, _sex, how_many, each in groups(questions[k], (row[1:] for row in rows)):
            for tally, state in zip(tallies[k], each, strict=True):
                tally.postings(unit, category, state, how_many)
    ordered = _one_select(several).order_by("k", "person_id")
    for (k, _person), found in groupby(streamed(ordered), key=lambda row: (row[0], row[1])):
        of_one = list(found)
        for i, tally in enumerate(tallies[k], start=4):
            tally.person((row[2], row[3], row[i]) for row in of_one)
    return [
        [Coverage(question, one, None, tally.figures()) for one, tally in zip(question.ruled, of, strict=True)]
        for question, of in zip(questions, tallies, strict=True)
    ]


def _one_select(parts: list[Any]) -> Any:
    joined: Any = union_all(*parts)
    columns: Any = joined.subquery().c
    return select(*columns)


def sheets(found: Sequence[Sequence[Coverage]]) -> list[Sheet]:
    """A table for each indicator: the whole, then the parts of it, under the tree of the last question."""
    last = found[-1]
    made = []
    for i, one in enumerate(last):
        of_places = one.one.indicator.kind == "places"
        below = one.question.tree.roots if one.top is None else one.question.tree.children(one.top)
        years = [year[i] for year in found]
        rows = [Row(None, "", tuple(_cell(year, year.total, None) for year in years))]
        rows += [
            Row(unit, one.question.tree.name(unit), tuple(_cell(year, year.unit(unit), unit) for year in years))
            for unit in below
        ]
        if below and not of_places:
            rows += _rest(years, one.top)
        made.append(Sheet(i, one.one.indicator.short_title, of_places, tuple(rows)))
    return made


def _rest(years: Sequence[Coverage], top: int | None) -> list[Row]:
    """Who is in none of the parts: posted at the unit above them itself, or not restated under the tree."""
    rows = [Row(NOWHERE, "", tuple(_cell(year, year.not_restated, None) for year in years))]
    if top is not None:
        name = years[-1].question.tree.name(top)
        rows.insert(0, Row(top, name, tuple(_cell(year, year.own(top), None) for year in years), own=True))
    return [row for row in rows if any(cell.required for cell in row.cells)]


def _cell(found: Coverage, figures: Figures, unit: int | None) -> Cell:
    on = found.question.as_of
    if (told := places(found)) is None:
        return Cell(on, figures.done, figures.required)
    inside = found.question.tree.subtree(unit) if unit is not None else found.question.tree.versions
    here = [one for one in told.lines if one.unit_id in inside]
    return Cell(on, sum(1 for one in here if one.enough), len(here))
