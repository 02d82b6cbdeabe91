"""The pages: every figure opens as many people as it says, the workbook equals the screen, nobody sees past their units."""

import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date
from html import unescape
from io import BytesIO
from itertools import pairwise

import pytest
from flask import Flask
from python_calamine import CalamineWorkbook

from lms.coverage import listing
from lms.kernel.clock import at_hour, frozen
from lms.kernel.db import db
from lms.people import actions as people
from lms.people.models import RosterConfirmation
from tests.coverage.conftest import Register

LINK = re.compile(r'<a href="(/coverage/people\?[^"]*)">([\d.]+)</a>')
TOTAL = re.compile(r'<p class="figure"><b>([\d.]+)</b>')
ROW = re.compile(r"<tr\b.*?</tr>", re.DOTALL)
CELL = re.compile(r"<t[hd]\b[^>]*>(.*?)</t[hd]>", re.DOTALL)
Counting = Callable[[], AbstractContextManager[list[str]]]


def tables(html: str) -> list[list[list[str]]]:
    """The full tables of a page: rows of what stands in the cells."""
    found = re.findall(r'<table class="[^"]*reckoning.*?</table>', html, re.DOTALL)
    text = [
        [re.sub(r"<[^>]+>|\s+", " ", cell) for cell in CELL.findall(row)]
        for table in found
        for row in ROW.findall(table)
    ]
    rows = [[unescape(cell).strip() for cell in row] for row in text]
    starts = [i for i, row in enumerate(rows) if "Phải tập huấn" in row] + [len(rows)]
    return [rows[a:b] for a, b in pairwise(starts)]


@pytest.mark.parametrize(
    "page",
    [
        "/coverage/",
        "/coverage/?indicator=tro-giup",
        "/coverage/?as_of=30/06/2025",
        "/coverage/?as_of=2025-06-30&tree_at=2025-07-01",
        "/coverage/?tree_at=30/06/2025&known_at=19/11/2025",
        "/coverage/units/{ta_leng_moi}",
        "/coverage/units/{district}?as_of=30/06/2025",
    ],
)
def test_every_figure_opens_as_many_people_as_it_says(register: Register, page: str) -> None:
    lan = register.client("lan")
    html = lan.get(page.format(**register.units))

    links = {(unescape(url), number) for url, number in LINK.findall(html)}
    assert len(links) > 8
    for url, number in links:
        opened = lan.get(url)
        assert TOTAL.findall(opened) == [number], url
        assert opened.count("<th data-label=") == int(number)


def test_the_first_line_is_the_answer(register: Register) -> None:
    lan = register.client("lan")
    html = lan.get("/coverage/")
    assert lan.page

    assert "2/6 người 33,3 % – còn 4 người ở 2 đơn vị" in lan.page.text
    assert html.index("2/6") < html.index("<table")
    assert "Rule" not in lan.page.text
    assert lan.page.text.count("Tính (cách đọc rộng): công chức, viên chức.") == 4  # one tap away, and under each table


def test_a_person_shows_what_is_lacking_and_why(register: Register) -> None:
    lan = register.client("lan")
    lan.get("/coverage/people?indicator=tro-giup&state=not_done")
    assert lan.page
    assert "Tẩn Thị Em" in lan.page.text
    assert "Khóa chung: lớp; Khóa sau: lớp" in lan.page.text

    lan.get("/coverage/people?state=on_leave")
    assert "Đang nghỉ: Nghỉ thai sản" in lan.page.text
    lan.get("/coverage/people?state=unknown")
    assert "Chưa khai nhóm" in lan.page.text
    lan.get("/coverage/people?state=done")
    assert "hoàn thành ngày 10/05/2024" in lan.page.text


def test_of_units_called_alike_the_list_says_which(register: Register) -> None:
    with register.doing():
        for above in ("ta_leng_moi", "nam_loong"):
            unit = people.add_unit(
                "Phòng Văn hóa", "office", parent_id=register.units[above], valid_from=date(2025, 7, 1)
            )
            person = people.add_person("Lò Thị Văn", sex="female")
            people.post_person(
                person.id, unit.id, category="công chức", position="Chuyên viên", valid_from=date(2025, 7, 1)
            )
    lan = register.client("lan")
    lan.get("/coverage/people?state=not_done")
    assert lan.page
    assert "Phòng Văn hóa, Xã Tả Lèng (Chuyên viên)" in lan.page.text
    assert "Phòng Văn hóa, Xã Nậm Loỏng (Chuyên viên)" in lan.page.text


def test_the_list_is_filtered_by_category(register: Register) -> None:
    lan = register.client("lan")
    html = lan.get("/coverage/people?category=-")
    assert "Sùng Thị Dua" in html
    assert TOTAL.findall(html) == ["1"]


@pytest.mark.parametrize(
    "query",
    [
        "",
        "?indicator=tro-giup",
        "?as_of=30/06/2025",
        "?tree_at=30/06/2025",
        "?unit={ta_leng_moi}",
        "?sex=female&category=viên chức",
        "?indicator=tro-giup&grade=roll&sex=-",
    ],
)
def test_the_workbook_equals_the_screen(register: Register, query: str) -> None:
    with register.doing():
        confirm(register, "nam_loong", date(2025, 11, 1))
    lan = register.client("lan")
    query = query.format(**register.units)
    page = f"/coverage/units/{register.units['ta_leng_moi']}" if "unit=" in query else f"/coverage/{query}"
    shown = tables(lan.get(page))
    book = CalamineWorkbook.from_filelike(BytesIO(lan.raw(f"/coverage/sheet.xlsx{query}").data))

    sheets = [book.get_sheet_by_name(name).to_python() for name in book.sheet_names]
    assert lan.page
    for sheet in sheets:
        assert sheet[-1][0] in lan.page.text  # the rule in force
        narrowed, unconfirmed = sheet[3][0], sheet[4][0]
        assert all(one in lan.page.text for one in narrowed.removeprefix("Chỉ tính: ").split(", "))
        assert unconfirmed in lan.page.text
    if "unit=" in query:
        sheets = sheets[1:]  # a unit with nothing below has no table by unit
    for table, sheet in zip(shown, sheets, strict=True):
        read = [[as_shown(cell, share=i == 4) for i, cell in enumerate(row)] for row in sheet[6:-2]]
        assert read == table


def confirm(register: Register, unit: str, on: date) -> None:
    """The list of that unit is complete as of that day."""
    db.session.add(RosterConfirmation(unit_id=register.units[unit], complete_on=on, persons=2))
    db.session.flush()


def as_shown(cell: object, *, share: bool) -> str:
    if not isinstance(cell, float | int):
        return str(cell)
    if not share:
        return str(int(cell))
    return f"{100 * cell:.0f} %" if cell in (0, 1) else f"{100 * cell:.1f} %".replace(".", ",")


@pytest.mark.parametrize(
    "query",
    [
        "",
        "?state=not_done",
        "?state=done&indicator=tro-giup",
        "?state=required&unit={ta_leng_moi}&own=1&sex=female",
        "?as_of=01/07/2025&tree_at=30/06/2025&category=công chức",
    ],
)
def test_the_list_as_a_workbook_equals_the_screen(register: Register, query: str) -> None:
    lan = register.client("lan")
    query = query.format(**register.units)
    found = re.search(r'<table class="[^"]*persons.*?</table>', lan.get(f"/coverage/people{query}"), re.DOTALL)
    assert found
    shown = [
        [" ".join(unescape(re.sub(r"<[^>]+>", " ", cell)).split()) for cell in CELL.findall(row)]
        for row in ROW.findall(found.group())
    ]
    raw = lan.raw(f"/coverage/people.xlsx{query}")
    sheet = CalamineWorkbook.from_filelike(BytesIO(raw.data)).get_sheet_by_index(0).to_python()

    people = sheet[7:-2]
    assert len(people) == len(shown) - 1 > 0
    for row, person in zip(shown[1:], people, strict=True):
        name, state, lacks, why, units, active, phone = map(str, person)
        cells = [name, " ".join(f"{state} {lacks} {why}".split()), units, active, phone]
        if "not_done" in query:  # the page says once, above, that they are missing
            cells[1] = f"{lacks} {why}"
        assert [cell for cell in row if cell] == [cell for cell in cells if cell]
    assert lan.page
    assert sheet[-1][0] in lan.page.text  # the rule in force


def test_a_list_of_the_whole_country_is_no_file(register: Register, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listing, "MOST", 3)
    monkeypatch.setattr(listing, "AT_ONCE", 2)
    lan = register.client("lan")
    assert lan.raw("/coverage/people.xlsx").status_code == 409
    assert lan.raw(f"/coverage/people.xlsx?unit={register.units['nam_loong']}").status_code == 200


def test_words_stay_words_in_the_workbook(register: Register) -> None:
    with register.doing():
        people.add_unit("=1+1", "commune", parent_id=register.units["nam_loong"], code="X1")
    raw = register.client("lan").raw("/coverage/units/" + str(register.units["nam_loong"])).status_code
    book = CalamineWorkbook.from_filelike(
        BytesIO(register.client("lan").raw(f"/coverage/sheet.xlsx?unit={register.units['nam_loong']}").data)
    )

    assert raw == 200
    assert "=1+1" in [row[0] for row in book.get_sheet_by_index(0).to_python()]


def test_a_focal_person_sees_own_unit_and_nothing_of_its_sibling(register: Register) -> None:
    nam = register.client("nam")
    nam.get("/coverage/")
    assert nam.page
    assert "1/2 người 50,0 % – còn 1 người" in nam.page.text
    assert "Tả Lèng" not in nam.page.text

    nam.get("/coverage/people")
    assert "Lý A Hai" in nam.page.text  # posted here too
    assert "Lò Thị An" not in nam.page.text
    assert "Tả Lèng" not in nam.page.text
    for hidden in ("ta_leng_moi", "province", "district"):
        assert nam.raw(f"/coverage/units/{register.units[hidden]}").status_code == 404
        assert nam.raw(f"/coverage/people?unit={register.units[hidden]}").status_code == 404
        assert nam.raw(f"/coverage/sheet.xlsx?unit={register.units[hidden]}").status_code == 404
        assert nam.raw(f"/coverage/people.xlsx?unit={register.units[hidden]}").status_code == 404
    assert nam.get("/coverage/units/999999", status=404)


def test_a_focal_person_sees_the_units_that_became_theirs(register: Register) -> None:
    mai = register.client("mai")
    mai.get("/coverage/?as_of=30/06/2025")
    assert mai.page
    assert "1/4 người" in mai.page.text
    assert "Xã Giang Ma" in mai.page.text
    assert "Nậm Loỏng" not in mai.page.text


@pytest.mark.parametrize("page", ["", "people", "trend", "sheet.xlsx", "units/1"])
def test_no_door_for_trainers_and_strangers(register: Register, page: str) -> None:
    assert register.client("teo").raw(f"/coverage/{page}").status_code == 404
    assert register.client().raw(f"/coverage/{page}").status_code == 303


@pytest.mark.parametrize("page", ["", "people?state=not_done", "units/{ta_leng_moi}", "trend"])
def test_few_statements_however_many_people(register: Register, count_queries: Counting, page: str) -> None:
    lan = register.client("lan")
    url = "/coverage/" + page.format(**register.units)
    lan.get(url)
    with count_queries() as few:
        lan.get(url)
    with register.doing(), frozen(at_hour(date(2025, 2, 1))):
        for i in range(30):
            person = people.add_person(f"Lò Văn {chr(65 + i % 26)}{chr(65 + i // 26)}")
            people.post_person(
                person.id, register.units["nam_loong"], category="công chức", valid_from=date(2025, 1, 1)
            )
    with count_queries() as many:
        lan.get(url)

    assert len(few) == len(many) <= 12, many


@pytest.mark.parametrize("query", ["as_of=31/02/2025", "as_of=2030-01-01", "known_at=xyz", "plan=khac"])
def test_a_day_that_cannot_be_counted_is_said_in_words(register: Register, query: str) -> None:
    register.client("lan").get(f"/coverage/?{query}", status=409)


@pytest.mark.parametrize(
    "address, said",
    [
        ("?tree_at=2999-01-01", "Ngày 01/01/2999 không hợp lý. Hãy xem lại năm."),
        ("people?state=nghi", "Không có diện “nghi”. Hãy chọn trong danh sách."),
        ("people.xlsx?state=nghi", "Không có diện “nghi”. Hãy chọn trong danh sách."),
    ],
)
def test_what_an_address_gets_wrong_is_said_as_it_is(register: Register, address: str, said: str) -> None:
    assert said in unescape(register.client("lan").raw(f"/coverage/{address}").text)


@pytest.mark.parametrize("query", ["unit=abc", "unit=-1", "unit=99999999999", "indicator=khac"])
def test_what_is_not_there_is_not_there(register: Register, query: str) -> None:
    register.client("lan").get(f"/coverage/people?{query}", status=404)


def test_growth_over_time_has_a_target_and_its_months(register: Register, app: Flask) -> None:
    lan = register.client("lan")
    html = lan.get("/coverage/trend")
    assert lan.page
    assert "Mục tiêu" in lan.page.text
    assert "31/01/2024" in lan.page.text
    assert 'href="/coverage/?as_of=2024-01-31"' in html


def test_too_little_to_forecast_from_is_said(register: Register) -> None:
    lan = register.client("lan")
    lan.get("/coverage/trend?as_of=30/06/2024")
    assert lan.page
    assert "Chưa đủ số liệu để dự báo: cần ít nhất 6 tháng tròn." in lan.page.text


def test_the_forecast_says_its_interval_and_how_it_was_tested(register: Register) -> None:
    lan = register.client("lan")
    html = lan.get("/coverage/trend")
    assert lan.page
    assert "Đến ngày 31/12/2025: khoảng" in lan.page.text
    assert "điểm phần trăm" in lan.page.text
    assert "<polygon" in html
    assert "Khoảng dự báo" in lan.page.text

    lan.get("/coverage/trend?known_at=19/11/2025&as_of=31/01/2025&indicator=tro-giup")
    assert lan.page
    assert "mười năm nữa" in lan.page.text


def test_filters_are_words_with_a_way_to_take_each_off(register: Register) -> None:
    lan = register.client("lan")
    html = lan.get("/coverage/?sex=female&category=công chức&grade=roll")
    assert lan.page
    assert "1/1 người 100 %" in lan.page.text
    assert "Chỉ tính: công chức" in lan.page.text
    assert "từ điểm danh trở lên" in lan.page.text
    off = [unescape(url) for url in re.findall(r'href="([^"]*)">bỏ', html)]
    assert len(off) == 3
    assert all(url.count("=") == 2 for url in off)
    lan.get(off[0])
    assert "công chức bỏ" not in lan.page.text

    lan.get("/coverage/?grade=test")  # whoever was trained was trained in class
    assert "0/6 người 0 %" in lan.page.text


@pytest.mark.parametrize(
    "page",
    [
        "/coverage/?sex=female",
        "/coverage/?category=viên chức&sex=male",
        "/coverage/?category=-",
        "/coverage/?indicator=tro-giup&course=chung",
        "/coverage/units/{ta_leng_moi}?grade=roll&indicator=tro-giup",
        "/coverage/?as_of=30/06/2025&track=1",
    ],
)
def test_under_a_filter_every_figure_opens_its_people(register: Register, page: str) -> None:
    lan = register.client("lan")
    html = lan.get(page.format(**register.units))
    links = {(unescape(url), number) for url, number in LINK.findall(html)}
    assert links
    for url, number in links:
        assert TOTAL.findall(lan.get(url)) == [number], url


def test_by_course_says_how_many_have_each(register: Register) -> None:
    lan = register.client("lan")
    by_unit, _category, by_sex, by_course = tables(lan.get("/coverage/?indicator=tro-giup"))
    assert by_course[1:] == [["Khóa chung", "3", "1", "2", "33,3 %"], ["Khóa sau", "3", "1", "2", "33,3 %"]]
    assert by_sex[-1][1:] == by_unit[-1][1:9]
    assert [row[0] for row in by_sex[1:]] == ["nữ", "nam", "Cộng"]
    sums = [sum(int(row[column]) for row in by_sex[1:-1]) for column in (1, 2, 3, 5, 6, 7, 8)]
    assert sums == [int(by_sex[-1][column]) for column in (1, 2, 3, 5, 6, 7, 8)]


@pytest.mark.parametrize(
    "query, words",
    [
        ("sex=x", "Giới tính là"),
        ("grade=x", "Không có loại bằng chứng"),
        ("category=x", "x"),
        ("track=9", "không yêu cầu khóa nào như vậy"),
        ("course=x", "không yêu cầu khóa nào như vậy"),
    ],
)
def test_a_filter_that_is_none_is_refused_in_words(register: Register, query: str, words: str) -> None:
    lan = register.client("lan")
    lan.get(f"/coverage/?{query}", status=409)
    assert lan.page
    assert words in lan.page.text


def test_what_was_typed_is_still_there_when_a_day_cannot_be_counted(register: Register) -> None:
    lan = register.client("lan")
    page = lan.get("/coverage/people?state=not_done&as_of=hôm+kia&tree_at=30/06/2025&sex=female", status=409)
    assert "“hôm kia” không phải là ngày" in page
    assert 'name="as_of" inputmode="numeric" autocomplete="off" value="hôm kia"' in page
    assert 'value="30/06/2025"' in page
    assert '<option value="female" selected>' in page
    assert '<input type="hidden" name="state" value="not_done">' in page


def test_units_that_have_not_confirmed_are_marked(register: Register) -> None:
    lan = register.client("lan")
    lan.get("/coverage/")
    assert lan.page
    assert "2 đơn vị chưa xác nhận danh sách" in lan.page.text
    with register.doing():
        confirm(register, "nam_loong", date(2025, 11, 1))
    lan.get("/coverage/")
    assert "1 đơn vị chưa xác nhận danh sách" in lan.page.text
    assert "Xã Tả Lèng chưa xác nhận" in lan.page.text
    assert "Xã Nậm Loỏng chưa xác nhận" not in lan.page.text

    lan.get("/coverage/?as_of=01/07/2025&tree_at=30/06/2025")  # other units than those asked
    assert "chưa xác nhận" not in lan.page.text
    nam = register.client("nam")
    nam.get("/coverage/")
    assert nam.page
    assert "chưa xác nhận" not in nam.page.text


def test_people_are_reminded_and_called_from_the_list(register: Register) -> None:
    lan = register.client("lan")
    html = lan.get(f"/coverage/units/{register.units['ta_leng_moi']}")
    assert html.count('type="checkbox" name="person"') == 4
    assert "Nhắc" in html
    assert 'formaction="/people/reminders/persons/calls"' in html
    past = lan.get(f"/coverage/units/{register.units['ta_leng_moi']}?as_of=01/11/2025")
    assert "checkbox" not in past  # nobody is reminded of what was lacking then


@pytest.mark.parametrize("indicator", ["tap-huan", "tro-giup"])
@pytest.mark.parametrize(
    "page", ["", "people?state=not_done", "units/{ta_leng_moi}", "units/{district}?as_of=30/06/2025"]
)
def test_few_statements_under_filters_and_at_other_days(
    register: Register, count_queries: Counting, page: str, indicator: str
) -> None:
    lan = register.client("lan")
    url = "/coverage/" + page.format(**register.units)
    url += f"{'&' if '?' in url else '?'}indicator={indicator}&sex=female&grade=roll"
    lan.get(url)
    with count_queries() as asked:
        lan.get(url)
    assert len(asked) <= 12, asked
