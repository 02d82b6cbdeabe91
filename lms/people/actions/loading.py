"""Units from plain files: `units.csv`, `successions.csv`, `agencies.csv`. Loading twice changes nothing.

Codes and names are reused across time (03405 was Giang Ma, now it is Tả Lèng), so a unit is found by its code *and* the day
from which it carried it; an agency, which has no code, by its name under its district.
"""

import csv
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from sqlalchemy import select

from lms.kernel import audit
from lms.kernel.clock import now
from lms.kernel.db import BEGINNING, CURRENT, STILL, db
from lms.kernel.refused import Refused
from lms.kernel.vietnamese import nfc, search_key
from lms.people import queries
from lms.people.actions.units import add_unit, succeed_unit
from lms.people.models import ReorganisationStep, Succession, UnitVersion
from lms.people.reorganisation.rules import Draft, NewUnit, OldUnit

Row = dict[str, str]
UNITS = frozenset({"name", "kind", "code", "parent", "valid_from", "valid_to"})
SUCCESSIONS = frozenset({"old_code", "new_code", "on", "legal_basis"})
AGENCIES = frozenset({"name", "kind"})


@dataclass
class Loaded:
    """How many units and successions are new, changed, or were there already."""

    new: int = 0
    changed: int = 0
    same: int = 0
    successions: int = 0


def load_units(folder: Path, by: int | None = None, *, before: date | None = None) -> Loaded:
    """Bring the register of units to what the files say. Raises `Refused` naming the file and line.

    `before`: only what began before that day, as somebody knew it who had not heard of that day yet.
    """
    folder, loaded = Path(folder), Loaded()
    units = [
        (place, _as_known(row, before))
        for place, row in _rows(folder / "units.csv", UNITS)
        if _began(row["valid_from"], before)
    ]
    for place, row in units:
        _load_unit(place, row, loaded, by)
    districts = [row for _place, row in units if row["kind"] == "district"]
    for place, row in _rows(folder / "agencies.csv", AGENCIES, may_be_missing=True):
        for district in districts:
            inherited = {"valid_from": district["valid_from"], "valid_to": district["valid_to"]}
            _load_unit(place, {**row, "code": "", "parent": district["name"], **inherited}, loaded, by)
    for place, row in _rows(folder / "successions.csv", SUCCESSIONS, may_be_missing=True):
        if _began(row["on"], before):
            _load_succession(place, row, loaded, by)
    if loaded.new or loaded.changed or loaded.successions:
        audit.record("units.loaded", "unit", "", by=by, new=loaded.new, changed=loaded.changed)
    return loaded


def _began(day: str, before: date | None) -> bool:
    return before is None or not day or day < before.isoformat()


def _as_known(row: Row, before: date | None) -> Row:
    return row if _began(row["valid_to"], before) else {**row, "valid_to": ""}


def _load_unit(place: str, row: Row, loaded: Loaded, by: int | None) -> None:
    name, kind, code = nfc(row["name"]), row["kind"], row["code"]
    valid_from = _day(place, row["valid_from"], BEGINNING)
    valid_to = _day(place, row["valid_to"], STILL)
    parent_id = _unit(place, row["parent"], valid_from) if row["parent"] else None
    key = UnitVersion.code == code if code else UnitVersion.search_key == search_key(name)
    if not code:
        key &= UnitVersion.parent_id == parent_id
    found = db.session.scalar(
        select(UnitVersion).where(key, UnitVersion.valid_from == valid_from, UnitVersion.superseded_at == CURRENT)
    )
    if found is None:
        add_unit(name, kind, parent_id=parent_id, code=code, valid_from=valid_from, valid_to=valid_to, by=by)
        loaded.new += 1
        return
    said = (found.name, found.kind, found.parent_id, found.valid_to)
    if said == (name, kind, parent_id, valid_to) or _reorganised(found):
        loaded.same += 1
        return
    found.superseded_at = now()
    db.session.add(
        UnitVersion(
            unit_id=found.unit_id,
            parent_id=parent_id,
            name=name,
            kind=kind,
            code=code,
            search_key=search_key(name),
            valid_from=valid_from,
            valid_to=valid_to,
            recorded_at=found.superseded_at,
            recorded_by=by,
        )
    )
    db.session.flush()
    loaded.changed += 1


def _reorganised(version: UnitVersion) -> bool:
    """What the office reorganised in the product, a file does not undo."""
    step = select(ReorganisationStep.id).where(
        ReorganisationStep.kind == "unit_version", ReorganisationStep.new_row == version.id
    )
    return db.session.scalar(step.limit(1)) is not None


def reorganisation_of_files(folder: Path, on: date) -> Draft:
    """The reorganisation of that day as the files tell it: what ends, what begins, who succeeds whom, by one legal basis.

    A unit that ends that day without a successor ends so; the agencies of a district are in no file: the caller tells of them.
    """
    folder, day = Path(folder), on.isoformat()
    rows = list(_rows(folder / "units.csv", UNITS))
    begun = [row for _place, row in rows if row["valid_from"] == day]
    places = {row["code"]: place for place, row in enumerate(begun)}
    successors = tuple(
        NewUnit(nfc(row["name"]), row["kind"], row["code"], _unit(place, row["parent"], on) if row["parent"] else None)
        for place, row in rows
        if row["valid_from"] == day
    )
    to: dict[str, tuple[int, ...]] = {row["code"]: () for _place, row in rows if row["valid_to"] == day}
    bases: list[str] = []
    for place, row in _rows(folder / "successions.csv", SUCCESSIONS):
        if row["on"] == day:
            if row["new_code"] not in places:
                raise Refused(
                    "%(place)s: no unit with the code %(code)s begins then.", place=place, code=row["new_code"]
                )
            to[row["old_code"]] = (*to.get(row["old_code"], ()), places[row["new_code"]])
            bases.append(row["legal_basis"])
    old = tuple(OldUnit(_unit("successions.csv", code, on - timedelta(days=1)), there) for code, there in to.items())
    return Draft(on, "; ".join(dict.fromkeys(bases)), old, successors)


def _load_succession(place: str, row: Row, loaded: Loaded, by: int | None) -> None:
    on = _day(place, row["on"], None)
    old = _unit(place, row["old_code"], on - timedelta(days=1))
    new = _unit(place, row["new_code"], on)
    there = select(Succession.id).where(
        Succession.old_unit_id == old,
        Succession.new_unit_id == new,
        Succession.on == on,
        Succession.superseded_at == CURRENT,
    )
    if db.session.scalar(there) is None:
        succeed_unit(old, new, on=on, legal_basis=row["legal_basis"], by=by)
        loaded.successions += 1


def _unit(place: str, code_or_name: str, on: date) -> int:
    """The unit that carried this code, or else this name, on that day."""
    found = queries.unit_called(code_or_name, on)
    if found is not None:
        return found
    raise Refused("%(place)s: on %(day)s no one unit is called “%(unit)s”.", place=place, day=on, unit=code_or_name)


def _day(place: str, text: str, empty: date | None) -> date:
    if not text and empty is not None:
        return empty
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Refused("%(place)s: “%(text)s” is not a date like 2025-07-01.", place=place, text=text) from None


def _rows(path: Path, needed: frozenset[str], *, may_be_missing: bool = False) -> Iterable[tuple[str, Row]]:
    """Each line with its place ("units.csv:3"), for sentences about it."""
    if not path.exists():
        if may_be_missing:
            return
        raise Refused("%(file)s is missing.", file=str(path))
    with path.open(encoding="utf-8-sig", newline="") as file:
        reader = csv.DictReader(file)
        absent = needed - set(reader.fieldnames or ())
        if absent:
            raise Refused("%(file)s lacks the column %(column)s.", file=path.name, column=", ".join(sorted(absent)))
        for row in reader:
            yield f"{path.name}:{reader.line_num}", {name: (row[name] or "").strip() for name in needed}
