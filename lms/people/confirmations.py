"""Which units' rosters were confirmed as complete, and as of which day."""

import hashlib
from collections.abc import Iterable
from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, func, select

from lms.kernel.clock import today
from lms.kernel.db import CURRENT, db
from lms.people import rules
from lms.people.models import Posting, RosterConfirmation, UnitVersion

HOLDS_FOR = timedelta(days=366)  # a confirmation older than a year says nothing about the roster of today


def known(known_at: datetime | None) -> ColumnElement[bool]:
    """The confirmations as known at that moment (default: as known now)."""
    if known_at is None:
        return RosterConfirmation.superseded_at == CURRENT
    return (RosterConfirmation.recorded_at <= known_at) & (known_at < RosterConfirmation.superseded_at)


def confirmations(as_of: date, known_at: datetime | None = None) -> dict[int, date]:
    """Unit -> the day as of which its list is confirmed: the latest by `as_of`, at most 366 days before. One statement."""
    rows = db.session.execute(
        select(RosterConfirmation.unit_id, func.max(RosterConfirmation.complete_on).label("complete_on"))
        .where(
            RosterConfirmation.complete_on <= as_of,
            RosterConfirmation.complete_on >= max(as_of, date.min + HOLDS_FOR) - HOLDS_FOR,
            known(known_at),
        )
        .group_by(RosterConfirmation.unit_id)
    )
    return {row.unit_id: row.complete_on for row in rows}


def roster_seen(unit_id: int, on: date) -> str:
    """Changes when the list of that unit on that day reads differently: what was looked at is what gets confirmed."""
    return fingerprint(db.session.scalars(select(Posting.id).where(Posting.unit_id == unit_id, Posting.true_on(on))))


def fingerprint(posting_ids: Iterable[int]) -> str:
    """`roster_seen` of postings already loaded."""
    return hashlib.sha256(repr(sorted(posting_ids)).encode()).hexdigest()[:32]


def check_confirmable(unit_id: int, on: date) -> None:
    """Refuses a day that has not come, and one on which the unit did not stand."""
    began, ended = _span(unit_id)
    rules.check_confirmed_day(on, today=today(), began=began, ended=ended)


def last_day(unit_id: int) -> date:
    """Today, or the last day of a unit that has ended."""
    return min(today(), _span(unit_id)[1] - timedelta(days=1))


def _span(unit_id: int) -> tuple[date, date]:
    row = db.session.execute(
        select(func.min(UnitVersion.valid_from), func.max(UnitVersion.valid_to)).where(
            UnitVersion.unit_id == unit_id, UnitVersion.superseded_at == CURRENT
        )
    ).one()
    return row[0], row[1]
