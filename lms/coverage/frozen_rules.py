"""What makes a frozen period hold: one way to write its figures down, its hash, and how two writings are compared. Pure."""

import calendar
import hashlib
import json
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from typing import Any

# A period is frozen as it was known in the last moment before the freezing. So what is recorded in the very instant of
# freezing, before it or after it, is never in it, and the order of recording within one instant cannot matter.
EVE = timedelta(microseconds=1)
COUNTS = ("required", "done", "not_done", "unknown", "on_leave", "exempt", "roster")


def canonical(figures: Mapping[str, Any]) -> bytes:
    """Sorted keys, no spaces, UTF-8: the same figures are always the same bytes."""
    return json.dumps(figures, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False).encode()


def sha256(figures: Mapping[str, Any]) -> str:
    """SHA-256 of the canonical writing, in hexadecimal."""
    return hashlib.sha256(canonical(figures)).hexdigest()


def differing(frozen: Any, again: Any, at: str = "") -> Iterator[str]:
    """Where a second writing says something else, as paths. What only a newer program writes besides is no difference."""
    if isinstance(frozen, Mapping) and isinstance(again, Mapping):
        for name in frozen:
            if name not in again:
                yield f"{at}/{name}"
            else:
                yield from differing(frozen[name], again[name], f"{at}/{name}")
    elif isinstance(frozen, list) and isinstance(again, list) and len(frozen) == len(again):
        for place, (one, other) in enumerate(zip(frozen, again, strict=True)):
            yield from differing(one, other, f"{at}/{place}")
    elif frozen != again:
        yield at or "/"


def count_day(count_on: str, last: date) -> date:
    """The count date (month-day) of that year if it has passed by `last`, else `last` itself."""
    if not count_on:
        return last
    month, day = (int(part) for part in count_on.split("-"))
    counted = date(last.year, month, min(day, calendar.monthrange(last.year, month)[1]))
    return min(counted, last)


def drift(then: Mapping[str, int], now: Mapping[str, int]) -> dict[str, int]:
    """How many more (or fewer) stand where; empty when nothing differs."""
    return {name: now.get(name, 0) - then.get(name, 0) for name in COUNTS if now.get(name, 0) != then.get(name, 0)}
