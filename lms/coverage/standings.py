"""The roster of a question as one select: each posting, where it counts, and where the person stands for each indicator.

Tables, lists, sheets and checks all read this one select, so that a figure and the list behind it cannot disagree.
`rules.state` says the same in Python; tests compare the two on random histories.
"""

from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, Subquery, and_, case, false, func, literal, not_, or_, select, true
from sqlalchemy.orm import aliased

from lms.coverage.placing import around, placed
from lms.coverage.question import Question, Ruled, known
from lms.coverage.records import Kept, posted_by
from lms.coverage.rules import Excepted, State
from lms.kernel.db import db
from lms.kernel.lists import one_of
from lms.people.models import Person, Posting, Standing
from lms.tracks.models import Completion
from lms.tracks.rules import GRADES, PopulationRule


def roster(
    question: Question,
    wanted: Collection[int] | None = None,
    *,
    lines: Mapping[int, int] | None = None,
    few: bool = False,
    sexes: bool = False,
) -> Select[Any]:
    """Columns: person_id (the record kept), unit_id (in the question's tree, NOWHERE if it cannot be said), category, state_0, …,
    with `sexes` also sex.

    `wanted`: only what counts at these units. `lines`: see `placing`. `few`: only few of the rows are going to be asked for.
    """
    kept = Kept(question, Posting.person_id)
    unit, joins, condition = placed(question, kept.person, wanted, lines)
    exceptions = _exceptions(question, wanted)
    everyone = [_trained(question, one) if wanted is None and not few else None for one in question.ruled]
    states = [
        _state(
            question,
            one,
            exceptions.c[f"exception_{i}"],
            _is_done(question, one, trained, few=few or wanted is not None),
        ).label(f"state_{i}")
        for i, (one, trained) in enumerate(zip(question.ruled, everyone, strict=True))
    ]
    found = kept.join(
        select(
            kept.person.label("person_id"),
            unit.label("unit_id"),
            _category(question).label("category"),
            *([Person.sex.label("sex")] if sexes else []),
            *states,
        ).select_from(Posting)
    )
    for target, on, outer in joins:
        found = found.join(target, on, isouter=outer)
    for trained in everyone:
        if trained is not None:
            found = found.outerjoin(trained, trained.c.person_id == kept.person)
    if question.category is not None:
        condition = and_(condition, _category(question) == question.category)
    if question.sex is not None:
        found = found.join(Person, and_(Person.id == kept.person, Person.sex == question.sex))
    elif sexes:
        found = found.join(Person, Person.id == kept.person)
    return found.outerjoin(exceptions, exceptions.c.person_id == kept.person).where(
        Posting.true_on(question.as_of, question.known_at), condition
    )


def binds(rule: PopulationRule, ended: tuple[str, ...] = ()) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    """`PopulationRule.binds`, said to the database: (it cannot tell, it does not bind). An ended category tells nothing."""
    if rule.direct_support:
        return Posting.direct_support.is_(None), Posting.direct_support.is_(False)
    untold = Posting.category.in_(("", *ended)) if ended else Posting.category == ""
    outside = Posting.category.not_in(rule.categories) if rule.categories else true()
    return untold, and_(not_(untold), outside)


def newcomer(question: Question, rule: PopulationRule) -> ColumnElement[bool] | None:
    """Whether the person of a posting first came to the register within the rule's grace; None: it gives none."""
    if not rule.grace_days:
        return None
    settled_by = question.as_of - timedelta(days=rule.grace_days)
    return and_(Posting.valid_from > settled_by, not_(posted_by(question, settled_by)))


def counted(question: Question, one: Ruled, since: tuple[date, date]) -> ColumnElement[bool]:
    """The completions that count, if dated in those days."""
    grades = question.grades(one)
    return and_(
        Completion.course_slug.in_(one.rule.courses) if one.rule.courses else false(),
        Completion.completed_on.between(*since),
        known(Completion, question.known_at),
        true() if len(grades) == len(GRADES) else Completion.grade.in_(grades),
    )


def done(question: Question, one: Ruled) -> Select[int]:
    """Ids of the persons whose completions, as known, are what the rule asks for."""
    kept = Kept(question, Completion.person_id)
    found = kept.join(select(kept.person).select_from(Completion)).where(counted(question, one, question.since(one)))
    if one.rule.courses_needed == "any" or len(set(one.rule.courses)) < 2:
        return found
    everything = func.count(Completion.course_slug.distinct()) == len(set(one.rule.courses))
    return found.group_by(kept.person).having(everything)


def is_done(question: Question, one: Ruled, *, few: bool = False) -> ColumnElement[bool]:
    """Whether the person of a posting has completed what the rule asks for. `few`: looked up one by one, never all at once."""
    courses = tuple(dict.fromkeys(one.rule.courses))
    if not courses:
        return false()
    if one.rule.courses_needed == "any":
        return _completed(question, one, few)
    each = (replace(one, rule=replace(one.rule, courses=(slug,))) for slug in courses)
    return and_(*(_completed(question, course, few) for course in each))


def _completed(question: Question, one: Ruled, few: bool) -> ColumnElement[bool]:
    """Whether there is a completion that counts, under any of the person's records."""
    counts = select(literal(1)).where(counted(question, one, question.since(one)))
    found = [counts.where(Completion.person_id == Posting.person_id)]
    if question.same:
        twins = question.twins_table.alias()
        found.append(counts.where(Completion.person_id == twins.c.twin, twins.c.record == Posting.person_id))
    if few:  # a subquery with a limit is not turned into a list of everyone who has completed
        return or_(*(one_row.limit(1).correlate(Posting).scalar_subquery().is_not(None) for one_row in found))
    return or_(*(one_row.correlate(Posting).exists() for one_row in found))


def _trained(question: Question, one: Ruled) -> Subquery | None:
    """Everyone who has completed what the rule asks for, to be joined: PostgreSQL merges two indexes then (a million people,
    docs/bench.md). SQLite looks each person up sooner than that, and so does PostgreSQL those of a part of the country."""
    if db.engine.dialect.name == "sqlite" or not one.rule.courses:
        return None
    person = next(iter(done(question, one).subquery().c))
    return select(person.label("person_id")).distinct().subquery()


def _is_done(question: Question, one: Ruled, trained: Subquery | None, *, few: bool) -> ColumnElement[bool]:
    return is_done(question, one, few=few) if trained is None else trained.c.person_id.is_not(None)


def _state(question: Question, one: Ruled, exception: Any, is_done: ColumnElement[bool]) -> ColumnElement[int]:
    """`rules.state`, said to the database."""
    exception = func.coalesce(exception, 0)
    unknown, outside = binds(one.rule, question.ended)
    new = newcomer(question, one.rule)
    outside = outside if new is None else or_(outside, new)
    named = exception == Excepted.REQUIRED
    return case(
        (or_(exception == Excepted.EXEMPT, and_(outside, ~named)), literal(int(State.EXEMPT))),
        (exception == Excepted.ON_LEAVE, literal(int(State.ON_LEAVE))),
        (and_(unknown, ~named), literal(int(State.UNKNOWN))),
        (is_done, literal(int(State.DONE))),
        else_=literal(int(State.NOT_DONE)),
    )


def _category(question: Question) -> Any:
    """As posted; untold once the category has ended."""
    if not question.ended:
        return Posting.category
    return case((Posting.category.in_(question.ended), literal("")), else_=Posting.category)


def _exceptions(question: Question, wanted: Collection[int] | None) -> Subquery:
    """Person by person, the exception that holds for each indicator; of those who have ever been where it is wanted."""
    kept = Kept(question, Standing.person_id)
    kinds = case({one.name.lower(): int(one) for one in Excepted}, value=Standing.kind)
    columns = [
        func.max(case((Standing.indicator_slug.in_(("", one.indicator.slug)), kinds))).label(f"exception_{i}")
        for i, one in enumerate(question.ruled)
    ]
    found = kept.join(select(kept.person.label("person_id"), *columns).select_from(Standing))
    found = found.where(Standing.true_on(question.as_of, question.known_at)).group_by(kept.person)
    if wanted is not None and not question.same:
        there = aliased(Posting)
        found = found.where(
            Standing.person_id.in_(select(there.person_id).where(one_of(there.unit_id, around(question, wanted))))
        )
    return found.subquery()
