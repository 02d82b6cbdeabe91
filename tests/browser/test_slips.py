"""Sixty paper slips printed by the office, and one of them used on a phone without script."""

import re

from tests.browser.conftest import DESK, PageAt


def test_sixty_slips_are_printed_and_one_opens_the_door(signed_in: PageAt, page_at: PageAt) -> None:
    office = signed_in("coquan", *DESK)
    office.goto("/people/accounts")
    office.check("#all")
    assert office.locator("input[name=person]:checked").count() >= 55  # of 60 on a page, who has not come in yet
    office.locator("button[name=as][value=page]").click(timeout=60_000)  # sixty hashes, on whatever machine this is
    slips = office.locator(".slips li")
    codes = re.findall(r"\d{4} \d{4} \d{4}", office.inner_text("main"))
    assert slips.count() == len(set(codes)) >= 55
    assert slips.first.locator("img").evaluate("image => image.complete && image.naturalWidth > 100")
    username, code = (one.inner_text() for one in slips.first.locator(".phrase").all())

    phone = page_at(360, 640, javascript=False)
    phone.goto("/sign-in")
    phone.get_by_role("link", name="Tôi có phiếu giấy").click()
    phone.fill("#username", username)
    phone.fill("#code", code.replace(" ", ""))
    phone.locator("form[action='/sign-in/slip'] button").click()
    words = phone.locator(".phrase").inner_text()
    assert len(words.split()) == 4
    assert phone.evaluate("document.documentElement.scrollWidth") <= 360
    phone.locator("form[action='/sign-in/new-passphrase'] button").first.click()
    phone.wait_for_url(lambda url: "/sign-in" not in url)
    phone.goto("/people/me")
    assert username in phone.inner_text("main")

    other = page_at(360, 640)  # with script the square on the slip fills the form, and the code leaves the address
    other.goto(f"/sign-in/slip#{username}.{code.replace(' ', '')}")
    assert (other.input_value("#username"), other.input_value("#code")) == (username, code)
    assert other.url.endswith("/sign-in/slip")
    other.locator("form[action='/sign-in/slip'] button").click()
    assert "phiếu đã dùng rồi" in other.inner_text(".summary")
