"""What a viewer may see of units and persons. Every list, look-up, export and PDF goes through these selects."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Any

from sqlalchemy import ColumnElement, Integer, Select, and_, bindparam, case, cast, exists, false, or_, select

from lms.kernel.access import missing
from lms.kernel.clock import today
from lms.kernel.db import CURRENT, db, only_reading
from lms.kernel.vietnamese import search_key, tidy
from lms.people import rules
from lms.people.ground import Ground, ground
from lms.people.models import Account, Person, Posting, RoleGrant, SamePerson, Succession, Unit, UnitVersion
from lms.people.roles import Role
from lms.people.sign_in import Viewer


@dataclass(frozen=True)
class UnitTree:
    """The units that stood on a day, as known at a moment: a plain object, loaded in one statement."""

    on: date
    versions: dict[int, UnitVersion]  # unit id -> its version on that day

    @cached_property
    def _children(self) -> dict[int | None, tuple[int, ...]]:
        below: dict[int | None, list[int]] = {}
        for version in sorted(
            self.versions.values(), key=lambda row: (row.kind != "district", row.search_key, row.unit_id)
        ):
            parent = version.parent_id if version.parent_id in self.versions else None
            below.setdefault(parent, []).append(version.unit_id)
        return {parent: tuple(ids) for parent, ids in below.items()}

    @property
    def roots(self) -> tuple[int, ...]:
        return self._children.get(None, ())

    def children(self, unit_id: int) -> tuple[int, ...]:
        return self._children.get(unit_id, ())

    def subtree(self, unit_id: int) -> frozenset[int]:
        """The unit and all below it."""
        found, waiting = set(), [unit_id]
        while waiting:
            one = waiting.pop()
            if one not in found:
                found.add(one)
                waiting.extend(self.children(one))
        return frozenset(found)

    def name(self, unit_id: int) -> str:
        version = self.versions.get(unit_id)
        return version.name if version else ""

    def version(self, unit_id: int) -> UnitVersion | None:
        return self.versions.get(unit_id)

    def path(self, unit_id: int) -> tuple[int, ...]:
        """From the root down to the unit."""
        steps: list[int] = []
        at: int | None = unit_id
        while at in self.versions and at not in steps:
            steps.append(at)
            at = self.versions[at].parent_id
        return tuple(reversed(steps))

    def __contains__(self, unit_id: int) -> bool:
        return unit_id in self.versions


def units_at(on: date, known_at: datetime | None = None) -> UnitTree:
    """The tree of that day."""
    if known_at is None and only_reading():
        found = ground()
        return found.once(("tree", on), lambda: _tree(on, found))
    rows = db.session.scalars(select(UnitVersion).where(UnitVersion.true_on(on, known_at)))
    return UnitTree(on, {row.unit_id: row for row in rows})


def _tree(on: date, found: Ground) -> UnitTree:
    return UnitTree(on, {row.unit_id: row for row in found.versions if row.valid_from <= on < row.valid_to})


def latest_versions() -> dict[int, UnitVersion]:
    """Each unit as it is, or as it last was before it ended."""
    rows = db.session.scalars(
        select(UnitVersion).where(UnitVersion.superseded_at == CURRENT).order_by(UnitVersion.valid_from)
    )
    return {row.unit_id: row for row in rows}


def successions(known_at: datetime | None = None) -> list[Succession]:
    """Every succession as known, oldest first."""
    known = Succession.superseded_at == CURRENT
    if known_at is not None:
        known = (Succession.recorded_at <= known_at) & (known_at < Succession.superseded_at)
    return list(db.session.scalars(select(Succession).where(known).order_by(Succession.on, Succession.id)))


def scope_of(unit_ids: Iterable[int]) -> frozenset[int]:
    """These units, all below them, and every unit whose duties came to one of them: access follows succession."""
    return scopes_of(unit_ids)[0]


def scopes_of(*groups: Iterable[int]) -> list[frozenset[int]]:
    """`scope_of` for several groups of units at once."""
    wanted = [frozenset(group) for group in groups]
    if not any(wanted):
        return wanted
    found = ground()
    below = found.once("below", lambda: _below(found))
    return [_reached(group, below) for group in wanted]


def _below(found: Ground) -> dict[int | None, list[int]]:
    """What access to a unit opens besides: the units below it as they are or last were, and those that it succeeded."""
    below: dict[int | None, list[int]] = {}
    latest = {row.unit_id: row.parent_id for row in sorted(found.versions, key=lambda row: row.valid_from)}
    for unit_id, parent_id in latest.items():
        below.setdefault(parent_id, []).append(unit_id)
    for old, new, _ in found.hops:
        below.setdefault(new, []).append(old)
    return below


def _reached(start: frozenset[int], below: dict[int | None, list[int]]) -> frozenset[int]:
    found, waiting = set(), list(start)
    while waiting:
        one = waiting.pop()
        if one not in found:
            found.add(one)
            waiting.extend(below.get(one, ()))
    return frozenset(found)


def unit_scope(viewer: Viewer, *roles: Role) -> frozenset[int]:
    """Ids of the units over which the viewer holds one of these roles (default: focal, office, admin)."""
    return scope_of(viewer.units(*(roles or (Role.FOCAL, Role.OFFICE, Role.ADMIN))))


def account_scope(account_id: int | None, *roles: Role) -> frozenset[int]:
    """`unit_scope` of an account that is not here to ask: for work that runs later. A disabled one has none."""
    held = (
        select(RoleGrant.unit_id)
        .join(Account, Account.id == RoleGrant.account_id)
        .where(
            Account.id == account_id,
            Account.disabled_at.is_(None),
            RoleGrant.role.in_(roles),
            RoleGrant.superseded_at == CURRENT,
            RoleGrant.valid_from <= today(),
            today() < RoleGrant.valid_to,
        )
    )
    return scope_of(db.session.scalars(held))


def visible_units(viewer: Viewer) -> Select[Unit]:
    """Units the viewer answers for."""
    return select(Unit).where(Unit.id.in_(unit_scope(viewer)))


def whole_of(scope: Iterable[int]) -> frozenset[int]:
    """Those units of a scope whose people are all its own. An old unit that passed on to units elsewhere too is not, unless it
    stood below one that is: of its people, those are seen who went on at a unit of the scope."""
    found, ids = ground(), frozenset(scope)
    return found.once(("whole", ids), lambda: _whole(ids, found))


def _whole(scope: frozenset[int], found: Ground) -> frozenset[int]:
    above = {row.unit_id: row.parent_id for row in sorted(found.versions, key=lambda row: row.valid_from)}
    onward: dict[int, set[int]] = {}
    for old, new, _on in found.hops:
        onward.setdefault(old, set()).add(new)
    whole = {one for one in scope if above.get(one) not in scope and not onward.get(one, set()) & scope}
    more = whole
    while more:
        more = {one for one in scope - whole if above.get(one) in whole or (onward.get(one) and onward[one] <= whole)}
        whole |= more
    return frozenset(whole)


def persons_of_units(scope: Iterable[int]) -> ColumnElement[bool]:
    """Whoever works or worked in one of these units, as far as its people are theirs (`whole_of`)."""
    if not scope:
        return false()
    there = select(Posting.person_id).where(Posting.unit_id.in_(whole_of(scope)), Posting.superseded_at == CURRENT)
    return Person.id.in_(there)


def persons_tended(scope: Iterable[int]) -> ColumnElement[bool]:
    """Whoever works in one of these units today; of those who work nowhere, whoever did. Others only read their history."""
    if not scope:
        return false()
    there = select(Posting.person_id).where(Posting.unit_id.in_(scope), Posting.true_on(today()))
    anywhere = exists().where(Posting.person_id == Person.id, Posting.true_on(today()))
    return or_(Person.id.in_(there), persons_of_units(scope) & ~anywhere)


def records_of(person_id: Any) -> Select[int]:
    """Ids of every record of this person: the one named (an id or a bind; None is nobody), and those that turned out to be theirs."""
    mine = select(cast(0 if person_id is None else person_id, Integer).label("id")).cte(recursive=True)
    same = SamePerson
    beside = select(case((same.kept_id == mine.c.id, same.other_id), else_=same.kept_id)).where(
        or_(same.kept_id == mine.c.id, same.other_id == mine.c.id), same.superseded_at == CURRENT
    )
    mine = mine.union(beside)
    return select(mine.c.id)


def visible_persons(viewer: Viewer) -> Select[Person]:
    """Themselves, and whoever works or worked in a unit the viewer answers for."""
    return select(Person).where(or_(Person.id.in_(records_of(viewer.person_id)), persons_of_units(unit_scope(viewer))))


def person(viewer: Viewer, person_id: int) -> Person:
    """That person, if this viewer may see them; else the same 404 as for nobody."""
    found: Person | None = db.session.scalar(visible_persons(viewer).where(Person.id == person_id))
    return found or missing()


def postings_of(person_id: int) -> list[Posting]:
    """Where they worked, as held true now, newest first."""
    return list(
        db.session.scalars(
            select(Posting)
            .where(Posting.person_id == person_id, Posting.superseded_at == CURRENT)
            .order_by(Posting.valid_from.desc(), Posting.id.desc())
        )
    )


def unit_by_code(code: str, on: date | None = None) -> int | None:
    """The id of the unit that carried this code on that day: codes are reused across time."""
    return db.session.scalar(
        select(UnitVersion.unit_id).where(UnitVersion.code == code, UnitVersion.true_on(on or today()))
    )


def unit_called(code_or_name: str, on: date) -> int | None:
    """The one unit with this code, or else this name (any case, with or without marks), on that day."""
    for key in (UnitVersion.code == code_or_name, UnitVersion.search_key == search_key(code_or_name)):
        ids = set(db.session.scalars(select(UnitVersion.unit_id).where(key, UnitVersion.true_on(on))))
        if len(ids) == 1:
            return ids.pop()
    return None


NOBODYS = "-"  # no phone, and no empty one
_BY_USERNAME = select(Account).where(Account.username == bindparam("username"))  # asked at every sign-in: written once
_BY_CODE_OR_PHONE = (
    select(Account, Person.staff_code)
    .join(Person, Person.id == Account.person_id)
    .where(
        or_(
            Person.staff_code.in_([bindparam("code"), bindparam("upper"), bindparam("lower")]),
            and_(Person.phone == bindparam("phone"), Account.disabled_at.is_(None)),
        )
    )
)


def account_of(username: str) -> Account | None:
    """Whoever signs in by this name, however it was typed."""
    return db.session.scalar(_BY_USERNAME, {"username": search_key(username)})


def account_named(typed: str) -> Account | None:
    """Whoever signs in by this user name, else this staff code, else this phone; None when several share the phone.

    The same two statements whatever was typed, so that their time tells nothing.
    """
    code, phone = tidy(typed), rules.read_phone(typed)
    named = account_of(typed)
    asked = {"code": code, "upper": code.upper(), "lower": code.lower(), "phone": phone or NOBODYS}
    rows = db.session.execute(_BY_CODE_OR_PHONE, asked).all()
    coded = [row.Account for row in rows if (row.staff_code or "").lower() == code.lower() != ""]
    found = [named] if named else coded or [row.Account for row in rows]
    return found[0] if len(found) == 1 else None


def grants_of(account_id: int) -> list[RoleGrant]:
    """Roles as granted, held or past."""
    return list(
        db.session.scalars(
            select(RoleGrant)
            .where(RoleGrant.account_id == account_id, RoleGrant.superseded_at == CURRENT)
            .order_by(RoleGrant.id)
        )
    )
