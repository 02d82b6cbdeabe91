"""How coverage grew: the figure at the end of each month, counted from the beginnings and ends of facts rather than day by day.

What holds on the last day of a month can be told from the months in which things began and ended, so people are counted in
groups. Whoever has several postings at once, or ever had an exception, is gone through one by one (`particular`): they are few.
"""

from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import accumulate
from typing import Any

from sqlalchemy import ColumnElement, Date, Subquery, and_, case, cast, extract, func, literal, not_, null, select, true
from sqlalchemy.orm import aliased

from lms.coverage import particular, rules
from lms.coverage.queries import streamed
from lms.coverage.question import Question, Ruled, known
from lms.coverage.records import Kept
from lms.coverage.rules import Figures, State
from lms.coverage.standings import binds, counted
from lms.kernel.lists import one_of
from lms.people.models import Person, Posting
from lms.tracks.models import Completion
from lms.tracks.rules import PopulationRule


@dataclass(frozen=True)
class Point:
    """n/N on a day."""

    on: date
    done: int
    required: int


def points(question: Question, i: int, total: Figures) -> list[Point]:
    """The end of each month since the period began, and the counted day itself (`total`). Two statements, however long the period."""
    one = question.ruled[i]
    days = rules.month_ends(question.window(one)[0], question.as_of)
    months = [_number(day) for day in days]
    grace, valid = timedelta(days=one.rule.grace_days), one.rule.valid_months
    more, more_done = [0] * (len(days) + 1), [0] * (len(days) + 1)  # than at the end of the month before
    for start, end, first, last_of_all, first_of_all, how_many in _plain(question, one):
        begins = max(start, _number(first + grace)) if first else start
        _add(more, months, begins, end, how_many)
        if last_of_all is not None:
            expires = first_of_all + valid if valid else end
            _add(more_done, months, max(begins, last_of_all), min(end, expires), how_many)
    required, done = (dict(zip(days, accumulate(changes), strict=False)) for changes in (more, more_done))
    for day, state in particular.states(question, one, days):
        required[day] += state in (State.DONE, State.NOT_DONE)
        done[day] += state == State.DONE
    drawn = [Point(day, done[day], required[day]) for day in days if day < question.as_of]
    return [*drawn, Point(question.as_of, total.done, total.required)]


def _add(changes: list[int], months: list[int], begins: int, end: int, how_many: int) -> None:
    """So many from one month on, until another."""
    if begins < end:
        changes[bisect_left(months, begins)] += how_many
        changes[bisect_left(months, end)] -= how_many


def shares(found: Iterable[Point]) -> list[tuple[date, float | None]]:
    """What the chart draws: percent, rounded down to a tenth; None where nobody had to be trained."""
    return [(one.on, None if one.required == 0 else (1000 * one.done // one.required) / 10) for one in found]


def trained_on(question: Question, one: Ruled, since: tuple[date, date] | None = None) -> Subquery:
    """(person, the day on which they were trained as the rule asks); by completions of those days, if others than count today."""
    kept = Kept(question, Completion.person_id)
    first = (
        kept.join(
            select(kept.person.label("person_id"), func.min(Completion.completed_on).label("on")).select_from(
                Completion
            )
        )
        .where(counted(question, one, since or question.since(one)))
        .group_by(kept.person)
    )
    if one.rule.courses_needed == "any" or len(set(one.rule.courses)) < 2:
        return first.subquery()
    each = first.group_by(Completion.course_slug).subquery()
    last = select(each.c.person_id, func.max(each.c.on).label("on")).group_by(each.c.person_id)
    return last.having(func.count() == len(set(one.rule.courses))).subquery()


def _plain(question: Question, one: Ruled) -> Iterable[Any]:
    """Of everyone required who has one posting at a time, no exception and no training repeated while it is valid: the month
    of its beginning and end, their first day on the register (None: longer ago than any grace), the months in which the last
    and the first of their trainings lie, how many they are."""
    unknown, outside = binds(one.rule)
    start, end, fits = _span(question, one.rule)
    trained = _trained(question, one)
    months = (_month(start), _month(end), _first(question, one), _month(trained.c.on), _month(trained.c.oldest))
    found = select(*months, func.count()).select_from(Posting)
    if question.sex is not None:
        found = found.join(Person, and_(Person.id == Posting.person_id, Person.sex == question.sex))
    found = found.outerjoin(trained, trained.c.person_id == Posting.person_id).where(
        known(Posting, question.known_at),
        one_of(Posting.unit_id, question.units),
        not_(unknown),
        not_(outside),
        fits,
        Posting.person_id.not_in(particular.persons(question, one)),
    )
    return streamed(found.group_by(*months))


def _trained(question: Question, one: Ruled) -> Subquery:
    """(person, day of the last training needed, day of the one that expires first)."""
    window = question.window(one)
    if not one.rule.valid_months:
        trained = trained_on(question, one, window)
        return select(trained, trained.c.on.label("oldest")).subquery()
    every = (
        select(
            Completion.person_id,
            func.max(Completion.completed_on).label("on"),
            func.min(Completion.completed_on).label("oldest"),
        )
        .where(counted(question, one, window))
        .group_by(Completion.person_id)
    )
    if one.rule.courses_needed == "any":
        return every.subquery()
    return every.having(func.count(Completion.course_slug.distinct()) == len(set(one.rule.courses))).subquery()


def _first(question: Question, one: Ruled) -> Any:
    """The first day of a posting's person on the register, where the rule's grace may reach beyond the first month."""
    if not one.rule.grace_days:
        return cast(null(), Date)
    before = aliased(Posting)
    first = select(func.min(before.valid_from)).where(
        before.person_id == Posting.person_id, known(before, question.known_at)
    )
    recent = question.window(one)[0] - timedelta(days=one.rule.grace_days)
    on = first.correlate(Posting).scalar_subquery()
    return case((Posting.valid_from > recent, case((on > recent, on))))


def _span(question: Question, rule: PopulationRule) -> tuple[Any, Any, ColumnElement[bool]]:
    """From when to when a posting is in a category that tells something, and in the category asked for; and which ever are."""
    start: Any = Posting.valid_from
    end: Any = Posting.valid_to
    asked, ends = question.category, question.category_ends
    clipped = [one for one in sorted(ends) if one == asked or (not rule.direct_support and one in rule.categories)]
    if clipped:
        end = case(
            *((_holds(one, Posting.valid_to > ends[one]), literal(ends[one], Date)) for one in clipped), else_=end
        )
    if asked == "" and ends:
        late = ((_holds(one, Posting.valid_from < on), literal(on, Date)) for one, on in sorted(ends.items()))
        start = case(*late, else_=start)
    if asked is None:
        return start, end, true()
    return start, end, Posting.category.in_(["", *sorted(ends)]) if asked == "" else Posting.category == asked


def _holds(category: str, condition: ColumnElement[bool]) -> ColumnElement[bool]:
    return and_(Posting.category == category, condition)


def _month(day: Any) -> Any:
    return extract("year", day) * 12 + extract("month", day)


def _number(day: date) -> int:
    return day.year * 12 + day.month
