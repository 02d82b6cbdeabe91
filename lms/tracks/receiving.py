"""The receiving office: which unit receives a plan's reports, during a time. A role that passes on; nothing is edited in place."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from sqlalchemy import select

from lms.kernel import audit
from lms.kernel.clock import now
from lms.kernel.db import CURRENT, STILL, db
from lms.kernel.refused import Refused
from lms.kernel.vietnamese import search_key, short_date, tidy
from lms.people import queries as people
from lms.people.models import UnitVersion
from lms.tracks.models import Plan, ReceivingOffice

LONGEST = 300  # characters of a reason
AFTERWARDS = 2 * 366  # days after the plan: its last report is still on its way

Step = tuple[int | None, int | None]  # id of the row superseded, id of the row recorded
FIELDS = ("plan_id", "unit_id", "because", "valid_from", "valid_to")


def set_receiving_office(
    plan_id: int, unit_id: int, *, on: date, because: str, by: int | None = None, stands_until: date = STILL
) -> list[Step]:
    """From that day the unit receives the reports, until the next change that is recorded already. Returns what was superseded and recorded.

    `stands_until`: the day on which the unit ends, when that is known.
    """
    plan, because = db.session.get_one(Plan, plan_id), tidy(because)
    _check(plan, unit_id, on, because)
    rows = _rows(plan_id)
    held = next((row for row in rows if row.valid_from <= on < row.valid_to), None)
    if held is not None and held.unit_id == unit_id:
        raise Refused("It is the receiving office on %(day)s already.", day=short_date(on))
    next_on = min((row.valid_from for row in rows if row.valid_from > on), default=STILL)
    until = min(next_on if held is None else held.valid_to, stands_until)
    steps: list[tuple[ReceivingOffice | None, ReceivingOffice | None]] = []
    moment = now()
    if held is not None:
        held.superseded_at = moment
        shorter = _again(held, by, moment, valid_to=on) if held.valid_from < on else None
        steps.append((held, shorter))
    made = ReceivingOffice(
        plan_id=plan_id,
        unit_id=unit_id,
        because=because,
        valid_from=on,
        valid_to=until,
        recorded_at=moment,
        recorded_by=by,
    )
    db.session.add(made)
    steps.append((None, made))
    db.session.flush()
    audit.record("plan.receiving_office_set", "plan", plan_id, by=by, unit=unit_id, on=on)
    return [(old.id if old else None, new.id if new else None) for old, new in steps]


def _check(plan: Plan, unit_id: int, on: date, because: str) -> None:
    if not because:
        raise Refused("Say why: which decision makes it the receiving office.")
    if len(because) > LONGEST:
        raise Refused("The reason is longer than %(most)s characters.", most=LONGEST)
    if not plan.starts_on <= on <= plan.ends_on + timedelta(days=AFTERWARDS):
        raise Refused(
            "%(day)s is outside the plan, which runs from %(first)s to %(last)s.",
            day=short_date(on),
            first=short_date(plan.starts_on),
            last=short_date(plan.ends_on),
        )
    if unit_id not in people.units_at(on):
        raise Refused("That unit does not stand on %(day)s.", day=short_date(on))


def first_office(plan: Plan, name: str, by: int | None = None) -> None:
    """The office that the plan itself names, from its first day; does nothing when none of that name stands, or one is set."""
    if not name or _rows(plan.id, also_past=True):
        return
    tree = people.units_at(plan.starts_on)
    below = tree.subtree(plan.scope_unit_id)
    found = [one for one in tree.versions.values() if one.unit_id in below and one.search_key == search_key(name)]
    if len(found) == 1:
        set_receiving_office(
            plan.id, found[0].unit_id, on=plan.starts_on, because=name, by=by, stands_until=found[0].valid_to
        )


def take_back(steps: Iterable[Step], by: int | None = None) -> None:
    """What these steps recorded is superseded, what they superseded is recorded again. See `unchanged`."""
    steps, moment = list(steps), now()
    for row in _by_id(new for _old, new in steps):
        row.superseded_at = moment
    for row in _by_id(old for old, _new in steps):
        _again(row, by, moment)
    db.session.flush()


def unchanged(steps: Iterable[Step]) -> bool:
    """Whether what these steps recorded still holds."""
    return all(row.superseded_at == CURRENT for row in _by_id(new for _old, new in steps))


def received_by(unit_ids: Iterable[int], *, but: Iterable[int | None] = ()) -> bool:
    """Whether one of these units is, was or will be a receiving office by a row that is none of those."""
    held = select(ReceivingOffice.id).where(
        ReceivingOffice.unit_id.in_(set(unit_ids)), ReceivingOffice.superseded_at == CURRENT
    )
    return bool(set(db.session.scalars(held)) - set(but))


def receiving_office(plan: Plan, on: date, known_at: datetime | None = None) -> UnitVersion | None:
    """The unit that receives the plan's reports on that day, as it is called then; None: nobody has said, or it has ended."""
    held = ReceivingOffice.true_on(on, known_at)
    row = db.session.scalar(select(ReceivingOffice).where(ReceivingOffice.plan_id == plan.id, held))
    if row is None:
        return None
    return db.session.scalar(
        select(UnitVersion).where(
            UnitVersion.unit_id == row.unit_id,
            UnitVersion.true_on(on, known_at),
        )
    )


def history(plan_id: int) -> list[ReceivingOffice]:
    """Everything that was ever recorded for the plan, in the order in which it was."""
    return _rows(plan_id, also_past=True)


def offices_among(unit_ids: Iterable[int], on: date) -> list[tuple[Plan, int]]:
    """(plan, unit) where one of these units receives reports on that day. A plan long over has none to receive any more."""
    rows = db.session.execute(
        select(Plan, ReceivingOffice.unit_id)
        .join(ReceivingOffice, ReceivingOffice.plan_id == Plan.id)
        .where(
            ReceivingOffice.superseded_at == CURRENT,
            ReceivingOffice.unit_id.in_(set(unit_ids)),
            ReceivingOffice.valid_from <= on,
            ReceivingOffice.valid_to > on,
        )
        .order_by(Plan.starts_on, Plan.id)
    )
    return [(row.Plan, row.unit_id) for row in rows if on <= row.Plan.ends_on + timedelta(days=AFTERWARDS)]


def _rows(plan_id: int, *, also_past: bool = False) -> list[ReceivingOffice]:
    where = [ReceivingOffice.plan_id == plan_id]
    if not also_past:
        where.append(ReceivingOffice.superseded_at == CURRENT)
    return list(db.session.scalars(select(ReceivingOffice).where(*where).order_by(ReceivingOffice.id)))


def _by_id(ids: Iterable[int | None]) -> list[ReceivingOffice]:
    wanted = {one for one in ids if one is not None}
    return list(
        db.session.scalars(select(ReceivingOffice).where(ReceivingOffice.id.in_(wanted)).order_by(ReceivingOffice.id))
    )


def _again(row: ReceivingOffice, by: int | None, moment: datetime, **changes: object) -> ReceivingOffice:
    values = {name: getattr(row, name) for name in FIELDS} | changes
    made = ReceivingOffice(**values, recorded_at=moment, recorded_by=by)
    db.session.add(made)
    return made
