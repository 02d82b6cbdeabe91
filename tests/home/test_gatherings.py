"""Groups are counts: nobody is in them, two colours never meet, and only closed quarters are told, once."""

from datetime import date, timedelta

import pytest
from sqlalchemy import Date, Integer, inspect, select

from lms.confidential import groups
from lms.confidential.models import COLOURS, KINDS, BlueGroup
from lms.confidential.small_numbers import Quarter
from lms.home.gatherings import forms
from lms.kernel.audit import AuditEntry
from lms.kernel.clock import at_hour, frozen
from lms.kernel.db import db
from lms.kernel.refused import Refused
from lms.people import actions as people
from lms.people.roles import Role
from tests.world import TODAY, World

SUMMER = date(2026, 9, 1)
Q3 = Quarter(2026, 3)


@pytest.fixture
def held(world: World) -> World:
    """Hoa and Lan hold groups for the province; the office does not."""
    with frozen(at_hour(SUMMER)), world.doing():
        for who in ("hoa", "lan"):
            people.grant_role(world.accounts[who], Role.TRAINER, world.units["province"])
    return world


def write(world: World, who: str, colour: str, on: date, band: str = "10_19") -> None:
    groups.write_down(colour, on, world.units["province"], "talk", band, by=world.accounts[who])


def test_no_column_can_hold_a_person(world: World) -> None:
    with world.app.app_context():
        for model in COLOURS.values():
            columns = {column["name"]: column for column in inspect(db.engine).get_columns(model.__tablename__)}
            assert set(columns) == {"id", "on", "unit_id", "kind", "band"}
            keys = {key["referred_table"] for key in inspect(db.engine).get_foreign_keys(model.__tablename__)}
            assert keys == {"unit"}
            assert isinstance(columns["on"]["type"], Date)
            assert isinstance(columns["unit_id"]["type"], Integer)
    assert tuple(name for name, _words in forms.KINDS) == KINDS


def test_two_colours_never_meet_and_the_refusal_says_nothing(held: World) -> None:
    with frozen(at_hour(SUMMER)), held.doing():
        write(held, "hoa", "green", SUMMER)
        write(held, "hoa", "green", SUMMER)  # one colour may
        said = set()
        for day in range(-7, 8):
            with pytest.raises(Refused) as no:
                write(held, "lan", "blue", SUMMER + timedelta(days=day))
            said.add(str(no.value))
        with pytest.raises(Refused) as no:
            write(held, "hoa", "blue", SUMMER + timedelta(days=30))
        said.add(str(no.value))
        write(held, "lan", "blue", SUMMER + timedelta(days=8))

        assert said == {"This day is not free. Please choose another."}
        with pytest.raises(Refused):
            groups.write_down(
                "green", SUMMER + timedelta(days=8), held.units["binh_lu"], "talk", "10_19", by=held.accounts["hoa"]
            )  # on one day, at no other host either


def test_the_trail_holds_ids_only(held: World) -> None:
    with frozen(at_hour(SUMMER)), held.doing():
        write(held, "hoa", "green", SUMMER)
        entry = db.session.scalars(select(AuditEntry).where(AuditEntry.action == groups.WRITTEN)).one()
        assert (entry.account_id, entry.object_kind, entry.facts) == (held.accounts["hoa"], "green_group", {})


def test_a_facilitator_sees_one_colour(held: World) -> None:
    with frozen(at_hour(TODAY)):
        hoa, lan = held.client("hoa"), held.client("lan")
        typed = {"on": "20/11/2026", "unit": str(held.units["province"]), "kind": "talk", "band": "10_19"}
        hoa.post("/groups/green", typed)
        assert "20/11/2026" in hoa.get("/groups/green")
        assert "20/11/2026" not in lan.get("/groups/green"), "before the first of one's own nothing is listed"
        refused = lan.post("/groups/blue", typed, status=409)
        assert "Ngày này không còn trống. Hãy chọn ngày khác." in refused
        assert "xanh lá" not in refused, "the other colour is not named"
        lan.post("/groups/blue", {**typed, "on": "05/11/2026"})

        assert hoa.raw("/groups/blue").status_code == lan.raw("/groups/green").status_code == 404
        assert hoa.raw("/groups/figures").status_code == 404
        assert held.client("quan").raw("/groups/figures").status_code == 404
        assert held.client("my").raw("/groups/green").status_code == 404
        lan.post("/groups/blue", {**typed, "on": "05/11/2027"}, status=409)
        lan.post("/groups/blue", {**typed, "unit": str(held.units["binh_lu"])}, status=422)


def test_a_quarter_is_published_once(held: World) -> None:
    with frozen(at_hour(SUMMER)), held.doing():
        for day in (0, 1):
            write(held, "hoa", "green", SUMMER + timedelta(days=day), "20_29")
        write(held, "lan", "blue", SUMMER + timedelta(days=9), "under_10")
    province = held.units["province"]
    with frozen(at_hour(date(2026, 10, 14))), held.doing(), pytest.raises(Refused):
        groups.publish_quarter(province, [province], Q3, by=held.accounts["dung"])
    with frozen(at_hour(TODAY)):
        office = held.client("dung")
        office.post("/groups/figures", {"year": "2026", "number": "4"}, status=409)
        page = office.post("/groups/figures", {"year": "2026", "number": "3"})
        assert page.count(">không hiện<") == 2, "five came of one colour, so neither is shown"
        assert ">55<" in page
        with held.doing():
            first = groups.published(province)
            db.session.add(BlueGroup(on=SUMMER, unit_id=province, kind="talk", band="30_on"))
        office.post("/groups/figures", {"year": "2026", "number": "3"})
        with held.doing():
            assert groups.published(province) == first
            with pytest.raises(Refused, match="not closed"):
                write(held, "hoa", "green", SUMMER)
