"""The lists a viewer may see: those of units whose register they keep."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from sqlalchemy import Row, Select, select

from lms.kernel.access import missing
from lms.kernel.db import db
from lms.kernel.jobs import Job
from lms.kernel.vietnamese import short_date
from lms.people import queries, rules
from lms.people.models import Person, Posting, Roster
from lms.people.register_queries import UnitNames, kept_units
from lms.people.roster.bad_rows import SECTION, workbook
from lms.people.roster.models import RosterReading
from lms.people.roster.plan import Plan
from lms.people.roster.planning import answers_for
from lms.people.roster.understanding import cells_of
from lms.people.roster.undoing import DAYS, may_undo
from lms.people.sign_in import Viewer

RECENT = 20


def visible_rosters(viewer: Viewer) -> Select[Roster]:
    """Lists of the viewer's units."""
    return select(Roster).where(Roster.unit_id.in_(kept_units(viewer)))


def roster(viewer: Viewer, roster_id: int) -> Roster:
    """That list; else 404."""
    found: Roster | None = db.session.scalar(visible_rosters(viewer).where(Roster.id == roster_id))
    return found or missing()


def recent(viewer: Viewer) -> list[Row[Any]]:
    """The last lists, without their rows."""
    columns = (
        Roster.id,
        Roster.unit_id,
        Roster.file_name,
        Roster.uploaded_at,
        Roster.confirmed_at,
        Roster.discarded_at,
    )
    about = (RosterReading.read_at, RosterReading.undone_at)
    query = select(*columns, Roster.counts, *about).outerjoin(RosterReading, RosterReading.roster_id == Roster.id)
    query = query.where(Roster.unit_id.in_(kept_units(viewer)))
    return list(db.session.execute(query.order_by(Roster.id.desc()).limit(RECENT)))


def reading(roster: Roster) -> RosterReading:
    """How the list was understood; of a list staged before readings were kept, an empty one that was never read."""
    found: RosterReading | None = db.session.get(RosterReading, roster.id)
    return found or RosterReading(roster_id=roster.id, sheets=[], answers={})


def job_of(reading: RosterReading) -> Job | None:
    """The job that reads it, if it needs one."""
    return db.session.get(Job, reading.job_id) if reading.job_id else None


def undo_until(roster: Roster, moment: datetime) -> datetime | None:
    """Until when the list can be taken back; None when it cannot (any more)."""
    if roster.confirmed_at is None or moment >= roster.confirmed_at + DAYS or not may_undo(roster):
        return None
    return roster.confirmed_at + DAYS


def persons_seen(viewer: Viewer) -> frozenset[int]:
    """Ids of the persons the viewer may open: who has left their units meanwhile is named without a link."""
    there = queries.persons_of_units(kept_units(viewer))
    return frozenset(db.session.scalars(select(Person.id).where(there)))


def people_of(unit_id: int, on: date) -> list[dict[str, str]]:
    """Whoever works at that unit and below on that day, a row of the template for each posting."""
    units = queries.units_at(on)
    below = queries.scope_of([unit_id])
    rows = db.session.execute(
        select(Person, Posting)
        .join(Posting, Posting.person_id == Person.id)
        .where(Posting.unit_id.in_(below), Posting.true_on(on))
        .order_by(Posting.unit_id, Person.sort_key, Person.id, Posting.id)
    )
    names, said = UnitNames(), {True: "có", False: "không", None: ""}
    return [
        {
            "full_name": person.full_name,
            "staff_code": person.staff_code or "",
            "birth": rules.birth_words(person.birth, person.birth_precision),
            "sex": {"female": "Nữ", "male": "Nam"}.get(person.sex, ""),
            "category": posting.category,
            "position": posting.position,
            "direct_support": said[posting.direct_support],
            "unit": names.on(posting.unit_id, on),
            "phone": person.phone,
            "valid_from": short_date(posting.valid_from),
        }
        for person, posting in rows
        if posting.unit_id in units.versions
    ]


def bad_rows(roster: Roster, plan: Plan, say: Callable[[str, dict[str, Any]], str]) -> bytes:
    """A spreadsheet of the rows that would not go in. `say` puts a sentence into the reader's language."""
    reasons: dict[str, dict[int, str]] = {}
    wrong = [(one.sheet, one.row, one.message, one.values) for one in plan.wrong]
    asked = [(one.row.sheet, one.row.row, one.message, one.values) for one in plan.questions]
    for sheet, row, message, values in (*wrong, *asked):
        before, said = reasons.setdefault(sheet, {}).get(row), say(message, values)
        reasons[sheet][row] = f"{before}; {said}" if before else said
    headings = answers_for(roster, reading(roster).answers).headings
    sheets = reading(roster).sheets
    headers = {one["name"]: one["header"] for one in sheets}
    sections = {one["name"]: [row["row"] for row in one["skipped"] if row["why"] == SECTION] for one in sheets}
    return workbook(cells_of(roster, headings), reasons, headers, sections)
