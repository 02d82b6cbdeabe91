"""What slugs and numbers in rows about a person stand for: units, courses, lessons, questions, classes, plans."""

from datetime import date
from typing import Any

from sqlalchemy import select

from lms.attendance.models import ClassSession, TrainingClass
from lms.kernel.db import db
from lms.kernel.vietnamese import short_date
from lms.people.register_queries import UnitNames
from lms.tracks import editions
from lms.tracks.models import Edition, Enrolment, Indicator, Plan


class Names:
    """Loaded once for a page: only of courses that the person took and classes that they sat in or taught."""

    def __init__(self, persons: frozenset[int]) -> None:
        self._units = UnitNames()
        self._words: dict[tuple[str, Any], str] = {}
        taken = select(Enrolment.course_slug).where(Enrolment.person_id.in_(persons))
        for edition_id in db.session.scalars(
            select(Edition.id).where(Edition.course_slug.in_(taken)).order_by(Edition.id)
        ):
            course = editions.wording(edition_id)
            self._words["course_slug", course.slug] = course.title
            self._words |= {("lesson_slug", one.slug): one.title for one in course.lessons}
            self._words |= {
                ("question_slug", one.slug): one.text for one in (course.quiz.questions if course.quiz else ())
            }
        for slug, title in db.session.execute(select(Plan.slug, Plan.title)):
            self._words["cycle", slug] = title
        for slug, title in db.session.execute(select(Indicator.slug, Indicator.short_title)):
            self._words["indicator_slug", slug] = self._words["about", slug] = title

    def of(self, column: str, value: Any) -> str | None:
        """The name, if there is one."""
        if column == "unit_id":
            return self._units.on(value, date.max)
        if column == "class_id":
            held = db.session.get(TrainingClass, value)
            return held.title if held else None
        if column == "session_id":
            session = db.session.get(ClassSession, value)
            return short_date(session.on) if session else None
        return self._words.get((column, value)) if isinstance(value, str) else None
