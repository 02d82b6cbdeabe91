"""What a planning starts from: who lacks what, from which commune, who may teach, who is taken when. And the proposals kept."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from sqlalchemy import Select, exists, func, select

from lms.attendance import people_queries
from lms.attendance import rules as attendance
from lms.attendance.models import ClassSession, ClassTrainer, RollClosing, Seat, TrainingClass
from lms.coverage.models import Proposal
from lms.coverage.planning.draft import Draft, Pair
from lms.coverage.planning.timetable import Taken, Week, half_number
from lms.coverage.planning.worth import Before
from lms.coverage.queries import Coverage, wanted_units
from lms.coverage.question import Question, known
from lms.coverage.records import Kept
from lms.coverage.rules import State
from lms.coverage.standings import done, roster
from lms.kernel.access import missing
from lms.kernel.clock import today
from lms.kernel.db import CURRENT, db
from lms.people.models import Person, Posting
from lms.people.queries import UnitTree, latest_versions, unit_scope, units_at
from lms.people.roles import Role
from lms.people.sign_in import Viewer
from lms.tracks.course import Course
from lms.tracks.models import Completion, Enrolment, PartDone
from lms.tracks.rules import PLACE_KINDS

CLASS = "class"
MOST_KEPT = 10  # drafts that are listed
MOST_PAST = 50  # classes whose attendance is looked at
MOST_PLACES = 60  # offered beyond the communes that miss somebody
AT_ONCE = 5000  # ids in one statement


@dataclass(frozen=True)
class Needs:
    """Who lacks the class of a course and where they come from; who can do all they lack online; who sits in a class already."""

    homes: dict[Pair, int] = field(default_factory=dict)
    online: tuple[Pair, ...] = ()
    seated: dict[Pair, date] = field(default_factory=dict)

    @property
    def by_home(self) -> Counter[int]:
        """Commune -> how many people there need a class."""
        return Counter({person: home for (_course, person), home in self.homes.items()}.values())


def needs(question: Question, i: int, under: int | None, courses: Mapping[str, Course]) -> Needs:
    """Of everyone behind the figure "missing": what each still needs. A course that is not published needs nothing yet."""
    one = question.ruled[i]
    homes = {person: home_of(question.tree, unit) for person, unit in _missing(question, i, under)}
    asked = [slug for slug in dict.fromkeys(one.rule.courses) if slug in courses]
    have = {
        slug: set(db.session.scalars(done(question, replace(one, rule=replace(one.rule, courses=(slug,))))))
        for slug in asked
    }
    attended = {(person, slug) for person, slug in db.session.execute(_attended(question, i))}
    seated = {(slug, question.kept(person)): day for slug, person, day in _seats(asked)}
    found = Needs()
    online = []
    for person, home in sorted(homes.items()):
        lacking = [slug for slug in asked if person not in have[slug]]
        at_home = [slug for slug in lacking if CLASS not in courses[slug].parts or (person, slug) in attended]
        if one.rule.courses_needed == "any":
            lacking = (at_home or [slug for slug in lacking if (slug, person) in seated] or lacking)[:1]
        for slug in lacking:
            if slug in at_home:
                online.append((slug, person))
            elif (slug, person) in seated:
                found.seated[slug, person] = seated[slug, person]
            else:
                found.homes[slug, person] = home
    return replace(found, online=tuple(online))


def home_of(tree: UnitTree, unit: int) -> int:
    """The commune that a unit belongs to; what belongs to none stands for itself."""
    path = tree.path(unit)
    return next((one for one in reversed(path) if tree.versions[one].kind in PLACE_KINDS), unit)


def places(question: Question, under: int | None, homes: Iterable[int]) -> list[int]:
    """Where a class could be held: where people come from, then the other communes, if they are not too many."""
    near = sorted(set(homes))
    inside = question.tree.subtree(under) if under is not None else question.tree.versions.keys()
    others = [one for one in sorted(inside) if question.tree.versions[one].kind in PLACE_KINDS and one not in near]
    return near + (others if len(near) + len(others) <= MOST_PLACES else [])


def taken() -> Taken:
    """Half-days from today on of classes that were not cancelled: whose they are, where, who teaches."""
    ahead = (TrainingClass.cancelled_at.is_(None), ClassSession.on >= today())
    sessions = select(TrainingClass.id, TrainingClass.unit_id, ClassSession.on, ClassSession.half).join(
        ClassSession, ClassSession.class_id == TrainingClass.id
    )
    halves: dict[int, set[int]] = {}
    held: Counter[tuple[int, int]] = Counter()
    weeks: dict[int, Week] = {}
    for class_id, unit_id, on, half in db.session.execute(sessions.where(*ahead).order_by(ClassSession.on.desc())):
        number = half_number(on, half)
        halves.setdefault(class_id, set()).add(number)
        held[unit_id, number] += 1
        year, week, _day = on.isocalendar()
        weeks[class_id] = (year, week)
    running = select(ClassSession.class_id).join(TrainingClass).where(*ahead)
    seats = select(Seat.class_id, Seat.person_id).where(Seat.left_at == CURRENT, Seat.class_id.in_(running))
    teaching = select(ClassTrainer.class_id, ClassTrainer.person_id).where(ClassTrainer.class_id.in_(running))
    found = Taken({}, held, Counter())
    for class_id, person in db.session.execute(seats):
        found.busy.setdefault(person, set()).update(halves[class_id])
    for class_id, person in db.session.execute(teaching):
        found.busy.setdefault(person, set()).update(halves[class_id])
        found.taught[person, weeks[class_id]] += 1
    return found


def before(found: Coverage) -> Before:
    """How it stands, and how many of those with a seat attended enough of the latest closed classes of these units."""
    hosts = sorted(found.question.units)
    latest = (
        select(TrainingClass.id, TrainingClass.min_share)
        .where(TrainingClass.closed_at.is_not(None), TrainingClass.unit_id.in_(hosts))
        .order_by(TrainingClass.closed_at.desc())
        .limit(MOST_PAST)
    )
    shares = {row.id: row.min_share for row in db.session.execute(latest)}
    rolls: Iterable[Any] = db.session.execute(
        select(ClassSession.class_id, ClassSession.id, ClassSession.periods, RollClosing.roll)
        .join(RollClosing, RollClosing.session_id == ClassSession.id)
        .where(ClassSession.class_id.in_(shares))
    )
    periods: dict[int, dict[int, int]] = {}
    states: dict[tuple[int, str], dict[int, str]] = {}
    for class_id, session, tiet, roll in rolls:
        periods.setdefault(class_id, {})[session] = tiet
        for person, state in roll.items():
            states.setdefault((class_id, person), {})[session] = state
    enough = sum(
        attendance.share(periods[class_id], seen).reaches(shares[class_id]) for (class_id, _p), seen in states.items()
    )
    total, target = found.total, found.one.indicator.target
    return Before(total.done, total.required, target, len(periods), len(states), enough)


def trainers(viewer: Viewer) -> list[Person]:
    """Who teaches in the viewer's units: trainers of these, of a unit below or of one above."""
    scope, tree = unit_scope(viewer, Role.OFFICE), units_at(today())
    return people_queries.trainers(scope.union(*(tree.path(unit) for unit in scope)))


def proposal(viewer: Viewer, proposal_id: int) -> Proposal:
    """That proposal, if every unit whose people it plans is the viewer's; else the same 404 as for none."""
    row = db.session.get(Proposal, proposal_id)
    if row is None or not _theirs(row, unit_scope(viewer, Role.OFFICE)):
        missing()
    return row


def kept(viewer: Viewer, indicator_id: int) -> list[Proposal]:
    """Drafts of an indicator that were neither called nor thrown away, the newest first."""
    scope = unit_scope(viewer, Role.OFFICE)
    waiting = (
        select(Proposal)
        .where(Proposal.indicator_id == indicator_id, Proposal.called_at.is_(None), Proposal.thrown_away_at.is_(None))
        .order_by(Proposal.id.desc())
        .limit(MOST_KEPT)
    )
    return [row for row in db.session.scalars(waiting) if _theirs(row, scope)]


def last_terms(viewer: Viewer, indicator_id: int) -> dict[str, Any] | None:
    """What was typed for the last proposal of this indicator."""
    scope = unit_scope(viewer, Role.OFFICE)
    rows = select(Proposal).where(Proposal.indicator_id == indicator_id).order_by(Proposal.id.desc()).limit(MOST_KEPT)
    found = next((row for row in db.session.scalars(rows) if _theirs(row, scope)), None)
    return dict(found.inputs["terms"]) if found else None


def not_called(draft: Draft) -> list[int]:
    """The classes that were made of it and wait to be called."""
    made = [one.made for one in draft.classes if one.made is not None]
    waits = TrainingClass.draft.is_(True) & TrainingClass.cancelled_at.is_(None)
    return list(
        db.session.scalars(select(TrainingClass.id).where(TrainingClass.id.in_(made), waits).order_by(TrainingClass.id))
    )


@dataclass(frozen=True)
class Invitee:
    """A person as a list of invited people shows them."""

    person: Person
    position: str = ""
    unit: str = ""


def invitees(person_ids: Iterable[int]) -> dict[int, Invitee]:
    """These persons with where they work today."""
    wanted = sorted(set(person_ids))
    units = latest_versions()
    found: dict[int, Invitee] = {}
    for start in range(0, len(wanted), AT_ONCE):
        rows: Iterable[Any] = db.session.execute(
            select(Person, Posting)
            .outerjoin(Posting, (Posting.person_id == Person.id) & Posting.true_on(today()))
            .where(Person.id.in_(wanted[start : start + AT_ONCE]))
            .order_by(Posting.id.desc())
        )
        for person, posting in rows:
            unit = units.get(posting.unit_id) if posting else None
            found[person.id] = Invitee(person, posting.position if posting else "", unit.name if unit else "")
    return found


def _theirs(row: Proposal, scope: frozenset[int]) -> bool:
    terms, homes = row.inputs["terms"], {home for _course, _person, home in row.inputs["homes"]}
    of = {row.unit_id} if row.unit_id is not None else set()
    return bool(scope) and (of | homes | set(terms["places"]) | set(row.inputs["units"])) <= scope


def _missing(question: Question, i: int, under: int | None) -> Iterable[tuple[int, int]]:
    rows = roster(question, wanted_units(question, under)).subquery()
    state = rows.c[f"state_{i}"]
    found = (
        select(rows.c.person_id, func.min(rows.c.unit_id).label("unit_id"))
        .where(state == int(State.NOT_DONE))
        .group_by(rows.c.person_id)
    )
    rows_found: Iterable[Any] = db.session.execute(found)
    return [(row.person_id, row.unit_id) for row in rows_found]


def _attended(question: Question, i: int) -> Select[Any]:
    """(person, course) whose class part is done, in a training that is not completed yet."""
    one = question.ruled[i]
    owner = Kept(question, Enrolment.person_id)
    completed = exists().where(Completion.enrolment_id == Enrolment.id, known(Completion, question.known_at))
    return owner.join(
        select(owner.person, Enrolment.course_slug)
        .select_from(Enrolment)
        .join(PartDone, PartDone.enrolment_id == Enrolment.id)
    ).where(
        Enrolment.course_slug.in_(one.rule.courses),
        PartDone.part == CLASS,
        PartDone.on.between(*question.since(one)),
        known(PartDone, question.known_at),
        ~completed,
    )


def _seats(courses: Iterable[str]) -> Iterable[Any]:
    """(course, person, last day) of seats in classes that are still to be held."""
    last = func.max(ClassSession.on)
    return db.session.execute(
        select(TrainingClass.course_slug, Seat.person_id, last)
        .join(Seat, Seat.class_id == TrainingClass.id)
        .join(ClassSession, ClassSession.class_id == TrainingClass.id)
        .where(
            TrainingClass.course_slug.in_(list(courses)),
            TrainingClass.closed_at.is_(None),
            TrainingClass.cancelled_at.is_(None),
            Seat.left_at == CURRENT,
        )
        .group_by(TrainingClass.course_slug, Seat.person_id, TrainingClass.id)
        .having(last >= today())
    )
