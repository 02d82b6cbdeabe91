"""By when the people of a unit complete a course: the plan's own day, or an earlier or later one that their office or focal person set.

The day of the nearest unit above holds; of somebody in two units, the earlier one. It holds for whoever was enrolled by that day: who
comes later gets the plan's day, and so does a new year.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import ColumnElement, and_, exists, or_, select, true, update

from lms.kernel import audit
from lms.kernel.access import missing
from lms.kernel.clock import at_hour, now, today
from lms.kernel.db import CURRENT, db
from lms.kernel.refused import Refused
from lms.people.models import Posting
from lms.people.queries import UnitTree, units_at
from lms.tracks import cycles
from lms.tracks.models import DueDay, Enrolment
from lms.tracks.renewing import COMPLETED, Booking


@dataclass(frozen=True)
class Line:
    """A day that was set, with the name of its unit."""

    row: DueDay
    unit: str


def asked_courses(on: date) -> dict[str, date]:
    """The courses that a plan in force asks people for, each with the last day that may be set."""
    found: dict[str, date] = {}
    for duty in cycles.duties(on):
        for slug in duty.rule.courses if duty.indicator.kind != "places" else ():
            found[slug] = max(duty.plan.ends_on, found.get(slug, duty.plan.ends_on))
    return found


def set_day(unit_id: int, course_slug: str, due_on: date, *, by: int | None = None) -> DueDay:
    """From now on it is that day; the one that held is kept, superseded. The same day again changes nothing."""
    last = asked_courses(today()).get(course_slug)
    if last is None:
        raise Refused("No plan in force asks for this course, so there is no day to set.")
    if not today() <= due_on <= last:
        raise Refused("Choose a day from today to %(last)s, the last day of the plan.", last=last.strftime("%d/%m/%Y"))
    held = _held(unit_id, course_slug)
    if held is not None and held.due_on == due_on:
        return held
    if held is not None:
        held.superseded_at = now()
        db.session.flush()  # one holds at a time, and the constraint sees each statement
    row = DueDay(unit_id=unit_id, course_slug=course_slug, due_on=due_on, recorded_by=by)
    db.session.add(row)
    db.session.flush()
    audit.record("due_day.set", "unit", unit_id, by=by, course=course_slug, due_on=due_on)
    return row


def drop(row: DueDay, *, by: int | None = None) -> None:
    """The plan's own day again."""
    if row.superseded_at != CURRENT:
        return
    row.superseded_at = now()
    db.session.flush()
    audit.record("due_day.dropped", "unit", row.unit_id, by=by, course=row.course_slug)


def keep(booking: Booking) -> None:
    """Each open enrolment that the indicator asks for has the day its unit set, or the plan's."""
    days = _by_day(booking.course_slug, booking.on)
    spoken_for: list[ColumnElement[bool]] = []
    for due_on in sorted(days):
        here = select(Posting.person_id).where(Posting.true_on(booking.on), Posting.unit_id.in_(days[due_on]))
        in_time = Enrolment.enrolled_at < at_hour(due_on + timedelta(days=1), 0)
        theirs = and_(Enrolment.person_id.in_(here), in_time)
        _move(booking, due_on, and_(theirs, ~or_(*spoken_for)) if spoken_for else theirs)
        spoken_for.append(theirs)
    _move(booking, booking.due_on, ~or_(*spoken_for) if spoken_for else true())


def _move(booking: Booking, due_on: date, whose: ColumnElement[bool]) -> None:
    db.session.execute(
        update(Enrolment)
        .where(
            Enrolment.course_slug == booking.course_slug,
            Enrolment.indicator_id == booking.duty.indicator.id,
            Enrolment.due_on != due_on,
            booking.counts if booking.yearly else Enrolment.cycle == booking.cycle,
            ~exists().where(COMPLETED),
            whose,
        )
        .values(due_on=due_on)
        .execution_options(synchronize_session=False)
    )


def _by_day(course_slug: str, on: date) -> dict[date, list[int]]:
    """Day -> the units for which it holds: their own, else that of the nearest one above."""
    held = select(DueDay).where(DueDay.course_slug == course_slug, DueDay.superseded_at == CURRENT)
    own = {row.unit_id: row.due_on for row in db.session.scalars(held)}
    if not own:
        return {}
    tree, found = units_at(on), dict[date, list[int]]()
    for unit_id in tree.versions:
        nearest = next((one for one in reversed(tree.path(unit_id)) if one in own), None)
        if nearest is not None:
            found.setdefault(own[nearest], []).append(unit_id)
    return found


def lines(scope: Iterable[int], tree: UnitTree) -> list[Line]:
    """The days set for these units, the next one first."""
    units = [one for one in scope if one in tree]
    rows = db.session.scalars(
        select(DueDay)
        .where(DueDay.unit_id.in_(units), DueDay.superseded_at == CURRENT)
        .order_by(DueDay.due_on, DueDay.id)
    )
    return [Line(row, tree.name(row.unit_id)) for row in rows]


def find(scope: Iterable[int], due_day_id: int) -> DueDay:
    """One of them, also after it was dropped; anyone else's is not there."""
    row = db.session.scalar(select(DueDay).where(DueDay.id == due_day_id, DueDay.unit_id.in_(list(scope))))
    return row or missing()


def _held(unit_id: int, course_slug: str) -> DueDay | None:
    return db.session.scalar(
        select(DueDay).where(
            DueDay.unit_id == unit_id, DueDay.course_slug == course_slug, DueDay.superseded_at == CURRENT
        )
    )
