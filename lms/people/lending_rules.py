"""What may be lent, and for how long. Pure."""

from datetime import date, timedelta

from lms.kernel.refused import Refused
from lms.kernel.vietnamese import short_date
from lms.people.roles import Role

LENDABLE = frozenset({Role.TRAINER, Role.FOCAL, Role.OFFICE})
LONGEST = timedelta(days=184)  # a maternity leave


def check_may_lend(
    role: Role, *, lent: bool, own: bool, to_oneself: bool, until: date, ends: date, today: date
) -> None:
    """A role of one's own, to somebody else, until a day that comes, not longer than one holds it. `until` is the first day without."""
    if role not in LENDABLE:
        raise Refused("The admin's role is not lent: another admin grants it.")
    if lent or not own:
        raise Refused("A role that a colleague lent you is not yours to lend.")
    if to_oneself:
        raise Refused("Choose a colleague, not yourself.")
    if until <= today:
        raise Refused("Choose today or a later day.")
    if until > min(ends, today + LONGEST):
        raise Refused(
            "The last day is %(day)s at the latest.", day=short_date(min(ends, today + LONGEST) - timedelta(1))
        )
