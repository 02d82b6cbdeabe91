"""Training taken elsewhere: claimed for a person, then approved or refused by the office, withdrawn, or taken back later.

Approved, it does every part of the course on its last day; whether a completion follows, `actions.finish_part` decides.
"""

import hashlib
from datetime import date

from sqlalchemy import select

from lms.kernel import audit
from lms.kernel.clock import now, today
from lms.kernel.db import CURRENT, db
from lms.kernel.refused import Refused
from lms.kernel.turns import hold
from lms.kernel.vietnamese import short_date, tidy
from lms.people.models import Account, Person
from lms.people.same_queries import are_one
from lms.tracks import actions, editions, papers
from lms.tracks.models import Completion, Enrolment, OutsideTraining, PartDone


def claim(
    person_id: int,
    course_slug: str,
    *,
    title: str,
    organiser: str,
    held_on: date,
    document: str = "",
    file: bytes = b"",
    file_name: str = "",
    by: int | None = None,
) -> OutsideTraining:
    """Somebody says that the person took training elsewhere that stands for the course. Raises `Refused` in words."""
    course = editions.wording(editions.current(course_slug).id)
    papers.check_claim(track=course.track, held_on=held_on, today=today())
    if file or file_name:
        papers.check_file(file)
    hold(Person, person_id)
    same = select(OutsideTraining.id).where(
        OutsideTraining.person_id == person_id,
        OutsideTraining.course_slug == course_slug,
        OutsideTraining.held_on == held_on,
        OutsideTraining.state.in_(("waiting", "approved")),
    )
    if db.session.scalar(same) is not None:
        raise Refused("Training for this course with this last day was entered already for this person.")
    row = OutsideTraining(
        person_id=person_id,
        course_slug=course_slug,
        title=tidy(title),
        organiser=tidy(organiser),
        held_on=held_on,
        document=tidy(document),
        file_name=tidy(file_name)[:120],
        sha256=hashlib.sha256(file).hexdigest() if file else "",
        file=file or None,
        recorded_at=now(),
        recorded_by=by,
    )
    db.session.add(row)
    db.session.flush()
    audit.record("outside.claimed", "outside_training", row.id, by=by, person=person_id, course=course_slug)
    return row


def approve(row: OutsideTraining, *, why: str = "", by: int | None = None) -> Completion | None:
    """The office accepts the paper: the person's course of that time is done. Returns the completion that follows."""
    _lock(row)
    papers.check_may_decide(row.state, own=_own(row, by))
    enrolment = actions.enrol(row.person_id, row.course_slug, on=row.held_on)
    held = actions.completion_of(enrolment)
    if held is not None:
        raise Refused(
            "This person completed the course on %(day)s already: the paper would change nothing.",
            day=short_date(held.completed_on),
        )
    evidence = {"outside": row.id, "grade": papers.grade(document=row.document, scanned=bool(row.sha256))}
    completion = None
    for part in editions.wording(enrolment.edition_id).parts:
        completion = actions.finish_part(enrolment, part, on=row.held_on, evidence=evidence, by=by) or completion
    row.enrolment_id = enrolment.id
    _decide(row, "approved", why, by)
    return completion


def refuse(row: OutsideTraining, *, why: str, by: int | None = None) -> None:
    """The office does not accept it, and says why."""
    _lock(row)
    papers.check_may_decide(row.state, own=_own(row, by))
    papers.check_reason(why)
    _decide(row, "refused", why, by)


def withdraw(row: OutsideTraining, *, by: int | None = None) -> None:
    """Entered by mistake, and not decided yet."""
    _lock(row)
    papers.check_may_decide(row.state, own=False)
    _decide(row, "withdrawn", "", by)


def take_back(row: OutsideTraining, *, why: str, by: int | None = None) -> Completion | None:
    """The approval was wrong: what rested on it no longer stands. Returns the completion that fell."""
    _lock(row)
    if row.state != "approved":
        raise Refused("Only what was approved can be taken back.")
    papers.check_reason(why)
    enrolment = db.session.get_one(Enrolment, row.enrolment_id)
    parts = select(PartDone).where(PartDone.enrolment_id == enrolment.id, PartDone.superseded_at == CURRENT)
    fell = None
    for part in db.session.scalars(parts).all():
        if part.evidence.get("outside") == row.id:
            fell = actions.retract_part(enrolment, part.part, reason=why, by=by) or fell
    _decide(row, "withdrawn", why, by)
    return fell


def _lock(row: OutsideTraining) -> None:
    """Two people deciding at once decide one after the other."""
    db.session.refresh(row, ["state"], with_for_update=True)


def _own(row: OutsideTraining, by: int | None) -> bool:
    mine = db.session.scalar(select(Account.person_id).where(Account.id == by))
    return mine is not None and are_one(mine, row.person_id)


def _decide(row: OutsideTraining, state: str, why: str, by: int | None) -> None:
    row.state, row.why, row.decided_at, row.decided_by = state, tidy(why), now(), by
    db.session.flush()
    audit.record(f"outside.{state}", "outside_training", row.id, by=by, person=row.person_id)
