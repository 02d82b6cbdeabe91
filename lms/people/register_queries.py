"""What the pages of the register show: found persons, one person's history, the tree of units. All through the viewer."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import Select, and_, exists, func, or_, select
from sqlalchemy.orm import aliased

from lms.kernel.access import missing
from lms.kernel.clock import today
from lms.kernel.db import CURRENT, db
from lms.kernel.vietnamese import search_key
from lms.people import queries
from lms.people.models import Account, Person, Posting, Standing, UnitVersion
from lms.people.queries import UnitTree, unit_scope
from lms.people.roles import Role
from lms.people.sign_in import Viewer

KEEPERS = (Role.FOCAL, Role.OFFICE)  # who keeps the register of their units


@dataclass(frozen=True)
class Filters:
    """What somebody looks for in the register."""

    words: str = ""
    unit_id: int | None = None
    category: str | None = None  # "": not known yet
    also_past: bool = False


@dataclass(frozen=True)
class PostingLine:
    """A posting as a page shows it: the unit by the name it had then."""

    posting: Posting
    unit_name: str
    kept: bool  # the viewer keeps the register of that unit
    by: str = ""


def kept_units(viewer: Viewer) -> frozenset[int]:
    """Ids of the units whose register the viewer keeps."""
    return unit_scope(viewer, *KEEPERS)


def found_persons(viewer: Viewer, wanted: Filters) -> Select[Person]:
    """Persons the viewer may see who match, in the order of a Vietnamese list."""
    scope, asked = queries.scopes_of(viewer.units(*KEEPERS, Role.ADMIN), [wanted.unit_id or 0])
    if wanted.unit_id is not None and wanted.unit_id not in scope:
        missing()
    mine, shared = queries.persons_of_units(scope), scope - queries.whole_of(scope)
    if wanted.unit_id is not None:
        scope &= asked
    where = [Posting.person_id == Person.id, Posting.superseded_at == CURRENT, Posting.unit_id.in_(scope)]
    if not wanted.also_past:
        where.append(Posting.true_on(today()))
    if wanted.category is not None:
        where.append(Posting.category == wanted.category)
    if scope & shared:
        where.append(mine)
    query = select(Person).where(exists().where(and_(*where))).order_by(Person.sort_key, Person.birth, Person.id)
    for word in search_key(wanted.words).split():
        query = query.where(
            or_(
                Person.search_key.contains(word, autoescape=True),
                Person.staff_code == wanted.words.strip().upper(),
                Person.staff_code == wanted.words.strip(),
            )
        )
    return query


def lines_of(viewer: Viewer, persons: Iterable[Person]) -> dict[int, list[PostingLine]]:
    """The postings of these persons in the viewer's units: those of today, or else the last ones. Three statements."""
    keeping = viewer.units(*KEEPERS)
    scope, kept = queries.scopes_of(keeping | viewer.units(Role.ADMIN), keeping)
    day = today()
    ids = [one.id for one in persons]
    rows = db.session.scalars(
        select(Posting)
        .where(Posting.person_id.in_(ids), Posting.superseded_at == CURRENT, Posting.unit_id.in_(scope))
        .order_by(Posting.valid_from.desc(), Posting.id.desc())
    ).all()
    names = UnitNames()
    found: dict[int, list[PostingLine]] = {}
    for row in rows:
        line = PostingLine(row, names.on(row.unit_id, _seen_on(row)), row.unit_id in kept)
        found.setdefault(row.person_id, []).append(line)
    return {
        person_id: [line for line in lines if line.posting.valid_from <= day < line.posting.valid_to] or lines[:1]
        for person_id, lines in found.items()
    }


class UnitNames:
    """What each unit was called, whenever; loaded in one statement."""

    def __init__(self) -> None:
        self._versions: dict[int, list[UnitVersion]] = {}
        current = select(UnitVersion).where(UnitVersion.superseded_at == CURRENT).order_by(UnitVersion.valid_from)
        self._alike: dict[str, list[UnitVersion]] = {}
        for row in db.session.scalars(current):
            self._versions.setdefault(row.unit_id, []).append(row)
            self._alike.setdefault(row.search_key, []).append(row)

    def on(self, unit_id: int, day: date) -> str:
        """Its name on that day; before it began its first name, after it ended its last. Of several alike, with the unit above."""
        found = self._version(unit_id, day)
        if found is None:
            return ""
        alike = {one.unit_id for one in self._alike[found.search_key] if one.valid_from <= day < one.valid_to}
        above = self._version(found.parent_id, day) if len(alike) > 1 and found.parent_id else None
        return f"{found.name} ({above.name})" if above else found.name

    def _version(self, unit_id: int, day: date) -> UnitVersion | None:
        versions = self._versions.get(unit_id, [])
        begun = [row for row in versions if row.valid_from <= day]
        return begun[-1] if begun else next(iter(versions), None)


def _seen_on(row: Posting) -> date:
    """The day by which a posting is named: today, or its last day."""
    return max(row.valid_from, min(today(), row.valid_to - timedelta(days=1)))


def kept_person(viewer: Viewer, person_id: int) -> Person:
    """That person, if the viewer keeps the register of a unit they work or worked in; else 404."""
    there = queries.persons_of_units(kept_units(viewer))
    found: Person | None = db.session.scalar(select(Person).where(Person.id == person_id, there))
    return found or missing()


def tended_person(viewer: Viewer, person_id: int) -> Person:
    """That person, if it is for the viewer's units to act for them: see `queries.persons_tended`; else 404."""
    tended = queries.persons_tended(kept_units(viewer))
    found: Person | None = db.session.scalar(select(Person).where(Person.id == person_id, tended))
    return found or missing()


def kept_posting(viewer: Viewer, person_id: int, posting_id: int) -> Posting:
    """That posting, if it is held now and its unit is one the viewer keeps; else 404."""
    found: Posting | None = db.session.scalar(
        select(Posting).where(
            Posting.id == posting_id,
            Posting.person_id == person_id,
            Posting.superseded_at == CURRENT,
            Posting.unit_id.in_(kept_units(viewer)),
        )
    )
    return found or missing()


def kept_standing(viewer: Viewer, person_id: int, standing_id: int) -> Standing:
    """That exception, of a person for whom the viewer acts; else 404."""
    tended_person(viewer, person_id)
    found: Standing | None = db.session.scalar(
        select(Standing).where(
            Standing.id == standing_id, Standing.person_id == person_id, Standing.superseded_at == CURRENT
        )
    )
    return found or missing()


def posting_lines(viewer: Viewer, person_id: int, *, history: bool) -> list[PostingLine]:
    """Where someone works and worked, newest first; with `history` also what we held before, and who wrote it."""
    kept, names, writer = kept_units(viewer), UnitNames(), aliased(Person)
    query = (
        select(Posting, writer.full_name, Account.username)
        .outerjoin(Account, Account.id == Posting.recorded_by)
        .outerjoin(writer, writer.id == Account.person_id)
        .where(Posting.person_id == person_id)
    )
    if history:
        query = query.order_by(Posting.recorded_at, Posting.id)
    else:
        query = query.where(Posting.superseded_at == CURRENT).order_by(Posting.valid_from.desc(), Posting.id.desc())
    return [
        PostingLine(row, names.on(row.unit_id, _seen_on(row)), row.unit_id in kept, by=name or username or "")
        for row, name, username in db.session.execute(query)
    ]


def standings_of(person_id: int) -> list[Standing]:
    """Exceptions of one person as held now, newest first."""
    return list(
        db.session.scalars(
            select(Standing)
            .where(Standing.person_id == person_id, Standing.superseded_at == CURRENT)
            .order_by(Standing.valid_from.desc(), Standing.id.desc())
        )
    )


def may_correct(viewer: Viewer, lines: Iterable[PostingLine]) -> bool:
    """Facts of a person are corrected where they work now; of someone who works nowhere, where they last did."""
    day = today()
    current = [line for line in lines if line.posting.valid_from <= day < line.posting.valid_to]
    return any(line.kept for line in current or lines)


def same_person(viewer: Viewer, full_name: str, birth: date | None) -> Person | None:
    """Someone of that name and birth in the viewer's units."""
    return db.session.scalar(
        queries.visible_persons(viewer)
        .where(Person.search_key == search_key(full_name), Person.birth == birth)
        .limit(1)
    )


def unit_choices(scope: frozenset[int], tree: UnitTree) -> list[tuple[int, str]]:
    """The units of the scope that stood on the tree's day, in its order, deeper ones set in."""
    found: list[tuple[int, str]] = []

    def walk(ids: Iterable[int], depth: int) -> None:
        for unit_id in ids:
            inside = unit_id in scope
            if inside:
                found.append((unit_id, "– " * depth + tree.name(unit_id)))
            walk(tree.children(unit_id), depth + inside)

    walk(tree.roots, 0)
    return found


@dataclass(frozen=True)
class UnitLine:
    """A unit in the tree of a day: how deep it stands, who works there, where it came from and what became of it."""

    version: UnitVersion
    depth: int
    persons: int
    came_from: list[tuple[str, date, str]]  # name, day, legal basis
    became: list[tuple[str, date, str]]


def tree_lines(viewer: Viewer, on: date) -> list[UnitLine]:
    """The viewer's units on that day, in the order of the tree. Six statements, however many units."""
    scope, tree, names = unit_scope(viewer), queries.units_at(on), UnitNames()
    counted = db.session.execute(
        select(Posting.unit_id, func.count(Posting.person_id.distinct()))
        .where(Posting.true_on(on), Posting.unit_id.in_(scope))
        .group_by(Posting.unit_id)
    )
    persons: dict[int, int] = {row.unit_id: row[1] for row in counted}
    came_from: dict[int, list[tuple[str, date, str]]] = {}
    became: dict[int, list[tuple[str, date, str]]] = {}
    for step in queries.successions():
        old = names.on(step.old_unit_id, step.on - timedelta(days=1))
        came_from.setdefault(step.new_unit_id, []).append((old, step.on, step.legal_basis))
        became.setdefault(step.old_unit_id, []).append((names.on(step.new_unit_id, step.on), step.on, step.legal_basis))
    depths = {unit_id: len([one for one in tree.path(unit_id)[:-1] if one in scope]) for unit_id in tree.versions}
    return [
        UnitLine(
            tree.versions[unit_id],
            depths[unit_id],
            persons.get(unit_id, 0),
            came_from.get(unit_id, []),
            became.get(unit_id, []),
        )
        for unit_id, _name in unit_choices(scope, tree)
    ]
