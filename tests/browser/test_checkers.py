"""What the Nu HTML Checker and HTML CodeSniffer (pa11y's rules) say of every page: nothing. `make checkers` fetches both; without them, skipped."""

import os
import re
import subprocess
from pathlib import Path

import pytest
from playwright.sync_api import Page

from lms.confidential.pages import library
from lms.confidential.shelves import SHELVES
from tests.browser.conftest import PHONE, PageAt, Served
from tests.browser.test_pages import DESKS, walk

SNIFF = """() => new Promise((done) => HTMLCS.process("WCAG2AA", document, () => done(HTMLCS.getMessages()
    .filter((one) => one.type === HTMLCS.ERROR)
    .map((one) => `${one.code}: ${one.msg} ${one.element.outerHTML ? one.element.outerHTML.slice(0, 120) : ""}`))))"""


@pytest.fixture(scope="session")
def sniffer() -> str:
    return Path(tool("HTMLCS")).read_text(encoding="utf-8")


def tool(name: str) -> str:
    path = os.environ.get(name, "")
    if not path:
        pytest.skip(f"{name} is not set: make checkers")
    return path


def nu(pages: dict[str, str], folder: Path) -> list[str]:
    """What Nu says is an error: address and words."""
    jar, addresses = tool("VNU_JAR"), {}
    for number, (address, html) in enumerate(pages.items()):
        addresses[f"{number}.html"] = address
        (folder / f"{number}.html").write_text(html, encoding="utf-8")
    done = subprocess.run(
        ["java", "-jar", jar, "--errors-only", "--format", "gnu", *(folder / name for name in addresses)],
        stderr=subprocess.PIPE,
        text=True,
        check=False,  # it ends with 1 when it has something to say
    )
    found = [one for line in done.stderr.splitlines() if (one := re.match(r'"[^"]*/([^"/]+)":(.*)', line))]
    assert bool(done.returncode) == bool(found), done.stderr  # a checker that did not run has found nothing
    return [f"{addresses[one[1]]}: {one[2]}" for one in found]


def test_both_see_a_fault(page_at: PageAt, tmp_path: Path, sniffer: str) -> None:
    page = page_at(*PHONE, url=None)
    page.set_content("<!doctype html><html lang=vi><title>a</title><img src=data:,><ul><p>b</p></ul>")

    assert any("H37" in one for one in sniffed(page, sniffer))
    assert any("“p”" in one for one in nu({"/a": page.content()}, tmp_path))


def sniffed(page: Page, sniffer: str) -> list[str]:
    page.evaluate(sniffer)
    found: list[str] = page.evaluate(SNIFF)
    return found


@pytest.mark.parametrize("who", DESKS)
def test_they_find_nothing(server: Served, signed_in: PageAt, tmp_path: Path, sniffer: str, who: str) -> None:
    page = signed_in(who, *PHONE)
    pages, faults = {}, {}
    for path in walk(server, page):
        pages[path] = page.request.get(server.url + path).text()
        if found := sniffed(page, sniffer):
            faults[path] = found

    assert faults == {}
    assert nu(pages, tmp_path) == []


def test_they_find_nothing_on_a_strangers_pages(server: Served, page_at: PageAt, tmp_path: Path, sniffer: str) -> None:
    page, pages, faults = page_at(*PHONE), {}, {}
    quiet = [f"/{shelf}/{name}{on}" for shelf in SHELVES for name in library(shelf).pages for on in ("", "/tiep")]
    for path in ("/sign-in", "/help", "/privacy", "/check", "/no-such-page", *(f"/{s}/" for s in SHELVES), *quiet):
        page.goto(path)
        pages[path] = page.content() if path.endswith("/tiep") else page.request.get(server.url + path).text()
        if found := sniffed(page, sniffer):
            faults[path] = found

    assert faults == {}
    assert nu(pages, tmp_path) == []
