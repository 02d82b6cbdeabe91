"""How complete the register is: lists as they would be confirmed, units that have not, whom to call. All through the viewer."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import aliased

from lms.kernel.access import missing
from lms.kernel.clock import today
from lms.kernel.db import CURRENT, db
from lms.people import queries, rules
from lms.people.categories import category_ends
from lms.people.confirmations import confirmations, fingerprint
from lms.people.models import Account, CategoryEnd, Person, Posting, Reminder, RoleGrant, RosterConfirmation
from lms.people.queries import UnitTree, unit_scope
from lms.people.register_queries import UnitNames, kept_units
from lms.people.reminded import ROSTER, reminded_lately
from lms.people.roles import Role
from lms.people.sign_in import Viewer

CONTAINERS = frozenset({"province", "district"})  # units that are asked for a list only when somebody is posted there


@dataclass(frozen=True)
class ListLine:
    """Somebody on the list of a unit, and what nobody has told yet."""

    person: Person
    posting: Posting
    no_category: bool
    no_direct: bool
    ended: date | None = None  # the category of the posting ended that day


@dataclass(frozen=True)
class UnitList:
    """The list of a unit on a day, beside the last that was confirmed before."""

    unit_id: int
    unit_name: str
    on: date
    lines: list[ListLine]
    last: RosterConfirmation | None
    came: list[Person]
    left: list[Person]

    @property
    def persons(self) -> int:
        return len({line.person.id for line in self.lines})

    @property
    def untold(self) -> list[ListLine]:
        return [line for line in self.lines if line.no_category or line.no_direct]

    @property
    def seen(self) -> str:
        return fingerprint(line.posting.id for line in self.lines)


def kept_unit(viewer: Viewer, unit_id: int) -> int:
    """That unit, if the viewer keeps its register; else 404."""
    return unit_id if unit_id in kept_units(viewer) else missing()


def unit_list(viewer: Viewer, unit_id: int, on: date) -> UnitList:
    """The list as it would be confirmed for that day."""
    kept_unit(viewer, unit_id)
    last = db.session.scalar(
        select(RosterConfirmation)
        .where(
            RosterConfirmation.unit_id == unit_id,
            RosterConfirmation.superseded_at == CURRENT,
            RosterConfirmation.complete_on < on,
        )
        .order_by(RosterConfirmation.complete_on.desc(), RosterConfirmation.id.desc())
        .limit(1)
    )
    ends = {category: row.on for category, row in category_ends().items() if row.on <= on}
    lines = [_line(person, posting, ends) for person, posting in _posted(unit_id, on)]
    now_there = {line.person.id: line.person for line in lines}
    before = {person.id: person for person, _posting in _posted(unit_id, last.complete_on)} if last else now_there
    return UnitList(
        unit_id,
        UnitNames().on(unit_id, on),
        on,
        lines,
        last,
        came=[person for person_id, person in now_there.items() if person_id not in before],
        left=[person for person_id, person in before.items() if person_id not in now_there],
    )


def _line(person: Person, posting: Posting, ends: dict[str, date]) -> ListLine:
    ended = ends.get(posting.category)
    return ListLine(person, posting, not posting.category or ended is not None, posting.direct_support is None, ended)


def _posted(unit_id: int, on: date) -> list[tuple[Person, Posting]]:
    rows = db.session.execute(
        select(Person, Posting)
        .join(Posting, Posting.person_id == Person.id)
        .where(Posting.unit_id == unit_id, Posting.true_on(on))
        .order_by(Person.sort_key, Person.id, Posting.id)
    )
    return [(row.Person, row.Posting) for row in rows]


def confirmations_of(unit_id: int) -> list[tuple[RosterConfirmation, str]]:
    """Every confirmation of a unit ever written down, the newest first, and who wrote it."""
    writer = aliased(Person)
    rows = db.session.execute(
        select(RosterConfirmation, writer.full_name, Account.username)
        .outerjoin(Account, Account.id == RosterConfirmation.recorded_by)
        .outerjoin(writer, writer.id == Account.person_id)
        .where(RosterConfirmation.unit_id == unit_id)
        .order_by(RosterConfirmation.recorded_at.desc(), RosterConfirmation.id.desc())
    )
    return [(row, name or username or "") for row, name, username in rows]


def kept_confirmation(viewer: Viewer, unit_id: int, confirmation_id: int) -> RosterConfirmation:
    """That confirmation, of a unit whose register the viewer keeps; else 404."""
    kept_unit(viewer, unit_id)
    found = db.session.get(RosterConfirmation, confirmation_id)
    return found if found and found.unit_id == unit_id else missing()


@dataclass(frozen=True)
class Unconfirmed:
    """A unit whose list nobody has confirmed, and whom to ask."""

    unit_id: int
    name: str
    persons: int
    last: date | None  # confirmed then: too long ago
    focals: tuple[Person, ...] = ()
    reminded_at: datetime | None = None  # the last reminder that waits for an answer
    too_soon: bool = False  # reminded less than a week ago


def asked_units(viewer: Viewer, *roles: Role) -> tuple[UnitTree, dict[int, int]]:
    """Today's tree, and the viewer's units in it whose lists have to be confirmed, with how many people stand there."""
    day = today()
    scope, tree = unit_scope(viewer, *roles), queries.units_at(day)
    counted = db.session.execute(
        select(Posting.unit_id, func.count(Posting.person_id.distinct()).label("persons"))
        .where(Posting.true_on(day), Posting.unit_id.in_(scope))
        .group_by(Posting.unit_id)
    )
    persons: dict[int, int] = {row.unit_id: row.persons for row in counted}
    asked = {
        unit_id: persons.get(unit_id, 0)
        for unit_id, version in tree.versions.items()
        if unit_id in scope and (persons.get(unit_id) or version.kind not in CONTAINERS)
    }
    return tree, asked


def unconfirmed_count(viewer: Viewer, *roles: Role) -> int:
    """How many of the viewer's units have not confirmed their list."""
    return len(asked_units(viewer, *roles)[1].keys() - confirmations(today()).keys())


def unconfirmed(viewer: Viewer, *roles: Role) -> list[Unconfirmed]:
    """The viewer's units whose list is not confirmed today: never confirmed first, then the longest ago."""
    tree, asked = asked_units(viewer, *roles)
    held = confirmations(today())
    left = [unit_id for unit_id in asked if unit_id not in held]
    if not left:
        return []
    last: dict[int, date] = dict(
        db.session.execute(
            select(RosterConfirmation.unit_id, func.max(RosterConfirmation.complete_on))
            .where(
                RosterConfirmation.unit_id.in_(left),
                RosterConfirmation.superseded_at == CURRENT,
                RosterConfirmation.complete_on <= today(),
            )
            .group_by(RosterConfirmation.unit_id)
        ).all()
    )
    focals, reminded, soon = _focals(tree, left), open_reminders(left), reminded_lately("unit_id", left, ROSTER)
    found = [
        Unconfirmed(
            unit_id,
            tree.name(unit_id),
            asked[unit_id],
            last.get(unit_id),
            focals.get(unit_id, ()),
            reminded.get(unit_id),
            unit_id in soon,
        )
        for unit_id in left
    ]
    return sorted(found, key=lambda one: (one.last or date.min, tree.versions[one.unit_id].search_key, one.unit_id))


def open_reminders(unit_ids: Iterable[int]) -> dict[int, datetime]:
    """Unit -> when it was last reminded of its list, if it has not answered since."""
    rows = db.session.execute(
        select(Reminder.unit_id, func.max(Reminder.sent_at).label("sent_at"))
        .where(Reminder.unit_id.in_(list(unit_ids)), Reminder.about == ROSTER, Reminder.answered_at.is_(None))
        .group_by(Reminder.unit_id)
    )
    return {row.unit_id: row.sent_at for row in rows}


def _focals(tree: UnitTree, unit_ids: Iterable[int]) -> dict[int, tuple[Person, ...]]:
    """Unit -> its focal persons, or else those of the nearest unit above it."""
    rows = db.session.execute(
        select(RoleGrant.unit_id, Person)
        .join(Account, Account.id == RoleGrant.account_id)
        .join(Person, Person.id == Account.person_id)
        .where(
            RoleGrant.role == Role.FOCAL,
            RoleGrant.superseded_at == CURRENT,
            RoleGrant.valid_from <= today(),
            RoleGrant.valid_to > today(),
            Account.disabled_at.is_(None),
        )
        .order_by(Person.sort_key, Person.id)
    )
    held: dict[int, list[Person]] = {}
    for row in rows:
        held.setdefault(row.unit_id, []).append(row.Person)
    return {
        unit_id: tuple(next((held[one] for one in reversed(tree.path(unit_id)) if one in held), ()))
        for unit_id in unit_ids
    }


@dataclass(frozen=True)
class CategoryLine:
    """A category, how many people are posted in it today wherever they are, and its end if it has one."""

    category: str
    persons: int
    end: CategoryEnd | None
    by: str = ""


def category_lines() -> list[CategoryLine]:
    """Every category, in the order of the list: those of us all, since a category ends everywhere at once."""
    used, ends, writer = category_use(today()), category_ends(), aliased(Person)
    names = {
        row.id: row.full_name or row.username
        for row in db.session.execute(
            select(CategoryEnd.id, writer.full_name, Account.username)
            .join(Account, Account.id == CategoryEnd.recorded_by)
            .outerjoin(writer, writer.id == Account.person_id)
            .where(CategoryEnd.superseded_at == CURRENT)
        )
    }
    return [
        CategoryLine(one, used.get(one, 0), ends.get(one), names.get(ends[one].id, "") if one in ends else "")
        for one in rules.CATEGORIES
    ]


def category_use(on: date) -> dict[str, int]:
    """Category -> how many people are posted in it on that day."""
    rows = db.session.execute(
        select(Posting.category, func.count(Posting.person_id.distinct()).label("persons"))
        .where(Posting.true_on(on))
        .group_by(Posting.category)
    )
    return {row.category: row.persons for row in rows}


def held_end(end_id: int) -> CategoryEnd:
    """That end of a category, if it still holds; else 404."""
    found = db.session.get(CategoryEnd, end_id)
    return found if found and found.superseded_at == CURRENT else missing()


def may_end_categories(viewer: Viewer) -> bool:
    """A category ends for everybody: so it is for who answers for a topmost unit."""
    mine = viewer.units(Role.OFFICE, Role.ADMIN)
    return bool(mine & set(queries.units_at(today()).roots))
