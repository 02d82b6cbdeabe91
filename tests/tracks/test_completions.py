"""Parts and completions: all parts done is a completion, dated the latest; what it rests on falls, so does it."""

from datetime import date

import pytest
from sqlalchemy import select

from lms.kernel.clock import at_hour
from lms.kernel.db import CURRENT, db
from lms.kernel.refused import Refused
from lms.people.models import Account
from lms.people.sign_in import start, viewer_of
from lms.tracks import actions, editions, queries
from lms.tracks.models import Completion, Enrolment, PartDone
from tests.tracks.sample import a_course
from tests.world import World

MARCH, APRIL, MAY = date(2026, 3, 1), date(2026, 4, 1), date(2026, 5, 1)


@pytest.fixture
def three_parts(learning: World) -> World:
    """Lan takes a course of lessons, test and class."""
    with learning.doing():
        editions.publish(a_course("ba-phan", parts=("lessons", "test", "class")))
        actions.enrol(learning.persons["lan"], "ba-phan", on=MARCH)
    return learning


def of_lan() -> Enrolment:
    return db.session.scalars(select(Enrolment).where(Enrolment.course_slug == "ba-phan")).one()


def test_the_completion_is_dated_the_day_of_the_latest_part(three_parts: World) -> None:
    with three_parts.doing():
        mine = of_lan()
        assert actions.finish_part(mine, "class", on=MAY, evidence={"class": 3}) is None
        assert actions.finish_part(mine, "test", on=MARCH, evidence={"attempt": 12}) is None
        completion = actions.finish_part(mine, "lessons", on=APRIL, evidence={"lessons": 3})
        assert completion is not None
        kept = completion.id

    with three_parts.doing():
        completion = db.session.get_one(Completion, kept)
        assert completion.completed_on == MAY
        assert completion.evidence == {
            "class": {"class": 3, "on": "2026-05-01"},
            "test": {"attempt": 12, "on": "2026-03-01"},
            "lessons": {"lessons": 3, "on": "2026-04-01"},
        }
        assert queries.progress(of_lan()).completed_on == MAY


def test_the_last_lesson_read_finishes_the_part_that_day_in_viet_nam(three_parts: World) -> None:
    with three_parts.doing():
        mine = of_lan()
        for number in (1, 2, 3):
            actions.read_lesson(mine, f"bai-{number}", at=at_hour(MARCH, hour=0, minute=30))
        actions.read_lesson(mine, "bai-1", at=at_hour(MAY))  # read again: nothing changes

    with three_parts.doing():
        assert queries.progress(of_lan()).parts == {"lessons": MARCH}


def test_a_lesson_of_another_course_is_refused(three_parts: World) -> None:
    with three_parts.doing(), pytest.raises(Refused, match="not part of the course"):
        actions.read_lesson(of_lan(), "bai-99")


def test_done_twice_it_was_done_once(three_parts: World) -> None:
    with three_parts.doing():
        for day in (APRIL, MAY):
            actions.finish_part(of_lan(), "test", on=day, evidence={"attempt": 1})

    with three_parts.doing():
        assert [row.on for row in db.session.scalars(select(PartDone))] == [APRIL]


def test_a_part_the_course_does_not_ask_for_changes_nothing(learning: World) -> None:
    with learning.doing():
        mine = actions.enrol(learning.persons["lan"], "khan-cap", on=MARCH)
        assert actions.finish_part(mine, "class", on=MAY, evidence={}) is None
        assert queries.progress(mine).parts == {}


def test_a_retracted_part_takes_the_completion_with_it_and_can_be_done_again(three_parts: World) -> None:
    with three_parts.doing():
        for part in ("lessons", "test", "class"):
            first = actions.finish_part(of_lan(), part, on=APRIL, evidence={})
        assert first is not None

    with three_parts.doing():
        undone = actions.retract_part(of_lan(), "class", reason="Điểm danh nhầm", by=three_parts.accounts["hoa"])
        assert undone is not None
        assert actions.completion_of(of_lan()) is None
        assert queries.progress(of_lan()).next_part == "class"

    with three_parts.doing():
        again = actions.finish_part(of_lan(), "class", on=MAY, evidence={})
        assert again is not None

    with three_parts.doing():
        rows = db.session.scalars(select(Completion).order_by(Completion.id)).all()
        assert [(row.completed_on, row.superseded_at == CURRENT, row.why_superseded) for row in rows] == [
            (APRIL, False, "Điểm danh nhầm"),
            (MAY, True, ""),
        ]


def test_enrolled_twice_in_a_cycle_is_one_enrolment_and_another_cycle_is_another(learning: World) -> None:
    with learning.doing():
        one, same, other = (
            actions.enrol(learning.persons["lan"], "chung", on=day).id for day in (MARCH, MAY, date(2031, 3, 1))
        )
        assert one == same
        assert other != one


def test_who_sees_whose_enrolments_and_completions(learning: World) -> None:
    with learning.doing():
        for key in ("lan", "pao"):
            mine = actions.enrol(learning.persons[key], "khan-cap", on=MARCH)
            actions.finish_part(mine, "lessons", on=APRIL, evidence={})

    keys = {person_id: key for key, person_id in learning.persons.items()}
    seen = {}
    for who in ("lan", "hoa", "my", "dung", "quan"):
        with learning.doing():
            viewer = viewer_of(start(db.session.get_one(Account, learning.accounts[who]), own_device=True))
            assert viewer is not None
            for find in (queries.visible_enrolments, queries.visible_completions):
                found = {keys[row.person_id] for row in db.session.scalars(find(viewer))}
                assert seen.setdefault(who, found) == found

    assert seen == {
        "lan": {"lan"},
        "hoa": set(),  # a trainer sees the people of their own classes, in the room of classes
        "my": {"lan"},  # focal person of binh_lu
        "dung": {"lan", "pao"},
        "quan": set(),  # an admin sees no learning
    }
