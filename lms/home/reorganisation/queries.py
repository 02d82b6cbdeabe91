"""Reorganisations as the pages tell them: those that touched a unit of the viewer's, and what one of them did."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from hashlib import sha256
from typing import Any

from sqlalchemy import Select, or_, select

from lms.kernel.access import missing
from lms.kernel.db import CURRENT, db
from lms.people.models import Account, Person, Posting, Reorganisation, ReorganisationStep, Succession, UnitVersion
from lms.people.queries import unit_scope
from lms.people.register_queries import UnitNames
from lms.people.reorganisation.foreseeing import Foreseen
from lms.people.roles import Role
from lms.people.sign_in import Viewer
from lms.tracks import receiving
from lms.tracks.models import Plan, ReceivingOffice

KEEPERS = (Role.OFFICE, Role.ADMIN)  # who reorganises, over their units


def scope(viewer: Viewer) -> frozenset[int]:
    """Ids of the units that the viewer may reorganise."""
    return unit_scope(viewer, *KEEPERS)


def visible_reorganisations(viewer: Viewer) -> Select[Reorganisation]:
    """Those that touched one of the viewer's units, the latest first."""
    touched = (
        select(ReorganisationStep.reorganisation_id)
        .join(
            UnitVersion, or_(UnitVersion.id == ReorganisationStep.old_row, UnitVersion.id == ReorganisationStep.new_row)
        )
        .where(ReorganisationStep.kind == "unit_version", UnitVersion.unit_id.in_(scope(viewer)))
    )
    return select(Reorganisation).where(Reorganisation.id.in_(touched)).order_by(Reorganisation.id.desc())


def find(viewer: Viewer, reorganisation_id: int) -> Reorganisation:
    """That one, if the viewer may see it; else the same 404 as for none."""
    found: Reorganisation | None = db.session.scalar(
        visible_reorganisations(viewer).where(Reorganisation.id == reorganisation_id)
    )
    return found or missing()


@dataclass
class Line:
    """A unit that people came to, or (`unit_id` None) none: their postings ended."""

    unit_id: int | None
    name: str
    code: str = ""
    new: bool = False
    below: str = ""  # of a new unit without a code: the unit above it
    came_from: dict[str, list[str]] = field(default_factory=dict)  # legal basis -> old units
    persons: list[Person] = field(default_factory=list)


@dataclass(frozen=True)
class Done:
    """What a reorganisation did, from its own steps: the same whatever happened since, and after it was reversed."""

    row: Reorganisation
    by: str
    reversed_by: str
    lines: list[Line]
    ended: list[str]  # units that ended
    moved: list[str]  # units that go on below another
    units: frozenset[int]  # all that it touched
    persons: int

    @property
    def eve(self) -> date:
        return self.row.on - timedelta(days=1)


def done(row: Reorganisation, viewer: Viewer) -> Done:
    """A fixed number of statements, however many people moved. Of people, those of the viewer's units, before or after."""
    steps = db.session.execute(
        select(ReorganisationStep.kind, ReorganisationStep.old_row, ReorganisationStep.new_row).where(
            ReorganisationStep.reorganisation_id == row.id
        )
    ).all()
    versions = _by_id(UnitVersion, [one for step in steps if step.kind == "unit_version" for one in step[1:]])
    made = {step.new_row for step in steps if step.kind == "unit"}
    begun = {one.unit_id: one for one in versions.values() if one.unit_id in made}
    before = {
        versions[step.old_row].unit_id: versions[step.old_row]
        for step in steps
        if step.kind == "unit_version" and step.old_row
    }
    going_on = {one.unit_id for one in versions.values() if one.valid_from >= row.on and one.unit_id in before} - {
        unit_id for unit_id, one in before.items() if one.valid_from >= row.on
    }
    names = UnitNames()

    def below(one: UnitVersion) -> str:
        if one.code or one.parent_id is None:
            return ""
        return begun[one.parent_id].name if one.parent_id in begun else names.on(one.parent_id, row.on)

    lines: dict[int | None, Line] = {}
    successions = _by_id(Succession, [step.new_row for step in steps if step.kind == "succession"]).values()
    for step in successions:
        new = begun.get(step.new_unit_id)
        line = lines.setdefault(
            step.new_unit_id,
            Line(
                step.new_unit_id,
                new.name if new else names.on(step.new_unit_id, row.on),
                new.code if new else "",
                new is not None,
                below(new) if new else "",
            ),
        )
        old = before.get(step.old_unit_id)
        called = old.name if old else names.on(step.old_unit_id, row.on - timedelta(days=1))
        line.came_from.setdefault(step.legal_basis, []).append(called)
    for unit_id, version in begun.items():
        lines.setdefault(unit_id, Line(unit_id, version.name, version.code, True, below(version)))
    persons = _people(steps, lines, {step.old_unit_id for step in successions}, scope(viewer))
    ended = [one.name for unit_id, one in before.items() if unit_id not in going_on]
    return Done(
        row,
        _name(row.recorded_by),
        _name(row.reversed_by),
        list(lines.values()),
        ended,
        [before[unit_id].name for unit_id in going_on],
        frozenset(one.unit_id for one in versions.values()) | {one for one in lines if one is not None},
        persons,
    )


def _people(steps: Iterable[Any], lines: dict[int | None, Line], passed_on: set[int], units: frozenset[int]) -> int:
    """Puts everyone where they went; those who went nowhere on a line of their own. Returns how many people it concerned."""
    concerned = [step for step in steps if step.kind == "posting"]
    postings = _by_id(Posting, [one for step in concerned for one in step[1:]])
    mine = {one.person_id for one in postings.values() if one.unit_id in units}
    concerned = [step for step in concerned if postings[step.new_row or step.old_row].person_id in mine]
    went: dict[int, list[int | None]] = {}
    left: set[int] = set()  # whose unit nobody succeeds
    for step in concerned:
        if step.old_row is not None:
            old = postings[step.old_row]
            went.setdefault(old.person_id, [])
            if old.unit_id not in passed_on:
                left.add(old.person_id)
    for step in concerned:
        if step.old_row is None:
            one = postings[step.new_row]
            went.setdefault(one.person_id, []).append(one.unit_id)
    query = select(Person).where(Person.id.in_(went)).order_by(Person.sort_key, Person.id)
    for person in db.session.scalars(query):
        nowhere: list[int | None] = (
            [None] if person.id in left else []
        )  # else they were posted at the successor already
        for unit_id in dict.fromkeys(went[person.id] or nowhere):
            lines.setdefault(unit_id, Line(unit_id, "")).persons.append(person)
    return len(went)


def _by_id(model: Any, ids: Iterable[int | None]) -> dict[int, Any]:
    wanted = {one for one in ids if one is not None}
    rows: Iterable[Any] = db.session.scalars(select(model).where(model.id.in_(wanted)).order_by(model.id))
    return {row.id: row for row in rows}


def _name(account_id: int | None) -> str:
    rows: Any = db.session.execute(
        select(Person.full_name, Account.username)
        .select_from(Account)
        .outerjoin(Person, Person.id == Account.person_id)
        .where(Account.id == (account_id or 0))
    )
    return next((full_name or username for full_name, username in rows), "")


@dataclass(frozen=True)
class OfficeLine:
    """A row of a plan's receiving offices, as written down."""

    row: ReceivingOffice
    name: str
    by: str

    @property
    def holds(self) -> bool:
        return self.row.superseded_at == CURRENT


def plans_of(viewer: Viewer) -> list[Plan]:
    """Plans for a unit that the viewer answers for, the newest first."""
    mine = select(Plan).where(Plan.scope_unit_id.in_(scope(viewer)))
    return list(db.session.scalars(mine.order_by(Plan.starts_on.desc(), Plan.id.desc())))


def office_lines(plan: Plan) -> list[OfficeLine]:
    """All that was ever written down of the plan's receiving office, the latest first."""
    names = UnitNames()
    rows = sorted(receiving.history(plan.id), key=lambda row: (row.superseded_at, row.valid_from, row.id), reverse=True)
    called = {row.recorded_by: _name(row.recorded_by) for row in rows}
    return [OfficeLine(row, names.on(row.unit_id, row.valid_from), called[row.recorded_by]) for row in rows]


def fingerprint(foreseen: Foreseen) -> str:
    """Changes when anything that a preview showed would come out otherwise now."""
    said = (
        foreseen.draft.on,
        foreseen.draft.legal_basis,
        foreseen.draft.old,
        foreseen.draft.successors,
        [(move.posting.id, move.to, move.spans) for move in foreseen.moves],
        sorted((unit_id, [row.id for row in rows]) for unit_id, rows in foreseen.versions.items()),
    )
    return sha256(repr(said).encode()).hexdigest()
