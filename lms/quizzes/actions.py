"""What a learner does in a test: start, answer, submit. Every answer is saved when it is chosen."""

import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from random import Random

from sqlalchemy import func, select
from sqlalchemy.dialects import postgresql, sqlite

from lms.kernel import audit, jobs
from lms.kernel.clock import local, now
from lms.kernel.db import db
from lms.kernel.refused import Refused
from lms.quizzes import queries, rules
from lms.quizzes.models import Answer, Attempt
from lms.tracks import actions as tracks
from lms.tracks import editions, order, parallel
from lms.tracks.course import Quiz
from lms.tracks.models import Enrolment

ABANDONED = timedelta(days=7)  # an open attempt nobody touched for so long is graded from its saved answers


def quiz_of(edition_id: int) -> Quiz:
    """The test as this edition words it."""
    quiz = editions.wording(edition_id).quiz
    if quiz is None:
        raise Refused("This course has no test.")
    return quiz


def start(enrolment: Enrolment, *, at: datetime | None = None, chance: Random | None = None) -> Attempt:
    """Begin a try, or go on with the one that is open: two taps or two devices never make two."""
    at = at or now()
    db.session.execute(select(Enrolment.id).where(Enrolment.id == enrolment.id).with_for_update())
    past = queries.attempts_of(enrolment.id)
    still_open = next((one for one in past if one.submitted_at is None), None)
    if still_open is not None:
        return still_open
    quiz, course = quiz_of(enrolment.edition_id), editions.wording(enrolment.edition_id)
    order.check_may_begin(enrolment, course)
    if "lessons" in course.parts and not queries.lessons_are_read(enrolment.id):
        raise Refused("Read all lessons first; then the test opens.")
    rules.check_may_try(
        quiz,
        tries=len(past),
        passed=any(one.passed for one in past),
        last=max((one.submitted_at for one in past if one.submitted_at), default=None),
        now=at,
    )
    taken = db.session.scalar(select(func.max(Attempt.number)).where(Attempt.enrolment_id == enrolment.id)) or 0
    attempt = Attempt(
        enrolment_id=enrolment.id,
        person_id=enrolment.person_id,
        course_slug=enrolment.course_slug,
        edition_id=enrolment.edition_id,
        number=taken + 1,
        questions=list(parallel.drawn(quiz, chance or secrets.SystemRandom())),
        started_at=at,
    )
    db.session.add(attempt)
    db.session.flush()
    return attempt


def save_answer(
    attempt: Attempt,
    question_slug: str,
    chosen: Sequence[str],
    *,
    counter: int,
    client_id: str,
    at: datetime | None = None,
) -> datetime:
    """Keep a choice; returns when. An older choice that arrives late changes nothing; at the same count, the later arrival holds."""
    at = at or now()
    _hold_open(attempt)
    quiz = quiz_of(attempt.edition_id)
    if question_slug not in attempt.questions:
        raise Refused("This answer does not belong to the question. Load the page again.")
    rules.check_choice(quiz.by_slug[question_slug], chosen)
    dialect = postgresql if db.engine.dialect.name == "postgresql" else sqlite
    written = dialect.insert(Answer).values(
        attempt_id=attempt.id,
        question_slug=question_slug,
        chosen=sorted(chosen),
        counter=counter,
        client_id=client_id,
        saved_at=at,
    )
    kept = written.on_conflict_do_update(
        index_elements=["attempt_id", "question_slug"],
        set_={name: written.excluded[name] for name in ("chosen", "counter", "client_id", "saved_at")},
        where=Answer.counter <= written.excluded.counter,
    )
    db.session.execute(kept)
    return at


def submit(attempt: Attempt, *, at: datetime | None = None) -> rules.Grade:
    """Hand the test in: graded once, from the answers saved. Passing does the part "test" of the course."""
    at = at or now()
    _hold_open(attempt)
    answers = db.session.scalars(select(Answer).where(Answer.attempt_id == attempt.id)).all()
    result = rules.grade(
        quiz_of(attempt.edition_id), attempt.questions, {one.question_slug: one.chosen for one in answers}
    )
    attempt.submitted_at, attempt.score, attempt.passed = at, result.score, result.passed
    if result.passed:
        enrolment = db.session.get_one(Enrolment, attempt.enrolment_id)
        tracks.finish_part(
            enrolment, "test", on=local(at).date(), evidence={"attempt": attempt.id, "score": result.score}
        )
    db.session.flush()
    return result


def void(attempt: Attempt, *, reason: str, by: int | None = None) -> None:
    """The attempt does not count (a mistake, a cheat): what rested on it is undone."""
    if attempt.voided_at is not None:
        return
    attempt.voided_at, attempt.why_voided = now(), reason
    if attempt.passed:
        tracks.retract_part(db.session.get_one(Enrolment, attempt.enrolment_id), "test", reason=reason, by=by)
    db.session.flush()
    audit.record("attempt.voided", "attempt", attempt.id, by=by)


def hand_in_abandoned(*, at: datetime | None = None) -> int:
    """Grade open attempts nobody has touched for a week, from their saved answers; returns how many."""
    at = at or now()
    last = select(func.max(Answer.saved_at)).where(Answer.attempt_id == Attempt.id).scalar_subquery()
    left = select(Attempt).where(
        Attempt.submitted_at.is_(None), func.coalesce(last, Attempt.started_at) < at - ABANDONED
    )
    attempts = db.session.scalars(left).all()
    for attempt in attempts:
        submit(attempt, at=at)
    return len(attempts)


@jobs.every(minutes=60)
def grade_abandoned() -> None:
    """The worker's chore."""
    hand_in_abandoned()


def _hold_open(attempt: Attempt) -> None:
    """Take the attempt's row, so that no answer slips in beside the submission; refuse once it is handed in."""
    held = select(Attempt.submitted_at, Attempt.voided_at).where(Attempt.id == attempt.id).with_for_update()
    submitted_at, voided_at = db.session.execute(held).one()
    if submitted_at is not None or voided_at is not None:
        raise Refused("This test was already handed in. Nothing more can be changed.")
