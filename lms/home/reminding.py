"""Persons who are reminded of an indicator, or called about it: who gets it, who is left out and why."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import bindparam, func, select

from lms.kernel.access import missing
from lms.kernel.clock import local, today
from lms.kernel.db import CURRENT, db, rows_of
from lms.people import register_queries
from lms.people.models import Account, Person, Posting, Reminder, UnitVersion
from lms.people.queries import persons_of_units, records_of
from lms.people.reminded import reminded_lately
from lms.people.sign_in import Viewer
from lms.tracks import editions
from lms.tracks.models import Completion, Edition, Enrolment, Indicator, IndicatorRule, Plan
from lms.tracks.order import Awaited
from lms.tracks.queries import progress_of
from lms.tracks.rules import PopulationRule, Progress


@dataclass(frozen=True)
class Target:
    """What the persons are reminded of: an indicator of a plan in force, and the courses it asks for."""

    slug: str
    title: str
    courses: tuple[str, ...]
    course_titles: tuple[str, ...]


@dataclass(frozen=True)
class Open:
    """A course of the indicator that a person has not completed, as a page says it (`tracks/_learning.html`)."""

    enrolment: Enrolment
    progress: Progress
    waits_for: Sequence[Awaited] = ()


@dataclass(frozen=True)
class Chosen:
    """Somebody ticked. `why` is empty for those who get the reminder: lately, no_account, elsewhere, nothing_open."""

    person: Person
    units: str
    why: str = ""
    on: date | None = None  # reminded then
    open: Sequence[Open] = ()  # what they still have to complete


def targets(slug: str | None = None) -> list[Target]:
    """The indicators of the plans in force today, by slug once each."""
    query = (
        select(Indicator.slug, Indicator.short_title, IndicatorRule.rule)
        .join(Plan, Plan.id == Indicator.plan_id)
        .join(IndicatorRule, IndicatorRule.indicator_id == Indicator.id)
        .where(Plan.starts_on <= today(), today() <= Plan.ends_on, IndicatorRule.superseded_at == CURRENT)
        .order_by(Plan.starts_on, Indicator.place)
    )
    if slug is not None:
        query = query.where(Indicator.slug == slug)
    found: dict[str, Target] = {}
    for row in db.session.execute(query):
        courses = PopulationRule.of(row.rule).courses
        before = found.get(row.slug)
        both = tuple(dict.fromkeys((*(before.courses if before else ()), *courses)))
        found[row.slug] = Target(row.slug, row.short_title, both, _titles(both))
    return list(found.values())


def target(slug: str) -> Target:
    """That indicator; 404 when no plan in force has it."""
    if "\x00" in slug:
        missing()  # no database column holds a NUL
    found = targets(slug)
    return found[0] if found else missing()


def _titles(courses: Sequence[str]) -> tuple[str, ...]:
    newest = select(func.max(Edition.id)).where(Edition.course_slug.in_(courses)).group_by(Edition.course_slug)
    return tuple(
        editions.wording(edition_id).title for edition_id in db.session.scalars(newest.order_by(func.max(Edition.id)))
    )


def chosen(viewer: Viewer, about: Target, person_ids: Iterable[int]) -> list[Chosen]:
    """The persons ticked, in the order of a list; 404 unless the viewer keeps the register of a unit of every one."""
    ids, kept, day = set(person_ids), register_queries.kept_units(viewer), today()
    persons = db.session.scalars(
        select(Person).where(Person.id.in_(ids), persons_of_units(kept)).order_by(Person.sort_key, Person.id)
    ).all()
    if len(persons) != len(ids):
        missing()
    places: dict[int, list[str]] = {}
    names = register_queries.UnitNames()
    for row in db.session.execute(
        select(Posting.person_id, Posting.unit_id)
        .join(UnitVersion, UnitVersion.unit_id == Posting.unit_id)
        .where(Posting.person_id.in_(ids), Posting.true_on(day), Posting.unit_id.in_(kept), UnitVersion.true_on(day))
        .order_by(Posting.id)
    ):
        places.setdefault(row.person_id, []).append(names.on(row.unit_id, day))
    lately = reminded_lately("person_id", ids, about.slug)
    accounts = set(
        db.session.scalars(select(Account.person_id).where(Account.person_id.in_(ids), Account.disabled_at.is_(None)))
    )
    learning = _learning(about, ids)

    def why(person_id: int) -> str:
        if person_id not in places:
            return "elsewhere"
        if person_id not in learning:
            return "nothing_open"
        if person_id not in accounts:
            return "no_account"
        return "lately" if person_id in lately else ""

    return [
        Chosen(
            one,
            "; ".join(places.get(one.id, ())),
            why(one.id),
            _day(lately.get(one.id)),
            learning.get(one.id, ()) if one.id in places else (),
        )
        for one in persons
    ]


def _day(moment: datetime | None) -> date | None:
    return local(moment).date() if moment else None


def _learning(about: Target, ids: Iterable[int]) -> dict[int, list[Open]]:
    """Of these persons, those with courses of the indicator that are not completed, and how far they are in each."""
    newest = (
        select(func.max(Enrolment.id))
        .where(Enrolment.person_id.in_(list(ids)), Enrolment.course_slug.in_(about.courses))
        .group_by(Enrolment.person_id, Enrolment.course_slug)
    )
    completed = select(Completion.enrolment_id).where(Completion.superseded_at == CURRENT)
    rows = db.session.scalars(
        select(Enrolment).where(Enrolment.id.in_(newest), Enrolment.id.not_in(completed)).order_by(Enrolment.id)
    ).all()
    how_far = progress_of(rows)
    found: dict[int, list[Open]] = {}
    for one in rows:
        found.setdefault(one.person_id, []).append(Open(one, how_far[one.id]))
    return found


_REMINDED = (  # built once, because every learner's first page asks it
    select(Reminder.about, func.max(Reminder.sent_at).label("sent_at"))
    .where(Reminder.person_id.in_(records_of(bindparam("person_id"))), Reminder.answered_at.is_(None))
    .group_by(Reminder.about)
)


def reminded_of(viewer: Viewer, open_courses: Iterable[str]) -> date | None:
    """When the viewer was last reminded of an indicator whose course they still have to complete; None: never, or done since."""
    rows = rows_of(_REMINDED, person_id=viewer.person_id or 0)
    if not rows:
        return None
    waiting, courses = set(open_courses), {one.slug: set(one.courses) for one in targets()}
    return _day(max((row.sent_at for row in rows if courses.get(row.about, set()) & waiting), default=None))
