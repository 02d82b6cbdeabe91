"""A draft of a class: known only to who hosts and teaches it, until it is called; then whoever has a seat is invited."""

from datetime import timedelta

import pytest

from lms.attendance import actions
from lms.attendance.models import TrainingClass
from lms.kernel.clock import at_hour, frozen
from lms.kernel.db import db
from lms.kernel.refused import Refused
from lms.tracks import editions
from tests.attendance.conftest import COURSE, DAY
from tests.world import World


@pytest.fixture
def draft(world: World) -> int:
    """In Bình Mẫu in a week, taught by Hoa; Lan and Páo have seats."""
    with world.doing():
        editions.publish(COURSE)
        row = actions.call_class(
            COURSE.slug,
            world.units["binh_lu"],
            "Lớp dự kiến",
            "Nhà văn hoá",
            5,
            [(DAY + timedelta(7), "am", 4)],
            [world.persons["hoa"]],
            draft=True,
        )
        actions.take_seats(row.id, [world.persons["lan"], world.persons["pao"]])
        return row.id


def test_only_those_who_host_or_teach_know_of_it(world: World, draft: int) -> None:
    for who in ("my", "dung", "hoa"):
        client = world.client(who)
        assert "Bản nháp" in client.get(f"/classes/{draft}")
        assert "Lớp dự kiến" in client.get("/classes/")
    for who in ("lan", "pao"):
        client = world.client(who)
        client.get(f"/classes/{draft}", status=404)
        assert "Lớp dự kiến" not in client.get("/classes/")
    world.client("lan").post(f"/classes/{draft}/seat", status=404)


def test_called_it_is_seen_by_whoever_has_a_seat_and_called_twice_it_was_called_once(world: World, draft: int) -> None:
    my = world.client("my")
    my.post(f"/classes/{draft}/invitations")
    assert my.page
    assert "Đã mở lớp và mời 2 người." in my.page.text
    my.post(f"/classes/{draft}/invitations")

    lan = world.client("lan")
    lan.get(f"/classes/{draft}")
    assert lan.page
    assert "Thôi dự lớp" in lan.page.text
    world.client("hoa").post(f"/classes/{draft}/invitations", status=404)


def test_nobody_is_marked_in_a_draft(world: World, draft: int) -> None:
    with world.doing(), frozen(at_hour(DAY + timedelta(7))):
        session = actions.rolls.sessions_of(draft)[0].id
        with pytest.raises(Refused, match="still a draft"):
            actions.mark(session, world.persons["lan"], "present", "mot")
        with pytest.raises(Refused, match="still a draft"):
            actions.close_roll(session)


def test_nobody_is_invited_to_a_day_that_has_passed(world: World, draft: int) -> None:
    with world.doing(), frozen(at_hour(DAY + timedelta(8))):
        with pytest.raises(Refused, match="has passed"):
            actions.send_invitations(draft)
        assert db.session.get_one(TrainingClass, draft).draft
