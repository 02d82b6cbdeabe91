"""A list from Excel: shown before it is saved, saved as a whole, and the same file again changes nothing."""

import io
import json
import unicodedata
import zipfile
from datetime import date

import openpyxl
import pytest
from sqlalchemy import func, select

from lms.kernel.db import db
from lms.people import actions, queries
from lms.people.models import Person, Posting, Roster
from lms.people.roster.columns import HEADINGS
from lms.people.roster.reader.grid import letter
from tests.people.conftest import row, sheet

GOOD = [
    row(
        full_name="Sùng Thị Dở",
        birth="05/03/1991",
        sex="Nữ",
        category="viên chức",
        position="Giáo viên",
        phone="0912.345.678",
    ),
    row(
        full_name="LÒ VĂN TÓM", birth="1979", sex="nam", category="Công chức", direct_support="có", phone="+84912345679"
    ),
    row(
        full_name=unicodedata.normalize("NFD", "Tẩn A Sếnh"),
        birth="02/1988",
        valid_from="01/03/2026",
        staff_code="cb-07",
    ),
]
BAD = [
    row(full_name="=HYPERLINK(1)", birth="05/03/1991"),
    row(full_name="Vàng Thị Sai", birth="31/02/1985", phone="091"),
    row(full_name="KHỐI UBND XÃ"),
    row(full_name="Vàng Thị Xa", birth="1990", unit="Xã Khun Mẫu"),
]


def persons(app):
    with app.app_context():
        return db.session.scalar(select(func.count()).select_from(Person))


def confirm(client, page, **more):
    seen = page.split('name="seen" value="')[1].split('"')[0]
    number = page.split("/people/rosters/")[1].split("/")[0]
    return client.post(f"/people/rosters/{number}/confirmations", {"seen": seen, **more.pop("data", {})}, **more)


def test_a_list_is_shown_then_saved(app, world, send):
    my = world.client("my")
    page = send(my, sheet(*GOOD))
    assert "<b>3</b> dòng: 3 mới, 0 đổi, 0 giống, 0 lỗi" in page
    assert persons(app) == 6

    confirm(my, page)

    with app.app_context():
        found = {one.full_name: one for one in db.session.scalars(select(Person))}
        do, tom, senh = found["Sùng Thị Dở"], found["Lò Văn Tóm"], found["Tẩn A Sếnh"]
        assert (do.birth, do.birth_precision, do.sex, do.phone) == (date(1991, 3, 5), "day", "female", "0912345678")
        assert (tom.birth, tom.birth_precision, tom.phone) == (date(1979, 1, 1), "year", "0912345679")
        assert (senh.birth_precision, senh.staff_code, senh.recorded_by) == ("month", "CB-07", world.accounts["my"])
        posting = queries.postings_of(tom.id)[0]
        assert (posting.category, posting.direct_support, posting.valid_from) == ("công chức", True, date(2026, 11, 1))
        assert posting.unit_id == world.units["binh_lu"]
        assert queries.postings_of(senh.id)[0].valid_from == date(2026, 3, 1)
    assert "Sùng Thị Dở" in my.get("/people/", query_string={"q": "SUNG thi do"})


def test_the_same_file_again_changes_nothing(app, world, send):
    my = world.client("my")
    confirm(my, send(my, sheet(*GOOD)))
    with app.app_context():
        before = db.session.scalar(select(func.count()).select_from(Posting))

    page = send(my, sheet(*GOOD))

    assert "0 mới, 0 đổi, 3 giống, 0 lỗi" in page
    assert "không làm thay đổi gì" in page
    number = page.split("/people/rosters/")[1].split("/")[0]
    my.post(f"/people/rosters/{number}/confirmations", status=409)
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(Posting)) == before
    assert persons(app) == 9


def test_changes_are_dated_and_empty_cells_erase_nothing(app, world, send):
    my = world.client("my")
    page = send(
        my,
        sheet(
            row(full_name="vàng thị lan", birth="1990", position="Phó Chủ tịch", category="cán bộ", phone="0987654321")
        ),
    )
    assert "0 mới, 1 đổi, 0 giống, 0 lỗi" in page
    assert "Công chức Văn hóa - Xã hội → Phó Chủ tịch" in page

    confirm(my, page)

    with app.app_context():
        lan = db.session.get_one(Person, world.persons["lan"])
        assert (lan.full_name, lan.phone, lan.sex) == ("Vàng Thị Lan", "0987654321", "female")
        spans = [(p.valid_from, p.valid_to.year, p.category, p.direct_support) for p in queries.postings_of(lan.id)]
        assert spans == [(date(2026, 11, 1), 9999, "cán bộ", True), (date(2026, 1, 1), 2026, "công chức", True)]


def test_errors_have_their_place_and_block_only_until_left_out(app, world, send):
    my = world.client("my")
    page = send(my, sheet(*GOOD, *BAD))
    assert "<b>6</b> dòng: 3 mới, 0 đổi, 0 giống, 3 lỗi" in page
    for place in ("C: Ngày sinh", "31/02/1985", "I: Số điện thoại", "=HYPERLINK(1)", "Danh sách", "Xã Khun Mẫu"):
        assert place in page
    assert ">6</th>" in page  # Excel's own number of the row of Sai

    confirm(my, page, status=409)
    assert persons(app) == 6
    confirm(my, page, data={"skip_bad": "y", "unit_id": world.units["khun_ha"], "rows": "[]"})
    assert persons(app) == 9


@pytest.mark.parametrize(
    "line, said",
    [
        (row(full_name="Vàng Thị Lan"), "Dòng chỉ có tên"),
        (row(full_name="Ai Đó", birth="1980", staff_code="PAO-1"), "người ngoài đơn vị"),
        (row(full_name="Ai Đó", birth="1980", category="giám đốc"), "Không thuộc các nhóm"),
        (row(full_name="Ai Đó", birth="1980", unit="Xã Khun Mẫu"), "không có đơn vị tên như vậy"),
        (row(full_name="Ai Đó", birth="2025"), "2025"),
        (row(full_name="Ai Đó " * 30, birth="1980"), "dài quá"),
    ],
)
def test_what_cannot_go_in_says_why(app, world, send, line, said):
    with world.doing():
        db.session.get_one(Person, world.persons["lan"]).staff_code = "LAN-1"
        db.session.get_one(Person, world.persons["pao"]).staff_code = "PAO-1"

    page = send(world.client("my"), sheet(line))

    assert "0 mới, 0 đổi, 0 giống, 1 lỗi" in page
    assert said in page
    assert "Páo" not in page


@pytest.mark.parametrize(
    "line, said",
    [
        (row(full_name="Vàng Thị Lan", birth="05/03/1990"), "sinh 1990"),
        (row(full_name="Vàng Thị Lan", position="x"), "sinh 1990"),
        (row(full_name="Ai Đó", birth="1980", staff_code="LAN-1"), "là của Vàng Thị Lan"),
    ],
)
def test_doubt_is_a_question_never_a_merge(app, world, send, line, said):
    with world.doing():
        db.session.get_one(Person, world.persons["lan"]).staff_code = "LAN-1"

    page = send(world.client("my"), sheet(line))

    assert "0 mới, 0 đổi, 0 giống, 0 lỗi, 1 cần hỏi" in page
    assert said in page


def test_the_same_person_twice_in_a_file(world, send):
    twice = [
        row(full_name="Lò Thị Hoa", birth="05/03/1988"),
        row(full_name="LÒ THỊ HOA", birth="5/3/1988"),
        row(full_name="Lò Thị Hoa", birth="1988"),
    ]
    page = send(world.client("my"), sheet(*twice))

    assert "1 mới, 0 đổi, 0 giống, 1 lỗi, 1 cần hỏi" in page
    assert "Trùng người ở dòng 2" in page
    assert "Có thể trùng người ở dòng 2" in page


def test_the_office_brings_several_units_by_name(app, world, send):
    dung = world.client("dung")
    lines = [
        row(full_name="Sùng Thị Dở", birth="1991", unit="xa binh mau"),
        row(full_name="Lò Văn Tóm", birth="1979", unit="T9902"),
    ]
    confirm(dung, send(dung, sheet(*lines), unit="province"))

    with app.app_context():
        units = {
            one.full_name: queries.postings_of(one.id)[0].unit_id
            for one in db.session.scalars(select(Person).where(Person.full_name.in_(["Sùng Thị Dở", "Lò Văn Tóm"])))
        }
        assert units == {"Sùng Thị Dở": world.units["binh_lu"], "Lò Văn Tóm": world.units["khun_ha"]}


def test_a_list_is_of_its_unit_only(world, send):
    dung = world.client("dung")
    page = send(dung, sheet(*GOOD), unit="khun_ha")
    number = page.split("/people/rosters/")[1].split("/")[0]

    my = world.client("my")
    my.get(f"/people/rosters/{number}", status=404)
    my.post(f"/people/rosters/{number}/confirmations", {"seen": "x"}, status=404)
    my.post(f"/people/rosters/{number}/discards", status=404)
    send(my, sheet(*GOOD), unit="khun_ha", status=422)
    for who in ("lan", "hoa", "quan"):
        world.client(who).get("/people/rosters", status=404)


def test_a_register_that_moved_asks_to_look_again(app, world, send):
    my = world.client("my")
    page = send(my, sheet(*GOOD))
    with world.doing():
        person = actions.add_person("Sùng Thị Dở", birth=date(1991, 3, 5))
        actions.post_person(person.id, world.units["binh_lu"], valid_from=date(2026, 1, 1))

    confirm(my, page, status=409)
    assert persons(app) == 7


def test_thrown_away_is_gone(app, world, send):
    my = world.client("my")
    page = send(my, sheet(*GOOD))
    number = page.split("/people/rosters/")[1].split("/")[0]
    my.post(f"/people/rosters/{number}/discards")

    confirm(my, page, status=409)
    assert persons(app) == 6
    with app.app_context():
        assert db.session.scalar(select(Roster.rows)) == []


@pytest.mark.parametrize(
    "hostile",
    [
        "=1+1",
        "+1",
        "-1",
        "@SUM(A1)",
        "<b>x</b>",
        "{{ 7*7 }}",
        "A\tB",
        "a\u202eb",
        "x" * 900_000,
        "' OR 1=1",
        "Ng\u0000a",
    ],
)
def test_hostile_cells_stay_text(app, world, send, hostile):
    my = world.client("my")
    page = send(my, book_of(["Họ và tên", "Ngày sinh", "Chức vụ"], ["Sùng Thị Dở", "1991", hostile]))
    assert len(page) < 40_000
    assert "<b>x</b>" not in page
    if "1 mới" in page:
        confirm(my, page)
        shown = my.get("/people/", query_string={"q": "sung thi do"})
        assert "<b>x</b>" not in shown
        assert ">49<" not in shown
        assert persons(app) == 7


def book_of(*rows):
    """An .xlsx written by other hands, so that cells may hold what Excel would not."""
    strings = "".join(f"<si><t>{escaped(cell)}</t></si>" for line in rows for cell in line)
    cells, at = "", 0
    for number, line in enumerate(rows, 1):
        cells += f'<row r="{number}">'
        for column in range(len(line)):
            cells += f'<c r="{letter(column)}{number}" t="s"><v>{at}</v></c>'
            at += 1
        cells += "</row>"
    return packed(
        {
            "xl/sharedStrings.xml": f"<sst>{strings}</sst>",
            "xl/worksheets/sheet1.xml": f"<worksheet><sheetData>{cells}</sheetData></worksheet>",
        }
    )


def escaped(text):
    return text.replace("&", "&amp;").replace("<", "&lt;").replace("\x00", "_x0000_")


def packed(more, drop=()):
    """The template's parts, some replaced or added."""
    out, clean = io.BytesIO(), sheet(*GOOD)
    with zipfile.ZipFile(io.BytesIO(clean)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            if name not in more and name not in drop:
                new.writestr(name, old.read(name))
        for name, part in more.items():
            new.writestr(
                name,
                part.replace(
                    "<sst>", '<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
                ).replace(
                    "<worksheet>", '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
                )
                if isinstance(part, str)
                else part,
            )
    return out.getvalue()


FAR = '<worksheet><sheetData><row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData></worksheet>'
UNPLACED = "<worksheet><sheetData><row>" + "<c/>" * 100 + "</row></sheetData></worksheet>"
GROWS = (
    "<worksheet><sheetData>"
    + "".join(f'<row r="{n}"><c r="A{n}" t="s"><v>0</v></c></row>' for n in range(1, 2001))
    + "</sheetData></worksheet>"
)
LAUGHS = '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]><worksheet><sheetData><row r="1"><c r="A1"><v>&b;</v></c></row></sheetData></worksheet>'


@pytest.mark.parametrize(
    "content, said",
    [
        (b"", "không phải tệp Excel"),
        (b"PK\x03\x04 not a zip", "không phải tệp Excel"),
        (b"%PDF-1.7", "không phải tệp Excel"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "Excel cũ"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"), "mật khẩu"),
        (packed({"xl/vbaProject.bin": b"x"}), "macro"),
        (packed({"xl/externalLinks/externalLink1.xml": "<x/>"}), "liên kết ngoài"),
        (packed({"xl/worksheets/sheet1.xml": LAUGHS}), "DOCTYPE"),
        (packed({"xl/worksheets/sheet1.xml": FAR}), "cột"),
        (packed({"xl/worksheets/sheet1.xml": UNPLACED}), "cột"),
        (packed({"xl/worksheets/sheet1.xml": b"<worksheet>"}), "không phải tệp Excel"),
        (
            packed(
                {
                    "xl/sharedStrings.xml": f"<sst><si><t>{'y' * 900_000}</t></si></sst>",
                    "xl/worksheets/sheet1.xml": GROWS,
                }
            ),
            "bất thường",
        ),
        (book_of(["Họ và tên", "Ngày sinh"], ["z" * 2_000_000, "1991"]), "bất thường"),
        (packed({"xl/media/image1.png": b"\0" * 40_000_000}), "bất thường"),
        (packed({f"x/{n}": b"" for n in range(300)}), "bất thường"),
        (packed({}, drop=["xl/workbook.xml"]), "không phải tệp Excel"),
        (sheet(["a", "b"], head=["Tên lớp", "Ghi chú"]), "dòng tiêu đề"),
    ],
)
def test_a_file_that_is_no_list_is_refused_in_words(app, world, send, content, said):
    page = send(world.client("my"), content, status=409)

    assert said in page
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(Roster)) == 0


def test_a_declared_size_is_not_believed(world, send):
    content = sheet(*GOOD)
    with zipfile.ZipFile(io.BytesIO(content)) as old:
        part = old.read("xl/worksheets/sheet1.xml").decode().replace('ref="A1:J4"', 'ref="A1:XFD1048576"')
    assert "XFD1048576" in part

    assert "3 mới" in send(world.client("my"), packed({"xl/worksheets/sheet1.xml": part}))


def test_the_template_comes_back_as_it_was_meant(world, send):
    my = world.client("my")
    answer = my.raw("/people/rosters/template.xlsx")
    assert answer.headers["Content-Disposition"].startswith("attachment")
    book = openpyxl.load_workbook(io.BytesIO(answer.data))
    page = book["Danh sách"]
    assert [cell.value for cell in page[1]] == list(HEADINGS.values())
    offered = " ".join(str(rule.formula1) for rule in page.data_validations.dataValidation)
    assert "viên chức" in offered
    assert page.column_dimensions["I"].number_format == "@"
    assert [row[0].value for row in book["Danh mục"]] == ["Xã Bình Mẫu"]

    page.append(
        [
            "Sùng Thị Dở",
            None,
            date(1991, 3, 5),
            "Nữ",
            "viên chức",
            None,
            "không",
            "Xã Bình Mẫu",
            912345678,
            date(2026, 2, 1),
        ]
    )
    out = io.BytesIO()
    book.save(out)
    assert "1 mới, 0 đổi, 0 giống, 0 lỗi" in send(my, out.getvalue())


def test_from_the_terminal(app, world, tmp_path):
    file = tmp_path / "danh-sach.xlsx"
    file.write_bytes(sheet(*GOOD, *BAD))
    run = app.test_cli_runner().invoke
    given = ["people", "import", str(file), "--unit", "T9901", "--json"]

    dry = run(args=[*given, "--dry-run"])
    assert json.loads(dry.output)["new"] == 3
    assert persons(app) == 6
    blocked = run(args=given)
    assert blocked.exit_code == 1
    assert persons(app) == 6
    done = run(args=[*given, "--skip-errors"])
    assert done.exit_code == 0, done.output
    assert persons(app) == 9
    again = json.loads(run(args=[*given, "--skip-errors"]).output)
    assert (again["new"], again["same"]) == (0, 3)


def test_three_or_three_hundred_rows_are_matched_in_the_same_statements(world, send, count_queries):
    def statements(rows):
        my = world.client("my")
        page = send(my, sheet(*rows))
        with count_queries() as said:
            confirm(my, page)
        return len(said)

    many = [
        row(
            full_name=f"Lù A {'abcdefghijklmnopqrstuvwxyz'[n % 26]}{'abcdefghijklmnopqrstuvwxyz'[n // 26]}",
            birth="1990",
        )
        for n in range(300)
    ]
    statements(many[:1])  # what is read once and kept
    assert statements(many[1:4]) == statements(many[4:])
