"""A reorganisation as the whole house does it: no class is left open at a unit that ends, and the receiving office passes on."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sqlalchemy import func, or_, select

from lms.attendance import queries as attendance
from lms.attendance.models import TrainingClass
from lms.coverage.models import FrozenPeriod, Proposal
from lms.kernel.db import db
from lms.kernel.refused import Refused
from lms.kernel.vietnamese import short_date
from lms.people import actions as people
from lms.people.models import Reorganisation, ReorganisationStep
from lms.people.reorganisation import foreseeing, resting
from lms.people.reorganisation.foreseeing import Foreseen
from lms.people.reorganisation.rules import Draft, Place
from lms.tracks import receiving
from lms.tracks.models import Plan

NAMED = 5  # classes named in one sentence


@dataclass(frozen=True)
class NextOffice:
    """Who receives a plan's reports from then on: a unit that stands, or a successor. `because` empty: by the same basis."""

    unit: int | Place
    because: str = ""


Offices = Mapping[int, NextOffice]  # by plan


@dataclass(frozen=True)
class Outlook:
    """What a draft would do in the whole house: to the register, and what blocks it or has to be chosen besides."""

    foreseen: Foreseen
    open_classes: list[TrainingClass]
    offices: list[tuple[Plan, int]]  # plans whose receiving office ends


def look_ahead(draft: Draft) -> Outlook:
    """Raises `Refused` when the draft itself cannot be; open classes are told, not refused, so that all of it can be seen."""
    foreseen = foreseeing.foresee(draft)
    first = db.session.scalar(select(func.min(Plan.starts_on)))
    if first is not None and draft.on < first:
        raise Refused(
            "%(day)s lies before the first plan, which begins on %(first)s: nothing is counted then.",
            day=short_date(draft.on),
            first=short_date(first),
        )
    ending = draft.ending
    return Outlook(foreseen, attendance.open_classes(ending), receiving.offices_among(ending, draft.on))


def reorganise(draft: Draft, *, offices: Offices | None = None, by: int | None = None) -> Reorganisation:
    """Does what `look_ahead` told. Raises `Refused` naming the open classes, or the plan whose receiving office nobody has chosen."""
    people.hold_units(draft)
    outlook, offices = look_ahead(draft), offices or {}
    if outlook.open_classes:
        raise Refused(
            "These classes are still open: %(classes)s. Close or cancel them first.",
            classes=named(outlook.open_classes),
        )
    for plan, unit_id in outlook.offices:
        if plan.id not in offices:
            raise Refused(
                "%(unit)s receives the reports of “%(plan)s”. Choose who receives them from then on.",
                unit=outlook.foreseen.name(unit_id),
                plan=plan.title,
            )
    row = people.reorganise(draft, by=by)
    units = people.units_of_places(row, draft)
    for plan, _unit_id in outlook.offices:
        after = offices[plan.id]
        office = units.get(after.unit.at, 0) if isinstance(after.unit, Place) else after.unit
        because = after.because or row.legal_basis
        steps = receiving.set_receiving_office(plan.id, office, on=draft.on, because=because, by=by)
        for old, new in steps:
            people.note_step(row, "office", old, new)
    return row


def named(classes: Iterable[TrainingClass]) -> str:
    """The first few by their titles."""
    titles = [f"“{one.title}”" for one in classes]
    return ", ".join(titles[:NAMED]) + ("…" if len(titles) > NAMED else "")


def rests_on(row: Reorganisation) -> list[Refused]:
    """A sentence for each thing that rests on it; none: it may be reversed."""
    found = resting.on_units(row)
    if row.reversed_at is not None:
        return found
    units = resting.made_units(row)
    if n := attendance.classes_called(units):
        found.append(Refused("Classes were called by its new units: %(n)s.", n=n))
    if db.session.scalar(select(Plan.id).where(Plan.scope_unit_id.in_(units)).limit(1)):
        found.append(Refused("A plan was made for its new units."))
    steps = _office_steps(row)
    if not receiving.unchanged(steps) or receiving.received_by(units, but={new for _old, new in steps}):
        found.append(Refused("The receiving office has passed on since."))
    frozen = select(FrozenPeriod).where(
        or_(FrozenPeriod.as_of >= row.on, FrozenPeriod.tree_at >= row.on), FrozenPeriod.known_at >= row.recorded_at
    )
    if (period := db.session.scalar(frozen.order_by(FrozenPeriod.id).limit(1))) is not None:
        found.append(
            Refused(
                "Figures of %(day)s were frozen with it: “%(title)s”.", day=short_date(period.as_of), title=period.title
            )
        )
    drafts = select(func.count(Proposal.id)).where(Proposal.unit_id.in_(units), Proposal.thrown_away_at.is_(None))
    if n := db.session.scalar(drafts) or 0:
        found.append(Refused("Classes were proposed for its new units: %(n)s.", n=n))
    return found


def _office_steps(row: Reorganisation) -> list[receiving.Step]:
    steps = db.session.execute(
        select(ReorganisationStep.old_row, ReorganisationStep.new_row).where(
            ReorganisationStep.reorganisation_id == row.id, ReorganisationStep.kind == "office"
        )
    )
    return [(step.old_row, step.new_row) for step in steps]


def reverse(row: Reorganisation, *, why: str, by: int | None = None) -> None:
    """As if it had not been done. Raises `Refused` naming the first thing that rests on it."""
    for refused in rests_on(row):
        raise refused
    people.reverse(row, why=why, by=by)
    receiving.take_back(_office_steps(row), by)
