"""Who was reminded of what, and when."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlalchemy import select

from lms.kernel.clock import now
from lms.kernel.db import db
from lms.people.models import Reminder

ROSTER = "roster"  # `Reminder.about` of a list that is not confirmed
REST = timedelta(days=7)


def reminded_lately(column: str, ids: Iterable[int], about: str) -> dict[int, datetime]:
    """Unit or person -> when they were last reminded of it, of those for whom that is not a week ago."""
    who = getattr(Reminder, column)
    rows = db.session.execute(
        select(who, Reminder.sent_at).where(
            who.in_(list(ids)), Reminder.about == about, Reminder.sent_at > now() - REST
        )
    )
    return {row[0]: row.sent_at for row in rows}
