"""The yearly figures: persons and attendances kept apart, by sex, equal on screen and in the workbook, own units only."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date
from io import BytesIO

import pytest
from python_calamine import CalamineWorkbook

from lms.coverage.question import ask, chosen, plans
from lms.kernel.refused import Refused
from lms.reports import queries, rules
from lms.reports.queries import Report, Sexed
from tests.coverage.conftest import Register

Counting = Callable[[], AbstractContextManager[list[str]]]


def told(register: Register, first: date = date(2025, 1, 1), last: date = date(2025, 11, 20)) -> Report:
    with register.app.app_context():
        question = ask(chosen(plans(), "mau", last), as_of=last)
        return queries.report(question, None, frozenset(register.units.values()), first, last)


def test_indicators_by_sex_and_by_period(held: Register) -> None:
    trained, assisting = told(held).indicators

    assert trained.required == Sexed(female=1, male=5)  # an; binh, chu, phu, hai, moi
    assert trained.done == Sexed(female=1, male=2)
    assert trained.done_now == Sexed(male=2)  # an was trained the year before
    assert assisting.required == Sexed(female=2, male=1)
    assert assisting.done_now == Sexed(female=1)  # an: the second course came in March
    assert trained.required.all == trained.found.total.required


def test_attendances_are_not_persons(held: Register) -> None:
    report = told(held)
    (line,) = report.classes

    assert (line.sessions, line.periods, line.attendances, line.persons) == (2, 8, 3, 2)
    assert (report.sessions, report.attendances, report.persons) == (2, 3, 2)


def test_a_class_outside_the_period_is_not_there(held: Register) -> None:
    report = told(held, last=date(2025, 10, 6))
    assert (list(report.classes), report.persons) == ([], 0)


def test_completions_by_course(held: Register) -> None:
    assert [(line.course, line.persons) for line in told(held, date(2024, 1, 1)).completions] == [
        ("Khóa chung", 3),
        ("Khóa sau", 1),
    ]
    assert [line.course for line in told(held, date(2025, 2, 1), date(2025, 4, 1)).completions] == ["Khóa sau"]


def test_the_page_and_the_workbook_say_the_same(held: Register) -> None:
    lan = held.client("lan")
    lan.get("/reports/?year=2025")
    assert lan.page
    text = lan.page.text
    book = CalamineWorkbook.from_filelike(BytesIO(lan.raw("/reports/sheet.xlsx?year=2025").data))

    assert "3/6 tap-huan" in text
    assert "Từ 01/01/2025 đến 20/11/2025." in text  # the cut-off has not come yet
    for name in book.sheet_names:
        for row in book.get_sheet_by_name(name).to_python()[4:]:
            cells = (
                row[1:] if name == book.sheet_names[0] else row
            )  # on the page an indicator is the caption of its own table
            words = " ".join(as_shown(cell) for cell in cells if cell != "")
            assert words in text.replace(" – ", " "), row


def as_shown(cell: object) -> str:
    if not isinstance(cell, float):
        return str(cell)
    return f"{100 * cell:.1f} %".replace(".", ",") if 0 < cell < 1 else str(int(cell))


def test_the_sheet_to_print(held: Register) -> None:
    lan = held.client("lan")
    lan.get("/reports/print?year=2025")
    assert lan.page
    assert "Lớp Nậm Loỏng" in lan.page.text


def test_a_focal_person_reports_own_unit_only(held: Register) -> None:
    nam, mai = held.client("nam"), held.client("mai")
    nam.get("/reports/?year=2025")
    assert nam.page
    assert "2/2 tap-huan" in nam.page.text
    assert "Lớp Nậm Loỏng" in nam.page.text
    mai.get("/reports/?year=2025")
    assert mai.page
    assert "Lớp Nậm Loỏng" not in mai.page.text
    for page in ("", "print", "sheet.xlsx"):
        assert nam.raw(f"/reports/{page}?unit={held.units['ta_leng_moi']}").status_code == 404
        assert held.client("teo").raw(f"/reports/{page}").status_code == 404
        assert held.client().raw(f"/reports/{page}").status_code == 303


def test_one_unit_of_many(held: Register) -> None:
    lan = held.client("lan")
    lan.get(f"/reports/?year=2025&unit={held.units['ta_leng_moi']}")
    assert lan.page
    assert "2/5 tap-huan" in lan.page.text


@pytest.mark.parametrize(
    "asked, period",
    [
        ((None, None, None), (date(2025, 1, 1), date(2025, 11, 20))),
        ((2024, None, None), (date(2024, 1, 1), date(2024, 11, 30))),
        ((None, date(2023, 12, 1), date(2024, 11, 30)), (date(2023, 12, 1), date(2024, 11, 30))),
    ],
)
def test_period(asked: tuple[int | None, date | None, date | None], period: tuple[date, date]) -> None:
    assert rules.period(*asked, date(2025, 11, 20)) == period


@pytest.mark.parametrize("first, last", [(date(2026, 1, 1), None), (date(2025, 2, 1), date(2025, 1, 1))])
def test_a_period_that_cannot_be_reported(first: date, last: date | None) -> None:
    with pytest.raises(Refused):
        rules.period(None, first, last, date(2025, 11, 20))


def test_few_statements(held: Register, count_queries: Counting) -> None:
    lan = held.client("lan")
    lan.get("/reports/?year=2025")
    with count_queries() as sent:
        lan.get("/reports/?year=2025")
    assert len(sent) <= 17, sent
