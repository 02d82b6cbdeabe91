"""The learner's first page: what now, how much is left, by when, why; and what it says when all is done."""

import re
from datetime import date

import pytest
from sqlalchemy import select

from lms.kernel.clock import at_hour, frozen
from lms.kernel.db import db
from lms.people.models import Person
from lms.tracks import actions as tracks
from lms.tracks import duties, editions
from lms.tracks.models import Enrolment
from tests.tracks.sample import a_course, plan_over
from tests.world import TODAY


@pytest.fixture
def enrolled(world):
    """Two short courses of a plan in force; everyone it binds is enrolled."""
    with frozen(at_hour(TODAY)):
        with world.doing():
            editions.publish(a_course(parts=("lessons",)))
            editions.publish(a_course("khan-cap", count=1, parts=("lessons",)))
            plan_over(world.units["province"])
            duties.enrol_required(TODAY)
        yield world


def onward(page):
    """The address behind the one big button."""
    return re.search(r'<a class="button main" href="([^"]+)">(Học tiếp|Bắt đầu học)</a>', page)[1]


def test_the_card_says_what_how_much_by_when_and_why(enrolled):
    lan = enrolled.client("lan")
    lan.get("/")
    said = lan.page.text
    for words in (
        "Khóa chung",
        "Còn 3 bài, khoảng 12 phút",
        "Hạn 31/12/2030",
        "Vì sao tôi phải học?",
        "Kế hoạch mẫu 2026–2030 (Ủy ban nhân dân Tỉnh Mẫu)",
        "100% cán bộ được tập huấn",
        "vì anh/chị là công chức tại Xã Bình Mẫu",
    ):
        assert words in said


def test_one_tap_to_the_next_unread_lesson_and_completion_shows_at_once(enrolled):
    lan = enrolled.client("lan")
    page = lan.get("/")
    for number in (1, 2, 3):
        lesson = onward(lan.get("/"))
        assert lesson.endswith(f"/bai-{number}"), "the exact place, from the first page, by one tap"
        lan.get(lesson)
        page = lan.post(f"{lesson}/reading")

    assert "Đã hoàn thành ngày 23/11/2026" in page, "the very page that answers the last lesson says so"
    page = lan.get("/")
    assert "Khóa khan-cap" in page, "the next duty"
    assert "vì anh/chị trực tiếp trợ giúp tại Xã Bình Mẫu" in page
    assert "Đã hoàn thành 1 khóa" in page
    lan.post(f"{onward(page)}/reading")
    page = lan.get("/")
    assert page.count("Đã hoàn thành ngày 23/11/2026") == 2
    assert "Vì sao tôi phải học?" not in page


def test_a_course_completed_in_two_cycles_is_named_once(enrolled):
    with enrolled.doing():
        now = db.session.scalars(
            select(Enrolment).filter_by(person_id=enrolled.persons["lan"], course_slug="chung")
        ).one()
        earlier = Enrolment(
            person_id=now.person_id,
            course_slug="chung",
            cycle="2022",
            edition_id=now.edition_id,
            enrolled_at=now.enrolled_at,
        )
        db.session.add(earlier)
        db.session.flush()
        for enrolment, on in ((earlier, date(2022, 10, 18)), (now, date(2026, 6, 3))):
            tracks.finish_part(enrolment, "lessons", on=on, evidence={})
    lan = enrolled.client("lan")
    page = lan.get("/")
    assert "Đã hoàn thành 1 khóa" in page, "the other one is still to be done"

    lan.post(f"{onward(page)}/reading")
    page = lan.get("/")
    assert page.count("Khóa chung</a>") == 1
    assert "Đã hoàn thành ngày 03/06/2026" in page
    assert "Đã hoàn thành trước đây: 18/10/2022" in page


def test_the_call_list_says_what_is_left_and_shames_nobody(enrolled):
    with enrolled.doing():
        tracks.read_lesson(tracks.enrol(enrolled.persons["lan"], "chung", on=TODAY), "bai-1")
        for row in db.session.scalars(select(Enrolment)):
            row.due_on = date(2026, 11, 1)
        db.session.get_one(Person, enrolled.persons["lan"]).phone = "0900000000"
    chosen = {"about": "moi-nguoi", "person": [enrolled.persons["lan"], enrolled.persons["my"]]}

    my = enrolled.client("my")
    my.post("/people/reminders/persons/calls", chosen)

    said = my.page.text
    assert "0900000000 Còn 2 bài, khoảng 8 phút" in said
    assert "chưa có số điện thoại Còn 3 bài, khoảng 12 phút Hạn 01/11/2026" in said
    assert "Quá hạn" not in said
