"""Papers and slides for the class: made of the published course, printable, closed to whoever is still to be tested in it."""

from io import BytesIO

import pytest
from pypdf import PdfReader

from lms.kernel.clock import at_hour, frozen
from lms.tracks import actions, content, publishing, slides
from tests.world import TODAY, World

COURSE = "ho-tro-khan-cap"


@pytest.fixture
def engine_name() -> str:
    """Paper is the same on either engine."""
    return "sqlite"


@pytest.fixture
def real(world: World) -> World:
    """World with the courses of this repository."""
    with world.doing():
        publishing.publish_courses(content.read())
    return world


def pages(world: World, who: str, address: str) -> list[str]:
    answer = world.client(who).raw(f"/learn/guides/{COURSE}/{address}")
    assert answer.mimetype == "application/pdf"
    return [" ".join(page.extract_text().split()) for page in PdfReader(BytesIO(answer.get_data())).pages]


def test_two_papers_and_their_answers(real: World) -> None:
    assert "Bộ 9" in real.client("hoa").get(f"/learn/guides/{COURSE}/papers")
    before, after, answers = (
        " ".join(pages(real, "hoa", f"papers/2/{part}.pdf")) for part in ("before", "after", "answers")
    )
    assert "Không ghi tên" in before
    assert "Không ghi tên" in after
    assert before != after
    assert "Đáp án" in answers
    assert "Đáp án" not in before + after


def test_slides_of_one_lesson_and_of_all(real: World) -> None:
    course = next(one for one in content.read().courses if one.slug == COURSE)
    first = course.lessons[0]
    assert first.title in real.client("my").get(f"/learn/guides/{COURSE}/slides")
    one = pages(real, "my", f"slides/{first.slug}.pdf")
    assert first.title.casefold() in one[0].casefold()
    assert len(one) > 1
    whole = [slide for lesson in course.lessons for slide in slides.of_lesson(lesson, course.pictures)]
    assert len(pages(real, "my", "slides.pdf")) == len(whole), "no slide runs over its page"


def test_whoever_is_still_to_be_tested_does_not_read_the_papers(real: World) -> None:
    with frozen(at_hour(TODAY)), real.doing():
        actions.enrol(real.persons["hoa"], COURSE, on=TODAY)
    assert "sau khi đạt bài kiểm tra" in real.client("hoa").get(f"/learn/guides/{COURSE}/papers", status=409)
    for address in ("/learn/guides", f"/learn/guides/{COURSE}"):
        page = real.client("hoa").get(address)
        assert f"{COURSE}/papers" not in page, "no link leads to a refusal"
        assert "mở khi chính anh/chị đã đạt" in page
