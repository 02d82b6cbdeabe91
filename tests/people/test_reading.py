"""Whole workbooks of many shapes, understood without a human. All made here, of invented people."""

import unicodedata
from datetime import date

import pytest

from lms.kernel.refused import Refused
from lms.people.roster.columns import HEADINGS
from lms.people.roster.rows import Answers, ReadRow
from tests.people.reading import BINH, HEAD, KHUN, SCHOOLS, TA_NEW, ods, understood, xls, xlsx

TITLES = [
    ["ỦY BAN NHÂN DÂN", None, None, None, "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"],
    ["XÃ BÌNH MẪU"],
    [],
    ["DANH SÁCH CÁN BỘ, CÔNG CHỨC, VIÊN CHỨC"],
    ["(Kèm theo Công văn số …/UBND ngày 24/10/2024)"],
    [],
]
END = [
    [None, "Tổng cộng: 2 người"],
    [],
    [None, None, None, None, None, "TM. ỦY BAN NHÂN DÂN"],
    [None, None, None, None, None, "CHỦ TỊCH"],
    [],
    [None, None, None, None, None, "Lò Văn Ký"],
]
LAN = [1, "Vàng Thị Lan", "Nữ", "5/3/1985", "PCT UBND", "Xã Bình Mẫu", 912000001]
TOM = [2, "LÒ VĂN TÓM", "Nam", 1979, "Trưởng bản", "nt", "0912.000.002"]


def said(book, *names):
    return [tuple(getattr(row, name) for name in names) for row in book.rows]


def causes(book):
    return [(error.row, error.column, error.cause, error.kind) for error in book.errors]


def test_a_list_among_titles_sections_totals_and_signatures():
    rows = [*TITLES, HEAD, ["I", "KHỐI UBND XÃ"], LAN, ["II", "KHỐI THÔN, BẢN"], TOM, *END]
    book = understood(xlsx(("Danh sách", rows)))

    assert book.errors == ()
    assert book.rows[1] == ReadRow(
        "Danh sách",
        11,
        "Lò Văn Tóm",
        sex="male",
        birth="1979",
        precision="year",
        birth_text="1979",
        position="Trưởng bản",
        category="người hoạt động không chuyên trách",
        phone="0912000002",
        unit="Xã Bình Mẫu",
        unit_id=BINH,
        unit_text="Xã Bình Mẫu",
        notes=book.rows[1].notes,
    )
    assert {(note.field, note.why, note.text) for note in book.rows[1].notes} == {
        ("full_name", "capitals", "LÒ VĂN TÓM"),
        ("category", "position", "trưởng bản"),
    }
    only = book.sheets[0]
    assert (only.header, only.on, only.why_on, only.unit_id, only.why_unit) == (
        7,
        date(2024, 10, 24),
        "title",
        BINH,
        "title",
    )
    assert [one.why for one in only.skipped] == ["section", "section", "total", "signature", "signature", "signature"]
    assert (only.persons, only.said_total) == (2, 2)


def test_births_in_the_columns_of_men_and_women_below_a_merged_heading():
    rows = [
        ["TT", "Họ và tên", "Năm sinh", None, "Dân tộc", "Chức danh"],
        [None, None, "Nam", "Nữ"],
        ["(1)", "(2)", "(3)", "(4)", "(5)", "(6)"],
        [1, "Lò Văn Tóm", 1979, None, "HMông", "Y sĩ"],
        [2, "Vàng Thị Lan", None, "03/1985", "Lừ", "nt"],
        [3, "Vàng Thị Cả", "1985", "1986", "", ""],
    ]
    book = understood(
        xlsx(("Bình Mẫu", rows), touch=lambda _book, page: page.merge_range("C1:D1", "Năm sinh")), on=date(2024, 1, 1)
    )

    assert said(book, "sex", "birth", "ethnicity", "category", "unit_id") == [
        ("male", "1979", "Mông", "viên chức", BINH),
        ("female", "1985-03", "Lự", "viên chức", BINH),
    ]
    assert causes(book) == [(6, "C", "both_sexes", "refused")]
    assert book.sheets[0].why_unit == "sheet_name"


def test_the_same_without_merged_cells_and_in_another_order():
    rows = [
        ["SĐT", "Đơn vị", "Họ tên", "Ngày sinh", "", "", "Giới tính", ""],
        ["", "", "", "Ngày", "Tháng", "Năm", "Nam", "Nữ"],
        ["0912000001", "Xã Khun Mẫu", "Vàng Thị Lan", "5", "3", "1985", "", "x"],
        ["", "Xã Khun Mẫu", "Lò Văn Tóm", "", "", "1979", "x", ""],
    ]
    book = understood("\n".join(";".join(row) for row in rows).encode(), "ds.csv", on=date(2024, 1, 1))

    assert said(book, "full_name", "sex", "birth", "unit_id", "row") == [
        ("Vàng Thị Lan", "female", "1985-03-05", KHUN, 3),
        ("Lò Văn Tóm", "male", "1979", KHUN, 4),
    ]


def test_births_of_men_and_women_under_headings_of_one_level():
    for man, woman in (("Sinh năm: Nam", "Sinh năm: Nữ"), ("Năm sinh (nam)", "Năm sinh (nữ)")):
        rows = [["TT", "Họ và tên", man, woman], [1, "Lò Văn Tóm", 1979, None], [2, "Vàng Thị Lan", None, "12/1985"]]
        book = understood(xlsx(("Xã Bình Mẫu", rows)))

        assert said(book, "sex", "birth") == [("male", "1979"), ("female", "1985-12")]
    both = [["TT", "Họ và tên", "Ngày sinh (nam/nữ)"], [1, "Lò Văn Tóm", 1979]]
    assert said(understood(xlsx(("Xã Bình Mẫu", both))), "sex", "birth") == [("", "1979")]


def test_two_who_sign_side_by_side_are_nobody_on_the_list():
    rows = [
        [*HEAD[:5], "Dân tộc", "Điện thoại"],
        [1, "Vàng Thị Lan", "Nữ", "5/3/1985", "PCT UBND", "Thái", "0912000001"],
        [None, None, None, None, None, "Bình Mẫu, ngày 30 tháng 6 năm 2025"],
        [None, "NGƯỜI LẬP BIỂU", None, None, None, "TM. ỦY BAN NHÂN DÂN"],
        [None, "Lò Văn Tóm", None, None, None, "Vàng Văn Ký"],
    ]
    book = understood(xlsx(("Xã Bình Mẫu", rows)))

    assert said(book, "full_name", "ethnicity") == [("Vàng Thị Lan", "Thái")]
    assert causes(book) == []


def test_split_names_and_a_tick_for_women():
    rows = [
        ["Số TT", "Họ và tên đệm", "Tên", "Ngày sinh", "Nữ", "Chức vụ"],
        [1, "VÀNG THỊ", "LAN", "5.3.1985", "x", "NV CTXH"],
        [2, "Đ/c Lò  Văn", "Tóm", 31111, None, "CTV DS"],
    ]
    book = understood(xlsx(("Xã Bình Mẫu", rows)))

    assert said(book, "full_name", "sex", "birth", "category") == [
        ("Vàng Thị Lan", "female", "1985-03-05", "nhân viên"),
        ("Lò Văn Tóm", "male", "1985-03-05", "cộng tác viên"),
    ]
    nobody = understood(xlsx(("Xã Bình Mẫu", [rows[0], rows[2]])))
    assert nobody.rows[0].sex == ""  # nobody is ticked: perhaps nobody filled it in


def test_ticks_of_direct_support_mean_no_where_they_are_missing_but_an_empty_column_means_nothing():
    head = ["Họ và tên", "Ngày sinh", "Trực tiếp trợ giúp nạn nhân"]
    ticks = understood(xlsx(("Xã Bình Mẫu", [head, ["Vàng Thị Lan", "1985", "x"], ["Lò Văn Tóm", "1979", ""]])))
    words = understood(xlsx(("Xã Bình Mẫu", [head, ["Vàng Thị Lan", "1985", "không"], ["Lò Văn Tóm", "1979", ""]])))
    empty = understood(xlsx(("Xã Bình Mẫu", [head, ["Vàng Thị Lan", "1985", ""]])))

    assert [[row.direct_support for row in book.rows] for book in (ticks, words, empty)] == [
        [True, False],
        [False, None],
        [None],
    ]


def test_one_sheet_for_each_unit_and_units_in_sections_and_merged_cells():
    head = ["STT", "Họ và tên", "Ngày sinh", "Nơi công tác"]
    sections = [
        ["STT", "Họ và tên", "Ngày sinh"],
        ["A", "XÃ BÌNH MẪU"],
        ["I", "Công chức"],
        [1, "Vàng Thị Lan", "1985"],
        ["II", "Khối đoàn thể"],
        [2, "Lò Văn Tóm", "1979"],
        ["B", "XÃ KHUN MẪU"],
        [1, "Tẩn A Sếnh", "1988"],
        ["C", "TRƯỜNG MẪU GIÁO SỐ 1"],
        [1, "Tẩn A Xa", "1988"],
    ]
    merged = [head, [1, "Sùng Thị Dở", "1991", "Xã Khun Mẫu"], [2, "Sùng Thị Mỷ", "1992"], [3, "Sùng A Páo", "1993"]]
    content = xlsx(
        ("Tổng hợp", sections),
        ("KHUN MẪU", [head[:3], [1, "Cứ A Ơn", "1990"]]),
        ("Gộp ô", merged),
        touch=lambda _book, page: page.merge_range("D2:D4", "Xã Khun Mẫu"),
    )
    book = understood(content, on=date(2024, 1, 1))

    assert said(book, "full_name", "unit_id", "category") == [
        ("Vàng Thị Lan", BINH, "công chức"),
        ("Lò Văn Tóm", BINH, ""),
        ("Tẩn A Sếnh", KHUN, ""),
        ("Tẩn A Xa", None, ""),
        ("Cứ A Ơn", KHUN, ""),
        *((name, KHUN, "") for name in ("Sùng Thị Dở", "Sùng Thị Mỷ", "Sùng A Páo")),
    ]
    assert causes(book) == [(10, "", "unit_unknown", "asked")]


def test_units_are_matched_on_the_day_of_the_list():
    rows = [HEAD, [*LAN[:5], "Xã Khun Mẫu", ""]]
    old = understood(xlsx(("Danh sách", [["Tính đến ngày 30/11/2024"], [], *rows])))
    new = understood(xlsx(("Danh sách", rows)))
    gone = understood(xlsx(("Danh sách", [HEAD, LAN])), on=date(2026, 1, 1))
    guessed = understood(xlsx(("Phòng GDĐT", [HEAD[:5], LAN[:5]])))

    assert [book.rows[0].unit_id for book in (old, new, guessed)] == [KHUN, TA_NEW, SCHOOLS]
    assert [book.sheets[0].why_on for book in (old, new, guessed)] == ["title", "today", "names"]
    assert causes(gone) == [(2, "F", "unit_not_then", "asked")]


def test_a_list_of_a_unit_that_nobody_knows_is_asked_about_once():
    rows = [HEAD, *([n, f"Lò Văn {name}", "Nam", "1980", "", "Xã Lạ", ""] for n, name in enumerate(("An", "Ba", "Tư")))]
    book = understood(xlsx(("Lạ", rows)))

    assert said(book, "unit", "unit_id") == [("Xã Lạ", None)] * 3
    assert causes(book) == [(1, "F", "unit_unknown", "asked")]
    assert len(book.good) == 3
    answered = understood(xlsx(("Lạ", rows)), answers=Answers(units={"xa la": BINH}))
    assert {row.unit_id for row in answered.rows} == {BINH}


def test_hidden_rows_and_sheets_and_formulas_are_reported():
    def touch(book, page):
        page.set_row(1, None, None, {"hidden": True})
        page.write_formula("B4", '="Lò"&" Văn Tư"', None, "Lò Văn Tư")
        page.write_formula("B5", '=HYPERLINK("http://127.0.0.1","x")', None, "")
        page.hide()
        book.worksheets()[0].activate()

    rows = [HEAD, LAN, TOM, [3, None, "Nam", "1980"], [4, None, "Nam", "1981"]]
    book = understood(xlsx(("Bìa", [["x"]]), ("Xã Bình Mẫu", rows), touch=touch))

    assert [(row.full_name, row.hidden) for row in book.rows] == [
        ("Vàng Thị Lan", True),
        ("Lò Văn Tóm", False),
        ("Lò Văn Tư", False),
    ]
    assert causes(book) == [
        (1, "", "hidden_sheet", "told"),
        (2, "", "hidden_row", "told"),
        (4, "B", "formula_value", "told"),
        (5, "B", "formula", "refused"),
    ]


OLD = [
    ["STT", "Hä vµ tªn", "Ngµy sinh", "Chøc vô", "§¬n vÞ"],
    [1, "Hoµng ThÞ H\xad¬ng", "1985", "Gi¸o viªn", "X· B×nh MÉu"],
    [2, "Lß V¨n Tó", "1979", "nt", "nt"],
]
VNI = [
    ["STT", "Hoï vaø teân", "Ngaøy sinh", "Chöùc vuï", "Ñôn vò"],
    [1, "Hoaøng Thò Höông", "1985", "Giaùo vieân", "Xaõ Bình Maãu"],
    [2, "Loø Vaên Tuù", "1979", "nt", "nt"],
]


@pytest.mark.parametrize(
    "content, encoding",
    [
        (xls("x", OLD, font=".VnTime", hidden=[2]), "tcvn3"),
        (xls("x", VNI, font="VNI-Times", hidden=[2]), "vni"),
        (xls("x", OLD), "tcvn3"),
        (ods("x", VNI, hidden=[2]), "vni"),
        ("\n".join(";".join(map(str, row)) for row in OLD).encode("latin-1"), "tcvn3"),
        ("\n".join("\t".join(map(str, row)) for row in VNI).encode("latin-1"), "vni"),
    ],
)
def test_old_fonts_in_every_format(content, encoding):
    book = understood(content, on=date(2024, 1, 1))

    assert said(book, "full_name", "birth", "category", "unit_id") == [
        ("Hoàng Thị Hương", "1985", "viên chức", BINH),
        ("Lò Văn Tú", "1979", "viên chức", BINH),
    ]
    assert book.sheets[0].encodings == (encoding,)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1258"])
@pytest.mark.parametrize("sign", [",", ";", "\t"])
def test_rows_of_text(encoding, sign):
    text = "\r\n".join(sign.join(["" if cell is None else str(cell) for cell in row]) for row in (HEAD, LAN, TOM))
    if encoding == "cp1258":  # has base letters and tones apart
        for tone in "\u0300\u0301\u0303\u0309\u0323":
            for letter in "aăâeêioôơuưyAĂÂEÊIOÔƠUƯY":
                text = text.replace(unicodedata.normalize("NFC", letter + tone), letter + tone)
    book = understood(text.encode(encoding), "ds.csv", on=date(2024, 1, 1))

    assert said(book, "full_name", "phone", "unit_id") == [
        ("Vàng Thị Lan", "0912000001", BINH),
        ("Lò Văn Tóm", "0912000002", BINH),
    ]


def test_a_second_list_below_the_first_and_a_header_on_each_page():
    rows = [
        *(
            ["STT", "Họ và tên", "Năm sinh"],
            [1, "Vàng Thị Lan", 1985],
            ["STT", "Họ và tên", "Năm sinh"],
            [2, "Lò Văn Tóm", 1979],
        ),
        *(
            [None, "Cộng: 2 người"],
            [],
            ["DANH SÁCH CỘNG TÁC VIÊN"],
            ["Họ và tên", "Chức danh", "Điện thoại", "Năm sinh"],
        ),
        ["Tẩn A Sếnh", "CTV", "0912000003", 1988],
    ]
    book = understood(xlsx(("Xã Bình Mẫu", rows)), on=date(2024, 1, 1))

    assert said(book, "full_name", "birth", "phone") == [
        ("Vàng Thị Lan", "1985", ""),
        ("Lò Văn Tóm", "1979", ""),
        ("Tẩn A Sếnh", "1988", "0912000003"),
    ]


def test_a_total_that_does_not_agree_is_told_and_dates_excel_may_have_swapped():
    days = [date(1985, 3, n) for n in range(1, 9)]
    texts = [f"{n}/3/1985" for n in range(13, 19)]
    people = [[n, f"Lò Văn {chr(65 + n)}", day] for n, day in enumerate((*days, *texts))]
    book = understood(xlsx(("Xã Bình Mẫu", [["STT", "Họ và tên", "Ngày sinh"], *people, [None, "Tổng số: 20 người"]])))

    assert causes(book) == [(1, "C", "perhaps_swapped", "told"), (1, "", "total_differs", "told")]


@pytest.mark.parametrize(
    "cells, expected",
    [
        ({1: ""}, ("B", "name_missing")),
        ({1: "=cmd|' /C calc'!A0"}, ("B", "name_signs")),
        ({1: "<script>alert(1)</script>"}, ("B", "name_signs")),
        ({1: "Lò " + "An " * 50}, ("B", "name_too_long")),
        ({1: "L" * 400}, ("B", "too_long")),
        ({3: "31/02/1985"}, ("D", "birth_unreadable")),
        ({3: "01/01/2035"}, ("D", "birth_impossible")),
        ({3: "nt"}, ("D", "birth_unreadable")),
        ({2: "abc"}, ("C", "sex_unreadable")),
        ({6: "091"}, ("G", "phone_unreadable")),
        ({5: "nt"}, ("F", "ditto_alone")),
        ({2: None, 3: None, 4: None, 6: None}, ("B", "only_name")),
    ],
)
def test_a_bad_row_says_why_and_a_good_one_goes_in(cells, expected):
    bad = [cells.get(at, cell) for at, cell in enumerate(LAN)]
    book = understood(xlsx(("Xã Bình Mẫu", [HEAD, bad, [*TOM[:5], "Xã Bình Mẫu", TOM[6]]])), on=date(2024, 1, 1))

    assert [row.row for row in book.rows] == [3]
    assert [(error.column, error.cause) for error in book.errors if error.row == 2] == [expected]


def test_what_people_answered_before_is_used():
    rows = [["Họ và tên", "Ngày sinh", "Máy lẻ", "Việc"], ["Vàng Thị Lan", "3/25/1985", "0912000001", "Nhà du hành"]]
    book = understood(xlsx(("Xã Bình Mẫu", rows)))
    column = book.sheets[0].columns[2]
    assert (column.field, column.why, column.key) == ("", "unknown", "may le")
    assert ("month_first", "told") in {(error.cause, error.kind) for error in book.errors}

    answers = Answers(headings={"may le": "phone", "viec": "position"}, month_first=True)
    book = understood(xlsx(("Xã Bình Mẫu", rows)), answers=answers)
    assert said(book, "phone", "position", "birth") == [("0912000001", "Nhà du hành", "1985-03-25")]
    assert [error.cause for error in book.errors] == ["position_unknown"]


def test_two_columns_that_contradict_each_other_keep_the_row_out_whatever_may_be_left_empty():
    rows = [["Họ và tên", "Nam", "Nữ", "Chức vụ"], ["Lò Văn Tóm", 1979, 1980, "Giáo viên"]]
    answers = Answers(without=frozenset({"sex", "birth"}))
    book = understood(xlsx(("Xã Bình Mẫu", rows)), answers=answers)

    assert not book.rows
    assert [(error.cause, error.kind) for error in book.errors] == [("both_sexes", "refused")]


def test_what_says_that_there_is_nothing_is_as_good_as_empty_and_a_place_stands_beside_a_position():
    rows = [
        ["STT", "Họ và tên", "Chức vụ, đơn vị công tác", "Năm sinh", "ĐT"],
        [1, "Vàng Thị Lan", "CT UBND xã Khun Mẫu", "không rõ", "-"],
        [2, "Lò Văn Tóm", "Giáo viên", 1979, "chưa có"],
        [None, None, None, None, "NGƯỜI LẬP BIỂU"],
    ]
    book = understood(xlsx(("Xã Bình Mẫu", rows)), on=date(2024, 1, 1))

    assert book.errors == ()
    assert said(book, "unit_id", "birth", "phone") == [(KHUN, "", ""), (BINH, "1979", "")]
    assert [note.why for note in book.rows[0].notes if note.field == "phone"] == ["nothing"]


def test_dt_is_a_people_or_a_phone_by_what_stands_below_and_an_eth_is_a_crossed_d():
    rows = [["STT", "Họ và tên", "DT", "ĐT", "Ðơn vị"], [1, "ÐÈO THỊ ÐÀO", "HMông", "0912000001", "Xã Bình Mẫu"]]
    assert said(
        understood(xlsx(("Trang", rows)), on=date(2024, 1, 1)), "full_name", "ethnicity", "phone", "unit_id"
    ) == [("Đèo Thị Đào", "Mông", "0912000001", BINH)]
    rows = [["STT", "Ho va ten", "DT"], [1, "Vang Thi Lan", "0912000001"]]
    assert said(understood(xlsx(("Trang", rows))), "phone") == [("0912000001",)]


def test_our_template_is_read_and_an_empty_cell_of_it_means_that_nobody_knows():
    line = {
        "full_name": "Vàng Thị Lan",
        "birth": "1985",
        "direct_support": "x",
        "category": "Viên chức",
        "staff_code": "cb-07",
    }
    rows = [
        list(HEADINGS.values()),
        [line.get(one, "") for one in HEADINGS],
        ["Lò Văn Tóm", *[""] * 7, "0912000002", ""],
    ]
    book = understood(xlsx(("Danh sách", rows)), on=date(2024, 1, 1), default_unit=KHUN)

    assert [(one.field, one.why) for one in book.sheets[0].columns] == [(one, "heading") for one in HEADINGS]
    assert said(book, "staff_code", "category", "direct_support", "unit_id") == [
        ("CB-07", "viên chức", True, KHUN),
        ("", "", None, KHUN),
    ]


def test_a_year_in_the_title_tells_the_day_where_nothing_else_does():
    rows = [["DANH SÁCH CÁN BỘ NĂM 2024"], HEAD[:6], [*LAN[:5], "Xã Khun Mẫu"]]
    first = understood(xlsx(("1. Khun Mẫu (2)", rows)))
    assert (first.sheets[0].on, first.rows[0].unit_id) == (date(2024, 12, 31), KHUN)

    rows[0] = ["DANH SÁCH THÁNG 8 NĂM 2025"]
    later = understood(xlsx(("1. Khun Mẫu (2)", [*rows[:2], [*LAN[:5], ""]])))
    assert (later.sheets[0].on, later.rows[0].unit_id, later.sheets[0].why_unit) == (
        date(2025, 8, 31),
        TA_NEW,
        "sheet_name",
    )


def test_categories_in_other_words_and_lists_of_names_alone():
    rows = [
        ["Họ và tên", "Năm sinh", "Loại cán bộ", "Chức vụ"],
        ["Vàng Thị Lan", "1985", "CC", "x"],
        ["Lò Văn Tóm", "1979", "HĐ", ""],
        ["Tẩn A Sếnh", "1988", "Loại 2", "Trưởng bản"],
    ]
    book = understood(xlsx(("Xã Bình Mẫu", rows)), on=date(2024, 1, 1))
    assert [row.category for row in book.rows] == ["công chức", "nhân viên", "người hoạt động không chuyên trách"]
    assert causes(book) == [(4, "C", "category_unknown", "told")]

    names = understood(
        xlsx(("Xã Bình Mẫu", [["TT", "Họ và tên"], [1, "Vàng Thị Lan"], ["II", "Khối Đảng"], [2, "Lò Văn Tóm"]]))
    )
    assert [row.full_name for row in names.rows] == ["Vàng Thị Lan", "Lò Văn Tóm"]


def test_a_hamlet_is_of_the_commune_of_its_sheet_and_a_school_is_asked_about():
    rows = [
        ["Họ và tên", "Năm sinh", "Đơn vị"],
        ["Vàng Thị Lan", "1985", "Bản Nà Mẫu"],
        ["Lò Văn Tóm", "1979", "Trường số 1"],
    ]
    book = understood(xlsx(("Bình Mẫu", rows)), on=date(2024, 1, 1))
    assert said(book, "unit", "unit_id", "unit_text") == [
        ("Xã Bình Mẫu", BINH, "Bản Nà Mẫu"),
        ("Trường số 1", None, "Trường số 1"),
    ]
    assert causes(book) == [(3, "C", "unit_unknown", "asked")]


def test_no_header_is_said():
    with pytest.raises(Refused, match="No header"):
        understood(xlsx(("x", [["Tên lớp", "Ghi chú"], ["a", "b"]])))
    people = [["", "", ""], [1, "Sùng A Páo", "5/3/1985"]]
    two = understood(xlsx(("Xã Bình Mẫu", [HEAD, LAN]), ("Khác", people)))
    assert causes(two) == [(1, "", "no_header", "refused")]
    counts = [["STT", "Đơn vị", "Số người"], [1, "Xã Bình Mẫu", 12]]
    two = understood(xlsx(("Xã Bình Mẫu", [HEAD, LAN]), ("Tổng hợp", counts)))
    assert causes(two) == [(1, "", "no_header", "told")]


def test_a_name_in_two_columns_under_one_heading():
    rows = [["STT", "Họ và tên", "", "Năm sinh"], [1, "Vàng Thị", "Lan", 1985], [2, "Lò Văn", "Tóm", 1979]]
    merged = xlsx(("Xã Bình Mẫu", rows), touch=lambda _book, page: page.merge_range(0, 1, 0, 2, "Họ và tên"))
    for content in (merged, xlsx(("Xã Bình Mẫu", rows))):
        assert said(understood(content), "full_name") == [("Vàng Thị Lan",), ("Lò Văn Tóm",)]


def test_a_unit_beside_the_first_of_its_people_alone_is_that_of_those_below():
    rows = [
        ["STT", "Đơn vị", "Họ và tên", "Năm sinh"],
        [1, "Xã Bình Mẫu", "Vàng Thị Lan", 1985],
        [2, None, "Lò Văn Tóm", 1979],
        [3, "Xã Khun Mẫu", "Sùng A Páo", 1970],
        [4, None, "Mùa A Lử", 1971],
    ]
    book = understood(xlsx(("Trang 1", rows)), on=date(2024, 1, 1))
    assert said(book, "unit_id") == [(BINH,), (BINH,), (KHUN,), (KHUN,)]
    rows[2][1] = "Xã Bình Mẫu"  # said each time: an empty cell is forgotten
    assert said(understood(xlsx(("Trang 1", rows)), on=date(2024, 1, 1)), "unit_id")[3] == (None,)


def test_a_second_list_beside_the_first_is_not_passed_over():
    rows = [
        ["TT", "Họ và tên", "Năm sinh", "", "TT", "Họ và tên", "Năm sinh"],
        [1, "Vàng Thị Lan", 1985, "", 2, "Lò Văn Tóm", 1979],
    ]
    assert causes(understood(xlsx(("Xã Bình Mẫu", rows)))) == [(1, "B", "second_list", "refused")]


def test_sections_in_the_column_of_numbers_and_after_a_subtotal():
    rows = [
        ["STT", "Họ và tên", "Năm sinh", "Chức vụ"],
        ["I. Xã Bình Mẫu"],
        [1, "Vàng Thị Lan", 1985, "CTV"],
        ["", "Cộng: 1 người"],
        ["", "III. NGƯỜI HOẠT ĐỘNG KHÔNG CHUYÊN TRÁCH"],
        [2, "Lò Văn Tóm", 1979, "Bí thư"],
        ["", "Cộng: 1 người"],
        ["", "UBND xã Khun Mẫu"],
        [3, "Sùng A Páo", 1970, "CTV"],
        ["", "(Danh sách gồm 3 người)"],
        ["", "UBND XÃ BÌNH MẪU", "", "CHỦ TỊCH"],
        ["", "Lò Thị Lập", "", "Giàng A Chủ"],
    ]
    book = understood(xlsx(("Trang 1", rows)), on=date(2024, 1, 1))
    assert book.errors == ()
    assert said(book, "unit_id", "category") == [
        (BINH, "cộng tác viên"),
        (BINH, "người hoạt động không chuyên trách"),
        (KHUN, "cộng tác viên"),
    ]


def test_only_ticks_for_women_stay_ticks_where_the_header_is_repeated():
    head = ["STT", "Họ và tên", "Năm sinh", "Nữ"]
    rows = [head, [1, "Vàng Thị Lan", 1985, "x"], head, [2, "Lò Văn Tóm", 1979]]
    assert said(understood(xlsx(("Xã Bình Mẫu", rows))), "sex") == [("female",), ("male",)]


def test_vni_is_told_from_tcvn3_by_the_whole_sheet():
    rows = [
        ["TT", "Hoï vaø teân", "Naêm sinh", "Chöùc vuï"],
        [1, "Phaïm Chæn Chaún", 1985, "P.baûn"],
        [2, "Ñaëng Vaên Tuûa", 1979, "CC Vaên hoaù – Xaõ hoäi"],
    ]
    book = understood(xlsx(("Xã Bình Mẫu", rows)))
    assert said(book, "full_name", "position") == [("Phạm Chỉn Chẳn", "P.bản"), ("Đặng Văn Tủa", "CC Văn hoá – Xã hội")]


def test_sections_and_the_name_of_a_sheet_tell_the_day_of_a_list():
    rows = [["STT", "Họ và tên", "Năm sinh"], ["I. Xã Bình Mẫu"], [1, "Vàng Thị Lan", 1985]]
    book = understood(xlsx(("Trang 1", rows)))
    assert (book.sheets[0].why_on, said(book, "unit_id")) == ("names", [(BINH,)])
    rows = [["STT", "Họ và tên", "Năm sinh"], [1, "Vàng Thị Lan", 1985]]
    assert understood(xlsx(("DS 2024", rows))).sheets[0].on == date(2024, 12, 31)
