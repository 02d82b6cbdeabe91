"""Who has to take what, and what follows from parts done. Pure."""

import calendar
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from typing import Any, Literal

from lms.kernel.refused import Refused
from lms.people.rules import CATEGORIES
from lms.tracks.course import PARTS, Course, Lesson

Proof = Literal["test", "roll", "document", "claim"]
GRADES: tuple[Proof, ...] = ("test", "roll", "document", "claim")  # how well a completion is proved, the best first
PLACE_KINDS = ("commune", "township", "ward")
RENEW_BEFORE = timedelta(days=60)  # so long before a completion ceases to count, the course is open again


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


MOST_GRACE, SHORTEST_VALID, LONGEST_VALID, MOST_IN_A_PLACE = 366, 12, 120, 100  # days, months, months, persons


def check_rule(rule: PopulationRule, *, kind: str, courses: Collection[str]) -> None:
    """A rule that counts something, within bounds; `courses`: those it may ask for."""
    if not rule.courses:
        raise Refused("The indicator asks for no course, so nobody could ever count as trained. Choose at least one.")
    for slug in rule.courses:
        if slug not in courses:
            raise Refused("There is no published course “%(course)s”.", course=slug[:40])
    for category in rule.categories:
        if category not in CATEGORIES:
            raise Refused("The category “%(category)s” is not known. Choose one of the list.", category=category[:40])
    if not rule.direct_support and not rule.categories:
        raise Refused("The rule counts nobody. Choose categories, or those who directly assist.")
    if not rule.grades:
        raise Refused("No proof is accepted, so nobody could ever count as trained. Choose at least one.")
    _check_bounds(rule, kind)


def _check_bounds(rule: PopulationRule, kind: str) -> None:
    if not 0 <= rule.grace_days <= MOST_GRACE:
        raise Refused("Newcomers can be given from 0 to %(most)s days.", most=MOST_GRACE)
    if rule.valid_months and not SHORTEST_VALID <= rule.valid_months <= LONGEST_VALID:
        raise Refused(
            "Training holds for good (0) or from %(least)s to %(most)s months.",
            least=SHORTEST_VALID,
            most=LONGEST_VALID,
        )
    if kind == "places" and not 0 <= rule.least <= MOST_IN_A_PLACE:
        raise Refused("In each place from 1 to %(most)s people can be asked for; 0 turns it off.", most=MOST_IN_A_PLACE)


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


def period_of(on: date, periods: Iterable[tuple[str, date, date]]) -> "Period":
    """The plan whose period a day falls in, else its year."""
    found = next((Period(*one) for one in periods if one[1] <= on <= one[2]), None)
    return found or Period(str(on.year), date(on.year, 1, 1), date(on.year, 12, 31))


def due_on(once: str, on: date, ends_on: date, counted: str) -> date:
    """By when: the end of the plan's period, or, asked for each year, the day on which that year is counted or reported
    (month-day), after it the year's last day; never past the period."""
    if once != "year":
        return ends_on
    that_day = date.fromisoformat(f"{on.year}-{counted}")
    return min(that_day if on <= that_day else date(on.year, 12, 31), ends_on)


def expires_on(completed_on: date, valid_months: int) -> date | None:
    """The first day on which a completion no longer counts: the same day so many months later, or that month's last; None: never."""
    if not valid_months:
        return None
    year, month = divmod(completed_on.year * 12 + completed_on.month - 1 + valid_months, 12)
    return date(year, month + 1, min(completed_on.day, calendar.monthrange(year, month + 1)[1]))


def last_expired(by: date, valid_months: int) -> date:
    """The latest day of completion that no longer counts on that day (`valid_months` > 0)."""
    day = expires_on(by, -valid_months) or by
    while (expires_on(day + timedelta(days=1), valid_months) or by) <= by:  # from the end of a short month
        day += timedelta(days=1)
    return day


@dataclass(frozen=True)
class Period:
    """The plan in force on a day, as cycles see it; where there is none, the year."""

    slug: str
    starts_on: date
    ends_on: date

    @property
    def cycles(self) -> tuple[str, ...]:
        """What training in it may be booked under: the whole, or a year; a renewal may carry the name of the year after."""
        years = () if self.slug.isdigit() else range(self.starts_on.year, self.ends_on.year + 2)
        return (self.slug, *(str(year) for year in years))


@dataclass(frozen=True)
class Asked:
    """How often the rules in force ask for a course: each year, anew after so many months (0: no), else once."""

    yearly: bool = False
    months: int = 0


@dataclass(frozen=True)
class Taken:
    """An enrolment as the choice of a cycle sees it."""

    cycle: str
    completed_on: date | None


def cycle_for(taken: Sequence[Taken], on: date, period: Period, asked: Asked) -> str:
    """What training on that day counts for: the cycle that is running, or a new one. `taken`: what they took, newest first.

    Asked for each year it is the year, unless what was begun for the whole period is still open or was completed that year.
    Else what is open goes on; a completion that ceases to count soon makes way for another; one that holds is enough.
    """
    year, here = str(on.year), [one for one in taken if one.cycle in period.cycles]
    if asked.yearly:
        whole = [one for one in here if one.cycle == period.slug]
        carried = any(one.completed_on is None or one.completed_on.year == on.year for one in whole)
        return period.slug if carried and not any(one.cycle == year for one in here) else year
    if still := [one.cycle for one in here if one.completed_on is None]:
        return still[0]
    if not here:
        return period.slug
    latest, cycle = max((one.completed_on or on, one.cycle) for one in here)
    expires = expires_on(latest, asked.months)
    return cycle if expires is None or on < expires - RENEW_BEFORE else renewed((one.cycle for one in here), on)


def renewed(cycles: Iterable[str], on: date) -> str:
    """The cycle of another completion after those: the year, or the one after when the year has had its own."""
    return str(max([on.year, *(int(one) + 1 for one in cycles if one.isdigit())]))


@dataclass(frozen=True)
class Progress:
    """How far someone is in the wording they began: lessons read, parts done on which day, completed when; which parts an
    outside paper stands for."""

    course: Course
    read: frozenset[str]
    parts: dict[str, date]
    completed_on: date | None
    outside: frozenset[str] = frozenset()

    @property
    def certified(self) -> bool:
        """Completed in a way that earns a certificate here: what was learned elsewhere has its paper already."""
        return bool(self.completed_on) and self.course.certificate and not self.outside

    @cached_property
    def lessons_left(self) -> tuple[Lesson, ...]:
        """Not read yet, in the order of the course; none when the part itself was recorded as done."""
        if "lessons" in self.parts:
            return ()
        return tuple(lesson for lesson in self.course.lessons if lesson.slug not in self.read)

    def is_read(self, lesson: Lesson) -> bool:
        """Nothing is left of it."""
        return "lessons" in self.parts or lesson.slug in self.read

    @property
    def begun(self) -> bool:
        """Something of it is done."""
        return bool(self.read or self.parts or self.completed_on)

    def opens_later(self, lesson: Lesson) -> bool:
        """Not yet to be read, because the course has an order and one before it is left."""
        return self.course.in_order and lesson in self.lessons_left[1:]

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
