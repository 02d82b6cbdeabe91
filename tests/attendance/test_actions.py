"""Seats are never oversold, marks are never lost or doubled, and completions follow the rolls."""

import itertools
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from flask import Flask
from sqlalchemy import func, select, update
from sqlalchemy.exc import IntegrityError

from lms.attendance import actions, rolls
from lms.attendance.models import Mark, RollClosing, Seat, TrainingClass
from lms.attendance.rules import Tap
from lms.kernel.audit import AuditEntry
from lms.kernel.clock import at_hour, frozen
from lms.kernel.db import CURRENT, db
from lms.kernel.refused import Refused
from lms.tracks.models import Completion, Enrolment, PartDone
from tests.attendance.conftest import COURSE, DAY, Held, call, crowd
from tests.world import World

THREADS, SEATS = 30, 5


def at_once(app: Flask, work: Callable[[int], object], times: int) -> list[object]:
    """Run it so many times at the same moment, each in a transaction of its own; Refused is an answer too."""
    gate = Barrier(times)

    def one(n: int) -> object:
        with app.app_context(), frozen(at_hour(DAY, 12)):
            gate.wait()
            try:
                answer = work(n)
                db.session.commit()
            except Refused as refused:
                db.session.rollback()
                return refused
            return answer

    with ThreadPoolExecutor(times) as pool:
        return list(pool.map(one, range(times)))


def seats_held(class_id: int) -> int:
    return (
        db.session.scalar(
            select(func.count()).select_from(Seat).where(Seat.class_id == class_id, Seat.left_at == CURRENT)
        )
        or 0
    )


def completions() -> dict[int, Completion]:
    return {
        row.person_id: row for row in db.session.scalars(select(Completion).where(Completion.superseded_at == CURRENT))
    }


def hold(group: Held, absent: dict[int, set[int]] | None = None) -> None:
    """Mark everyone present but those absent in session n, and close every roll."""
    for n, session_id in enumerate(group.sessions):
        actions.mark_all_present(session_id, f"all-{session_id}")
        for person_id in (absent or {}).get(n, ()):
            actions.mark(session_id, person_id, "absent", f"absent-{session_id}-{person_id}")
        actions.close_roll(session_id)


def test_thirty_at_once_for_five_seats(app: Flask, world: World, a_class: Held) -> None:
    with world.doing():
        people = crowd(world, THREADS)

    answers = at_once(app, lambda n: actions.take_seat(a_class.id, people[n]).id, THREADS)

    refused = [answer for answer in answers if isinstance(answer, Refused)]
    with app.app_context():
        assert len(refused) == THREADS - SEATS
        assert {str(answer) for answer in refused} == {"This class is full: all 5 seats are taken."}
        assert seats_held(a_class.id) == db.session.get_one(TrainingClass, a_class.id).seats_taken == SEATS


def test_one_person_five_times_at_once_has_one_seat(app: Flask, world: World, a_class: Held) -> None:
    answers = at_once(app, lambda _n: actions.take_seat(a_class.id, world.persons["lan"]).id, 5)

    with app.app_context():
        assert len(set(answers)) == 1
        assert seats_held(a_class.id) == db.session.get_one(TrainingClass, a_class.id).seats_taken == 1


def test_the_database_itself_refuses_a_sixth_seat(app: Flask, a_class: Held) -> None:
    with app.app_context(), pytest.raises(IntegrityError):
        db.session.execute(update(TrainingClass).where(TrainingClass.id == a_class.id).values(seats_taken=6))


def test_a_seat_left_can_be_taken_again(world: World, a_class: Held) -> None:
    with world.doing():
        people = crowd(world, 6)
        actions.take_seats(a_class.id, people[:5])
        with pytest.raises(Refused, match="full"):
            actions.take_seat(a_class.id, people[5])
        actions.leave_seat(a_class.id, people[0])
        actions.leave_seat(a_class.id, people[0])  # left twice, it is left once
        actions.take_seat(a_class.id, people[5])
        with pytest.raises(Refused, match="full"):
            actions.take_seat(a_class.id, people[0])
    with world.doing():
        assert seats_held(a_class.id) == db.session.get_one(TrainingClass, a_class.id).seats_taken == 5


def test_all_or_none(world: World, a_class: Held) -> None:
    with world.doing():
        with pytest.raises(Refused, match="Only 5 seats are left, and 6 are asked for"):
            actions.take_seats(a_class.id, crowd(world, 6))
        assert seats_held(a_class.id) == 0


def test_the_same_mark_twice_is_one_event(world: World, full_class: Held) -> None:
    session, person = full_class.sessions[0], full_class.people[0]
    with world.doing():
        first = actions.mark(session, person, "late", "one-tap").id
        actions.mark(session, person, "absent", "another-tap")
        again = actions.mark(session, person, "late", "one-tap").id
        assert first == again
        assert rolls.roll_of(session) == {person: "absent"}  # a resent mark does not come after
        actions.mark_all_present(session, "button")
        actions.mark(session, person, "excused", "third-tap")
        assert actions.mark_all_present(session, "button") == 0  # the same press, sent again
        assert rolls.roll_of(session)[person] == "excused"


def test_two_trainers_in_every_order(world: World, full_class: Held) -> None:
    """Six batches of two devices, some sent twice, in all orders: rows only one of them touched come out the same."""
    session = full_class.sessions[0]
    one, two, both = full_class.people[:3]
    batches = [
        [Tap(one, "absent", "a1"), Tap(both, "late", "a2")],
        [Tap(two, "excused", "b1")],
        [Tap(both, "absent", "b2")],
    ]
    outcomes = set()
    for order in itertools.permutations(range(3)):
        with world.app.app_context():
            for n in (*order, order[0]):
                actions.save_roll(session, batches[n])
            roll = rolls.roll_of(session)
            last = "absent" if order.index(2) > order.index(0) else "late"  # the server's order decides
            assert roll == {one: "absent", two: "excused", both: last}
            events = db.session.scalar(select(func.count()).select_from(Mark))
            outcomes.add((roll[one], roll[two], events))
            db.session.rollback()
    assert outcomes == {("absent", "excused", 4)}  # nothing doubled, nothing lost


def test_an_untouched_roll_is_not_closed(world: World, full_class: Held) -> None:
    session = full_class.sessions[0]
    with world.doing():
        with pytest.raises(Refused, match="Nobody is marked yet"):
            actions.close_roll(session)
        actions.mark(session, full_class.people[0], "present", "x")
        with pytest.raises(Refused, match="39 people are not marked"):
            actions.close_roll(session)
        assert actions.mark_all_present(session, "all") == 39
        closing = actions.close_roll(session)
        assert set(closing.roll.values()) == {"present"}
        assert len(closing.roll) == 40
        assert actions.close_roll(session).id == closing.id
        with pytest.raises(Refused, match="closed"):
            actions.mark(session, full_class.people[0], "absent", "too late")


def test_completions_appear_when_the_last_roll_closes(world: World, full_class: Held) -> None:
    away = full_class.people[:3]
    with world.doing():
        first, second = full_class.sessions
        actions.mark_all_present(first, "1")
        actions.close_roll(first)
        assert completions() == {}
        assert db.session.get_one(TrainingClass, full_class.id).closed_at is None
        actions.mark_all_present(second, "2")
        for person in away:
            actions.mark(second, person, "absent", f"a{person}")
        actions.close_roll(second)
    with world.doing():
        assert db.session.get_one(TrainingClass, full_class.id).closed_at is not None
        assert set(completions()) == set(full_class.people) - set(away)
        one = completions()[full_class.people[10]]
        assert (one.completed_on, one.evidence["class"]["class"]) == (DAY, full_class.id)
        enrolled = set(db.session.scalars(select(Enrolment.person_id).where(Enrolment.course_slug == COURSE.slug)))
        assert enrolled == set(full_class.people) - set(away)  # walk-ins are enrolled; who did not attend is not
        assert "class.closed" in set(db.session.scalars(select(AuditEntry.action)))


def test_a_correction_takes_a_completion_back_and_gives_it_again(world: World, full_class: Held) -> None:
    session, person = full_class.sessions[1], full_class.people[5]
    with world.doing():
        hold(full_class)
        assert person in completions()
    with world.doing():
        actions.correct_mark(session, person, "absent", "c1", reason="Ghi nhầm người")
        actions.correct_mark(session, person, "absent", "c1", reason="Ghi nhầm người")
        assert person not in completions()
        assert len(completions()) == 39
        old = db.session.scalars(select(PartDone).where(PartDone.superseded_at != CURRENT)).one()
        assert old.why_superseded == "Ghi nhầm người"
        snapshot = db.session.scalars(select(RollClosing).where(RollClosing.session_id == session)).one()
        assert snapshot.roll[str(person)] == "present"  # what was closed stays as it was closed
    with world.doing():
        actions.correct_mark(session, person, "late", "c2", reason="Có mặt, đến muộn")
        assert person in completions()
        assert rolls.roll_of(session)[person] == "late"


def test_a_correction_leaves_alone_what_rests_on_another_class(world: World) -> None:
    one, two = call(world, 5), call(world, 5)
    lan = world.persons["lan"]

    def correct(group: Held, state: str, minute: int) -> None:
        with frozen(at_hour(DAY, 13, minute)):
            actions.correct_mark(group.sessions[0], lan, state, f"c{minute}", reason="Ghi nhầm")

    with world.doing():
        for group in (one, two):
            actions.take_seat(group.id, lan)
            hold(group)
        correct(two, "absent", 1)
        assert completions()[lan].evidence["class"]["class"] == one.id
        correct(two, "present", 2)
        correct(one, "absent", 3)
        assert completions()[lan].evidence["class"]["class"] == two.id  # the other class still gives it
        correct(two, "absent", 4)
        assert lan not in completions()


def test_who_stands_on_a_closed_roll_keeps_the_seat(world: World, full_class: Held) -> None:
    with world.doing():
        actions.mark_all_present(full_class.sessions[0], "1")
        actions.close_roll(full_class.sessions[0])
        with pytest.raises(Refused, match="roll that is closed"):
            actions.leave_seat(full_class.id, full_class.people[0])


def test_someone_who_comes_after_the_first_roll_has_missed_it(world: World, a_class: Held) -> None:
    with world.doing():
        lan, pao = world.persons["lan"], world.persons["pao"]
        actions.take_seat(a_class.id, lan)
        actions.mark_all_present(a_class.sessions[0], "1")
        actions.close_roll(a_class.sessions[0])
        actions.take_seat(a_class.id, pao)
        actions.mark_all_present(a_class.sessions[1], "2")
        actions.close_roll(a_class.sessions[1])
        assert set(completions()) == {lan}


def test_a_roll_opens_on_its_day(world: World) -> None:
    group = call(world, 5, days=2)
    with world.doing():
        actions.take_seat(group.id, world.persons["lan"])
        with pytest.raises(Refused, match="opens that day"):
            actions.mark_all_present(group.sessions[2], "tomorrow")
        with frozen(at_hour(DAY + timedelta(days=1))):
            actions.mark_all_present(group.sessions[2], "tomorrow")
            actions.close_roll(group.sessions[2])


def test_a_cancelled_class_is_over(world: World, a_class: Held) -> None:
    with world.doing():
        with pytest.raises(Refused, match="Say why"):
            actions.cancel_class(a_class.id, why=" ")
        actions.take_seat(a_class.id, world.persons["lan"])
        actions.cancel_class(a_class.id, why="Mưa lũ, đường tắc")
        for refused in (
            lambda: actions.take_seat(a_class.id, world.persons["pao"]),
            lambda: actions.mark(a_class.sessions[0], world.persons["lan"], "present", "x"),
            lambda: actions.close_roll(a_class.sessions[0]),
            lambda: actions.add_session(a_class.id, DAY + timedelta(days=1), "am"),
        ):
            with pytest.raises(Refused, match="cancelled"):
                refused()
