"""Units and indicators over the years: each cell is what the screen of that day says, in the same few statements for any number of years."""

import re
from datetime import date
from html import unescape
from io import BytesIO

import pytest
from python_calamine import CalamineWorkbook

from lms.coverage import over_years
from lms.coverage.queries import coverages
from lms.coverage.question import ask, chosen, plans
from lms.people import actions as people
from tests.coverage.conftest import Register
from tests.coverage.places import with_places
from tests.coverage.test_pages import CELL, ROW, TOTAL, Counting, as_shown

LINK = re.compile(r'<td[^>]*><a href="(/coverage/[^"]*)">([\d.]+)/([\d.]+)</a>')


def test_a_year_ends_on_its_last_day_or_on_the_counted_one() -> None:
    assert over_years.days(date(2021, 6, 1), date(2023, 3, 4)) == [
        date(2021, 12, 31),
        date(2022, 12, 31),
        date(2023, 3, 4),
    ]


@pytest.mark.parametrize("tree_at", [None, date(2025, 6, 30)])
def test_the_figures_of_several_days_are_those_of_each_day(register: Register, tree_at: date | None) -> None:
    with_places(register)
    with register.app.app_context():
        plan = chosen(plans(), "mau", date(2025, 11, 20))
        asked = [
            ask(plan, as_of=day, tree_at=tree_at or date(2025, 11, 20))
            for day in (date(2024, 12, 31), date(2025, 6, 30), date(2025, 7, 1), date(2025, 11, 20))
        ]
        for question, found in zip(asked, over_years.coverages_of(asked), strict=True):
            for one, expected in zip(found, coverages(question), strict=True):
                assert dict(one.tallies) == dict(expected.tallies)


@pytest.mark.parametrize("query", ["", "?tree_at=30/06/2025", "?sex=female&grade=roll", "?category=công chức"])
def test_each_cell_leads_to_the_screen_that_says_it(register: Register, query: str) -> None:
    with_places(register)
    lan = register.client("lan")
    html = lan.get(f"/coverage/years{query}")
    assert lan.page
    assert "Theo từng năm" in lan.page.text
    links = LINK.findall(html)
    assert len(links) >= 8
    for url, done, required in links:
        opened = lan.get(unescape(url))
        first = re.search(r'<p class="figure"><b>([\d.]+)/([\d.]+)</b>', opened)
        if "moi-xa" in url and "/units/" in url:
            assert required == "1"  # a place has enough, or has not
            assert ("đủ người" in opened) == (done == "1")
        else:
            assert first, (url, TOTAL.findall(opened))
            assert first.groups() == (done, required), url


def test_the_workbook_equals_the_screen(register: Register) -> None:
    with_places(register)
    lan = register.client("lan")
    html = lan.get("/coverage/years")
    shown = re.findall(r'<table class="[^"]*years.*?</table>', html, re.DOTALL)
    book = CalamineWorkbook.from_filelike(BytesIO(lan.raw("/coverage/years.xlsx").data))
    assert len(book.sheet_names) == len(shown) == 3
    for name, table in zip(book.sheet_names, shown, strict=True):
        rows = [
            [unescape(" ".join(re.sub(r"<[^>]+>", "", cell).split())) for cell in CELL.findall(row)]
            for row in ROW.findall(table)[1:]
        ]
        sheet = book.get_sheet_by_name(name).to_python()[7:-2]
        told = []
        for row in sheet:
            years = [row[i : i + 3] for i in range(1, len(row), 3)]
            told.append(
                [row[0]]
                + [f"{int(n)}/{int(of)} {as_shown(share, share=True)}" if of else "–" for n, of, share in years]
            )
        assert told == rows


def test_few_statements_however_many_years(register: Register, count_queries: Counting) -> None:
    lan = register.client("lan")
    counts = []
    for query in ("as_of=2024-12-31", "as_of=2025-11-19", "as_of=2025-11-19&tree_at=2025-01-01"):
        lan.get(f"/coverage/years?{query}")
        with count_queries() as asked:
            lan.get(f"/coverage/years?{query}")
        counts.append(len(asked))
    assert max(counts) <= 12, counts


def test_a_focal_person_sees_own_units_only(register: Register) -> None:
    nam = register.client("nam")
    nam.get("/coverage/years")
    assert nam.page
    assert "1/2 50,0 %" in nam.page.text
    assert "Tả Lèng" not in nam.page.text


def test_whoever_is_in_no_part_has_a_row_of_their_own(register: Register) -> None:
    with register.doing():
        above = people.add_person("Lù A Trên", sex="male")
        people.post_person(
            above.id,
            register.units["district"],
            category="công chức",
            direct_support=False,
            valid_from=date(2024, 1, 1),
        )
    lan = register.client("lan")
    lan.get("/coverage/years?as_of=30/06/2025&tree_at=30/06/2025")
    assert lan.page
    assert "Huyện Mẫu (công tác trực tiếp tại đây)" in lan.page.text
