"""A course changes under a learner in the middle: they are told what, may stay, or go over and keep what they read."""

import pytest
from sqlalchemy import select

from lms.kernel.audit import AuditEntry
from lms.kernel.db import db
from lms.kernel.refused import Refused
from lms.tracks import actions, editions, moving, queries
from lms.tracks.models import Edition, Enrolment, LessonRead
from tests.tracks.sample import a_course, lesson
from tests.world import TODAY, World

NEWER = (
    lesson(1),
    lesson(2, html="<p>Lời khác.</p>"),
    lesson(4, title="Bài thêm"),
)  # 1 stays, 2 says else, 3 goes, 4 comes


@pytest.fixture
def middle(learning: World) -> World:
    """Lan read lessons 1 and 2 of three; then newer words came."""
    with learning.doing():
        mine = actions.enrol(learning.persons["lan"], "chung", on=TODAY)
        for number in (1, 2):
            actions.read_lesson(mine, f"bai-{number}")
        editions.publish(a_course(lessons=NEWER))
    return learning


def of_lan() -> Enrolment:
    return db.session.scalars(select(Enrolment).where(Enrolment.course_slug == "chung")).one()


def read() -> set[str]:
    return set(db.session.scalars(select(LessonRead.lesson_slug)))


def test_she_is_told_what_changed_and_goes_over_with_one_button(middle: World) -> None:
    with middle.app.app_context():
        mine = of_lan()
        address, old = f"/learn/{mine.id}", mine.edition_id
        newest = editions.current("chung").id
    lan = middle.client("lan")
    assert "Khóa này đã có bản mới" in lan.get("/")

    page = lan.get(address)
    for words in ("Thêm 1 bài mới", "Có 1 bài đổi lời", "Bỏ 1 bài", "cần đọc lại: Bài thứ 2", "Chuyển sang bản mới"):
        assert words in page
    assert "Bài thêm" not in page, "until she goes over, she reads the words she began"
    lan.post(f"{address}/edition", {"edition": old})  # the one she has: nothing happens
    assert f'name="edition" value="{newest}"' in lan.get(address)

    for _time in range(2):  # two taps are one
        page = lan.post(f"{address}/edition", {"edition": newest})
    assert "Bài thêm" in page
    assert "Còn 2 bài" in page
    assert "đã có bản mới" not in page
    with middle.app.app_context():
        assert read() == {"bai-1"}
        entry = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "enrolment.moved")).one()
        assert entry.facts == {"from_edition": old, "to_edition": newest, "again": ["bai-2"]}


def test_who_stays_finishes_the_old_words_and_is_then_left_alone(middle: World) -> None:
    with middle.app.app_context():
        mine = of_lan()
        address, newest = f"/learn/{mine.id}", editions.current("chung").id
    with middle.doing():
        actions.read_lesson(of_lan(), "bai-3")
        actions.finish_part(of_lan(), "test", on=TODAY, evidence={"attempt": 1})
    lan = middle.client("lan")

    assert "bản mới" not in lan.get(address)
    page = lan.post(f"{address}/edition", {"edition": newest}, status=409)
    assert "Anh/chị đã hoàn thành khóa này" in page
    lan.post(f"{address}/edition", {"edition": "x"}, status=409)
    middle.client("pao").post(f"{address}/edition", {"edition": newest}, status=404)


def test_all_lessons_read_the_part_waits_again_only_if_a_lesson_does(middle: World) -> None:
    with middle.doing():
        actions.read_lesson(of_lan(), "bai-3")  # the part "lessons" is done; the test is left
        moving.move(of_lan(), editions.current("chung").id)
        assert queries.progress(of_lan()).next_part == "lessons"
        for slug in ("bai-2", "bai-4"):
            actions.read_lesson(of_lan(), slug)
        assert queries.progress(of_lan()).next_part == "test"

        same = editions.publish(a_course(lessons=NEWER, summary="Lời giới thiệu khác."))
        assert same is not None
        moving.move(of_lan(), same.id)
        assert queries.progress(of_lan()).next_part == "test", "no lesson changed: nothing is asked again"


def test_what_is_complete_in_the_newer_words_is_completed_by_going_over(middle: World) -> None:
    with middle.doing():
        actions.finish_part(of_lan(), "test", on=TODAY, evidence={"attempt": 1})
        less = editions.publish(a_course(lessons=(lesson(1), lesson(2))))
        assert less is not None
        moving.move(of_lan(), less.id)
        completion = actions.completion_of(of_lan())
        assert completion is not None
        assert completion.edition_id == less.id


def test_only_to_the_newest(middle: World) -> None:
    with middle.doing():
        shown = editions.current("chung").id
        assert editions.publish(a_course(lessons=(*NEWER, lesson(5)))) is not None
        with pytest.raises(Refused, match="meanwhile"):
            moving.move(of_lan(), shown)
        other = db.session.scalars(select(Edition.id).where(Edition.course_slug == "khan-cap")).one()
        with pytest.raises(Refused):
            moving.move(of_lan(), other)
