"""What the room no longer keeps after its time."""

from datetime import datetime

from sqlalchemy import and_, extract, not_, select, update

from lms.kernel.clock import at_hour, local
from lms.kernel.db import db
from lms.tracks.models import LessonRead

AT_ONCE = 500
MIDNIGHT = 17  # the hour, in UTC, at which a day begins in Viet Nam


def lesson_times(before: datetime) -> int:
    """Of lessons read before then only the day is kept: the time of day becomes midnight. How many lost theirs."""
    only_a_day = and_(
        extract("hour", LessonRead.read_at) == MIDNIGHT,
        extract("minute", LessonRead.read_at) == 0,
        extract("second", LessonRead.read_at) == 0,
    )
    rows = db.session.execute(
        select(LessonRead.id, LessonRead.read_at).where(LessonRead.read_at < before, not_(only_a_day))
    ).all()
    by_day: dict[datetime, list[int]] = {}
    for row in rows:
        by_day.setdefault(at_hour(local(row.read_at).date(), 0), []).append(row.id)
    for day, ids in by_day.items():
        _move(day, ids)
    return len(rows)


def _move(day: datetime, ids: list[int]) -> None:
    for first in range(0, len(ids), AT_ONCE):
        some = LessonRead.id.in_(ids[first : first + AT_ONCE])
        db.session.execute(update(LessonRead).where(some).values(read_at=day))
