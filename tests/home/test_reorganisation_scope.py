"""A reorganisation that reaches beyond a viewer's units tells them of their own people only."""

from datetime import date

import pytest
from sqlalchemy import func, select

from lms.home import reorganising
from lms.kernel.clock import at_hour, frozen
from lms.kernel.db import db
from lms.people import actions as people
from lms.people.models import Reorganisation
from lms.people.reorganisation.rules import Draft, NewUnit, OldUnit
from lms.people.roles import Role
from tests.world import TODAY


@pytest.fixture(autouse=True)
def _today():
    with frozen(at_hour(TODAY)):
        yield


@pytest.fixture
def number(world):
    """Bình Mẫu and Khun Mẫu each become a commune of their own, by one act; Mỷ is the office of Bình Mẫu alone."""
    province = world.units["province"]
    olds = (OldUnit(world.units["binh_lu"], (0,)), OldUnit(world.units["khun_ha"], (1,)))
    news = tuple(
        NewUnit(name, "commune", code, province) for name, code in (("Xã Bình Mới", "T1"), ("Xã Khun Mới", "T2"))
    )
    with world.doing():
        people.grant_role(world.accounts["my"], Role.OFFICE, world.units["binh_lu"])
        return reorganising.reorganise(Draft(date(2026, 12, 1), "Nghị quyết mẫu", olds, news)).id


def test_people_of_others_are_neither_named_nor_counted(world, number):
    page = world.client("my").get(f"/units/reorganisations/{number}")
    assert "Vàng Thị Lan" in page
    assert "Giàng A Páo" not in page
    assert "<dd>3</dd>" in page  # of four: Lan, Hoa, Mỷ; not Páo
    whole = world.client("dung").get(f"/units/reorganisations/{number}")
    assert "Giàng A Páo" in whole
    listed = world.client("my").get("/units/reorganisations")
    assert "Giàng A Páo" not in listed


def test_nor_may_they_reverse_it(world, number):
    world.client("my").post(f"/units/reorganisations/{number}/reversal", {"why": "Ghi nhầm"}, status=404)
    with world.app.app_context():
        assert db.session.scalar(select(func.count(Reorganisation.id)).where(Reorganisation.reversed_at.is_(None))) == 1
