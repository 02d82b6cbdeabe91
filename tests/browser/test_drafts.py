"""A course changed in the browser, looked at by a second person, published; who is in the middle keeps the words they began, and their paper says which."""

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page
from pypdf import PdfReader
from sqlalchemy import select

from lms import create_app
from lms.certificates import actions as certificates
from lms.kernel.clock import today
from lms.kernel.db import db
from lms.people import actions as people
from lms.people.roles import Role
from lms.tracks import actions, content, publishing
from lms.tracks.models import Completion
from tests.browser.axe import findings, runs_out
from tests.browser.conftest import PageAt, Served, config_of, serving
from tests.tracks.sample import COURSE, FILES, HELP, LESSON, PLAN, plan_over
from tests.world import World

OLD, NEW = "Chữ của bài hai.", "Gọi 113 trước, ghi sau."
LESSONS = COURSE.replace('"lessons", "test"', '"lessons"')
PEOPLE = ("dung", "hai", "lan", "pao")


@pytest.fixture(scope="module")
def office(sqlite_world: tuple[Path, World], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """The small course of two lessons, published from files; two of the office; Lan has read the first lesson, Páo none."""
    folder, world = tmp_path_factory.mktemp("office"), sqlite_world[1]
    shutil.copy(sqlite_world[0], folder / "lms.sqlite")
    files = {
        "01-mot.md": LESSON,
        "02-hai.md": FILES["02-hai.md"].replace("Chữ ở đây, và [bài hai](hai).", OLD),
        "course.toml": LESSONS,
    }
    course = folder / "courses" / "1" / "chung"
    course.mkdir(parents=True)
    for name, text in files.items():
        (course / name).write_text(text, encoding="utf-8")
    for name, text in (("plan.toml", PLAN), ("help.toml", HELP)):
        (folder / "courses" / name).write_text(text, encoding="utf-8")
    app = create_app(config_of(folder))
    with app.app_context():
        publishing.publish_courses(content.read(folder / "courses"))
        plan_over(world.units["province"])
        second = people.add_person("Lò Thị Hai")
        account, _phrase = people.open_account(second, username="hai", passphrase="bon tu cua hai day")
        people.grant_role(account.id, Role.OFFICE, world.units["province"])
        actions.read_lesson(actions.enrol(world.persons["lan"], "chung", on=today()), "mot")
        actions.enrol(world.persons["pao"], "chung", on=today())
        db.session.commit()
    with serving(app) as url:
        yield Served(url, app, {who: f"bon tu cua {who} day" for who in PEOPLE}, {})
    with app.app_context():
        db.engine.dispose()


@pytest.fixture
def at(office: Served, page_at: PageAt):
    """`at("dung")`: signed in, on a phone."""

    def enter(who: str) -> Page:
        page = page_at(360, 640, url=office.url)
        page.goto("/sign-in")
        page.fill("#username", who)
        page.fill("#passphrase", office.phrases[who])
        press(page, "/sign-in")
        return page

    return enter


def press(page: Page, action: str) -> None:
    """Send the form with that address; be on the page that answers, which axe and 360 px can bear."""
    with page.expect_navigation():
        page.locator(f"form[action$='{action}'] button:not([type=button])").first.click()
    assert findings(page) == []
    assert not runs_out(page)


def said(page: Page) -> str:
    return re.sub(r"\s+", " ", page.inner_text("main"))


def begin(page: Page) -> str:
    """From the first page to a draft with another second lesson; its address."""
    page.goto("/courses")
    page.get_by_role("link", name="Kiến thức chung").click()
    with page.expect_navigation():
        page.get_by_role("button", name="Sửa khóa học này").click()
    draft = page.url
    with page.expect_navigation():
        page.locator("a[href$='/lessons/02-hai.md']").first.click()
    body = page.input_value("textarea[name=body]")
    assert OLD in body
    page.fill("textarea[name=body]", body.replace(OLD, NEW))
    press(page, "/lessons/02-hai.md")
    return draft


def test_changed_reviewed_published_while_somebody_is_in_the_middle(office: Served, at, tmp_path: Path) -> None:
    dung, lan = at("dung"), at("lan")
    lan.goto("/learn/")
    lan.locator("main a[href^='/learn/']").first.click()
    lan.get_by_role("link", name="Học tiếp").click()
    lesson = lan.url
    assert OLD in said(lan), "Lan has the page open"

    draft = begin(dung)
    dung.goto(draft)
    assert "của bài hai" in " ".join(dung.locator("main del").all_inner_texts())
    assert "113" in " ".join(dung.locator("main ins").all_inner_texts())
    press(dung, "/ask")
    assert dung.locator("form[action$='/approve'], form[action$='/publish']").count() == 0, "not by whoever wrote it"
    hai = at("hai")
    hai.goto(draft)
    assert "113" in " ".join(hai.locator("main ins").all_inner_texts())
    hai.locator("#words").fill("Đọc rồi, đúng luật.")
    press(hai, "/approve")
    dung.goto(draft)
    assert "1 người đang học dở" in said(dung)
    dung.get_by_label("Tôi đã đọc những điểm chưa đạt và vẫn xuất bản").check()  # the course is small
    press(dung, "/publish")
    assert "bản 2" in said(dung).lower()

    lan.goto(lesson)
    assert OLD in said(lan)
    assert NEW not in said(lan)
    with lan.expect_navigation():
        lan.locator("form[action$='/reading'] button").click()
    lan.goto("/")
    assert "đã hoàn thành" in said(lan).lower()
    pao = at("pao")
    pao.goto("/")
    pao.get_by_role("link", name="Bắt đầu").or_(pao.get_by_role("link", name="Học tiếp")).first.click()
    pao.locator("form[action$='/reading'] button").click()
    pao.wait_for_url("**/hai")
    assert NEW in said(pao)

    paper = certificate_of(office, lan, tmp_path)
    assert "theo bản 1 của chương trình" in paper


def certificate_of(office: Served, page: Page, folder: Path) -> str:
    """What Lan's certificate says, once it is issued: the page names the edition, and so does the paper."""
    with office.doing():
        certificates.issue(db.session.scalars(select(Completion)).one())
    page.goto("/certificates/")
    page.locator("main a[href^='/certificates/']").first.click()
    address = page.locator("main a[href$='.pdf']").first.get_attribute("href")
    file = folder / "giay.pdf"
    file.write_bytes(page.request.get(str(address)).body())
    return " ".join(" ".join(one.extract_text() for one in PdfReader(file).pages).split())
