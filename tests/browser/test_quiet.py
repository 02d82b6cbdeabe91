"""The confidential pages in a browser: what is left behind, what Back shows after the way out, what a passer-by sees."""

import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from playwright.sync_api import Page, Request
from pypdf import PageObject, PdfReader

from lms import create_app
from lms.confidential.pages import library
from lms.confidential.rules import topic_words
from lms.confidential.shelves import SHELVES
from lms.kernel.db import db
from tests.browser.axe import findings, runs_out
from tests.browser.conftest import DESK, PHONE, PageAt, Watch, config_of, serving

READ = "Nếu trong nhà có người làm bạn sợ"  # a heading that only someone who went on can see
LEFT = """async () => [localStorage.length, sessionStorage.length, (await indexedDB.databases()).length,
    (await caches.keys()).length, (await navigator.serviceWorker.getRegistrations()).length, document.cookie.length]"""


@dataclass
class Quiet:
    url: str
    elsewhere: str  # where the way out leads


@pytest.fixture(scope="module")
def quiet(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Quiet]:
    """The pages served on one host, the neutral place they lead out to on another."""

    def outside(_environ: dict[str, object], start_response: object) -> list[bytes]:
        start_response("200 OK", [("Content-Type", "text/html; charset=utf-8")])
        return [
            b'<!doctype html><html lang="vi"><title>Elsewhere</title><link rel="icon" href="data:,"><h1>Elsewhere</h1>'
        ]

    folder = tmp_path_factory.mktemp("quiet")
    shutil.copy(sqlite_template, folder / "lms.sqlite")
    with serving(outside) as elsewhere:  # any WSGI app will do
        elsewhere = elsewhere.replace("127.0.0.1", "localhost")
        app = create_app(replace(config_of(folder), exit_to=elsewhere + "/weather"))
        with serving(app) as url:
            yield Quiet(url, elsewhere)
        with app.app_context():
            db.engine.dispose()


def read_a_page(page: Page, quiet: Quiet) -> None:
    """From somewhere else to the front, through the gate, into a page; as a person would."""
    page.goto(quiet.elsewhere + "/before")
    page.goto(quiet.url + "/c/")
    page.get_by_role("link", name=library().pages["1"].title).click()
    page.get_by_role("heading", name=library().gate.title, level=1).wait_for()
    page.get_by_role("link", name="Tiếp tục").click()
    page.get_by_role("heading", name=READ).wait_for()


def leave(page: Page, how: str) -> None:
    if how == "shift":
        for _ in range(3):
            page.keyboard.press("Shift")
    else:
        page.get_by_role("link", name="Rời trang này").click()
    page.wait_for_url("**/weather")


@pytest.mark.parametrize("javascript, how", [(True, "tap"), (True, "shift"), (False, "tap")])
@pytest.mark.parametrize("size", [PHONE, DESK])
def test_back_after_leaving_shows_nothing(
    quiet: Quiet, page_at: PageAt, size: tuple[int, int], javascript: bool, how: str
) -> None:
    page = page_at(*size, javascript=javascript, url=quiet.url)
    read_a_page(page, quiet)
    leave(page, how)

    assert page.context.cookies() == []
    for _step in range(6):
        page.go_back(wait_until="load")
        assert page.get_by_text(READ).count() == 0
        assert topic_words(page.title()) == []
        if page.url.endswith("/before"):
            break
    else:
        pytest.fail("Back never came out of these pages")


@pytest.mark.parametrize("javascript", [True, False])
def test_the_other_shelf_leaves_as_little(quiet: Quiet, page_at: PageAt, javascript: bool) -> None:
    page = page_at(*PHONE, javascript=javascript, url=quiet.url)
    title, heading = library("k").pages["11"].title, "Trong người báo trước"
    page.goto(quiet.elsewhere + "/before")
    page.goto(quiet.url + "/k/")
    page.get_by_role("link", name=title).click()
    page.get_by_role("link", name="Tiếp tục").click()
    page.get_by_role("heading", name=heading).wait_for()
    assert [(one["name"], one["value"], one["expires"]) for one in page.context.cookies()] == [("h", "1", -1)]
    assert page.get_by_role("link", name="Rời trang này").get_attribute("href") == "/roi"
    leave(page, "tap")

    assert page.context.cookies() == []
    for _step in range(6):
        page.go_back(wait_until="load")
        assert page.get_by_text(heading).count() == 0
        if page.url.endswith("/before"):
            break
    else:
        pytest.fail("Back never came out of these pages")


def test_with_script_the_visit_is_one_entry_of_the_history(quiet: Quiet, page_at: PageAt) -> None:
    page = page_at(*PHONE, url=quiet.url)
    page.goto(quiet.elsewhere + "/before")
    page.goto(quiet.url + "/c/")
    before = page.evaluate("history.length")
    read_links = ("Sức khỏe", "Tiếp tục", "Dừng ở đây")
    for name in read_links:
        page.get_by_role("link", name=name).click()
        page.wait_for_load_state()
    assert page.url.endswith("/c/")
    assert page.evaluate("history.length") == before


def addresses(shelf: str) -> list[str]:
    """Everything on the shelf: before the gate, through it, behind it, and what is not there."""
    behind = [f"/{shelf}/{name}{tail}" for name in library(shelf).pages for tail in ("", "/tiep", "#help")]
    return [f"/{shelf}/", *behind, f"/{shelf}/99"]


@pytest.mark.parametrize("shelf", SHELVES)
def test_a_visit_leaves_one_constant_cookie_and_asks_nobody_else(quiet: Quiet, page_at: PageAt, shelf: str) -> None:
    """All pages, each check opened, each box filled: nothing is sent but the addresses themselves."""
    page = page_at(*PHONE, url=quiet.url)
    asked: list[Request] = []
    page.on("request", lambda request: asked.append(request))  # noqa: PLW0108  # Playwright cannot mark a built-in
    for address in addresses(shelf):
        page.goto(quiet.url + address)
        page.wait_for_load_state("networkidle")
        asked_for = [one.url for one in asked if "/static/" not in one.url]
        for fold in page.locator("summary").all():
            if fold.is_visible():  # else it is within one that stays closed
                fold.click()
        for box in page.locator("textarea").all():
            box.fill("nhà cô ở bản bên")
        assert page.evaluate(LEFT) == [0, 0, 0, 0, 0, 0]
        assert [one.url for one in asked if "/static/" not in one.url] == asked_for, "something was sent"

    assert {(request.url.startswith(quiet.url + "/"), request.method) for request in asked} == {(True, "GET")}
    assert [(one["name"], one["value"], one["expires"]) for one in page.context.cookies()] == [
        ({"c": "g", "k": "h"}[shelf], "1", -1)
    ]


def test_what_was_filled_in_is_gone_once_the_page_is_left(quiet: Quiet, page_at: PageAt) -> None:
    page = page_at(*PHONE, url=quiet.url)
    page.goto(quiet.url + "/c/7/tiep")
    page.locator("textarea").first.fill("nhà cô ở bản bên")
    page.reload()
    assert page.locator("textarea").first.input_value() == ""
    page.locator("textarea").first.fill("nhà cô ở bản bên")
    page.goto(quiet.elsewhere + "/before")
    page.go_back()
    assert page.locator("textarea").first.input_value() == ""


@pytest.mark.parametrize("size", [PHONE, DESK])
def test_a_tap_blanks_the_page_before_anything_else_happens(
    quiet: Quiet, page_at: PageAt, size: tuple[int, int]
) -> None:
    page = page_at(*size, url=quiet.url)
    read_a_page(page, quiet)
    drawn, title = page.evaluate(
        "() => { document.querySelector('.exit').click(); return [document.body.getClientRects().length, document.title]; }"
    )  # within one task: the browser has drawn nothing in between

    assert drawn == 0
    assert topic_words(title) == []
    page.wait_for_url("**/weather")


def test_shift_that_is_part_of_typing_does_not_leave(quiet: Quiet, page_at: PageAt) -> None:
    page = page_at(*DESK, url=quiet.url)
    page.goto(quiet.url + "/c/7/tiep")
    page.locator("textarea").first.click()
    for letter in "ABCDE":
        page.keyboard.press(f"Shift+{letter}")
    assert page.url.endswith("/c/7")
    page.keyboard.press("Shift")
    page.keyboard.press("Shift")
    assert "1" in page.locator("[role=status]").inner_text()
    page.keyboard.press("a")
    page.keyboard.press("Shift")
    page.wait_for_timeout(300)
    assert page.url.endswith("/c/7"), "another key in between counts anew"


@pytest.mark.parametrize("javascript", [True, False])
def test_the_way_out_is_always_in_sight(quiet: Quiet, page_at: PageAt, javascript: bool) -> None:
    page = page_at(*PHONE, javascript=javascript, url=quiet.url)
    read_a_page(page, quiet)
    way_out = page.get_by_role("link", name="Rời trang này")
    for _step in range(12):
        box = way_out.bounding_box()
        assert box is not None
        assert box["y"] >= 0
        assert box["y"] + box["height"] <= 640 * 0.2
        assert min(box["width"], box["height"]) >= 44
        page.mouse.wheel(0, 700)
    way_out.click(trial=True)  # nothing lies over it


def test_it_is_the_first_stop_after_the_skip_link(quiet: Quiet, page_at: PageAt) -> None:
    page = page_at(*DESK, url=quiet.url)
    page.goto(quiet.url + "/c/")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.getAttribute('href')") == "#main"
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.getAttribute('href')") == "/thoat"
    page.keyboard.press("Enter")
    page.wait_for_url("**/weather")


def test_offline_the_tap_still_blanks(quiet: Quiet, page_at: PageAt, watch: Watch) -> None:
    page = page_at(*PHONE, url=quiet.url)
    read_a_page(page, quiet)
    page.context.set_offline(True)
    page.get_by_role("link", name="Rời trang này").click(no_wait_after=True)
    page.wait_for_timeout(500)

    assert page.get_by_text(READ).count() == 0 or not page.get_by_text(READ).is_visible()
    watch.faults.clear()  # the browser says that the network is gone


def test_printed_it_names_nothing(quiet: Quiet, page_at: PageAt, tmp_path: Path) -> None:
    page = page_at(*DESK, url=quiet.url)
    read_a_page(page, quiet)
    page.pdf(path=tmp_path / "printed.pdf", display_header_footer=True)
    if not shutil.which("pdfinfo"):
        pytest.skip("no pdfinfo on this machine: apt install poppler-utils")
    told = subprocess.run(["pdfinfo", tmp_path / "printed.pdf"], capture_output=True, check=True, text=True).stdout

    assert library().pages["1"].title in told
    assert topic_words(told) == []
    assert topic_words(page.url) == []


def heights(sheet: PageObject) -> list[float]:
    """Where words stand, in points from the foot."""
    found: list[float] = []

    def look(text: str, outer: list[float], inner: list[float], *_font: object) -> None:
        if text.strip():
            found.append(outer[5] + inner[5] * outer[3])

    sheet.extract_text(visitor_text=look)
    return found


def test_what_was_filled_in_keeps_off_the_edge_of_every_sheet(quiet: Quiet, page_at: PageAt, tmp_path: Path) -> None:
    page = page_at(*DESK, url=quiet.url)
    page.goto(quiet.url + "/c/7/tiep")
    for box in page.locator("textarea").all():
        box.fill("Lối sau nhà, qua suối.\n" * 8)
    page.pdf(path=tmp_path / "filled.pdf", format="A4", prefer_css_page_size=True)

    first, *others = PdfReader(tmp_path / "filled.pdf").pages
    assert others
    for sheet in (first, *others):
        assert 30 < min(heights(sheet)) < max(heights(sheet)) < 842 - 30


@pytest.mark.parametrize("size", [PHONE, DESK])
def test_axe_finds_nothing(quiet: Quiet, page_at: PageAt, size: tuple[int, int]) -> None:
    page = page_at(*size, url=quiet.url)
    for address in ("/c/", "/c/1", "/c/1/tiep", "/c/99", "/k/", "/k/11", "/k/11/tiep"):
        page.goto(quiet.url + address)
        assert findings(page) == []
    page.set_viewport_size({"width": 320, "height": 640})
    for address in ("/c/", "/c/1", "/c/99", "/k/", "/k/14"):
        page.goto(quiet.url + address)
        assert not runs_out(page)
