"""A confirmed list is taken back, person by person, for some days. What rests on a row keeps it, and says so in words.

Nothing is deleted: postings that the list recorded are superseded, those it superseded are recorded again, facts of persons are
what they were. So a figure counted in between can still be counted again.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Select, insert, select, update

from lms.kernel import audit
from lms.kernel.clock import now
from lms.kernel.db import CURRENT, db
from lms.kernel.i18n import N_
from lms.kernel.refused import Refused
from lms.kernel.turns import hold
from lms.people.models import Person, Posting, Roster, Unit
from lms.people.roster.confirming import as_json
from lms.people.roster.models import RosterStep
from lms.people.roster.planning import chunks, reading_of

DAYS = timedelta(days=7)
COLUMNS = (
    "id",
    "person_id",
    "unit_id",
    "category",
    "position",
    "direct_support",
    "because",
    "valid_from",
    "valid_to",
    "superseded_at",
)
OF_THE_LIST = frozenset({"posting", "enrolment"})  # looked at by themselves

CHANGED_POSTING = N_("Where they work was changed since.")
CHANGED_FACTS = N_("Their record was corrected since.")
IN_THE_WAY = N_("They were posted at the same unit anew since.")
WORDS = {
    "account": N_("They have an account since."),
    "standing": N_("An exception was recorded for them since."),
    "same_person": N_("Their record was put together with another since."),
    "enrolment": N_("They began a course since."),
}
RESTS = N_("Training or papers of theirs were recorded since.")


@dataclass(frozen=True)
class Kept:
    """A row that cannot be taken back, and why."""

    person_id: int
    full_name: str
    why: str  # an English source sentence


@dataclass(frozen=True)
class Undoing:
    """What taking a list back would do: steps that go, and what is kept."""

    steps: list[RosterStep]
    kept: list[Kept]


def may_undo(roster: Roster) -> bool:
    """Confirmed, not longer ago than some days, and something of it still stands."""
    if roster.confirmed_at is None or now() >= roster.confirmed_at + DAYS:
        return False
    left = select(RosterStep.id).where(RosterStep.roster_id == roster.id, RosterStep.undone_at.is_(None)).limit(1)
    return db.session.scalar(left) is not None


def undoing_of(roster: Roster) -> Undoing:
    """Which steps can be taken back now, and which not. Reads only."""
    steps = list(
        db.session.scalars(
            select(RosterStep)
            .where(RosterStep.roster_id == roster.id, RosterStep.undone_at.is_(None))
            .order_by(RosterStep.id)
        )
    )
    ids = [step.person_id for step in steps]
    persons = {one.id: one for one in _in_chunks(select(Person), Person.id, ids)}
    postings: dict[int, list[Any]] = {}
    wanted = select(*(getattr(Posting, name) for name in COLUMNS))
    for some in chunks(ids):
        for row in db.session.execute(wanted.where(Posting.person_id.in_(some))):
            postings.setdefault(row.person_id, []).append(row)
    rests = _resting([step.person_id for step in steps if step.made])
    good, kept = [], []
    for step in steps:
        person = persons[step.person_id]
        why = _why_not(step, person, postings.get(person.id, [])) or rests.get(person.id, "")
        if why:
            kept.append(Kept(person.id, person.full_name, why))
        else:
            good.append(step)
    return Undoing(good, kept)


def undo(roster: Roster, *, by: int | None = None) -> Undoing:
    """Take back what can be; the rest stays as it is. Refuses when the time is over."""
    hold(Unit, roster.unit_id)
    db.session.refresh(roster, ["confirmed_at"])
    if not may_undo(roster):
        raise Refused("A list can be taken back for 7 days after it was confirmed, once. This one cannot any more.")
    found = undoing_of(roster)
    moment = now()
    opened = [one for step in found.steps for one in step.opened]
    for some in chunks(opened):
        db.session.execute(update(Posting).where(Posting.id.in_(some)).values(superseded_at=moment))
    again = []
    wanted = select(*(getattr(Posting, name) for name in COLUMNS))
    for some in chunks([one for step in found.steps for one in step.closed]):
        for row in db.session.execute(wanted.where(Posting.id.in_(some)).order_by(Posting.id)):
            said = {name: value for name, value in row._mapping.items() if name != "id"}
            again.append({**said, "superseded_at": CURRENT, "recorded_at": moment, "recorded_by": by})
    if again:
        db.session.execute(insert(Posting), again)
    for step in found.steps:
        facts = _facts(step.before) | ({"staff_code": None} if step.made else {})
        if facts:
            db.session.execute(update(Person).where(Person.id == step.person_id).values(**facts))
        step.undone_at = moment
    reading = reading_of(roster)
    reading.undone_at, reading.undone_by = moment, by
    db.session.flush()
    audit.record("roster.undone", "roster", roster.id, by=by, undone=len(found.steps), kept=len(found.kept))
    return found


def _facts(before: dict[str, Any]) -> dict[str, Any]:
    facts = dict(before)
    if facts.get("birth"):
        facts["birth"] = date.fromisoformat(facts["birth"])
    return facts


def _why_not(step: RosterStep, person: Person, rows: list[Any]) -> str:
    held = {row.id: row for row in rows if row.superseded_at == CURRENT}
    if any(one not in held for one in step.opened):
        return CHANGED_POSTING
    if step.after and as_json({name: getattr(person, name) for name in step.after}) != step.after:
        return CHANGED_FACTS
    others = [row for row in held.values() if row.id not in step.opened]
    if step.made and others:
        return CHANGED_POSTING
    for old in (row for row in rows if row.id in step.closed):
        same = [row for row in others if row.unit_id == old.unit_id]
        if any(row.valid_from < old.valid_to and old.valid_from < row.valid_to for row in same):
            return IN_THE_WAY
    return ""


def _resting(person_ids: list[int]) -> dict[int, str]:
    """What refers to persons that the list added, whichever room recorded it; being enrolled alone (which happens by itself) is nothing."""
    tables = Person.metadata.tables
    found: dict[int, str] = {}
    for table in tables.values():
        if table.name in OF_THE_LIST:
            continue
        for key in table.foreign_keys:
            if key.column.table.name == "person":
                _note(found, select(key.parent), key.parent, person_ids, table.name)
    enrolment = tables.get("enrolment")
    if enrolment is not None:
        for table in tables.values():
            for key in table.foreign_keys:
                if key.column.table.name == "enrolment":
                    begun = select(enrolment.c.person_id).join(table, key.parent == enrolment.c.id)
                    _note(found, begun, enrolment.c.person_id, person_ids, "enrolment")
    return found


def _note(found: dict[int, str], query: Select[Any], column: Any, person_ids: list[int], name: str) -> None:
    for some in chunks(person_ids):
        for person_id in db.session.scalars(query.where(column.in_(some)).distinct()):
            found.setdefault(person_id, WORDS.get(name, RESTS))


def _in_chunks(query: Select[Any], column: Any, ids: list[int]) -> Iterable[Any]:
    for some in chunks(ids):
        yield from db.session.scalars(query.where(column.in_(some)))
