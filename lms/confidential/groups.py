"""Write down that a group met; publish a closed quarter. No row says who wrote it or who came: only the audit trail knows the
account that wrote, so whoever has written down one colour never finds the other.
"""

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import Any

from sqlalchemy import delete, func, or_, select

from lms.confidential.models import BANDS, COLOURS, SEATS, BlueGroup, GreenGroup
from lms.confidential.small_numbers import STILL_OPEN, Published, Quarter, publish
from lms.kernel import audit
from lms.kernel.audit import AuditEntry
from lms.kernel.clock import today
from lms.kernel.db import db
from lms.kernel.refused import Refused
from lms.kernel.turns import take_turns

Group = GreenGroup | BlueGroup
WRITTEN, PUBLISHED = "group.written", "group_quarter.published"
CORRECTED, REMOVED = "group.corrected", "group.removed"
APART = timedelta(days=7)  # between two colours at one host; on one day, at any
AHEAD = timedelta(days=90)


def colour_of(account_id: int) -> str | None:
    """The colour the account has written down, if any."""
    kinds = [f"{colour}_group" for colour in COLOURS]
    found = select(AuditEntry.object_kind).where(
        AuditEntry.action == WRITTEN, AuditEntry.account_id == account_id, AuditEntry.object_kind.in_(kinds)
    )
    kind = db.session.scalar(found.limit(1))
    return kind.removesuffix("_group") if kind else None


def groups(colour: str, hosts: Iterable[int]) -> list[Group]:
    """Those at these hosts that can still be corrected, newest first."""
    model = COLOURS[colour]
    found = select(model).where(model.unit_id.in_(list(hosts)), model.on >= _open_since())
    return list(db.session.scalars(found.order_by(model.on.desc(), model.id)))


def group(colour: str, hosts: Iterable[int], group_id: int) -> Group | None:
    """One of them."""
    return next((one for one in groups(colour, hosts) if one.id == group_id), None)


def write_down(colour: str, on: date, unit_id: int, kind: str, band: str, *, by: int) -> Group:
    """A group met, or will meet. Raises `Refused`; the words are the same whatever stands in the way."""
    take_turns("groups")
    _check_day(colour, on, unit_id, by)
    row = COLOURS[colour](on=on, unit_id=unit_id, kind=kind, band=band)
    db.session.add(row)
    db.session.flush()
    audit.record(WRITTEN, f"{colour}_group", row.id, by=by)
    return row


def correct(colour: str, row: Group, on: date, unit_id: int, kind: str, band: str, *, by: int) -> None:
    """It was, or will be, otherwise: while its quarter is open. Raises `Refused`, as for a new one."""
    take_turns("groups")
    _check_open(row)
    _check_day(colour, on, unit_id, by)
    row.on, row.unit_id, row.kind, row.band = on, unit_id, kind, band
    audit.record(CORRECTED, f"{colour}_group", row.id, by=by)
    db.session.flush()


def remove(colour: str, row: Group, *, by: int) -> None:
    """It never was, nor will be: while its quarter is open. Raises `Refused`."""
    take_turns("groups")
    _check_open(row)
    seat = SEATS[colour]
    db.session.execute(delete(seat).where(seat.group_id == row.id))
    audit.record(REMOVED, f"{colour}_group", row.id, by=by)
    db.session.delete(row)
    db.session.flush()


def _open_since() -> date:
    return Quarter.of(today() - STILL_OPEN).first


def _check_open(row: Group) -> None:
    if row.on < _open_since():
        raise Refused("The quarter of this group is closed. What was published does not change.")


def _check_day(colour: str, on: date, unit_id: int, by: int) -> None:
    if on < _open_since() or on > today() + AHEAD:
        raise Refused("Please choose a day of a quarter that is not closed, at most 90 days from now.")
    if colour_of(by) not in {None, colour} or _taken(colour, on, unit_id):
        raise Refused("This day is not free. Please choose another.")


def _taken(colour: str, on: date, unit_id: int) -> bool:
    """A group of another colour on that day anywhere, or at that host within a week."""
    for other, model in COLOURS.items():
        near = (model.unit_id == unit_id) & model.on.between(on - APART, on + APART)
        if other != colour and db.session.scalar(select(model.id).where(or_(model.on == on, near)).limit(1)):
            return True
    return False


def published(province_id: int) -> dict[Quarter, Published]:
    """What has been published, as it was then: kept in the trail, which the database refuses to change."""
    found = select(AuditEntry).where(AuditEntry.action == PUBLISHED, AuditEntry.object_id == str(province_id))
    return {
        Quarter(entry.facts["year"], entry.facts["number"]): Published.from_json(entry.facts["figures"])
        for entry in db.session.scalars(found.order_by(AuditEntry.seq))
    }


def publish_quarter(province_id: int, below: Iterable[int], quarter: Quarter, *, by: int) -> Published:
    """Once; asked again, what was published. `below`: the province and all its units."""
    take_turns("groups")
    kept = published(province_id)
    if not quarter.is_closed(today()):
        raise Refused("This quarter is not closed yet.")
    figures = publish(kept, quarter, {"colour": _heads(quarter, list(below))}, today())
    if quarter not in kept:
        facts: dict[str, Any] = {"year": quarter.year, "number": quarter.number, "figures": figures.as_json()}
        audit.record(PUBLISHED, "unit", province_id, by=by, **facts)
    return figures


def _heads(quarter: Quarter, unit_ids: list[int]) -> Mapping[str, int]:
    """How many came, by the middle of their bands."""
    found = {}
    for colour, model in COLOURS.items():
        held = select(model.band, func.count()).where(
            model.unit_id.in_(unit_ids), model.on >= quarter.first, model.on < quarter.after
        )
        found[colour] = sum(BANDS[band] * n for band, n in db.session.execute(held.group_by(model.band)))
    return found
