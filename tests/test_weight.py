"""What a page weighs on the wire: the page and every file it asks for, compressed as the app really sends them. No timing.

Budget (docs/bench.md): a learner's page 30 KB on a first visit, 8 KB on a repeat, 6 requests; the sign-in page 20 KB.
"""

import gzip
import re
import sys
from dataclasses import dataclass
from html.parser import HTMLParser
from urllib.parse import urljoin

import brotli
import pytest
from werkzeug.test import TestResponse

from lms.confidential.pages import library
from lms.confidential.shelves import SHELVES
from lms.kernel.clock import at_hour, frozen
from lms.quizzes import actions as quizzes
from lms.tracks import actions as tracks
from lms.tracks import content, editions
from lms.tracks.publishing import publish_courses
from tests.world import TODAY, Client, World

KB = 1024
COURSE = "kien-thuc-chung"
FIRST, REPEAT, REQUESTS = 30 * KB, 8 * KB, 6
SIGN_IN, CONFIDENTIAL = 20 * KB, 15 * KB
PICTURE, WHOLE = 20 * KB, 400 * KB
FOR_EVER = "max-age=315360000"


class Files(HTMLParser):
    """The addresses a browser fetches by itself for a page."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        fetched = tag == "link" and given.get("rel") in {"stylesheet", "icon", "manifest", "preload"}
        address = given.get("href") if fetched else given.get("src") if tag in {"script", "img", "audio"} else None
        if address and not address.startswith("data:"):
            self.found.append(address)


@dataclass(frozen=True)
class Visit:
    """Bytes of bodies and heads: everything, and only what a browser with a warm cache asks for again."""

    first: int
    again: int
    requests: int
    files: dict[str, int]


def visit(browser: Client, path: str) -> Visit:
    """Open a page as a browser over HTTP does: gzip, and each file once."""
    page = fetched(browser, path)
    assert page.headers["Content-Encoding"] == "gzip", f"{path} is not compressed"
    asked = dict.fromkeys(urljoin(path, address) for address in Files(text(page)).found)
    files = {address: fetched(browser, address) for address in asked}
    again = [one for one in files.values() if FOR_EVER not in one.headers.get("Cache-Control", "")]
    return Visit(
        first=weight(page) + sum(weight(one) for one in files.values()),
        again=weight(page) + sum(weight(one) for one in again),
        requests=1 + len(files),
        files={path: weight(page), **{address: weight(one) for address, one in files.items()}},
    )


def fetched(browser: Client, path: str, encodings: str = "gzip, deflate") -> TestResponse:
    answer = browser.raw(path, headers={"Accept-Encoding": encodings})
    assert answer.status_code == 200, f"{path}: {answer.status_code}"
    answer.get_data()  # read whole, so that the file behind it can be closed
    answer.close()
    return answer


def text(answer: TestResponse) -> str:
    return gzip.decompress(answer.get_data()).decode()


def weight(answer: TestResponse) -> int:
    """The body as it travels, and its head."""
    return len(answer.get_data()) + sum(len(name) + len(value) + 4 for name, value in answer.headers) + 17


@pytest.fixture
def engine_name() -> str:
    """A page weighs the same on either engine."""
    return "sqlite"


@pytest.fixture
def learner(world: World) -> tuple[Client, dict[str, str]]:
    """Lan in a real course, with its test open; her pages by name."""
    with world.doing(), frozen(at_hour(TODAY)):
        publish_courses()
        enrolment = tracks.enrol(world.persons["lan"], COURSE, on=TODAY)
        course = editions.wording(enrolment.edition_id)
        for lesson in course.lessons:
            tracks.read_lesson(enrolment, lesson.slug)
        attempt = quizzes.start(enrolment)
        longest = max(course.lessons, key=lambda lesson: len(lesson.html))
        pages = {
            "first page": "/",
            "my courses": "/learn/",
            "course": f"/learn/{enrolment.id}",
            "longest lesson": f"/learn/{enrolment.id}/{longest.slug}",
            "lesson with a picture": f"/learn/{enrolment.id}/ket-noi-dich-vu",
            "quiz question": f"/learn/attempts/{attempt.id}/1",
            "quiz, looked over": f"/learn/attempts/{attempt.id}/check",
        }
    return world.client("lan"), pages


PAGES = (
    "first page",
    "my courses",
    "course",
    "longest lesson",
    "lesson with a picture",
    "quiz question",
    "quiz, looked over",
)


@pytest.mark.parametrize("name", PAGES)
def test_a_learners_page_is_light(learner: tuple[Client, dict[str, str]], name: str) -> None:
    browser, pages = learner
    seen = visit(browser, pages[name])

    assert seen.first <= FIRST, f"{name}, first visit: {seen.first} bytes: {seen.files}"
    assert seen.again <= REPEAT, f"{name}, repeat visit: {seen.again} bytes: {seen.files}"
    assert seen.requests <= REQUESTS, f"{name}: {list(seen.files)}"


def test_a_picture_is_weighed_with_its_lesson(learner: tuple[Client, dict[str, str]]) -> None:
    browser, pages = learner
    files = visit(browser, pages["lesson with a picture"]).files

    assert [name for name in files if "/pictures/" in name and name.endswith(".svg")]


def test_a_whole_course_with_its_pictures_is_light(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    """As it would be taken offline: its page, every lesson, handout, drawings, style and script, each file once; and none has a heavy lesson."""
    with world.doing(), frozen(at_hour(TODAY)):
        publish_courses()
        ids = {one.slug: tracks.enrol(world.persons["lan"], one.slug, on=TODAY).id for one in content.read().courses}
        lessons = {slug: editions.wording(editions.current(slug).id).lessons for slug in ids}
    lan = world.client("lan")
    for slug, enrolment in ids.items():
        files: dict[str, int] = {}
        for tail in ("", "/handout", *(f"/{lesson.slug}" for lesson in lessons[slug])):
            seen = visit(lan, f"/learn/{enrolment}{tail}")
            assert seen.first <= FIRST, f"{slug}{tail}: {seen.files}"
            assert seen.again <= REPEAT or tail == "/handout", f"{slug}{tail}: {seen.files}"
            files |= seen.files
        pictures = {name: weight for name, weight in files.items() if "/pictures/" in name}
        assert pictures, f"{slug} has no picture"
        assert max(pictures.values()) <= PICTURE, pictures
        with capsys.disabled():
            sys.stdout.write(
                f"\n{slug}: {sum(files.values()) / KB:.0f} KB in {len(files)} files, {len(pictures)} pictures"
            )
        assert sum(files.values()) <= WHOLE, f"{slug}: {files}"


def test_the_sign_in_page_is_light(client: Client) -> None:
    seen = visit(client, "/sign-in")

    assert seen.first <= SIGN_IN, f"{seen.first} bytes: {seen.files}"
    assert seen.requests <= REQUESTS


def test_the_confidential_pages_are_lighter_still(client: Client) -> None:
    for shelf in SHELVES:
        for address in (f"/{shelf}/", *(f"/{shelf}/{name}" for name in library(shelf).pages)):
            for opened in (False, True):
                if opened:
                    client.raw(f"{address}/tiep")
                seen = visit(client, address)
                assert seen.first <= CONFIDENTIAL, f"{address}: {seen.first} bytes: {seen.files}"


def test_a_browser_that_takes_brotli_gets_it(client: Client) -> None:
    page = fetched(client, "/sign-in", "gzip, deflate, br")
    html = brotli.decompress(page.get_data()).decode()

    assert page.headers["Content-Encoding"] == "br"
    for address in Files(html).found:
        file = fetched(client, address, "gzip, deflate, br")
        assert FOR_EVER in file.headers["Cache-Control"], address
        assert file.headers.get("Content-Encoding") == "br" or len(file.get_data()) < KB, address


def test_nothing_is_fetched_from_elsewhere(learner: tuple[Client, dict[str, str]]) -> None:
    browser, pages = learner
    for path in pages.values():
        for address in Files(text(fetched(browser, path))).found:
            assert re.match(r"/(?!/)", urljoin(path, address)), address
