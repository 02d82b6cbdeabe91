"""The five-second test (TRUST 5.3): how many, who and where stand on the office's first screens, at both sizes, without scrolling."""

import pytest
from playwright.sync_api import Locator

from lms.coverage.queries import coverages
from lms.coverage.question import ask, chosen, plans
from lms.kernel.clock import today
from tests.browser.conftest import DESK, PHONE, PageAt, Served

WORST = 3  # units that have to be seen at once, the one with most missing people first


def inside(seen: Locator, height: int) -> bool:
    """All of it lies on the first screen."""
    box = seen.bounding_box()
    return seen.is_visible() and box is not None and box["y"] >= 0 and box["y"] + box["height"] <= height


@pytest.mark.parametrize("javascript", [True, False], ids=["script", "no-script"])
@pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
@pytest.mark.parametrize("path", ["/", "/coverage/"], ids=["first-page", "coverage"])
def test_how_many_who_and_where(
    server: Served, signed_in: PageAt, path: str, size: tuple[int, int], javascript: bool
) -> None:
    with server.doing():
        found = coverages(ask(chosen(plans(), None, today())))[0]
        total, tree = found.total, found.question.tree
        units = [
            (tree.name(line.unit_id), line.figures) for line in found.lines() if line.unit_id and line.figures.not_done
        ][:WORST]
    page = signed_in("coquan", *size, javascript=javascript)
    page.goto(path)

    assert page.evaluate("window.scrollY") == 0
    answer = page.locator("main .figure").first
    assert inside(answer, size[1])
    assert answer.inner_text().startswith(f"{total.done}/{total.required} người")
    assert f"còn {total.not_done} người ở " in answer.inner_text()

    shown = page.locator("main .furthest li, main table.behind tbody tr").all()[:WORST]
    assert all(inside(row, size[1]) for row in shown)
    for row, (name, figures) in zip(shown, units, strict=True):
        assert row.locator("a").first.inner_text() == name
        assert f"{figures.done}/{figures.required}" in row.inner_text()

    page.locator("main .figure a").first.click()  # who: the names, in one tap
    page.wait_for_url("**/coverage/people*")
    assert page.locator("main .figure").first.inner_text().startswith(f"{total.not_done} người")
