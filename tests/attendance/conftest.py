"""A published course, and a class of it in Bình Mẫu, led by Hoa."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date

import pytest

from lms.attendance import actions
from lms.kernel.clock import at_hour, frozen
from lms.people import actions as people
from lms.tracks import editions
from lms.tracks.course import Course, Lesson
from tests.world import TODAY, World

COURSE = Course(
    slug="lop-mau",
    track="1",
    title="Khoá mẫu của bài kiểm thử",
    summary="Khoá chỉ có phần lên lớp.",
    hours=8,
    parts=("class",),
    class_min_share=80,
    certificate=True,
    audience="Mọi người",
    lessons=(Lesson(slug="mot", title="Một", minutes=3, aim="Biết một", html="<p>Một</p>", sources=("Nguồn",)),),
    quiz=None,
)
DAY = TODAY


@dataclass
class Held:
    """Ids of a class of two half-days today, 4 tiết each, five seats, nobody in them yet."""

    world: World
    id: int
    sessions: list[int]
    people: list[int] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"/classes/{self.id}"

    def roll_url(self, n: int = 0) -> str:
        return f"{self.url}/sessions/{self.sessions[n]}/roll"


GIVEN = [
    onset + rime for onset in ("B", "Ch", "D", "H", "L", "M", "N", "S") for rime in ("an", "ình", "ơn", "úc", "ượng")
]


def name_of(n: int) -> str:
    """The n-th person of a crowd."""
    return f"Lò Thị {GIVEN[n % len(GIVEN)]}"


def crowd(world: World, size: int, unit: str = "binh_lu") -> list[int]:
    """So many more invented people in a unit; returns their ids. Must run inside `world.doing()`."""
    made = []
    for n in range(size):
        person = people.add_person(name_of(n), sex="female", staff_code=f"M{unit[0]}{n:04}")
        people.post_person(
            person.id, world.units[unit], category="công chức", position="Công chức mẫu", valid_from=date(2026, 1, 1)
        )
        made.append(person.id)
    return made


def call(world: World, seats: int = 5, *, unit: str = "binh_lu", trainer: str = "hoa", days: int = 1) -> Held:
    """A class called by the focal person, from today for so many days, morning and afternoon."""
    with world.doing():
        if editions.publish(COURSE):
            pass  # the first class of a test publishes the course
        planned = [(date(DAY.year, DAY.month, DAY.day + n), half, 4) for n in range(days) for half in ("am", "pm")]
        row = actions.call_class(
            COURSE.slug,
            world.units[unit],
            "Lớp tập huấn mẫu",
            "Nhà văn hoá Xã Bình Mẫu",
            seats,
            planned,
            [world.persons[trainer]],
            by=world.accounts["my"],
        )
        sessions = [one.id for one in actions.rolls.sessions_of(row.id)]
        return Held(world, row.id, sessions)


@pytest.fixture(autouse=True)
def today() -> Iterator[None]:
    """It is noon of the world's day."""
    with frozen(at_hour(DAY, 12)):
        yield


@pytest.fixture
def a_class(world: World) -> Held:
    return call(world)


@pytest.fixture
def full_class(world: World) -> Held:
    """Forty people with seats."""
    group = call(world, seats=40)
    with world.doing():
        group.people = crowd(world, 40)
        actions.take_seats(group.id, group.people)
    return group
