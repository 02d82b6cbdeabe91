"""The learner's pages, as a browser without script sees them."""

import gzip
import re
from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest
from sqlalchemy import select

from lms.kernel.clock import at_hour, frozen, today
from lms.kernel.db import db
from lms.tracks import actions, content, duties, editions, publishing
from lms.tracks.models import Completion, Enrolment
from tests.tracks.sample import a_course, plan_over
from tests.world import TODAY, Client, World

Counting = Callable[[], AbstractContextManager[list[str]]]


def enrolment_of(world: World, key: str, course: str = "chung") -> int:
    with world.app.app_context():
        found = db.session.scalar(
            select(Enrolment.id).where(Enrolment.person_id == world.persons[key], Enrolment.course_slug == course)
        )
    assert found is not None
    return found


@pytest.fixture
def enrolled(learning: World) -> World:
    with learning.doing():
        duties.enrol_required(TODAY)
    return learning


def text(client: Client) -> str:
    assert client.page is not None
    return client.page.text


def test_lan_reads_a_course_to_its_end_with_plain_forms(enrolled: World) -> None:
    lan = enrolled.client("lan")
    mine = enrolment_of(enrolled, "lan", "khan-cap")
    page = lan.get("/learn/")
    assert "Còn 3 bài, khoảng 12 phút" in text(lan)
    assert "Hạn 31/12/2030" in text(lan)

    lan.get(f"/learn/{mine}")
    assert "100% người trực tiếp trợ giúp" in text(lan)  # why she has to
    assert "Kế hoạch này là kế hoạch minh họa" in text(lan)

    page = lan.get(f"/learn/{mine}/bai-1")
    assert "Bài 1/3, khoảng 4 phút" in text(lan)
    for number in (2, 3):
        page = lan.post(f"/learn/{mine}/bai-{number - 1}/reading")
        assert f"Bài {number}/3" in text(lan)  # on to the next one, by itself
    page = lan.post(f"/learn/{mine}/bai-3/reading")

    assert "Đã hoàn thành ngày 23/11/2026" in text(lan)
    assert "Đã xong" in page
    lan.get("/learn/")
    assert "Đã hoàn thành ngày 23/11/2026" in text(lan)
    with enrolled.app.app_context():
        assert db.session.scalars(select(Completion.person_id)).all() == [enrolled.persons["lan"]]


def test_sent_twice_it_counts_once_and_answers_the_same(enrolled: World) -> None:
    lan = enrolled.client("lan")
    mine = enrolment_of(enrolled, "lan")
    once = "5f0c2a8e-6f3f-4ab6-9d34-0c9f6a2f9b11"

    for _time in range(2):
        lan.post(f"/learn/{mine}/bai-1/reading", {"_once": once})
        assert "Bài 2/3" in text(lan)

    lan.get(f"/learn/{mine}")
    assert "Còn 2 bài" in text(lan)


def test_after_the_last_lesson_comes_the_test(enrolled: World) -> None:
    lan = enrolled.client("lan")
    mine = enrolment_of(enrolled, "lan")
    answer = None
    for number in (1, 2, 3):
        answer = lan.raw(f"/learn/{mine}/bai-{number}/reading", "POST", data={"csrf_token": lan.token()})

    assert answer is not None
    assert (answer.status_code, answer.headers["Location"]) == (303, f"/learn/{mine}/test")


def test_pao_started_in_the_middle_and_goes_on_where_he_was(enrolled: World) -> None:
    pao = enrolled.client("pao")
    mine = enrolment_of(enrolled, "pao")
    pao.post(f"/learn/{mine}/bai-2/reading")
    assert "Bài 3/3" in text(pao)

    page = pao.get("/learn/")

    assert f'href="/learn/{mine}/bai-1">Học tiếp</a>' in page


@pytest.mark.parametrize("path", ["", "/bai-1"])
@pytest.mark.parametrize("who", ["pao", "my", "dung", "quan"])
def test_anothers_enrolment_is_not_there(enrolled: World, who: str, path: str) -> None:
    mine = enrolment_of(enrolled, "lan")
    client = enrolled.client(who)

    there = client.get(f"/learn/{mine}{path}", status=404)
    nowhere = client.get(f"/learn/999999{path}", status=404)

    unique = r'value="[^"]+"'
    assert re.sub(unique, "", there).replace(f"/learn/{mine}", "") == re.sub(unique, "", nowhere).replace(
        "/learn/999999", ""
    )


def test_anothers_lesson_cannot_be_marked_read(enrolled: World) -> None:
    mine = enrolment_of(enrolled, "lan")

    enrolled.client("pao").post(f"/learn/{mine}/bai-1/reading", status=404)

    lan = enrolled.client("lan")
    lan.get(f"/learn/{mine}")
    assert "Còn 3 bài" in text(lan)


def test_a_lesson_that_is_not_in_the_course(enrolled: World) -> None:
    lan = enrolled.client("lan")
    mine = enrolment_of(enrolled, "lan")

    lan.get(f"/learn/{mine}/bai-9", status=404)
    page = lan.post(f"/learn/{mine}/bai-9/reading", status=409)

    assert "Bài này không có trong khóa" in page


def test_a_course_by_own_wish(learning: World) -> None:
    lan = learning.client("lan")
    lan.get("/learn/")
    assert "Chưa có khóa học nào" in text(lan)

    lan.post("/learn/enrolments", {"course": "chung"})
    assert "Anh/chị tự chọn học" in text(lan)

    page = lan.post("/learn/enrolments", {"course": "khong-co"}, status=409)
    assert "chưa được phát hành" in page


def test_who_began_is_told_of_newer_words(enrolled: World) -> None:
    mine = enrolment_of(enrolled, "lan")
    lan = enrolled.client("lan")
    lan.post(f"/learn/{mine}/bai-1/reading")
    with enrolled.doing():
        editions.publish(a_course(title="Khóa chung, bản mới"))

    lan.get(f"/learn/{mine}")

    assert "Khóa này đã có bản mới" in text(lan)
    assert "Khóa chung, bản mới" not in text(lan)


def test_the_focal_person_enrols_at_once_and_a_learner_cannot(learning: World) -> None:
    my = learning.client("my")
    assert "Ghi danh ngay" in my.get("/learn/")
    assert "Đã ghi danh thêm 7 lượt" in my.post("/learn/duties")

    lan = learning.client("lan")
    assert "Ghi danh ngay" not in lan.get("/learn/")
    lan.post("/learn/duties", status=404)


def test_a_late_course_says_so(enrolled: World) -> None:
    with enrolled.doing():
        for row in db.session.scalars(select(Enrolment)):
            row.due_on = today().replace(day=1)
    lan = enrolled.client("lan")

    lan.get("/learn/")

    assert "Quá hạn từ 01/11/2026" in text(lan)


def test_a_hostile_edition_cannot_run(learning: World) -> None:
    """Even if someone wrote into the database, what is shown is cleaned on its way to the page."""
    with learning.doing():
        first = a_course("hong").lessons[0]
        bad = type(first)(**{**vars(first), "html": "<p onclick='x()'>chữ</p><script>alert(1)</script>"})
        editions.publish(a_course("hong", parts=("lessons",), lessons=(bad,)))
        mine = actions.enrol(learning.persons["lan"], "hong", on=TODAY).id

    page = learning.client("lan").get(f"/learn/{mine}/bai-1")

    assert "<p>chữ</p>" in page
    assert "alert(1)" not in page


def test_numbers_of_statements_do_not_grow(learning: World, count_queries: Counting) -> None:
    with learning.doing():
        for number in range(30):
            editions.publish(a_course(f"khoa-{number}", count=1 + number % 5))
        actions.enrol(learning.persons["lan"], "khoa-0", on=TODAY)
        for number in range(30):
            actions.enrol(learning.persons["pao"], f"khoa-{number}", on=TODAY)
    counts = {}
    for who in ("lan", "pao"):
        client = learning.client(who)
        client.get("/learn/")  # the wordings are read once in the life of a process
        with count_queries() as seen:
            client.get("/learn/")
        counts[who] = len(seen)

    assert counts["lan"] == counts["pao"] <= 6


@pytest.mark.parametrize("path", ["", "/{lesson}"])
def test_what_we_ship_is_light_and_quick(world: World, count_queries: Counting, path: str) -> None:
    """At most 6 statements and 14 KB of HTML, of every lesson there is (TRUST 4.2)."""
    with frozen(at_hour(TODAY)):
        with world.doing():
            publishing.publish_courses()
            plan_over(world.units["province"], indicators=())
            courses = content.read().courses
            ids = {one.slug: actions.enrol(world.persons["lan"], one.slug, on=TODAY).id for one in courses}
        lan = world.client("lan")
        for course in courses:
            for lesson in course.lessons if path else course.lessons[:1]:
                url = f"/learn/{ids[course.slug]}{path.format(lesson=lesson.slug)}"
                lan.get(url)
                with count_queries() as seen:
                    page = lan.get(url)
                assert len(seen) <= 6, seen
                assert len(gzip.compress(page.encode(), 5)) <= 14_000, url
                assert 'href="tel:113"' in page


def test_a_guide_is_read_and_printed_by_whoever_teaches(learning: World) -> None:
    with learning.doing():
        editions.publish(a_course("huong-dan", guide="<h2>Buổi một</h2><table><tr><td>15 phút</td></tr></table>"))
    trainer = learning.client("hoa")
    assert "Khóa huong-dan" in trainer.get("/learn/guides")
    assert "Khóa chung" not in trainer.get("/learn/guides"), "it has none"
    assert "<h2>Buổi một</h2>" in trainer.get("/learn/guides/huong-dan")
    assert trainer.raw("/learn/guides/huong-dan.pdf").data.startswith(b"%PDF")
    assert "Chưa có tài liệu" in trainer.get("/learn/guides/chung")
    trainer.get("/learn/guides/khong-co", 404)
