"""Reorganising units, as the office does it: four pages, nothing lost on the way, one act; and the receiving office passes on."""

import html
import re
from datetime import date

import pytest
from sqlalchemy import func, select

from lms.attendance import actions as attendance
from lms.coverage.models import FrozenPeriod
from lms.home import reorganising
from lms.home.reorganising import NextOffice
from lms.kernel.clock import at_hour, frozen
from lms.kernel.db import db
from lms.kernel.refused import Refused
from lms.people import actions as people
from lms.people import queries
from lms.people.models import Posting, Reorganisation
from lms.people.reorganisation.rules import Draft, NewUnit, OldUnit, Place
from lms.people.roles import Role
from lms.tracks import editions, publishing, receiving
from lms.tracks.models import Plan, ReceivingOffice
from tests.house import course
from tests.world import TODAY

ON = date(2026, 12, 1)
ASK, DO, LIST = "/units/reorganise", "/units/reorganisations", "/units/reorganisations"


@pytest.fixture(autouse=True)
def _today():
    with frozen(at_hour(TODAY)):
        yield


def call_a_class(world, unit_id, title):
    editions.publish(course("lop", "class"))
    attendance.call_class("lop", unit_id, title, "Nhà văn hóa", 5, [(ON, "am", 4)], [world.persons["hoa"]])


@pytest.fixture
def office(world):
    return world.client("dung")


@pytest.fixture
def answers(world):
    """Both communes become one new commune: everything the four pages ask."""
    one, two = world.units["binh_lu"], world.units["khun_ha"]
    return {
        "on": "01/12/2026",
        "basis": "Nghị quyết mẫu",
        "old": [str(one), str(two)],
        "rows": "2",
        "s0-unit": "",
        "s0-name": "Xã Mới Mẫu",
        "s0-kind": "commune",
        "s0-code": "T9902",
        "s0-parent": f"u{world.units['province']}",
        f"to-{one}": "s0",
        f"to-{two}": "s0",
    }


@pytest.fixture
def plan(world):
    """A plan of the province whose reports the province receives."""
    with world.doing():
        row = publishing.add_plan(
            "mau", "Kế hoạch mẫu", issuer="Cơ quan mẫu", starts_on=date(2026, 1, 1), ends_on=date(2026, 12, 31),
            scope_unit_id=world.units["province"], indicators=[],
        )  # fmt: skip
        receiving.set_receiving_office(row.id, world.units["khun_ha"], on=row.starts_on, because="Kế hoạch mẫu")
        return row.id


def merged(world) -> Draft:
    return Draft(
        ON, "Nghị quyết mẫu",
        (OldUnit(world.units["binh_lu"], (0,)), OldUnit(world.units["khun_ha"], (0,))),
        (NewUnit("Xã Mới Mẫu", "commune", "T9902", world.units["province"]),),
    )  # fmt: skip


def hidden(page: str) -> dict[str, list[str]]:
    """Every hidden answer of the page's form: what travels unseen."""
    found: dict[str, list[str]] = {}
    for name, value in re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', page):
        if name not in {"csrf_token", "_once", "next"}:
            found.setdefault(name, []).append(html.unescape(value))
    return found


def done(world) -> int:
    with world.app.app_context():
        return db.session.scalar(select(func.count(Reorganisation.id))) or 0


def test_the_four_pages_lead_to_one_act(world, office, answers):
    page = office.get(f"{ASK}?on=01/12/2026")
    assert "Xã Bình Mẫu" in page
    first = {name: answers[name] for name in ("on", "basis", "old")}
    page = office.post(ASK, {**first, "go": "successors"})
    second = {name: value for name, value in answers.items() if name.startswith(("s0", "rows"))}
    page = office.post(ASK, {**hidden(page), **second, "go": "fates"})
    assert page.count(" selected>Xã Mới Mẫu (T9902)") == 2, "to the only successor: suggested"
    fates = {name: value for name, value in answers.items() if name.startswith("to-")}
    page = office.post(ASK, {**hidden(page), **fates, "go": "preview"})
    assert "T9902" in page
    assert "Xã Khun Mẫu" in page
    assert done(world) == 0, "nothing is saved before it is confirmed"

    page = office.post(DO, hidden(page))

    assert done(world) == 1
    assert "Xã Mới Mẫu" in page
    assert "Nghị quyết mẫu" in page
    with world.app.app_context():
        unit_id = queries.unit_by_code("T9902", ON)
        there = select(func.count(Posting.id)).where(Posting.unit_id == unit_id, Posting.true_on(ON))
        assert db.session.scalar(there) == 4
        row = db.session.scalars(select(Reorganisation)).one()
        assert row.recorded_by == world.accounts["dung"]


def test_the_preview_tells_what_then_happens(world, office, answers):
    page = office.post(ASK, {**answers, "go": "preview"})
    assert ">4</b>" in page, "four people move"
    for name in ("Vàng Thị Lan", "Giàng A Páo", "Đặng Thị Hoa", "Tẩn Thị Mỷ"):
        assert name in page
    assert "Mã T9902 trước là Xã Khun Mẫu, nay là Xã Mới Mẫu." in html.unescape(page)
    assert "Tẩn Thị Mỷ: Xã Bình Mẫu" in re.sub(r"\s+", " ", page), "the focal person whose unit ends"

    page = office.post(DO, hidden(page))
    assert "4 người" in page


def test_confirming_twice_is_done_once(world, office, answers):
    page = office.post(ASK, {**answers, "go": "preview"})
    sent = {**hidden(page), "_once": "b0b0b0b0-0000-4000-8000-0000000000aa"}
    office.post(DO, sent)
    office.post(DO, sent)
    assert done(world) == 1


def test_a_register_that_changed_meanwhile_is_looked_at_again(world, office, answers):
    page = office.post(ASK, {**answers, "go": "preview"})
    with world.doing():
        person = people.add_person("Lù A Mới")
        people.post_person(person.id, world.units["khun_ha"], valid_from=date(2026, 11, 1))
    page = office.post(DO, hidden(page), status=409)
    assert done(world) == 0
    assert "Lù A Mới" in page, "the new preview has them"
    office.post(DO, hidden(page))
    assert done(world) == 1


BAD = [
    ({"on": "hôm qua"}, "successors", 422, "01/07/2025"),
    ({"on": ""}, "successors", 422, "01/07/2025"),
    ({"basis": " "}, "successors", 422, "Hãy ghi căn cứ"),
    ({"old": []}, "successors", 422, "ít nhất một đơn vị cũ"),
    ({"on": "01/12/2226"}, "preview", 409, "Hãy kiểm tra lại năm"),
    ({"on": "01/12/1925"}, "preview", 409, "ngày 01/12/1925"),
    ({"s0-name": "x" * 130}, "preview", 409, "dài quá 120"),
    ({"s0-name": ""}, "preview", 409, "phải có tên"),
    ({"s0-kind": "planet"}, "preview", 409, "loại của đơn vị"),
    ({"s0-parent": ""}, "preview", 409, "trực thuộc đơn vị nào"),
    ({"s0-parent": "s0"}, "preview", 409, "không thể trực thuộc chính mình"),
    ({"s1-name": "Xã Thừa", "s1-kind": "commune", "s1-parent": "s0"}, "preview", 409, "không tiếp nhận đơn vị cũ nào"),
    ({"to": ""}, "preview", 409, "sẽ thế nào"),
    ({"to": "s7"}, "preview", 409, "sẽ thế nào"),
    ({"to": "below-s0\x00"}, "preview", 200, "thuộc Xã Mới Mẫu"),  # what nobody sees is taken out
    ({"basis": "x" * 1000}, "preview", 409, "dài quá 300"),
]


@pytest.mark.parametrize("change, go, status, said", BAD, ids=range(len(BAD)))
def test_every_bad_answer_gets_a_sentence_and_loses_nothing(world, office, answers, change, go, status, said):
    change = {(f"to-{world.units['binh_lu']}" if name == "to" else name): value for name, value in change.items()}
    page = office.post(ASK, {**answers, **change, "go": go}, status=status)

    assert said in html.unescape(page)
    assert done(world) == 0
    kept = html.unescape(page)
    if "basis" not in change:
        assert "Nghị quyết mẫu" in kept
    if "s0-name" not in change:
        assert "Xã Mới Mẫu" in kept
    office.post(DO, {**answers, **change}, status=422 if status == 422 else 409)
    assert done(world) == 0


def test_what_stands_below_an_old_unit_is_ticked_too_and_looked_at(world, office, answers):
    with world.doing():
        below = people.add_unit("Phòng Mẫu", "office", parent_id=world.units["binh_lu"]).id
    page = office.post(ASK, {**answers, "go": "check"})
    assert "Đã đánh dấu thêm 1 đơn vị trực thuộc: Phòng Mẫu (Xã Bình Mẫu)" in page
    assert f'value="{below}" checked' in page
    page = office.post(ASK, {**answers, "go": "successors"})  # unticked again: as they like
    assert "Phòng Mẫu (Xã Bình Mẫu)" in page


def test_a_code_in_use_is_said_where_codes_are_typed(world, office, answers):
    page = office.post(ASK, {**answers, "s0-code": "T99", "go": "fates"}, status=409)
    assert "không dùng được mã T99" in page
    assert 'value="T99"' in page
    assert 'value="Xã Mới Mẫu"' in page


def test_a_unit_with_an_open_class_is_told_and_refused(world, office, answers):
    with world.doing():
        call_a_class(world, world.units["khun_ha"], "Lớp còn mở")
    page = office.post(ASK, {**answers, "go": "preview"})
    assert "Lớp còn mở" in page
    assert ">Sắp xếp</button>" not in page
    page = office.post(DO, hidden(page), status=409)
    assert "Còn lớp chưa khóa: “Lớp còn mở”" in page
    assert done(world) == 0


def test_the_receiving_office_has_to_be_chosen_and_passes_on(world, office, answers, plan):
    page = office.post(ASK, {**answers, "go": "preview"})
    assert "Từ ngày đó, nơi nào nhận báo cáo?" in page
    again = office.post(DO, hidden(page), status=409)
    assert "Hãy chọn nơi nhận từ ngày đó" in again
    office.post(DO, {**hidden(again), f"office-{plan}": "s0", f"why-{plan}": "Công văn mẫu"})
    with world.app.app_context():
        row = db.session.get_one(Plan, plan)
        assert [receiving.receiving_office(row, day).name for day in (date(2026, 11, 30), ON)] == [
            "Xã Khun Mẫu",
            "Xã Mới Mẫu",
        ]
        reorganisation = db.session.scalars(select(Reorganisation)).one()
        assert [str(one) for one in reorganising.rests_on(reorganisation)] == []
    office.post(f"{LIST}/{reorganisation.id}/reversal", {"why": "Ghi nhầm ngày"})
    with world.app.app_context():
        row = db.session.get_one(Plan, plan)
        assert receiving.receiving_office(row, ON).name == "Xã Khun Mẫu"
        assert db.session.scalar(select(func.count(ReceivingOffice.id))) == 4, "nothing is deleted"


def test_each_person_of_a_split_unit_is_sent_where_chosen(world, office, answers):
    one, two = world.units["binh_lu"], world.units["khun_ha"]
    split = {**answers, "old": [str(one)], "s0-code": "T1", f"also-{one}": ["s1"], "s1-unit": str(two)}
    del split[f"to-{two}"]
    page = office.post(ASK, {**split, "go": "preview"})
    assert f'name="chosen-{world.persons["lan"]}"' in page
    chosen = {**hidden(page), f"chosen-{world.persons['lan']}": "s1"}
    page = office.post(DO, chosen, status=409)
    assert "Sổ cán bộ đã thay đổi" in page, "what was shown is not what was chosen: it is shown again"
    office.post(DO, {**hidden(page), f"chosen-{world.persons['lan']}": "s1"})
    with world.app.app_context():
        on = [row.unit_id for row in queries.postings_of(world.persons["lan"]) if row.valid_from == ON]
        assert on == [two]


# ── whose it is ──────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def narrow(world):
    """Pao answers for Khun Mẫu alone; and there is a reorganisation of Bình Mẫu, and one of both."""
    with world.doing():
        people.grant_role(world.accounts["pao"], Role.OFFICE, world.units["khun_ha"])
    return world.client("pao")


@pytest.mark.parametrize("address", [LIST, ASK])
def test_a_focal_person_finds_nothing(world, address):
    world.client("my").get(address, status=404)


def test_an_office_of_another_subtree_finds_nothing(world, narrow, answers):
    narrow.post(ASK, {**answers, "go": "preview"}, status=404)
    narrow.post(DO, answers, status=404)
    mine = {**answers, "old": [str(world.units["khun_ha"])]}
    narrow.post(ASK, {**mine, "go": "preview"}, status=404)  # below a province that is not theirs
    narrow.post(ASK, {**mine, "s0-parent": "", "s0-unit": str(world.units["binh_lu"]), "go": "preview"}, status=404)
    assert done(world) == 0
    with world.doing():
        only = people.reorganise(
            Draft(
                ON,
                "Mẫu",
                (OldUnit(world.units["binh_lu"], (0,)),),
                (NewUnit("Xã B", "commune", "B", world.units["province"]),),
            )
        ).id
    narrow.get(f"{LIST}/{only}", status=404)
    narrow.post(f"{LIST}/{only}/reversal", {"why": "Ghi nhầm"}, status=404)
    assert "Nghị quyết" not in narrow.get(LIST)


def test_who_has_a_part_sees_it_and_does_not_reverse_the_whole(world, narrow):
    with world.doing():
        row = people.reorganise(merged(world)).id
    page = narrow.get(f"{LIST}/{row}")
    assert "reversal" not in page
    narrow.post(f"{LIST}/{row}/reversal", {"why": "Ghi nhầm"}, status=404)


# ── reversing ────────────────────────────────────────────────────────────────────────────────────


def test_it_is_reversed_with_a_reason_and_stays_on_the_list(world, office):
    with world.doing():
        row = reorganising.reorganise(merged(world)).id
    page = office.get(f"{LIST}/{row}")
    assert "Chưa có việc gì dựa vào" in page
    office.post(f"{LIST}/{row}/reversal", {"why": ""}, status=422)
    page = office.post(f"{LIST}/{row}/reversal", {"why": "Ghi nhầm ngày"})
    assert "Ghi nhầm ngày" in page
    assert "đã hủy" in office.get(LIST)
    office.post(f"{LIST}/{row}/reversal", {"why": "Lần nữa"}, status=409)


def _class_called(world, unit_id):
    call_a_class(world, unit_id, "Lớp mới")


def _plan_made(world, unit_id):
    publishing.add_plan(
        "khac", "Kế hoạch khác", issuer="A", starts_on=date(2027, 1, 1), ends_on=date(2027, 12, 31),
        scope_unit_id=unit_id, indicators=[],
    )  # fmt: skip


def _office_passed(world, unit_id):
    plan = publishing.add_plan(
        "mau", "Kế hoạch mẫu", issuer="A", starts_on=date(2026, 1, 1), ends_on=date(2026, 12, 31),
        scope_unit_id=world.units["province"], indicators=[],
    )  # fmt: skip
    receiving.set_receiving_office(plan.id, unit_id, on=ON, because="Mẫu")


def _frozen(world, unit_id):
    plan = publishing.add_plan(
        "mau", "Kế hoạch mẫu", issuer="A", starts_on=date(2026, 1, 1), ends_on=date(2026, 12, 31),
        scope_unit_id=world.units["province"], indicators=[],
    )  # fmt: skip
    db.session.add(
        FrozenPeriod(
            plan_id=plan.id,
            number=1,
            title="Báo cáo năm 2026",
            as_of=date(2026, 12, 31),
            tree_at=ON,
            known_at=at_hour(TODAY, 12),
            figures={},
            sha256="0" * 64,
        )
    )
    db.session.flush()


RESTS = {
    _class_called: "Đơn vị mới đã mở lớp: 1 lớp.",
    _plan_made: "Đã có kế hoạch lập cho đơn vị mới.",
    _office_passed: "Nơi nhận báo cáo đã đổi sau đó.",
    _frozen: "Số liệu ngày 31/12/2026 đã chốt theo sắp xếp này",
}


@pytest.mark.parametrize("later", RESTS, ids=lambda later: later.__name__)
def test_what_rests_on_it_in_other_rooms_is_named_and_keeps_it(world, office, later):
    with world.doing():
        row = reorganising.reorganise(merged(world)).id
        later(world, queries.unit_by_code("T9902", ON))
    page = html.unescape(office.get(f"{LIST}/{row}"))
    assert RESTS[later] in page
    assert "/reversal" not in page
    page = office.post(f"{LIST}/{row}/reversal", {"why": "Ghi nhầm"}, status=409)
    assert RESTS[later] in html.unescape(page)
    with world.app.app_context():
        assert db.session.get_one(Reorganisation, row).reversed_at is None


# ── the whole act, from code ─────────────────────────────────────────────────────────────────────


def test_before_the_first_plan_nothing_is_counted(world, plan):
    with world.app.app_context(), pytest.raises(Refused, match="before the first plan"):
        reorganising.reorganise(Draft(date(2025, 7, 1), "Mẫu", (OldUnit(world.units["binh_lu"]),)))


def test_an_office_can_pass_to_a_unit_that_stands(world, plan):
    with world.app.app_context():
        after = NextOffice(world.units["province"], "Quyết định mẫu")
        reorganising.reorganise(merged(world), offices={plan: after})
        held = db.session.scalars(select(ReceivingOffice).where(ReceivingOffice.valid_from == ON)).one()
        assert (held.unit_id, held.because) == (world.units["province"], "Quyết định mẫu")
        assert isinstance(NextOffice(Place(0)).unit, Place)


def test_the_list_takes_no_more_statements_for_more_people(world, office, count_queries):
    with world.doing():
        row = reorganising.reorganise(merged(world)).id
    with count_queries() as few:
        office.get(f"{LIST}/{row}")
    with world.doing():
        reorganising.reverse(db.session.get_one(Reorganisation, row), why="Ghi nhầm")
        for n in range(30):
            person = people.add_person(f"Lù A {'abcdefghijklmnopqrstuvwxyzôơưă'[n].upper()}")
            people.post_person(person.id, world.units["binh_lu"], valid_from=date(2026, 2, 1))
        again = reorganising.reorganise(merged(world)).id
    with count_queries() as many:
        office.get(f"{LIST}/{again}")
    assert len(many) == len(few)
