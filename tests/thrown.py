"""What is thrown at the doors, and how: each field and parameter that a page was seen to read, with what breaks careless code."""

from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from typing import Any
from urllib.parse import quote_plus
from zlib import crc32

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.datastructures import ImmutableMultiDict

from tests.conftest import POSTGRES
from tests.doors import Row

# NUL, half a character, numbers no column holds, digits that are none, letters in pieces, SQL, days that are none, brackets.
WORST = ("\x00", "\ud800", "9" * 30, "²")  # in each place by itself
OTHERS = (
    "a\x00b",
    "2147483648",
    "-1",
    "0",
    "٣",
    "NaN",
    "1e999",
    "Nguye\u0302\u0303n",
    "\u202e\u2066x",
    "' OR 1=1 --",
    "99/99/9999",
    "31/02/2026",
    "9999-12-31",
    "0001-01-01",
    "[]",
    "%",
    "",
    "\r\nX-Injected: 1",
)  # in turn
THROWN = (*WORST, *OTHERS)
LONG = "Ắ" * 40_000  # 360 KB on the wire
Pairs = list[tuple[str, str]]

read: set[str] = set()  # names that were asked for since it was last emptied


class Noting(ImmutableMultiDict[str, Any]):
    """A form or a query that notes what is asked of it."""

    def __getitem__(self, key: str) -> Any:
        read.add(key)
        return super().__getitem__(key)

    def __contains__(self, key: object) -> bool:
        read.add(str(key))
        return super().__contains__(key)

    def getlist(self, key: str, *how: Any, **more: Any) -> Any:
        read.add(key)
        return super().getlist(key, *how, **more)


def watched(app: Flask) -> None:
    """From now on, what the pages of this app ask of a request is noted in `read`."""
    app.request_class = type("Watched", (app.request_class,), {"parameter_storage_class": Noting})  # type: ignore[assignment]


def throws(
    row: Row, names: Sequence[str], *, engine: str, all_of_it: bool, long: str, query: bool = False
) -> Iterator[Pairs]:
    """In each place by itself a NUL, one more of the worst and one of the others, in turn; some in all places at once; each place twice.

    That on PostgreSQL, which is the stricter; a third of it on SQLite, always the same; `all_of_it` (nightly): every value in every
    place. A NUL in a query is answered before any page, so it is thrown once (`test_a_nul_is_nowhere`), not at each.
    """
    at = crc32(str(row).encode())
    for place, name in enumerate(names):
        turn = (WORST[0], WORST[1 + (at + place) % 3], OTHERS[(at + place) % len(OTHERS)])
        few = [value for value in turn if not (query and "\x00" in value)]
        yield from ([(name, value)] for value in (THROWN if all_of_it else shared(few, engine, f"{row}{name}")))
    if names:
        whole = ("\ud800", OTHERS[at % len(OTHERS)], "twice")
        for value in THROWN if all_of_it else shared(whole, engine, str(row)):
            times = 2 if value == "twice" else 1
            yield [(name, "12" if times == 2 else value) for name in names] * times
        if engine == "postgresql" or not POSTGRES:
            yield [(names[at % len(names)], long)]


def shared(values: Iterable[str], engine: str, where: str) -> Iterator[str]:
    """All of them, or every third, beginning elsewhere in each place."""
    step = 1 if engine == "postgresql" or not POSTGRES else 3
    first = crc32(where.encode()) % step
    return (value for number, value in enumerate(values) if number % step == first)


@cache
def sent_as(value: str) -> str:
    return quote_plus(value.encode("utf-8", "surrogatepass"))


def wire(pairs: Pairs) -> str:
    """As a form or a query is sent, half characters too."""
    return "&".join(f"{sent_as(name)}={sent_as(value)}" for name, value in pairs)


def throw(http: FlaskClient, method: str, address: str, pairs: Pairs, faults: list[str]) -> None:
    """One request; what is not answered in words is noted."""
    said = ", ".join(f"{name}={value[:20]!r}" for name, value in pairs)
    try:
        if method == "GET":
            answer = http.get(f"{address}{'&' if '?' in address else '?'}{wire(pairs)}")
        else:
            answer = http.post(address, data=wire(pairs), content_type="application/x-www-form-urlencoded")
    except Exception as error:
        faults.append(f"{method} {address} {said}: {type(error).__name__} {str(error)[:200]}")
        return
    with answer:
        if answer.status_code >= 500:
            faults.append(f"{method} {address} {said}: {answer.status_code}")
        elif answer.status_code >= 400 and answer.mimetype == "text/html" and b"<h1>" not in answer.data:
            faults.append(f"{method} {address} {said}: {answer.status_code} without a sentence")
        elif "X-Injected" in answer.headers:
            faults.append(f"{method} {address} {said}: a header was put in")
