"""Seat codes: six letters on paper for whoever comes, drawn at random, so that a place can be kept for somebody nobody has to name.

A code stands for no person and leads to no other table; it is gone within a week of the day of its group.
"""

import secrets
from datetime import datetime

from sqlalchemy import delete, select

from lms.confidential.groups import Group
from lms.confidential.models import COLOURS, SEATS
from lms.kernel import audit
from lms.kernel.clock import local, today
from lms.kernel.db import db
from lms.kernel.refused import Refused
from lms.kernel.turns import take_turns

DRAWN = "group.seats_drawn"
LETTERS = "ACDEFGHKLMNPQRTUVXY"  # none that looks like another by hand
LENGTH, MOST = 6, 40


def codes(colour: str, row: Group) -> list[str]:
    """Those of the group, in the order of letters."""
    seat = SEATS[colour]
    return list(db.session.scalars(select(seat.code).where(seat.group_id == row.id).order_by(seat.code)))


def draw(colour: str, row: Group, number: int, *, by: int) -> list[str]:
    """So many new ones (1 to `MOST`); earlier ones of the group are void. Raises `Refused` when its day is over."""
    take_turns("groups")
    if row.on < today():
        raise Refused("The day of this group is over.")
    seat, drawn = SEATS[colour], set[str]()
    while len(drawn) < number:
        drawn.add("".join(secrets.choice(LETTERS) for _ in range(LENGTH)))
    db.session.execute(delete(seat).where(seat.group_id == row.id))
    db.session.add_all(seat(group_id=row.id, code=code) for code in sorted(drawn))
    audit.record(DRAWN, f"{colour}_group", row.id, by=by)
    db.session.flush()
    return sorted(drawn)


def forget(before: datetime) -> int:
    """Of groups whose day is not after then. Returns of how many groups; nobody learns how many seats one had."""
    groups = 0
    for colour, model in COLOURS.items():
        seat, over = SEATS[colour], select(model.id).where(model.on <= local(before).date())
        ids = list(db.session.scalars(select(seat.group_id).where(seat.group_id.in_(over)).distinct()))
        db.session.execute(delete(seat).where(seat.group_id.in_(ids)))
        groups += len(ids)
    return groups
