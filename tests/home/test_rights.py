"""What somebody is told about their data, what they may ask, and that the office answers in time."""

import io
import json
import re
import zipfile
from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import inspect, select

from lms import create_app
from lms.home.rights import held
from lms.kernel import jobs
from lms.kernel.audit import AuditEntry
from lms.kernel.clock import at_hour, frozen
from lms.kernel.db import db
from lms.kernel.i18n import speaking
from lms.kernel.jobs import JobFile
from lms.people import actions as people
from lms.people.rights import office, rules
from lms.people.rights.models import DataRequest, NoticeRead
from tests.conftest import config_for
from tests.world import Client

TODAY = date(2026, 11, 23)  # a Monday
NONE = rules.Holidays(frozenset(), frozenset())


@pytest.fixture(autouse=True)
def clock():
    with frozen(at_hour(TODAY)):
        yield


@pytest.mark.parametrize(
    "made, due",
    [
        (date(2026, 11, 23), date(2026, 11, 25)),  # Monday: Wednesday
        (date(2026, 11, 26), date(2026, 11, 30)),  # Thursday: Monday
        (date(2026, 11, 28), date(2026, 12, 1)),  # Saturday: Tuesday
        (date(2026, 12, 31), date(2027, 1, 5)),  # New Year's Day and a weekend lie between
        (date(2026, 4, 29), date(2026, 5, 5)),  # 30 April, 1 May, a weekend
        (date(2026, 9, 1), date(2026, 9, 4)),  # 2 September
    ],
)
def test_two_working_days(made, due):
    assert rules.due_on(made, office.holidays()) == due


def test_a_holiday_of_one_year_is_of_that_year_only():
    tet = office.holidays_of(["on,name", "2027-02-08,Tết"], "holidays.csv")

    assert rules.due_on(date(2027, 2, 5), tet) == date(2027, 2, 10)
    assert rules.due_on(date(2027, 2, 5), NONE) == date(2027, 2, 9)
    assert rules.due_on(date(2028, 2, 7), tet) == date(2028, 2, 9)
    with pytest.raises(office.Broken, match="13-40"):
        office.holidays_of(["on,name", "13-40,x"], "holidays.csv")


def test_asked_answered_and_seen(world):
    lan, dung = world.client("lan"), world.client("dung")
    asked = lan.post("/people/me/requests", {"kind": "delete", "words": "Xin xóa số điện thoại cũ"})
    assert "25/11/2026" in asked
    assert "chờ trả lời" in asked

    assert "1 yêu cầu" in dung.get("/")
    assert "Vàng Thị Lan" in dung.get("/people/requests")
    with world.app.app_context():
        row = db.session.scalar(select(DataRequest))
    url = f"/people/requests/{row.id}"
    with frozen(at_hour(TODAY + timedelta(days=3))):
        assert "trả lời muộn" in world.client("dung").get(url)
        assert "trả lời muộn" in world.client("lan").get("/people/me/requests")
    dung.post(f"{url}/answers", {"outcome": "working", "words": "Đang xem danh sách của xã."})
    assert "Đang xem danh sách của xã." in lan.get("/people/me/requests")
    dung.post(f"{url}/answers", {"outcome": "done", "words": "Đã xóa số."})

    page = lan.get("/people/me/requests")
    assert "đã xong" in page
    assert "Lò Văn Dũng" in page
    assert "Rút yêu cầu" not in page
    assert "đã kết thúc" in dung.post(f"{url}/answers", {"outcome": "refused", "words": "Không."}, status=409)
    with world.app.app_context():
        kinds = db.session.scalars(select(AuditEntry.action).where(AuditEntry.action.like("rights.%"))).all()
    assert kinds == ["rights.asked", "rights.answered", "rights.answered"]


def test_nobody_else_sees_or_answers_a_request(world):
    world.client("lan").post("/people/me/requests", {"kind": "correct", "words": "Sai năm sinh"})
    with world.app.app_context():
        row = db.session.scalar(select(DataRequest))
    with world.doing():
        people.grant_role(world.accounts["pao"], "office", world.units["khun_ha"])

    for who in ("pao", "my", "hoa", "quan", "lan"):
        world.client(who).post(
            f"/people/requests/{row.id}/answers", {"outcome": "refused", "words": "Không"}, status=404
        )
    assert "Vàng" not in world.client("pao").get("/people/requests")
    world.client("pao").post(f"/people/me/requests/{row.id}/withdrawals", status=404)
    assert "đã rút" in world.client("lan").post(f"/people/me/requests/{row.id}/withdrawals")


def test_five_open_requests_are_enough(world):
    lan = world.client("lan")
    for number in range(5):
        lan.post("/people/me/requests", {"kind": "other", "words": f"Hỏi {number}"})

    assert "chưa xong" in lan.post("/people/me/requests", {"kind": "other", "words": "Nữa"}, status=409)
    assert "Hãy nhập" in lan.post("/people/me/requests", {"kind": "other", "words": " "}, status=422)


def test_all_that_is_held_is_on_the_page_and_in_the_file(world):
    """Own rows in words; nothing that opens a door; nothing of anybody else."""
    with world.doing():
        twin = people.add_person("Vàng Thị Lan", staff_code="LANHAI", phone="0912345678")
        people.post_person(twin.id, world.units["khun_ha"], category="viên chức", valid_from=date(2026, 2, 1))
        people.same_person(world.persons["lan"], twin.id, why="Cùng thẻ")
    lan = world.client("lan")
    page = lan.get("/people/me/held")
    for told in ("Xã Bình Mẫu", "Xã Khun Mẫu", "LANHAI", "0912345678", "Công chức Văn hóa - Xã hội", "nữ"):
        assert told in page
    assert "Páo" not in page

    lan.post("/people/me/held/files")
    with world.app.app_context():
        assert jobs.work_off() == 1
        made = db.session.scalar(select(JobFile))
        packed = zipfile.ZipFile(io.BytesIO(made.content))
        hashes = db.session.execute(select(held.Account.password_hash)).scalars().all()
        whose = held.whose(world.persons["lan"], world.accounts["lan"])
        sections = {one.name: one for one in held.held(whose)}
    told = json.loads(packed.read("du-lieu-cua-toi.json"))["held"]
    text = packed.read("du-lieu-cua-toi.html").decode()

    assert {row["staff_code"] for row in told["person"]} == {"–", "LANHAI"}
    assert [row["unit_id"] for row in told["posting"]] == ["Xã Bình Mẫu", "Xã Khun Mẫu"]
    assert "0912345678" in text
    assert not any(one in text or one in str(told) for one in hashes)
    assert set(told) - set(sections) <= {"job"}
    assert world.client("pao").raw(f"/jobs/{made.job_id}/file").status_code == 404


def test_what_is_printed_on_a_certificate_is_told_in_words(world):
    facts = {"birth": "1999-11-30", "sex": "male", "course": "Khóa", "issuer": {"seat": "Lai Châu"}, "class_to": None}
    with world.app.test_request_context(), speaking("vi"):
        said = held._said("facts", facts, held.Names(frozenset()))

    assert said == "Ngày sinh: 30/11/1999; Đến: –; Khóa: Khóa; Cơ quan cấp: Địa điểm: Lai Châu; Giới tính: nam"


def test_no_table_about_people_is_forgotten():
    """Every table with a person, an account or an enrolment of somebody is told, or left out for a reason that is written down."""
    personal = {
        table.name
        for table in db.metadata.sorted_tables
        if {"person_id", "account_id", "enrolment_id", "attempt_id", "requested_by"} & set(table.columns.keys())
    }

    assert personal - held.TABLES - set(held.NOT_SHOWN) == set()
    secret = re.compile("hash|token|sealed|secret|public_key|credential|user_handle|content|file$|client_id")
    assert [name for kind in held.KINDS for name in kind.columns if secret.search(name)] == []
    for kind in held.KINDS:
        assert set(kind.columns) <= set(inspect(kind.model).columns.keys())


@pytest.fixture
def noticed(database_url, tmp_path, world):
    """The same house, where the notice is shown."""
    app = create_app(replace(config_for(database_url, tmp_path), notice="shown"))
    yield app
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


def test_the_notice_is_shown_once_in_each_version(noticed, world, monkeypatch):
    def lands(client):
        sent = {"username": "lan", "passphrase": "bon tu cua lan day", "next": "/learn/", "csrf_token": client.token()}
        return client.raw("/sign-in", "POST", data=sent).headers["Location"]

    browser = Client(noticed)
    assert lands(browser) == "/notice?next=%2Flearn%2F"
    page = browser.get("/notice?next=/learn/")
    assert "91/2025/QH15" in page
    assert 'href="/learn/"' in page  # "later" leads on: nothing is closed to who has not read it
    answer = browser.raw(
        "/notice/readings", "POST", data={"version": "2026-11", "next": "/learn/", "csrf_token": browser.token()}
    )
    assert answer.headers["Location"] == "/learn/"
    with noticed.app_context():
        row = db.session.scalars(select(NoticeRead)).one()
    assert (row.account_id, row.version, row.sha256) == (
        world.accounts["lan"],
        "2026-11",
        office.notice().sha256,
    )
    assert row.read_at == at_hour(TODAY)
    assert lands(Client(noticed)) == "/learn/"

    newer = replace(office.notice(), version="2027-01")
    monkeypatch.setattr(office, "notice", lambda: newer)
    again = Client(noticed)
    assert lands(again).startswith("/notice")
    old = {"version": "2026-11", "csrf_token": again.token()}
    assert again.raw("/notice/readings", "POST", data=old).status_code == 409
