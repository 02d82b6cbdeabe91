"""Those whose way through the months has to be followed one by one: several postings at once, exceptions, several records,
training repeated while it expires."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import groupby
from typing import Any

from sqlalchemy import CTE, Boolean, Date, Select, and_, cast, func, literal, null, select, union, union_all
from sqlalchemy.orm import aliased

from lms.coverage import rules
from lms.coverage.queries import streamed
from lms.coverage.question import Question, Ruled, known
from lms.coverage.records import Kept
from lms.coverage.rules import Excepted, State
from lms.coverage.standings import counted
from lms.kernel.lists import one_of
from lms.people.models import Person, Posting, Standing
from lms.tracks.models import Completion


@dataclass
class Way:
    """What is known of one person, over all the time that is drawn."""

    postings: list[tuple[str, bool | None, date, date]] = field(
        default_factory=list
    )  # category, direct support, from, to
    exceptions: list[tuple[Excepted, date, date]] = field(default_factory=list)
    completions: list[tuple[str, date]] = field(default_factory=list)
    first_on: date = date.max  # on the register


def states(question: Question, one: Ruled, days: list[date]) -> Iterator[tuple[date, State]]:
    """Where each of these persons stands on each of the days on which they are on the roster."""
    for _person, rows in groupby(streamed(_facts(question, one)), key=lambda row: row[0]):
        way = _way(rows)
        turns, state, until = _turns(question, one, way), None, date.min
        for day in days:
            if day >= until:
                state = _state(question, one, way, day)
                until = next((turn for turn in turns if turn > day), date.max)
            if state is not None:
                yield day, state


def persons(question: Question, one: Ruled) -> Select[int]:
    """Ids of their records."""
    return select(_particular(question, one).c.person_id)


def _turns(question: Question, one: Ruled, way: Way) -> list[date]:
    """The days on which somebody's state may change: between two of them it stays."""
    ends, grace, valid = question.category_ends, timedelta(days=one.rule.grace_days), one.rule.valid_months
    found = {day for _category, _direct, *span in way.postings for day in span}
    found |= {ends[category] for category, *_more in way.postings if category in ends}
    found |= {day for _kind, *span in way.exceptions for day in span}
    found |= {on for _course, on in way.completions}
    if valid:
        found |= {rules.after_months(on, valid) for _course, on in way.completions}
    if grace and way.first_on < date.max:
        found.add(way.first_on + grace)
    return sorted(found)


def _state(question: Question, one: Ruled, way: Way, day: date) -> State | None:
    exception = max((kind for kind, start, end in way.exceptions if start <= day < end), default=0)
    grace = timedelta(days=one.rule.grace_days)
    new = bool(grace) and way.first_on > day - grace
    done = _done(one, way, day)
    found = []
    for posted, direct, start, end in way.postings:
        category = "" if question.category_ends.get(posted, date.max) <= day else posted
        if start <= day < end and question.category in (None, category):
            found.append(rules.state(False if new else one.rule.binds(category, direct), exception, done))
    return rules.combined(found) if found else None


def _done(one: Ruled, way: Way, day: date) -> bool:
    since = rules.valid_since(day, one.rule.valid_months)
    have = {course for course, on in way.completions if since <= on <= day}
    needed = set(one.rule.courses)
    return bool(needed & have) if one.rule.courses_needed == "any" else bool(needed) and needed <= have


def _way(rows: Iterable[Any]) -> Way:
    way = Way()
    for _person, what, word, flag, start, end in rows:
        if what == "posting":
            way.postings.append((word, flag, start, end))
        elif what == "exception":
            way.exceptions.append((Excepted[word.upper()], start, end))
        elif what == "completion":
            way.completions.append((word, start))
        else:
            way.first_on = min(way.first_on, start)
    return way


def _particular(question: Question, one: Ruled) -> CTE:
    other = aliased(Posting)
    at_once: Select[Any] = (
        select(Posting.person_id)
        .join(
            other,
            and_(
                other.person_id == Posting.person_id,
                other.id > Posting.id,
                other.valid_from < Posting.valid_to,
                Posting.valid_from < other.valid_to,
                known(other, question.known_at),
            ),
        )
        .where(known(Posting, question.known_at))
    )
    found: list[Select[Any]] = [at_once, select(Standing.person_id).where(_excepting(question, one))]
    if question.same:
        found += [select(question.same_table.c.other), select(question.same_table.c.kept)]
    if one.rule.valid_months:
        most = 1 if one.rule.courses_needed == "any" else func.count(Completion.course_slug.distinct())
        several: Select[Any] = select(Completion.person_id).where(counted(question, one, question.window(one)))
        found.append(several.group_by(Completion.person_id).having(func.count() > most))
    return union(*found).cte("particular")


def _excepting(question: Question, one: Ruled) -> Any:
    return and_(Standing.indicator_slug.in_(("", one.indicator.slug)), known(Standing, question.known_at))


def _facts(question: Question, one: Ruled) -> Any:
    """(person, what, word, flag, from, to), person by person."""
    these = _particular(question, one)
    no_flag, no_day = cast(null(), Boolean), cast(null(), Date)

    def facts(whose: Any, what: str, *columns: Any) -> Select[Any]:
        kept = Kept(question, whose)
        found = select(kept.person.label("person_id"), literal(what).label("what"), *columns)
        found = kept.join(found.select_from(whose.class_)).where(whose.in_(select(these.c.person_id)))
        if question.sex is None:
            return found
        return found.join(Person, and_(Person.id == kept.person, Person.sex == question.sex))

    dates = (Posting.valid_from, Posting.valid_to)
    here = (known(Posting, question.known_at), one_of(Posting.unit_id, question.units))
    postings = facts(Posting.person_id, "posting", Posting.category, Posting.direct_support, *dates).where(*here)
    held = facts(Standing.person_id, "exception", Standing.kind, no_flag, Standing.valid_from, Standing.valid_to)
    trained = facts(
        Completion.person_id, "completion", Completion.course_slug, no_flag, Completion.completed_on, no_day
    )
    parts = [
        postings,
        held.where(_excepting(question, one)),
        trained.where(counted(question, one, question.window(one))),
    ]
    if one.rule.grace_days:
        everywhere = facts(Posting.person_id, "first", literal(""), no_flag, Posting.valid_from, no_day)
        parts.append(everywhere.where(known(Posting, question.known_at)))
    found = union_all(*parts)
    return found.order_by("person_id")
