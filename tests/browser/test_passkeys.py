"""A screen lock in a real browser, with Chromium's virtual authenticator in place of the phone."""

import json
import shutil
import socket
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from lms import create_app
from lms.kernel.db import db
from tests.browser.conftest import PHONE, PageAt, config_of, serving

PHONE_LOCK = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


@pytest.fixture
def required(demo_template: Path, tmp_path: Path) -> Iterator[str]:
    """The demo world as a real installation keeps it, at an address with a name; its address."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    shutil.copy(demo_template / "lms.sqlite", tmp_path / "lms.sqlite")
    config = replace(
        config_of(tmp_path),
        trusted_hosts=("127.0.0.1", "localhost"),
        second_factor="required",
        site_url=f"http://127.0.0.1:{port}",
    )
    app = create_app(config)
    with serving(app, port):
        yield f"http://localhost:{port}"
    with app.app_context():
        db.engine.dispose()


def with_lock(page: Page) -> str:
    """Give the browser of this page a phone with a screen lock; the id of that phone."""
    tools = page.context.new_cdp_session(page)
    tools.send("WebAuthn.enable", {"enableUI": False})
    return str(tools.send("WebAuthn.addVirtualAuthenticator", {"options": PHONE_LOCK})["authenticatorId"])


def test_a_focal_person_sets_up_a_screen_lock_and_comes_in_by_it(
    demo_template: Path, required: str, page_at: PageAt
) -> None:
    phrase, name = json.loads((demo_template / "phrases.json").read_text(encoding="utf-8"))["daumoi"]
    page = page_at(*PHONE, url=required)
    page.goto("/sign-in")
    with_lock(page)
    page.locator("#username").fill("daumoi")
    page.locator("#passphrase").fill(phrase)
    page.get_by_role("button", name="Đăng nhập", exact=True).click()

    page.wait_for_url("**/sign-in/set-up")
    page.goto("/people/")  # nothing else opens
    assert "/sign-in" in page.url
    page.goto("/sign-in/set-up")
    page.locator("#name").fill("Máy của tôi")
    page.get_by_role("button", name="Dùng khóa màn hình").click()
    expect(page.locator("h1")).to_have_text("Mã dự phòng")
    assert page.locator(".codes li").count() == 10
    page.get_by_role("link", name="Đã cất kỹ").click()
    page.goto("/people/me/factors")
    expect(page.get_by_role("heading", name="Máy của tôi")).to_be_visible()

    page.context.clear_cookies()
    page.goto("/sign-in")
    page.get_by_role("button", name="Đăng nhập bằng khóa màn hình").click()  # no name is typed
    page.wait_for_url(lambda url: "/sign-in" not in url)
    page.goto("/people/me")
    assert name in page.inner_text("main")


def test_without_script_the_page_says_what_to_do(required: str, page_at: PageAt) -> None:
    page = page_at(*PHONE, javascript=False, url=required)
    page.goto("/sign-in")
    expect(page.get_by_role("button", name="Đăng nhập bằng khóa màn hình")).to_be_hidden()
    expect(page.locator("#passkey-instead")).to_be_visible()
