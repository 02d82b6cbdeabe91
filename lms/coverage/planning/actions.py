"""What the office does with a proposal: have it made, change it, throw it away, make classes of it."""

from collections.abc import Callable, Mapping
from dataclasses import replace

from sqlalchemy import select

from lms.attendance import actions as attendance
from lms.coverage.models import Proposal
from lms.coverage.planning import draft as drafts
from lms.coverage.planning import queries, terms
from lms.coverage.planning.draft import Draft, Planned
from lms.coverage.planning.proposing import Task, propose
from lms.coverage.planning.terms import Terms
from lms.coverage.planning.timetable import Room
from lms.coverage.question import Question
from lms.kernel import audit
from lms.kernel.clock import now, today
from lms.kernel.db import db
from lms.kernel.refused import Refused
from lms.kernel.vietnamese import short_date
from lms.people.queries import latest_versions
from lms.tracks import actions as tracks
from lms.tracks.course import Course


def make(
    question: Question,
    i: int,
    under: int | None,
    courses: Mapping[str, Course],
    asked: Terms,
    *,
    by: int | None = None,
) -> Proposal:
    """A proposal for everyone whom the indicator misses, kept as a draft."""
    terms.check(asked, today())
    if asked.deadline > question.plan.ends_on:
        raise Refused(
            "The plan ends on %(day)s: a class held later does not count for it.", day=short_date(question.plan.ends_on)
        )
    needs = queries.needs(question, i, under, courses)
    if not (needs.homes or needs.online or needs.seated):
        raise Refused("Nobody is missing here who could be trained: there is nothing to plan.")
    one = question.ruled[i]
    half_days = {slug: asked.half_days_of(courses[slug].hours) for slug in one.rule.courses if slug in courses}
    found = _proposed(Draft(asked, half_days, needs.homes, online=needs.online, seated=needs.seated))
    inputs, classes = drafts.written(found)
    inputs["units"] = sorted({under} if under is not None else set(question.tree.roots))
    row = Proposal(
        indicator_id=one.indicator.id, unit_id=under, inputs=inputs, classes=classes, made_at=now(), made_by=by
    )
    db.session.add(row)
    db.session.flush()
    audit.record("proposal.made", "proposal", row.id, by=by, classes=len(classes), people=found.invited)
    return row


def edit(proposal_id: int, change: Callable[[Draft], Draft], *, by: int | None = None) -> Draft:
    """A change, kept if everything that must hold of classes still holds; else it is refused and nothing is changed."""
    row = _open(proposal_id)
    changed = change(drafts.read(row.inputs, row.classes))
    drafts.check(changed, queries.taken(), today())
    inputs, row.classes = drafts.written(changed)
    row.inputs = {**row.inputs, **inputs}
    db.session.flush()
    audit.record("proposal.changed", "proposal", row.id, by=by, classes=len(row.classes), people=changed.invited)
    return changed


def throw_away(proposal_id: int, *, by: int | None = None) -> None:
    """The draft is not wanted. Thrown away twice, it is thrown away once."""
    row = _locked(proposal_id)
    if row.thrown_away_at is None:
        _check_not_called(row)
        row.thrown_away_at = now()
        db.session.flush()
        audit.record("proposal.thrown_away", "proposal", row.id, by=by)


def make_classes(
    proposal_id: int, question: Question, courses: Mapping[str, Course], *, by: int | None = None
) -> Draft:
    """Draft classes with their people's seats, and days by which the others have to study. All or nothing; done twice, done once.

    Whoever no longer lacks the class, or got a seat elsewhere meanwhile, is left out. `question`: of today, with this indicator
    alone.
    """
    row = _locked(proposal_id)
    found = drafts.read(row.inputs, row.classes)
    if row.called_at is not None:
        return found
    if row.thrown_away_at is not None:
        raise Refused("This draft was thrown away.")
    wanted = queries.needs(question, 0, row.unit_id, courses).homes
    found = replace(found, classes=tuple(_still(one, wanted) for one in found.classes))
    drafts.check(found, queries.taken(), today())
    if not (found.invited or found.online):
        raise Refused("Nobody in this draft still lacks the class: throw it away and plan anew.")
    made = tuple(replace(one, made=_class(one, courses[one.course], by)) for one in found.classes if one.people)
    _invite_online(found, row.indicator_id)
    found = replace(found, classes=made)
    inputs, row.classes = drafts.written(found)
    row.inputs = {**row.inputs, **inputs}
    row.called_at = now()
    db.session.flush()
    audit.record("proposal.called", "proposal", row.id, by=by, classes=[one.made for one in made])
    return found


def send_invitations(proposal_id: int, *, by: int | None = None) -> int:
    """Every draft class that was made of the proposal is called, all or none; returns how many people that invites."""
    row = _locked(proposal_id)
    if row.called_at is None:
        raise Refused("Make the draft classes first.")
    waiting = queries.not_called(drafts.read(row.inputs, row.classes))
    return sum(attendance.send_invitations(class_id, by=by) for class_id in waiting)


def _proposed(found: Draft) -> Draft:
    """Course after course, in the order of the rule; each takes of halls, trainers and days what it needs."""
    taken = queries.taken()
    asked = found.terms
    for course, half_days in found.half_days.items():
        people = {person: home for (slug, person), home in found.homes.items() if slug == course}
        if people:
            slots = asked.slots(today(), half_days)
            room = Room(slots, asked.at_once, asked.trainers, asked.weekly, taken.busy, taken.held, taken.taught)
            reach = {home: asked.reach(home) for home in people.values()}
            task = Task(people, reach, asked.seats, asked.fewest)
            found = found.with_found(course, propose(task, room))
    return found


def _still(one: Planned, wanted: Mapping[drafts.Pair, int]) -> Planned:
    return replace(one, people=tuple(person for person in one.people if (one.course, person) in wanted))


def _class(one: Planned, course: Course, by: int | None) -> int:
    """A draft class of it, with its people's seats."""
    host = latest_versions()[one.place].name
    row = attendance.call_class(
        one.course,
        one.place,
        f"{course.title} – {host}, {short_date(one.first_day)}",
        host,
        one.seats,
        [(day, half, periods) for (day, half), periods in zip(one.halves, _periods(course, one), strict=True)],
        [one.trainer],
        by=by,
        draft=True,
    )
    attendance.take_seats(row.id, one.people, by=by)
    return row.id


def _periods(course: Course, one: Planned) -> list[int]:
    """The tiết of a course over the half-days of a class, the first ones longer; at least one each, at most eight."""
    n = len(one.slot)
    return [min(8, max(1, course.hours // n + (i < course.hours % n))) for i in range(n)]


def _invite_online(found: Draft, indicator_id: int) -> None:
    """Who studies online has until the deadline, unless they were told a day before."""
    for course, person in found.online:
        enrolment = tracks.enrol(person, course, on=today(), indicator_id=indicator_id, due_on=found.terms.deadline)
        if enrolment.due_on is None:
            enrolment.due_on = found.terms.deadline
    db.session.flush()


def _locked(proposal_id: int) -> Proposal:
    """The proposal as it is now, and nobody else's to change until this transaction ends."""
    row = select(Proposal).where(Proposal.id == proposal_id).with_for_update()
    return db.session.scalars(row, execution_options={"populate_existing": True}).one()


def _open(proposal_id: int) -> Proposal:
    row = _locked(proposal_id)
    _check_not_called(row)
    if row.thrown_away_at is not None:
        raise Refused("This draft was thrown away.")
    return row


def _check_not_called(row: Proposal) -> None:
    if row.called_at is not None:
        raise Refused("Classes were made of this draft already: change them on their own pages.")
