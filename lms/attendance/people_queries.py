"""The people of a class: who has a seat and how they attended, who could be given one, who may teach."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date

from sqlalchemy import ColumnElement, Select, exists, or_, select, true
from sqlalchemy.orm import InstrumentedAttribute, aliased

from lms.attendance import outcome, rolls, rules
from lms.attendance.models import ClassSession, Mark, Seat, TrainingClass
from lms.attendance.queries import Sight
from lms.attendance.rules import Share
from lms.kernel.clock import today
from lms.kernel.db import CURRENT, db
from lms.kernel.vietnamese import search_key
from lms.people.models import Account, Person, Posting, RoleGrant
from lms.people.queries import latest_versions
from lms.people.roles import Role
from lms.tracks import cycles
from lms.tracks.models import Completion, Enrolment, PartDone

MOST_FOUND = 300  # people offered at once; more, and one searches by name

NOTHING = Share(0, 0)


@dataclass(frozen=True)
class PersonLine:
    """A person as the list, the roll and the sheet show them. No phone, no date of birth beyond the year."""

    id: int
    name: str
    birth_year: int | None
    position: str
    unit: str
    share: Share = NOTHING
    states: dict[int, str] = field(default_factory=dict)  # session id -> state


@dataclass(frozen=True)
class Correction:
    """A correction of a closed roll, as the page tells it."""

    name: str
    state: str
    reason: str
    mark: Mark


def seated(row: TrainingClass, sight: Sight) -> list[PersonLine]:
    """The people with a seat whom this viewer may see, in the order of a Vietnamese list. A fixed number of statements."""
    held = select(Seat.person_id).where(Seat.class_id == row.id, Seat.left_at == CURRENT)
    if not sight.leads:
        own: ColumnElement[bool] = Seat.person_id == (sight.person_id or 0)
        held = held.where(or_(own, _posted(Seat.person_id, sight.scope)) if sight.scope else own)
    people = _lines(select(Person).where(Person.id.in_(held)), row.sessions[-1].on)
    marked = rolls.rolls_of(row.id)
    periods = {session.id: session.periods for session in row.sessions}
    attended = []
    for line in people:
        states = {session_id: roll[line.id] for session_id, roll in marked.items() if line.id in roll}
        attended.append(replace(line, share=rules.share(periods, states), states=states))
    return attended


def seatable(row: TrainingClass, sight: Sight, *, words: str = "", due: bool = False) -> list[PersonLine]:
    """People of the viewer's units without a seat here: found by name, or with `due` all who still have to do this course's class."""
    if not sight.scope or not (words or due):
        return []
    held = select(Seat.person_id).where(Seat.class_id == row.id, Seat.left_at == CURRENT)
    wanted = select(Person).where(_posted(Person.id, sight.scope, on=today()), Person.id.not_in(held))
    for word in search_key(words).split():
        wanted = wanted.where(Person.search_key.contains(word, autoescape=True))
    if due:
        wanted = wanted.where(Person.id.in_(_due(row)))
    return _lines(wanted.limit(MOST_FOUND), today())


def reachable(sight: Sight, person_ids: Iterable[int]) -> list[int]:
    """Those of these persons whom the viewer may give a seat: they work in the viewer's units."""
    if not sight.scope:
        return []
    asked = Person.id.in_(list(person_ids))
    return list(db.session.scalars(select(Person.id).where(asked, _posted(Person.id, sight.scope, on=today()))))


def by_staff_code(code: str) -> int | None:
    """Who carries exactly this staff code: how a trainer takes in someone who walks in."""
    return db.session.scalar(select(Person.id).where(Person.staff_code == code.strip())) if code.strip() else None


def trainers(scope: frozenset[int] | None = None) -> list[Person]:
    """Everyone who holds the trainer's role today; with a scope, over one of these units."""
    holds = (
        select(Account.person_id)
        .join(RoleGrant, RoleGrant.account_id == Account.id)
        .where(
            RoleGrant.role == Role.TRAINER,
            RoleGrant.superseded_at == CURRENT,
            RoleGrant.valid_from <= today(),
            today() < RoleGrant.valid_to,
            Account.disabled_at.is_(None),
            true() if scope is None else RoleGrant.unit_id.in_(scope),
        )
    )
    return list(db.session.scalars(select(Person).where(Person.id.in_(holds)).order_by(Person.sort_key, Person.id)))


def corrections(session_id: int) -> list[Correction]:
    """Every correction of a closed roll, oldest first."""
    made = (
        select(Mark, Person.full_name)
        .join(Person, Person.id == Mark.person_id)
        .where(Mark.session_id == session_id, Mark.correction != "")
        .order_by(Mark.id)
    )
    return [Correction(name, mark.state, mark.correction, mark) for mark, name in db.session.execute(made)]


def _lines(people: Select[Person], on: date) -> list[PersonLine]:
    """These persons with where they worked on that day: two statements and the units' names."""
    found = list(db.session.scalars(people.order_by(Person.sort_key, Person.birth, Person.id)))
    posts = _posts([person.id for person in found], on)
    units = latest_versions() if posts else {}
    lines = []
    for person in found:
        post = posts.get(person.id)
        unit = units.get(post.unit_id) if post else None
        lines.append(
            PersonLine(
                person.id,
                person.full_name,
                person.birth.year if person.birth else None,
                post.position if post else "",
                unit.name if unit else "",
            )
        )
    return lines


def _posts(person_ids: Iterable[int], on: date) -> dict[int, Posting]:
    """Where each worked on that day; who had left by then, where they worked last."""
    held = select(Posting).where(Posting.person_id.in_(list(person_ids)), Posting.superseded_at == CURRENT)
    before = held.where(Posting.valid_from <= on).order_by(Posting.valid_to, Posting.valid_from, Posting.id)
    return {post.person_id: post for post in db.session.scalars(before)}


def _posted(
    person_id: InstrumentedAttribute[int], scope: frozenset[int], on: date | None = None
) -> ColumnElement[bool]:
    there = select(Posting.person_id).where(Posting.unit_id.in_(scope), Posting.superseded_at == CURRENT)
    return person_id.in_(there.where(Posting.true_on(on)) if on else there)


def _due(row: TrainingClass) -> Select[int]:
    """Enrolled because an indicator asks for it, in the cycle of this class, and the class part not done."""
    last = db.session.scalar(
        select(ClassSession.on).where(ClassSession.class_id == row.id).order_by(ClassSession.on.desc()).limit(1)
    )
    newer = aliased(Enrolment)  # what was begun for an earlier year gives way to the next
    later = exists().where(
        newer.person_id == Enrolment.person_id,
        newer.course_slug == Enrolment.course_slug,
        newer.id > Enrolment.id,
    )
    part = exists().where(
        PartDone.enrolment_id == Enrolment.id, PartDone.part == outcome.PART, PartDone.superseded_at == CURRENT
    )
    done = exists().where(Completion.enrolment_id == Enrolment.id, Completion.superseded_at == CURRENT)
    return select(Enrolment.person_id).where(
        Enrolment.course_slug == row.course_slug,
        Enrolment.indicator_id.is_not(None),
        Enrolment.cycle.in_(cycles.period(last or today()).cycles),
        ~later,
        ~part,
        ~done,
    )
