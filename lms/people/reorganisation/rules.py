"""What may be asked of a reorganisation, and what is refused. Pure.

A draft names old units, what becomes of each, and the successors by their place in a list, so that it can travel in a form.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

from lms.kernel.refused import Refused
from lms.kernel.vietnamese import search_key, short_date

KINDS = ("province", "district", "township", "commune", "ward", "office", "agency", "facility", "organisation")
EARLIEST = date(1945, 9, 2)
AHEAD = 3 * 366  # days: a law sets the day of a reorganisation months before, not decades
LONGEST = 300  # characters of a legal basis, or of why it is reversed
LONGEST_NAME = 120
MOST_SUCCESSORS = 60

Span = tuple[date, date]


@dataclass(frozen=True)
class Place:
    """A successor of the draft, by its place in the list."""

    at: int


@dataclass(frozen=True)
class NewUnit:
    """A unit that begins on the day, below a unit that stands or below another successor."""

    name: str
    kind: str
    code: str = ""
    parent: int | Place | None = None


Successor = int | NewUnit  # a unit that stands already, or a new one


@dataclass(frozen=True)
class OldUnit:
    """What becomes of a unit: its people go to the successor at `default` (of one: to that one), or one by one (`Draft.chosen`).

    `to` empty: it ends and nobody succeeds it. `goes_on`: it does not end; with `under` it stands below that unit from then on.
    """

    unit_id: int
    to: tuple[int, ...] = ()
    default: int | None = None
    goes_on: bool = False
    under: int | Place | None = None
    legal_basis: str = ""  # of its successions, when it is another than the reorganisation's

    @property
    def people_to(self) -> int | None:
        """Where everyone goes who is not chosen to go elsewhere; None: nobody has said, or they stay."""
        if self.default is None and len(self.to) == 1 and not self.goes_on:
            return self.to[0]
        return self.default


@dataclass(frozen=True)
class Draft:
    """A whole reorganisation as somebody asks for it. `chosen`: person -> place of the successor they go to."""

    on: date
    legal_basis: str
    old: tuple[OldUnit, ...]
    successors: tuple[Successor, ...] = ()
    chosen: Mapping[int, int] = field(default_factory=dict)

    @property
    def eve(self) -> date:
        return self.on - timedelta(days=1)

    @property
    def ending(self) -> frozenset[int]:
        return frozenset(one.unit_id for one in self.old if not one.goes_on)

    @property
    def new(self) -> dict[int, NewUnit]:
        return {place: one for place, one in enumerate(self.successors) if isinstance(one, NewUnit)}

    @property
    def existing(self) -> dict[int, int]:
        return {place: one for place, one in enumerate(self.successors) if isinstance(one, int)}


@dataclass(frozen=True)
class Stood:
    """A unit as it stands on the day, before anything is done; `since` is the first day it ever stood."""

    unit_id: int
    name: str
    code: str
    parent: int | None
    since: date


def check_draft(draft: Draft, standing: Mapping[int, Stood], names: Mapping[int, str], today: date) -> None:
    """Everything that can be said without looking at people. `standing` are the units of that day; `names` of any other unit."""
    if not draft.legal_basis.strip():
        raise Refused("Write the legal basis: which resolution or decision says so.")
    if len(draft.legal_basis) > LONGEST or any(len(one.legal_basis) > LONGEST for one in draft.old):
        raise Refused("The legal basis is longer than %(most)s characters.", most=LONGEST)
    if not EARLIEST <= draft.on <= today + timedelta(days=AHEAD):
        raise Refused("%(day)s is no day for a reorganisation. Check the year.", day=short_date(draft.on))
    if not draft.old:
        raise Refused("Choose at least one old unit.")
    if len(draft.successors) > MOST_SUCCESSORS:
        raise Refused("At most %(most)s successors at once.", most=MOST_SUCCESSORS)
    if len({one.unit_id for one in draft.old}) < len(draft.old):
        raise Refused("An old unit is named twice.")
    for one in draft.old:
        _check_stands(one.unit_id, draft.on, standing, names)
        _check_fate(one, draft, standing)
    _check_below(draft, standing)
    check_successors(draft, standing, names)


def _check_stands(unit_id: int, on: date, standing: Mapping[int, Stood], names: Mapping[int, str]) -> None:
    found = standing.get(unit_id)
    if found is None:
        raise Refused("%(unit)s does not stand on %(day)s.", unit=names.get(unit_id, f"#{unit_id}"), day=short_date(on))
    if found.since >= on:
        raise Refused(
            "%(unit)s begins on %(start)s: it cannot end on %(day)s, before it has begun.",
            unit=found.name,
            start=short_date(found.since),
            day=short_date(on),
        )


def _check_fate(one: OldUnit, draft: Draft, standing: Mapping[int, Stood]) -> None:
    name = standing[one.unit_id].name
    places = range(len(draft.successors))
    named = {*one.to, *(() if one.default is None else (one.default,))}
    if any(place not in places for place in named) or (one.default is not None and one.default not in one.to):
        raise Refused("Choose for %(unit)s one of the successors of the list.", unit=name)
    if any(draft.successors[place] == one.unit_id for place in one.to):
        raise Refused("%(unit)s cannot succeed itself. Say instead that it goes on.", unit=name)
    if one.goes_on and not one.to and one.under is None:
        raise Refused("%(unit)s goes on as it is: then leave it out.", unit=name)


def _check_below(draft: Draft, standing: Mapping[int, Stood]) -> None:
    """No unit is left below one that has ended; nobody comes to stand below themselves."""
    told = {one.unit_id: one for one in draft.old}
    for unit_id, unit in standing.items():
        if unit.parent not in draft.ending or unit_id in draft.ending:
            continue
        if unit_id not in told or told[unit_id].under is None:
            raise Refused(
                "%(parent)s ends, and %(unit)s stands below it. Say what becomes of %(unit)s too.",
                parent=standing[unit.parent].name if unit.parent else "",
                unit=unit.name,
            )
    moved = {one.unit_id: one.under for one in draft.old if one.under is not None}
    for unit_id, under in moved.items():
        _check_parent(under, standing[unit_id].name, draft, standing)
        at, steps = _known(under, draft), 0
        while at is not None and steps <= len(standing):
            if at == unit_id:
                raise Refused("%(unit)s cannot stand below itself.", unit=standing[unit_id].name)
            onward = moved.get(at)
            at = _known(onward, draft) if onward is not None else standing[at].parent if at in standing else None
            steps += 1


def _known(parent: int | Place | None, draft: Draft) -> int | None:
    """The unit that stands already at that end, as far as it is one; a new unit's own parent."""
    steps = 0
    while isinstance(parent, Place) and steps <= len(draft.successors):
        one = draft.successors[parent.at]
        parent, steps = (one if isinstance(one, int) else one.parent), steps + 1
    return parent if isinstance(parent, int) else None


def _check_parent(parent: int | Place | None, name: str, draft: Draft, standing: Mapping[int, Stood]) -> None:
    if isinstance(parent, Place):
        if parent.at not in range(len(draft.successors)):
            raise Refused("Choose below which unit %(unit)s stands.", unit=name)
        return
    if parent is not None and parent not in standing:
        raise Refused("The unit that %(unit)s is to stand below does not stand on that day.", unit=name)
    if parent in draft.ending:
        raise Refused(
            "%(unit)s cannot stand below %(parent)s, which ends that day.", unit=name, parent=standing[parent].name
        )


def check_successors(draft: Draft, standing: Mapping[int, Stood], names: Mapping[int, str]) -> None:
    used = {place for one in draft.old for place in one.to}
    parents = [new.parent for new in draft.new.values()] + [one.under for one in draft.old]
    used |= {parent.at for parent in parents if isinstance(parent, Place)}
    for place, one in enumerate(draft.successors):
        if isinstance(one, int):
            _check_existing(one, draft, standing, names)
        else:
            _check_new(place, one, draft, standing)
        if place not in used:
            what = standing[one].name if isinstance(one, int) else one.name
            raise Refused("%(unit)s takes over from no old unit: choose one, or leave it out.", unit=what)
    if len(set(draft.existing.values())) < len(draft.existing):
        raise Refused("A successor is named twice.")
    carried = {unit.code: unit.name for unit in standing.values() if unit.code and unit.unit_id not in draft.ending}
    called: set[tuple[object, str]] = {
        (unit.parent, search_key(unit.name)) for unit in standing.values() if unit.unit_id not in draft.ending
    }
    for new in draft.new.values():
        if new.code and new.code in carried:
            raise Refused(
                "%(unit)s cannot have the code %(code)s: %(other)s has it on that day.",
                unit=new.name,
                code=new.code,
                other=carried[new.code],
            )
        where = (_key(new.parent, draft), search_key(new.name))
        if where in called:
            raise Refused("There would be two units called %(unit)s below the same one.", unit=new.name)
        carried |= {new.code: new.name} if new.code else {}
        called.add(where)


def _key(parent: int | Place | None, draft: Draft) -> object:
    if isinstance(parent, Place) and isinstance(known := draft.successors[parent.at], int):
        return known
    return parent


def _check_existing(unit_id: int, draft: Draft, standing: Mapping[int, Stood], names: Mapping[int, str]) -> None:
    if unit_id not in standing:
        raise Refused(
            "%(unit)s does not stand on %(day)s.", unit=names.get(unit_id, f"#{unit_id}"), day=short_date(draft.on)
        )
    if unit_id in draft.ending:
        raise Refused("%(unit)s ends that day itself and cannot succeed another.", unit=standing[unit_id].name)


def _check_new(place: int, new: NewUnit, draft: Draft, standing: Mapping[int, Stood]) -> None:
    if not new.name.strip():
        raise Refused("Every new unit needs a name.")
    if len(new.name) > LONGEST_NAME:
        raise Refused("The name is longer than %(most)s letters.", most=LONGEST_NAME)
    if new.kind not in KINDS:
        raise Refused("Choose what kind of unit %(unit)s is.", unit=new.name)
    _check_parent(new.parent, new.name, draft, standing)
    seen, at = {place}, new.parent
    while isinstance(at, Place):
        if at.at in seen:
            raise Refused("%(unit)s cannot stand below itself.", unit=new.name)
        seen.add(at.at)
        above = draft.successors[at.at]
        at = above.parent if isinstance(above, NewUnit) else None


def check_no_cycle(hops: Iterable[tuple[int, int]], names: Mapping[int, str]) -> None:
    """No unit's duties may come back to it, through however many steps."""
    onward: dict[int, set[int]] = {}
    for old, new in hops:
        onward.setdefault(old, set()).add(new)
    done: set[int] = set()
    for start in sorted(onward):
        path: list[tuple[int, list[int]]] = [(start, sorted(onward[start]))]
        on_path = {start}
        while path and start not in done:
            unit, left = path[-1]
            if not left:
                path.pop()
                on_path.discard(unit)
                done.add(unit)
                continue
            there = left.pop()
            if there in on_path:
                raise Refused(
                    "The duties of %(unit)s would come back to itself: a circle of successions.",
                    unit=names.get(there, f"#{there}"),
                )
            if there not in done and there in onward:
                path.append((there, sorted(onward[there])))
                on_path.add(there)


def check_why(why: str) -> None:
    """A reversal says why."""
    if not why.strip():
        raise Refused("Say why it is reversed.")
    if len(why) > LONGEST:
        raise Refused("The reason is longer than %(most)s characters.", most=LONGEST)


def free_spans(span: Span, taken: Collection[Span]) -> list[Span]:
    """What is left of a span when these are taken out: one person is posted to a unit once at a time."""
    left = [span]
    for start, end in sorted(taken):
        left = [part for a, b in left for part in ((a, min(b, start)), (max(a, end), b)) if part[0] < part[1]]
    return left
