"""From the missing people to called classes, by the pages alone: proposed, edited, made, called; nothing wrong is ever kept."""

import re
from datetime import date
from io import BytesIO
from typing import Any

import pytest
from python_calamine import CalamineWorkbook
from sqlalchemy import func, select

from lms.attendance.models import ClassSession, Seat, TrainingClass
from lms.coverage.models import Proposal
from lms.kernel import audit
from lms.kernel.clock import at_hour, frozen
from lms.kernel.db import db
from lms.tracks import actions as tracks
from lms.tracks import editions, publishing
from lms.tracks.course import Course
from lms.tracks.models import Enrolment, Indicator
from tests.coverage.conftest import Register
from tests.world import Client

URL = "/coverage/planning"


def text(client: Client) -> str:
    assert client.page
    return client.page.text


def proposed(register: Register, typed: dict[str, Any], who: str = "lan") -> tuple[Client, str]:
    """The office's browser on the proposal, and its address."""
    client = register.client(who)
    client.post(URL, typed)
    with register.app.app_context():
        return client, f"{URL}/{db.session.scalar(select(func.max(Proposal.id)))}"


def classes_of(register: Register) -> list[TrainingClass]:
    with register.app.app_context():
        return list(db.session.scalars(select(TrainingClass).order_by(TrainingClass.id)))


def test_the_form_comes_filled_in(register: Register) -> None:
    lan = register.client("lan")
    html = lan.get(URL)

    assert "16 người cần lên lớp ở 2 đơn vị" in text(lan)
    assert 'value="30/11/2025"' in html  # the day before the report is due
    assert re.search(r"<textarea[^>]*>\s*Xã Nậm Loỏng\r?\nXã Tả Lèng</textarea>", html)
    lan.get(f"{URL}?unit={register.units['ta_leng_moi']}")
    assert "4 người cần lên lớp ở 1 đơn vị" in text(lan)


def test_a_proposal_says_how_many_who_when_and_why(register: Register, typed: dict[str, Any]) -> None:
    lan, url = proposed(register, typed)

    seen = text(lan)
    assert (
        "1 lớp – 16 người, xong ngày 24/11/2025, 2.060.000 đồng" in seen
    )  # 1.000.000 + 2·100.000 + 16·50.000 + 3·20.000
    assert "Tỷ lệ dự kiến: 11,1 % → 100 %" in seen
    assert "Đạt chỉ tiêu 100 % vào ngày 24/11/2025" in seen
    assert "Gộp Xã Nậm Loỏng và Xã Tả Lèng: 13 + 3 = 16 người ≤ 40 chỗ, cùng nhóm đi lại; bớt 1 lớp" in seen
    assert "Mở tại Xã Nậm Loỏng: 13 người học tại chỗ, 3 người đi đến." in seen
    assert "không thể ít hơn" in seen
    lan.get(URL)
    assert "Bản nháp đang giữ" in text(lan)
    assert "Tả Lèng, Xã Nậm Loỏng" in lan.get(URL)  # what was typed is there the next time
    lan.get(url)


def test_alone_each_commune_has_its_class_and_too_few_wait_with_the_reason(
    register: Register, typed: dict[str, Any]
) -> None:
    lan, _url = proposed(register, typed | {"groups": ""})
    assert "2 lớp – 16 người" in text(lan)

    lan, _url = proposed(register, typed | {"groups": "", "fewest": "5"})
    assert "1 lớp – 13 người" in text(lan)
    assert "ít hơn số người tối thiểu để mở lớp" in text(lan)
    assert "Chưa đạt chỉ tiêu 100 %" in text(lan)


@pytest.mark.parametrize(
    "wrong, sentence, status",
    [
        ({"deadline": "19/11/2025"}, "Hạn 19/11/2025 quá gần", 409),
        ({"deadline": "21/11/2025"}, "Hạn 21/11/2025 quá gần", 409),
        ({"deadline": "22/11/2025"}, "không có ngày nào mở lớp được", 409),
        ({"deadline": "31/01/2026"}, "Kế hoạch kết thúc ngày 31/12/2025", 409),
        ({"deadline": "hôm nào đó"}, "không đọc được", 422),
        ({"seats": "0"}, "từ 1 đến 40", 422),
        ({"seats": "41"}, "từ 1 đến 40", 422),
        ({"places": []}, "nơi có thể mở lớp", 422),
        ({"trainers": []}, "giảng viên có thể dạy", 422),
        ({"weekdays": []}, "các thứ trong tuần", 422),
        ({"groups": "Tả Lèng, Khun Há"}, "“Khun Há” trong nhóm đi lại không có trong danh sách", 409),
        ({"per_class": "-5"}, "từ 0 đến", 422),
        ({"fewest": "20", "seats": "10"}, "không thể lớn hơn số chỗ", 409),
    ],
)
def test_what_cannot_be_planned_is_said_and_what_was_typed_stays(
    register: Register, typed: dict[str, Any], wrong: dict[str, Any], sentence: str, status: int
) -> None:
    lan = register.client("lan")
    html = lan.post(URL, typed | wrong | {"per_traveller_day": "12345"}, status=status)

    assert sentence in text(lan)
    assert 'value="12345"' in html
    for value in wrong.values():
        assert not value or str(value).split(",", maxsplit=1)[0] in html
    with register.app.app_context():
        assert db.session.scalar(select(func.count(Proposal.id))) == 0


def test_one_action_makes_draft_classes_and_doing_it_twice_makes_them_once(
    register: Register, typed: dict[str, Any]
) -> None:
    lan, url = proposed(register, typed | {"groups": ""})
    lan.post(f"{url}/classes")
    assert "Đã lập 2 lớp nháp." in text(lan)
    lan.post(f"{url}/classes")

    made = classes_of(register)
    assert [(one.seats, one.seats_taken, one.draft, one.place) for one in made] == [
        (40, 13, True, "Xã Nậm Loỏng"),
        (40, 3, True, "Xã Tả Lèng"),
    ]
    with register.app.app_context():
        tiet = db.session.scalars(select(ClassSession.periods).where(ClassSession.class_id == made[0].id)).all()
        assert tiet == [4, 4]  # eight tiết over two half-days
        assert not list(audit.faults())
    register.client("ban").get(f"/classes/{made[0].id}", status=404)  # nobody is told of a draft

    lan.post(f"{url}/invitations")
    assert "Đã mời 16 người." in text(lan)
    assert f"/classes/{made[0].id}" in lan.get(url)
    ban = register.client("ban")
    ban.get(f"/classes/{made[0].id}")
    lan.get(URL)
    assert "Không ai ở đây cần lên lớp." in text(lan)  # whoever is invited is not planned again
    assert "16 người đã có chỗ trong một lớp sắp mở" in text(lan)


def test_who_is_trained_meanwhile_is_left_out(register: Register, typed: dict[str, Any]) -> None:
    lan, url = proposed(register, typed)
    with register.doing():
        register.train("binh", date(2025, 11, 20))
    lan.post(f"{url}/classes")

    [one] = classes_of(register)
    with register.app.app_context():
        seated = set(db.session.scalars(select(Seat.person_id).where(Seat.class_id == one.id)))
    assert len(seated) == 15
    assert register.persons["binh"] not in seated


def test_days_that_passed_are_not_made_into_classes(register: Register, typed: dict[str, Any]) -> None:
    _lan, url = proposed(register, typed)
    with frozen(at_hour(date(2025, 11, 25))):
        lan = register.client("lan")
        lan.post(f"{url}/classes", status=409)
        assert "quá gần" in text(lan)
    assert classes_of(register) == []


def change(register: Register, **values: object) -> dict[str, object]:
    return {
        "place": register.units["nam_loong"],
        "on": "25/11/2025",
        "half": "am",
        "trainer": register.persons["que"],
        "seats": "20",
    } | values


def test_a_class_is_changed(register: Register, typed: dict[str, Any]) -> None:
    lan, url = proposed(register, typed)
    lan.post(f"{url}/classes/1", change(register))
    assert "Thứ Ba, 25/11/2025" in text(lan)
    assert "Hoàng Văn Quế" in text(lan)
    assert "16/20 người" in text(lan)


@pytest.mark.parametrize(
    "wrong, sentence, status",
    [
        ({"seats": "15"}, "Lớp có 15 chỗ mà xếp 16 người", 409),
        ({"seats": "41"}, "từ 1 đến 40", 422),
        ({"on": "20/11/2025"}, "Ngày 20/11/2025 quá gần", 409),
        ({"on": "01/12/2025"}, "sau hạn 30/11/2025", 409),
        ({"on": "29/11/2025"}, "không thuộc các thứ trong tuần", 409),
        ({"place": ""}, "Hãy chọn", 422),
        ({"trainer": "1"}, "Hãy chọn trong danh sách", 422),
    ],
)
def test_a_change_that_is_not_allowed_is_said_and_not_kept(
    register: Register, typed: dict[str, Any], wrong: dict[str, str], sentence: str, status: int
) -> None:
    lan, url = proposed(register, typed)
    html = lan.post(f"{url}/classes/1", change(register, **wrong), status=status)
    assert sentence in text(lan)
    assert all(not value or value in html for value in wrong.values())
    lan.get(url)
    assert "Thứ Hai, 24/11/2025" in text(lan)


def test_two_classes_of_one_trainer_never_fall_together(register: Register, typed: dict[str, Any]) -> None:
    lan, url = proposed(register, typed | {"groups": ""})
    same = {"on": "24/11/2025", "trainer": register.persons["hoa"]}
    lan.post(f"{url}/classes/1", change(register, **same))
    lan.post(f"{url}/classes/2", change(register, place=register.units["ta_leng_moi"], **same), status=409)
    assert "giảng viên này dạy hoặc dự lớp khác" in text(lan)
    lan.post(f"{url}/classes/new", {"course": "chung", **change(register, on="24/11/2025")}, status=409)
    assert "nơi này đã có lớp khác" in text(lan)


def test_communes_and_people_move_wait_and_come_back(register: Register, typed: dict[str, Any]) -> None:
    lan, url = proposed(register, typed)
    move = f"{url}/classes/1/people"
    lan.post(move, {"homes": register.units["ta_leng_moi"], "to": "0"})
    assert "13/40 người" in text(lan)
    assert "cơ quan đã đưa ra khỏi lớp" in text(lan)
    lan.post(move, {"people": [register.persons["binh"], register.persons["Bạn"]], "to": "1"})
    assert "14/40 người" in text(lan)  # Bạn is in it already
    lan.post(move, {"to": "0"}, status=409)
    assert "Hãy chọn những người cần chuyển." in text(lan)

    new = {"course": "chung", **change(register, place=register.units["ta_leng_moi"], seats="1")}
    lan.post(f"{url}/classes/new", new)
    assert "0/1" in text(lan)
    lan.post(f"{url}/classes/2/people", {"homes": register.units["ta_leng_moi"], "to": "2"}, status=409)
    assert "Lớp có 1 chỗ mà xếp 2 người" in text(lan)
    lan.post(f"{url}/classes/2/people", {"people": register.persons["chu"], "to": "2"})
    assert "1/1" in text(lan)
    lan.post(f"{url}/classes/1/end")
    assert "1 lớp – 1 người" in text(lan)
    lan.get(f"{url}/classes/1", status=404)


def test_people_are_not_moved_where_they_cannot_go(register: Register, typed: dict[str, Any]) -> None:
    lan, url = proposed(register, typed | {"groups": ""})
    lan.post(f"{url}/classes/1/people", {"homes": register.units["nam_loong"], "to": "2"}, status=409)
    assert "không đến được nơi này" in text(lan)


def test_thrown_away_it_is_only_read(register: Register, typed: dict[str, Any]) -> None:
    lan, url = proposed(register, typed)
    lan.post(f"{url}/end")
    lan.post(f"{url}/end")
    assert "Bản nháp đang giữ" not in text(lan)
    lan.get(url)
    assert "Bản nháp này đã bỏ lúc" in text(lan)
    for address in (f"{url}/classes", f"{url}/classes/1/end"):
        lan.post(address, status=409)
    lan.get(f"{url}/classes/1")
    assert "Lưu thay đổi" not in text(lan)
    assert classes_of(register) == []


def test_nobody_sees_a_plan_of_units_that_are_not_theirs(register: Register, typed: dict[str, Any]) -> None:
    _lan, url = proposed(register, typed)
    for who in ("khoa", "xa", "mai", "hoa"):
        stranger = register.client(who)
        for address in (url, f"{url}/classes/1", f"{url}/classes/new", f"{url}/invitees.xlsx", f"{url}/invitees.pdf"):
            stranger.get(address, status=404)
        for address in (f"{url}/end", f"{url}/classes", f"{url}/classes/1/end", f"{url}/invitations"):
            stranger.post(address, status=404)
        stranger.get(f"{URL}?unit={register.units['ta_leng_moi']}", status=404)
    xa, own = proposed(register, typed | {"groups": "", "places": [str(register.units["nam_loong"])]}, who="xa")
    assert "1 lớp – 13 người" in text(xa)
    register.client("lan").get(own)


def test_who_lacks_only_what_is_online_gets_a_day_and_no_class(register: Register, typed: dict[str, Any]) -> None:
    with register.doing():
        course = Course("ca-hai", "1", "Khóa cả hai", "", 8, ("lessons", "class"), 80, True, "", (), None)
        editions.publish(course)
        tap_huan = db.session.scalars(select(Indicator.id).where(Indicator.slug == "tap-huan")).one()
        publishing.set_rule(tap_huan, register.rules["tap-huan"] | {"courses": ["ca-hai"]})
        days = {"binh": None, "chu": date(2025, 11, 28)}
        for who, due_on in days.items():
            enrolment = tracks.enrol(register.persons[who], "ca-hai", on=date(2025, 10, 1), due_on=due_on)
            tracks.finish_part(enrolment, "class", on=date(2025, 10, 2), evidence={"class": 1})
    lan, url = proposed(register, typed)
    assert "2 người không cần lên lớp" in text(lan)
    lan.post(f"{url}/classes")

    with register.app.app_context():
        asked = select(Enrolment.person_id, Enrolment.due_on).where(Enrolment.course_slug == "ca-hai")
        due = {row.person_id: row.due_on for row in db.session.execute(asked)}
        seated = set(db.session.scalars(select(Seat.person_id)))
    assert due[register.persons["binh"]] == date(2025, 11, 30)
    assert due[register.persons["chu"]] == date(2025, 11, 28)
    assert seated.isdisjoint({register.persons["binh"], register.persons["chu"]})


def test_the_confidential_track_is_never_planned(register: Register, typed: dict[str, Any]) -> None:
    with register.doing():
        publishing.publish_courses()
        tap_huan = db.session.scalars(select(Indicator.id).where(Indicator.slug == "tap-huan")).one()
        publishing.set_rule(tap_huan, register.rules["tap-huan"] | {"courses": ["a"]})
    lan = register.client("lan")
    lan.post(URL, typed, status=409)
    assert "không có gì để lập kế hoạch" in text(lan)


def test_the_list_of_invited_people_on_paper_and_as_a_workbook(register: Register, typed: dict[str, Any]) -> None:
    lan, url = proposed(register, typed)
    answer = lan.raw(f"{url}/invitees.pdf")
    assert answer.mimetype == "application/pdf"
    assert answer.data.startswith(b"%PDF-")

    book = CalamineWorkbook.from_filelike(BytesIO(lan.raw(f"{url}/invitees.xlsx").data))
    rows = book.get_sheet_by_index(0).to_python()
    assert len(rows) == 1 + 16
    assert rows[0][5] == "Họ và tên"
    assert ["Khóa chung", "Xã Nậm Loỏng", "24/11/2025", "24/11/2025", "Đặng Thị Hoa", "Lò Thị Bạn"] in [
        row[:6] for row in rows
    ]
