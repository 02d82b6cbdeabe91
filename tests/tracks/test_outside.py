"""Training taken elsewhere: claimed, looked at, decided; what it does to completions, and that it can do nothing else."""

import io
from datetime import date

import pytest
from sqlalchemy import select
from werkzeug.datastructures import FileStorage
from werkzeug.test import encode_multipart

from lms.certificates import actions as certificates
from lms.kernel.clock import at_hour, frozen
from lms.kernel.db import CURRENT, db
from lms.kernel.refused import Refused
from lms.people import actions as people
from lms.people.roles import Role
from lms.tracks import actions, editions, outside, outside_queries, papers, queries
from lms.tracks.models import Completion, Enrolment, OutsideTraining
from tests.tracks.sample import a_course
from tests.world import TODAY, World

PDF = b"%PDF-1.4 giay chung nhan mau"
PNG = b"\x89PNG\r\n\x1a\n" + b"mau"
JPEG = b"\xff\xd8\xff\xe0 mau"
HELD = date(2026, 5, 20)
CLAIM = {"title": "Lớp của tỉnh", "organiser": "Sở mẫu", "held_on": HELD, "document": "Số mẫu"}
TYPED = {"course": "chung", "title": "Lớp của tỉnh", "organiser": "Sở mẫu", "held_on": "20/05/2026", "document": ""}


def claim(world: World, who: str = "lan", by: str = "my", **changes: object) -> int:
    with world.doing():
        given = {**CLAIM, **changes}
        return outside.claim(world.persons[who], "chung", by=world.accounts[by], **given).id  # type: ignore[arg-type]


def row(outside_id: int) -> OutsideTraining:
    return db.session.get_one(OutsideTraining, outside_id)


def held(world: World, who: str = "lan") -> list[tuple[str, date, str]]:
    """(cycle, day, grade) of each completion that holds."""
    with world.app.app_context():
        rows = db.session.scalars(
            select(Completion).where(Completion.person_id == world.persons[who], Completion.superseded_at == CURRENT)
        )
        return [(one.cycle, one.completed_on, one.grade) for one in rows]


def test_approved_it_is_a_completion_of_that_day_and_gives_no_certificate(learning: World) -> None:
    one = claim(learning)
    assert held(learning) == []
    with learning.doing():
        completion = outside.approve(row(one), by=learning.accounts["dung"])
        assert completion is not None
        assert completion.evidence["test"] == {"outside": one, "grade": "document", "on": "2026-05-20"}

    assert held(learning) == [("ke-hoach-mau", HELD, "document")]
    with learning.doing():
        assert certificates.issue_due(on=TODAY) == 0
        with pytest.raises(Refused, match="its own paper"):
            certificates.issue(db.session.scalars(select(Completion)).one())


@pytest.mark.parametrize(
    "proof, grade",
    [({"document": "Số mẫu"}, "document"), ({"document": "", "file": PNG}, "document"), ({"document": ""}, "claim")],
)
def test_a_bare_word_is_only_a_claim(learning: World, proof: dict, grade: str) -> None:
    one = claim(learning, **proof)
    with learning.doing():
        outside.approve(row(one))

    assert held(learning) == [("ke-hoach-mau", HELD, grade)]


def test_it_fills_only_what_is_missing(learning: World) -> None:
    """The test was passed here; the paper stands for the lessons alone, and the whole is as good as its weakest proof."""
    with learning.doing():
        mine = actions.enrol(learning.persons["lan"], "chung", on=TODAY)
        actions.finish_part(mine, "test", on=TODAY, evidence={"attempt": 1})
    one = claim(learning)
    with learning.doing():
        completion = outside.approve(row(one))
        assert completion is not None
        assert completion.completed_on == TODAY
        assert "attempt" in completion.evidence["test"]
        assert completion.grade == "document"


def test_taken_back_the_completion_falls_and_what_was_learned_here_stays(learning: World) -> None:
    with learning.doing():
        mine = actions.enrol(learning.persons["lan"], "chung", on=TODAY).id
        actions.finish_part(db.session.get_one(Enrolment, mine), "test", on=TODAY, evidence={"attempt": 1})
    one = claim(learning)
    with learning.doing():
        outside.approve(row(one))
    with learning.doing():
        assert outside.take_back(row(one), why="Giấy của người khác", by=learning.accounts["dung"]) is not None

    assert held(learning) == []
    with learning.doing():
        assert set(queries.progress(db.session.get_one(Enrolment, mine)).parts) == {"test"}
        assert (row(one).state, row(one).why) == ("withdrawn", "Giấy của người khác")
        with pytest.raises(Refused, match="Only what was approved"):
            outside.take_back(row(one), why="Lần nữa")


def test_old_training_counts_for_its_own_time(learning: World) -> None:
    one = claim(learning, held_on=date(2024, 3, 1))
    with learning.doing():
        outside.approve(row(one))

    assert held(learning) == [("2024", date(2024, 3, 1), "document")]


def test_what_cannot_be_claimed(learning: World) -> None:
    with learning.doing():
        editions.publish(a_course("kin", track="5"))
    claim(learning)
    with learning.doing():
        lan = learning.persons["lan"]
        for course, changes, words in (
            ("chung", {"held_on": date(2026, 12, 1)}, "has not ended yet"),
            ("chung", {}, "was entered already"),
            ("kin", {}, "Nobody's name is kept"),
            ("khong-co", {}, "has not been published"),
            ("khan-cap", {"file": b"MZ\x90", "file_name": "giay.pdf"}, "no PDF, JPEG or PNG"),
            ("khan-cap", {"file": b"<html><script>alert(1)</script>", "file_name": "giay.png"}, "no PDF, JPEG or PNG"),
            ("khan-cap", {"file": b"", "file_name": "giay.pdf"}, "empty"),
            ("khan-cap", {"file": PDF + b"0" * papers.LARGEST}, "too big"),
        ):
            with pytest.raises(Refused, match=words):
                outside.claim(lan, course, **{**CLAIM, **changes})
        assert db.session.query(OutsideTraining).count() == 1


def test_what_cannot_be_decided(learning: World) -> None:
    own, other = claim(learning, "dung", by="dung"), claim(learning)
    office = learning.accounts["dung"]
    with learning.doing():
        for verb in (outside.approve, outside.refuse):
            with pytest.raises(Refused, match="their own training"):
                verb(row(own), why="Vì tôi đã học", by=office)
        with pytest.raises(Refused, match="Say why"):
            outside.refuse(row(other), why="  ", by=office)
        outside.refuse(row(other), why="Không rõ số", by=office)
        with pytest.raises(Refused, match="decided or withdrawn already"):
            outside.approve(row(other), by=office)
        outside.withdraw(row(own), by=office)
    assert held(learning) == held(learning, "dung") == []


def test_completed_already_it_would_change_nothing(learning: World) -> None:
    with learning.doing():
        mine = actions.enrol(learning.persons["lan"], "chung", on=TODAY)
        for part in ("lessons", "test"):
            actions.finish_part(mine, part, on=TODAY, evidence={})
    one = claim(learning)
    with learning.doing(), pytest.raises(Refused, match="would change nothing"):
        outside.approve(row(one))


def test_who_waits_is_told_to_whom_it_concerns(learning: World) -> None:
    claim(learning), claim(learning, "pao", by="dung")
    with learning.doing():
        units = learning.units
        assert outside_queries.count_waiting(units.values()) == 2
        assert outside_queries.count_waiting([units["khun_ha"]]) == 1
        assert outside_queries.count_waiting([]) == 0


def test_a_focal_person_enters_it_and_the_office_approves(learning: World) -> None:
    my, dung, lan = learning.client("my"), learning.client("dung"), learning.persons["lan"]
    address = f"/outside/people/{lan}"
    assert address in my.get(f"/people/{lan}")
    scan = {"file": (io.BytesIO(JPEG), "ảnh giấy.bin")}
    page = my.post(address, {**TYPED, **scan}, content_type="multipart/form-data")
    assert "chờ duyệt" in page
    assert "Cơ quan sẽ duyệt" in page
    assert "Duyệt</button>" not in page
    with learning.doing():
        one = db.session.scalars(select(OutsideTraining.id)).one()

    assert "1</b> giấy tờ chờ cơ quan duyệt" in dung.get("/outside/")
    page = dung.get(f"/outside/{one}")
    assert f'<img src="/outside/{one}/paper"' in page
    assert ", Tẩn Thị Mỷ" in page  # who entered it
    page = dung.post(f"/outside/{one}/approvals")
    assert "Đã duyệt: được tính là đã tập huấn." in page
    assert held(learning) == [("ke-hoach-mau", HELD, "document")]

    with learning.doing():
        mine = db.session.scalars(select(Enrolment.id)).one()
    page = learning.client("lan").get(f"/learn/{mine}")
    assert "Được công nhận từ lớp tập huấn nơi khác." in page
    assert "cấp giấy chứng nhận; anh/chị" not in page

    page = dung.post(f"/outside/{one}/take-backs", {"why": ""}, status=422)
    assert "Hãy nhập lý do." in page
    assert "đã rút" in dung.post(f"/outside/{one}/take-backs", {"why": "Nhầm người"})
    assert held(learning) == []


def test_the_scan_is_served_so_that_it_can_do_nothing(learning: World) -> None:
    one = claim(learning, document="", file=PDF, file_name="<script>.html")
    answer = learning.client("my").raw(f"/outside/{one}/paper")

    assert answer.data == PDF
    assert answer.mimetype == "application/pdf"
    assert answer.headers["Content-Disposition"] == f"attachment; filename=giay-to-{one}.pdf"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Security-Policy"].startswith("sandbox; default-src 'none'")
    bare = claim(learning, "hoa")
    learning.client("my").get(f"/outside/{bare}/paper", status=404)


def test_what_was_typed_comes_back_with_a_sentence(learning: World) -> None:
    my, address = learning.client("my"), f"/outside/people/{learning.persons['lan']}"
    page = my.post(address, {**TYPED, "held_on": "31/02/2026"}, status=422)
    assert "Sở mẫu" in page
    assert "31/02/2026" in page
    page = my.post(address, {**TYPED, "held_on": "24/11/2026"}, status=409)
    assert "Lớp chưa kết thúc: ngày cuối là 24/11/2026." in page
    assert "Sở mẫu" in page
    fake = {"file": (io.BytesIO(b"MZ"), "giay.pdf")}
    page = my.post(address, {**TYPED, **fake}, status=409, content_type="multipart/form-data")
    assert "Nội dung tệp không phải PDF, JPEG hay PNG" in page


def test_a_photo_too_big_costs_nothing_that_was_typed(learning: World) -> None:
    my, address = learning.client("my"), f"/outside/people/{learning.persons['lan']}"
    photo = {"file": FileStorage(io.BytesIO(JPEG + bytes(8_000_000)), "giay.jpg")}
    boundary, sent = encode_multipart({"csrf_token": my.token(), **TYPED, **photo})
    kind = f"multipart/form-data; boundary={boundary}"

    answer = my.http.post(address, data=sent, content_type=kind)

    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert "tối đa 5 MB" in page
    assert 'value="Lớp của tỉnh"' in page
    answer = my.http.post(address, data=bytes(17 * 1024 * 1024), content_type=kind)
    assert answer.status_code == 413
    assert "<h1>" in answer.get_data(as_text=True)


def test_the_sibling_commune_and_learners_are_strangers(learning: World) -> None:
    with learning.doing(), frozen(at_hour(TODAY)):
        account, _phrase = people.open_account(None, username="sao", passphrase="bon tu cua sao day")
        people.grant_role(account.id, Role.FOCAL, learning.units["khun_ha"])
        learning.accounts["sao"] = account.id
    one = claim(learning, document="", file=PDF)
    for who in ("sao", "lan", "hoa", "quan"):
        stranger = learning.client(who)
        for address in (f"/outside/{one}", f"/outside/{one}/paper", f"/outside/people/{learning.persons['lan']}"):
            assert stranger.raw(address).status_code == 404, (who, address)
        stranger.post(f"/outside/{one}/approvals", status=404)
        stranger.post(f"/outside/{one}/withdrawals", status=404)
    learning.client("my").post(f"/outside/{one}/approvals", status=404)  # entering is not deciding
    assert held(learning) == []
