"""The roster of a question as one select: each posting, where it counts, and where the person stands for each indicator.

Tables, lists, sheets and checks all read this one select, so that a figure and the list behind it cannot disagree.
`rules.state` says the same in Python; tests compare the two on random histories.
"""

from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Date,
    Integer,
    Select,
    Subquery,
    and_,
    case,
    column,
    false,
    func,
    literal,
    or_,
    select,
    true,
    values,
)
from sqlalchemy.orm import aliased

from lms.coverage.question import Question, Ruled, known
from lms.coverage.restating import NOWHERE
from lms.coverage.rules import Excepted, State
from lms.people.models import Posting, Standing
from lms.tracks.models import Completion
from lms.tracks.rules import PopulationRule


def roster(question: Question) -> Select[Any]:
    """Columns: person_id, unit_id (in the question's tree, NOWHERE if it cannot be said), category, state_0, state_1, …"""
    unit, joins, condition = _placed(question)
    exceptions = _exceptions(question)
    states = [
        _state(one, exceptions.c[f"exception_{i}"], question).label(f"state_{i}")
        for i, one in enumerate(question.ruled)
    ]
    found = select(Posting.person_id, unit.label("unit_id"), Posting.category, *states).select_from(Posting)
    for target, on, outer in joins:
        found = found.join(target, on, isouter=outer)
    return found.outerjoin(exceptions, exceptions.c.person_id == Posting.person_id).where(
        Posting.true_on(question.as_of, question.known_at), condition
    )


def binds(rule: PopulationRule) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    """`PopulationRule.binds`, said to the database: (it cannot tell, it does not bind)."""
    if rule.direct_support:
        return Posting.direct_support.is_(None), Posting.direct_support.is_(False)
    outside = Posting.category.not_in(rule.categories) if rule.categories else true()
    return Posting.category == "", and_(Posting.category != "", outside)


def done(rule: PopulationRule, since: tuple[date, date], known_at: datetime | None) -> Select[int]:
    """Ids of the persons whose completions, held at that moment and dated in those days, are what the rule asks for."""
    found = select(Completion.person_id).where(
        Completion.course_slug.in_(rule.courses) if rule.courses else false(),
        Completion.completed_on.between(*since),
        known(Completion, known_at),
    )
    if rule.courses_needed == "any" or len(set(rule.courses)) < 2:
        return found
    everything = func.count(Completion.course_slug.distinct()) == len(set(rule.courses))
    return found.group_by(Completion.person_id).having(everything)


def _state(one: Ruled, exception: ColumnElement[int], question: Question) -> ColumnElement[int]:
    """`rules.state`, said to the database."""
    exception = func.coalesce(exception, 0)
    unknown, outside = binds(one.rule)
    named = exception == Excepted.REQUIRED
    is_done = Posting.person_id.in_(done(one.rule, question.since(one), question.known_at))
    return case(
        (or_(exception == Excepted.EXEMPT, and_(outside, ~named)), literal(int(State.EXEMPT))),
        (exception == Excepted.ON_LEAVE, literal(int(State.ON_LEAVE))),
        (and_(unknown, ~named), literal(int(State.UNKNOWN))),
        (is_done, literal(int(State.DONE))),
        else_=literal(int(State.NOT_DONE)),
    )


def _exceptions(question: Question) -> Subquery:
    """Person by person, the exception that holds for each indicator."""
    kinds = case({one.name.lower(): int(one) for one in Excepted}, value=Standing.kind)
    columns = [
        func.max(case((Standing.indicator_slug.in_(("", one.indicator.slug)), kinds))).label(f"exception_{i}")
        for i, one in enumerate(question.ruled)
    ]
    return (
        select(Standing.person_id, *columns)
        .where(Standing.true_on(question.as_of, question.known_at))
        .group_by(Standing.person_id)
        .subquery()
    )


Join = tuple[Any, ColumnElement[bool], bool]  # what to join, on what, whether it may be absent


def _placed(question: Question) -> tuple[Any, list[Join], ColumnElement[bool]]:
    """The unit under which a posting counts, what has to be joined to know it, and which postings may be seen."""
    if not question.units:
        return Posting.unit_id, [], false()
    if question.places.as_they_are:
        return Posting.unit_id, [], Posting.unit_id.in_(sorted(question.units))
    direct = values(column("at_unit", Integer), column("to_unit", Integer), name="place")
    place = direct.data(sorted(question.places.direct.items())).cte("places")
    joins: list[Join] = [(place, place.c.at_unit == Posting.unit_id, False)]
    unit: Any = place.c.to_unit
    if question.places.steps:
        stepped = _stepped(question)
        joins.append((stepped, stepped.c.posting_id == Posting.id, True))
        unit = func.coalesce(stepped.c.to_unit, unit)
    if NOWHERE in question.places.direct.values():
        then = _then(question)
        joins.append((then, then.c.person_id == Posting.person_id, True))
        unit = func.coalesce(func.nullif(unit, NOWHERE), then.c.unit_id, NOWHERE)
    return unit, joins, unit.in_([NOWHERE, *sorted(question.tree.versions)])


def _then(question: Question) -> Subquery:
    """Where each person was posted on the day of the tree itself: for those whom no succession leads anywhere."""
    return (
        select(Posting.person_id, func.min(Posting.unit_id).label("unit_id"))
        .where(
            Posting.true_on(question.tree_at, question.known_at), Posting.unit_id.in_(sorted(question.tree.versions))
        )
        .group_by(Posting.person_id)
        .subquery()
    )


def _stepped(question: Question) -> Subquery:
    """Postings whose person was, on the day of a step, where the step leads; the nearest step holds."""
    columns = (column("at_unit", Integer), column("to_unit", Integer), column("day", Date), column("near", Integer))
    rows = [(step.unit_id, step.to_unit, step.day, step.near) for step in question.places.steps]
    step = values(*columns, name="step").data(rows).cte("steps")
    was = aliased(Posting, name="was")
    rank = func.row_number().over(partition_by=Posting.id, order_by=(step.c.near, step.c.to_unit)).label("rank")
    ranked = (
        select(Posting.id.label("posting_id"), step.c.to_unit, rank)
        .join(step, step.c.at_unit == Posting.unit_id)
        .join(
            was,
            and_(
                was.person_id == Posting.person_id,
                was.unit_id == step.c.to_unit,
                was.valid_from <= step.c.day,
                step.c.day < was.valid_to,
                known(was, question.known_at),
            ),
        )
        .where(Posting.true_on(question.as_of, question.known_at))
        .subquery()
    )
    return select(ranked.c.posting_id, ranked.c.to_unit).where(ranked.c.rank == 1).subquery()
