"""Units: they begin, are renamed, end, and are succeeded by others. Nothing is edited in place: a change supersedes."""

from datetime import date, datetime

from sqlalchemy import select

from lms.kernel import audit
from lms.kernel.clock import now
from lms.kernel.db import BEGINNING, CURRENT, STILL, db
from lms.kernel.refused import Refused
from lms.kernel.vietnamese import nfc, search_key
from lms.people import queries, rules
from lms.people.models import Succession, Unit, UnitVersion
from lms.people.reorganisation.rules import check_no_cycle


def add_unit(
    name: str,
    kind: str,
    *,
    parent_id: int | None = None,
    code: str = "",
    valid_from: date = BEGINNING,
    valid_to: date = STILL,
    by: int | None = None,
) -> Unit:
    """A new place, with its first version."""
    unit = Unit(recorded_at=now())
    db.session.add(unit)
    db.session.flush()
    version_unit(unit.id, name, kind, parent_id=parent_id, code=code, valid_from=valid_from, valid_to=valid_to, by=by)
    return unit


def version_unit(
    unit_id: int,
    name: str,
    kind: str,
    *,
    parent_id: int | None,
    code: str,
    valid_from: date,
    valid_to: date = STILL,
    by: int | None = None,
) -> UnitVersion:
    """From that day the unit is called so and stands there; the version before ends that day."""
    rules.check_interval(valid_from, valid_to)
    before = db.session.scalars(
        select(UnitVersion).where(
            UnitVersion.unit_id == unit_id,
            UnitVersion.superseded_at == CURRENT,
            UnitVersion.valid_from < valid_to,
            UnitVersion.valid_to > valid_from,
        )
    ).all()
    moment = now()
    for old in before:
        if old.valid_from >= valid_from:
            raise Refused("This unit already has a version from %(day)s on.", day=old.valid_from.strftime("%d/%m/%Y"))
        _end_version(old, valid_from, by, moment)
    version = UnitVersion(
        unit_id=unit_id,
        parent_id=parent_id,
        name=nfc(name),
        kind=kind,
        code=code,
        search_key=search_key(name),
        valid_from=valid_from,
        valid_to=valid_to,
        recorded_at=moment,
        recorded_by=by,
    )
    db.session.add(version)
    db.session.flush()
    return version


def _end_version(old: UnitVersion, on: date, by: int | None, moment: datetime) -> None:
    old.superseded_at = moment
    kept = {
        name: getattr(old, name)
        for name in ("unit_id", "parent_id", "name", "kind", "code", "search_key", "valid_from")
    }
    db.session.add(UnitVersion(**kept, valid_to=on, recorded_at=moment, recorded_by=by))


def succeed_unit(
    old_unit_id: int, new_unit_id: int, *, on: date, legal_basis: str, by: int | None = None
) -> Succession:
    """The old unit's people and duties go to the new one on that day. Moves nobody by itself: see `move_people`."""
    if old_unit_id == new_unit_id:
        raise Refused("A unit cannot succeed itself.")
    names = {unit_id: version.name for unit_id, version in queries.latest_versions().items()}
    told = [(step.old_unit_id, step.new_unit_id) for step in queries.successions()]
    check_no_cycle([*told, (old_unit_id, new_unit_id)], names)
    row = Succession(
        old_unit_id=old_unit_id,
        new_unit_id=new_unit_id,
        on=on,
        legal_basis=legal_basis,
        recorded_at=now(),
        recorded_by=by,
    )
    db.session.add(row)
    db.session.flush()
    audit.record("unit.succeeded", "unit", old_unit_id, by=by, new=new_unit_id, on=on)
    return row
