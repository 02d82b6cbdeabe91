"""A focal person says that the list of a unit is complete as of a day, and may take that back. Nothing is edited in place."""

from datetime import date

from sqlalchemy import func, select, update

from lms.kernel import audit
from lms.kernel.clock import now, today
from lms.kernel.db import CURRENT, db
from lms.kernel.refused import Refused
from lms.kernel.turns import as_it_is_now, hold
from lms.kernel.vietnamese import nfc
from lms.people.confirmations import HOLDS_FOR, check_confirmable, roster_seen
from lms.people.models import Posting, Reminder, RosterConfirmation, Unit
from lms.people.reminded import ROSTER


def confirm_roster(unit_id: int, on: date, *, seen: str | None = None, by: int | None = None) -> RosterConfirmation:
    """The list is complete as of that day. `seen`: what was looked at (`roster_seen`); refuses when it is no longer that."""
    check_confirmable(unit_id, on)
    hold(Unit, unit_id)
    if seen is not None and seen != roster_seen(unit_id, on):
        raise Refused("The list has changed since you looked at it. Look through it again, then confirm.")
    moment = now()
    db.session.execute(
        update(RosterConfirmation)
        .where(
            RosterConfirmation.unit_id == unit_id,
            RosterConfirmation.complete_on == on,
            RosterConfirmation.superseded_at == CURRENT,
        )
        .values(superseded_at=moment, why_superseded="confirmed again")
    )
    there = select(func.count(Posting.person_id.distinct())).where(Posting.unit_id == unit_id, Posting.true_on(on))
    row = RosterConfirmation(
        unit_id=unit_id, complete_on=on, persons=db.session.scalar(there) or 0, recorded_at=moment, recorded_by=by
    )
    db.session.add(row)
    if on >= today() - HOLDS_FOR:
        db.session.execute(
            update(Reminder)
            .where(Reminder.unit_id == unit_id, Reminder.about == ROSTER, Reminder.answered_at.is_(None))
            .values(answered_at=moment)
        )
    db.session.flush()
    audit.record("roster.complete", "unit", unit_id, by=by, on=on, persons=row.persons)
    return row


def withdraw_confirmation(row: RosterConfirmation, *, why: str, by: int | None = None) -> None:
    """It was not complete after all: the confirmation stays in the history, superseded."""
    if not why.strip():
        raise Refused("Say why you take the confirmation back.")
    hold(Unit, row.unit_id)
    as_it_is_now(row)
    if row.superseded_at != CURRENT:
        raise Refused("This confirmation was taken back already.")
    row.superseded_at, row.why_superseded = now(), nfc(why)
    db.session.flush()
    audit.record("roster.not_complete", "unit", row.unit_id, by=by, on=row.complete_on)
