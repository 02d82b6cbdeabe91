"""How coverage grew: the figure at the end of each month, counted from the beginnings and ends of facts rather than day by day.

Whoever has several postings at once, or ever had an exception, is gone through one by one: they are few.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import CompoundSelect, Select, Subquery, and_, extract, func, not_, select, union
from sqlalchemy.orm import aliased

from lms.coverage import rules
from lms.coverage.question import Question, Ruled, known
from lms.coverage.rules import Excepted, Figures, State
from lms.coverage.standings import binds
from lms.kernel.db import db
from lms.people.models import Posting, Standing
from lms.tracks.models import Completion


@dataclass(frozen=True)
class Point:
    """n/N on a day."""

    on: date
    done: int
    required: int


def points(question: Question, i: int, total: Figures) -> list[Point]:
    """The end of each month since the period began, and the counted day itself (`total`). Three statements, however long the period."""
    one = question.ruled[i]
    days = rules.month_ends(question.since(one)[0], question.as_of)
    required: Counter[date] = Counter()
    done: Counter[date] = Counter()
    for start, end, completed, how_many in _plain(question, one):
        for day in days:
            month = day.year * 12 + day.month
            if start <= month < end:
                required[day] += how_many
                done[day] += how_many if completed is not None and completed <= month else 0
    for day, state in _one_by_one(question, one, days):
        required[day] += state in (State.DONE, State.NOT_DONE)
        done[day] += state == State.DONE
    drawn = [Point(day, done[day], required[day]) for day in days if day < question.as_of]
    return [*drawn, Point(question.as_of, total.done, total.required)]


def shares(found: Iterable[Point]) -> list[tuple[date, float | None]]:
    """What the chart draws: percent, rounded down to a tenth; None where nobody had to be trained."""
    return [(one.on, None if one.required == 0 else (1000 * one.done // one.required) / 10) for one in found]


def _month(day: Any) -> Any:
    return extract("year", day) * 12 + extract("month", day)


def _plain(question: Question, one: Ruled) -> Iterable[Any]:
    """(first month, month of the end, month of the training, how many) of everyone with one posting at a time and no exception."""
    unknown, outside = binds(one.rule)
    trained = trained_on(question, one)
    months = (_month(Posting.valid_from), _month(Posting.valid_to), _month(trained.c.on))
    return db.session.execute(
        select(*months, func.count())
        .outerjoin(trained, trained.c.person_id == Posting.person_id)
        .where(
            *_here(question),
            not_(unknown),
            not_(outside),
            Posting.person_id.not_in(_particular(question, one)),
        )
        .group_by(*months)
    )


def _here(question: Question) -> tuple[Any, ...]:
    return known(Posting, question.known_at), Posting.unit_id.in_(sorted(question.units))


def trained_on(question: Question, one: Ruled) -> Subquery:
    """(person, the day on which they were trained as the rule asks)."""
    start, end = question.since(one)
    first = (
        select(Completion.person_id, func.min(Completion.completed_on).label("on"))
        .where(
            Completion.course_slug.in_(one.rule.courses),
            Completion.completed_on.between(start, end),
            known(Completion, question.known_at),
        )
        .group_by(Completion.person_id)
    )
    if one.rule.courses_needed == "any" or len(set(one.rule.courses)) < 2:
        return first.subquery()
    each = first.group_by(Completion.course_slug).subquery()
    last = select(each.c.person_id, func.max(each.c.on).label("on")).group_by(each.c.person_id)
    return last.having(func.count() == len(set(one.rule.courses))).subquery()


def _particular(question: Question, one: Ruled) -> CompoundSelect[Any]:
    """Ids of those with several postings at once, or with an exception at any time."""
    other = aliased(Posting)
    at_once = select(Posting.person_id).join(
        other,
        and_(
            other.person_id == Posting.person_id,
            other.id > Posting.id,
            other.valid_from < Posting.valid_to,
            Posting.valid_from < other.valid_to,
            known(other, question.known_at),
        ),
    )
    excepted: Select[Any] = select(Standing.person_id).where(
        Standing.indicator_slug.in_(("", one.indicator.slug)), known(Standing, question.known_at)
    )
    return union(at_once.where(known(Posting, question.known_at)), excepted)


def _one_by_one(question: Question, one: Ruled, days: list[date]) -> Iterable[tuple[date, State]]:
    """Where each of these stands at the end of each month in which they are on the roster."""
    trained = trained_on(question, one)
    rows: Iterable[Any] = db.session.execute(
        select(Posting, trained.c.on)
        .outerjoin(trained, trained.c.person_id == Posting.person_id)
        .where(*_here(question), Posting.person_id.in_(_particular(question, one)))
    )
    postings: dict[int, list[Posting]] = {}
    days_of: dict[int, date] = {}
    for posting, on in rows:
        postings.setdefault(posting.person_id, []).append(posting)
        days_of[posting.person_id] = on or date.max
    held = select(Standing).where(
        Standing.indicator_slug.in_(("", one.indicator.slug)), known(Standing, question.known_at)
    )
    exceptions: dict[int, list[Standing]] = {}
    for standing in db.session.scalars(held):
        exceptions.setdefault(standing.person_id, []).append(standing)
    for person_id, posted in postings.items():
        for day in days:
            here = [row for row in posted if row.valid_from <= day < row.valid_to]
            if here:
                exception = _holding(exceptions.get(person_id, ()), day)
                bound = (one.rule.binds(row.category, row.direct_support) for row in here)
                yield day, rules.combined(rules.state(one_of, exception, days_of[person_id] <= day) for one_of in bound)


def _holding(exceptions: Iterable[Standing], day: date) -> int:
    kinds = (Excepted[row.kind.upper()] for row in exceptions if row.valid_from <= day < row.valid_to)
    return max(kinds, default=0)
