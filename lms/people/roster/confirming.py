"""A list is written into the register: one transaction, and every step of it is kept so that it can be taken back."""

from collections.abc import Collection
from datetime import date
from typing import Any

from sqlalchemy import func, insert, select, text, update

from lms.kernel import audit
from lms.kernel.clock import now
from lms.kernel.db import CURRENT, STILL, Model, db
from lms.kernel.refused import Refused
from lms.kernel.turns import hold
from lms.kernel.vietnamese import search_key, sort_key
from lms.people.models import Person, Posting, Roster, Unit
from lms.people.roster.matching import digest_of, key_of
from lms.people.roster.models import RosterMeaning, RosterReading, RosterStep
from lms.people.roster.plan import Leaver, Plan, Step
from lms.people.roster.planning import chunks, meanings, reading_of
from lms.people.roster.staging import SETTLED

REMEMBERED = ("heading", "unit", "position")


def confirm(
    roster: Roster,
    plan: Plan,
    *,
    skip_bad: bool = False,
    leaving: Collection[int] = (),
    seen: str | None = None,
    by: int | None = None,
) -> dict[str, int]:
    """Write the good rows, all or none. `leaving`: postings of proposed leavers that end. `seen`: the plan that was shown."""
    hold(Unit, roster.unit_id)
    db.session.refresh(roster, ["confirmed_at", "discarded_at"])
    reading = reading_of(roster)
    if roster.confirmed_at or roster.discarded_at:
        raise Refused(SETTLED)
    if reading.read_at is None:
        raise Refused("The list is still being read. Wait a moment, then look again.")
    if seen is not None and seen != plan.fingerprint:
        raise Refused("The register has changed since you looked. Look at the preview again, then confirm.")
    if (plan.wrong or plan.questions) and not skip_bad:
        raise Refused(
            "Some rows have errors or open questions. Settle them, or tick that these rows are left out for now."
        )
    gone = [one for one in plan.leavers if one.posting.id in leaving]
    writing = _Writing(roster.id, by)
    writing.add_people(plan.of("new"))
    writing.change_people(plan.of("changed"))
    writing.end_postings(gone, roster.on)
    writing.finish()
    _remember(roster, reading, plan, by)
    counts = {**plan.counts, "left": len(gone)}
    roster.confirmed_at, roster.counts = writing.moment, counts
    db.session.flush()
    audit.record("roster.confirmed", "roster", roster.id, by=by, unit=roster.unit_id, **counts)
    return counts


class _Writing:
    """Rows gathered, then written in as few statements as there are tables; `RosterStep` says what became of whom."""

    def __init__(self, roster_id: int, by: int | None) -> None:
        self.roster_id, self.by, self.moment = roster_id, by, now()
        self.persons: list[dict[str, Any]] = []
        self.postings: list[tuple[dict[str, Any], dict[str, Any]]] = []  # posting, the step it belongs to
        self.steps: dict[int, dict[str, Any]] = {}
        self.closed: list[int] = []

    def step(self, person_id: int, *, made: bool = False) -> dict[str, Any]:
        empty: dict[str, Any] = {"before": {}, "after": {}, "closed": [], "opened": []}
        found = {"roster_id": self.roster_id, "person_id": person_id, "made": made, **empty}
        return self.steps.setdefault(person_id, found)

    def add_people(self, steps: list[Step]) -> None:
        for step, person_id in zip(steps, new_ids(Person, len(steps)), strict=True):
            row = step.row
            facts = {
                "staff_code": row.staff_code or None,
                "full_name": row.full_name,
                "sex": row.sex,
                "birth": row.born,
                "birth_precision": row.precision,
                "phone": row.phone,
            }
            keys = {"search_key": search_key(row.full_name), "sort_key": sort_key(row.full_name)}
            self.persons.append({"id": person_id, **facts, **keys, "recorded_at": self.moment, "recorded_by": self.by})
            kept = self.step(person_id, made=True)
            kept["after"] = as_json(facts)
            self._open(kept, _said(step), step.unit_id, step.since, STILL)

    def change_people(self, steps: list[Step]) -> None:
        for step in steps:
            if step.person_id is None:
                continue
            kept = self.step(step.person_id)
            self._correct(step, kept)
            if step.joins:
                self._open(kept, _said(step), step.unit_id, step.since, STILL)
            if (old := step.posting) is None:
                continue
            before = {"category": old.category, "position": old.position, "direct_support": old.direct_support}
            self._close(kept, old.id)
            if old.valid_from < step.since:
                self._open(kept, before, old.unit_id, old.valid_from, step.since)
            self._open(kept, {**before, **step.work}, old.unit_id, step.since, old.valid_to)

    def end_postings(self, gone: list[Leaver], on: date) -> None:
        for one in gone:
            old, kept = one.posting, self.step(one.person.id)
            self._close(kept, old.id)
            said = {"category": old.category, "position": old.position, "direct_support": old.direct_support}
            self._open(kept, said, old.unit_id, old.valid_from, on)

    def _correct(self, step: Step, kept: dict[str, Any]) -> None:
        facts = dict(step.facts)
        if not facts:
            return
        if "birth" in facts:
            facts["birth"], facts["birth_precision"] = step.row.born, step.row.precision
        if name := facts.get("full_name"):
            facts |= {"search_key": search_key(name), "sort_key": sort_key(name)}
        columns = [getattr(Person, name) for name in facts]
        held = db.session.execute(select(*columns).where(Person.id == step.person_id)).one()
        db.session.execute(update(Person).where(Person.id == step.person_id).values(**facts))
        kept["before"], kept["after"] = as_json(dict(held._mapping)), as_json(facts)

    def _close(self, kept: dict[str, Any], posting_id: int) -> None:
        self.closed.append(posting_id)
        kept["closed"].append(posting_id)

    def _open(self, kept: dict[str, Any], said: dict[str, Any], unit_id: int, start: date, end: date) -> None:
        row = {"person_id": kept["person_id"], "unit_id": unit_id, **said, "valid_from": start, "valid_to": end}
        clocks = {"recorded_at": self.moment, "superseded_at": CURRENT}
        self.postings.append(({**row, **clocks, "because": "roster", "recorded_by": self.by}, kept))

    def finish(self) -> None:
        if self.persons:
            db.session.execute(insert(Person), self.persons)
        for some in chunks(self.closed):
            db.session.execute(update(Posting).where(Posting.id.in_(some)).values(superseded_at=self.moment))
        for (row, kept), posting_id in zip(self.postings, new_ids(Posting, len(self.postings)), strict=True):
            row["id"] = posting_id
            kept["opened"].append(posting_id)
        if self.postings:
            db.session.execute(insert(Posting), [row for row, _kept in self.postings])
        if self.steps:
            db.session.execute(insert(RosterStep), list(self.steps.values()))


def _said(step: Step) -> dict[str, Any]:
    return {name: getattr(step.row, name) for name in ("category", "position", "direct_support")}


def as_json(facts: dict[str, Any]) -> dict[str, Any]:
    """Facts of a person as a JSON column holds them."""
    return {name: value.isoformat() if isinstance(value, date) else value for name, value in facts.items()}


def new_ids(model: type[Model], count: int) -> list[int]:
    """Ids for so many new rows, in one statement: asking for them row by row would cost as many."""
    if not count:
        return []
    if db.engine.dialect.name == "postgresql":
        drawn = text("SELECT nextval(pg_get_serial_sequence(:table, 'id')) FROM generate_series(1, :count)")
        return list(db.session.scalars(drawn, {"table": model.__tablename__, "count": count}))
    last = db.session.scalar(select(func.max(model.__table__.c.id))) or 0  # nobody else writes: SQLite's lock is ours
    return list(range(last + 1, last + 1 + count))


def _remember(roster: Roster, reading: RosterReading, plan: Plan, by: int | None) -> None:
    """What was said about this list is what its unit means, until it says otherwise."""
    said = {(kind, key): value for kind in REMEMBERED for key, value in reading.answers.get(kind, {}).items()}
    same = reading.answers.get("same", {})
    for step in plan.steps:
        answer = same.get(key_of(step.row), "")
        if answer and answer != "new":  # who was said to be somebody else is known by now
            said["same", digest_of(step.row, step.unit_id)] = answer
    held = {(row.kind, row.key): row for row in meanings(roster.unit_id)}
    moment = now()
    for (kind, key), value in said.items():
        old = held.get((kind, key))
        if old is not None and old.value == {"answer": value}:
            continue
        if old is not None:
            old.superseded_at = moment
            db.session.flush()
        row = {"unit_id": roster.unit_id, "kind": kind, "key": key[:300], "value": {"answer": value}}
        db.session.add(RosterMeaning(**row, recorded_at=moment, recorded_by=by))
    db.session.flush()
