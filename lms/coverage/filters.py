"""What a question can be narrowed to: a category, a sex, how well a completion is proved, a track or a single course.

These pages are for people's own line of duty, who see the names behind every figure anyway; so counts by sex are shown as they
are. The rule of small cells (TRUST 2.4) is for tables that leave it: whoever publishes one has to apply it there.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from lms.coverage.question import Question, Ruled
from lms.kernel.refused import Refused
from lms.people.rules import SEXES, check_category
from lms.tracks.course import Course

NAMES = ("category", "sex", "grade", "track", "course")
NOT_TOLD = "-"  # in an address, for what is on record as empty; nothing at all means no filter


@dataclass(frozen=True)
class Filter:
    """A filter that is on: its name in the address, and the value there."""

    name: str
    value: str


def told(text: str | None) -> str | None:
    """From an address: None is no filter, "" is those of whom it is not known."""
    return None if not text else "" if text == NOT_TOLD else text


def sex(text: str | None) -> str | None:
    found = told(text)
    if found is not None and found not in SEXES:
        raise Refused("The sex is “female”, “male”, or “-” for those of whom it is not known.")
    return found


def narrowed(question: Question, kept: Mapping[str, str], courses: Mapping[str, Course]) -> Question:
    """The question, of one category, and asking only for the courses of one track, or for one. Raises `Refused` for what is not there."""
    category = told(kept.get("category"))
    check_category(category or "")
    ruled = question.ruled
    if track := kept.get("track"):
        ruled = tuple(
            _of(one, [slug for slug in one.rule.courses if track_of(slug, courses) == track]) for one in ruled
        )
    if course := kept.get("course"):
        ruled = tuple(_of(one, [slug for slug in one.rule.courses if slug == course]) for one in ruled)
    return replace(question, category=category, ruled=ruled)


def check_asks(one: Ruled, kept: Mapping[str, str]) -> None:
    """A track or a course that the indicator does not ask for has no figure."""
    if not one.rule.courses and ("track" in kept or "course" in kept):
        raise Refused(
            "“%(indicator)s” asks for no such course. Choose another track, or all of them.",
            indicator=one.indicator.short_title,
        )


def tracks_of(one: Ruled, courses: Mapping[str, Course]) -> list[str]:
    """The tracks of the courses that an indicator asks for."""
    return sorted({track for slug in one.rule.courses if (track := track_of(slug, courses))})


def track_of(slug: str, courses: Mapping[str, Course]) -> str:
    return courses[slug].track if slug in courses else ""


def _of(one: Ruled, courses: list[str]) -> Ruled:
    return replace(one, rule=replace(one.rule, courses=tuple(courses)))
