"""A small course with a test of three questions; Lan has read its lesson."""

from dataclasses import dataclass
from datetime import date

import pytest

from lms.kernel.clock import at_hour
from lms.kernel.db import db
from lms.quizzes import actions
from lms.quizzes.models import Attempt
from lms.tracks import actions as tracks
from lms.tracks import editions
from lms.tracks.course import Choice, Course, Lesson, Question, Quiz
from lms.tracks.models import Enrolment
from tests.world import World

RIGHT = {"goi-ai": ["a"], "lam-gi": ["a", "b"], "dung-sai": ["dung"]}
WRONG = {"goi-ai": ["b"], "lam-gi": ["a"], "dung-sai": ["dung"]}


def question(slug: str, kind: str, right: str, *slugs: str) -> Question:
    choices = tuple(Choice(one, f"Lựa chọn {one}", one in right.split(), f"Lý do {slug}-{one}") for one in slugs)
    return Question(slug, kind, "bai-mot", f"Câu hỏi {slug}?", 1, False, "Luật 13/2022/QH15, Điều 19", choices)  # type: ignore[arg-type]


QUIZ = Quiz(
    title="Bài kiểm tra mẫu",
    pass_mark=80,
    draw=0,
    max_tries=0,
    retry_hours=0,
    questions=(
        question("goi-ai", "one", "a", "a", "b", "c"),
        question("lam-gi", "several", "a b", "a", "b", "c"),
        question("dung-sai", "true_false", "dung", "dung", "sai"),
    ),
)
COURSE = Course(
    slug="khoa-mau",
    track="1",
    title="Khoá mẫu",
    summary="",
    hours=2,
    parts=("lessons", "test"),
    class_min_share=80,
    certificate=True,
    audience="",
    lessons=(Lesson("bai-mot", "Bài một", 3, "Biết gọi ai", "<p>Gọi ai.</p>", ("Luật 13/2022/QH15",)),),
    quiz=QUIZ,
)


@dataclass
class Taking:
    """Lan, enrolled, her lesson read."""

    world: World
    enrolment_id: int

    def begin(self) -> Attempt:
        with self.world.doing():
            return actions.start(db.session.get_one(Enrolment, self.enrolment_id))

    def address(self, attempt: Attempt, slug: str) -> str:
        return f"/learn/attempts/{attempt.id}/{attempt.questions.index(slug) + 1}"


@pytest.fixture
def taking(world: World) -> Taking:
    with world.doing():
        editions.publish(COURSE)
        enrolment = tracks.enrol(world.persons["lan"], COURSE.slug, on=date(2026, 11, 1))
        tracks.read_lesson(enrolment, "bai-mot", at=at_hour(date(2026, 11, 2)))
    return Taking(world, enrolment.id)
