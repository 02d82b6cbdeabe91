"""The register's pages: who sees which, what they may do there, and what does not change with the number of rows."""

import hashlib
from io import BytesIO
from pathlib import Path

import pytest
from python_calamine import CalamineWorkbook
from sqlalchemy import select

from lms.certificates import actions, queries, sheet
from lms.certificates.models import Certificate
from lms.kernel import jobs
from lms.kernel.db import db
from lms.kernel.jobs import JobFile
from tests.certificates.conftest import CLASS, READ, Earned
from tests.certificates.test_paper import pages_of
from tests.certificates.test_register import rename, revoke, state
from tests.world import World

EVERYONE = ("lan", "pao", "hoa", "my", "dung", "quan")


def test_nothing_yet_says_what_to_expect(world: World) -> None:
    assert "chưa có giấy chứng nhận nào" in world.client("lan").get("/certificates/")


def test_lan_finds_her_own(world: World, earned: Earned) -> None:
    certificate = earned.certificate("lan")
    lan = world.client("lan")

    assert "001/2026/GCN-BLG" in lan.get("/certificates/")
    page = lan.get(f"/certificates/{certificate}")
    assert "Hợp lệ" in page
    assert READ.title in page
    assert "Thu hồi" not in page
    assert lan.raw(f"/certificates/{certificate}.pdf").mimetype == "application/pdf"


@pytest.mark.parametrize(
    ("who", "sees"),
    [("lan", True), ("my", True), ("dung", True), ("pao", False), ("hoa", False), ("quan", False)],
)
def test_who_sees_what_lan_has(world: World, earned: Earned, who: str, sees: bool) -> None:
    certificate = earned.certificate("lan")
    client = world.client(who)

    for url in (f"/certificates/{certificate}", f"/certificates/{certificate}.pdf"):
        assert client.raw(url).status_code == (200 if sees else 404)
    assert ("Vàng Thị Lan" in client.get("/certificates/")) == (who in {"lan", "my", "dung"})


def test_a_focal_person_of_a_sibling_unit_sees_none(world: World, earned: Earned) -> None:
    theirs = earned.certificate("pao")  # works in Khun Mẫu; Mỷ is focal person of Bình Mẫu
    my = world.client("my")

    assert my.raw(f"/certificates/{theirs}").status_code == 404
    assert my.raw(f"/certificates/{theirs}.pdf").status_code == 404
    assert "Giàng A Páo" not in my.get("/certificates/")
    assert "Giàng A Páo" not in my.get("/certificates/register")
    assert "Giàng A Páo" not in str(cells(my.raw("/certificates/register.xlsx").data))


def test_a_trainer_sees_those_of_own_classes_only(world: World, earned: Earned) -> None:
    earned.held_class([world.persons["lan"]])
    alone = earned.certificate("pao")
    with world.doing():
        actions.issue_due()
    with world.app.app_context():
        held = db.session.scalars(select(Certificate.id).where(Certificate.course_slug == CLASS.slug)).one()
    hoa = world.client("hoa")

    assert hoa.raw(f"/certificates/{held}.pdf").status_code == 200
    assert hoa.raw(f"/certificates/{alone}.pdf").status_code == 404


@pytest.mark.parametrize("who", [None, *EVERYONE])
def test_only_the_office_revokes_and_issues_again(world: World, earned: Earned, who: str | None) -> None:
    certificate = earned.certificate("lan")
    rename(world, "lan", "Vàng Thị Lành")
    client = world.client(who)

    for url, form in (
        (f"/certificates/{certificate}/versions", {}),
        (f"/certificates/{certificate}/revocation", {"reason": "Cấp nhầm"}),
        ("/certificates/issues", {}),
    ):
        answer = client.raw(url, "POST", data={"csrf_token": client.token(), **form})
        if who == "dung":
            assert answer.status_code in {303, 409}
        else:
            assert answer.status_code in ({404} if who else {303}), url
            assert who or "/sign-in" in answer.headers["Location"]
    assert (state(world, certificate) == "valid") == (who != "dung")


def test_dung_revokes_with_a_reason(world: World, earned: Earned) -> None:
    certificate = earned.certificate("lan")
    dung = world.client("dung")
    url = f"/certificates/{certificate}/revocation"

    assert "Lỗi" in dung.post(url, {"reason": "  ", "decision": "12/QĐ-UBND"}, status=422)
    assert "12/QĐ-UBND" in dung.post(url, {"reason": "", "decision": "12/QĐ-UBND"}, status=422)
    page = dung.post(url, {"reason": "Chưa dự đủ số tiết", "decision": "12/QĐ-UBND"})
    assert "Đã thu hồi" in page
    assert "Chưa dự đủ số tiết" in page
    assert "đã bị thu hồi" in dung.post(url, {"reason": "Lần nữa"}, status=409)
    assert world.client("lan").raw(f"/certificates/{certificate}.pdf").status_code == 409


def test_dung_issues_again_after_a_correction(world: World, earned: Earned) -> None:
    certificate = earned.certificate("lan")
    dung = world.client("dung")
    url = f"/certificates/{certificate}/versions"

    assert "Không có gì" in dung.post(url, status=409)
    rename(world, "lan", "Vàng Thị Lành")
    page = dung.post(url)
    assert "002/2026/GCN-BLG" in page
    assert "Vàng Thị Lành" in page
    assert "Đã thay thế" in dung.get(f"/certificates/{certificate}")


def test_dung_sees_who_is_waiting_and_issues(world: World, earned: Earned) -> None:
    earned.complete("lan")
    dung = world.client("dung")

    page = dung.get("/certificates/")
    assert "Chờ cấp: 1" in page
    assert "Đã đọc hết bài" in page
    assert "Đã cấp 1 giấy chứng nhận" in dung.post("/certificates/issues")
    assert "Chờ cấp" not in dung.get("/certificates/")


def test_the_office_is_told_what_to_revoke(world: World, earned: Earned) -> None:
    done = earned.complete("lan")
    earned.issue(done)
    earned.retract(done)

    assert "Chờ thu hồi: 1" in world.client("dung").get("/certificates/")


def cells(content: bytes) -> list[list[object]]:
    return CalamineWorkbook.from_filelike(BytesIO(content)).get_sheet_by_index(0).to_python()


def test_the_register_keeps_voids_and_says_why(world: World, earned: Earned) -> None:
    first = earned.certificate("lan")
    second = earned.certificate("pao")
    rename(world, "lan", "Vàng Thị Lành")
    with world.doing():
        actions.reissue(db.session.get_one(Certificate, first))
    revoke(world, second, "Cấp nhầm người")
    dung = world.client("dung")

    page = dung.get("/certificates/register?year=2026")
    rows = cells(dung.raw("/certificates/register.xlsx?year=2026").data)
    assert tuple(rows[2]) == sheet.COLUMNS
    assert "Dân tộc" not in sheet.COLUMNS
    assert [row[8] for row in rows[3:]] == ["001/2026/GCN-BLG", "002/2026/GCN-BLG", "003/2026/GCN-BLG"]
    assert [row[12] for row in rows[3:]] == [
        "Đã thay thế bằng 003/2026/GCN-BLG",
        "Thu hồi ngày 23/11/2026: Cấp nhầm người",
        "Cấp lại, thay cho 001/2026/GCN-BLG",
    ]
    for row in rows[3:]:
        for cell in row:
            assert str(cell) in page


def test_a_formula_stays_a_word(world: World, earned: Earned) -> None:
    certificate = earned.certificate("lan")
    revoke(world, certificate, "=1+1")

    assert cells(world.client("dung").raw("/certificates/register.xlsx").data)[3][12].endswith(": =1+1")


@pytest.mark.parametrize(
    ("who", "url"),
    [
        ("lan", "/certificates/"),
        ("dung", "/certificates/"),
        ("dung", "/certificates/register"),
        ("dung", "/certificates/register.xlsx"),
    ],
)
def test_one_row_and_thirty_ask_the_same(world: World, earned: Earned, statements, who: str, url: str) -> None:
    def asked() -> int:
        client = world.client(who)
        client.raw(url)
        with statements() as seen:
            assert client.raw(url).status_code == 200
        return len(seen)

    waiting = earned.crowd(31)
    done = earned.certificate("lan")
    earned.complete(waiting[0])
    before = asked()
    for person in waiting[1:16]:
        earned.certificate(person)
    for person in waiting[16:]:
        earned.complete(person)

    assert done
    assert asked() == before


def test_a_class_becomes_one_file_with_a_page_for_each(world: World, earned: Earned, tmp_path: Path) -> None:
    people = [world.persons["lan"], *earned.crowd(5)]
    class_id = earned.held_class(people)
    with world.doing():
        assert actions.issue_due() == 6
    with world.app.app_context():
        first = db.session.scalars(select(Certificate.id).order_by(Certificate.number)).first()
    revoke(world, first)
    hoa = world.client("hoa")

    assert "Gộp tất cả" in hoa.get(f"/certificates/classes/{class_id}")
    hoa.post(f"/certificates/classes/{class_id}/papers")
    with world.app.app_context():
        assert jobs.work_off() == 1
        job = db.session.scalars(select(jobs.Job)).one()
        kept = db.session.scalars(select(JobFile)).one()
        assert (job.state, job.done, job.total, job.result) == ("done", 5, 5, {"pages": 5})
        assert len(queries.by_hash(hashlib.sha256(kept.content).hexdigest())) == 5
        assert pages_of(kept.content, tmp_path) == 5
    assert "giay-chung-nhan-lop" in hoa.get(f"/jobs/{job.id}")


@pytest.mark.parametrize(("who", "status"), [("hoa", 200), ("my", 200), ("dung", 200), ("lan", 404), ("pao", 404)])
def test_who_sees_the_papers_of_a_class(world: World, earned: Earned, who: str, status: int) -> None:
    class_id = earned.held_class([world.persons["lan"]])

    assert world.client(who).raw(f"/certificates/classes/{class_id}").status_code == status
    assert world.client(who).raw("/certificates/classes/9999").status_code == 404


@pytest.mark.parametrize("year", ["9" * 20, "abc", "-1", "٢٠٢٦", ""])
def test_a_year_that_is_none_is_not_asked_for(world: World, earned: Earned, year: str) -> None:
    earned.certificate("lan")
    dung = world.client("dung")

    assert "001/2026/GCN-BLG" in dung.get(f"/certificates/?year={year}")
    assert "001/2026/GCN-BLG" in dung.get(f"/certificates/register?year={year}")
    assert dung.raw(f"/certificates/{'9' * 20}").status_code == 404
