"""What a closed class means for the people in it: the part "class" of their course is done, or no longer stands."""

from collections.abc import Iterable

from sqlalchemy import select

from lms.attendance import rolls, rules
from lms.attendance.models import Seat, TrainingClass
from lms.attendance.rules import Share
from lms.kernel.db import CURRENT, db
from lms.tracks import actions as tracks
from lms.tracks import cycles
from lms.tracks.models import Enrolment, PartDone

PART = "class"


def all_closed(class_id: int) -> bool:
    """Every planned half-day has its roll closed."""
    return {row.id for row in rolls.sessions_of(class_id)} == set(rolls.closings_of(class_id))


def shares(class_id: int, person_ids: Iterable[int]) -> dict[int, Share]:
    """How much of the class each of these people attended."""
    periods = {row.id: row.periods for row in rolls.sessions_of(class_id)}
    marked = rolls.rolls_of(class_id)
    return {
        person_id: rules.share(
            periods, {session_id: roll[person_id] for session_id, roll in marked.items() if person_id in roll}
        )
        for person_id in person_ids
    }


def settle(row: TrainingClass, person_ids: Iterable[int], *, reason: str, by: int | None) -> None:
    """Give the part to whoever attended enough of this closed class; take it back from whoever, corrected, did not.

    Walk-ins are enrolled on the way. A part that rests on another class is left alone.
    """
    on = rolls.sessions_of(row.id)[-1].on
    for person_id, share in sorted(shares(row.id, person_ids).items()):
        if share.reaches(row.min_share):
            enrolment = tracks.enrol(person_id, row.course_slug, on=on)
            evidence = {"class": row.id, "share": share.percent}
            tracks.finish_part(enrolment, PART, on=on, evidence=evidence, by=by)
        else:
            _take_back(row, person_id, reason, by)


def _take_back(row: TrainingClass, person_id: int, reason: str, by: int | None) -> None:
    held = (
        select(Enrolment, PartDone)
        .join(PartDone, PartDone.enrolment_id == Enrolment.id)
        .where(
            Enrolment.person_id == person_id,
            Enrolment.course_slug == row.course_slug,
            PartDone.part == PART,
            PartDone.superseded_at == CURRENT,
        )
    )
    for enrolment, part in db.session.execute(held).all():
        if part.evidence.get("class") == row.id:
            tracks.retract_part(enrolment, PART, reason=reason, by=by)
            _stand_on_another(row, enrolment, by)


def _stand_on_another(row: TrainingClass, enrolment: Enrolment, by: int | None) -> None:
    """Another closed class of the same course and cycle that they attended enough still gives the part."""
    others = (
        select(TrainingClass)
        .join(Seat, Seat.class_id == TrainingClass.id)
        .where(
            TrainingClass.course_slug == row.course_slug,
            TrainingClass.id != row.id,
            TrainingClass.closed_at.is_not(None),
            Seat.person_id == enrolment.person_id,
            Seat.left_at == CURRENT,
        )
        .order_by(TrainingClass.id)
    )
    for other in db.session.scalars(others).all():
        on = rolls.sessions_of(other.id)[-1].on
        share = shares(other.id, [enrolment.person_id])[enrolment.person_id]
        if share.reaches(other.min_share) and enrolment.cycle in cycles.period(on).cycles:
            evidence = {"class": other.id, "share": share.percent}
            tracks.finish_part(enrolment, PART, on=on, evidence=evidence, by=by)
            return
