"""Attempts as their owner sees them. Somebody else's attempt is not there."""

from collections.abc import Sequence

from sqlalchemy import Select, select
from sqlalchemy.orm import selectinload

from lms.kernel.access import missing
from lms.kernel.db import CURRENT, db
from lms.people.queries import records_of
from lms.people.sign_in import Viewer
from lms.quizzes.models import Answer, Attempt
from lms.tracks.models import Enrolment, PartDone


def visible_attempts(viewer: Viewer) -> Select[Attempt]:
    """One's own. What a trainer may see of a test is its result, and that is a part done."""
    return select(Attempt).where(Attempt.person_id.in_(records_of(viewer.person_id)), Attempt.voided_at.is_(None))


def attempt(viewer: Viewer, attempt_id: int, *, open_only: bool = False) -> Attempt:
    """An own attempt with its answers; the same 404 for anyone else's and for none."""
    query = visible_attempts(viewer).where(Attempt.id == attempt_id).options(selectinload(Attempt.answers))
    found: Attempt | None = db.session.scalar(query)
    if found is None or (open_only and found.submitted_at is not None):
        missing()
    return found


def enrolment(viewer: Viewer, enrolment_id: int) -> Enrolment:
    """An own enrolment."""
    own = select(Enrolment).where(Enrolment.id == enrolment_id, Enrolment.person_id.in_(records_of(viewer.person_id)))
    found: Enrolment | None = db.session.scalar(own)
    return found or missing()


def attempts_of(enrolment_id: int) -> Sequence[Attempt]:
    """The tries of an enrolment, first to last, voided ones left out."""
    held = (
        select(Attempt)
        .where(Attempt.enrolment_id == enrolment_id, Attempt.voided_at.is_(None))
        .order_by(Attempt.number)
    )
    return db.session.scalars(held).all()


def lessons_are_read(enrolment_id: int) -> bool:
    """Whether the part "lessons" is done."""
    held = select(PartDone.id).where(
        PartDone.enrolment_id == enrolment_id, PartDone.part == "lessons", PartDone.superseded_at == CURRENT
    )
    return db.session.scalar(held) is not None


def answered(attempt_id: int) -> frozenset[str]:
    """Slugs of the questions that have an answer."""
    return frozenset(db.session.scalars(select(Answer.question_slug).where(Answer.attempt_id == attempt_id)))
