"""A list beside the register as it is now: what confirming it would do. Reads only; a handful of statements, however long the list, and
of the register only whoever the list may mean."""

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import ColumnElement, select

from lms.kernel.db import CURRENT, db
from lms.kernel.vietnamese import read_date, search_key
from lms.people import queries
from lms.people.categories import category_ends
from lms.people.models import Person, Posting, Roster, SamePerson
from lms.people.roster.matching import Circle, Matcher, asks_elsewhere
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
    known = _known(rows, scope, default_unit)
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
        without=frozenset(name for name, left_out in said.get("without", {}).items() if left_out),
    )


def _known(rows: Sequence[ReadRow], scope: frozenset[int], default_unit: int | None) -> list[Known]:
    """Of everyone with a posting in these units, past ones too: who worked at a unit of the list, who has one of its codes, and
    who bears the name and the birth of a row that may mean them wherever they work. With all their postings there, oldest first."""
    units = {row.unit_id or default_unit for row in rows} & scope
    at_units = select(Posting.person_id).where(Posting.unit_id.in_(units), Posting.superseded_at == CURRENT)
    there = queries.persons_of_units(scope)
    persons = _persons(Person.id.in_(at_units) & there, scope)
    besides = (_coded(rows, there) | _born(rows, there)) - persons.keys()
    for some in chunks(sorted(besides)):
        persons |= _persons(Person.id.in_(some), scope)
    return [persons[number] for number in sorted(persons)]


def _persons(which: ColumnElement[bool], scope: frozenset[int]) -> dict[int, Known]:
    """By id. One statement."""
    columns = (*(getattr(Person, name) for name in PERSON), *(getattr(Posting, name) for name in POSTING))
    query = select(*columns).join(Posting, Posting.person_id == Person.id)
    held = (Posting.superseded_at == CURRENT, Posting.unit_id.in_(scope))
    found: dict[int, Known] = {}
    for row in db.session.execute(query.where(which, *held).order_by(Person.id, Posting.id)):
        one = found.get(row[0]) or found.setdefault(row[0], Known(*row[: len(PERSON)]))
        one.postings.append(KnownPosting(*row[len(PERSON) :]))
    return found


def _coded(rows: Sequence[ReadRow], there: ColumnElement[bool]) -> set[int]:
    """Who has a code of the list, in whatever capitals."""
    codes = {row.staff_code for row in rows if row.staff_code}
    if not codes:
        return set()
    held = db.session.execute(select(Person.id, Person.staff_code).where(there, Person.staff_code.is_not(None)))
    return {number for number, code in held if code and code.upper() in codes}


def _born(rows: Sequence[ReadRow], there: ColumnElement[bool]) -> set[int]:
    """Who bears the name and the birth of such a row."""
    wanted = {(search_key(row.full_name), row.birth) for row in rows if asks_elsewhere(row)}
    found: set[int] = set()
    for some in chunks(sorted({name for name, _birth in wanted})):
        bearers = select(Person.id, Person.search_key, Person.birth).where(there, Person.search_key.in_(some))
        held = db.session.execute(bearers.where(Person.birth.is_not(None)))
        found |= {number for number, name, born in held if born and (name, born.isoformat()) in wanted}
    return found


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
