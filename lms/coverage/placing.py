"""Under which unit of the question's tree each posting counts, said to the database (`restating` decides)."""

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Date,
    Integer,
    Select,
    Subquery,
    and_,
    column,
    false,
    func,
    select,
    true,
    union_all,
    values,
)
from sqlalchemy.orm import aliased

from lms.coverage.question import Question, known
from lms.coverage.records import Kept
from lms.coverage.restating import NOWHERE
from lms.kernel.lists import looked_up, one_of, pairs
from lms.people.models import Posting

ELSEWHERE = -1  # of no unit that counts
Join = tuple[Any, ColumnElement[bool], bool]  # what to join, on what, whether it may be absent


def placed(
    question: Question, person: ColumnElement[int], wanted: Collection[int] | None, lines: Mapping[int, int] | None
) -> tuple[Any, list[Join], ColumnElement[bool]]:
    """The unit under which a posting counts, what has to be joined to know it, and which postings may be seen.

    `wanted`: only what counts at these units of the tree. `lines`: count each unit's postings under another instead.
    """
    places = question.places
    here = around(question, wanted)
    if not here:
        return Posting.unit_id, [], false()
    if places.as_they_are and lines is None:
        return Posting.unit_id, [], one_of(Posting.unit_id, here)
    to = lines or {}
    rows = {unit: to.get(places.direct[unit], places.direct[unit]) for unit in here}
    if places.simple and (at_once := looked_up(Posting.unit_id, rows, ELSEWHERE)) is not None:
        everybody = wanted is None and 2 * len(question.units) > max(question.units)
        return at_once, [], at_once != ELSEWHERE if everybody else one_of(Posting.unit_id, here)
    if places.as_they_are:  # no lines then: the tree finds them
        return Posting.unit_id, [], one_of(Posting.unit_id, here)
    place: Any = pairs(rows.items(), "places", "at_unit", "to_unit")
    joins: list[Join] = [(place, place.c.at_unit == Posting.unit_id, False)]
    unit: Any = place.c.to_unit
    if places.simple:
        return unit, joins, true()
    if places.steps:
        stepped = _stepped(question)
        joins.append((stepped, stepped.c.posting_id == Posting.id, True))
        unit = func.coalesce(stepped.c.to_unit, unit)
    if NOWHERE in places.direct.values():
        then = _then(question)
        joins.append((then, then.c.person_id == person, True))
        unit = func.coalesce(func.nullif(unit, NOWHERE), then.c.unit_id, NOWHERE)
    return unit, joins, one_of(unit, [NOWHERE, *question.tree.versions] if wanted is None else wanted)


def around(question: Question, wanted: Collection[int] | None) -> list[int]:
    """The units whose postings may count at those of the tree that are wanted (None: all)."""
    places = question.places
    if wanted is None:
        return list(places.direct)
    led = {step.unit_id for step in places.steps if step.to_unit in wanted}
    return [unit for unit, to in places.direct.items() if to in wanted or to == NOWHERE or unit in led]


def _then(question: Question) -> Subquery:
    """Where each person was posted on the day of the tree itself: for those whom no succession leads anywhere."""
    kept = Kept(question, Posting.person_id)
    found = select(kept.person.label("person_id"), func.min(Posting.unit_id).label("unit_id"))
    return (
        kept.join(found.select_from(Posting))
        .where(Posting.true_on(question.tree_at, question.known_at), one_of(Posting.unit_id, question.tree.versions))
        .group_by(kept.person)
        .subquery()
    )


def _stepped(question: Question) -> Subquery:
    """Postings whose person was, on the day of a step, where the step leads; the nearest step holds."""
    columns = (column("at_unit", Integer), column("to_unit", Integer), column("day", Date), column("near", Integer))
    rows = [(step.unit_id, step.to_unit, step.day, step.near) for step in question.places.steps]
    step = values(*columns, name="step").data(rows).cte()
    ways = list(_ways(question, step))
    fits = (ways[0] if len(ways) == 1 else union_all(*ways)).subquery()
    rank = func.row_number().over(partition_by=fits.c.posting_id, order_by=(fits.c.near, fits.c.to_unit))
    ranked = select(fits.c.posting_id, fits.c.to_unit, rank.label("rank")).subquery()
    return select(ranked.c.posting_id, ranked.c.to_unit).where(ranked.c.rank == 1).subquery()


def _ways(question: Question, step: Any) -> Iterator[Select[Any]]:
    """(posting, where a step leads it, how near): by the person's own record, and by another record of the same person."""
    for twins in (None, question.twins_table.alias()) if question.same else (None,):
        was = aliased(Posting, name="was")
        found = select(Posting.id.label("posting_id"), step.c.to_unit, step.c.near).join(
            step, step.c.at_unit == Posting.unit_id
        )
        if twins is not None:
            found = found.join(twins, twins.c.record == Posting.person_id)
        person = Posting.person_id if twins is None else twins.c.twin
        then = and_(
            was.person_id == person,
            was.unit_id == step.c.to_unit,
            was.valid_from <= step.c.day,
            step.c.day < was.valid_to,
            known(was, question.known_at),
        )
        yield found.join(was, then).where(Posting.true_on(question.as_of, question.known_at))
