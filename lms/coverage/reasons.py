"""Why a person stands where they stand: the rule that binds them, by what, and what counts. For one person, on any day.

The state is read from the same select as the figures (`standings.roster`), so it cannot disagree with them.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from sqlalchemy import func, select

from lms.coverage import listing
from lms.coverage.listing import Line
from lms.coverage.question import Question, Ruled, known
from lms.coverage.rules import State
from lms.coverage.standings import roster
from lms.kernel.db import db
from lms.people.models import Person, Posting, Standing
from lms.tracks.course import Course
from lms.tracks.models import Completion
from lms.tracks.rules import expires_on


@dataclass(frozen=True)
class Held:
    """A completion of a course the rule asks for. `code`: "counts", "before" its days, "expired", or a "proof" not accepted;
    `until`: the last day on which it counts."""

    course: str
    on: date
    grade: str
    code: str
    until: date
    recorded_at: datetime


@dataclass(frozen=True)
class Reason:
    """One indicator: where the person stands (None: not on the roster that day), and all it rests on."""

    one: Ruled
    state: State | None
    line: Line | None
    binding: list[bool | None]  # of each posting of the line: whether the rule binds it
    exceptions: list[Standing]
    counted_from: date | None  # a newcomer: the first day on which the rule counts them
    completions: list[Held] = field(default_factory=list)


def reasons(question: Question, person: Person, courses: dict[str, Course]) -> list[Reason]:
    """Every indicator of the question, in the order of the plan."""
    kept = question.kept(person.id)
    records = question.records([kept])
    states = _states(question, records)
    facts = _Facts(question, records)
    return [_reason(question, i, one, states, facts, person, courses) for i, one in enumerate(question.ruled)]


@dataclass
class _Facts:
    """What is on record of the person, as known."""

    question: Question
    records: list[int]

    def standings(self) -> list[Standing]:
        held = Standing.true_on(self.question.as_of, self.question.known_at)
        return list(
            db.session.scalars(select(Standing).where(Standing.person_id.in_(self.records), held).order_by(Standing.id))
        )

    def completions(self) -> list[Completion]:
        return list(
            db.session.scalars(
                select(Completion)
                .where(
                    Completion.person_id.in_(self.records),
                    Completion.completed_on <= self.question.as_of,
                    known(Completion, self.question.known_at),
                )
                .order_by(Completion.completed_on.desc(), Completion.id.desc())
            )
        )

    def came_on(self) -> date | None:
        """The first day of their first posting anywhere."""
        return db.session.scalar(
            select(func.min(Posting.valid_from)).where(
                Posting.person_id.in_(self.records), known(Posting, self.question.known_at)
            )
        )


def _states(question: Question, records: list[int]) -> list[int] | None:
    """The highest state of each indicator over the person's postings; None: none that day."""
    rows = roster(question).where(Posting.person_id.in_(records)).subquery()
    highest = [func.max(rows.c[f"state_{i}"]) for i in range(len(question.ruled))]
    found = db.session.execute(select(*highest)).one()
    return None if found[0] is None else [int(state) for state in found]


def _reason(
    question: Question,
    i: int,
    one: Ruled,
    states: list[int] | None,
    facts: _Facts,
    person: Person,
    courses: dict[str, Course],
) -> Reason:
    completions = [_held(question, one, row) for row in facts.completions() if row.course_slug in one.rule.courses]
    if states is None:
        return Reason(one, None, None, [], [], None, completions)
    kept = db.session.get_one(Person, question.kept(person.id))
    rows: Iterable[tuple[Person, int]] = [(kept, states[i])]
    line = listing.lines(question, i, rows, courses)[0]
    slugs = ("", one.indicator.slug)
    came = facts.came_on() if line.why == "newcomer" else None
    return Reason(
        one,
        State(states[i]),
        line,
        [
            one.rule.binds(row.category if row.category not in question.ended else "", row.direct_support)
            for row in line.postings
        ],
        [row for row in facts.standings() if row.indicator_slug in slugs],
        came + timedelta(days=one.rule.grace_days) if came else None,
        completions,
    )


def _held(question: Question, one: Ruled, row: Completion) -> Held:
    start, _last = question.window(one)
    gone = expires_on(row.completed_on, one.rule.valid_months)
    year_ends = date(row.completed_on.year, 12, 31)
    last = min(question.plan.ends_on, year_ends) if one.rule.once == "year" else question.plan.ends_on
    until = min(last, gone - timedelta(days=1)) if gone else last
    if row.grade not in question.grades(one):
        code = "proof"
    elif row.completed_on < start or row.completed_on > question.plan.ends_on:
        code = "before"
    elif gone is not None and gone <= question.as_of:
        code = "expired"
    else:
        code = "counts"
    return Held(row.course_slug, row.completed_on, row.grade, code, until, row.recorded_at)


def trained(reason: Reason) -> bool:
    """Whether the completions that count are what the rule asks for."""
    have = {one.course for one in reason.completions if one.code == "counts"}
    wanted = set(reason.one.rule.courses)
    if not wanted:
        return False
    return bool(have & wanted) if reason.one.rule.courses_needed == "any" else have >= wanted


def valid_to(reason: Reason) -> date | None:
    """The last day on which they count as trained, as things stand; None: they do not."""
    if not trained(reason):
        return None
    best: dict[str, date] = {}
    for one in reason.completions:
        if one.code == "counts":
            best[one.course] = max(one.until, best.get(one.course, one.until))
    return max(best.values()) if reason.one.rule.courses_needed == "any" else min(best.values())
