"""The flows by keyboard alone: each stop can be seen and lies under nothing, and Tab comes to everything that is needed."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page
from sqlalchemy import select

from lms.certificates.models import Certificate
from lms.kernel.clock import today
from lms.kernel.db import db
from lms.people.models import Account
from lms.tracks import actions as tracks
from lms.tracks import editions
from tests.browser.axe import findings
from tests.browser.conftest import DESK, PHONE, PageAt, Served
from tests.browser.test_journey import roster_of

MOST_STOPS = 160
STOP = """() => {
  const here = document.activeElement;
  if (!here || here === document.body) return { what: "", fault: "" };
  const parts = [here, ...(here.labels || [])];
  const seen = parts.some((part) => {
    const style = getComputedStyle(part);
    return (style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2) || style.boxShadow !== "none";
  });
  const open = parts.some((part) => [...part.getClientRects()].some((box) => {
    const left = Math.max(box.left, 0), right = Math.min(box.right, innerWidth);
    const top = Math.max(box.top, 0), bottom = Math.min(box.bottom, innerHeight);
    if (right - left < 1 || bottom - top < 1) return false;
    const hit = document.elementFromPoint((left + right) / 2, (top + bottom) / 2);
    return hit && parts.some((one) => one === hit || one.contains(hit));
  }));
  return {
    what: `${here.tagName.toLowerCase()} ${here.id} ${here.innerText || here.value || here.getAttribute("aria-label") || ""}`,
    fault: !seen ? "the focus cannot be seen" : !open ? "something lies over it, or it is out of view" : "",
  };
}"""


class Keys:
    """Hands that have only a keyboard."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def to(self, words: str) -> None:
        """Tab until there. `words`: a pattern of what stands on the control, or its id."""
        for _stop in range(MOST_STOPS):
            self.page.keyboard.press("Tab")
            here = self.page.evaluate(STOP)
            assert not here["fault"], f"{here['what']}: {here['fault']}"
            if re.search(words, here["what"], re.IGNORECASE | re.DOTALL):
                return
        pytest.fail(f"Tab never came to {words!r} on {self.page.url}")

    def press(self, words: str, key: str = "Enter") -> None:
        """Go there, press, and be on the next page."""
        self.to(words)
        before = self.page.url
        self.page.keyboard.press(key)
        self.page.wait_for_url(lambda url: url != before)
        self.page.wait_for_load_state()

    def type(self, words: str, text: str) -> None:
        self.to(words)
        self.page.keyboard.type(text)


@pytest.fixture
def enter(server: Served, page_at: PageAt) -> Callable[..., Keys]:
    """Signed in by keyboard."""

    def signing_in(who: str, size: tuple[int, int]) -> Keys:
        page = page_at(*size)
        page.goto("/sign-in")
        keys = Keys(page)
        keys.type("username", who)
        keys.type("passphrase", server.phrases[who])
        keys.press(r"Đăng nhập\s*$")
        return keys

    return signing_in


@pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
def test_a_lesson_and_a_test(server: Served, enter: Callable[..., Keys], size: tuple[int, int]) -> None:
    who = "quantri" if size == PHONE else "coquan"  # who has not begun yet
    enrolment_id = all_but_one_lesson(server, who)
    keys = enter(who, size)
    keys.page.goto(f"/learn/{enrolment_id}")
    keys.press("Học tiếp")
    assert findings(keys.page) == []
    keys.press("^button .*đã đọc")
    assert f"/learn/{enrolment_id}/test" in keys.page.url
    assert findings(keys.page) == []
    keys.press("^button .*(Bắt đầu|Làm)")
    keys.to("^input")
    keys.page.keyboard.press("Space")
    assert findings(keys.page) == []
    keys.press("^button .*Lưu")
    keys.press("^a .*Xem lại")
    assert findings(keys.page) == []
    keys.press("^button .*Nộp")
    assert keys.page.url.endswith("/result")
    assert findings(keys.page) == []


def all_but_one_lesson(server: Served, who: str) -> int:
    """That person's enrolment in the general course, with one lesson left to read."""
    with server.doing():
        person_id = db.session.scalars(select(Account.person_id).where(Account.username == who)).one()
        assert person_id
        enrolment = tracks.enrol(person_id, "kien-thuc-chung", on=today())
        for lesson in editions.wording(enrolment.edition_id).lessons[:-1]:
            tracks.read_lesson(enrolment, lesson.slug)
        return enrolment.id


@pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
def test_a_roll_is_taken_and_closed(enter: Callable[..., Keys], size: tuple[int, int]) -> None:
    """The phone takes the morning, the desk the afternoon."""
    keys = enter("giangvien", size)
    keys.press("Điểm danh buổi " + ("sáng" if size == PHONE else "chiều"))
    assert keys.page.url.endswith("/roll")
    keys.to("^button .*Tất cả có mặt")
    keys.page.keyboard.press("Enter")
    assert findings(keys.page) == []
    keys.press("^button .*Lưu và chốt")
    assert keys.page.url.endswith("/closing")
    assert findings(keys.page) == []
    keys.press("^button .*Chốt")
    assert keys.page.url.endswith("/roll")
    assert findings(keys.page) == []


@pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
def test_coverage_is_opened_down_to_the_people(enter: Callable[..., Keys], size: tuple[int, int]) -> None:
    keys = enter("coquan", size)
    if size == PHONE:
        keys.to("^summary")
        keys.page.keyboard.press("Enter")
    keys.press("^a .*(Bao phủ|bao phủ)")
    assert "/coverage" in keys.page.url
    keys.press("^a .*(Xã|Tỉnh|Huyện) (?!có)")
    assert "/coverage/units/" in keys.page.url
    keys.press("^a .*[0-9]+")
    assert findings(keys.page) == []


@pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
def test_a_stranger_checks_a_certificate(server: Served, page_at: PageAt, size: tuple[int, int]) -> None:
    with server.doing():
        token = db.session.scalars(select(Certificate.token).order_by(Certificate.id.desc()).limit(1)).one()
    page = page_at(*size)
    page.goto(f"/check/{token}")
    assert findings(page) == []
    keys = Keys(page)
    keys.type("^input", "1900")
    page.keyboard.press("Enter")
    page.wait_for_url("**known=1900*")
    assert findings(page) == []


@pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
def test_a_list_from_excel_is_looked_at_and_confirmed(
    enter: Callable[..., Keys], size: tuple[int, int], tmp_path: Path
) -> None:
    """First a file that is none, then the template filled in. Only choosing the file, which is the system's own window, is done for it."""
    name = "Tẩn Thị Bàn Phím" if size == PHONE else "Tẩn Thị Phím Bàn"
    keys = enter("daumoi", size)
    page = keys.page
    page.goto("/people/rosters")
    template = page.request.get("/people/rosters/template.xlsx").body()
    for content in (b"no spreadsheet", roster_of(template, name, today())):
        file = tmp_path / "danh-sach.xlsx"
        file.write_bytes(content)
        page.set_input_files("input[type=file]", file)
        keys.to("^input on ")
        page.keyboard.press("ControlOrMeta+a")
        page.keyboard.type(today().strftime("%d/%m/%Y"))
        keys.to("^button .*Gửi và xem trước")
        with page.expect_navigation():
            page.keyboard.press("Enter")
        assert findings(page) == []
    assert name in page.inner_text("main")
    keys.to("^button .*Ghi vào danh sách")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert findings(page) == []
    page.goto(f"/people/?q={name}")
    assert name in page.inner_text("table")


@pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
def test_a_certificate_is_revoked(server: Served, enter: Callable[..., Keys], size: tuple[int, int]) -> None:
    with server.doing():
        given = select(Certificate).where(Certificate.year == today().year).order_by(Certificate.number.desc())
        one = db.session.scalars(given.offset(0 if size == PHONE else 1).limit(1)).one()
    keys = enter("coquan", size)
    page = keys.page
    page.on("dialog", lambda question: question.accept())
    page.goto(f"/certificates/{one.id}")
    assert findings(page) == []
    keys.type("^(input|textarea) reason", "Cấp nhầm lớp")
    keys.to("^button .*Thu hồi giấy chứng nhận")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert findings(page) == []
    page.goto(f"/check/{one.token}")
    assert "thu hồi" in page.inner_text("main").lower()
