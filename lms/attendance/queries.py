"""Which classes a viewer may see, and whom in them. Lists, pages, rolls and sheets all go through here."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, bindparam, case, exists, false, func, or_, select
from sqlalchemy.orm import selectinload

from lms.attendance.models import ClassSession, ClassTrainer, Seat, TrainingClass
from lms.kernel.access import missing
from lms.kernel.clock import today
from lms.kernel.db import CURRENT, db, rows_of
from lms.people.models import Posting
from lms.people.queries import latest_versions, records_of, unit_scope, units_at
from lms.people.roles import Role
from lms.people.sign_in import Viewer
from lms.tracks import editions
from lms.tracks.models import Edition

HOSTS = (Role.FOCAL, Role.OFFICE)  # who calls classes, over their units


@dataclass(frozen=True)
class Sight:
    """What a viewer may do in one class, and whom in it they see."""

    teaches: bool  # one of its trainers
    hosts: bool  # focal or office over the host unit
    scope: frozenset[int]  # units whose people they may see, and give seats to
    person_id: int | None

    @property
    def leads(self) -> bool:
        """Keeps the rolls and sees everyone with a seat."""
        return self.teaches or self.hosts


@dataclass(frozen=True)
class ClassLine:
    """A class in a list."""

    row: TrainingClass
    course: str
    unit: str
    days: tuple[date, ...]  # the days it is held on
    today: tuple[ClassSession, ...]  # the half-days it is held today
    mine: bool  # the viewer has a seat
    led: bool  # the viewer keeps its rolls

    @property
    def state(self) -> str:
        if self.row.cancelled_at:
            return "cancelled"
        if self.row.closed_at:
            return "closed"
        if self.row.draft:
            return "draft"
        return "today" if self.today else "open"


def visible_classes(viewer: Viewer, scope: frozenset[int] | None = None) -> Select[TrainingClass]:
    """Classes they teach; of the units they answer for; and, once called, with a person of those, those they sit in, open ones
    they may join."""
    scope = unit_scope(viewer, *HOSTS) if scope is None else scope
    return _visible(_teaches(viewer), bool(scope)).params(_sees(viewer, scope))


def find(viewer: Viewer, class_id: int) -> tuple[TrainingClass, Sight]:
    """That class and what this viewer may do in it, if they may see it; else the same 404 as for none."""
    scope = unit_scope(viewer, *HOSTS)
    found: TrainingClass | None = db.session.scalar(
        visible_classes(viewer, scope)
        .where(TrainingClass.id == class_id)
        .options(
            selectinload(TrainingClass.sessions),
            selectinload(TrainingClass.trainers).selectinload(ClassTrainer.person),
        )
    )
    row = found or missing()
    teaches = viewer.holds(Role.TRAINER) and viewer.person_id in {one.person_id for one in row.trainers}
    return row, Sight(teaches, row.unit_id in scope, scope, viewer.person_id)


def own_records(viewer: Viewer) -> list[int]:
    """Every record that is the viewer: a seat may be any of theirs."""
    return list(db.session.scalars(records_of(viewer.person_id)))


def running(viewer: Viewer) -> Select[TrainingClass]:
    """Neither closed nor cancelled: today's first, then by the next day they are held on."""
    scope = unit_scope(viewer, *HOSTS)
    return _running(_teaches(viewer), bool(scope)).params(_sees(viewer, scope))


def over(viewer: Viewer) -> Select[TrainingClass]:
    """Closed or cancelled, the latest first."""
    return (
        visible_classes(viewer)
        .where(or_(TrainingClass.closed_at.is_not(None), TrainingClass.cancelled_at.is_not(None)))
        .order_by(_first_day().desc(), TrainingClass.id.desc())
    )


def open_classes(unit_ids: Iterable[int]) -> list[TrainingClass]:
    """Classes called by these units that are neither closed nor cancelled, oldest first."""
    return list(
        db.session.scalars(
            select(TrainingClass)
            .where(
                TrainingClass.unit_id.in_(set(unit_ids)),
                TrainingClass.closed_at.is_(None),
                TrainingClass.cancelled_at.is_(None),
            )
            .order_by(TrainingClass.id)
        )
    )


def classes_called(unit_ids: Iterable[int]) -> int:
    """How many classes these units ever called and did not cancel."""
    called = select(func.count(TrainingClass.id)).where(
        TrainingClass.unit_id.in_(set(unit_ids)), TrainingClass.cancelled_at.is_(None)
    )
    return db.session.scalar(called) or 0


def lines(viewer: Viewer, rows: Iterable[TrainingClass], sight: Sight | None = None) -> list[ClassLine]:
    """These classes as a list shows them; one found with its `sight` asks less. A fixed number of statements."""
    rows = list(rows)
    if not rows:
        return []
    sessions: dict[int, list[ClassSession]] = {row.id: [] for row in rows}
    planned = select(ClassSession).where(ClassSession.class_id.in_(sessions))
    for one in db.session.scalars(planned.order_by(ClassSession.on, ClassSession.half)):
        sessions[one.class_id].append(one)
    own = select(Seat.class_id).where(Seat.person_id.in_(records_of(viewer.person_id)), Seat.left_at == CURRENT)
    mine = set(db.session.scalars(own.where(Seat.class_id.in_(sessions))))
    leads = _led(viewer, sessions) if sight is None else {row.id for row in rows if sight.leads}
    units, courses = latest_versions(), course_titles()
    return [
        ClassLine(
            row=row,
            course=courses.get(row.course_slug, row.course_slug),
            unit=units[row.unit_id].name if row.unit_id in units else "",
            days=tuple(dict.fromkeys(one.on for one in sessions[row.id])),
            today=tuple(one for one in sessions[row.id] if one.on == today() and not row.draft),
            mine=row.id in mine,
            led=row.id in leads,
        )
        for row in rows
    ]


def course_titles() -> dict[str, str]:
    """Each published course by the title of its newest edition."""
    newest = select(func.max(Edition.id)).group_by(Edition.course_slug)
    courses = [editions.wording(edition_id) for edition_id in db.session.scalars(newest).all()]
    return {course.slug: course.title for course in sorted(courses, key=lambda course: (course.track, course.title))}


def _led(viewer: Viewer, class_ids: Iterable[int]) -> set[int]:
    taught = TrainingClass.id.in_(_taught(viewer.person_id)) if _teaches(viewer) else false()
    led = or_(taught, TrainingClass.unit_id.in_(unit_scope(viewer, *HOSTS)))
    return set(db.session.scalars(select(TrainingClass.id).where(TrainingClass.id.in_(list(class_ids)), led)))


_DAY: Any = bindparam("day")
_PERSON: Any = bindparam("person_id")
_SCOPE: Any = bindparam("scope", expanding=True)
_HERE = select(Posting.unit_id).where(Posting.person_id == _PERSON, Posting.true_on(_DAY))


@cache  # built once for each kind of viewer, because everybody's first page asks it
def _visible(teaches: bool, answers: bool) -> Select[TrainingClass]:
    seated = select(Seat.class_id).where(Seat.left_at == CURRENT)
    working = select(Posting.person_id).where(Posting.unit_id.in_(_SCOPE), Posting.superseded_at == CURRENT)
    ahead = exists().where(ClassSession.class_id == TrainingClass.id, ClassSession.on >= _DAY)
    still_open = and_(TrainingClass.closed_at.is_(None), TrainingClass.cancelled_at.is_(None), ahead)
    return select(TrainingClass).where(
        or_(
            TrainingClass.id.in_(_taught(_PERSON)) if teaches else false(),
            TrainingClass.unit_id.in_(_SCOPE) if answers else false(),
            and_(
                TrainingClass.draft.is_(False),
                or_(
                    TrainingClass.id.in_(seated.where(Seat.person_id.in_(records_of(_PERSON)))),
                    TrainingClass.id.in_(seated.where(Seat.person_id.in_(working))) if answers else false(),
                    and_(still_open, TrainingClass.unit_id.in_(bindparam("above", expanding=True))),
                ),
            ),
        )
    )


@cache
def _running(teaches: bool, answers: bool) -> Select[TrainingClass]:
    next_on = _first_day(ClassSession.on >= _DAY)
    return (
        _visible(teaches, answers)
        .where(TrainingClass.closed_at.is_(None), TrainingClass.cancelled_at.is_(None))
        .order_by(case((next_on.is_(None), 1), else_=0), next_on, TrainingClass.id)
    )


def _sees(viewer: Viewer, scope: frozenset[int]) -> dict[str, Any]:
    """What `_visible` asks of this viewer."""
    above = _hosts_above(viewer, scope)
    return {"person_id": viewer.person_id or 0, "day": today(), "scope": sorted(scope), "above": sorted(above)}


def _teaches(viewer: Viewer) -> bool:
    return bool(viewer.person_id) and viewer.holds(Role.TRAINER)


def _taught(person_id: Any) -> Select[int]:
    return select(ClassTrainer.class_id).where(ClassTrainer.person_id == person_id)


def _hosts_above(viewer: Viewer, scope: frozenset[int]) -> frozenset[int]:
    """The viewer's own units and those of their people, and every unit above: their classes are open to these people."""
    tree = units_at(today())
    here = [row.unit_id for row in rows_of(_HERE, person_id=viewer.person_id or 0, day=today())]
    below = {*here, *(unit_id for unit_id in scope if unit_id in tree)}
    return frozenset(step for unit_id in below for step in tree.path(unit_id))


def _first_day(*where: ColumnElement[bool]) -> ColumnElement[date]:
    return select(func.min(ClassSession.on)).where(ClassSession.class_id == TrainingClass.id, *where).scalar_subquery()
