"""Courses that ask for another one first, and lessons in an order: said kindly, and kept by the actions."""

from pathlib import Path

import pytest
from sqlalchemy import select

from lms.kernel.db import db
from lms.kernel.refused import Refused
from lms.quizzes import actions as quizzes
from lms.tracks import actions, content, duties, editions, publishing
from lms.tracks.course import Course
from lms.tracks.models import Enrolment
from tests.tracks.sample import COURSE, LESSON, a_course
from tests.world import TODAY, World


@pytest.fixture
def after(learning: World) -> World:
    """ "khan-cap", which Lan has to take, asks for "chung" first; "sau" too, which nobody has to take."""
    with learning.doing():
        editions.publish(a_course("khan-cap", parts=("lessons",), after=("chung",)))
        editions.publish(a_course("sau", parts=("lessons",), after=("chung",), best_after=("khan-cap",)))
        editions.publish(a_course("mot-minh", parts=("test",), after=("chung",)))
        duties.enrol_required(TODAY)
    return learning


def of_lan(world: World, course: str) -> int:
    mine = (Enrolment.person_id == world.persons["lan"], Enrolment.course_slug == course)
    return db.session.scalars(select(Enrolment.id).where(*mine)).one()


def test_what_comes_first_is_said_and_kept(after: World) -> None:
    with after.app.app_context():
        first, second = of_lan(after, "chung"), of_lan(after, "khan-cap")
    lan = after.client("lan")
    assert f'href="/learn/{first}/bai-1">Bắt đầu học' in lan.get("/"), "the first page shows what can be done now"

    page = lan.get(f"/learn/{second}")
    assert "Học xong khóa này trước: Khóa chung." in page
    assert f'href="/learn/{second}/bai-1"' not in page
    assert f'<a class="button main" href="/learn/{first}">' in page
    assert "/reading" not in lan.get(f"/learn/{second}/bai-1")
    assert "Học xong khóa này trước" in lan.post(f"/learn/{second}/bai-1/reading", status=409)

    offered = lan.get("/learn/")
    assert 'value="sau"' not in offered
    assert "Học xong khóa này trước" in lan.post("/learn/enrolments", {"course": "sau"}, status=409)

    with after.doing():
        for part in ("lessons", "test"):
            actions.finish_part(db.session.get_one(Enrolment, first), part, on=TODAY, evidence={})
    assert f'href="/learn/{second}/bai-1">Bắt đầu học' in lan.get("/")
    assert "Bài 2/3" in lan.post(f"/learn/{second}/bai-1/reading")
    assert "vẫn có thể bắt đầu ngay" in lan.post("/learn/enrolments", {"course": "sau"}), "advice holds nobody up"


def test_a_test_without_lessons_waits_too(after: World) -> None:
    with after.doing(), pytest.raises(Refused, match="Complete this first"):
        quizzes.start(actions.enrol(after.persons["pao"], "mot-minh", on=TODAY))


def test_who_had_begun_goes_on_and_an_unpublished_course_holds_nobody_up(learning: World) -> None:
    with learning.doing():
        mine = actions.enrol(learning.persons["pao"], "khan-cap", on=TODAY)
        actions.read_lesson(mine, "bai-1")
        stricter = a_course("khan-cap", parts=("lessons",), after=("chung",))
        publishing.publish_courses(content.Library(Path(), [stricter]))
        mine.edition_id = editions.current("khan-cap").id  # even in the newer words
        actions.read_lesson(mine, "bai-2")

        editions.publish(a_course("mo", parts=("lessons",), after=("chua-co",)))
        actions.read_lesson(actions.take(learning.persons["pao"], "mo", on=TODAY), "bai-1")


def test_lessons_in_order(learning: World) -> None:
    with learning.doing():
        editions.publish(a_course("thu-tu", parts=("lessons",), in_order=True))
        mine = actions.enrol(learning.persons["lan"], "thu-tu", on=TODAY)
        with pytest.raises(Refused, match="Bài thứ 1"):
            actions.read_lesson(mine, "bai-2")
        address = f"/learn/{mine.id}"
    lan = learning.client("lan")
    assert f'href="{address}/bai-1">Bài thứ 1' in lan.get(address)
    assert f'href="{address}/bai-2">' not in lan.get(address)
    for number in (1, 2, 1, 3):  # a lesson read may be read again
        page = lan.post(f"{address}/bai-{number}/reading")
    assert "Đã hoàn thành" in page


def test_it_is_kept_with_the_edition_and_leaves_older_ones_as_they_are() -> None:
    for course in (a_course(), a_course(after=("x",), best_after=("y",), in_order=True)):
        assert Course.from_content(course.as_content()) == course
    assert not {"after", "best_after", "in_order"} & set(a_course().as_content())


@pytest.mark.parametrize(
    "line, other, said",
    [
        ('after = ["khong-co"]', "", "after: no course “khong-co”: expected one of"),
        ('best_after = ["khong-co"]', "", "best_after: no course “khong-co”"),
        ('after = ["chung"]', "", "chung → chung"),
        ('after = ["hai"]', 'after = ["chung"]', "chung → hai → chung"),
    ],
)
def test_the_check_names_unknown_courses_and_circles(folder: Path, line: str, other: str, said: str) -> None:
    second = folder / "1" / "hai"
    second.mkdir()
    words = COURSE.replace('"chung"', '"hai"').replace(', "test"', "")
    (second / "course.toml").write_text(f"{words}{other}\n", encoding="utf-8")
    (second / "01-mot.md").write_text(LESSON.replace("và [bài hai](hai)", "hết"), encoding="utf-8")
    assert not content.read(folder).faults or other
    path = folder / "1" / "chung" / "course.toml"
    path.write_text(f"{COURSE}{line}\n", encoding="utf-8")

    fault = content.read(folder).faults[0]

    assert said in fault.message
    assert (fault.path, fault.line) == ("courses/1/chung/course.toml", 8)
