"""What is seen in other ways than as it was drawn: in forced colours, at 400 %, on paper."""

import io

import pytest
from playwright.sync_api import Page
from pypdf import PdfReader
from python_calamine import CalamineWorkbook

from tests.browser.axe import edgeless, runs_out
from tests.browser.conftest import DESK, PageAt

CLIPPED = """() => [...document.querySelectorAll("main *")]
  .filter((one) => one.getClientRects().length && one.getBoundingClientRect().right > document.documentElement.clientWidth + 1)
  .map((one) => one.outerHTML.slice(0, 120))"""
A4 = {"portrait": 680, "landscape": 1031}  # px between the margins of print.css


def link(page: Page, pattern: str) -> str:
    """The address of the first link like that in the page's own part."""
    return str(page.locator(f"main a[href*='{pattern}']").first.get_attribute("href"))


@pytest.mark.parametrize("javascript", [True, False], ids=["script", "no-script"])
def test_forced_colours_and_four_hundred_percent(signed_in: PageAt, javascript: bool) -> None:
    page = signed_in("hocvien", 320, 256, javascript=javascript)  # 1280 × 1024 at 400 %
    page.emulate_media(forced_colors="active")
    course = "/".join(link(page, "/learn/").split("/")[:3])
    page.goto(course)
    for path in ("/", "/sign-in", course, link(page, course + "/"), link(page, "/test"), "/me"):
        page.goto(path)
        assert edgeless(page) == [], path
        assert not runs_out(page), path


@pytest.mark.parametrize(
    "who, start, paper, head",
    [
        ("giangvien", "the sheet of a class", "portrait", "Họ và tên"),
        ("coquan", "/certificates/register", "landscape", "Số"),
        ("coquan", "/reports/print", "portrait", None),  # small tables: none goes over a page's end
    ],
    ids=["sheet", "register", "report"],
)
def test_on_paper(signed_in: PageAt, who: str, start: str, paper: str, head: str | None) -> None:
    """A4, nothing cut off at the side, and the head of a long table stands on each page of it."""
    page = signed_in(who, *DESK)
    page.goto(start if start.startswith("/") else link(page, "/sessions/").split("/sessions/")[0] + "/sheet")
    page.emulate_media(media="print")
    page.set_viewport_size({"width": A4[paper], "height": 1000})
    assert page.evaluate(CLIPPED) == []
    sheets = PdfReader(io.BytesIO(page.pdf(prefer_css_page_size=True))).pages
    short, long = sorted(map(float, sheets[0].mediabox[2:]))
    assert (round(short), round(long)) == (595, 842)
    assert all(sheet.extract_text().strip() for sheet in sheets)
    if head:
        assert len(sheets) > 1
        assert all(head in sheet.extract_text() for sheet in (sheets[0], sheets[1], sheets[-1]))


@pytest.mark.parametrize("path", ["/coverage/people?state=not_done", "/people/"])
def test_a_sheet_of_a_long_list_says_how_much_of_it_it_holds(signed_in: PageAt, path: str) -> None:
    page = signed_in("coquan", *DESK)
    page.goto(path)
    total = str(page.locator("table caption").first.text_content()).split()[0]
    sheets = [one.extract_text() for one in PdfReader(io.BytesIO(page.pdf(prefer_css_page_size=True))).pages]

    assert f"Tờ này in dòng 1–30 trong {total} dòng." in sheets[0]
    assert f"tất cả {total} dòng" in sheets[-1]
    assert "Danh sách Excel" not in sheets[0]  # a tab: paper opens nothing


def test_a_sheet_says_where_the_whole_list_is(signed_in: PageAt) -> None:
    page = signed_in("coquan", *DESK)
    page.goto("/coverage/people?state=not_done")
    total = str(page.locator(".figure b").text_content())
    page.emulate_media(media="print")
    address = page.locator(".on-paper .address").inner_text()
    book = CalamineWorkbook.from_filelike(io.BytesIO(page.request.get(address).body()))

    assert len(book.get_sheet_by_index(0).to_python()[7:-2]) == int(total)


# What is too small for a thumb: each control, and each link that is not within a sentence. A box or a button of a choice is its label.
SMALL = """() => [...document.querySelectorAll("button, .button, summary, select, textarea, audio, input:not([type=hidden]), a[href]")]
  .filter((one) => one.getClientRects().length && !one.closest(".hidden, .skip"))
  .filter((one) => one.tagName !== "A" || getComputedStyle(one).display !== "inline"
    || one.parentElement.innerText.trim() === one.innerText.trim())
  .map((one) => (["radio", "checkbox"].includes(one.type) && one.labels.length ? one.labels[0] : one))
  .filter((one) => { const b = one.getBoundingClientRect(); return b.height < 43.5 || b.width < 24; })
  .map((one) => one.outerHTML.slice(0, 120))"""


def test_whatever_a_learner_taps_is_large_enough_and_nothing_plays_by_itself(signed_in: PageAt) -> None:
    page = signed_in("hocvien2")
    page.goto("/learn/")
    course = link(page, "/learn/")
    page.goto(f"{course}/test")
    quiz = [f"{course}/test", link(page, "/result")]
    page.goto(course)
    lessons = [str(one.get_attribute("href")) for one in page.locator(".task-name a[href^='/learn/']").all()]
    quiet = ["/c/", "/c/1", "/c/1/tiep", "/c/7", "/k/", "/k/11", "/k/11/tiep"]
    small = {}
    for path in ("/", "/learn/", course, *lessons, f"{course}/handout", *quiz, "/certificates/", "/help", *quiet):
        page.goto(path)
        if found := page.evaluate(SMALL):
            small[path] = found
        assert page.locator("[autoplay]").count() == 0

    assert small == {}
