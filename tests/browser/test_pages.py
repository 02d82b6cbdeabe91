"""Every page a desk can reach by links, at a phone's and a desk's size: axe finds nothing, nothing runs out sideways at 320 px;
at 400 % and in forced colours everything to press or fill has an edge."""

from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page
from werkzeug.exceptions import HTTPException

from tests.browser.axe import edgeless, findings, runs_out
from tests.browser.conftest import DESK, PHONE, PageAt, Served

FILE = (".pdf", ".xlsx", ".zip", ".svg")  # what a browser fetches rather than opens
FILES = {"kernel.job_file"}
DESKS = ("hocvien", "hocvien2", "giangvien", "daumoi", "coquan", "quantri")
ENOUGH = 60  # pages of one desk: a link of each kind is followed once


def endpoint_of(server: Served, path: str) -> str:
    try:
        return str(server.app.url_map.bind("127.0.0.1").match(urlsplit(path).path, method="GET")[0])
    except HTTPException:
        return ""


def walk(server: Served, page: Page, start: str = "/") -> Iterator[str]:
    """Opens a page of each kind that can be reached by links; yields its address while it is open."""
    waiting, seen = [start], {endpoint_of(server, start)}
    while waiting and len(seen) < ENOUGH:
        path = waiting.pop(0)
        answer = page.goto(server.url + path)
        assert answer is not None
        assert answer.status == 200, f"{path} is a dead link: {answer.status}"
        yield path
        for link in page.locator("a[href^='/']").evaluate_all("all => all.map(a => a.getAttribute('href'))"):
            endpoint = endpoint_of(server, link)
            assert endpoint, f"{path} leads to {link}, which is no address"
            a_file = urlsplit(link).path.endswith(FILE) or endpoint in FILES
            if endpoint not in seen and not a_file and not endpoint.startswith("confidential."):
                seen.add(endpoint)
                waiting.append(link)


@pytest.mark.parametrize("who", DESKS)
def test_axe_finds_nothing(server: Served, signed_in: PageAt, who: str) -> None:
    page = signed_in(who, *PHONE)
    faults = {}
    for path in walk(server, page):
        found = findings(page)
        seen_at(page, (320, 640))
        found += ["it has to be scrolled sideways at 320 px"] if runs_out(page) else []
        seen_at(page, (320, 256))  # 1280 × 1024 at 400 %
        page.emulate_media(forced_colors="active")
        found += edgeless(page) + (["it has to be scrolled sideways at 400 %"] if runs_out(page) else [])
        page.emulate_media(forced_colors="none")
        seen_at(page, DESK)
        found += [f"on a desk: {one}" for one in findings(page)]
        seen_at(page, PHONE)
        if found:
            faults[path] = found

    assert faults == {}


def seen_at(page: Page, size: tuple[int, int]) -> None:
    page.set_viewport_size({"width": size[0], "height": size[1]})


@pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
def test_a_strangers_pages(server: Served, page_at: PageAt, size: tuple[int, int]) -> None:
    page = page_at(*size)
    for path in ("/sign-in", "/help", "/privacy", "/check", "/check/" + "0" * 32, "/no-such-page"):
        page.goto(path)
        assert findings(page) == []
    page.goto("/sign-in")
    page.locator("#username").fill("ai")
    page.locator("#passphrase").fill("sai")
    page.locator("#passphrase").press("Enter")
    page.locator(".summary").wait_for()
    assert findings(page) == []
    assert page.title().startswith("Lỗi: ")
