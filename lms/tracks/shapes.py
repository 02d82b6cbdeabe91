"""The shape of every file under `courses/`: which keys, of which kind, within which bounds. Nothing else is let in."""

import re
from datetime import date
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, StrictBool, model_validator

from lms.kernel.said import Said
from lms.kernel.vietnamese import nfc
from lms.people.rules import CATEGORIES
from lms.tracks.course import PARTS, Kind
from lms.tracks.rules import GRADES, LONGEST_VALID, PLACE_KINDS, SHORTEST_VALID, Proof

SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
RESERVED = frozenset(
    {"test", "attempts", "handout", "pictures"}
)  # addresses under /learn/<enrolment>/ that are not lessons


def _written(text: str) -> str:
    text = nfc(text).strip()
    if not text:
        raise ValueError(Said("write something here"))
    return text


def _slug(text: str) -> str:
    if not SLUG.fullmatch(text):
        raise ValueError(Said("a slug is lower-case letters without marks, digits and single hyphens: bao-luc-la-gi"))
    return text


def _lesson_slug(text: str) -> str:
    if text in RESERVED:
        raise ValueError(Said("“%(slug)s” is an address of its own: choose another slug", slug=text))
    return text


def _category(text: str) -> str:
    if text not in CATEGORIES:
        raise ValueError(f"unknown category “{text}”: expected one of {', '.join(CATEGORIES)}")
    return text


def _day(text: Any) -> Any:
    return date.fromisoformat(text) if isinstance(text, str) else text


def _month_day(text: str) -> str:
    date.fromisoformat(f"2023-{text}")
    return text


def _for_good_or_long(months: int) -> int:
    if months and not SHORTEST_VALID <= months <= LONGEST_VALID:
        raise ValueError(f"0 (for good), or from {SHORTEST_VALID} to {LONGEST_VALID} months")
    return months


def _month_day_or_none(text: str) -> str:
    return _month_day(text) if text else ""


Text = Annotated[str, AfterValidator(_written)]
Slug = Annotated[str, AfterValidator(_slug)]
Category = Annotated[str, AfterValidator(_category)]
Day = Annotated[date, BeforeValidator(_day)]
Whole = Annotated[int, Field(strict=True, ge=0)]
Percent = Annotated[int, Field(strict=True, ge=1, le=100)]


class Shape(BaseModel):
    """An unknown key is a typing mistake, not a wish."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class LessonFront(Shape):
    """What stands between the +++ lines of a lesson."""

    slug: Annotated[Slug, AfterValidator(_lesson_slug)]
    title: Text
    minutes: Annotated[int, Field(strict=True, ge=1, le=15)]
    aim: Text
    sources: Annotated[tuple[Text, ...], Field(min_length=1)]
    warning: Text | None = None
    remember: tuple[Text, ...] = ()
    law_dates: tuple[Day, ...] = ()


class ChoiceShape(Shape):
    """One thing to tick, and why it is right or wrong."""

    slug: Slug
    text: Text
    right: StrictBool
    reason: Text


class QuestionShape(Shape):
    """A question; how many of its choices may be right follows from its kind."""

    slug: Slug
    kind: Kind
    aim: Slug
    text: Text
    difficulty: Annotated[int, Field(strict=True, ge=1, le=3)]
    situation: StrictBool
    source: Text
    choices: tuple[ChoiceShape, ...]


class QuizShape(Shape):
    """quiz.toml."""

    title: Text
    pass_mark: Percent = 80
    draw: Whole = 0
    max_tries: Whole = 0
    retry_hours: Whole = 0
    questions: Annotated[tuple[QuestionShape, ...], Field(min_length=1)]


class CourseShape(Shape):
    """course.toml."""

    slug: Slug
    track: Text
    title: Text
    summary: Text
    hours: Annotated[int, Field(strict=True, ge=1, le=200)]
    parts: Annotated[tuple[Literal["lessons", "test", "class"], ...], Field(min_length=1)]
    class_min_share: Percent = 80
    certificate: StrictBool = True
    audience: Text
    after: tuple[Slug, ...] = ()
    best_after: tuple[Slug, ...] = ()
    in_order: StrictBool = False

    @model_validator(mode="after")
    def parts_in_order(self) -> "CourseShape":
        """A part once, in the order they are done."""
        if self.parts != tuple(part for part in PARTS if part in self.parts):
            raise ValueError(Said("parts are named once each, in this order: %(parts)s", parts=", ".join(PARTS)))
        return self


class RuleShape(Shape):
    """Whom an indicator counts and what counts as trained (see `tracks.rules.PopulationRule`)."""

    reading: Literal["wide", "narrow"]
    categories: tuple[Category, ...]
    direct_support: StrictBool
    courses: Annotated[tuple[Slug, ...], Field(min_length=1)]
    courses_needed: Literal["all", "any"] = "all"
    once: Literal["period", "year"] = "period"
    grace_days: Annotated[int, Field(ge=0, le=366)] = 0
    valid_months: Annotated[int, AfterValidator(_for_good_or_long)] = 0
    grades: Annotated[tuple[Proof, ...], Field(min_length=1)] = GRADES
    count_on: Annotated[str, AfterValidator(_month_day_or_none)] = ""
    least: Annotated[int, Field(ge=0, le=100)] = 0
    place_kinds: tuple[str, ...] = PLACE_KINDS


class IndicatorShape(Shape):
    """A target of the plan, in the plan's words."""

    slug: Slug
    title: Text
    short_title: Text
    target: Percent = 100
    kind: Literal["share", "places"] = "share"
    source: Text
    rule: RuleShape


class TrackShape(Shape):
    """One of the five subjects of the plan's training."""

    slug: Text
    title: Text
    short_title: Text
    audience: Text
    source: Text
    confidential: StrictBool = False
    least_lessons: Whole = 0  # of each of its courses
    least_questions: Whole = 0


class ScopeUnit(Shape):
    """The unit the plan is for, as it was called when the plan began."""

    code: Text
    name: Text


class PlanShape(Shape):
    """plan.toml."""

    slug: Slug
    title: Text
    short_title: Text
    issuer: Text
    number: str = ""
    based_on: str = ""
    starts_on: Day
    ends_on: Day
    report_due: Annotated[str, AfterValidator(_month_day)] = "12-01"
    receiving_office: str = ""
    scope_unit: ScopeUnit
    tracks: tuple[TrackShape, ...]
    indicators: tuple[IndicatorShape, ...]

    @model_validator(mode="after")
    def begins_before_it_ends(self) -> "PlanShape":
        """Both days count."""
        if self.starts_on > self.ends_on:
            raise ValueError("ends_on comes before starts_on")
        return self


class HelpNumber(Shape):
    """A telephone number to print, from a day and up to another (which no longer counts)."""

    number: Annotated[str, Field(pattern=r"^[0-9][0-9 .]{1,18}[0-9]$")]
    who: Text
    note: str = ""
    valid_from: Day
    valid_to: Day | None = None
    source: Text

    @property
    def name(self) -> str:
        """Who answers."""
        return self.who

    def holds_on(self, day: date) -> bool:
        return self.valid_from <= day and (self.valid_to is None or day < self.valid_to)


class EndedLaw(Shape):
    """A text of law that no longer holds. `number` and `instead` as they are written in the courses: 144/2021, 282/2025."""

    number: Text
    ended_on: Day
    instead: Text
    source: Text


class LawsShape(Shape):
    """laws.toml."""

    ended: tuple[EndedLaw, ...] = ()


class HelpShape(Shape):
    """help.toml."""

    numbers: tuple[HelpNumber, ...]
