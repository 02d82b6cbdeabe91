"""The roll of forty on a phone: a tap for all, a few for the exceptions, one request; nothing tapped is lost, nothing newer is hidden."""

from dataclasses import dataclass

import pytest
from playwright.sync_api import Page
from sqlalchemy import select

from lms.attendance import actions, rolls
from lms.attendance.models import Mark
from lms.kernel.clock import today
from lms.kernel.db import db
from lms.people.models import Account, Person
from tests.browser.axe import findings, runs_out
from tests.browser.conftest import PageAt, Served

TRAINER = "giangvien"


@dataclass
class Forty:
    """A class of forty today, led by the demo's trainer."""

    id: int
    session: int
    people: list[int]  # in the order of the page

    @property
    def url(self) -> str:
        return f"/classes/{self.id}/sessions/{self.session}/roll"


@pytest.fixture
def forty(server: Served) -> Forty:
    with server.doing():
        trainer = db.session.scalars(select(Account).where(Account.username == TRAINER)).one().person_id
        people = list(
            db.session.scalars(
                select(Person.id)
                .where(Person.id != trainer)
                .order_by(Person.sort_key, Person.birth, Person.id)
                .limit(40)
            )
        )
        row = actions.call_class(
            "kien-thuc-chung", 1, "Lớp bốn mươi người", "Hội trường", 40, [(today(), "am", 4)], [trainer or 0]
        )
        actions.take_seats(row.id, people)
        return Forty(row.id, rolls.sessions_of(row.id)[0].id, people)


def tap(page: Page, row: int, times: int) -> int:
    for _n in range(times):
        page.locator(".roll-tap").nth(row).click()
    return times


def test_forty_people_four_exceptions_eight_taps_one_request(server: Served, signed_in: PageAt, forty: Forty) -> None:
    page = signed_in(TRAINER)
    page.goto(forty.url)
    assert page.locator("[data-row]").count() == 40
    heights = page.locator("[data-row]").evaluate_all("rows => rows.map(row => row.getBoundingClientRect().height)")
    assert min(heights) >= 48
    sent = []
    page.on("request", lambda request: sent.append(request.url) if request.method == "POST" else None)

    page.locator("[data-all]").click()
    taps = 1 + tap(page, 3, 1) + tap(page, 7, 1) + tap(page, 11, 2) + tap(page, 20, 1)
    said = page.locator("[data-count]").inner_text()
    page.get_by_role("button", name="Lưu và chốt…").click()
    page.wait_for_url("**/closing")

    assert taps <= 8
    assert len(sent) == 1
    assert said.startswith("36 có mặt")
    assert "37/40" in page.locator("main").inner_text()  # late is there
    with server.doing():
        roll = rolls.roll_of(forty.session)
    exceptions = {n: roll[person] for n, person in enumerate(forty.people) if roll[person] != "present"}
    assert exceptions == {3: "absent", 7: "absent", 11: "late", 20: "absent"}


def test_what_was_tapped_outlives_the_page_and_never_hides_what_is_newer(
    server: Served, signed_in: PageAt, forty: Forty
) -> None:
    page = signed_in(TRAINER)
    page.goto(forty.url)
    page.locator("[data-all]").click()
    tap(page, 0, 1)
    page.reload()  # the phone ran out before it was sent
    assert page.locator(".roll-tap[data-kind=bad]").count() == 1
    assert page.locator(".roll-tap[data-kind=good]").count() == 39

    with server.doing():  # meanwhile another trainer's phone
        actions.mark(forty.session, forty.people[5], "late", f"other-{forty.id}")
    page.goto(forty.url)
    assert page.locator(".roll-tap[data-kind=wait]").count() == 1


def test_leaving_the_quiet_pages_takes_no_unsent_tap_away(signed_in: PageAt, forty: Forty) -> None:
    """On one browser: the trainer's roll waits to be sent, somebody reads and leaves; they stay signed in, and the roll is as it was."""
    page = signed_in(TRAINER)
    page.route("https://**", lambda asked: asked.fulfill(body="<title>Elsewhere</title>", content_type="text/html"))
    page.goto(forty.url)
    page.locator("[data-all]").click()
    tap(page, 0, 1)
    page.goto("/c/1/tiep")
    page.get_by_role("link", name="Rời trang này").click()
    page.wait_for_url("https://**")
    page.goto(forty.url)
    assert page.locator(".roll-tap[data-kind=bad]").count() == 1
    assert page.locator(".roll-tap[data-kind=good]").count() == 39


def test_the_roll_by_keyboard_alone(server: Served, signed_in: PageAt, forty: Forty) -> None:
    page = signed_in(TRAINER, 1366, 768)
    page.goto(forty.url)
    page.locator("[data-all]").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")  # undo
    page.keyboard.press("Tab")  # the first person
    page.keyboard.press("Space")
    for _person in forty.people:
        page.keyboard.press("Tab")
    with page.expect_navigation():
        page.keyboard.press("Enter")  # save
    with server.doing():
        roll = rolls.roll_of(forty.session)
        assert roll[forty.people[0]] == "absent"
        assert list(roll.values()).count("present") == 39


def test_the_roll_without_script(server: Served, signed_in: PageAt, forty: Forty) -> None:
    page = signed_in(TRAINER, javascript=False)
    page.goto(forty.url)
    page.get_by_role("button", name="Tất cả có mặt").click()
    page.locator(f"label[for='state-{forty.people[2]}-excused']").click()
    page.get_by_role("button", name="Lưu và chốt…").click()
    page.wait_for_url("**/closing")
    page.get_by_role("button", name="Chốt điểm danh").click()
    assert "39/40" in page.locator("main").inner_text()
    with server.doing():
        assert rolls.closing_of(forty.session) is not None
        assert len(db.session.scalars(select(Mark.id).where(Mark.session_id == forty.session)).all()) == 41


@pytest.mark.parametrize("size", [(360, 640), (1366, 768)], ids=["phone", "desk"])
def test_axe_finds_nothing_and_nothing_runs_out(signed_in: PageAt, forty: Forty, size: tuple[int, int]) -> None:
    page = signed_in(TRAINER, *size)
    closing = forty.url.replace("/roll", "/closing")
    for url in ("/classes/", "/classes/past", f"/classes/{forty.id}", forty.url, closing, f"/classes/{forty.id}/sheet"):
        page.goto(url)
        assert findings(page) == [], url
        assert not runs_out(page), url
