"""The facts of a certificate as they are on the day it is issued; afterwards they are only ever read from its own row."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import func, select

from lms.attendance.models import ClassSession, TrainingClass
from lms.certificates import rules
from lms.certificates.rules import Place
from lms.kernel.db import CURRENT, db
from lms.people.models import Person, Posting, UnitVersion
from lms.people.queries import UnitTree, units_at
from lms.tracks import editions
from lms.tracks.models import Completion, Edition, Plan

Facts = dict[str, Any]


@dataclass
class _Gathered:
    """What the facts of many completions are read from; one statement for each kind of thing."""

    persons: dict[int, Person]
    postings: dict[int, list[tuple[date, date, int, str]]] = field(default_factory=dict)
    names: dict[int, list[tuple[date, date, str]]] = field(default_factory=dict)  # unit id -> its names in time
    numbers: dict[int, int] = field(default_factory=dict)  # edition id -> its number
    classes: dict[int, tuple[TrainingClass, date, date]] = field(default_factory=dict)
    plans: dict[str, Plan] = field(default_factory=dict)


def facts_of(completions: Iterable[Completion], on: date, site: str) -> dict[int, Facts]:
    """Completion id -> its facts, if issued that day by the installation called `site`.

    Seven statements however many there are. Position and unit are those of the day of completion; the issuer is who
    issues on the day of issue.
    """
    rows = list(completions)
    gathered, tree = _gather(rows), units_at(on)
    return {row.id: _facts(row, gathered, tree, site) for row in rows}


def _facts(row: Completion, gathered: _Gathered, tree: UnitTree, site: str) -> Facts:
    person, course = gathered.persons[row.person_id], editions.wording(row.edition_id)
    postings = gathered.postings.get(row.person_id, [])
    unit_id, position = rules.posting_on(row.completed_on, postings) or (0, "")
    held = gathered.classes.get(class_of(row) or 0)
    stands = unit_id if unit_id in tree else (rules.posting_on(tree.on, postings) or (0, ""))[0]
    issuer = _issuer(_plan_of(row, gathered.plans), stands, tree, site)
    return {
        "title": rules.TITLE,
        "full_name": person.full_name,
        "sex": person.sex,
        "birth": person.birth.isoformat() if person.birth else None,
        "birth_precision": person.birth_precision,
        "position": position,
        "unit": _name_on(row.completed_on, gathered.names.get(unit_id, [])),
        "course": course.title,
        "course_track": course.track,
        "edition": gathered.numbers[row.edition_id],
        "hours": course.hours,
        "completed_on": row.completed_on.isoformat(),
        "class_id": held[0].id if held else None,
        "class_title": held[0].title if held else "",
        "class_place": held[0].place if held else "",
        "class_from": held[1].isoformat() if held else None,
        "class_to": held[2].isoformat() if held else None,
        "issuer": {"above": issuer.above, "name": issuer.name, "seat": issuer.seat},
        "site": site,
    }


def _plan_of(row: Completion, plans: dict[str, Plan]) -> Plan | None:
    """The plan it counts for: the one its cycle names, else, done for a year of it, the one in force that day."""
    in_force = (one for one in plans.values() if one.starts_on <= row.completed_on <= one.ends_on)
    return plans.get(row.cycle) or next(in_force, None)


def class_of(completion: Completion) -> int | None:
    """The class it was earned in, if there was one."""
    return (completion.evidence.get("class") or {}).get("class")


def _gather(rows: Sequence[Completion]) -> _Gathered:
    person_ids = {row.person_id for row in rows}
    found = _Gathered({one.id: one for one in db.session.scalars(select(Person).where(Person.id.in_(person_ids)))})
    for one in db.session.scalars(
        select(Posting).where(Posting.person_id.in_(person_ids), Posting.superseded_at == CURRENT)
    ):
        found.postings.setdefault(one.person_id, []).append(
            (one.valid_from, one.valid_to, one.unit_id, one.position),
        )
    unit_ids = {unit_id for spans in found.postings.values() for _from, _to, unit_id, _position in spans}
    for version in db.session.scalars(
        select(UnitVersion).where(UnitVersion.unit_id.in_(unit_ids), UnitVersion.superseded_at == CURRENT)
    ):
        found.names.setdefault(version.unit_id, []).append((version.valid_from, version.valid_to, version.name))
    edition_ids = {row.edition_id for row in rows}
    found.numbers = {
        row.id: row.number
        for row in db.session.execute(select(Edition.id, Edition.number).where(Edition.id.in_(edition_ids)))
    }
    found.plans = {plan.slug: plan for plan in db.session.scalars(select(Plan))}
    class_ids = {class_of(row) for row in rows} - {None}
    if class_ids:
        found.classes = _classes(class_ids)
    return found


def _classes(class_ids: Iterable[int | None]) -> dict[int, tuple[TrainingClass, date, date]]:
    held = (
        select(TrainingClass, func.min(ClassSession.on), func.max(ClassSession.on))
        .join(ClassSession, ClassSession.class_id == TrainingClass.id)
        .where(TrainingClass.id.in_(class_ids))
        .group_by(TrainingClass.id)
    )
    return {row.id: (row, first, last) for row, first, last in db.session.execute(held)}


def _name_on(day: date, names: Sequence[tuple[date, date, str]]) -> str:
    """What a unit was called that day; outside its time, what it was called nearest to it."""
    held = [name for first, last, name in names if first <= day < last]
    if held:
        return held[0]
    before = [one for one in names if one[0] <= day]
    return max(before)[2] if before else min(names)[2] if names else ""


def _issuer(plan: Plan | None, unit_id: int, tree: UnitTree, site: str) -> rules.Issuer:
    scope = tree.version(plan.scope_unit_id) if plan else None
    below = [tree.version(one) for one in tree.children(scope.unit_id)] if scope else []
    up = [tree.version(one) for one in reversed(tree.path(unit_id))]
    return rules.issuer_of(
        plan_issuer=plan.issuer if plan else "",
        scope=Place(scope.kind, scope.name) if scope else None,
        offices=[one.name for one in below if one and one.kind == "office"],
        governed_by=[Place(one.kind, one.name) for one in up if one],
        site=site,
    )
