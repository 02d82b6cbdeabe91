"""A list is staged, looked at, then confirmed in one transaction, or thrown away. Nothing is saved before that."""

import hashlib
from collections.abc import Iterable
from dataclasses import asdict
from datetime import date
from typing import Any

from sqlalchemy import func, insert, select, text, update

from lms.kernel import audit
from lms.kernel.clock import now
from lms.kernel.db import CURRENT, STILL, db
from lms.kernel.refused import Refused
from lms.kernel.turns import hold
from lms.kernel.vietnamese import search_key, sort_key, tidy
from lms.people import queries
from lms.people.categories import category_ends
from lms.people.models import Person, Posting, Roster, Unit
from lms.people.roster.matching import Known, KnownPosting, Matcher, Plan, Step
from lms.people.roster.opening import open_workbook
from lms.people.roster.reading import Fault, Line, read_sheets

CHUNK = 5_000  # ids in one statement


def stage(content: bytes, file_name: str, *, unit_id: int, on: date, by: int | None = None) -> Roster:
    """Open and read the file, and keep what was understood. Raises `Refused` when it cannot be read at all."""
    lines, faults = read_sheets(open_workbook(content), on)
    roster = Roster(
        unit_id=unit_id,
        on=on,
        file_name=tidy(file_name)[:120] or "xlsx",
        sha256=hashlib.sha256(content).hexdigest(),
        content=content,
        rows=[asdict(line) for line in lines],
        errors=[fault.as_json() for fault in faults],
        uploaded_at=now(),
        uploaded_by=by,
        counts={},
    )
    db.session.add(roster)
    db.session.flush()
    return roster


def plan_of(roster: Roster, scope: frozenset[int], *, default_unit: int | None) -> Plan:
    """What confirming the list would do now, within these units. Five statements, however long the list."""
    lines = [Line(**row) for row in roster.rows]
    faults = [Fault(**fault) for fault in roster.errors]
    tree = queries.units_at(roster.on)
    called: dict[str, list[int]] = {}
    for unit_id, version in tree.versions.items():
        if unit_id in scope:
            for key in {version.search_key, search_key(version.code)} - {""}:
                called.setdefault(key, []).append(unit_id)
    known = _known(scope)
    codes = {line.staff_code for line in lines if line.staff_code}
    elsewhere = _codes_in_use(codes) - {one.staff_code for one in known}
    matcher = Matcher(
        known,
        frozenset(code for code in elsewhere if code),
        lambda name: ids[0] if len(ids := called.get(search_key(name), [])) == 1 else None,
        default_unit,
        roster.on,
        {category: row.on for category, row in category_ends().items()},
    )
    return matcher.plan(lines, faults)


def confirm(
    roster: Roster, plan: Plan, *, skip_bad: bool = False, seen: str | None = None, by: int | None = None
) -> dict[str, int]:
    """Write the good rows, all or none. `seen` is the fingerprint of the plan that was shown."""
    hold(Unit, roster.unit_id)
    db.session.refresh(roster, ["confirmed_at", "discarded_at"])
    if roster.confirmed_at or roster.discarded_at:
        raise Refused("This list was confirmed or thrown away already.")
    if seen is not None and seen != plan.fingerprint:
        raise Refused("The register has changed since you looked. Look at the preview again, then confirm.")
    if plan.faults and not skip_bad:
        raise Refused("Some rows have errors. Correct them and send the list again, or tick that they are left out.")
    moment = now()
    _add_people(plan.of("new"), by)
    changed = plan.of("changed")
    _correct_people(changed)
    _change_postings([step for step in changed if step.posting], by)
    _join([step for step in changed if step.joins and step.person_id], by)
    roster.confirmed_at, roster.counts = moment, plan.counts
    db.session.flush()
    audit.record("roster.confirmed", "roster", roster.id, by=by, unit=roster.unit_id, **plan.counts)
    return plan.counts


def discard(roster: Roster, *, by: int | None = None) -> None:
    """Throw the list away; the register stays as it was."""
    if roster.confirmed_at:
        raise Refused("This list was confirmed or thrown away already.")
    roster.discarded_at, roster.content, roster.rows, roster.errors = now(), b"", [], []
    audit.record("roster.discarded", "roster", roster.id, by=by)
    db.session.flush()


def _known(scope: frozenset[int]) -> list[Known]:
    """Everyone with a posting in these units, past ones too."""
    there = queries.persons_of_units(scope)
    columns = ("id", "staff_code", "full_name", "search_key", "birth", "birth_precision", "sex", "phone")
    found: Any = db.session.execute(select(*(getattr(Person, name) for name in columns)).where(there))
    persons = {row.id: Known(*row) for row in found}
    names = ("id", "unit_id", "category", "position", "direct_support", "valid_from", "valid_to")
    rows: Any = db.session.execute(
        select(Posting.person_id, *(getattr(Posting, name) for name in names)).where(
            Posting.superseded_at == CURRENT,
            Posting.unit_id.in_(scope),
            Posting.person_id.in_(select(Person.id).where(there)),
        )
    )
    for person_id, *values in rows:
        persons[person_id].postings.append(KnownPosting(*values))
    return list(persons.values())


def _codes_in_use(codes: set[str]) -> set[str | None]:
    found: set[str | None] = set()
    for some in _chunks(sorted(codes)):
        found |= set(db.session.scalars(select(Person.staff_code).where(Person.staff_code.in_(some))))
    return found


def _chunks(values: list[Any]) -> Iterable[list[Any]]:
    for start in range(0, len(values), CHUNK):
        yield values[start : start + CHUNK]


def _add_people(steps: list[Step], by: int | None) -> None:
    if not steps:
        return
    moment = now()
    ids = _new_ids(len(steps))
    rows = [
        {
            "id": person_id,
            "staff_code": step.line.staff_code or None,
            "full_name": step.line.full_name,
            "search_key": search_key(step.line.full_name),
            "sort_key": sort_key(step.line.full_name),
            "sex": step.line.sex,
            "birth": date.fromisoformat(step.line.birth) if step.line.birth else None,
            "birth_precision": step.line.birth_precision,
            "phone": step.line.phone,
            "recorded_at": moment,
            "recorded_by": by,
        }
        for step, person_id in zip(steps, ids, strict=True)
    ]
    db.session.execute(insert(Person), rows)
    _insert_postings([_posting(step, person_id, by) for step, person_id in zip(steps, ids, strict=True)])


def _new_ids(count: int) -> list[int]:
    """Ids for so many new persons, in one statement: asking for them row by row would cost as many."""
    if db.engine.dialect.name == "postgresql":
        drawn = text("SELECT nextval(pg_get_serial_sequence('person', 'id')) FROM generate_series(1, :count)")
        return list(db.session.scalars(drawn, {"count": count}))
    last = db.session.scalar(select(func.max(Person.id))) or 0  # nobody else writes: SQLite's lock is ours
    return list(range(last + 1, last + 1 + count))


def _posting(step: Step, person_id: int, by: int | None) -> dict[str, Any]:
    names = ("category", "position", "direct_support")
    work = {name: getattr(step.line, name) for name in names}
    dates = {"valid_from": step.since, "valid_to": STILL, "recorded_at": now(), "superseded_at": CURRENT}
    return {
        "person_id": person_id,
        "unit_id": step.unit_id,
        **work,
        **dates,
        "because": "roster",
        "recorded_by": by,
    }


def _insert_postings(rows: list[dict[str, Any]]) -> None:
    if rows:
        db.session.execute(insert(Posting), rows)


def _correct_people(steps: list[Step]) -> None:
    for step in steps:
        facts = dict(step.facts)
        if not facts:
            continue
        if "birth" in facts:
            facts["birth"] = date.fromisoformat(facts["birth"])
        if name := facts.get("full_name"):
            facts |= {"search_key": search_key(name), "sort_key": sort_key(name)}
        db.session.execute(update(Person).where(Person.id == step.person_id).values(**facts))


def _change_postings(steps: list[Step], by: int | None) -> None:
    """From the day of the list on, the posting reads differently; before that day it stays as it was."""
    moment, rows = now(), []
    for some in _chunks([step.posting.id for step in steps if step.posting]):
        db.session.execute(update(Posting).where(Posting.id.in_(some)).values(superseded_at=moment))
    for step in steps:
        if (old := step.posting) is None:
            continue
        kept = {"person_id": step.person_id, "unit_id": old.unit_id, "because": "roster", "recorded_by": by}
        before = {"category": old.category, "position": old.position, "direct_support": old.direct_support}
        clocks = {"recorded_at": moment, "superseded_at": CURRENT}
        if old.valid_from < step.since:
            rows.append({**kept, **before, **clocks, "valid_from": old.valid_from, "valid_to": step.since})
        rows.append({**kept, **before, **step.work, **clocks, "valid_from": step.since, "valid_to": old.valid_to})
    _insert_postings(rows)


def _join(steps: list[Step], by: int | None) -> None:
    _insert_postings([_posting(step, step.person_id, by) for step in steps if step.person_id])
