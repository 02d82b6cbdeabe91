"""The office reminds units that have not confirmed their list: at most once a week, and nobody who would not see it."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from lms.kernel.clock import at_hour, frozen
from lms.kernel.db import db
from lms.people import actions
from lms.people.models import Person, Reminder

TODAY = date(2026, 11, 23)
URL = "/people/reminders"


@pytest.fixture(autouse=True)
def clock():
    with frozen(at_hour(TODAY)):
        yield


def sent(world):
    with world.app.app_context():
        return [(row.unit_id, row.about, row.answered_at is None) for row in db.session.scalars(select(Reminder))]


def test_the_office_sees_who_has_not_confirmed_and_whom_to_call(world):
    with world.doing():
        db.session.get_one(Person, world.persons["my"]).phone = "0900000000"
        actions.confirm_roster(world.units["province"], TODAY)
        with frozen(at_hour(date(2025, 6, 2))):
            actions.confirm_roster(world.units["khun_ha"], date(2025, 6, 1))  # too long ago to say anything
    dung = world.client("dung")

    page = dung.get(URL)

    assert "2/3" in page
    rows = page.split("<tbody")[1]
    assert rows.index("Xã Bình Mẫu") < rows.index("Xã Khun Mẫu")  # never comes before long ago
    assert "01/06/2025" in rows
    assert "chưa có đầu mối" in rows
    for listed in (rows, dung.get(f"{URL}/calls")):
        assert "Tẩn Thị Mỷ" in listed
        assert "0900000000" in listed


def test_what_is_sent_is_shown_first_and_who_is_left_out_is_named(world):
    dung = world.client("dung")
    chosen = {"unit": [world.units["binh_lu"], world.units["khun_ha"]]}

    preview = dung.post(f"{URL}/preview", chosen)
    assert "Cơ quan tổng hợp nhắc (23/11/2026)" in preview
    assert "Xã Khun Mẫu: chưa có đầu mối" in preview
    assert sent(world) == []

    page = dung.post(URL, chosen)
    assert "Đã nhắc 1 đơn vị." in page
    assert "Không nhắc: Xã Khun Mẫu." in page
    assert sent(world) == [(world.units["binh_lu"], "roster", True)]


def test_at_most_once_in_seven_days(world):
    chosen = {"unit": world.units["binh_lu"]}
    world.client("dung").post(URL, chosen)
    with frozen(at_hour(TODAY + timedelta(days=6))):
        dung = world.client("dung")
        assert "chưa đủ 7 ngày" in dung.post(f"{URL}/preview", chosen)
        assert "Đã nhắc 0 đơn vị" in dung.post(URL, chosen)
    assert len(sent(world)) == 1
    with frozen(at_hour(TODAY + timedelta(days=7))):
        world.client("dung").post(URL, chosen)
    assert len(sent(world)) == 2


def test_confirming_answers_every_reminder(world):
    world.client("dung").post(URL, {"unit": world.units["binh_lu"]})
    my = world.client("my")
    assert "đã nhắc ngày 23/11/2026" in my.get(f"/people/units/{world.units['binh_lu']}/list")
    with world.doing():
        actions.confirm_roster(world.units["binh_lu"], TODAY)

    assert sent(world) == [(world.units["binh_lu"], "roster", False)]
    assert "Xã Bình Mẫu" not in world.client("dung").get(URL)


@pytest.mark.parametrize("path", ["", "/preview"])
def test_nothing_ticked_is_a_sentence_and_a_foreign_unit_is_not_there(world, path):
    dung = world.client("dung")
    with world.doing():
        other = actions.add_unit("Tỉnh Khác", "province").id

    assert "Hãy chọn ít nhất một đơn vị" in dung.post(f"{URL}{path}", {}, status=422)
    for wrong in (other, 999999, "x"):
        dung.post(f"{URL}{path}", {"unit": [world.units["binh_lu"], wrong]}, status=404)
    for who in ("my", "lan", "quan"):
        world.client(who).post(f"{URL}{path}", {"unit": world.units["binh_lu"]}, status=404)
    assert sent(world) == []


def test_everything_confirmed_is_told(world):
    with world.doing():
        for unit_id in world.units.values():
            actions.confirm_roster(unit_id, TODAY)

    assert "Mọi danh sách đã xác nhận" in world.client("dung").get(URL)


def test_three_units_or_thirty_take_the_same_number_of_queries(world, count_queries):
    dung = world.client("dung")
    for url in (URL, f"{URL}/calls", "/people/categories"):
        dung.get(url)
        with count_queries() as few:
            dung.get(url)
        with world.doing():
            for number in range(15):
                actions.add_unit(f"Xã Mẫu {number}", "commune", parent_id=world.units["province"])
        dung.get(url)
        with count_queries() as many:
            dung.get(url)

        assert len(many) == len(few) <= 16
