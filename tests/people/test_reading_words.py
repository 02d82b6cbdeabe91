"""Single cells: days, names, phones, old fonts, positions, names of units. Tables of cases, no app and no database."""

import unicodedata
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lms.kernel.refused import Refused
from lms.people.roster.reader import lines, marks, positions
from lms.people.roster.reader.dates import read_day
from lms.people.roster.reader.headings import NOT_KEPT, field_of
from lms.people.roster.reader.names import read_name
from lms.people.roster.reader.old_fonts import encoding_of_font, mended
from lms.people.roster.reader.phones import read_phone
from lms.people.roster.reader.unit_names import UnitNames
from tests.people.reading import BINH, DISTRICT, HEALTH, KHUN, SCHOOLS, TA_NEW, TABLE, TOWN, UNITS

LATEST = date(2024, 10, 1)


@pytest.mark.parametrize(
    "cell, read",
    [
        ("5/3/1985", "1985-03-05"),
        ("05.03.1985", "1985-03-05"),
        (" 05-03-1985", "1985-03-05"),
        ("5 / 3 / 1985", "1985-03-05"),
        ("5-3-85", "1985-03-05"),
        ("5/3/05", "2005-03-05"),
        ("ngày 5 tháng 3 năm 1985", "1985-03-05"),
        ("1985-03-05", "1985-03-05"),
        ("1985-03-05 00:00:00", "1985-03-05"),
        ("05031985", "1985-03-05"),
        ("19850305", "1985-03-05"),
        ("'05/03/1985", "1985-03-05"),
        (31111, "1985-03-05"),
        ("31111", "1985-03-05"),
        (date(1985, 3, 5), "1985-03-05"),
        ("3/25/1985", "1985-03-25"),
        ("03/1985", "1985-03"),
        ("tháng 3 năm 1985", "1985-03"),
        (3.1985, "1985-03"),
        (3.199, "1990-03"),
        ("00/03/1985", "1985-03"),
        ("1985", "1985"),
        (1985.0, "1985"),
        ("sinh năm 1985", "1985"),
        ("1985 (Ất Sửu)", "1985"),
        ("00/00/1985", "1985"),
        ("--/--/1985", "1985"),
        (".../.../1985", "1985"),
        ("/1985", "1985"),
        ("?/3/1985", "1985-03"),
        ("khoảng 1985", "1985"),
        ("Ngày 5/3/1985", "1985-03-05"),
        ("05//03//1985", "1985-03-05"),
        ("05‑03—1985", "1985-03-05"),
        ("05/03/1985\u200b", "1985-03-05"),
        ("05-Mar-85", "1985-03-05"),
        ("Mar-85", "1985-03"),
        ("05-thg 3-1985", "1985-03-05"),
        ("T3/1985", "1985-03"),
        ("5/3/1985 12:00:00 AM", "1985-03-05"),
        ("5031985", "1985-03-05"),
        ("031985", "1985-03"),
        ("050385", "1985-03-05"),
        ("O5/O3/l985", "1985-03-05"),
        ("31/02/1985", None),
        ("13/13/1990", None),
        ("abc", None),
        ("", None),
        ("12", None),
        (True, None),
        ("1e9", None),
        ("５/３/１９８５", None),
    ],
)
def test_days(cell, read):
    day = read_day(cell, LATEST)
    assert (day.iso if day else None) == read


def test_days_with_the_month_first_when_somebody_says_so():
    assert read_day("3/5/1985", LATEST, month_first=True).iso == "1985-03-05"
    assert read_day("25/5/1985", LATEST, month_first=True).iso == "1985-05-25"


@given(
    st.dates(date(1945, 9, 2), date(2024, 1, 1)), st.sampled_from(["{d}/{m}/{y}", "{d:02}.{m:02}.{y}", "{d}-{m}-{y}"])
)
@settings(max_examples=60, deadline=None)
def test_every_day_comes_back(day, shape):
    assert read_day(shape.format(d=day.day, m=day.month, y=day.year), LATEST).day == day


@given(st.one_of(st.text(max_size=30), st.floats(), st.integers()))
@settings(max_examples=200, deadline=None)
def test_no_cell_breaks_the_readers(cell):
    read_day(cell, LATEST)
    read_phone(cell)
    read_name(str(cell))
    mended(str(cell))
    marks.read_people(cell)
    TABLE.judge(str(cell))
    field_of((str(cell),))


@pytest.mark.parametrize(
    "cell, name",
    [
        ("LÒ VĂN ƠN", "Lò Văn Ơn"),
        ("lò thị ơn", "Lò Thị Ơn"),
        ("Đ/c Hảng A Dế", "Hảng A Dế"),
        ("Đồng chí: Hảng A Dế", "Hảng A Dế"),
        ("Bà Lò Thị Ơn", "Lò Thị Ơn"),
        ("BS. Lò Thị Ơn", "Lò Thị Ơn"),
        ("Vàng Thị Lan (PCT)", "Vàng Thị Lan"),
        ("Tao\xa0Thị\u200b\xa0Hoà ", "Tao Thị Hoà"),
        (unicodedata.normalize("NFD", "Tẩn A Sếnh"), "Tẩn A Sếnh"),
        ("H'MÔNG A", "H'Mông A"),
        ("1. Lò Văn Ơn", "Lò Văn Ơn"),
        ("01 Lò Văn Ơn", "Lò Văn Ơn"),
        ("Ô. Lò Văn Ơn", "Lò Văn Ơn"),
        ("Đ.c Lò Văn Ơn", "Lò Văn Ơn"),
        ("(Ông) Lò Văn Ơn", "Lò Văn Ơn"),
        ("ThS.BS CKI Lò Văn Ơn", "Lò Văn Ơn"),
        ("Y sỹ: Lò Văn Ơn", "Lò Văn Ơn"),
        ("Thượng úy Lò Văn Ơn", "Lò Văn Ơn"),
        ("Lò Văn Ơn [PCT]", "Lò Văn Ơn"),
        ("Lò Văn Ơn: PCT UBND", "Lò Văn Ơn"),
        ("LÒ VĂN ƠN\nPCT UBND", "Lò Văn Ơn"),
        ("Ông Thị Mỷ", "Ông Thị Mỷ"),
        ("NGuyễn Văn TủA", "Nguyễn Văn Tủa"),
        ("Anh Tú", "Anh Tú"),
        ("Cô Lan", "Cô Lan"),
        ("<script>alert(1)</script>", "<script>alert(1)</script>"),
    ],
)
def test_names(cell, name):
    assert read_name(cell).full == name


def test_a_title_tells_the_sex_and_a_name_does_not():
    assert (read_name("Bà Lò Thị Ơn").sex, read_name("Ông: Lò Văn Ơn").sex) == ("female", "male")
    assert (read_name("Ông/Bà: Lò Văn Ơn").sex, read_name("Lò Thị Ơn").sex) == ("", "")


@pytest.mark.parametrize(
    "cell, number",
    [
        (912000001.0, "0912000001"),
        ("+84912000001", "0912000001"),
        ("+84 (0)912 000 001", "0912000001"),
        ("84912000001", "0912000001"),
        ("0912.000.001", "0912000001"),
        ("'0912000001", "0912000001"),
        ("0912000001/0912000002", "0912000001"),
        ("ĐT: 0912 000 001 (Zalo)", "0912000001"),
        ("01680000001", "0380000001"),
        (1680000001.0, "0380000001"),
        (840739261.0, "0840739261"),
        ("0084912000001", "0912000001"),
        ("(084) 912 000 001", "0912000001"),
        ("912,000,001", "0912000001"),
        ("9.12000001E+08", "0912000001"),
        ("0912000001 0912000002", "0912000001"),
        ("0912000001-0912000002", "0912000001"),
        ("0842171419", "0842171419"),
        ("09120000011", None),
        ("02130000001", "02130000001"),
        (2130000001.0, "02130000001"),
        ("091", None),
        ("abc", None),
        ("9.12E+08", None),
    ],
)
def test_phones(cell, number):
    read = read_phone(cell)
    assert (read.number if read else None) == number


@pytest.mark.parametrize(
    "text, meant, encoding",
    [
        ("NguyÔn V¨n §oµn", "Nguyễn Văn Đoàn", "tcvn3"),
        ("Tr\xadëng b¶n", "Trưởng bản", "tcvn3"),
        ("Tßng ThÞ Ớt", "Tòng Thị Ớt", "tcvn3"),
        ("CC L§-TB&XH", "CC LĐ-TB&XH", "tcvn3"),
        ("Nguyeãn Vaên", "Nguyễn Văn", "vni"),
        ("TRAÀN THÒ HÖÔNG", "TRẦN THỊ HƯƠNG", "vni"),
        ("Ñaëng Vaên Ñöùc", "Đặng Văn Đức", "vni"),
        ("Hoà", "Hoà", ""),
        ("Đỗ Thị Ửng", "Đỗ Thị Ửng", ""),
        ("Kỹ thuật – khuyến nông “Mẫu”", "Kỹ thuật – khuyến nông “Mẫu”", ""),
        ("Lan", "Lan", ""),
    ],
)
def test_old_fonts_are_told_by_their_text(text, meant, encoding):
    assert mended(text) == (meant, encoding)


def test_a_font_tells_what_a_text_alone_does_not():
    assert mended("Tó") == ("Tó", "")
    assert mended("Tó", "tcvn3") == ("Tú", "tcvn3")
    assert mended("Đỗ Thị Ửng", "tcvn3") == ("Đỗ Thị Ửng", "")  # typed in Unicode all the same
    assert [encoding_of_font(one) for one in (".VnTimeH", "VNI-Times", "Times New Roman", "")] == [
        "tcvn3",
        "vni",
        "",
        "",
    ]


@pytest.mark.parametrize(
    "position, category",
    [
        ("PCT UBND", "cán bộ"),
        ("Phó Bí thư Đảng uỷ, Chủ tịch UBND xã", "cán bộ"),
        ("BTĐTN", "cán bộ"),
        ("CCVH-XH", "công chức"),
        ("CC Tư pháp - Hộ tịch", "công chức"),
        ("CHT BCHQS", "công chức"),
        ("Giáo viên kiêm tổ trưởng tổ hoà giải", "viên chức"),
        ("Trưởng trạm y tế", "viên chức"),
        ("NV CTXH", "nhân viên"),
        ("CTV Dân số", "cộng tác viên"),
        ("NVYTTB", "người hoạt động không chuyên trách"),
        ("Trưởng bản", "người hoạt động không chuyên trách"),
        ("Trưởng ban Dân vận", ""),  # one mark away
        ("Phó CT Hội LHPN", ""),  # whoever wrote the table could not tell either
        ("CCTP-HT", "công chức"),
        ("PBT TT ĐU", "cán bộ"),
        ("CT UB MTTQ", "cán bộ"),
        ("TT", "viên chức"),  # trạm trưởng
        ("TT TYT", "viên chức"),
        ("GVTHCS", "viên chức"),
        ("CHT", "công chức"),
        ("Phó CHT QS", "người hoạt động không chuyên trách cấp xã"),
        ("CT Hội NCT", "người hoạt động không chuyên trách cấp xã"),
        ("CHT PN", "người hoạt động không chuyên trách"),
        ("NV YT TB", "người hoạt động không chuyên trách"),
        ("BTCB", "người hoạt động không chuyên trách"),
        ("Tr. bản", "người hoạt động không chuyên trách"),
        ("TCA xã", "công an, biên phòng"),
        ("NCUT", "thành viên mô hình"),
        ("Công an viên", "công an, biên phòng"),
        ("Nhà du hành", ""),
    ],
)
def test_positions(position, category):
    assert TABLE.judge(position).category == category


def test_an_answer_goes_before_the_table_and_a_bad_table_names_its_line(tmp_path):
    assert positions.load(answers={"nha du hanh": "viên chức"}).judge("Nhà du hành").category == "viên chức"
    (tmp_path / "abbreviations.csv").write_text("short,words\nCT,chủ tịch\n", encoding="utf-8")
    (tmp_path / "positions.csv").write_text("position,match,category\nca sĩ,part,nghệ sĩ\n", encoding="utf-8")
    with pytest.raises(Refused, match=r"positions\.csv:2"):
        positions.load(tmp_path)


@pytest.mark.parametrize(
    "text, on, unit_id, problem",
    [
        ("Xã Bình Mẫu", LATEST, BINH, ""),
        ("xa binh mau", LATEST, BINH, ""),
        ("Bình Mẫu", LATEST, BINH, ""),
        ("X. Bình Mẫu", LATEST, BINH, ""),
        ("UBND XÃ BÌNH MẪU, HUYỆN MẪU ĐƯỜNG", LATEST, BINH, ""),
        ("Trạm Y tế xã Bình Mẫu", LATEST, BINH, ""),
        ("Trường MN Bình Mẫu", LATEST, BINH, ""),
        ("GV trường TH Bình Mẫu", LATEST, BINH, ""),
        ("Trường THPT Mẫu Đường", LATEST, None, "unknown"),  # the district's perhaps
        ("Binh Mau commune", LATEST, BINH, ""),
        ("T.Trấn Mẫu Đường", LATEST, TOWN, ""),
        ("UBND thị trấn", LATEST, TOWN, ""),
        ("Huyện ủy", LATEST, DISTRICT, ""),
        ("VP HĐND&UBND huyện", LATEST, DISTRICT, ""),
        ("PGDĐT huyện Mẫu Đường", LATEST, SCHOOLS, ""),
        ("Phòng Giáo dục", LATEST, SCHOOLS, ""),
        ("TTYT Mẫu Đường", LATEST, HEALTH, ""),
        ("TT Mẫu Đường", LATEST, TOWN, ""),
        ("Mẫu Đường", LATEST, None, "several"),
        ("Huyện Mẫu Đường", LATEST, DISTRICT, ""),
        ("M4", LATEST, BINH, ""),
        ("M4", date(2026, 1, 1), TA_NEW, ""),
        ("Xã Khun Mẫu", LATEST, KHUN, ""),
        ("Xã Khun Mẫu", date(2026, 1, 1), TA_NEW, ""),
        ("Xã Bình Mẫu", date(2026, 1, 1), None, "not_then"),
        ("Phòng GD&ĐT", LATEST, SCHOOLS, ""),
        ("TTYT", LATEST, HEALTH, ""),
        ("Phòng Không Có", LATEST, None, "unknown"),
        ("", LATEST, None, "unknown"),
    ],
)
def test_units_are_those_of_the_day(text, on, unit_id, problem):
    found = UnitNames(UNITS).find(text, on)
    assert (found.unit_id, found.problem) == (unit_id, problem)


def test_names_tell_the_day_of_a_list():
    names = UnitNames(UNITS)
    assert names.likely_day(["Xã Bình Mẫu", "Phòng Không Có"], date(2026, 1, 1)) == date(2025, 6, 30)
    assert names.likely_day(["Xã Khun Mẫu"], date(2026, 1, 1)) is None
    assert UnitNames(UNITS, {"nha minh": KHUN}).find("Nhà mình", LATEST).why == "answered"


@pytest.mark.parametrize(
    "levels, field",
    [
        (("HỌ VÀ TÊN",), "full_name"),
        (("Họ, chữ đệm\nvà tên (*)",), "full_name"),
        (("Họ và tên", "Họ đệm"), "family"),
        (("Ngày, tháng, năm sinh",), "birth"),
        (("Năm sinh", "Nữ"), "female"),
        (("Ngày sinh", "Năm"), "birth_year"),
        (("Nam/Nữ",), "sex"),
        (("Chức vụ, đơn vị công tác",), "position_unit"),
        (("Đơn vị công tác",), "unit"),
        (("Số ĐT",), "phone"),
        (("Cán bộ trực tiếp hỗ trợ nạn nhân",), "direct_support"),
        (("Số CCCD",), NOT_KEPT),
        (("Nơi sinh",), NOT_KEPT),
        (("Họ tên vợ (chồng)",), NOT_KEPT),
        (("Ngày vào Đảng",), NOT_KEPT),
        (("Trình độ chuyên môn",), NOT_KEPT),
        (("Màu áo",), ""),
    ],
)
def test_headings(levels, field):
    assert field_of(levels)[0] == field


def test_small_marks():
    assert [marks.is_ditto(cell) for cell in ("nt", "n.t", "-nt-", "Như trên", '"', "nt xã", 5.0)] == [True] * 5 + [
        False
    ] * 2
    assert [marks.read_yes(cell) for cell in ("x", "X", True, 1.0, "có", "không", "0", "hay")] == [True] * 5 + [
        False
    ] * 2 + [None]
    assert [marks.read_people(cell) for cell in ("H'Mông", "HMÔNG", "Lừ", "dân tộc Dáy", "KINH", "Xyz")] == [
        *("Mông", "Mông", "Lự", "Giáy", "Kinh", "Xyz")
    ]
    assert lines.category_named("II. Người hoạt động không chuyên trách".partition(". ")[2]) != ""
    assert lines.category_named("KHỐI CÁN BỘ, CÔNG CHỨC") == ""


@pytest.mark.parametrize(
    "heading, field",
    [
        ("Full name", "full_name"),
        ("Surname", "family"),
        ("Given name", "given"),
        ("DOB", "birth"),
        ("Year of birth", "birth"),
        ("N.sinh", "birth"),
        ("Gender", "sex"),
        ("Nam (nữ)", "sex"),
        ("Job title", "position"),
        ("C/vụ", "position"),
        ("VTVL", "position"),
        ("Workplace", "unit"),
        ("Thuộc đơn vị", "unit"),
        ("Địa chỉ cơ quan", "unit"),
        ("Địa chỉ", NOT_KEPT),
        ("Phone number", "phone"),
        ("ĐT DĐ", "phone"),
        ("Ethnicity", "ethnicity"),
        ("CB/CC/VC", "category"),
        ("Direct support", "direct_support"),
        ("Staff code", "staff_code"),
        ("#", "number"),
        ("Ngày cấp", NOT_KEPT),
    ],
)
def test_headings_in_english_and_shortened(heading, field):
    assert field_of((heading,))[0] == field


@pytest.mark.parametrize("cell", ["nt", "n/t", "(nt)", "-nt-", '" "', "như trên.", "”nt”"])
def test_as_above(cell):
    assert marks.is_ditto(cell)


@pytest.mark.parametrize("cell", ["-", "Nt A", "Tú", "", "ntt"])
def test_not_as_above(cell):
    assert not marks.is_ditto(cell)
