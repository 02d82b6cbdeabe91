"""The components as plain pages (house rules, names of cells, errors in words), then in a browser, with script and without."""

import re
import shutil
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from markupsafe import Markup
from playwright.sync_api import Browser, Page, expect
from werkzeug.serving import make_server

from lms import create_app
from lms.config import Config
from lms.kernel import faces
from lms.kernel.forms import ChoiceField, Form, choices_of
from tests.kernel.gallery import gallery
from tests.world import Client

PAGES = ("parts", "form", "wrong", "roll", "quiet", "sheet", "job")


@pytest.fixture
def shown(sqlite_template: Path, tmp_path: Path) -> Flask:
    """The app with the gallery in it."""
    shutil.copy(sqlite_template, tmp_path / "lms.sqlite")
    config = Config(f"sqlite:///{tmp_path / 'lms.sqlite'}", tmp_path, "t" * 43, "a" * 43, testing=True)
    return gallery(create_app(config))


@pytest.fixture
def address(shown: Flask) -> Iterator[str]:
    """Where the gallery is served."""
    server = make_server("127.0.0.1", 0, shown, threaded=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/gallery"
    server.shutdown()
    server.server_close()


@pytest.fixture
def phone(browser: Browser, address: str) -> Iterator[Page]:
    """A phone of 360×640 at the gallery; a console error or a blocked style fails the test."""
    context = browser.new_context(viewport={"width": 360, "height": 640}, base_url=address, locale="vi-VN")
    page = context.new_page()
    page.set_default_timeout(8000)
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("console", lambda said: faults.append(said.text) if "Content Security" in said.text else None)
    yield page
    context.close()
    assert not faults


@pytest.mark.parametrize("name", PAGES)
def test_every_component_keeps_the_house_rules(shown: Flask, name: str) -> None:
    assert "<h1>" in Client(shown).get(f"/gallery/{name}")


def test_cells_are_told_their_column(shown: Flask) -> None:
    html = faces.label_cells(
        Markup('<tr><th scope="row">Lan</th><td class="x">9</td></tr>'),
        ["Người", {"label": 'Điểm "%"', "kind": "number"}],
    )

    assert html == (
        '<tr><th data-label="Người" scope="row">Lan</th><td data-label="Điểm &#34;%&#34;" class="x">9</td></tr>'
    )


def test_errors_stand_on_top_and_beside_the_field(shown: Flask) -> None:
    html = Client(shown).get("/gallery/wrong")

    assert re.search(r"<title>\s*Lỗi: Thêm người", html)
    assert html.count('class="summary"') == 1
    assert html.index('class="summary"') < html.index("<h1>")
    for target, sentence in re.findall(r'<li><a href="#([^"]+)">([^<]+)</a>', html):
        assert html.count(f'id="{target}"') == 1
        assert html.count(sentence) == 2, "the same words in the summary and beside the field"
    assert 'value="Lò Thị Ửng"' in html, "what was typed is still there"


def test_the_quiet_page_names_nothing_and_keeps_nothing(shown: Flask) -> None:
    answer = Client(shown).raw("/gallery/quiet")
    html = answer.get_data(as_text=True)

    assert "Set-Cookie" not in answer.headers
    assert html.index('class="skip"') < html.index('href="/thoat"') < html.index("<main")
    assert "noindex" in html
    assert not re.search("og:|<form|main.js", html)
    assert "Tập huấn" not in html, "not even the name of the site"


@pytest.mark.browser
@pytest.mark.parametrize("width", [320, 360, 1366])
@pytest.mark.parametrize("name", PAGES)
def test_nothing_runs_out_of_the_page(phone: Page, address: str, name: str, width: int) -> None:
    phone.set_viewport_size({"width": width, "height": 640})
    phone.goto(f"{address}/{name}")

    assert phone.evaluate("document.documentElement.scrollWidth") <= width
    small = phone.evaluate(
        """() => [...document.querySelectorAll("button, summary, nav a, .button, .choice label, input, select")]
        .filter((e) => e.checkVisibility({ visibilityProperty: true, opacityProperty: true }) && e.type !== "radio" && e.type !== "checkbox")
        .filter((e) => e.getBoundingClientRect().height < 43.9).map((e) => e.outerHTML.slice(0, 80))"""
    )
    assert small == [], "targets are 44 px high"


@pytest.mark.browser
def test_an_answer_is_saved_as_it_is_chosen_and_survives_a_dead_network(
    phone: Page, address: str, shown: Flask
) -> None:
    answers = shown.extensions["gallery.answers"]
    phone.goto(f"{address}/roll")
    receipt = phone.locator("[data-receipt]")
    phone.get_by_label("Công chức").check()
    expect(receipt).to_have_text("Đã lưu 10:30")
    assert answers == [(1, ["cc"])]

    phone.route("**/answers/*", lambda route: route.abort("internetdisconnected"))
    phone.get_by_label("Viên chức").check()
    expect(receipt).to_contain_text("còn 1 câu")
    phone.reload()
    assert phone.get_by_label("Viên chức").is_checked(), "the choice came back with the page"
    expect(receipt).to_contain_text("còn 1 câu")
    assert answers == [(1, ["cc"])]

    phone.unroute("**/answers/*")
    phone.context.set_offline(True)
    phone.context.set_offline(False)
    expect(receipt).to_have_text("Đã lưu 10:30")
    assert answers == [(1, ["cc"]), (1, ["vc"])]
    assert phone.evaluate("localStorage.length") == 0, "nothing is kept once it is sent"


@pytest.mark.browser
def test_the_roll_takes_one_tap_a_person(phone: Page, address: str) -> None:
    phone.goto(f"{address}/roll")
    count, taps = phone.locator("[data-count]"), phone.locator(".roll-tap")
    assert count.inner_text() == "3 chưa điểm danh"

    phone.get_by_role("button", name="Tất cả có mặt").click()
    assert count.inner_text() == "3 có mặt"
    taps.nth(1).click()
    assert count.inner_text() == "2 có mặt, 1 muộn"
    assert phone.locator("input[name=mark-2]:checked").get_attribute("value") == "late"

    phone.get_by_role("button", name="Hoàn tác").click()
    assert count.inner_text() == "3 có mặt"
    taps.nth(2).focus()
    phone.keyboard.press("Space")
    phone.reload()
    assert count.inner_text() == "2 có mặt, 1 muộn", "the draft is still on the device"


@pytest.mark.browser
@pytest.mark.parametrize("how", ["tap", "shift"])
def test_the_way_out_blanks_first_and_replaces(phone: Page, address: str, how: str) -> None:
    phone.goto(f"{address}/quiet")
    before = phone.evaluate("history.length")
    phone.get_by_role("link", name="Tiếp tục").click()
    phone.wait_for_load_state()
    assert phone.evaluate("history.length") == before, "links replace: the visit is one entry"

    phone.route(
        "**/thoat", lambda route: route.fulfill(status=204)
    )  # an answer that leaves the page as it is: what does it show?
    with phone.expect_request("**/thoat"):
        if how == "tap":
            phone.get_by_role("link", name="Rời trang này").click(no_wait_after=True)
        else:
            phone.keyboard.press("Shift+A")  # a capital letter is not a call for help
            for _ in range(3):
                phone.keyboard.press("Shift")
    assert phone.evaluate("getComputedStyle(document.body).display") == "none"
    assert phone.locator(".blank").inner_text() == "Đang tải"
    assert phone.title() == "Đang tải"


@pytest.mark.browser
def test_small_behaviours(phone: Page, address: str, shown: Flask) -> None:
    phone.goto(f"{address}/job")
    phone.get_by_text("Xong").wait_for()
    phone.get_by_label("Tất cả").check()
    assert phone.get_by_label("Páo").is_checked()
    phone.get_by_label("Lan").uncheck()
    assert phone.evaluate("document.getElementById('all').indeterminate")

    asked: list[str] = []
    phone.once("dialog", lambda dialog: (asked.append(dialog.message), dialog.dismiss()))
    phone.get_by_role("button", name="Xoá").click()
    assert asked == ["Xoá thật chứ?"]
    assert shown.extensions["gallery.answers"] == []

    phone.goto(f"{address}/form")
    secret = phone.locator("#secret")
    phone.get_by_role("button", name="Hiện").click()
    assert secret.get_attribute("type") == "text"
    phone.get_by_role("button", name="Ẩn").click()
    assert secret.get_attribute("type") == "password"


@pytest.mark.browser
def test_without_script_the_menu_opens_and_the_roll_is_a_form(browser: Browser, address: str) -> None:
    context = browser.new_context(viewport={"width": 360, "height": 640}, java_script_enabled=False)
    page = context.new_page()
    page.set_default_timeout(8000)
    page.goto(f"{address}/roll")
    about = page.get_by_role("link", name="Tỷ lệ bao phủ")
    assert not about.is_visible()
    page.locator(".menu-button summary").click()
    assert about.is_visible()
    assert page.get_by_label("Vắng không phép").count() == 3
    assert page.get_by_label("Vắng không phép").first.is_visible()
    assert not page.get_by_role("button", name="Hoàn tác").is_visible()
    context.close()


def test_a_list_without_an_empty_line_is_not_called_required() -> None:
    class Asking(Form):
        half = ChoiceField("Buổi", choices=choices_of([("am", "Sáng"), ("pm", "Chiều")]))
        unit = ChoiceField("Đơn vị", choices=choices_of([("", "chọn đơn vị"), ("1", "Xã Bình Lư")]))

    form = Asking()

    assert "required" not in form.half(**faces.field_attributes(form.half, None))
    assert "required" in form.unit(**faces.field_attributes(form.unit, None))
