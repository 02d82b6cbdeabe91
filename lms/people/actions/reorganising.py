"""A reorganisation is done as one act and undone as one act. Every row it supersedes or records is written down as a step."""

from typing import Any

from sqlalchemy import select

from lms.kernel import audit
from lms.kernel.clock import now
from lms.kernel.db import STILL, db
from lms.kernel.turns import hold, take_turns
from lms.kernel.vietnamese import search_key, tidy
from lms.people.models import Posting, Reorganisation, ReorganisationStep, Succession, Unit, UnitVersion
from lms.people.reorganisation import foreseeing, resting
from lms.people.reorganisation.foreseeing import Foreseen
from lms.people.reorganisation.rules import Draft, Place, check_why
from lms.people.reorganisation.steps import KINDS, values_of

BECAUSE = "reorganisation"


def reorganise(draft: Draft, *, by: int | None = None) -> Reorganisation:
    """Old units end, new ones begin, people go on at their successors. Raises `Refused`, in a sentence, before anything is written."""
    hold_units(draft)
    foreseen = foreseeing.foresee(draft)
    foreseeing.check_decided(foreseen)
    draft = foreseen.draft
    row = Reorganisation(on=draft.on, legal_basis=draft.legal_basis, recorded_at=now(), recorded_by=by)
    db.session.add(row)
    db.session.flush()
    _Act(row, foreseen).do()
    audit.record(
        "units.reorganised", "reorganisation", row.id, by=by, on=draft.on, old=len(draft.old), persons=foreseen.persons
    )
    return row


def hold_units(draft: Draft) -> None:
    """Until this is over nobody else reorganises, and nobody comes to the units it names: what is seen now is what is done."""
    take_turns("units")
    hold(Unit, *(one.unit_id for one in draft.old), *draft.existing.values(), wholly=True)


def note_step(row: Reorganisation, kind: str, old_row: int | None, new_row: int | None) -> None:
    """A row of another room that went with it (a receiving office), so that it can be undone with it."""
    db.session.add(ReorganisationStep(reorganisation_id=row.id, kind=kind, old_row=old_row, new_row=new_row))
    db.session.flush()


def units_of_places(row: Reorganisation, draft: Draft) -> dict[int, int]:
    """Which unit each place of the draft became."""
    made = select(ReorganisationStep.new_row).where(
        ReorganisationStep.reorganisation_id == row.id, ReorganisationStep.kind == "unit"
    )
    ids = [unit_id for unit_id in db.session.scalars(made.order_by(ReorganisationStep.id)) if unit_id]
    return draft.existing | dict(zip(draft.new, ids, strict=True))


class _Act:
    """What is written, in the order in which rows need one another. Steps are noted last, when every row has its id."""

    def __init__(self, row: Reorganisation, foreseen: Foreseen) -> None:
        self.row, self.foreseen, self.draft = row, foreseen, foreseen.draft
        self.noted: list[tuple[str, Any, Any]] = []  # kind, superseded row, recorded row
        self.ids: dict[int, int] = dict(self.draft.existing)  # place -> unit

    def do(self) -> None:
        self._begin()
        self._end()
        self._succeed()
        self._move()
        db.session.flush()
        for kind, old, new in self.noted:
            step = ReorganisationStep(
                reorganisation_id=self.row.id,
                kind=kind,
                old_row=None if old is None else old.id,
                new_row=None if new is None else new.id,
            )
            db.session.add(step)
        db.session.flush()

    def _begin(self) -> None:
        """New units, all identities first, since one may stand below another."""
        for place in self.draft.new:
            unit = Unit(recorded_at=self.row.recorded_at)
            db.session.add(unit)
            db.session.flush()
            self.ids[place] = unit.id
            self.noted.append(("unit", None, unit))
        for place, new in self.draft.new.items():
            self._record(
                UnitVersion,
                unit_id=self.ids[place],
                parent_id=self._unit(new.parent),
                name=new.name,
                kind=new.kind,
                code=new.code,
                search_key=search_key(new.name),
                valid_from=self.draft.on,
                valid_to=STILL,
            )

    def _unit(self, there: int | Place | None) -> int | None:
        return self.ids[there.at] if isinstance(there, Place) else there

    def _end(self) -> None:
        """Old units end that day; one that goes on below another unit gets a version that says so."""
        for one in self.draft.old:
            if one.goes_on and one.under is None:
                continue
            for version in self.foreseen.versions[one.unit_id]:
                values = values_of(version)
                self._shorten(version)
                if one.goes_on:
                    begins = max(version.valid_from, self.draft.on)
                    self._record(UnitVersion, **values | {"parent_id": self._unit(one.under), "valid_from": begins})

    def _succeed(self) -> None:
        for one in self.draft.old:
            for place in one.to:
                self._record(
                    Succession,
                    old_unit_id=one.unit_id,
                    new_unit_id=self.ids[place],
                    on=self.draft.on,
                    legal_basis=tidy(one.legal_basis) or self.draft.legal_basis,
                )

    def _move(self) -> None:
        for move in self.foreseen.moves:
            values = values_of(move.posting) | {"because": BECAUSE}
            self._shorten(move.posting)
            if move.to is None:
                continue
            for start, end in move.spans:
                there = {"unit_id": self.ids[move.to], "valid_from": start, "valid_to": end}
                self._record(Posting, **values | there)

    def _shorten(self, old: UnitVersion | Posting) -> None:
        """The old row ends that day, a shorter one stands for it; what would have begun later falls away."""
        old.superseded_at = self.row.recorded_at
        if old.valid_from < self.draft.on:
            self._record(type(old), replaces=old, **values_of(old) | {"valid_to": self.draft.on})
        else:
            self.noted.append((_kind(type(old)), old, None))

    def _record(self, model: type[Any], *, replaces: Any = None, **values: Any) -> None:
        made = model(**values, recorded_at=self.row.recorded_at, recorded_by=self.row.recorded_by)
        db.session.add(made)
        self.noted.append((_kind(model), replaces, made))


def _kind(model: type[Any]) -> str:
    return next(kind for kind, one in KINDS.items() if one is model)


def reverse(row: Reorganisation, *, why: str, by: int | None = None) -> None:
    """As if it had not been done, as far as we know now: what it recorded is superseded, what it superseded is recorded again.

    Raises `Refused` naming what rests on it. What was known in between stays known.
    """
    check_why(why)
    take_turns("units")
    db.session.refresh(row, ["reversed_at"])
    for refused in resting.on_units(row):
        raise refused
    moment = now()
    for kind in KINDS:
        steps = resting.steps_of(row, kind)
        for one in steps.held.values():
            one.superseded_at = moment
        db.session.flush()  # one holds at a time, and the constraints see each statement
        for old in steps.replaced:
            db.session.add(KINDS[kind](**values_of(old), recorded_at=moment, recorded_by=by))
    row.reversed_at, row.reversed_by, row.why_reversed = moment, by, tidy(why)
    db.session.flush()
    audit.record("units.reorganisation_reversed", "reorganisation", row.id, by=by)
