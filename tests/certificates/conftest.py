"""A published course that ends with a class, one that needs only reading, and people who completed them."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import event

from lms.attendance import actions as attendance
from lms.certificates import actions
from lms.kernel.clock import at_hour, frozen
from lms.kernel.db import db
from lms.people import actions as people
from lms.tracks import actions as tracks
from lms.tracks import editions
from lms.tracks.course import Course, Lesson
from lms.tracks.models import Completion
from tests.world import TODAY, World

READ = Course(
    slug="khoa-doc-mau",
    track="1",
    title="Kiến thức chung về phòng ngừa, ứng phó với bạo lực trên cơ sở giới",
    summary="Khoá chỉ có phần đọc.",
    hours=8,
    parts=("lessons",),
    class_min_share=80,
    certificate=True,
    audience="Mọi người",
    lessons=(Lesson(slug="mot", title="Một", minutes=3, aim="Biết một", html="<p>Một</p>", sources=("Nguồn",)),),
    quiz=None,
)
CLASS = replace(READ, slug="khoa-lop-mau", title="Hỗ trợ khẩn cấp (mẫu)", parts=("class",))
WITHOUT = replace(READ, slug="khoa-khong-giay", certificate=False)
GIVEN = ("Ánh", "Bình", "Chương", "Dợ", "Ếnh")
QUIET = replace(READ, slug="khoa-kin", track="5")


class Earned:
    """Ways to complete a course in a test. Each method commits and returns plain ids."""

    def __init__(self, world: World) -> None:
        self.world = world
        with world.doing():
            for course in (READ, CLASS, WITHOUT, QUIET):
                editions.publish(course)

    def complete(self, who: str | int = "lan", course: str = READ.slug, on: date = TODAY) -> int:
        """That person has read the course; the id of the completion."""
        person_id = self.world.persons[who] if isinstance(who, str) else who
        with frozen(at_hour(on)), self.world.doing():
            done = tracks.read_lesson(tracks.enrol(person_id, course, on=on), "mot")
            assert done is not None
            return done.id

    def retract(self, completion_id: int) -> None:
        with self.world.doing():
            row = db.session.get_one(Completion, completion_id)
            enrolment = tracks.enrol(row.person_id, row.course_slug, on=row.completed_on)
            tracks.retract_part(enrolment, next(iter(row.evidence)), reason="Ghi nhầm")

    def issue(self, completion_id: int, on: date = TODAY) -> int:
        with frozen(at_hour(on)), self.world.doing():
            return actions.issue(db.session.get_one(Completion, completion_id)).id

    def certificate(self, who: str | int = "lan", course: str = READ.slug) -> int:
        """Completed and issued; the certificate's id."""
        return self.issue(self.complete(who, course))

    def crowd(self, size: int, unit: str = "binh_lu") -> list[int]:
        """So many more invented people of a unit."""
        with self.world.doing():
            made = []
            for n in range(size):
                person = people.add_person(
                    f"Lò Thị {GIVEN[n % 5]} {GIVEN[n // 5 % 5]} {GIVEN[n // 25]}", birth=date(1990, 5, 1 + n % 28)
                )
                people.post_person(
                    person.id,
                    self.world.units[unit],
                    category="công chức",
                    position="Công chức mẫu",
                    valid_from=date(2026, 1, 1),
                )
                made.append(person.id)
            return made

    def held_class(self, person_ids: list[int]) -> int:
        """Hoa held a class of one day in Bình Mẫu, all were there, the rolls are closed; the class's id."""
        with self.world.doing():
            row = attendance.call_class(
                CLASS.slug,
                self.world.units["binh_lu"],
                "Lớp tập huấn mẫu",
                "Nhà văn hoá Xã Bình Mẫu",
                max(len(person_ids), 1),
                [(TODAY, "am", 4), (TODAY, "pm", 4)],
                [self.world.persons["hoa"]],
                by=self.world.accounts["my"],
            )
            attendance.take_seats(row.id, person_ids)
        with frozen(at_hour(TODAY, 17)), self.world.doing():
            for n, session in enumerate(attendance.rolls.sessions_of(row.id)):
                attendance.mark_all_present(session.id, f"mau-{row.id}-{n}")
                attendance.close_roll(session.id)
        return row.id


@pytest.fixture(autouse=True)
def today() -> Iterator[None]:
    """It is the world's today, in the middle of the morning."""
    with frozen(at_hour(TODAY)):
        yield


@pytest.fixture
def earned(world: World) -> Earned:
    return Earned(world)


@pytest.fixture
def statements(world: World) -> Callable[[], object]:
    """`with statements() as seen:` counts what is asked of the database."""

    @contextmanager
    def counting() -> Iterator[list[str]]:
        seen: list[str] = []

        def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
            seen.append(statement)

        with world.app.app_context():
            engine = db.engine
        event.listen(engine, "before_cursor_execute", note)
        try:
            yield seen
        finally:
            event.remove(engine, "before_cursor_execute", note)

    return counting
