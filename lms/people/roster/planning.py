"""A list beside the register as it is now: what confirming it would do. Reads only; seven statements, however long the list."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import select

from lms.kernel.db import CURRENT, db
from lms.kernel.vietnamese import read_date
from lms.people import queries
from lms.people.categories import category_ends
from lms.people.models import Person, Posting, Roster, SamePerson
from lms.people.roster.matching import Circle, Matcher
from lms.people.roster.models import RosterMeaning, RosterReading
from lms.people.roster.plan import Known, KnownPosting, Plan, in_order
from lms.people.roster.rows import Answers, ReadBook, ReadError, ReadRow

CHUNK = 5_000  # ids in one statement
PERSON = ("id", "staff_code", "full_name", "search_key", "birth", "birth_precision", "sex", "phone")
POSTING = ("id", "unit_id", "category", "position", "direct_support", "valid_from", "valid_to")


def reading_of(roster: Roster) -> RosterReading:
    """How the list was understood, and what was answered about it."""
    return db.session.get_one(RosterReading, roster.id)


def plan_of(roster: Roster, scope: frozenset[int], *, default_unit: int | None) -> Plan:
    """What confirming the list would do now, within these units."""
    reading = reading_of(roster)
    rows = tuple(ReadRow.from_json(row) for row in roster.rows)
    book = ReadBook(rows, tuple(ReadError.from_json(one) for one in roster.errors), ())
    known = _known(scope)
    elsewhere = _codes_in_use({row.staff_code for row in rows if row.staff_code}) - {one.staff_code for one in known}
    circle = Circle(
        known=known,
        codes_elsewhere=frozenset(code for code in elsewhere if code),
        scope=scope,
        default_unit=default_unit,
        on=roster.on,
        days={one["name"]: day for one in reading.sheets if (day := read_date(one["on"]))},
        telling=frozenset(
            one["name"] for one in reading.sheets if "category" in {column["field"] for column in one["columns"]}
        ),
        ended={category: row.on for category, row in category_ends().items()},
        leads=_leads(),
        answers=reading.answers.get("same", {}),
        remembered={row.key: row.value["answer"] for row in meanings(roster.unit_id) if row.kind == "same"},
    )
    refused = [name for one in reading.sheets for name in one.get("refused", ())]
    plan = Matcher(circle).plan(book, whole=not reading.answers.get("part"), refused=refused)
    plan.errors = in_order(plan.errors, [one["name"] for one in reading.sheets])
    return plan


def meanings(unit_id: int) -> list[RosterMeaning]:
    """What the unit is known to mean by things in its lists."""
    held = (RosterMeaning.unit_id == unit_id, RosterMeaning.superseded_at == CURRENT)
    return list(db.session.scalars(select(RosterMeaning).where(*held).order_by(RosterMeaning.id)))


def answers_for(roster: Roster, said: dict[str, Any]) -> Answers:
    """What the reader is told: what the unit means as a rule, and what was said about this list."""
    rules: dict[str, dict[str, Any]] = {"heading": {}, "unit": {}, "position": {}}
    for row in meanings(roster.unit_id):
        if row.kind in rules:
            rules[row.kind][row.key] = row.value["answer"]
    for kind, words in rules.items():
        words.update(said.get(kind, {}))
    return Answers(
        headings=rules["heading"],
        units={key: int(unit) for key, unit in rules["unit"].items()},
        positions=rules["position"],
        month_first=bool(said.get("month_first")),
    )


def _known(scope: frozenset[int]) -> list[Known]:
    """Everyone with a posting in these units, past ones too."""
    there = queries.persons_of_units(scope)
    found: Any = db.session.execute(select(*(getattr(Person, name) for name in PERSON)).where(there))
    persons = {row.id: Known(*row) for row in found}
    rows: Any = db.session.execute(
        select(Posting.person_id, *(getattr(Posting, name) for name in POSTING)).where(
            Posting.superseded_at == CURRENT,
            Posting.unit_id.in_(scope),
            Posting.person_id.in_(select(Person.id).where(there)),
        )
    )
    for person_id, *values in rows:
        persons[person_id].postings.append(KnownPosting(*values))
    return list(persons.values())


def _leads() -> dict[int, int]:
    rows = db.session.execute(
        select(SamePerson.other_id, SamePerson.kept_id).where(SamePerson.superseded_at == CURRENT)
    )
    return {row.other_id: row.kept_id for row in rows}


def _codes_in_use(codes: set[str]) -> set[str | None]:
    found: set[str | None] = set()
    for some in chunks(sorted(codes)):
        found |= set(db.session.scalars(select(Person.staff_code).where(Person.staff_code.in_(some))))
    return found


def chunks(values: list[Any]) -> Iterable[list[Any]]:
    for start in range(0, len(values), CHUNK):
        yield values[start : start + CHUNK]
