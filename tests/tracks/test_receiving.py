"""The receiving office: a dated role that passes on, with both clocks."""

from datetime import date

import pytest
from sqlalchemy import func, select

from lms.kernel.clock import at_hour, frozen
from lms.kernel.db import STILL, db
from lms.kernel.refused import Refused
from lms.people import actions as people
from lms.tracks import content, publishing, receiving
from lms.tracks.models import Plan, ReceivingOffice

JUNE = date(2026, 6, 1)


@pytest.fixture
def plan(world):
    with world.doing(), frozen(at_hour(date(2026, 1, 5))):
        row = publishing.add_plan(
            "mau",
            "Kế hoạch mẫu",
            issuer="Cơ quan mẫu",
            starts_on=date(2026, 1, 1),
            ends_on=date(2026, 12, 31),
            scope_unit_id=world.units["province"],
            indicators=[],
        )
        receiving.set_receiving_office(row.id, world.units["binh_lu"], on=row.starts_on, because="Kế hoạch mẫu")
        return row.id


def at(plan_id: int, on: date, known_at=None) -> str | None:
    found = receiving.receiving_office(db.session.get_one(Plan, plan_id), on, known_at)
    return found.name if found else None


def test_it_passes_on_and_what_was_known_stays_known(world, plan):
    with world.app.app_context():
        with frozen(at_hour(date(2026, 5, 20))):
            steps = receiving.set_receiving_office(plan, world.units["khun_ha"], on=JUNE, because="Quyết định mẫu")
            db.session.commit()
        assert [at(plan, day) for day in (date(2026, 5, 31), JUNE)] == ["Xã Bình Mẫu", "Xã Khun Mẫu"]
        assert at(plan, JUNE, at_hour(date(2026, 5, 1))) == "Xã Bình Mẫu"
        assert receiving.unchanged(steps)
        with frozen(at_hour(date(2026, 5, 25))):
            receiving.take_back(steps)
            db.session.commit()
        assert at(plan, JUNE) == "Xã Bình Mẫu"
        assert at(plan, JUNE, at_hour(date(2026, 5, 22))) == "Xã Khun Mẫu"
        assert not receiving.unchanged(steps)


def test_a_change_between_two_holds_until_the_next(world, plan):
    with world.app.app_context():
        receiving.set_receiving_office(plan, world.units["khun_ha"], on=JUNE, because="A")
        receiving.set_receiving_office(plan, world.units["province"], on=date(2026, 3, 1), because="B")
        days = (date(2026, 2, 28), date(2026, 3, 1), date(2026, 5, 31), JUNE)
        assert [at(plan, day) for day in days] == ["Xã Bình Mẫu", "Tỉnh Mẫu", "Tỉnh Mẫu", "Xã Khun Mẫu"]
        receiving.set_receiving_office(plan, world.units["binh_lu"], on=JUNE, because="Sửa")
        assert at(plan, JUNE) == "Xã Bình Mẫu", "on the same day: replaced"


def test_an_office_that_has_ended_receives_nothing(world, plan):
    with world.app.app_context():
        ended = people.add_unit("Phòng Hết", "office", parent_id=world.units["province"], valid_to=date(2026, 9, 1)).id
        receiving.set_receiving_office(plan, ended, on=JUNE, because="A", stands_until=date(2026, 9, 1))
        assert at(plan, date(2026, 8, 31)) == "Phòng Hết"
        assert at(plan, date(2026, 9, 1)) is None


def test_a_plan_long_over_asks_nobody_who_receives_its_reports(world, plan):
    with world.app.app_context():
        assert receiving.offices_among([world.units["binh_lu"]], date(2028, 1, 1)) != []
        assert receiving.offices_among([world.units["binh_lu"]], date(2029, 6, 1)) == []


BAD = [
    ({"because": "  "}, "Say why"),
    ({"because": "x" * 301}, "longer than 300"),
    ({"on": date(2025, 12, 31)}, "outside the plan, which runs from 01/01/2026"),
    ({"on": date(2036, 1, 1)}, "outside the plan"),
    ({"unit": 999_999}, "does not stand"),
    ({"unit": "binh_lu"}, "already"),
]


@pytest.mark.parametrize("change, said", BAD)
def test_bad_changes_are_refused_and_nothing_is_saved(world, plan, change, said):
    given = {"unit": "khun_ha", "on": JUNE, "because": "Quyết định mẫu"} | change
    unit_id = given["unit"] if isinstance(given["unit"], int) else world.units[given["unit"]]
    with world.app.app_context():
        before = db.session.scalar(select(func.count(ReceivingOffice.id)))
        with pytest.raises(Refused, match=said):
            receiving.set_receiving_office(plan, unit_id, on=given["on"], because=given["because"])
        assert db.session.scalar(select(func.count(ReceivingOffice.id))) == before


def test_the_plan_that_ships_names_its_own_once(app):
    with app.app_context():
        people.load_units(content.FOLDER / "units")
        plan = publishing.load_plan()
        publishing.load_plan()
        rows = receiving.history(plan.id)
        assert len(rows) == 1
        assert at(plan.id, date(2024, 6, 1)) == "Phòng Lao động - Thương binh và Xã hội"
        assert rows[0].valid_to == date(2025, 7, 1) != STILL, (
            "it ended with the district: who receives after has to be chosen"
        )
        assert at(plan.id, date(2025, 7, 1)) is None


def test_the_office_changes_it_on_a_page_and_the_report_says_so(world, plan):
    with frozen(at_hour(date(2026, 11, 23))):
        office = world.client("dung")
        page = office.get("/units/receiving-office")
        assert "Xã Bình Mẫu" in page
        sent = {"unit": str(world.units["khun_ha"]), "on": "01/06/2026", "because": "Quyết định mẫu"}
        for wrong in ({"unit": ""}, {"on": "hôm qua"}, {"because": ""}, {"unit": "999999"}):
            office.post(f"/units/receiving-office/{plan}", sent | wrong, status=422)
        office.post(f"/units/receiving-office/{plan}", sent | {"on": "01/01/2020"}, status=409)
        page = office.post(f"/units/receiving-office/{plan}", sent)
        assert "Quyết định mẫu" in page
        assert "Lò Văn Dũng" in page
        office.post(f"/units/receiving-office/{plan}", sent, status=409)
        office.post("/units/receiving-office/999", sent, status=404)
        world.client("my").get("/units/receiving-office", status=404)
