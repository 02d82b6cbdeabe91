"""From a roster to a certificate to coverage: the whole house in one walk at 360×640, with script and without."""

import io
import json
import re
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from playwright.sync_api import Locator, Page
from pypdf import PdfReader
from sqlalchemy import select

from lms.certificates.models import Certificate
from lms.kernel.clock import today
from lms.kernel.db import db
from lms.people.models import Person
from lms.people.queries import unit_called
from lms.quizzes.actions import quiz_of
from lms.quizzes.models import Attempt
from tests.browser.conftest import PageAt, Served

COURSE = "kien-thuc-chung"
INDICATOR = "can-bo-duoc-tap-huan"


def on(page: Page, button: Locator) -> None:
    """Press it and be on the page it leads to, whole: half a page has no button yet."""
    with page.expect_navigation():
        button.click()


def press(page: Page, action: str) -> None:
    """Send the form with that address, and be on the page that answers."""
    on(page, page.locator(f"form[method=post][action$='{action}'] button").last)


def figures(server: Served, unit_id: int, as_of: date) -> dict[str, Any]:
    """What the command line says of the unit and its first indicator on that day."""
    words = ["coverage", "show", "--json", "--as-of", as_of.isoformat(), "--unit", str(unit_id)]
    said = json.loads(server.app.test_cli_runner().invoke(args=words).stdout)
    found: dict[str, Any] = next(one for one in said["indicators"] if one["slug"] == INDICATOR)["totals"]
    return found


def work(server: Served) -> None:
    """What the worker does each minute: jobs, and chores such as enrolling and issuing."""
    done = server.app.test_cli_runner().invoke(args=["jobs", "run"])
    assert done.exit_code == 0, done.output


def roster_of(template: bytes, name: str, since: date) -> bytes:
    """The template, filled in as a focal person would: by its headings."""
    book = openpyxl.load_workbook(io.BytesIO(template))
    sheet = book.worksheets[0]
    row = {
        "Họ và tên": name,
        "Ngày sinh": "05/03/1991",
        "Giới tính": "Nữ",
        "Nhóm": "công chức",
        "Chức vụ": "Công chức Văn hóa - Xã hội",
        "Trực tiếp trợ giúp": "không",
        "Từ ngày": since.strftime("%d/%m/%Y"),
    }
    for cell in sheet[1]:
        if cell.value in row:
            sheet.cell(2, cell.column, row.pop(cell.value))
    assert not row, f"the template lacks {set(row)}"
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def import_roster(focal: Page, unit: int, name: str, file: Path) -> None:
    """The focal person fills in the template, looks at what it would change, and confirms."""
    focal.goto("/people/rosters")
    template = focal.request.get("/people/rosters/template.xlsx").body()
    file.write_bytes(roster_of(template, name, today()))
    focal.set_input_files("input[type=file]", file)
    focal.select_option("#unit", str(unit))
    focal.fill("#on", today().strftime("%d/%m/%Y"))
    press(focal, "/people/rosters")
    assert name in focal.inner_text("main")
    press(focal, "/confirmations")


def way_in(focal: Page, name: str, person_id: int) -> tuple[str, str]:
    """User name and code, as they stand on the paper slip."""
    focal.goto(f"/people/accounts?q={name}")
    focal.check(f"#person-{person_id}")
    on(focal, focal.locator("button[name=as][value=page]"))
    username, code = (one.inner_text() for one in focal.locator(".slips .phrase").all())
    return username, code


def coming_in(page_at: PageAt, username: str, code: str, javascript: bool) -> Page:
    """For the first time, with the slip, taking the words that are offered."""
    page = page_at(360, 640, javascript=javascript)
    page.goto("/sign-in/slip")
    page.fill("#username", username)
    page.fill("#code", code)
    press(page, "/sign-in/slip")
    on(page, page.locator("form[action='/sign-in/new-passphrase'] button").first)
    assert "/sign-in" not in page.url
    return page


def read_course(official: Page) -> None:
    """From the first page through every lesson, by the one button each page offers, to the test."""
    for _lesson in range(30):
        if "/test" in official.url:
            return
        on(official, official.locator("main a.button.main, main form[action$='/reading'] button").last)
    pytest.fail(f"no test after thirty lessons: {official.url}")


def pass_test(server: Served, official: Page, javascript: bool) -> None:
    """Every question answered right, handed in."""
    press(official, "/attempts")
    attempt_id = int(official.url.split("/")[-2])
    with server.app.app_context():
        attempt = db.session.get_one(Attempt, attempt_id)
        quiz, asked = quiz_of(attempt.edition_id), list(attempt.questions)
    for place, slug in enumerate(asked, start=1):
        assert official.url.endswith(f"/attempts/{attempt_id}/{place}")
        for choice in sorted(quiz.by_slug[slug].correct):
            official.check(f"input[value='{choice}']")
            if javascript:
                official.wait_for_selector("[data-receipt][data-state=good]")
        press(official, f"/attempts/{attempt_id}/{place}")
    press(official, "/submission")
    official.get_by_role("heading", name="Anh/chị đã đạt bài kiểm tra", level=1).wait_for()


def call_class(server: Served, focal: Page, unit: int, name: str, person_id: int) -> str:
    """The focal person calls a class for today and gives the official a seat; returns its address."""
    focal.goto("/classes/new")
    focal.select_option("#course_slug", COURSE)
    focal.select_option("#unit_id", str(unit))
    focal.fill("#title", f"Lớp của {name}")
    focal.fill("#place", "Nhà văn hóa bản")
    focal.fill("#sessions-0-on", today().strftime("%d/%m/%Y"))
    focal.get_by_label(server.names["giangvien"]).check()
    press(focal, "/classes/")
    address = focal.url
    focal.goto(f"{address}/people?words={name}")
    focal.check(f"#person-{person_id}")
    press(focal, "/seats")
    return address


def hold_class(trainer: Page, address: str, person_id: int, javascript: bool) -> None:
    """The trainer takes the roll and closes it."""
    trainer.goto(address)
    trainer.locator("a[href*='/sessions/']").first.click()
    trainer.click("[data-all=present]") if javascript else trainer.check(f"#state-{person_id}-present")
    on(trainer, trainer.locator("button[value=close]"))
    press(trainer, "/closing")


def certificate(server: Served, official: Page, stranger: Page, name: str, person_id: int) -> None:
    """It opens as a PDF, and its QR address answers a stranger without giving the name away."""
    official.goto("/certificates/")
    paper = official.locator("a[href$='.pdf']").first.get_attribute("href")
    answer = official.request.get(str(paper))
    assert answer.headers["content-type"] == "application/pdf"
    text = PdfReader(io.BytesIO(answer.body())).pages[0].extract_text()
    assert name in re.sub(r"\s+", " ", text)
    with server.app.app_context():
        token = db.session.scalars(select(Certificate.token).where(Certificate.person_id == person_id)).one()
    stranger.goto(f"/check/{token}")
    said = stranger.inner_text("main")
    assert "hợp lệ" in said.lower()
    assert name not in said


@pytest.mark.parametrize("javascript", [True, False], ids=["script", "no-script"])
def test_from_a_roster_to_coverage(
    server: Served, signed_in: PageAt, page_at: PageAt, tmp_path: Path, javascript: bool
) -> None:
    name = "Sùng Thị Mới Về" if javascript else "Sùng Thị Mới Đến"
    day, yesterday = today(), today() - timedelta(days=1)
    with server.app.app_context():
        unit = unit_called("Xã Bình Lư", day)
    assert unit is not None
    before, before_yesterday = figures(server, unit, day), figures(server, unit, yesterday)

    focal = signed_in("daumoi", javascript=javascript)
    import_roster(focal, unit, name, tmp_path / "danh-sach.xlsx")
    work(server)  # the required are enrolled
    with server.app.app_context():
        person_id = db.session.scalars(select(Person.id).where(Person.full_name == name)).one()
    official = coming_in(page_at, *way_in(focal, name, person_id), javascript)
    read_course(official)
    pass_test(server, official, javascript)
    address = call_class(server, focal, unit, name, person_id)
    hold_class(signed_in("giangvien", javascript=javascript), address, person_id, javascript)
    work(server)  # the certificate is issued
    certificate(server, official, page_at(360, 640, javascript=javascript), name, person_id)

    after = figures(server, unit, day)
    assert after["done"] == before["done"] + 1
    assert after["required"] == before["required"] + 1
    assert figures(server, unit, yesterday) == before_yesterday
    office = signed_in("coquan", javascript=javascript)
    office.goto(f"/coverage/units/{unit}")
    assert f"{after['done']}/{after['required']}" in office.inner_text("main")
