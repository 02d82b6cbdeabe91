"""Days and moments as people write them in an address or on a command line. Pure."""

import re
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

from lms.kernel.refused import Refused
from lms.kernel.vietnamese import read_date, short_date

HERE = ZoneInfo("Asia/Ho_Chi_Minh")
EARLIEST, LATEST = date(1900, 1, 1), date(2100, 12, 31)
CLOCK = re.compile(r"(.+?)[T ](\d{1,2}:\d{2}.*)")


def day(text: str | None) -> date | None:
    """2025-06-30 or 30/06/2025; None for nothing. Raises `Refused` for what is no day."""
    if not (text or "").strip():
        return None
    found = read_date(str(text))
    if found is None:
        raise Refused("“%(text)s” is not a date. Write it like 30/06/2025 or 2025-06-30.", text=_short(text))
    if not EARLIEST <= found <= LATEST:
        raise Refused("%(day)s cannot be right. Check the year.", day=short_date(found))
    return found


def moment(text: str | None) -> datetime | None:
    """A moment in UTC: 2025-06-30T17:00 (in Viet Nam, unless it names its zone), or a day, which means its end."""
    if not (text or "").strip():
        return None
    written = str(text).strip()
    clock = CLOCK.fullmatch(written)
    if clock is None:
        found = day(written) or LATEST
        return datetime.combine(found, time.max, HERE).astimezone(UTC)
    try:
        at = datetime.fromisoformat(f"{(day(clock[1]) or LATEST).isoformat()}T{clock[2].strip():0>5}")
    except ValueError:
        raise Refused(
            "“%(text)s” is not a time. Write it like 2025-06-30T17:00 or 30/06/2025 17:00.", text=_short(text)
        ) from None
    return (at if at.tzinfo else at.replace(tzinfo=HERE)).astimezone(UTC)


def _short(text: str | None) -> str:
    return str(text)[:40]
