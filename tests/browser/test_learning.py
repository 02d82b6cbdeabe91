"""A learner at 360×640, with script and without: from the first page through a whole course to its completion, and its handout on paper.

The course is two lessons and a test of one question, in the small world, so that the walk stays quick.
"""

import io
import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page
from pypdf import PdfReader

from lms import create_app
from lms.kernel import prose
from lms.kernel.clock import today
from lms.kernel.db import db
from lms.tracks import duties, editions, recordings
from lms.tracks.course import Sound
from tests.browser.axe import findings, runs_out
from tests.browser.conftest import PageAt, Served, config_of, serving
from tests.tracks.sample import a_course, lesson, plan_over
from tests.world import World

TONE = Path(__file__).parent.parent / "tracks" / "recordings" / "tone.ogg"
CHECK = """Đêm ở bản, ai báo cũng ghi.

**Hỏi:** Ghi xong rồi làm gì ngay?

**Đáp:** Báo Công an xã trong đêm.
"""
CASE = """Chị Xuân ngồi ở trạm y tế.

**Chọn:** Anh/chị làm gì trước?

- Đưa giấy giới thiệu.

  Mới đưa giấy là chưa chuyển. Thử cách khác.

- Gọi cho nơi nhận.

  Họ hỏi: đến lúc nào? Giờ nói gì?

  - Hẹn tuần sau.

    Muộn quá.

  - Hẹn ngay tối nay.

    Đúng: giao tận tay.
"""


@pytest.fixture(scope="module")
def school(sqlite_world: tuple[Path, World], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """The small world, served; Lan and My have to take the course."""
    folder = tmp_path_factory.mktemp("school")
    shutil.copy(sqlite_world[0], folder / "lms.sqlite")
    app = create_app(config_of(folder))
    lessons = (lesson(1, html=prose.html_of(CHECK)), lesson(2, html=prose.html_of(CASE)))
    with app.app_context():
        editions.publish(a_course(lessons=lessons, glossary="<p><b>Chuyển gửi</b>: giao tận tay.</p>"))
        plan_over(sqlite_world[1].units["province"])
        duties.enrol_required(today())
        db.session.commit()
    with serving(app) as url:
        yield Served(url, app, {who: f"bon tu cua {who} day" for who in ("lan", "my")}, {})
    with app.app_context():
        db.engine.dispose()


@dataclass
class Walk:
    """A person on their phone: each tap that leads on is counted, and waits for the whole page it leads to."""

    page: Page
    taps: list[str] = field(default_factory=list)

    def tap(self, what: Locator) -> None:
        self.taps.append(what.inner_text())
        with self.page.expect_navigation():
            what.click()

    def press(self, action: str) -> None:
        self.tap(self.page.locator(f"form[method=post][action$='{action}'] button").last)

    @property
    def heading(self) -> str:
        return self.page.locator("h1").inner_text()

    @property
    def said(self) -> str:
        return re.sub(r"\s+", " ", self.page.inner_text("main"))


def signed_in(school: Served, page_at: PageAt, who: str, javascript: bool) -> Walk:
    page = page_at(360, 640, javascript=javascript, url=school.url)
    page.goto("/sign-in")
    page.fill("#username", who)
    page.fill("#passphrase", school.phrases[who])
    walk = Walk(page)
    walk.press("/sign-in")
    walk.taps.clear()
    return walk


def a_check(page: Page) -> None:
    """The answer is folded away until it is asked for, then it stands there at once."""
    answer = page.get_by_text("Báo Công an xã trong đêm.")
    assert not answer.is_visible()
    page.locator(".prose details summary").click()
    assert answer.is_visible()


def a_case(page: Page) -> None:
    """A wrong way says why; the right one leads on to the next choice."""
    wrong, onward, end = (page.get_by_text(words) for words in ("chưa chuyển. Thử", "Giờ nói gì?", "giao tận tay."))
    assert not any(one.is_visible() for one in (wrong, onward, end))
    page.get_by_text("Đưa giấy giới thiệu.").click()
    assert wrong.is_visible()
    assert not onward.is_visible()
    page.get_by_text("Gọi cho nơi nhận.").click()
    page.get_by_text("Hẹn ngay tối nay.").click()
    assert end.is_visible()


def handout(walk: Walk) -> None:
    """As it comes out of the printer, and as a file."""
    page = walk.page
    walk.tap(page.get_by_role("link", name="Tờ tóm tắt để in"))
    button = page.get_by_role("button", name="In", exact=True)
    assert button.count() <= 1
    page.emulate_media(media="print")
    assert not page.locator(".screen-only").first.is_visible(), "paper has no buttons"
    printed = page.pdf(format="A4")
    page.emulate_media(media="screen")
    address = page.get_by_role("link", name="PDF").get_attribute("href")
    answer = page.request.get(str(address))
    assert answer.headers["content-type"] == "application/pdf"
    for file in (printed, answer.body()):
        text = " ".join(one.extract_text() for one in PdfReader(io.BytesIO(file)).pages)
        for words in ("Khóa chung", "Bài thứ 2", "giao tận tay", "113"):
            assert words in re.sub(r"\s+", " ", text)


@pytest.mark.parametrize(("who", "javascript"), [("lan", True), ("my", False)], ids=["script", "no-script"])
def test_from_the_first_page_to_completion(school: Served, page_at: PageAt, who: str, javascript: bool) -> None:
    walk = signed_in(school, page_at, who, javascript)
    page = walk.page
    assert "Còn 2 bài, khoảng 8 phút" in walk.said
    page.get_by_text("Vì sao tôi phải học?").click()
    assert page.get_by_text("100% cán bộ được tập huấn").is_visible()

    walk.tap(page.locator("main a.button.main"))
    assert walk.heading == "Bài thứ 1"
    assert len(walk.taps) <= 3, "from opening to the next unread screen (TRUST 61); it takes one"
    a_check(page)
    assert not javascript or findings(page) == []
    walk.press("/bai-1/reading")
    assert walk.heading == "Bài thứ 2"
    a_case(page)
    assert not runs_out(page)

    page.goto("/")
    assert "Còn 1 bài, khoảng 4 phút" in walk.said
    walk.taps.clear()
    walk.tap(page.get_by_role("link", name="Học tiếp", exact=True))
    assert (walk.heading, len(walk.taps)) == ("Bài thứ 2", 1), "the exact place"
    walk.press("/bai-2/reading")

    walk.press("/attempts")
    page.check("input[value='dung']")
    if javascript:
        page.wait_for_selector("[data-receipt][data-state=good]")
    walk.press("/1")
    walk.press("/submission")
    assert walk.heading == "Anh/chị đã đạt bài kiểm tra"
    assert "Đã hoàn thành ngày" in walk.said, "completion shows at once, on the page that answers the last part"
    walk.tap(page.locator("main a.button.main").first)
    assert "Đã hoàn thành ngày" in walk.said
    handout(walk)
    page.goto("/")
    assert "đã hoàn thành các khóa được giao" in walk.said


# The browsers of test machines have no voices, so one is put in place of the browser's own: it says each piece at once, or waits.
VOICE = """
window.said = [];
class Piece { constructor(words) { this.words = words; } }
Object.defineProperty(window, "SpeechSynthesisUtterance", { value: Piece });
Object.defineProperty(window, "speechSynthesis", { value: {
  getVoices: () => LANGUAGES.map((lang) => ({ lang })),
  speak(piece) { said.push(piece.words); if (said.length !== window.waitsAt) setTimeout(() => piece.onend(), 1); },
  cancel() {},
} });
"""


def until(page: Page, holds: str) -> None:
    """Wait for it, asked by the debugging door: the page's own policy lets no text be run."""
    for _ in range(200):
        if page.evaluate(holds):
            return
        page.wait_for_timeout(25)
    raise AssertionError(holds)


def test_the_voice_of_the_device_reads_what_is_shown(school: Served, page_at: PageAt) -> None:
    walk = signed_in(school, page_at, "lan", True)
    page = walk.page
    page.add_init_script(VOICE.replace("LANGUAGES", '["en-US", "vi-VN"]'))
    page.goto("/learn/")
    page.locator("main a[href^='/learn/']").first.click()
    page.locator(".tasks a").first.click()
    button = page.get_by_role("button", name="Nghe", exact=True)
    assert button.bounding_box()["height"] >= 44  # type: ignore[index]
    assert page.evaluate("said.length") == 0, "nothing begins by itself"
    page.evaluate("window.waitsAt = 3")
    button.click()
    until(page, "said.length === 3")
    assert page.locator(".heard").count() == 1
    page.get_by_role("button", name="Dừng đọc").click()
    assert page.locator(".heard").count() == 0
    page.reload()
    page.get_by_role("button", name="Nghe tiếp").click()
    page.get_by_role("button", name="Nghe", exact=True).wait_for()
    said = page.evaluate("said")
    assert "Ghi xong rồi làm gì ngay?" in " ".join(said)
    assert "Báo Công an xã trong đêm." not in " ".join(said), "a folded answer is not told"
    assert "Bài thứ 1" not in said, "it goes on where it was stopped"
    assert not page.locator(".unheard").is_visible()
    assert findings(page) == []


@pytest.mark.parametrize("script", [True, False])
def test_without_a_vietnamese_voice_a_lesson_says_why_there_is_nothing_to_hear(
    school: Served, page_at: PageAt, script: bool
) -> None:
    page = signed_in(school, page_at, "lan", script).page
    page.add_init_script(VOICE.replace("LANGUAGES", '["en-US"]'))
    page.goto("/learn/")
    page.locator("main a[href^='/learn/']").first.click()
    page.locator(".tasks a").first.click()

    assert page.locator(".aloud").count() == 1
    assert not page.locator(".aloud").is_visible()
    assert "Bài này chưa có bản thu âm" in page.locator(".unheard").inner_text()
    page.get_by_role("link", name="Cách thêm giọng đọc").click()
    assert "Nghe thay cho đọc" in page.locator("#listening").inner_text()


@pytest.mark.parametrize("javascript", [True, False], ids=["script", "no-script"])
def test_a_recording_is_played_and_goes_on_where_it_was_left(school: Served, page_at: PageAt, javascript: bool) -> None:
    with school.doing():
        course = a_course(lessons=(lesson(1), lesson(2)))
        recordings.keep(course, [Sound("bai-1", "hmn", "ogg", TONE.read_bytes())])
    page = signed_in(school, page_at, "lan", javascript).page
    page.goto("/learn/")
    page.locator("main a[href^='/learn/']").first.click()
    page.locator(".tasks a").first.click()
    player = page.locator("audio")
    assert "Tiếng Mông" in page.inner_text(".voices")
    assert player.bounding_box()["height"] >= 44  # type: ignore[index]
    assert not runs_out(page)
    if not javascript:
        return
    assert findings(page) == []
    assert player.evaluate("sound => sound.networkState") != 2, "nothing is fetched before it is asked for"
    length = player.evaluate("async sound => { sound.muted = true; await sound.play(); return sound.duration; }")
    assert 2.9 < length < 3.1
    until(page, "document.querySelector('audio').currentTime > 0.6")
    player.evaluate("sound => sound.pause()")
    left_at = player.evaluate("sound => sound.currentTime")
    page.reload()
    again = player.evaluate(
        "sound => new Promise((done) => { sound.onseeked = () => done(sound.currentTime); sound.muted = true; sound.load(); sound.play(); })"
    )
    assert again == pytest.approx(left_at, abs=0.3)
