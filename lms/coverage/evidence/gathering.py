"""Everything that shows why somebody counts as trained, in plain values: postings with both clocks, the rule, the completions."""

from collections.abc import Collection, Iterable
from datetime import date
from typing import Any

from sqlalchemy import select

from lms.coverage import listing, words
from lms.coverage.evidence import proofs
from lms.coverage.evidence.proofs import Values
from lms.coverage.question import Question, known
from lms.kernel.db import BEGINNING, CURRENT, STILL, db
from lms.people.models import Person, Posting, Standing
from lms.people.register_queries import UnitNames
from lms.people.rules import birth_words
from lms.tracks.course import Course
from lms.tracks.models import Completion


def asked(question: Question, i: int, courses: dict[str, Course]) -> Values:
    """What was asked: plan, indicator, days, and the rule in words."""
    one = question.ruled[i]
    first, last = question.since(one)
    return {
        "plan": question.plan.title,
        "fictitious": question.plan.fictitious,
        "indicator": one.indicator.title,
        "as_of": question.as_of.isoformat(),
        "known_at": question.known_at and question.known_at.isoformat(),
        "tree_at": question.tree_at.isoformat(),
        "rule": f"{words.reading(one)} {words.needed(one, courses)}",
        "rule_recorded_at": one.row.recorded_at.isoformat(),
        "completed_between": [first.isoformat(), last.isoformat()],
    }


def gathered(question: Question, i: int, persons: Collection[int], scope: Collection[int]) -> dict[int, Values]:
    """Person id -> the evidence, within these units; records that turned out to be one person's come together."""
    courses, names = listing.courses_of(question), UnitNames()
    rows = {row.id: row for row in db.session.scalars(select(Person).where(Person.id.in_(persons)))}
    stand = {person.id: line for (person, _state), line in _lines(question, i, persons, courses)}
    return {
        person_id: {
            "person": _person(rows[person_id]),
            "records": sorted(question.records([person_id])),
            "why": words.why(stand[person_id]) if person_id in stand else "",
            "postings": _postings(question.records([person_id]), scope, names),
            "exceptions": _exceptions(question.records([person_id])),
            "completions": _completions(question, i, question.records([person_id])),
        }
        for person_id in persons
        if person_id in rows
    }


def recorders(found: Iterable[Any]) -> set[int]:
    """Every account id that the values name, to be worded once."""
    ids: set[int] = set()
    for one in found:
        if isinstance(one, dict):
            ids |= {value for name, value in one.items() if name.endswith("_by") and isinstance(value, int)}
            ids |= recorders(one.values())
        elif isinstance(one, list):
            ids |= recorders(one)
    return ids


def _lines(question: Question, i: int, persons: Collection[int], courses: dict[str, Course]) -> list[Any]:
    found = listing.listed(question, i, listing.Wanted()).where(Person.id.in_(persons))
    rows = db.session.execute(found).all()
    return list(zip(rows, listing.lines(question, i, rows, courses), strict=True))


def _person(row: Person) -> Values:
    return {
        "id": row.id,
        "name": row.full_name,
        "staff_code": row.staff_code or "",
        "born": birth_words(row.birth, row.birth_precision),
    }


def _postings(records: Collection[int], scope: Collection[int], names: UnitNames) -> list[Values]:
    """Held or superseded, in the order recorded; only those at units of the scope."""
    rows = select(Posting).where(Posting.person_id.in_(records), Posting.unit_id.in_(scope))
    return [
        {
            "unit": names.on(row.unit_id, row.valid_from),
            "category": row.category,
            "position": row.position,
            "direct_support": row.direct_support,
            **_clocks(row),
            "because": row.because,
        }
        for row in db.session.scalars(rows.order_by(Posting.recorded_at, Posting.id))
    ]


def _exceptions(records: Collection[int]) -> list[Values]:
    rows = select(Standing).where(Standing.person_id.in_(records)).order_by(Standing.id)
    return [
        {
            "indicator": row.indicator_slug,
            "kind": row.kind,
            "reason": row.reason,
            "evidence": row.evidence,
            **_clocks(row),
        }
        for row in db.session.scalars(rows)
    ]


def _completions(question: Question, i: int, records: Collection[int]) -> list[Values]:
    """Those that count for the figure."""
    one = question.ruled[i]
    rows = select(Completion).where(
        Completion.person_id.in_(records),
        Completion.course_slug.in_(one.rule.courses),
        Completion.completed_on.between(*question.since(one)),
        Completion.grade.in_(question.grades(one)),
        known(Completion, question.known_at),
    )
    return [proofs.completion(row) for row in db.session.scalars(rows.order_by(Completion.completed_on, Completion.id))]


def _clocks(row: Any) -> Values:
    """When it was true, when we held it to be so, and who recorded it."""
    return {
        "valid_from": None if row.valid_from == BEGINNING else _day(row.valid_from),
        "valid_to": None if row.valid_to == STILL else _day(row.valid_to),
        "recorded_at": row.recorded_at.isoformat(),
        "recorded_by": row.recorded_by,
        "superseded_at": None if row.superseded_at == CURRENT else row.superseded_at.isoformat(),
    }


def _day(day: date) -> str:
    return day.isoformat()
