"""What a reorganisation would do, before it is done: the preview shows it, the action writes exactly it. Reads only."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from sqlalchemy import or_, select

from lms.kernel.clock import today
from lms.kernel.db import CURRENT, db
from lms.kernel.refused import Refused
from lms.kernel.vietnamese import nfc, search_key, tidy
from lms.people import queries
from lms.people.models import Account, Person, Posting, RoleGrant, UnitVersion
from lms.people.reorganisation import rules
from lms.people.reorganisation.rules import Draft, NewUnit, OldUnit, Place, Span, Stood
from lms.people.roles import Role


@dataclass(frozen=True)
class Move:
    """A posting at an old unit that ends on the day. `to`: the successor it goes on at (None: nowhere), during `spans`.

    No spans although there is a successor: the person is posted there already, and that posting is kept.
    """

    posting: Posting
    person: Person
    to: int | None
    spans: tuple[Span, ...]

    @property
    def kept_there(self) -> bool:
        return self.to is not None and not self.spans


@dataclass(frozen=True)
class Reused:
    """A name or a code that somebody else carried before: the unit that had it, and the new one."""

    what: str  # "code", "name" or "both"
    value: str
    before: str
    now: str


@dataclass(frozen=True)
class Foreseen:
    """All that would happen. `versions` are those of the old units that hold on the day or later, as known now."""

    draft: Draft
    standing: dict[int, Stood]
    versions: dict[int, list[UnitVersion]]
    moves: list[Move]
    undecided: list[tuple[Posting, Person]]  # of split units: nobody has said yet where they go
    stay: list[tuple[Posting, Person]]  # of units that go on
    reused: list[Reused]
    focal: list[tuple[str, int]]  # focal persons of ending units: name, the unit

    @property
    def persons(self) -> int:
        """How many people a posting of whom changes."""
        return len({move.person.id for move in self.moves})

    def name(self, unit_id: int) -> str:
        return self.standing[unit_id].name

    def full_name(self, unit_id: int) -> str:
        """With its code; what has none is told apart by the unit above it."""
        one = self.standing[unit_id]
        above = self.standing[one.parent].name if one.parent in self.standing else ""
        return f"{one.name} ({one.code or above})" if one.code or above else one.name

    def name_of(self, place: int) -> str:
        one = self.draft.successors[place]
        return self.name(one) if isinstance(one, int) else one.name

    def parent_name(self, parent: int | Place | None) -> str:
        if parent is None:
            return ""
        return self.name_of(parent.at) if isinstance(parent, Place) else self.name(parent)

    def olds_of(self, place: int) -> list[OldUnit]:
        return [one for one in self.draft.old if place in one.to]

    def going_to(self, place: int | None) -> list[Move]:
        """Whose postings go on at that successor (None: whose end), in the order of a Vietnamese list."""
        return [move for move in self.moves if move.to == place]

    def people(self, place: int | None) -> int:
        return len({move.person.id for move in self.going_to(place)})

    def people_of(self, unit_id: int) -> list[Person]:
        """Everyone whose posting at that old unit is concerned, or could be."""
        concerned = [*((move.posting, move.person) for move in self.moves), *self.undecided, *self.stay]
        found = {person.id: person for posting, person in concerned if posting.unit_id == unit_id}
        return sorted(found.values(), key=lambda person: (person.sort_key, person.id))

    @property
    def split(self) -> list[OldUnit]:
        """Old units whose people may go different ways."""
        return [one for one in self.draft.old if len(one.to) > 1 or (one.goes_on and one.to)]


def standing_on(on: date) -> dict[int, Stood]:
    """Every unit that stands on that day, with the first day it ever stood."""
    rows = db.session.scalars(select(UnitVersion).where(UnitVersion.superseded_at == CURRENT)).all()
    since: dict[int, date] = {}
    for row in rows:
        since[row.unit_id] = min(row.valid_from, since.get(row.unit_id, row.valid_from))
    return {
        row.unit_id: Stood(row.unit_id, row.name, row.code, row.parent_id, since[row.unit_id])
        for row in rows
        if row.valid_from <= on < row.valid_to
    }


def foresee(draft: Draft) -> Foreseen:
    """What the draft would do. Raises `Refused` in a sentence; a fixed number of statements, however many units."""
    draft = _tidied(draft)
    names = {unit_id: version.name for unit_id, version in queries.latest_versions().items()}
    standing = standing_on(draft.on)
    rules.check_draft(draft, standing, names, today())
    hops = [(row.old_unit_id, row.new_unit_id) for row in queries.successions()]
    told = [(one.unit_id, draft.existing[place]) for one in draft.old for place in one.to if place in draft.existing]
    rules.check_no_cycle(hops + told, names)
    concerned = [one.unit_id for one in draft.old]
    versions: dict[int, list[UnitVersion]] = {unit_id: [] for unit_id in concerned}
    for row in db.session.scalars(
        select(UnitVersion)
        .where(
            UnitVersion.unit_id.in_(concerned), UnitVersion.superseded_at == CURRENT, UnitVersion.valid_to > draft.on
        )
        .order_by(UnitVersion.valid_from)
    ):
        versions[row.unit_id].append(row)
    moves, undecided, stay = _moves(draft)
    return Foreseen(draft, standing, versions, moves, undecided, stay, _reused(draft, standing), _focal(draft))


def check_decided(foreseen: Foreseen) -> None:
    """Of a unit that is split, somebody has to say where each goes."""
    if foreseen.undecided:
        posting, person = foreseen.undecided[0]
        raise Refused(
            "Say where the people of %(unit)s go: %(n)s are not decided yet, %(person)s among them.",
            unit=foreseen.name(posting.unit_id),
            n=len(foreseen.undecided),
            person=person.full_name,
        )


def _tidied(draft: Draft) -> Draft:
    successors = tuple(
        NewUnit(nfc(tidy(one.name)), one.kind, tidy(one.code), one.parent) if isinstance(one, NewUnit) else one
        for one in draft.successors
    )
    return Draft(draft.on, tidy(draft.legal_basis), draft.old, successors, dict(draft.chosen))


def _moves(draft: Draft) -> tuple[list[Move], list[tuple[Posting, Person]], list[tuple[Posting, Person]]]:
    told = {one.unit_id: one for one in draft.old}
    rows = db.session.execute(
        select(Posting, Person)
        .join(Person, Person.id == Posting.person_id)
        .where(Posting.unit_id.in_(told), Posting.superseded_at == CURRENT, Posting.valid_to > draft.on)
        .order_by(Person.sort_key, Person.id, Posting.valid_from, Posting.id)
    ).all()
    taken = _taken(draft, [row.Person.id for row in rows])
    moves: list[Move] = []
    undecided: list[tuple[Posting, Person]] = []
    stay: list[tuple[Posting, Person]] = []
    for posting, person in rows:
        one = told[posting.unit_id]
        chosen = draft.chosen.get(person.id)
        to = chosen if chosen in one.to else one.people_to
        if to is None and one.goes_on:
            stay.append((posting, person))
            continue
        if to is None and one.to:
            undecided.append((posting, person))
            continue
        span = (max(posting.valid_from, draft.on), posting.valid_to)
        spans: list[Span] = []
        if to is not None:
            there = taken.setdefault((person.id, to), [])
            spans = rules.free_spans(span, there)
            there += spans
        moves.append(Move(posting, person, to, tuple(spans)))
    return moves, undecided, stay


def _taken(draft: Draft, person_ids: Iterable[int]) -> dict[tuple[int, int], list[Span]]:
    """When these people are posted already at a successor that stands: (person, place) -> spans."""
    places = {unit_id: place for place, unit_id in draft.existing.items()}
    rows = db.session.execute(
        select(Posting.person_id, Posting.unit_id, Posting.valid_from, Posting.valid_to).where(
            Posting.person_id.in_(set(person_ids)),
            Posting.unit_id.in_(places),
            Posting.superseded_at == CURRENT,
            Posting.valid_to > draft.on,
        )
    )
    found: dict[tuple[int, int], list[Span]] = {}
    for person_id, unit_id, start, end in rows:
        found.setdefault((person_id, places[unit_id]), []).append((start, end))
    return found


def _reused(draft: Draft, standing: dict[int, Stood]) -> list[Reused]:
    """Names and codes of the new units that another unit carries or carried."""
    if not draft.new:
        return []
    keys = {search_key(new.name) for new in draft.new.values()}
    codes = {new.code for new in draft.new.values()} - {""}
    rows = db.session.scalars(
        select(UnitVersion)
        .where(
            UnitVersion.superseded_at == CURRENT,
            or_(UnitVersion.code.in_(codes), UnitVersion.search_key.in_(keys)),
            UnitVersion.valid_from < draft.on,
        )
        .order_by(UnitVersion.code, UnitVersion.unit_id, UnitVersion.valid_from)
    ).all()
    found: list[Reused] = []
    for new in draft.new.values():
        for row in rows:
            code = bool(new.code) and row.code == new.code
            name = row.search_key == search_key(new.name) and (row.unit_id not in standing or row.code != new.code)
            if code and row.search_key == search_key(new.name):
                found.append(Reused("both", new.name, row.code, new.code))
            elif code:
                found.append(Reused("code", new.code, row.name, new.name))
            elif name:
                found.append(Reused("name", new.name, row.code or row.name, new.code or new.name))
    return list(dict.fromkeys(found))


def _focal(draft: Draft) -> list[tuple[str, int]]:
    """Who is focal person of a unit that ends. Their role is not moved: over which successor, the office has to say."""
    rows = db.session.execute(
        select(Person.full_name, Account.username, RoleGrant.unit_id)
        .join(Account, Account.id == RoleGrant.account_id)
        .outerjoin(Person, Person.id == Account.person_id)
        .where(
            RoleGrant.unit_id.in_(draft.ending),
            RoleGrant.role == Role.FOCAL,
            RoleGrant.superseded_at == CURRENT,
            RoleGrant.valid_to > draft.on,
        )
        .order_by(RoleGrant.id)
    )
    return [(row.full_name or row.username, row.unit_id) for row in rows]
