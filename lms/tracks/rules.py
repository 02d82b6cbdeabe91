"""Who has to take what, and what follows from parts done. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from lms.tracks.course import PARTS, Course, Lesson

Proof = Literal["test", "roll", "document", "claim"]
GRADES: tuple[Proof, ...] = ("test", "roll", "document", "claim")  # how well a completion is proved, the best first
PLACE_KINDS = ("commune", "township", "ward")


@dataclass(frozen=True)
class PopulationRule:
    """Whom an indicator counts, and what counts as trained (plan, part I.2; the reading is the office's choice).

    `direct_support`: only those who directly assist; else those in one of `categories`. `courses_needed`: "all" or "any".
    `once`: "period" or "year". `grace_days`: who came to the register so few days ago is not required yet. `valid_months`: how
    long a completion counts (0: for ever). `grades`: which proofs are accepted. `count_on`: month-day on which a year's figures
    are counted ("": its last day). An indicator of kind "places" asks for `least` trained people in each unit of `place_kinds`.
    """

    reading: str
    categories: tuple[str, ...]
    direct_support: bool
    courses: tuple[str, ...]
    courses_needed: str = "all"
    once: str = "period"
    grace_days: int = 0
    valid_months: int = 0
    grades: tuple[str, ...] = GRADES
    count_on: str = ""
    least: int = 0
    place_kinds: tuple[str, ...] = PLACE_KINDS

    @classmethod
    def of(cls, rule: dict[str, Any]) -> "PopulationRule":
        return cls(
            reading=rule.get("reading", ""),
            categories=tuple(rule.get("categories", ())),
            direct_support=bool(rule.get("direct_support", False)),
            courses=tuple(rule["courses"]),
            courses_needed=rule.get("courses_needed", "all"),
            once=rule.get("once", "period"),
            grace_days=int(rule.get("grace_days", 0)),
            valid_months=int(rule.get("valid_months", 0)),
            grades=tuple(rule.get("grades", GRADES)),
            count_on=rule.get("count_on", ""),
            least=int(rule.get("least", 0)),
            place_kinds=tuple(rule.get("place_kinds", PLACE_KINDS)),
        )

    def binds(self, category: str, direct_support: bool | None) -> bool | None:
        """Whether someone so posted has to be trained; None when what we would need to know is missing."""
        if self.direct_support:
            return direct_support
        return category in self.categories if category else None


def grade_of(evidence: Mapping[str, Mapping[str, Any]]) -> str:
    """How well a completion is proved by its parts: an outside paper says so itself; a test leaves receipts; a roll was closed."""
    outside: list[str] = [part["grade"] for part in evidence.values() if "outside" in part]
    if outside:
        return max(outside, key=GRADES.index)
    return "test" if "test" in evidence else "roll" if "class" in evidence else "claim"


def complete(parts: Iterable[str], done: dict[str, date]) -> date | None:
    """The day on which the last of these parts was done, or None while one is missing."""
    needed = tuple(parts)
    if not needed or any(part not in done for part in needed):
        return None
    return max(done[part] for part in needed)


def next_part(parts: Iterable[str], done: Iterable[str]) -> str | None:
    """The first part still to do, in the order of a course: lessons, test, class."""
    left = set(parts) - set(done)
    return next((part for part in PARTS if part in left), None)


def cycle_of(on: date, periods: Iterable[tuple[str, date, date]]) -> str:
    """What training on that day counts for: the plan whose period it falls in, else its year."""
    return next((slug for slug, start, end in periods if start <= on <= end), str(on.year))


def due_on(once: str, on: date, ends_on: date, report_due: str) -> date:
    """By when: the end of the plan's period, or, asked for each year, that year's report day (month-day), never past the period."""
    if once != "year":
        return ends_on
    month, day = (int(part) for part in report_due.split("-"))
    this_year = date(on.year, month, day)
    return min(this_year if on <= this_year else date(on.year + 1, month, day), ends_on)


@dataclass(frozen=True)
class Progress:
    """How far someone is in the wording they began: lessons read, parts done on which day, completed when."""

    course: Course
    read: frozenset[str]
    parts: dict[str, date]
    completed_on: date | None

    @property
    def lessons_left(self) -> tuple[Lesson, ...]:
        """Not read yet, in the order of the course; none when the part itself was recorded as done."""
        if "lessons" in self.parts:
            return ()
        return tuple(lesson for lesson in self.course.lessons if lesson.slug not in self.read)

    @property
    def lessons_done(self) -> int:
        return len(self.course.lessons) - len(self.lessons_left)

    @property
    def minutes_left(self) -> int:
        """Reading time of what is left."""
        return sum(lesson.minutes for lesson in self.lessons_left)

    @property
    def parts_left(self) -> tuple[str, ...]:
        return tuple(part for part in self.course.parts if part not in self.parts)

    def next_lesson(self, after: str | None = None) -> Lesson | None:
        """The first lesson left behind that one, else the first left at all."""
        slugs = [lesson.slug for lesson in self.course.lessons]
        later = set(slugs[slugs.index(after) + 1 :]) if after in slugs else set()
        left = self.lessons_left
        return next((lesson for lesson in left if lesson.slug in later), left[0] if left else None)

    @property
    def next_part(self) -> str | None:
        """What to do now: lessons, test or class; None when all is done."""
        return None if self.completed_on else next_part(self.course.parts, self.parts)
