"""Who has to take what: from the plans in force, the register and its exceptions, all at once rather than person by person."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, String, and_, exists, false, func, literal, or_, select, true, update
from sqlalchemy.dialects import postgresql, sqlite

from lms.kernel import audit, jobs
from lms.kernel.clock import now, today
from lms.kernel.db import CURRENT, db, reading
from lms.people import queries as people
from lms.people.models import CategoryEnd, Posting, Standing, Succession, UnitVersion
from lms.tracks import cycles, due_days, renewing
from lms.tracks.cycles import Duty
from lms.tracks.models import DueDay, Edition, Enrolment, IndicatorRule, Plan
from lms.tracks.renewing import Booking
from lms.tracks.rules import PopulationRule

LATELY = 20_000  # a transaction that is open for long commits ids that come before others we have seen
_seen: dict[str, tuple[Any, ...]] = {}  # database -> what the register counted when everyone was last enrolled


def units_of(plan: Plan) -> frozenset[int]:
    """The units a plan is for: its own, all that ever stood below it, and, since duties pass on, whoever succeeded one of them."""
    below: dict[int | None, set[int]] = {}
    for unit_id, parent_id in db.session.execute(
        select(UnitVersion.unit_id, UnitVersion.parent_id).where(
            UnitVersion.superseded_at == CURRENT, UnitVersion.parent_id.is_not(None)
        )
    ):
        below.setdefault(parent_id, set()).add(unit_id)
    for row in people.successions():
        below.setdefault(row.old_unit_id, set()).add(row.new_unit_id)
    found: set[int] = set()
    waiting = [plan.scope_unit_id]
    while waiting:
        one = waiting.pop()
        if one not in found:
            found.add(one)
            waiting.extend(below.get(one, ()))
    return frozenset(found)


def bound(duty: Duty, on: date) -> Select[int]:
    """Ids of the persons whom the indicator binds that day: posted in its units, counted by its rule, not exempt, not on leave."""
    excepted = exists().where(
        Standing.person_id == Posting.person_id,
        Standing.true_on(on),
        Standing.indicator_slug.in_(("", duty.indicator.slug)),
        Standing.kind.in_(("exempt", "on_leave")),
    )
    named = exists().where(
        Standing.person_id == Posting.person_id,
        Standing.true_on(on),
        Standing.indicator_slug.in_(("", duty.indicator.slug)),
        Standing.kind == "required",
    )
    return (
        select(Posting.person_id)
        .where(
            Posting.true_on(on),
            Posting.unit_id.in_(units_of(duty.plan)),
            or_(_binds(duty.rule, on), named),
            ~excepted,
        )
        .distinct()
    )


def _binds(rule: PopulationRule, on: date) -> ColumnElement[bool]:
    """`PopulationRule.binds`, said to the database; a category that has ended tells nothing any more."""
    if rule.direct_support:
        return Posting.direct_support.is_(True)
    ended = select(CategoryEnd.category).where(CategoryEnd.on <= on, CategoryEnd.superseded_at == CURRENT)
    return and_(Posting.category.in_(rule.categories), Posting.category.not_in(ended)) if rule.categories else false()


def enrol_required(on: date, by: int | None = None) -> int:
    """Enrol whoever has to be trained and is not enrolled for what that day counts for; returns how many enrolments that made.

    Who came only lately and is not counted yet (`grace_days`) is enrolled too: the course waits for them from the first day.
    """
    # "so many in each place" binds nobody in particular; the nearer day of two is the one to keep
    persons = (duty for duty in cycles.duties(on) if duty.indicator.kind != "places")
    in_force = sorted(persons, key=lambda duty: duty.rule.once != "year")
    yearly = {slug for duty in in_force if duty.rule.once == "year" for slug in duty.rule.courses}
    count = 0
    for duty in in_force:
        made = 0
        for slug, edition_id in _courses(duty.rule):
            booking = Booking(duty, slug, edition_id, on, slug in yearly)
            made += _enrol(booking) + (0 if slug in yearly else renewing.renew(booking, bound(duty, on)))
            due_days.keep(booking)  # a rule that was changed, or a unit, asks for what is still open by another day
        if made:
            audit.record("enrolment.required", "indicator", duty.indicator.id, by=by, count=made, on=on)
        count += made
    return count


def _enrol(booking: Booking) -> int:
    duty, due_on = booking.duty, booking.due_on
    who = bound(duty, booking.on).subquery()
    # Someone who began by their own wish goes on where they are; from now on it says who asks for it, and by when.
    db.session.execute(
        update(Enrolment)
        .where(
            Enrolment.course_slug == booking.course_slug,
            booking.counts,
            Enrolment.indicator_id.is_(None),
            Enrolment.person_id.in_(select(who.c.person_id)),
        )
        .values(indicator_id=duty.indicator.id, due_on=due_on)
        .execution_options(synchronize_session=False)
    )
    enrolled = exists().where(
        Enrolment.person_id == who.c.person_id, Enrolment.course_slug.in_(booking.enough), booking.counts
    )
    columns = {
        "person_id": who.c.person_id,
        "course_slug": literal(booking.course_slug, String),
        "cycle": literal(booking.cycle, String),
        "edition_id": literal(booking.edition_id),
        "indicator_id": literal(duty.indicator.id),
        "enrolled_at": literal(now(), Enrolment.enrolled_at.type),
        "due_on": literal(due_on, Enrolment.due_on.type),
    }
    dialect = postgresql if db.engine.dialect.name == "postgresql" else sqlite
    statement = (
        dialect.insert(Enrolment)
        .from_select(list(columns), select(*columns.values()).where(true(), ~enrolled))
        .on_conflict_do_nothing()
    )
    made: Any = db.session.execute(statement, execution_options={"preserve_rowcount": True})
    return int(made.rowcount)


def _courses(rule: PopulationRule) -> Iterator[tuple[str, int]]:
    """(course, its newest edition) for each course the rule asks for; with "any", the first of them. Unpublished ones wait."""
    asked = rule.courses if rule.courses_needed == "all" else rule.courses[:1]
    rows = db.session.execute(
        select(Edition.course_slug, Edition.id).where(Edition.course_slug.in_(asked)).order_by(Edition.number)
    )
    latest = {row.course_slug: row.id for row in rows}
    yield from ((slug, latest[slug]) for slug in asked if slug in latest)


@jobs.every(1)
def enrol_newcomers() -> None:
    """Each minute: if anything that decides who has to be trained changed since last time, enrol them."""
    database = str(db.engine.url)
    with reading():  # the look takes no write lock
        counted = _counted()
        db.session.rollback()
    if _seen.get(database) == counted:
        return
    enrol_required(today())
    db.session.commit()  # before we remember: what was not kept is tried again
    _seen[database] = counted


def _counted() -> tuple[Any, ...]:
    """Rows of what decides are only ever added or superseded, so counting them tells whether something changed. The large table
    is counted at its end alone: its last id, and how many of the ids before it are there by now."""
    last = select(func.max(Posting.id)).scalar_subquery()
    lately = select(func.count()).where(Posting.id > last - LATELY).scalar_subquery()
    counts = [
        select(func.count()).select_from(kind).scalar_subquery()
        for kind in (UnitVersion, Succession, Standing, CategoryEnd, IndicatorRule, Edition, Plan, DueDay)
    ]
    lifted = [
        select(func.count()).where(kind.superseded_at != CURRENT).scalar_subquery()
        for kind in (Standing, CategoryEnd, DueDay)
    ]
    return (today(), *db.session.execute(select(last, lately, *counts, *lifted)).one())
