"""The shared world, with published courses and a plan in force over its province; and a small `courses/` to break."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from lms.kernel.clock import at_hour, frozen
from lms.tracks import content, editions
from tests.tracks.sample import COURSE, HELP, LESSON, PLAN, QUIZ, a_course, plan_over
from tests.world import TODAY, World


@pytest.fixture
def learning(world: World) -> Iterator[World]:
    """World with courses "chung" (lessons, test) and "khan-cap" (lessons only), and the plan; the clock stands at TODAY."""
    with frozen(at_hour(TODAY)), world.doing():
        editions.publish(a_course())
        editions.publish(a_course("khan-cap", parts=("lessons",)))
        plan_over(world.units["province"])
    with frozen(at_hour(TODAY)):
        yield world


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A small, sound `courses/` that a test may break."""
    root = tmp_path / "courses"
    course = root / "1" / "chung"
    course.mkdir(parents=True)
    (root / "units").mkdir()
    (root / "plan.toml").write_text(PLAN, encoding="utf-8")
    (root / "help.toml").write_text(HELP, encoding="utf-8")
    (course / "course.toml").write_text(COURSE, encoding="utf-8")
    (course / "quiz.toml").write_text(QUIZ, encoding="utf-8")
    (course / "01-mot.md").write_text(LESSON, encoding="utf-8")
    (course / "02-hai.md").write_text(LESSON.replace('"mot"', '"hai"'), encoding="utf-8")
    assert not content.read(root).faults
    return root
