"""Somebody who works elsewhere now is read in the history of their old unit; only the new one acts for them."""

from datetime import date

import pytest
from sqlalchemy import func, select

from lms.kernel.clock import at_hour, frozen
from lms.kernel.db import CURRENT, db
from lms.people import actions as people
from lms.people.models import Posting, Standing
from lms.people.roles import Role
from lms.tracks import editions, outside
from lms.tracks.models import OutsideTraining
from tests.house import course
from tests.world import TODAY

PAPER = {"course": "lop", "title": "Lớp", "organiser": "Sở mẫu", "held_on": "20/05/2026"}
EXEMPT = {"kind": "exempt", "reason": "Nghỉ hưu", "valid_from": "01/11/2026"}


@pytest.fixture(autouse=True)
def _today():
    with frozen(at_hour(TODAY)):
        yield


@pytest.fixture
def lan(world):
    """Lan moved from Bình Mẫu, whose focal person Mỷ is, to Khun Mẫu; Mỷ is the office of Bình Mẫu too."""
    lan = world.persons["lan"]
    with world.doing():
        editions.publish(course("lop", "class"))
        posting = db.session.scalars(select(Posting).where(Posting.person_id == lan)).one()
        people.end_posting(posting, on=date(2026, 10, 1))
        people.post_person(lan, world.units["khun_ha"], category="công chức", valid_from=date(2026, 10, 1))
        people.grant_role(world.accounts["my"], Role.OFFICE, world.units["binh_lu"])
    return lan


def count(world, model, *where):
    with world.app.app_context():
        return db.session.scalar(select(func.count()).select_from(model).where(*where))


def test_no_exception_is_made_or_changed_by_the_old_unit(world, lan):
    my = world.client("my")
    my.post(f"/people/{lan}/standings", EXEMPT, status=404)
    assert count(world, Standing) == 0
    with world.doing():
        held = people.except_person(lan, "", "on_leave", reason="Nghỉ", valid_from=date(2026, 10, 5)).id
    my.post(f"/people/{lan}/standings/{held}/corrections", EXEMPT, status=404)
    my.post(f"/people/{lan}/standings/{held}/ends", status=404)
    assert count(world, Standing, Standing.superseded_at == CURRENT, Standing.kind == "on_leave") == 1
    world.client("dung").post(f"/people/{lan}/standings/{held}/ends")
    assert my.get(f"/people/{lan}")


def test_no_paper_is_entered_or_decided_by_the_old_unit(world, lan):
    my = world.client("my")
    my.post(f"/outside/people/{lan}", PAPER, status=404)
    assert count(world, OutsideTraining) == 0
    with world.doing():
        paper = outside.claim(lan, "lop", title="Lớp", organiser="Sở mẫu", held_on=date(2026, 5, 20)).id
    for verb in ("approvals", "refusals", "withdrawals"):
        my.post(f"/outside/{paper}/{verb}", {"why": "x"}, status=404)
    assert count(world, OutsideTraining, OutsideTraining.state == "waiting") == 1
    world.client("dung").post(f"/outside/{paper}/approvals")


def test_who_works_nowhere_is_still_the_old_unit_s(world, lan):
    with world.doing():
        posting = db.session.scalars(select(Posting).where(Posting.person_id == lan, Posting.superseded_at == CURRENT, Posting.unit_id == world.units["khun_ha"])).one()  # fmt: skip
        people.end_posting(posting, on=date(2026, 11, 1))
    world.client("my").post(f"/people/{lan}/standings", EXEMPT)
    assert count(world, Standing) == 1


def test_nobody_decides_about_another_record_of_their_own(world):
    dung = world.persons["dung"]
    with world.doing():
        editions.publish(course("lop", "class"))
        twin = people.add_person("Lò Văn Dũng").id
        people.post_person(twin, world.units["khun_ha"], valid_from=date(2026, 2, 1))
        people.same_person(dung, twin, why="Cùng thẻ")
        paper = outside.claim(twin, "lop", title="Lớp", organiser="Sở mẫu", held_on=date(2026, 5, 20)).id
    client = world.client("dung")
    assert "/approvals" not in client.get(f"/outside/{paper}")
    client.post(f"/outside/{paper}/approvals", status=409)
    assert count(world, OutsideTraining, OutsideTraining.state == "approved") == 0
