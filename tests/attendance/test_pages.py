"""Classes as people meet them: called, joined, the roll of forty in one request, closed, corrected, printed."""

import re
import subprocess
import uuid
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import pytest
from sqlalchemy import func, select

from lms.attendance import actions, rolls
from lms.attendance.models import ClassTrainer, Mark, TrainingClass
from lms.kernel.db import CURRENT, db
from lms.people import actions as people_actions
from lms.people.models import Person
from lms.people.roles import Role
from lms.tracks import actions as tracks
from lms.tracks import editions
from lms.tracks.models import Completion, Indicator, Plan
from tests.attendance.conftest import COURSE, DAY, Held, call, crowd, name_of
from tests.world import Client, World

Counting = Callable[[], AbstractContextManager[list[str]]]


def sessions_data(*halves: str) -> dict[str, str]:
    """The six rows of the form, the first of them filled in."""
    rows: dict[str, str] = {}
    for n in range(6):
        rows |= {f"sessions-{n}-on": "", f"sessions-{n}-half": "am", f"sessions-{n}-periods": "4"}
    for n, half in enumerate(halves):
        rows |= {f"sessions-{n}-on": DAY.strftime("%d/%m/%Y"), f"sessions-{n}-half": half}
    return rows


def seen(client: Client) -> str:
    """What the open roll page says was its newest mark."""
    assert client.page
    form = next(form for form in client.page.forms if "seen" in form["fields"])
    return str(form["fields"]["seen"])


def names(world: World, ids: list[int]) -> list[str]:
    with world.app.app_context():
        return list(db.session.scalars(select(Person.full_name).where(Person.id.in_(ids))))


def test_a_class_is_called(world: World) -> None:
    with world.doing():
        editions.publish(COURSE)
    my = world.client("my")
    assert "Chưa có lớp nào đang mở" in my.get("/classes/")
    my.get("/classes/new")
    form = {
        "course_slug": COURSE.slug,
        "unit_id": world.units["binh_lu"],
        "title": "Lớp tập huấn tháng 11",
        "place": "Nhà văn hoá",
        "seats": "30",
        "min_share": "",
        "trainer_ids": [str(world.persons["hoa"])],
    }
    empty = my.post("/classes/", {**form, **sessions_data(), "title": ""}, status=422)
    assert "Nhà văn hoá" in empty  # nothing typed is lost
    assert "ít nhất một buổi" in my.post("/classes/", {**form, **sessions_data()}, status=409)
    assert "cùng một buổi" in my.post("/classes/", {**form, **sessions_data("am", "am")}, status=409)

    page = my.post("/classes/", {**form, **sessions_data("am", "pm")})

    assert "Lớp tập huấn tháng 11" in page
    assert "0/30" in page
    assert "Đặng Thị Hoa" in page
    with world.app.app_context():
        row = db.session.scalars(select(TrainingClass)).one()
        assert (row.min_share, row.called_by, row.place) == (80, world.accounts["my"], "Nhà văn hoá")
        assert [(one.half, one.periods) for one in rolls.sessions_of(row.id)] == [("am", 4), ("pm", 4)]


def test_a_class_is_called_only_for_ones_own_units(world: World) -> None:
    with world.doing():
        editions.publish(COURSE)
    form = {
        "course_slug": COURSE.slug,
        "title": "Lớp",
        "place": "",
        "seats": "30",
        "min_share": "",
        **sessions_data("am"),
    }
    world.client("my").post("/classes/", {**form, "unit_id": world.units["khun_ha"]}, status=422)
    world.client("lan").post("/classes/", {**form, "unit_id": world.units["binh_lu"]}, status=404)


def test_people_are_found_and_seated(world: World, a_class: Held) -> None:
    my = world.client("my")
    url = f"{a_class.url}/people"
    assert "Vàng Thị Lan" in my.get(f"{url}?words=vang+LAN")
    assert "Giàng A Páo" not in my.get(f"{url}?words=pao")  # another unit's
    assert "Không tìm thấy ai" in my.get(f"{url}?words=100%25")

    page = my.post(f"{a_class.url}/seats", {"person_ids": [world.persons["lan"], world.persons["my"]]})

    assert "2 người đã có chỗ" in page
    assert "2/5" in page
    assert "Vàng Thị Lan" not in my.get(f"{url}?words=lan")  # has a seat
    my.post(f"{a_class.url}/seats", {"person_ids": [world.persons["pao"]]}, status=422)
    my.post(f"{a_class.url}/seats/{world.persons['my']}/end")
    assert "1/5" in my.get(a_class.url)
    with world.doing():
        more = crowd(world, 5)
    assert "Chỉ còn 4 chỗ" in my.post(f"{a_class.url}/seats", {"person_ids": more}, status=409)


def test_everyone_who_still_has_to_attend(world: World, a_class: Held) -> None:
    with world.doing():
        plan = Plan(
            slug="mau", title="Kế hoạch mẫu", issuer="Mẫu", starts_on=DAY.replace(month=1, day=1),
            ends_on=DAY.replace(month=12, day=31), scope_unit_id=world.units["province"],
        )  # fmt: skip
        db.session.add(plan)
        db.session.flush()
        indicator = Indicator(plan_id=plan.id, slug="mot", place=1, title="Chỉ tiêu", short_title="Chỉ tiêu")
        db.session.add(indicator)
        db.session.flush()
        due, done, other = crowd(world, 3)
        for one in (due, done, world.persons["pao"]):
            tracks.enrol(one, COURSE.slug, on=DAY, indicator_id=indicator.id)
        tracks.enrol(other, COURSE.slug, on=DAY)  # by own wish
        tracks.finish_part(tracks.enrol(done, COURSE.slug, on=DAY), "class", on=DAY, evidence={"class": 0})
    html = world.client("my").get(f"{a_class.url}/people?due=1")

    assert f'value="{due}"' in html
    assert not any(f'value="{one}"' in html for one in (done, other, world.persons["pao"]))


def test_a_learner_joins_and_leaves(world: World, a_class: Held) -> None:
    lan = world.client("lan")
    assert "Lớp tập huấn mẫu" in lan.get("/classes/")
    with world.doing():
        actions.take_seat(a_class.id, world.persons["my"])
    page = lan.post(f"{a_class.url}/seat")
    assert "Vàng Thị Lan" in page  # herself
    assert "Tẩn Thị Mỷ" not in page.replace("Tẩn Thị Mỷ</a>", "")  # nobody else
    assert "2/5" in page
    lan.post(f"{a_class.url}/seat")
    lan.post(f"{a_class.url}/seat/end")
    assert "1/5" in lan.get(a_class.url)
    with world.doing():
        actions.take_seats(a_class.id, crowd(world, 4))
    assert "Lớp đã đủ người" in lan.get(a_class.url)
    assert "cả 5 chỗ" in lan.post(f"{a_class.url}/seat", status=409)


def test_the_roll_of_forty_is_one_request(world: World, full_class: Held, count_queries: Counting) -> None:
    hoa = world.client("hoa")
    page = hoa.get(full_class.roll_url())
    assert page.count('type="radio"') == 4 * 40
    data = {f"state-{one}": "present" for one in full_class.people}
    data |= {f"state-{full_class.people[0]}": "absent", f"state-{full_class.people[1]}": "late"}
    data |= {"seen": seen(hoa), "_once": str(uuid.uuid4()), "then": "close"}
    hoa.token()
    with count_queries() as statements:
        page = hoa.post(full_class.roll_url(), data)

    assert sum("INSERT INTO mark" in one for one in statements) == 1
    assert "39/40" in page  # late counts as there
    assert name_of(0) in page
    assert name_of(2) not in page  # only the exceptions
    again = hoa.post(full_class.roll_url(), data)  # the same form, sent twice
    assert "39/40" in again
    with world.app.app_context():
        assert db.session.scalar(select(func.count()).select_from(Mark)) == 40

    page = hoa.post(f"{full_class.url}/sessions/{full_class.sessions[0]}/closing")
    assert "Đã chốt" in page
    assert "Sửa điểm danh" in page


def test_two_open_rolls_do_not_undo_each_other(world: World, full_class: Held) -> None:
    hoa, my = world.client("hoa"), world.client("my")
    hoa.post(full_class.roll_url(), {"then": "all"})
    one, two = full_class.people[:2]
    sent = {}
    for client in (hoa, my):
        client.get(full_class.roll_url())
        sent[client] = {"seen": seen(client), **{f"state-{person}": "present" for person in full_class.people}}
    hoa.post(full_class.roll_url(), {**sent[hoa], f"state-{one}": "absent"})
    my.post(full_class.roll_url(), {**sent[my], f"state-{two}": "late"})
    with world.app.app_context():
        roll = rolls.roll_of(full_class.sessions[0])
        assert (roll[one], roll[two]) == ("absent", "late")
        assert db.session.scalar(select(func.count()).select_from(Mark)) == 42


def test_an_untouched_roll_cannot_be_closed(world: World, full_class: Held) -> None:
    hoa = world.client("hoa")
    url = f"{full_class.url}/sessions/{full_class.sessions[0]}/closing"
    assert "40 người chưa được điểm danh" in hoa.get(url)
    assert "Chưa điểm danh ai" in hoa.post(url, status=409)


def test_closing_completes_and_a_correction_takes_back(world: World, full_class: Held) -> None:
    hoa = world.client("hoa")
    for n, session_id in enumerate(full_class.sessions):
        hoa.post(full_class.roll_url(n), {"then": "all"})
        page = hoa.post(f"{full_class.url}/sessions/{session_id}/closing")
    assert "cả lớp cũng kết thúc" in page
    person = full_class.people[7]

    def completed() -> bool:
        held = select(Completion).where(Completion.person_id == person, Completion.superseded_at == CURRENT)
        with world.app.app_context():
            return db.session.scalar(held) is not None

    assert completed()
    url = f"{full_class.url}/sessions/{full_class.sessions[0]}/corrections"
    hoa.post(url, {"person_id": person, "state": "absent", "reason": ""}, status=422)
    assert completed()
    page = hoa.post(url, {"person_id": person, "state": "absent", "reason": "Ký thay người khác"})
    assert "Ký thay người khác" in page
    assert not completed()
    assert "Chưa đủ" in hoa.get(full_class.url)
    assert "Lớp tập huấn mẫu" in hoa.get("/classes/past")


def test_a_walk_in_by_staff_code(world: World, a_class: Held) -> None:
    with world.doing():
        crowd(world, 1, "khun_ha")
    hoa = world.client("hoa")
    assert name_of(0) in hoa.post(f"{a_class.url}/walk-ins", {"staff_code": "Mk0000"})
    assert "Không ai có mã" in hoa.post(f"{a_class.url}/walk-ins", {"staff_code": "khong-co"})


def test_a_class_that_will_not_be_held(world: World, a_class: Held) -> None:
    my = world.client("my")
    my.post(f"{a_class.url}/cancellation", {"why": ""}, status=422)
    assert "Mưa lũ, đường tắc" in my.post(f"{a_class.url}/cancellation", {"why": "Mưa lũ, đường tắc"})
    my.get(a_class.roll_url())


def test_one_more_half_day(world: World, a_class: Held) -> None:
    my = world.client("my")
    url = f"{a_class.url}/sessions"
    my.post(url, {"on": "", "half": "am", "periods": "4"}, status=422)
    assert "24/11/2026" in my.post(url, {"on": "24/11/2026", "half": "am", "periods": "4"})
    assert "cùng một buổi" in my.post(url, {"on": "24/11/2026", "half": "am", "periods": "4"}, status=409)


def sibling_trainer(world: World) -> Client:
    """A trainer of Khun Mẫu, with a class of their own there."""
    with world.doing():
        people_actions.grant_role(world.accounts["pao"], Role.TRAINER, world.units["khun_ha"])
    call(world, unit="khun_ha", trainer="pao")
    return world.client("pao")


def test_who_sees_which_class(world: World, full_class: Held) -> None:
    pao = sibling_trainer(world)
    assert pao.get("/classes/").count("Lớp tập huấn mẫu") == 1
    n = full_class.sessions[0]
    for url in ("", f"/sessions/{n}/roll", f"/sessions/{n}/closing", "/sheet", "/sheet.pdf"):
        pao.get(full_class.url + url, status=404)
        world.client("quan").get(full_class.url + url, status=404)  # an admin sees no learning data
    pao.post(full_class.roll_url(), {"then": "all"}, status=404)
    pao.post(f"{full_class.url}/sessions/{n}/closing", status=404)
    pao.post(f"{full_class.url}/walk-ins", {"staff_code": "Mb0000"}, status=404)
    lan = world.client("lan")  # a colleague of the same unit, without a seat
    assert "Lò Thị" not in lan.get(full_class.url)
    lan.get(full_class.roll_url(), status=404)
    for who in ("hoa", "my", "dung"):
        assert name_of(0) in world.client(who).get(full_class.url)


def test_a_focal_person_sees_only_their_own_people_in_another_units_class(world: World) -> None:
    group = call(world, seats=10, unit="khun_ha", trainer="pao")
    my = world.client("my")
    my.get(group.url, status=404)
    with world.doing():
        actions.take_seats(group.id, [world.persons["lan"], world.persons["pao"]])
    page = my.get(group.url)
    assert "Vàng Thị Lan" in page
    assert not re.search(r"<th[^>]*>Giàng A Páo", page)
    my.get(group.roll_url(), status=404)
    my.get(f"{group.url}/sheet", status=404)
    my.post(f"{group.url}/seats/{world.persons['pao']}/end", status=404)
    my.post(f"{group.url}/cancellation", {"why": "x"}, status=404)
    my.post(f"{group.url}/seats/{world.persons['lan']}/end", status=404)  # hers; but then she sees the class no more
    with world.app.app_context():
        assert [seat.person_id for seat in rolls.seats_of(group.id)] == [world.persons["pao"]]


def test_someone_elses_session_is_not_there(world: World, full_class: Held) -> None:
    other = call(world)
    world.client("hoa").get(f"{full_class.url}/sessions/{other.sessions[0]}/roll", status=404)


@pytest.mark.parametrize("page", ["", "/roll", "/closing", "/sheet"])
def test_one_row_or_thirty_take_the_same_queries(world: World, count_queries: Counting, page: str) -> None:
    counts = []
    for size in (1, 30):
        group = call(world, seats=30)
        with world.doing():
            actions.take_seats(group.id, [world.persons["lan"]] if size == 1 else crowd(world, 30))
            actions.mark_all_present(group.sessions[0], f"all-{size}")
        client = world.client("hoa")
        url = f"{group.url}/sessions/{group.sessions[0]}{page}" if page in ("/roll", "/closing") else group.url + page
        client.get(url)
        with count_queries() as statements:
            client.get(url)
        counts.append(len(statements))
    assert counts[0] == counts[1] <= 16


def test_the_lists_take_the_same_queries(world: World, count_queries: Counting) -> None:
    counts = []
    for size in (1, 29):
        for _n in range(size):
            call(world)
        client = world.client("my")
        client.get("/classes/")
        with count_queries() as statements:
            html = client.get("/classes/")
        counts.append(len(statements))
    assert html.count("Lớp tập huấn mẫu") == 30
    assert counts[0] == counts[1] <= 16


def test_the_sheet_has_every_name(world: World, full_class: Held, tmp_path: Path) -> None:
    with world.doing():
        db.session.get_one(TrainingClass, full_class.id).title = "Phòng <b>ngừa</b> & ứng phó"
    hoa = world.client("hoa")
    html = hoa.get(f"{full_class.url}/sheet")
    answer = hoa.raw(f"{full_class.url}/sheet.pdf")
    assert (answer.status_code, answer.mimetype) == (200, "application/pdf")
    file = tmp_path / "sheet.pdf"
    file.write_bytes(answer.data)
    text = subprocess.run(["pdftotext", "-layout", str(file), "-"], check=True, capture_output=True, text=True).stdout
    squeezed = re.sub(r"\s+", " ", text)
    for name in names(world, full_class.people):
        assert name in html
        assert name in squeezed
    assert "PHÒNG <B>NGỪA</B> & ỨNG PHÓ" in squeezed
    assert "Danh sách có 40 người" in squeezed
    assert text.count("Họ và tên") == text.count("\f")  # the header row stands on every page


def test_trainers_are_kept(world: World, a_class: Held) -> None:
    with world.app.app_context():
        assert db.session.scalars(select(ClassTrainer.person_id)).all() == [world.persons["hoa"]]


def test_nobody_ticked_leaves_the_list_where_it_was(world: World, a_class: Held) -> None:
    page = world.client("my").post(f"{a_class.url}/seats", {"words": "lan"}, status=422)

    assert 'name="person_ids"' in page
    assert page.count("Hãy chọn học viên.") == 2
