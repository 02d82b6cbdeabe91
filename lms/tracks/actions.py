"""What happens to a learner: enrolled, a lesson read, a part done, a completion, and its undoing.

News travels down to here: passing a test or closing a class calls `finish_part`; this module alone decides whether a
completion follows.
"""

from datetime import date, datetime
from typing import Any

from sqlalchemy import select

from lms.kernel import audit
from lms.kernel.clock import local, now
from lms.kernel.db import CURRENT, db, insert_new
from lms.kernel.refused import Refused
from lms.tracks import cycles, editions, order, rules
from lms.tracks.models import Completion, Enrolment, LessonRead, PartDone


def enrol(
    person_id: int,
    course_slug: str,
    *,
    on: date,
    indicator_id: int | None = None,
    due_on: date | None = None,
    edition_id: int | None = None,
) -> Enrolment:
    """The person takes the course, in its current edition. Enrolled already for what that day counts for: that enrolment."""
    cycle, held = cycles.running(person_id, course_slug, on)
    if held is not None:
        return held
    edition_id = edition_id or editions.current(course_slug).id
    insert_new(
        Enrolment,
        person_id=person_id,
        course_slug=course_slug,
        cycle=cycle,
        edition_id=edition_id,
        indicator_id=indicator_id,
        enrolled_at=now(),
        due_on=due_on,
    )
    return db.session.scalars(
        select(Enrolment).where(
            Enrolment.person_id == person_id, Enrolment.course_slug == course_slug, Enrolment.cycle == cycle
        )
    ).one()


def take(person_id: int, course_slug: str, *, on: date) -> Enrolment:
    """By one's own wish: the same, once the courses that this one asks for are completed."""
    order.check_may_take(person_id, editions.wording(editions.current(course_slug).id))
    return enrol(person_id, course_slug, on=on)


def read_lesson(enrolment: Enrolment, lesson_slug: str, *, at: datetime | None = None) -> Completion | None:
    """A lesson was read to its end. Read twice, it was read once. All read: the part "lessons" is done."""
    at = at or now()
    course = editions.wording(enrolment.edition_id)
    if lesson_slug not in course.by_slug:
        raise Refused("This lesson is not part of the course you are taking.")
    order.check_may_read(enrolment, course, lesson_slug)
    if not insert_new(LessonRead, enrolment_id=enrolment.id, lesson_slug=lesson_slug, read_at=at):
        return None
    read = set(db.session.scalars(select(LessonRead.lesson_slug).where(LessonRead.enrolment_id == enrolment.id)))
    if not read >= set(course.by_slug):
        return None
    return finish_part(enrolment, "lessons", on=local(at).date(), evidence={"lessons": len(course.lessons)})


def finish_part(
    enrolment: Enrolment, part: str, *, on: date, evidence: dict[str, Any], by: int | None = None
) -> Completion | None:
    """A part of the course is done. If it was the last one missing, a completion follows, dated the day of the latest part."""
    course = editions.wording(enrolment.edition_id)
    if part not in course.parts:
        return None  # this course does not ask for it: nothing follows
    done = _parts(enrolment.id)
    if part not in done:
        row = PartDone(
            enrolment_id=enrolment.id, part=part, on=on, evidence=evidence, recorded_at=now(), recorded_by=by
        )
        db.session.add(row)
        done[part] = row
    completed_on = rules.complete(course.parts, {name: row.on for name, row in done.items()})
    if completed_on is None or completion_of(enrolment) is not None:
        db.session.flush()
        return None
    held = {name: {**row.evidence, "on": row.on.isoformat()} for name, row in done.items()}
    completion = Completion(
        person_id=enrolment.person_id,
        course_slug=enrolment.course_slug,
        cycle=enrolment.cycle,
        enrolment_id=enrolment.id,
        edition_id=enrolment.edition_id,
        completed_on=completed_on,
        grade=rules.grade_of(held),
        evidence=held,
        recorded_at=now(),
        recorded_by=by,
    )
    db.session.add(completion)
    db.session.flush()
    audit.record(
        "course.completed",
        "completion",
        completion.id,
        by=by,
        person=completion.person_id,
        course=completion.course_slug,
    )
    return completion


def retract_part(enrolment: Enrolment, part: str, *, reason: str, by: int | None = None) -> Completion | None:
    """What a part rested on was corrected: it no longer stands, nor does a completion that needed it. Returns that completion."""
    row = _parts(enrolment.id).get(part)
    if row is None:
        return None
    moment = now()
    row.superseded_at, row.why_superseded = moment, reason
    completion = completion_of(enrolment)
    if completion is not None:
        completion.superseded_at, completion.why_superseded = moment, reason
        audit.record("course.completion_retracted", "completion", completion.id, by=by, part=part)
    db.session.flush()
    return completion


def completion_of(enrolment: Enrolment) -> Completion | None:
    """The completion that holds for this enrolment."""
    return db.session.scalar(
        select(Completion).where(
            Completion.person_id == enrolment.person_id,
            Completion.course_slug == enrolment.course_slug,
            Completion.cycle == enrolment.cycle,
            Completion.superseded_at == CURRENT,
        )
    )


def _parts(enrolment_id: int) -> dict[str, PartDone]:
    held = select(PartDone).where(PartDone.enrolment_id == enrolment_id, PartDone.superseded_at == CURRENT)
    return {row.part: row for row in db.session.scalars(held)}
