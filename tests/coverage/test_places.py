"""Enough trained people in each place: counted like persons, told by place, the same on the screen, in the workbook and in JSON."""

import re
from datetime import date, timedelta
from html import unescape
from io import BytesIO

import pytest
from python_calamine import CalamineWorkbook

from lms.coverage import as_json, places
from lms.coverage.queries import Coverage, coverages
from lms.coverage.question import ask, chosen, plans
from lms.kernel.clock import frozen
from lms.kernel.refused import Refused
from lms.people import actions as people
from tests.coverage.conftest import NOW, Register
from tests.coverage.places import SLUG, with_places
from tests.coverage.test_pages import CELL, ROW, Counting
from tests.coverage.test_ruling import TYPED

PAGE = f"/coverage/?indicator={SLUG}"


def counted(as_of: date | None = None) -> Coverage:
    """The answer of the indicator of places."""
    return coverages(ask(chosen(plans(), "mau", date(2025, 11, 20)), as_of=as_of, indicator=SLUG))[0]


def has(found: Coverage) -> dict[str, tuple[int, bool]]:
    told = places.places(found)
    assert told
    return {one.name: (one.has, one.enough) for one in told.lines}


def test_each_place_counts_its_trained_people(register: Register) -> None:
    with_places(register, least=2)
    with register.app.app_context():
        found = counted()
        assert has(found) == {"Xã Tả Lèng": (1, False), "Xã Nậm Loỏng": (1, False)}
        assert has(counted(date(2025, 6, 30))) == {
            "Xã Giang Ma": (0, False),
            "Xã Tả Lèng": (1, False),
            "Xã Nậm Loỏng": (1, False),
        }
        told = places.places(found)
        assert told
        assert told.as_dict() == {"enough": 0, "of": 2, "least": 2}
        assert as_json.written([found])["indicators"][0]["places"] == {"enough": 0, "of": 2, "least": 2}
        assert places.places(coverages(ask(plans()[0], indicator="tap-huan"))[0]) is None


def test_leave_and_expiry_are_named(register: Register) -> None:
    with_places(register, valid_months=12)
    with register.doing():
        people.except_person(register.persons["phu"], "", "on_leave", reason="Nghỉ", valid_from=date(2025, 11, 1))
        register.train("binh", date(2024, 12, 30))
    with register.app.app_context():
        found = counted()
        told = places.places(found)
        assert told
        there = places.who(found, told.lines)
        ta_leng, nam_loong = there[register.units["ta_leng_moi"]], there[register.units["nam_loong"]]
        assert [one.person.full_name for one in nam_loong.away] == ["Phàn A Phủ"]
        assert nam_loong.there == []
        assert [(one.person.full_name, one.until) for one in ta_leng.expiring] == [("Vàng A Bình", date(2025, 12, 30))]
        assert has(found) == {"Xã Nậm Loỏng": (0, False), "Xã Tả Lèng": (1, True)}  # an's training of May 2024 is over


def test_the_page_says_how_many_places_and_which_are_short(register: Register) -> None:
    with_places(register)
    with register.doing():
        people.except_person(register.persons["phu"], "", "on_leave", reason="Nghỉ", valid_from=date(2025, 11, 1))
    lan = register.client("lan")
    html = lan.get(PAGE)
    assert lan.page
    assert "1/2 xã có ít nhất 1 người – thiếu ở Xã Nậm Loỏng (0)" in lan.page.text
    assert html.index("1/2") < html.index("<table")
    assert "Phàn A Phủ" in lan.page.text
    assert "Đủ: mỗi nơi có ít nhất 1 người." in lan.page.text

    lan.get(f"/coverage/units/{register.units['nam_loong']}?indicator={SLUG}")
    assert "thiếu người" in lan.page.text
    assert "Có 0 người đã tập huấn, cần ít nhất 1." in lan.page.text

    nam = register.client("nam")
    nam.get(PAGE)
    assert nam.page
    assert "0/1 xã" in nam.page.text
    assert "Tả Lèng" not in nam.page.text


def test_the_sheet_by_place_equals_the_screen(register: Register) -> None:
    with_places(register, valid_months=18)
    with register.doing():
        register.train("binh", date(2024, 7, 1))
        people.except_person(register.persons["phu"], "", "on_leave", reason="Nghỉ", valid_from=date(2025, 11, 1))
    lan = register.client("lan")
    html = lan.get(PAGE)
    table = re.search(r'<table class="[^"]*places.*?</table>', html, re.DOTALL)
    assert table
    shown = [
        [unescape(" ".join(re.sub(r"<[^>]+>", "", cell).split())) for cell in CELL.findall(row)]
        for row in ROW.findall(table.group())
    ]
    book = CalamineWorkbook.from_filelike(BytesIO(lan.raw(f"/coverage/sheet.xlsx?indicator={SLUG}").data))
    sheet = book.get_sheet_by_name("Theo nơi").to_python()
    assert [[str(int(cell)) if isinstance(cell, float) else cell for cell in row] for row in sheet[6:-2]] == shown
    assert len(shown) == 3


def test_few_statements(register: Register, count_queries: Counting) -> None:
    with_places(register)
    lan = register.client("lan")
    lan.get(PAGE)
    with count_queries() as asked:
        lan.get(PAGE)
    assert len(asked) <= 12, asked


def test_an_indicator_turned_off_is_asked_nowhere(register: Register) -> None:
    with_places(register, least=0)
    lan = register.client("lan")
    assert "Mỗi xã có người" not in lan.get("/coverage/")
    lan.get(PAGE, status=404)
    with register.app.app_context(), pytest.raises(Refused):
        counted()


@pytest.mark.parametrize("page", ["/", "/reports/", "/coverage/trend?indicator=moi-xa"])
def test_pages_that_show_every_indicator_can_show_places(register: Register, page: str) -> None:
    with_places(register)
    lan = register.client("lan")
    lan.get(page)
    assert lan.page
    assert "2/2 xã có ít nhất 1 người" in lan.page.text


def test_the_office_turns_it_off_and_on_again(register: Register) -> None:
    with_places(register)
    lan = register.client("lan")
    typed = {**TYPED, "indicator": SLUG, "why": "Công văn mẫu"}
    lan.post("/coverage/rule", {**typed, "least": "0"})
    lan.get(PAGE, status=404)
    page = lan.get("/coverage/rule?plan=mau&indicator=moi-xa")
    assert "Chỉ tiêu này đang tắt" in page
    with frozen(NOW + timedelta(minutes=10)):
        lan.post("/coverage/rule", {**typed, "least": "2"})
    assert "Đủ: mỗi nơi có ít nhất 2 người." in lan.get(PAGE)


@pytest.mark.parametrize(
    ("rule", "words"),
    [({}, "Cả kỳ tính một lần."), ({"once": "year", "count_on": "11-30"}, "Số liệu năm tính đến ngày 30/11.")],
)
def test_the_rule_is_printed_whole(register: Register, rule: dict[str, str], words: str) -> None:
    with_places(register, **rule)
    page = register.client("lan").get(PAGE)
    assert words in page
    assert ("Mỗi năm tính lại từ đầu." in page) == bool(rule)


def test_frozen_it_says_how_many_places(register: Register) -> None:
    """The figure of a frozen period is the one of the screen: places, not persons."""
    with_places(register)
    lan = register.client("lan")
    day = {"plan": "mau", "as_of": "20/11/2025"}
    words = "2/2 nơi có ít nhất 1 người đã tập huấn"
    assert words in lan.get("/coverage/frozen/new?plan=mau&as_of=20/11/2025")
    assert words in lan.post("/coverage/frozen", {**day, "title": "Mẫu", "note": ""})
    assert words in lan.get("/coverage/frozen/1/print")
    assert "2/2 nơi đủ người" in lan.get("/coverage/frozen/1/since")
    sheet = CalamineWorkbook.from_filelike(BytesIO(lan.raw("/coverage/frozen/1/sheet.xlsx").data))
    assert words in str(sheet.get_sheet_by_index(2).to_python())
