"""Reminders of persons, the cards they make on first pages, and how few taps it takes the office to send one."""

import re
from datetime import date, timedelta

import pytest
from sqlalchemy import func, select

from lms.coverage.models import Alert
from lms.kernel.clock import at_hour, frozen
from lms.kernel.db import db
from lms.people import actions as people
from lms.people.models import Person, Reminder
from lms.tracks import actions as tracks
from lms.tracks import duties, editions, outside, publishing
from lms.tracks.course import Course
from lms.tracks.models import Indicator
from lms.tracks.publishing import IndicatorSpec

TODAY = date(2026, 11, 23)
URL = "/people/reminders/persons"
RULE = {"reading": "wide", "categories": ["công chức"], "direct_support": False, "courses": ["chung"]}


@pytest.fixture(autouse=True)
def clock():
    with frozen(at_hour(TODAY)):
        yield


@pytest.fixture
def planned(world):
    """A plan that asks every công chức for one course; everyone it binds is enrolled."""
    with world.doing(), frozen(at_hour(date(2026, 2, 1))):
        editions.publish(Course("chung", "1", "Khóa Chung", "", 8, ("class",), 80, True, "", (), None))
        publishing.add_plan(
            "mau",
            "Kế hoạch mẫu",
            issuer="Cơ quan mẫu",
            starts_on=date(2026, 1, 1),
            ends_on=date(2026, 12, 31),
            scope_unit_id=world.units["province"],
            indicators=[IndicatorSpec("can-bo", "100% cán bộ", "Cán bộ", RULE)],
        )
        duties.enrol_required(date(2026, 2, 1))
    return world


def count(world):
    with world.app.app_context():
        return db.session.scalar(select(func.count()).select_from(Reminder))


def test_a_reminder_is_seen_on_the_first_page_until_the_course_is_completed(planned):
    dung, lan = planned.client("dung"), planned.client("lan")
    assert "đã nhắc" not in lan.get("/")
    sent = {"about": "can-bo", "person": planned.persons["lan"], "back": "/coverage/people?state=not_done"}

    assert "Khóa Chung" in dung.post(f"{URL}/preview", sent)
    assert count(planned) == 0
    assert "Đã nhắc 1 người." in dung.post(URL, sent)

    assert "Cơ quan tổng hợp đã nhắc ngày 23/11/2026" in lan.get("/")
    assert "đã nhắc" not in planned.client("pao").get("/")
    with planned.doing():
        enrolment = tracks.enrol(planned.persons["lan"], "chung", on=TODAY)
        tracks.finish_part(enrolment, "class", on=TODAY, evidence={"class": 1})
    assert "đã nhắc" not in lan.get("/")


def test_who_is_left_out_is_named_with_the_reason(planned):
    with planned.doing():
        without = people.add_person("Sùng Thị Không")
        people.post_person(without.id, planned.units["binh_lu"], category="công chức", valid_from=date(2026, 1, 1))
        duties.enrol_required(TODAY)
        people.remind_persons([planned.persons["my"]], "can-bo")
        moved = people.add_person("Lý A Chuyển")
        people.post_person(
            moved.id, planned.units["binh_lu"], category="công chức", valid_from=date(2026, 1, 1), valid_to=TODAY
        )
        ids = [planned.persons["lan"], planned.persons["my"], planned.persons["hoa"], without.id, moved.id]
    sent = {"about": "can-bo", "person": ids}

    page = planned.client("dung").post(f"{URL}/preview", sent)

    for said in (
        "1 người nhận",
        "đã nhắc ngày 23/11/2026, chưa đủ 7 ngày",
        "chưa có tài khoản, hãy gọi điện",
        "không còn công tác tại đơn vị",
        "không có khóa nào đang chờ",
    ):
        assert said in page
    left = planned.client("dung").post(URL, sent)
    assert "Sùng Thị Không" in left
    assert count(planned) == 2


def test_the_same_send_twice_is_one_reminder(planned):
    sent = {"about": "can-bo", "person": planned.persons["lan"]}
    for _time in range(2):
        planned.client("dung").post(URL, sent)
    assert count(planned) == 1
    with frozen(at_hour(TODAY + timedelta(days=7))):
        planned.client("dung").post(URL, sent)
    assert count(planned) == 2


@pytest.mark.parametrize("path", ["", "/preview", "/calls"])
def test_nobody_ticked_or_too_many_is_a_sentence_and_strangers_are_not_there(planned, path):
    with planned.doing():
        people.grant_role(planned.accounts["pao"], "focal", planned.units["khun_ha"], valid_from=date(2026, 1, 1))
    lan, dung, neighbour = planned.persons["lan"], planned.client("dung"), planned.client("pao")

    assert "từ 1 đến 500 người" in dung.post(f"{URL}{path}", {"about": "can-bo"}, status=422)
    for wrong in ({"about": "khong-co", "person": lan}, {"about": "can-bo", "person": [lan, "x"]}, {"person": lan}):
        dung.post(f"{URL}{path}", wrong, status=404)
    neighbour.post(f"{URL}{path}", {"about": "can-bo", "person": lan}, status=404)
    for who in ("lan", "quan"):
        planned.client(who).post(f"{URL}{path}", {"about": "can-bo", "person": lan}, status=404)
    dung.post(f"{URL}{path}", {"about": "can-bo", "person": lan, "back": "//evil.example/"})
    assert count(planned) == (1 if path == "" else 0)


def test_a_call_list_has_the_phones(planned):
    with planned.doing():
        db.session.get_one(Person, planned.persons["lan"]).phone = "0900000000"

    page = planned.client("my").post(
        f"{URL}/calls", {"about": "can-bo", "person": [planned.persons["lan"], planned.persons["my"]]}
    )

    assert "0900000000" in page
    assert "chưa có số điện thoại" in page
    assert "Xã Bình Mẫu" in page
    assert "Còn buổi học tại lớp.<br>Hạn" in page  # said of them, not to them


def test_the_focal_person_is_asked_on_the_first_page_until_the_list_is_confirmed(world):
    my = world.client("my")
    assert "Danh sách của đơn vị chưa được xác nhận" in my.get("/")
    world.client("dung").post("/people/reminders", {"unit": world.units["binh_lu"]})
    assert "Cơ quan tổng hợp đã nhắc ngày 23/11/2026" in my.get("/")
    with world.doing():
        people.confirm_roster(world.units["binh_lu"], TODAY)

    page = my.get("/")
    assert "chưa được xác nhận" not in page
    assert "đã nhắc" not in page


def test_the_office_sees_how_many_lists_are_not_confirmed(world):
    assert "3 đơn vị" in world.client("dung").get("/")
    with world.doing():
        for unit_id in world.units.values():
            people.confirm_roster(unit_id, TODAY)
    page = world.client("dung").get("/")
    assert "3 đơn vị" not in page
    assert "Việc cần xem" not in page
    assert "Danh sách của đơn vị" not in page  # that card is the focal person's


def test_the_office_sees_how_many_papers_wait_for_it(planned):
    with planned.doing():
        outside.claim(
            planned.persons["lan"], "chung", title="Lớp của tỉnh", organiser="Sở mẫu", held_on=date(2026, 5, 20)
        )

    assert "1 hồ sơ" in planned.client("dung").get("/")
    assert "1 hồ sơ" not in planned.client("my").get("/")


def test_the_office_sees_where_too_few_are_trained(planned):
    assert "Nơi chưa đủ" not in planned.client("dung").get("/")
    with planned.doing():
        indicator = db.session.scalars(select(Indicator.id)).one()
        for closed_on in (None, TODAY):
            db.session.add(
                Alert(
                    indicator_id=indicator,
                    unit_id=planned.units["binh_lu"],
                    least=2,
                    had=2,
                    has=1,
                    causes=[],
                    opened_on=date(2026, 11, 1),
                    closed_on=closed_on,
                )
            )

    dung = planned.client("dung")
    page = dung.get("/")
    assert "Nơi chưa đủ người được tập huấn" in page
    assert "1 nơi" in page
    assert "/coverage/alerts" in page
    assert "Nơi chưa đủ" not in planned.client("lan").get("/")


def taps(client, page, words):
    """Follow the link, or send the form, that carries these words; every box of the page ticked if it has any."""
    link = re.search(rf'<a[^>]*href="([^"]+)"[^>]*>(?:(?!</a>).)*{words}', page, re.DOTALL)
    if link:
        return client.get(link[1].replace("&amp;", "&"))
    form = next(
        one for one in re.findall(r"<form.*?</form>", page, re.DOTALL) if re.search(rf"<button[^>]*>[^<]*{words}", one)
    )
    fields = re.findall(r'<input type="(?:hidden|checkbox)"[^>]*name="(\w+)" value="([^"]*)"', form)
    sent: dict[str, list[str]] = {}
    for name, value in fields:
        sent.setdefault(name, []).append(value)
    action = re.search(r'action="([^"]+)"', form)
    assert action
    return client.post(action[1], sent)


def test_from_home_to_a_sent_reminder_in_five_taps(world):
    dung = world.client("dung")
    page = dung.get("/")
    page = taps(dung, page, "Danh sách chưa xác nhận")  # 1: the line "lists not confirmed"
    #                                          2: tick all
    page = taps(dung, page, "Xem lời nhắc")  # 3
    page = taps(dung, page, "Nhắc 1 đơn vị")  # 4

    assert "Đã nhắc 1 đơn vị." in page
    with world.app.app_context():
        assert db.session.scalars(select(Reminder.unit_id)).all() == [world.units["binh_lu"]]
