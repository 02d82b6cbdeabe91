"""The period of a yearly report. Pure."""

from datetime import date

from lms.kernel.refused import Refused
from lms.kernel.vietnamese import short_date

CUT_OFF = (11, 30)  # the report is due before 01/12 (plan, parts II.4 and III.10)


def period(year: int | None, first: date | None, last: date | None, today: date) -> tuple[date, date]:
    """From 01/01 to the cut-off of that year (default: this year), or the days asked for; never past today."""
    year = year or (last or today).year
    first = first or date(year, 1, 1)
    last = last or date(year, *CUT_OFF)
    if first > today:
        raise Refused("%(day)s has not come yet: choose an earlier period.", day=short_date(first))
    if first > last:
        raise Refused("The period ends before it begins.")
    return first, min(last, today)
