"""A list is kept aside, read (at once, or by a job), and answered about. Nothing of it is in the register yet."""

import hashlib
from collections.abc import Mapping
from dataclasses import asdict
from datetime import date
from typing import Any

from lms.kernel import audit, jobs
from lms.kernel.clock import now, today
from lms.kernel.db import db
from lms.kernel.refused import Refused
from lms.kernel.turns import hold
from lms.kernel.vietnamese import short_date, tidy
from lms.people.models import Roster, Unit
from lms.people.roster.bad_rows import is_part
from lms.people.roster.models import RosterReading
from lms.people.roster.planning import answers_for, reading_of
from lms.people.roster.understanding import understand

SMALL = 150_000  # bytes: a file up to this is read while somebody waits, some thousand rows
KINDS = frozenset({"heading", "unit", "position", "same", "without"})
READ = "people.read_roster"
SETTLED = "This list was confirmed or thrown away already."


def stage(
    content: bytes,
    file_name: str,
    *,
    unit_id: int,
    on: date | None,
    by: int | None = None,
    wait: bool | None = None,
    nameless: bool = True,
) -> Roster:
    """Keep the file aside and read it, or have it read. `on` None: as the list says. `wait`: read it here, however long it is.
    `nameless`: rows that name no unit are of this one.

    Raises `Refused` when it is read here and cannot be read at all.
    """
    roster = Roster(
        unit_id=unit_id,
        on=on or today(),
        file_name=tidy(file_name)[:120] or "xlsx",
        sha256=hashlib.sha256(content).hexdigest(),
        content=content,
        rows=[],
        errors=[],
        uploaded_at=now(),
        uploaded_by=by,
        counts={},
    )
    db.session.add(roster)
    db.session.flush()
    said = ({"on": on.isoformat()} if on else {}) | ({} if nameless else {"nameless": False})
    reading = RosterReading(roster_id=roster.id, sheets=[], answers=said)
    db.session.add(reading)
    db.session.flush()
    _have_it_read(roster, reading, by, wait)
    return roster


def _have_it_read(roster: Roster, reading: RosterReading, by: int | None, wait: bool | None = None) -> None:
    if wait or (wait is None and len(roster.content) <= SMALL):
        read(roster)
        return
    reading.read_at = None
    reading.job_id = jobs.start(READ, {"roster_id": roster.id}, by=by).id
    db.session.flush()


def read(roster: Roster) -> None:
    """Understand the file with all that was answered so far, and keep what was understood. All or nothing; may be done again."""
    reading = reading_of(roster)
    said = dict(reading.answers)
    on = date.fromisoformat(said["on"]) if said.get("on") else None
    nameless = roster.unit_id if said.get("nameless", True) else None
    book, besides = understand(roster, answers_for(roster, said), on, nameless)
    days = [sheet.on for sheet in book.sheets if sheet.on and sheet.persons]
    if on is None and days:
        roster.on = max(days)
    roster.rows = [row.as_json() for row in book.rows]
    roster.errors = [error.as_json() for error in book.errors]
    reading.sheets = [
        {**asdict(sheet), "on": short_date(sheet.on) if sheet.on else "", **besides.get(sheet.name, {})}
        for sheet in book.sheets
    ]
    if any(is_part([column.heading for column in sheet.columns]) for sheet in book.sheets):
        reading.answers = {**said, "part": True}
    reading.read_at = now()
    db.session.flush()


def answer(roster: Roster, kind: str, said: Mapping[str, Any], *, by: int | None = None) -> None:
    """Somebody says what is meant: by headings, unit names or positions, who a row is, or on which day the list was true.

    What a list means is read anew with that; who is who is not in the file.
    """
    _check_open(roster)
    reading = reading_of(roster)
    answers = dict(reading.answers)
    if kind in KINDS:
        answers[kind] = {**answers.get(kind, {}), **said}
    else:
        answers.update(said)
    reading.answers = answers
    db.session.flush()
    if kind not in {"same", "part"}:
        _have_it_read(roster, reading, by)


def discard(roster: Roster, *, by: int | None = None) -> None:
    """Throw the list away; the register stays as it was."""
    _check_open(roster)
    roster.discarded_at, roster.content, roster.rows, roster.errors = now(), b"", [], []
    reading = reading_of(roster)
    reading.sheets, reading.answers = [], {}
    audit.record("roster.discarded", "roster", roster.id, by=by)
    db.session.flush()


def _check_open(roster: Roster) -> None:
    hold(Unit, roster.unit_id)
    db.session.refresh(roster, ["confirmed_at", "discarded_at"])
    if roster.confirmed_at or roster.discarded_at:
        raise Refused(SETTLED)
