"""What rests on a reorganisation: while something does, it cannot be reversed, and this says what. Reads only."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import func, or_, select

from lms.kernel.clock import local
from lms.kernel.db import CURRENT, db
from lms.kernel.refused import Refused
from lms.kernel.vietnamese import short_date
from lms.people import queries
from lms.people.models import (
    Posting,
    Reorganisation,
    ReorganisationStep,
    RoleGrant,
    Roster,
    RosterConfirmation,
    Succession,
    UnitVersion,
)
from lms.people.reorganisation.steps import KINDS, values_of


@dataclass(frozen=True)
class Steps:
    """The rows of one kind: `made` ids with the row that says so now (`held`), and the rows they took the place of."""

    made: frozenset[int]
    held: dict[int, Any]
    replaced: list[Any]

    @property
    def changed(self) -> int:
        """How many of the rows it recorded no longer hold."""
        return len(self.made) - len(self.held)


def steps_of(row: Reorganisation, kind: str) -> Steps:
    """A row that was superseded and then recorded again as it was (a later reorganisation, reversed) holds all the same."""
    model = KINDS[kind]
    steps = db.session.execute(
        select(ReorganisationStep.old_row, ReorganisationStep.new_row).where(
            ReorganisationStep.reorganisation_id == row.id, ReorganisationStep.kind == kind
        )
    ).all()
    made = _rows(model, model.id.in_({step.new_row for step in steps} - {None}))
    whose = {"posting": "person_id", "unit_version": "unit_id", "succession": "old_unit_id"}[kind]
    now_held = _rows(
        model,
        model.superseded_at == CURRENT,
        getattr(model, whose).in_({getattr(one, whose) for one in made}),
    )
    by_words = {tuple(values_of(one).values()): one for one in now_held}
    held = {one.id: by_words[words] for one in made if (words := tuple(values_of(one).values())) in by_words}
    replaced = _rows(model, model.id.in_({step.old_row for step in steps} - {None}))
    return Steps(frozenset(one.id for one in made), held, replaced)


def _rows(model: type[Any], *where: Any) -> list[Any]:
    return list(db.session.scalars(select(model).where(*where).order_by(model.id)))


def made_units(row: Reorganisation) -> frozenset[int]:
    """The units that began with it."""
    made = select(ReorganisationStep.new_row).where(
        ReorganisationStep.reorganisation_id == row.id, ReorganisationStep.kind == "unit"
    )
    return frozenset(unit_id for unit_id in db.session.scalars(made) if unit_id)


def on_units(row: Reorganisation) -> list[Refused]:
    """A sentence for each thing of this room that rests on it; none: it may be reversed as far as people and units go."""
    if row.reversed_at is not None:
        return [Refused("It was reversed on %(day)s already.", day=short_date(local(row.reversed_at)))]
    units = made_units(row)
    return [*_changed(row), *_at_new_units(row, units), *_in_the_way(row)]


def _changed(row: Reorganisation) -> Iterator[Refused]:
    versions, successions, postings = (steps_of(row, kind) for kind in KINDS)
    if versions.changed or successions.changed:
        later = db.session.scalar(
            select(Reorganisation)
            .where(
                Reorganisation.id > row.id,
                Reorganisation.reversed_at.is_(None),
                Reorganisation.id.in_(_touching(versions.made | frozenset(_ids(versions.held)))),
            )
            .order_by(Reorganisation.id)
            .limit(1)
        )
        if later is not None:
            yield Refused(
                "A later reorganisation, of %(day)s, rests on it. Reverse that one first.", day=short_date(later.on)
            )
        else:
            yield Refused("Units it made were renamed, moved or ended since.")
    if postings.changed:
        yield Refused("Postings it made were changed since: %(n)s.", n=postings.changed)


def _ids(held: dict[int, Any]) -> list[int]:
    return [one.id for one in held.values()]


def _touching(version_ids: frozenset[int]) -> Any:
    return select(ReorganisationStep.reorganisation_id).where(
        ReorganisationStep.kind == "unit_version", ReorganisationStep.old_row.in_(version_ids)
    )


def _at_new_units(row: Reorganisation, units: frozenset[int]) -> Iterator[Refused]:
    """People posted, roles given, lists confirmed, units set up at or below the units that began with it."""
    ours = [one.id for one in steps_of(row, "posting").held.values()]
    count = select(func.count())
    posted = count.select_from(Posting).where(
        Posting.unit_id.in_(units), Posting.superseded_at == CURRENT, Posting.id.not_in(ours)
    )
    if n := db.session.scalar(posted):
        yield Refused("People were posted to its new units since: %(n)s.", n=n)
    granted = count.select_from(RoleGrant).where(RoleGrant.unit_id.in_(units), RoleGrant.superseded_at == CURRENT)
    if n := db.session.scalar(granted):
        yield Refused("Roles over its new units were given: %(n)s.", n=n)
    confirmed = count.select_from(RosterConfirmation).where(
        RosterConfirmation.unit_id.in_(units), RosterConfirmation.superseded_at == CURRENT
    )
    sent = count.select_from(Roster).where(Roster.unit_id.in_(units), Roster.discarded_at.is_(None))
    if n := (db.session.scalar(confirmed) or 0) + (db.session.scalar(sent) or 0):
        yield Refused("Lists of its new units were sent or confirmed: %(n)s.", n=n)
    versions = [one.id for one in steps_of(row, "unit_version").held.values()]
    below = count.select_from(UnitVersion).where(
        UnitVersion.parent_id.in_(units), UnitVersion.superseded_at == CURRENT, UnitVersion.id.not_in(versions)
    )
    if n := db.session.scalar(below):
        yield Refused("Other units stand below its new units now: %(n)s.", n=n)
    passed_on = [one.id for one in steps_of(row, "succession").held.values()]
    succeeded = count.select_from(Succession).where(
        or_(Succession.old_unit_id.in_(units), Succession.new_unit_id.in_(units)),
        Succession.superseded_at == CURRENT,
        Succession.id.not_in(passed_on),
    )
    if n := db.session.scalar(succeeded):
        yield Refused("Its new units succeeded others, or were succeeded, since: %(n)s.", n=n)


def _in_the_way(row: Reorganisation) -> Iterator[Refused]:
    """What would stand beside itself if the old rows came back: a code carried by another unit, a posting written since."""
    versions, postings = steps_of(row, "unit_version"), steps_of(row, "posting")
    mine = [one.id for one in versions.held.values()]
    for old in versions.replaced:
        carried = select(UnitVersion).where(
            UnitVersion.code == old.code,
            UnitVersion.code != "",
            UnitVersion.superseded_at == CURRENT,
            UnitVersion.id.not_in(mine),
            UnitVersion.unit_id != old.unit_id,
            UnitVersion.valid_from < old.valid_to,
            UnitVersion.valid_to > old.valid_from,
        )
        if (other := db.session.scalar(carried.limit(1))) is not None:
            yield Refused(
                "The code %(code)s of %(unit)s is carried by %(other)s now.",
                code=old.code,
                unit=old.name,
                other=other.name,
            )
    names = queries.latest_versions()
    ours = {one.id for one in postings.held.values()}
    back: dict[tuple[int, int], list[tuple[date, date]]] = {}
    for old in postings.replaced:
        back.setdefault((old.person_id, old.unit_id), []).append((old.valid_from, old.valid_to))
    for one in _rows(
        Posting, Posting.superseded_at == CURRENT, Posting.unit_id.in_({old.unit_id for old in postings.replaced})
    ):
        spans = back.get((one.person_id, one.unit_id), [])
        if one.id not in ours and any(one.valid_from < end and start < one.valid_to for start, end in spans):
            yield Refused(
                "A posting at %(unit)s from %(day)s was written since.",
                unit=names[one.unit_id].name,
                day=short_date(one.valid_from),
            )
