"""What time it is. Everything that asks, asks here, so that a test or the demo world can say."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

HERE = ZoneInfo("Asia/Ho_Chi_Minh")
_set: ContextVar[datetime | None] = ContextVar("clock", default=None)


def now() -> datetime:
    """The present moment, aware, in UTC."""
    return _set.get() or datetime.now(UTC)


def today() -> date:
    """The calendar day in Viet Nam."""
    return local(now()).date()


def local(moment: datetime) -> datetime:
    """The same moment on a clock in Viet Nam."""
    return moment.astimezone(HERE)


def at_hour(day: date, hour: int = 9, minute: int = 0) -> datetime:
    """That hour of that day in Viet Nam, in UTC."""
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=HERE).astimezone(UTC)


@contextmanager
def frozen(moment: datetime) -> Iterator[None]:
    """Inside, it is always this moment (for tests and for building the past of the demo world)."""
    token = _set.set(moment.astimezone(UTC))
    try:
        yield
    finally:
        _set.reset(token)
