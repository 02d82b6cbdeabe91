"""A list is answered about, confirmed, sent again, taken back; what rests on a row keeps it."""

import io
from datetime import date, timedelta

import openpyxl
import pytest
from sqlalchemy import select

from lms.kernel import jobs
from lms.kernel.backups import rows
from lms.kernel.clock import now
from lms.kernel.db import CURRENT, db
from lms.kernel.vietnamese import search_key
from lms.people import actions, queries
from lms.people.models import Person, Posting, Roster
from lms.people.queries import scope_of
from lms.people.roster import actions as rosters
from lms.people.roster import staging
from lms.people.roster.matching import key_of
from lms.people.roster.models import RosterMeaning
from tests.people.conftest import FIELDS, row, sheet

ON = date(2026, 11, 1)


@pytest.fixture
def staged(world):
    """Stage a list of Bình Mẫu, without a browser; gives its id."""

    def _staged(*lines, on=ON, **more):
        content = lines[0] if isinstance(lines[0], bytes) else sheet(*lines)
        unit = world.units["binh_lu"]
        return rosters.stage(content, "a.xlsx", unit_id=unit, on=on, by=world.accounts["my"], **more).id

    return _staged


def plan(number):
    roster = db.session.get_one(Roster, number)
    return roster, rosters.plan_of(roster, scope_of([roster.unit_id]), default_unit=roster.unit_id)


def confirm(number, **more):
    roster, found = plan(number)
    return rosters.confirm(roster, found, **more)


def register(app):
    """What the register says now: facts of whoever works somewhere, and the postings that hold."""
    there = select(Posting).where(Posting.superseded_at == CURRENT)
    postings = sorted(
        (one.person_id, one.unit_id, one.category, one.position, one.direct_support, one.valid_from, one.valid_to)
        for one in db.session.scalars(there)
    )
    ids = {one[0] for one in postings}
    persons = sorted(
        (
            one.id,
            one.full_name,
            one.search_key,
            one.sort_key,
            one.staff_code,
            one.sex,
            one.birth,
            one.birth_precision,
            one.phone,
        )
        for one in db.session.scalars(select(Person))
        if one.id in ids
    )
    return postings, persons


def cells_of(file):
    """Every cell of a workbook, and of which kind it is."""
    book = openpyxl.load_workbook(io.BytesIO(file))
    return [(cell.value, cell.data_type) for page in book for line in page for cell in line]


def test_a_list_is_taken_back(app, world, staged):
    with world.doing():
        before = register(app)
        number = staged(
            row(full_name="Sùng Thị Dở", birth="05/03/1991", staff_code="DO-1"),
            row(full_name="Vàng Thị Lan", birth="1990", category="cán bộ", phone="0987654321"),
        )
        confirm(number)
        assert register(app) != before

    with world.doing():
        found = rosters.undo(db.session.get_one(Roster, number))
        assert (len(found.steps), found.kept) == (2, [])
        assert register(app) == before
        assert not rosters.may_undo(db.session.get_one(Roster, number))


def test_what_rests_on_a_row_keeps_it(app, world, staged):
    with world.doing():
        number = staged(
            row(full_name="Sùng Thị Dở", birth="05/03/1991"),
            row(full_name="Lò Văn Tóm", birth="1979"),
            row(full_name="Tẩn A Sếnh", birth="1980"),
            row(full_name="Lù A Phừ", birth="1981"),
        )
        confirm(number)
        found = {one.full_name: one for one in db.session.scalars(select(Person))}
        actions.open_account(found["Sùng Thị Dở"])
        phu = found["Lù A Phừ"]
        facts = {"birth": phu.birth, "birth_precision": phu.birth_precision, "staff_code": None, "sex": "male"}
        actions.correct_person(phu, full_name=phu.full_name, phone="0912345678", **facts)
        posting = queries.postings_of(found["Lò Văn Tóm"].id)[0]
        actions.change_posting(posting, on=date(2026, 11, 10), category="viên chức")

    my = world.client("my")
    page = my.get(f"/people/rosters/{number}/undo")
    assert "Số người trở lại như trước: 1" in page
    assert "Từ đó người này đã có tài khoản." in page
    assert "Từ đó công tác của người này đã thay đổi." in page
    assert "Từ đó hồ sơ của người này đã được sửa." in page

    my.post(f"/people/rosters/{number}/undoings")

    with world.doing():
        there = {
            one.full_name
            for one in db.session.scalars(select(Person).where(queries.persons_of_units({world.units["binh_lu"]})))
        }
        assert {"Sùng Thị Dở", "Lò Văn Tóm"} <= there
        assert "Tẩn A Sếnh" not in there


def test_after_seven_days_it_stays(app, world, staged):
    with world.doing():
        number = staged(row(full_name="Sùng Thị Dở", birth="05/03/1991"))
        confirm(number)
        roster = db.session.get_one(Roster, number)
        assert rosters.may_undo(roster)
        roster.confirmed_at = now() - timedelta(days=7)
        assert not rosters.may_undo(roster)
    world.client("my").post(f"/people/rosters/{number}/undoings", status=409)


def test_leavers_are_proposed_and_only_the_ticked_leave(app, world, staged):
    with world.doing():
        stays = actions.add_person("Giàng A Ở", birth=date(1980, 1, 1), birth_precision="year")
        actions.post_person(stays.id, world.units["binh_lu"], valid_from=date(2026, 2, 1))
        number = staged(
            row(full_name="Sùng Thị Dở", birth="05/03/1991"), row(full_name="Giàng A Ở", birth="31/02/1980")
        )
    my = world.client("my")
    page = my.get(f"/people/rosters/{number}")
    assert "Có trong sổ mà không có trong danh sách này: 3 người" in page  # Ở stands in a row that is wrong
    assert 'name="leaving"' in page
    assert "checked" not in page.split("</details>")[0]
    seen = page.split('name="seen" value="')[1].split('"')[0]
    with world.doing():
        lan = queries.postings_of(world.persons["lan"])[0].id
        elsewhere = queries.postings_of(world.persons["pao"])[0].id

    my.post(
        f"/people/rosters/{number}/confirmations",
        {"seen": seen, "skip_bad": "y", "leaving": [str(elsewhere)]},
        status=422,
    )
    my.post(f"/people/rosters/{number}/confirmations", {"seen": seen, "skip_bad": "y", "leaving": [str(lan)]})

    with world.doing():
        assert [one.valid_to for one in queries.postings_of(world.persons["lan"])] == [ON]
        assert queries.postings_of(world.persons["pao"])[0].id == elsewhere
        assert queries.postings_of(stays.id)[0].valid_to.year == 9999
        assert len(rosters.undo(db.session.get_one(Roster, number)).steps) == 2
        assert queries.postings_of(world.persons["lan"])[0].valid_to.year == 9999


def test_a_doubt_is_answered_and_remembered(app, world, staged):
    less = row(full_name="Vàng Thị Lan", birth="", position="Văn thư")
    with world.doing():
        number = staged(less)
        _roster, found = plan(number)
        (asked,) = found.questions
        assert [one.id for one in asked.candidates] == [world.persons["lan"]]
    my = world.client("my")
    page = my.get(f"/people/rosters/{number}")
    assert "Cùng một người" in page
    assert "Là người khác" in page
    key = page.split('name="key" value="')[1].split('"')[0]
    said = {"kind": "same", "key": key, "value": f"p{world.persons['pao']}"}
    my.post(f"/people/rosters/{number}/answers", said)  # somebody who was not asked about
    assert "1 cần hỏi" in my.get(f"/people/rosters/{number}")

    my.post(f"/people/rosters/{number}/answers", said | {"value": f"p{world.persons['lan']}"})

    assert "0 mới, 1 đổi" in my.get(f"/people/rosters/{number}")
    with world.doing():
        confirm(number)
        lan = db.session.get_one(Person, world.persons["lan"])
        assert lan.birth is not None  # an empty cell erases nothing
        _roster, again = plan(staged(less))
        assert (again.counts["same"], again.questions) == (1, [])


def test_another_person_is_another_person(app, world, staged):
    line = row(full_name="Vàng Thị Lan", birth="05/03/1990")
    with world.doing():
        number = staged(line)
        roster, found = plan(number)
        rosters.answer(roster, "same", {key_of(found.questions[0].row): "new"})
        assert confirm(number)["new"] == 1
        assert plan(staged(line))[1].counts["same"] == 1


def test_a_unit_and_a_position_are_said_once(app, world, staged):
    lines = [
        row(full_name="Sùng Thị Dở", birth="1991", unit="Xã B. Mẫu cũ", position="Tổ trưởng tổ xe"),
        row(full_name="Lò Văn Tóm", birth="1979", unit="xã  B. mẫu cũ", position="tổ trưởng tổ xe"),
    ]
    with world.doing():
        number = staged(*lines)
    my = world.client("my")
    page = my.get(f"/people/rosters/{number}")
    assert "0 mới, 0 đổi, 0 giống, 2 lỗi" in page
    key = search_key("Xã B. Mẫu cũ")
    assert f'value="{key}"' in page
    where = f"/people/rosters/{number}/answers"
    my.post(where, {"kind": "unit", "key": key, "value": str(world.units["khun_ha"])}, status=409)
    my.post(where, {"kind": "unit", "key": key, "value": str(world.units["binh_lu"])})
    assert "2 mới, 0 đổi, 0 giống, 0 lỗi" in my.get(f"/people/rosters/{number}")
    my.post(where, {"kind": "position", "key": search_key("Tổ trưởng tổ xe"), "value": "nhân viên"})
    my.post(where, {"kind": "position", "key": "x", "value": "giám đốc"}, status=409)

    with world.doing():
        confirm(number)
        found = {one.full_name: one for one in db.session.scalars(select(Person))}
        assert {queries.postings_of(found[name].id)[0].category for name in ("Sùng Thị Dở", "Lò Văn Tóm")} == {
            "nhân viên"
        }
        assert {row.kind for row in db.session.scalars(select(RosterMeaning))} == {"unit", "position"}
        again = plan(staged(*lines))[1]
        assert (again.counts["same"], again.wrong) == (2, [])


def test_what_cannot_be_read_is_left_empty_for_the_whole_group(app, world, staged):
    lines = [
        row(full_name="Sùng Thị Dở", birth="05/03/1991", phone="09-không rõ"),
        row(full_name="Lò Văn Tóm", birth="31/02/1979", phone="12345"),
        row(full_name="Giàng Thị Súa", birth="1988"),
    ]
    with world.doing():
        number = staged(*lines)
    my, where = world.client("my"), f"/people/rosters/{number}/answers"
    assert "1 mới, 0 đổi, 0 giống, 2 lỗi" in my.get(f"/people/rosters/{number}")
    my.post(where, {"kind": "without", "key": "full_name", "value": "yes"}, status=409)
    my.post(where, {"kind": "without", "key": "phone", "value": "yes"})
    page = my.get(f"/people/rosters/{number}")
    assert "2 mới, 0 đổi, 0 giống, 1 lỗi" in page  # the day of the second is still wrong
    assert "Để trống ở các dòng này, như đã chọn." in page
    my.post(where, {"kind": "without", "key": "phone", "value": "no"})
    assert "1 mới, 0 đổi, 0 giống, 2 lỗi" in my.get(f"/people/rosters/{number}")
    for field in ("phone", "birth"):
        my.post(where, {"kind": "without", "key": field, "value": "yes"})

    with world.doing():
        assert confirm(number)["new"] == 3
        found = {one.full_name: one for one in db.session.scalars(select(Person))}
        assert (found["Sùng Thị Dở"].phone, str(found["Sùng Thị Dở"].birth)) == ("", "1991-03-05")
        assert (found["Lò Văn Tóm"].phone, found["Lò Văn Tóm"].birth) == ("", None)


def test_bad_rows_are_mended_and_sent_alone(app, world, staged, send):
    good, bad = (
        row(full_name="Sùng Thị Dở", birth="05/03/1991"),
        row(full_name="Lò Văn Tóm", birth="31/02/1979", position="=1+1"),
    )
    with world.doing():
        number = staged(good, bad)
    my = world.client("my")
    file = my.raw(f"/people/rosters/{number}/bad.xlsx").data
    book = openpyxl.load_workbook(io.BytesIO(file))
    page = book["Danh sách"]
    lines = [[cell.value for cell in line] for line in page]
    assert [line[0] for line in lines] == ["Họ và tên", "Lò Văn Tóm"]
    assert lines[1][-2] == 3  # Excel's row in the file that was sent
    assert "05/03/1985" in lines[1][-1]
    assert [cell.data_type for line in page for cell in line if cell.value == "=1+1"] == ["s"]
    with world.doing():
        confirm(number, skip_bad=True)
    assert f"/people/rosters/{number}/bad.xlsx" in my.get(f"/people/rosters/{number}")
    assert cells_of(my.raw(f"/people/rosters/{number}/bad.xlsx").data) == cells_of(file)

    page.cell(2, FIELDS.index("birth") + 1).value = "28/02/1979"
    out = io.BytesIO()
    book.save(out)
    shown = send(my, out.getvalue())

    assert "1 mới, 0 đổi, 0 giống, 0 lỗi" in shown
    assert 'name="leaving"' not in shown  # a part of a list says nothing about who has left


def test_exported_then_imported_nothing_changes(app, world, staged, send):
    with world.doing():
        twins = [actions.add_person("Giàng A Páo", phone=phone) for phone in ("0912345678", "0987654321")]
        actions.add_person("Sùng A Nghèo")
        for one in twins:
            actions.post_person(one.id, world.units["binh_lu"], position="Trưởng bản", valid_from=date(2026, 2, 1))
        before = register(app)
    my = world.client("my")
    file = my.raw("/people/rosters/list.xlsx", query_string={"unit": world.units["binh_lu"]}).data
    page = send(my, file, on="")

    assert "0 mới, 0 đổi, 5 giống, 0 lỗi" in page
    assert 'name="leaving"' not in page
    my.get("/people/rosters/list.xlsx", query_string={"unit": world.units["khun_ha"]}, status=404)
    with world.doing():
        assert register(app) == before


def test_a_long_list_is_read_by_a_job_that_may_die(app, world, staged, monkeypatch):
    with world.doing():
        number = staged(row(full_name="Sùng Thị Dở", birth="05/03/1991"), wait=False)
    my = world.client("my")
    page = my.get(f"/people/rosters/{number}")
    assert "Đang đọc danh sách" in page
    my.post(f"/people/rosters/{number}/confirmations", {"seen": "x"}, status=409)

    class Killed(BaseException):
        """The worker is gone."""

    def dies(*_given):
        raise Killed

    with app.app_context():
        before = rows()
    with monkeypatch.context() as patch, app.app_context():
        patch.setattr(staging, "understand", dies)
        with pytest.raises(Killed):
            jobs.work_off()
        db.session.rollback()
        assert rows() == before

    with app.app_context():
        jobs.waiting(stale_after=timedelta(0))
        assert jobs.work_off() == 1
    assert "1 mới, 0 đổi, 0 giống, 0 lỗi" in my.get(f"/people/rosters/{number}")
    assert "Đã đọc xong" in my.get(f"/people/rosters/{number}/state")


def test_a_file_that_the_job_cannot_read_says_why(app, world, staged):
    with world.doing():
        number = staged(b"PK\x03\x04 not a zip", wait=False)
    with app.app_context():
        jobs.work_off()
    page = world.client("my").get(f"/people/rosters/{number}")
    assert "Không đọc được" in page


HOSTILE = [
    "<script>alert(1)</script>",
    "{{ 7*7 }}",
    "=cmd|' /C calc'!A0",
    "+1",
    "-1",
    "@SUM(A1)",
    "\tx",
    "\rx",
    "<img src=x onerror=a()>",
]


def test_hostile_cells_are_text_in_every_page_and_file(app, world, staged):
    fields = ["full_name", "staff_code", "birth", "sex", "category", "position", "unit", "phone"]
    lines = [
        row(**{"full_name": "Sùng Thị Dở", "birth": f"{1950 + 9 * fields.index(field) % 50}", field: text})
        for field in fields
        for text in HOSTILE
    ]
    with world.doing():
        number = staged(*lines)
    my = world.client("my")
    page = my.get(f"/people/rosters/{number}")
    assert "<script>alert" not in page
    assert "<img src=x" not in page
    assert "{{ 7*7 }}" in page
    files = [my.raw(f"/people/rosters/{number}/bad.xlsx").data]
    with world.doing():
        confirm(number, skip_bad=True)
    pages = my.get("/people/") + my.get("/people/units")
    assert "<script>alert" not in pages
    assert "<img src=x" not in pages
    files.append(my.raw("/people/rosters/list.xlsx", query_string={"unit": world.units["binh_lu"]}).data)
    for file in files:
        assert {kind for value, kind in cells_of(file) if isinstance(value, str)} <= {"s"}
