"""A learner in the middle of a course goes over to its newest wording, or stays: their choice, and what is done stays done.

A lesson already read stays read when its words are the same in both; the others are read again. Parts done stay done; only
"lessons" waits again while a lesson is left. Whoever has completed the course is not asked.
"""

from dataclasses import dataclass

from sqlalchemy import delete, select

from lms.kernel import audit
from lms.kernel.clock import today
from lms.kernel.db import CURRENT, db
from lms.kernel.refused import Refused
from lms.tracks import actions, editions
from lms.tracks.course import Course, Lesson
from lms.tracks.models import Edition, Enrolment, LessonRead, PartDone
from lms.tracks.rules import Progress


@dataclass(frozen=True)
class Change:
    """What the newest wording has that the learner's has not. `again`: lessons read, whose words changed."""

    edition: Edition
    added: tuple[Lesson, ...]
    reworded: tuple[Lesson, ...]
    gone: tuple[Lesson, ...]
    test: bool
    again: tuple[Lesson, ...]
    left: tuple[Lesson, ...]  # to read after going over, with those read again


def change(enrolment: Enrolment, progress: Progress) -> Change | None:
    """What going over would mean; None for whoever has the newest words, or has completed the course."""
    if progress.completed_on:
        return None
    newest = editions.current(enrolment.course_slug)
    return None if newest.id == enrolment.edition_id else between(progress, newest, editions.wording(newest.id))


def between(progress: Progress, newest: Edition, new: Course) -> Change:
    """The difference as this learner meets it."""
    old = progress.course
    read = {one.slug for one in old.lessons if one not in progress.lessons_left}
    same = unchanged(old, new)
    return Change(
        newest,
        tuple(one for one in new.lessons if one.slug not in old.by_slug),
        tuple(one for one in new.lessons if one.slug in old.by_slug and one.slug not in same),
        tuple(one for one in old.lessons if one.slug not in new.by_slug),
        old.quiz != new.quiz,
        tuple(one for one in new.lessons if one.slug in read - same),
        () if "lessons" in progress.outside else tuple(one for one in new.lessons if one.slug not in read & same),
    )


def unchanged(old: Course, new: Course) -> frozenset[str]:
    """Slugs of the lessons that say the same in both."""
    return frozenset(one.slug for one in old.lessons if _words(one) == _words(new.by_slug.get(one.slug)))


def _words(lesson: Lesson | None) -> tuple[object, ...]:
    return (lesson.title, lesson.aim, lesson.html, lesson.remember, lesson.warning) if lesson else ()


def move(enrolment: Enrolment, edition_id: int, *, by: int | None = None) -> None:
    """Go over to that edition, the newest. Done already: nothing happens."""
    db.session.execute(select(Enrolment.id).where(Enrolment.id == enrolment.id).with_for_update())
    if enrolment.edition_id == edition_id:
        return
    newest = editions.current(enrolment.course_slug)
    if newest.id != edition_id:
        raise Refused("Newer words have come meanwhile. Look at the course again, then choose.")
    if actions.completion_of(enrolment) is not None:
        raise Refused("You have completed this course. Nothing of it has to be done again.")
    before, old, new = enrolment.edition_id, editions.wording(enrolment.edition_id), editions.wording(newest.id)
    same = unchanged(old, new)
    mine = LessonRead.enrolment_id == enrolment.id
    again = set(db.session.scalars(select(LessonRead.lesson_slug).where(mine, LessonRead.lesson_slug.not_in(same))))
    db.session.execute(delete(LessonRead).where(mine, LessonRead.lesson_slug.in_(again)))
    enrolment.edition_id = newest.id
    db.session.flush()
    audit.record(
        "enrolment.moved",
        "enrolment",
        enrolment.id,
        by=by,
        from_edition=before,
        to_edition=newest.id,
        again=sorted(again),
    )
    _settle(enrolment, new, by)


def _settle(enrolment: Enrolment, course: Course, by: int | None) -> None:
    """The parts as the new wording asks for them: lessons wait again while one is left, and what is complete completes."""
    read = set(db.session.scalars(select(LessonRead.lesson_slug).where(LessonRead.enrolment_id == enrolment.id)))
    held = select(PartDone).where(PartDone.enrolment_id == enrolment.id, PartDone.superseded_at == CURRENT)
    parts = {row.part: row for row in db.session.scalars(held)}
    lessons = parts.get("lessons")
    if lessons is not None and "outside" not in lessons.evidence and not read >= set(course.by_slug):
        actions.retract_part(enrolment, "lessons", reason=f"edition {enrolment.edition_id}", by=by)
        parts.pop("lessons")
    elif lessons is None and read and read >= set(course.by_slug):
        actions.finish_part(enrolment, "lessons", on=today(), evidence={"lessons": len(course.lessons)}, by=by)
    if done := next((row for part, row in parts.items() if part in course.parts), None):
        actions.finish_part(enrolment, done.part, on=done.on, evidence=done.evidence, by=by)
