"""The same people counted another way: by sex; by each of the courses that the rule asks for.

Counts by sex are not suppressed here: whoever may open the page may open the names (see `filters`).
"""

from dataclasses import dataclass, replace

from lms.coverage.queries import Coverage
from lms.coverage.question import Ruled


@dataclass(frozen=True)
class CourseLine:
    """Of those who have to be trained, how many have completed this one course."""

    slug: str
    done: int
    required: int


def place_of(found: Coverage) -> int:
    """The place of the indicator among those of its question."""
    return next(i for i, one in enumerate(found.question.ruled) if one is found.one)


def alone(one: Ruled) -> list[Ruled]:
    """The rule with each of its courses alone, to be counted in the same pass; nothing for a rule of one course."""
    courses = tuple(dict.fromkeys(one.rule.courses))
    return [replace(one, rule=replace(one.rule, courses=(slug,))) for slug in courses] if len(courses) > 1 else []


def by_course(found: Coverage) -> list[CourseLine]:
    """Each course of a rule that names several; nothing for a rule of one course."""
    return [CourseLine(one.one.rule.courses[0], one.total.done, one.total.required) for one in found.each]
