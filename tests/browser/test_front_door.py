"""The front door, in a browser: with script and without."""

import pytest

from tests.browser.conftest import DESK, PHONE, PageAt, Served


@pytest.mark.parametrize("javascript", [True, False])
@pytest.mark.parametrize("size", [PHONE, DESK])
def test_everyone_gets_in_and_out(server: Served, signed_in: PageAt, size: tuple[int, int], javascript: bool) -> None:
    page = signed_in("hocvien", *size, javascript=javascript)

    page.goto("/learn")
    assert page.locator("h1").count() == 1
