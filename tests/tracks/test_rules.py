"""Who is counted, what comes next, by when: as tables of cases."""

from datetime import date

import pytest

from lms.tracks import rules
from lms.tracks.rules import PopulationRule, Progress
from tests.tracks.sample import a_course

D1, D2, D3 = date(2026, 3, 1), date(2026, 3, 2), date(2026, 3, 3)


@pytest.mark.parametrize(
    "rule, category, direct, binds",
    [
        ({"categories": ["công chức"]}, "công chức", None, True),
        ({"categories": ["công chức"]}, "viên chức", True, False),
        ({"categories": ["công chức"]}, "", True, None),  # nobody has told us yet
        ({"direct_support": True}, "viên chức", True, True),
        ({"direct_support": True}, "công chức", False, False),
        ({"direct_support": True}, "công chức", None, None),
    ],
)
def test_whom_a_rule_binds(rule: dict, category: str, direct: bool | None, binds: bool | None) -> None:
    assert PopulationRule.of({**rule, "courses": ["chung"]}).binds(category, direct) is binds


@pytest.mark.parametrize(
    "done, on",
    [
        ({"lessons": D1, "test": D3, "class": D2}, D3),  # the latest part, whichever it is
        ({"lessons": D3, "test": D1, "class": D1}, D3),
        ({"lessons": D1, "test": D1}, None),
        ({}, None),
    ],
)
def test_complete_on_the_day_of_the_latest_part(done: dict, on: date | None) -> None:
    assert rules.complete(("lessons", "test", "class"), done) == on


@pytest.mark.parametrize(
    "once, on, due",
    [
        ("period", date(2026, 5, 1), date(2030, 12, 31)),
        ("year", date(2026, 5, 1), date(2026, 12, 1)),
        ("year", date(2026, 12, 1), date(2026, 12, 1)),
        ("year", date(2026, 12, 2), date(2026, 12, 31)),  # reported by then: the year is left
        ("year", date(2030, 12, 2), date(2030, 12, 31)),  # never past the period
    ],
)
def test_by_when(once: str, on: date, due: date) -> None:
    assert rules.due_on(once, on, date(2030, 12, 31), "12-01") == due


def progress(read: str = "", parts: tuple[str, ...] = (), completed_on: date | None = None) -> Progress:
    course = a_course(parts=("lessons", "test", "class"))
    return Progress(course, frozenset(f"bai-{one}" for one in read), dict.fromkeys(parts, D1), completed_on)


@pytest.mark.parametrize(
    "read, after, slug",
    [
        ("", None, "bai-1"),
        ("1", "bai-1", "bai-2"),
        ("2", "bai-2", "bai-3"),  # on, not back to what was skipped
        ("23", "bai-3", "bai-1"),  # at the end, back to what was skipped
        ("123", "bai-3", None),
        ("", "khong-co", "bai-1"),
    ],
)
def test_the_next_lesson(read: str, after: str | None, slug: str | None) -> None:
    found = progress(read).next_lesson(after)

    assert (found.slug if found else None) == slug


@pytest.mark.parametrize(
    "given, part, minutes",
    [
        (progress(), "lessons", 12),
        (progress("12"), "lessons", 4),
        (progress("123", ("lessons",)), "test", 0),
        (progress("", ("lessons",)), "test", 0),  # read on paper, recorded as done
        (progress("123", ("lessons", "test")), "class", 0),
        (progress("1", ("test",)), "lessons", 8),
        (progress("123", ("lessons", "test", "class"), D1), None, 0),
    ],
)
def test_what_to_do_now(given: Progress, part: str | None, minutes: int) -> None:
    assert (given.next_part, given.minutes_left) == (part, minutes)
