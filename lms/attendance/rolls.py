"""Selects that actions and pages of a class share: its seats, its marks folded into rolls, its closings."""

from collections import defaultdict

from sqlalchemy import Select, select

from lms.attendance import rules
from lms.attendance.models import ClassSession, Mark, RollClosing, Seat
from lms.attendance.rules import Event, Roll
from lms.kernel.db import CURRENT, db


def seats_of(class_id: int) -> list[Seat]:
    """The seats that are held."""
    return list(db.session.scalars(select(Seat).where(Seat.class_id == class_id, Seat.left_at == CURRENT)))


def sessions_of(class_id: int) -> list[ClassSession]:
    """Its half-days, in the order they are held ("am" sorts before "pm")."""
    planned = select(ClassSession).where(ClassSession.class_id == class_id)
    return list(db.session.scalars(planned.order_by(ClassSession.on, ClassSession.half)))


def roll_of(session_id: int, *, up_to: int | None = None) -> Roll:
    """The roll of a half-day; with `up_to`, as it was after that mark."""
    marks = _events().where(Mark.session_id == session_id)
    if up_to is not None:
        marks = marks.where(Mark.id <= up_to)
    return rules.fold(
        Event(row.id, row.person_id, row.state, row.correction != "") for row in db.session.execute(marks)
    )


def rolls_of(class_id: int) -> dict[int, Roll]:
    """Every roll of a class: session id -> roll. One statement."""
    marks = _events().join(ClassSession, ClassSession.id == Mark.session_id).where(ClassSession.class_id == class_id)
    events: dict[int, list[Event]] = defaultdict(list)
    for row in db.session.execute(marks):
        events[row.session_id].append(Event(row.id, row.person_id, row.state, row.correction != ""))
    return {session_id: rules.fold(seen) for session_id, seen in events.items()}


def last_mark(session_id: int) -> int:
    """The newest mark of a half-day, 0 when there is none: what a page showed when it was made."""
    newest = select(Mark.id).where(Mark.session_id == session_id).order_by(Mark.id.desc()).limit(1)
    return db.session.scalar(newest) or 0


def closing_of(session_id: int) -> RollClosing | None:
    return db.session.scalar(select(RollClosing).where(RollClosing.session_id == session_id))


def closings_of(class_id: int) -> dict[int, RollClosing]:
    """Session id -> its closing, for the rolls that are closed."""
    closed = select(RollClosing).join(ClassSession, ClassSession.id == RollClosing.session_id)
    return {row.session_id: row for row in db.session.scalars(closed.where(ClassSession.class_id == class_id))}


def _events() -> Select[int, int, int, str, str]:
    return select(Mark.id, Mark.session_id, Mark.person_id, Mark.state, Mark.correction)
