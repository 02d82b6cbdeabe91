"""What is done with a class: called, joined, left, cancelled; marked, its rolls closed and corrected.

Every verb first takes the class's row: on PostgreSQL it is locked, on SQLite the transaction has begun IMMEDIATE already.
Locks come in one order, the class and then the audit chain, so that two verbs wait for each other and never in a circle.
"""

from collections.abc import Iterable, Sequence
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite

from lms.attendance import outcome, rolls, rules
from lms.attendance.models import ClassSession, ClassTrainer, Mark, RollClosing, Seat, TrainingClass
from lms.attendance.rules import Tap
from lms.kernel import audit
from lms.kernel.clock import now, today
from lms.kernel.db import db
from lms.kernel.refused import Refused
from lms.kernel.vietnamese import tidy
from lms.tracks import editions


def call_class(
    course_slug: str,
    unit_id: int,
    title: str,
    place: str,
    seats: int,
    sessions: Iterable[tuple[date, str, int]],
    trainer_ids: Iterable[int],
    by: int | None = None,
    *,
    min_share: int | None = None,
    draft: bool = False,
) -> TrainingClass:
    """A class of a published course, hosted by a unit. `sessions`: (day, "am" or "pm", tiết), each one roll.

    `min_share`: percent of planned tiết to attend; by default what the course asks for. Of a draft only those who host or
    teach it know, until `send_invitations`.
    """
    course = editions.wording(editions.current(course_slug).id)
    planned = sorted(sessions)
    share = course.class_min_share if min_share is None else min_share
    rules.check_class(title, seats, share, planned)
    row = TrainingClass(
        course_slug=course_slug,
        unit_id=unit_id,
        title=tidy(title),
        place=tidy(place),
        seats=seats,
        min_share=share,
        draft=draft,
        called_at=now(),
        called_by=by,
    )
    db.session.add(row)
    db.session.flush()
    for on, half, periods in planned:
        db.session.add(ClassSession(class_id=row.id, on=on, half=half, periods=periods))
    for person_id in dict.fromkeys(trainer_ids):
        db.session.add(ClassTrainer(class_id=row.id, person_id=person_id))
    db.session.flush()
    action = "class.drafted" if draft else "class.called"
    audit.record(action, "class", row.id, by=by, course=course_slug, unit=unit_id, seats=seats)
    return row


def send_invitations(class_id: int, *, by: int | None = None) -> int:
    """The class is a draft no more: whoever has a seat is invited and sees it. Returns how many; sent twice, it was sent once."""
    row = locked(class_id)
    if not row.draft:
        return row.seats_taken
    rules.check_stands(closed=row.closed_at is not None, cancelled=row.cancelled_at is not None)
    rules.check_ahead([session.on for session in rolls.sessions_of(class_id)], today())
    row.draft, row.called_at, row.called_by = False, now(), by
    db.session.flush()
    audit.record("class.called", "class", class_id, by=by, course=row.course_slug, persons=row.seats_taken)
    return row.seats_taken


def add_session(class_id: int, on: date, half: str, periods: int = 4, *, by: int | None = None) -> ClassSession:
    """One more half-day, while the class is open. It counts among the planned hours from now on."""
    row = locked(class_id)
    rules.check_stands(closed=row.closed_at is not None, cancelled=row.cancelled_at is not None)
    rules.check_session(half, periods)
    same = select(ClassSession.id).where(
        ClassSession.class_id == class_id, ClassSession.on == on, ClassSession.half == half
    )
    if db.session.scalar(same) is not None:
        raise Refused("Two sessions fall on the same half-day, %(day)s.", day=on)
    added = ClassSession(class_id=class_id, on=on, half=half, periods=periods)
    db.session.add(added)
    db.session.flush()
    audit.record("class.session_added", "class", class_id, by=by, session=added.id, on=on, half=half)
    return added


def take_seat(class_id: int, person_id: int, *, by: int | None = None) -> Seat:
    """A place for this person; the one they have, if they have one."""
    return take_seats(class_id, [person_id], by=by)[0]


def take_seats(class_id: int, person_ids: Sequence[int], *, by: int | None = None) -> list[Seat]:
    """Places for all of these people, or for none when there are not enough."""
    row = locked(class_id)
    held = {seat.person_id: seat for seat in rolls.seats_of(class_id)}
    wanted = [person_id for person_id in dict.fromkeys(person_ids) if person_id not in held]
    if wanted:
        rules.may_take_seat(
            seats=row.seats,
            taken=row.seats_taken,
            wanted=len(wanted),
            closed=row.closed_at is not None,
            cancelled=row.cancelled_at is not None,
        )
    for person_id in wanted:
        held[person_id] = Seat(class_id=class_id, person_id=person_id, taken_at=now(), taken_by=by)
        db.session.add(held[person_id])
    row.seats_taken += len(wanted)
    db.session.flush()
    if wanted:
        audit.record("class.seats_taken", "class", class_id, by=by, persons=wanted)
    return [held[person_id] for person_id in dict.fromkeys(person_ids)]


def leave_seat(class_id: int, person_id: int, *, by: int | None = None) -> None:
    """The place is free again; its row tells when it was left. Leaving a seat one does not have changes nothing."""
    row = locked(class_id)
    seat = next((one for one in rolls.seats_of(class_id) if one.person_id == person_id), None)
    if seat is None:
        return
    closed = rolls.closings_of(class_id).values()
    rules.may_leave_seat(
        on_closed_roll=any(str(person_id) in closing.roll for closing in closed),
        closed=row.closed_at is not None,
        cancelled=row.cancelled_at is not None,
    )
    seat.left_at = now()
    row.seats_taken -= 1
    db.session.flush()
    audit.record("class.seat_left", "class", class_id, by=by, person=person_id)


def cancel_class(class_id: int, *, why: str, by: int | None = None) -> None:
    """The class will not be held. What was marked stays readable; nothing more is marked."""
    row = locked(class_id)
    if row.cancelled_at is not None:
        return
    rules.check_stands(closed=row.closed_at is not None, cancelled=False)
    if not why.strip():
        raise Refused("Say why the class is cancelled: the people who were called will read it.")
    row.cancelled_at, row.why_cancelled = now(), tidy(why)
    db.session.flush()
    audit.record("class.cancelled", "class", class_id, by=by)


def mark(
    session_id: int,
    person_id: int,
    state: str,
    client_id: str,
    *,
    claimed_at: datetime | None = None,
    by: int | None = None,
) -> Mark:
    """One person was seen in this state. The same `client_id` again is the same event and changes nothing."""
    save_roll(session_id, [Tap(person_id, state, client_id, claimed_at)], by=by)
    return db.session.scalars(select(Mark).where(Mark.client_id == client_id)).one()


def mark_all_present(session_id: int, client_id: str, *, by: int | None = None) -> int:
    """Everyone with a seat was there. Returns how many marks that made; those who are marked present already get none."""
    session, _row = _session(session_id)
    roll = rolls.roll_of(session_id)
    people = [seat.person_id for seat in rolls.seats_of(session.class_id) if roll.get(seat.person_id) != "present"]
    return save_roll(session_id, [Tap(one, "present", f"{client_id}:{one}") for one in people], by=by)


def save_roll(session_id: int, taps: Sequence[Tap], *, by: int | None = None) -> int:
    """A batch of marks in one request, all or none. Returns how many were new; those that came before are left alone."""
    session, row = _session(session_id)
    known = set(db.session.scalars(select(Mark.client_id).where(Mark.client_id.in_([tap.client_id for tap in taps]))))
    new = [tap for tap in taps if tap.client_id not in known]
    if not new:
        return 0
    seated = {seat.person_id for seat in rolls.seats_of(session.class_id)}
    closed = rolls.closing_of(session_id) is not None
    for tap in new:
        rules.may_mark(
            tap.state,
            seated=tap.person_id in seated,
            session_on=session.on,
            today=today(),
            closed=closed,
            cancelled=row.cancelled_at is not None,
        )
    return _record(session_id, new, by)


def close_roll(session_id: int, *, by: int | None = None) -> RollClosing:
    """The roll stands as it is. The last roll of a class closes the class, and completions follow. Closed twice, it is closed once."""
    session, row = _session(session_id)
    held = rolls.closing_of(session_id)
    if held is not None:
        return held
    seated = {seat.person_id for seat in rolls.seats_of(session.class_id)}
    roll = rolls.roll_of(session_id)
    rules.may_close(roll, seated, session_on=session.on, today=today(), cancelled=row.cancelled_at is not None)
    snapshot = {str(person_id): roll[person_id] for person_id in sorted(seated)}
    closing = RollClosing(session_id=session_id, closed_at=now(), closed_by=by, roll=snapshot)
    db.session.add(closing)
    db.session.flush()
    audit.record("roll.closed", "class_session", session_id, by=by, **rules.count(roll, seated))
    if outcome.all_closed(row.id):
        row.closed_at, row.closed_by = now(), by
        db.session.flush()
        audit.record("class.closed", "class", row.id, by=by)
        outcome.settle(row, seated, reason="", by=by)
    return closing


def correct_mark(
    session_id: int,
    person_id: int,
    state: str,
    client_id: str,
    *,
    reason: str,
    by: int | None = None,
) -> Mark:
    """After closing: another state, and why. In a closed class the person's completion follows, or is taken back."""
    session, row = _session(session_id)
    before = db.session.scalar(select(Mark).where(Mark.client_id == client_id))
    if before is not None:
        return before
    seated = {seat.person_id for seat in rolls.seats_of(session.class_id)}
    rules.may_correct(
        state,
        reason,
        seated=person_id in seated,
        closed=rolls.closing_of(session_id) is not None,
        cancelled=row.cancelled_at is not None,
    )
    _record(session_id, [Tap(person_id, state, client_id)], by, tidy(reason))
    audit.record("roll.corrected", "class_session", session_id, by=by, person=person_id, state=state)
    if row.closed_at is not None:
        outcome.settle(row, {person_id}, reason=tidy(reason), by=by)
    return db.session.scalars(select(Mark).where(Mark.client_id == client_id)).one()


def locked(class_id: int) -> TrainingClass:
    """The class as it is now, and nobody else's to change until this transaction ends."""
    row = select(TrainingClass).where(TrainingClass.id == class_id)
    return db.session.scalars(row.with_for_update(), execution_options={"populate_existing": True}).one()


def _session(session_id: int) -> tuple[ClassSession, TrainingClass]:
    session = db.session.get_one(ClassSession, session_id)
    row = locked(session.class_id)
    rules.check_called(draft=row.draft)
    return session, row


def _record(session_id: int, taps: Sequence[Tap], by: int | None, correction: str = "") -> int:
    dialect = postgresql if db.engine.dialect.name == "postgresql" else sqlite
    moment = now()
    events = [
        {
            "client_id": tap.client_id,
            "session_id": session_id,
            "person_id": tap.person_id,
            "state": tap.state,
            "correction": correction,
            "marked_at": moment,
            "marked_by": by,
            "claimed_at": tap.claimed_at,
        }
        for tap in taps
    ]
    insert = dialect.insert(Mark).values(events).on_conflict_do_nothing().returning(Mark.id)
    return len(db.session.scalars(insert).all())
