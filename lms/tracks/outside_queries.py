"""Training taken elsewhere as pages show it: what waits for the office, what a person has. All through the viewer's units."""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import Select, func, select

from lms.kernel.access import missing
from lms.kernel.db import db
from lms.people.account_queries import names_of
from lms.people.models import Person
from lms.people.queries import persons_of_units, persons_tended, unit_scope
from lms.people.roles import Role
from lms.people.same_queries import are_one
from lms.people.sign_in import Viewer
from lms.tracks import editions
from lms.tracks.course import CONFIDENTIAL, Course
from lms.tracks.models import Edition, OutsideTraining


@dataclass(frozen=True)
class Line:
    """A paper with the person it is about, the course it stands for, and who entered and decided it."""

    row: OutsideTraining
    person: Person
    course: str
    entered_by: str
    decided_by: str


def papers_of(units: Iterable[int]) -> Select[OutsideTraining]:
    """Of everyone who works or worked in one of these units."""
    return (
        select(OutsideTraining)
        .join(Person, Person.id == OutsideTraining.person_id)
        .where(persons_of_units(frozenset(units)))
    )


def waiting(units: Iterable[int]) -> Select[OutsideTraining]:
    """Those nobody has decided yet, oldest first."""
    return (
        papers_of(units)
        .where(OutsideTraining.state == "waiting", persons_tended(frozenset(units)))
        .order_by(OutsideTraining.recorded_at, OutsideTraining.id)
    )


def count_waiting(units: Iterable[int]) -> int:
    """How many wait for the office of these units."""
    ids = waiting(units).order_by(None).with_only_columns(OutsideTraining.id).subquery()
    return db.session.scalar(select(func.count()).select_from(ids)) or 0


def decided(units: Iterable[int]) -> Select[OutsideTraining]:
    """The rest, the latest decision first."""
    return (
        papers_of(units)
        .where(OutsideTraining.state != "waiting")
        .order_by(OutsideTraining.decided_at.desc(), OutsideTraining.id.desc())
    )


def find(viewer: Viewer, outside_id: int, *roles: Role) -> OutsideTraining:
    """That paper, if its person is of the units over which the viewer holds one of these roles; else the 404 of nobody's."""
    scope = unit_scope(viewer, *(roles or (Role.FOCAL, Role.OFFICE)))
    found: OutsideTraining | None = db.session.scalar(papers_of(scope).where(OutsideTraining.id == outside_id))
    return found or missing()


def find_to_act(viewer: Viewer, outside_id: int, *roles: Role) -> OutsideTraining:
    """The same to enter, withdraw or decide: of somebody who works elsewhere now, their new unit and office do."""
    tended = persons_tended(unit_scope(viewer, *roles))
    query = select(OutsideTraining).join(Person, Person.id == OutsideTraining.person_id)
    found: OutsideTraining | None = db.session.scalar(query.where(tended, OutsideTraining.id == outside_id))
    return found or missing()


def may_decide(viewer: Viewer, row: OutsideTraining) -> bool:
    """Whether it is for this viewer's office to decide: not about themselves."""
    if not viewer.holds(Role.OFFICE) or (viewer.person_id and are_one(viewer.person_id, row.person_id)):
        return False
    tended = persons_tended(unit_scope(viewer, Role.OFFICE))
    return db.session.scalar(select(Person.id).where(Person.id == row.person_id, tended)) is not None


def of_person(person_id: int) -> list[Line]:
    """All papers of a person the viewer has found, the newest training first."""
    return lines(
        db.session.scalars(
            select(OutsideTraining)
            .where(OutsideTraining.person_id == person_id)
            .order_by(OutsideTraining.held_on.desc(), OutsideTraining.id.desc())
        )
    )


def lines(rows: Iterable[OutsideTraining]) -> list[Line]:
    """What a list tells of each. Three statements, however many there are."""
    asked = list(rows)
    people = {
        one.id: one for one in db.session.scalars(select(Person).where(Person.id.in_({row.person_id for row in asked})))
    }
    accounts = {row.recorded_by for row in asked} | {row.decided_by for row in asked}
    named = names_of(accounts)
    titles = {course.slug: course.title for course in courses()}
    return [
        Line(
            row,
            people[row.person_id],
            titles.get(row.course_slug, row.course_slug),
            named.get(row.recorded_by or 0, ""),
            named.get(row.decided_by or 0, ""),
        )
        for row in asked
    ]


def courses() -> list[Course]:
    """The published courses that know persons, in their newest wording."""
    newest = select(func.max(Edition.id)).group_by(Edition.course_slug)
    found = (editions.wording(one) for one in db.session.scalars(newest).all())
    return sorted((one for one in found if one.track != CONFIDENTIAL), key=lambda one: (one.track, one.slug))
