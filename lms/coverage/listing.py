"""The people behind a figure: who, what each lacks, why they stand where they stand, when they were last active.

The list is the same select as the figure, so it is as long as the figure says.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from sqlalchemy import CompoundSelect, Date, FromClause, Select, case, cast, func, literal, null, select, union_all

from lms.coverage.queries import wanted_units
from lms.coverage.question import Question, Ruled, known
from lms.coverage.records import Kept
from lms.coverage.rules import State
from lms.coverage.standings import roster
from lms.kernel.clock import local
from lms.kernel.db import Moment, db
from lms.kernel.lists import one_of
from lms.kernel.paging import PER_PAGE, Page, asked, page_of
from lms.kernel.refused import Refused
from lms.kernel.vietnamese import number
from lms.people.models import Person, Posting, Standing
from lms.quizzes.models import Attempt
from lms.tracks import editions
from lms.tracks.course import Course
from lms.tracks.models import Completion, Edition, Enrolment, LessonRead, PartDone
from lms.tracks.rules import GRADES

STATES: dict[str, tuple[State, ...]] = {
    "required": (State.NOT_DONE, State.DONE),
    "not_done": (State.NOT_DONE,),
    "done": (State.DONE,),
    "unknown": (State.UNKNOWN,),
    "on_leave": (State.ON_LEAVE,),
    "exempt": (State.EXEMPT,),
}

MOST, AT_ONCE = 5_000, 500  # people in a file, and told of at once


@dataclass(frozen=True)
class Wanted:
    """Which figure was opened: where, which state ("" is the whole roster), which category (None is any, "" is not told)."""

    under: int | None = None
    own: bool = False
    state: str = ""
    category: str | None = None


@dataclass(frozen=True)
class Lack:
    """A course that is not completed, and its parts that are not done."""

    course: str
    parts: tuple[str, ...]


@dataclass
class Line:
    """One person in the list. `why` is a code that the page words, `detail` the reason somebody wrote, or the category."""

    person: Person
    state: State
    postings: list[Posting] = field(default_factory=list)
    units: list[str] = field(default_factory=list)
    why: str = ""
    detail: str = ""
    lacks: list[Lack] = field(default_factory=list)
    done_on: date | None = None
    grade: str = ""  # how well that is proved: of several courses the weakest, where one is enough the best
    active_on: date | None = None


def listed(question: Question, i: int, wanted: Wanted) -> Select[Any]:
    """(person, state) of everyone behind the figure: who is missing first, then by name."""
    return _named(_grouped(question, i, wanted).subquery())


def _grouped(question: Question, i: int, wanted: Wanted) -> Select[Any]:
    rows = roster(question, wanted_units(question, wanted.under, own=wanted.own)).subquery()
    state = func.max(rows.c[f"state_{i}"]).label("state")
    grouped = select(rows.c.person_id, state).group_by(rows.c.person_id)
    if wanted.category is not None:
        grouped = grouped.where(rows.c.category == wanted.category)
    if wanted.state in STATES:
        grouped = grouped.having(state.in_([int(one) for one in STATES[wanted.state]]))
    return grouped


def _named(found: FromClause, *more: Any) -> Select[Any]:
    return (
        select(Person, found.c.state, *more)
        .join(found, found.c.person_id == Person.id)
        .order_by(found.c.state != int(State.NOT_DONE), Person.sort_key, Person.id)
    )


def people_page(question: Question, i: int, wanted: Wanted, page: object) -> Page[Any]:
    """A page of `listed`, counted in the same pass: one statement, unless the page lies beyond the end."""
    shown, found = asked(page), _grouped(question, i, wanted).subquery()
    counted = select(found.c.person_id, found.c.state, func.count().over().label("total")).subquery()
    there = _named(counted, counted.c.total).limit(PER_PAGE).offset((shown - 1) * PER_PAGE)
    rows = db.session.execute(there).all()
    if not rows:
        return page_of(listed(question, i, wanted), page=page)
    total = rows[0].total
    return Page([row[:2] for row in rows], shown, max(1, -(-total // PER_PAGE)), total, PER_PAGE)


def whole(question: Question, i: int, wanted: Wanted, courses: dict[str, Course]) -> list[Line]:
    """Everyone of the list, for a file. Refuses what is more than anybody reads: memory must not grow with the country."""
    rows = db.session.execute(listed(question, i, wanted).limit(MOST + 1)).all()
    if len(rows) > MOST:
        raise Refused("The list has more than %(most)s people: choose a unit, or a filter.", most=number(MOST))
    parts = (rows[start : start + AT_ONCE] for start in range(0, len(rows), AT_ONCE))
    return [line for part in parts for line in lines(question, i, part, courses)]


def first_page(question: Question, i: int, wanted: Wanted, total: int) -> Page[Any]:
    """The first page of a list whose length the figure has told already: one statement."""
    rows = db.session.execute(listed(question, i, wanted).limit(PER_PAGE)).all() if total else []
    return Page(rows, 1, max(1, -(-total // PER_PAGE)), total, PER_PAGE)


def courses_of(question: Question) -> dict[str, Course]:
    """The courses that the rules ask for, in their newest wording; an unpublished one is not there."""
    asked = {slug for one in question.ruled for slug in one.rule.courses}
    newest = select(func.max(Edition.id)).where(Edition.course_slug.in_(asked)).group_by(Edition.course_slug)
    found = (editions.wording(one) for one in db.session.scalars(newest).all())
    return {course.slug: course for course in found}


def lines(question: Question, i: int, rows: Iterable[tuple[Person, int]], courses: dict[str, Course]) -> list[Line]:
    """What the list tells of each of these people. Two statements, however many there are."""
    found = {person.id: Line(person, State(state)) for person, state in rows}
    if not found:
        return []
    one = question.ruled[i]
    _explain(question, one, found)
    _lacks(question, one, found, courses)
    return list(found.values())


def _explain(question: Question, one: Ruled, found: dict[int, Line]) -> None:
    """Where each works, and why they stand where they stand."""
    records = question.records(found)
    excepted, posted = Kept(question, Standing.person_id), Kept(question, Posting.person_id)
    exceptions = excepted.join(
        select(excepted.person.label("person_id"), Standing.kind, Standing.reason).select_from(Standing)
    )
    held = exceptions.where(
        Standing.person_id.in_(records),
        Standing.true_on(question.as_of, question.known_at),
        Standing.indicator_slug.in_(("", one.indicator.slug)),
    ).subquery()
    rows: Iterable[Any] = db.session.execute(
        posted.join(select(Posting, held.c.kind, held.c.reason).select_from(Posting))
        .outerjoin(held, held.c.person_id == posted.person)
        .where(
            Posting.person_id.in_(records),
            one_of(Posting.unit_id, question.units),
            Posting.true_on(question.as_of, question.known_at),
        )
        .order_by(Posting.id)
    )
    alike = Counter(question.names.values())
    reasons: dict[int, dict[str, str]] = {}
    for posting, kind, reason in rows:
        person_id = question.kept(posting.person_id)
        line = found[person_id]
        if posting not in line.postings:
            line.postings.append(posting)
            line.units.append(_called(question, alike, posting.unit_id))
        if kind:
            reasons.setdefault(person_id, {})[kind] = reason
    for person_id, line in found.items():
        line.why, line.detail = _why(question, one, line, reasons.get(person_id, {}))


def _called(question: Question, alike: Mapping[str, int], unit_id: int) -> str:
    """The unit's name on the counted day; of several alike, with the unit above."""
    name, above = question.names.get(unit_id, ""), question.tree.path(unit_id)[:-1]
    return f"{name}, {question.tree.name(above[-1])}" if above and alike[name] > 1 else name


def _why(question: Question, one: Ruled, line: Line, reasons: dict[str, str]) -> tuple[str, str]:
    told = [posting.category for posting in line.postings if posting.category]
    categories = ", ".join(dict.fromkeys(told))
    ended = [category for category in told if category in question.ended]
    bound = {
        one.rule.binds(row.category if row.category not in ended else "", row.direct_support) for row in line.postings
    }
    if line.state == State.ON_LEAVE:
        return "on_leave", reasons.get("on_leave", "")
    if line.state == State.EXEMPT:
        if "exempt" in reasons:
            return "excepted", reasons["exempt"]
        settled_by = question.as_of - timedelta(days=one.rule.grace_days)
        new = bool(bound - {False}) and all(settled_by < row.valid_from for row in line.postings)
        return ("newcomer", str(one.rule.grace_days)) if new else ("outside", categories)
    if line.state == State.UNKNOWN:
        if one.rule.direct_support:
            return "support_unknown", categories
        return ("category_ended", ", ".join(dict.fromkeys(ended))) if ended else ("category_unknown", "")
    if True in bound:
        return ("supports" if one.rule.direct_support else "category"), categories
    return "named", reasons.get("required", "")


def _lacks(question: Question, one: Ruled, found: dict[int, Line], courses: dict[str, Course]) -> None:
    """What is not done yet, when it was completed, the last thing each did."""
    start, end = question.since(one)
    completed: dict[int, dict[str, date]] = {}
    proofs: dict[int, dict[str, str]] = {}
    parts: dict[tuple[int, str], set[str]] = {}
    history: Iterable[Any] = db.session.execute(_history(question, one, question.records(found)))
    for record, course, what, on, at in history:
        day, person_id = on or local(at).date(), question.kept(record)
        line = found[person_id]
        line.active_on = max(line.active_on or day, day) if day <= question.as_of else line.active_on
        what, _colon, grade = what.partition(":")
        if what == "completed" and start <= day <= end:
            first, best = completed.setdefault(person_id, {}), proofs.setdefault(person_id, {})
            first[course] = min(day, first.get(course, day))
            best[course] = min(grade, best.get(course, grade), key=_place)
        elif what and what != "completed":
            parts.setdefault((person_id, course), set()).add(what)
    for person_id, line in found.items():
        have = completed.get(person_id, {})
        if line.state == State.DONE:
            days = [have[slug] for slug in one.rule.courses if slug in have]
            line.done_on = (min(days) if one.rule.courses_needed == "any" else max(days)) if days else None
            told = sorted((proofs[person_id][slug] for slug in one.rule.courses if slug in have), key=_place)
            line.grade = told[0 if one.rule.courses_needed == "any" else -1] if told else ""
        elif line.state == State.NOT_DONE:
            line.lacks = [
                Lack(
                    courses[slug].title if slug in courses else slug,
                    tuple(
                        part
                        for part in (courses[slug].parts if slug in courses else ())
                        if part not in parts.get((person_id, slug), set())
                    ),
                )
                for slug in one.rule.courses
                if slug not in have
            ]


def _place(grade: str) -> int:
    """The best proof first."""
    order: tuple[str, ...] = GRADES
    return order.index(grade)


def _history(question: Question, one: Ruled, persons: list[int]) -> CompoundSelect[Any]:
    """(person, course, what, on, at): completions with their proof ("completed:test"), parts of the running cycle, the last reading and the last test."""
    no_day, no_time = cast(null(), Date), cast(null(), Moment)
    start, end = question.since(one)
    counts = case(
        (Completion.grade.in_(question.grades(one)), literal("completed:").concat(Completion.grade)), else_=literal("")
    )
    completions = select(Completion.person_id, Completion.course_slug, counts, Completion.completed_on, no_time).where(
        Completion.person_id.in_(persons), known(Completion, question.known_at)
    )
    parts = (
        select(Enrolment.person_id, Enrolment.course_slug, PartDone.part, PartDone.on, no_time)
        .join(PartDone, PartDone.enrolment_id == Enrolment.id)
        .where(
            Enrolment.person_id.in_(persons),
            PartDone.on.between(start, end),
            known(PartDone, question.known_at),
        )
    )
    read = (
        select(Enrolment.person_id, literal(""), literal(""), no_day, func.max(LessonRead.read_at))
        .join(LessonRead, LessonRead.enrolment_id == Enrolment.id)
        .where(Enrolment.person_id.in_(persons))
        .group_by(Enrolment.person_id)
    )
    tried = (
        select(Attempt.person_id, literal(""), literal(""), no_day, func.max(Attempt.started_at))
        .where(Attempt.person_id.in_(persons))
        .group_by(Attempt.person_id)
    )
    return union_all(completions, parts, read, tried)
