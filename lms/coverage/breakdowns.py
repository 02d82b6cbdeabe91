"""The same people counted another way: by sex; by each of the courses that the rule asks for.

Counts by sex are not suppressed here: whoever may open the page may open the names (see `filters`).
"""

from dataclasses import dataclass, replace

from sqlalchemy import case, func, select

from lms.coverage.listing import Wanted, listed
from lms.coverage.queries import Coverage
from lms.coverage.standings import done
from lms.kernel.db import db


@dataclass(frozen=True)
class CourseLine:
    """Of those who have to be trained, how many have completed this one course."""

    slug: str
    done: int
    required: int


def place_of(found: Coverage) -> int:
    """The place of the indicator among those of its question."""
    return next(i for i, one in enumerate(found.question.ruled) if one is found.one)


def by_course(found: Coverage) -> list[CourseLine]:
    """Each course of a rule that names several; nothing for a rule of one course. One statement."""
    courses = tuple(dict.fromkeys(found.one.rule.courses))
    if len(courses) < 2:
        return []
    people = (
        listed(found.question, place_of(found), Wanted(under=found.under, state="required")).order_by(None).subquery()
    )
    each = [replace(found.one, rule=replace(found.one.rule, courses=(slug,))) for slug in courses]
    row = db.session.execute(
        select(
            func.count(), *(func.sum(case((people.c.id.in_(done(found.question, one)), 1), else_=0)) for one in each)
        ).select_from(people)
    ).one()
    return [CourseLine(slug, int(n or 0), row[0]) for slug, n in zip(courses, row[1:], strict=True)]
