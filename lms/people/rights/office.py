"""What the office itself writes, as files in `courses/office`: the notice, the holidays, how long things are kept."""

import csv
import hashlib
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass, fields
from datetime import date
from functools import cache
from pathlib import Path

from markupsafe import Markup

from lms.kernel import prose
from lms.people.rights.rules import Holidays

FOLDER = Path(__file__).resolve().parents[3] / "courses" / "office"
SHORTEST_IMPORT = 7  # days: as long as an imported list can be undone
LONGEST_SEATS = 7  # days after the group met


class Broken(ValueError):
    """A file of the office cannot be read; the message names it and says what was expected."""


@dataclass(frozen=True)
class Notice:
    """What we tell people about their data, in one wording."""

    version: str
    title: str
    body: Markup
    sha256: str


@dataclass(frozen=True)
class Retention:
    """Days after which something is no longer kept."""

    lesson_times: int
    quiz_answers: int
    sign_ins: int
    known_devices: int
    import_files: int
    seat_codes: int


@cache
def notice(folder: Path = FOLDER) -> Notice:
    """The notice as it reads now. A changed text without a new version is still told apart by its hash."""
    path = folder / "notice.md"
    text = path.read_text(encoding="utf-8")
    _before, _fence, rest = text.partition("---\n")
    head, fence, body = rest.partition("---\n")
    said = dict(line.split(": ", 1) for line in head.splitlines() if ": " in line)
    if not fence or not {"version", "title"} <= set(said):
        raise Broken(f"{path.name}: expected “version:” and “title:” between two lines of ---")
    digest = hashlib.sha256(text.encode()).hexdigest()
    return Notice(said["version"].strip(), said["title"].strip(), Markup(prose.html_of(body)), digest)  # noqa: S704  # cleaned by nh3


@cache
def holidays(folder: Path = FOLDER) -> Holidays:
    """Days of every year, and of one year."""
    path = folder / "holidays.csv"
    return holidays_of(path.read_text(encoding="utf-8").splitlines(), path.name)


def holidays_of(lines: Iterable[str], name: str) -> Holidays:
    """From the lines of the file; raises `Broken` with the line."""
    yearly, once = set(), set()
    for row in csv.DictReader(line for line in lines if line.strip() and not line.startswith("#")):
        on = (row.get("on") or "").strip()
        try:
            if len(on) == 5:
                day = date.fromisoformat(f"2024-{on}")  # a leap year, so that 29 February can be named
                yearly.add((day.month, day.day))
            else:
                once.add(date.fromisoformat(on))
        except ValueError:
            raise Broken(f"{name}: “{on}” is no day: expected MM-DD or YYYY-MM-DD") from None
    return Holidays(frozenset(yearly), frozenset(once))


@cache
def retention(folder: Path = FOLDER) -> Retention:
    """How long things are kept."""
    path = folder / "retention.toml"
    return retention_of(tomllib.loads(path.read_text(encoding="utf-8")), path.name)


def retention_of(given: dict[str, object], name: str) -> Retention:
    """From the values of the file; raises `Broken` for a missing or unknown one, and for days that cannot be."""
    expected = {one.name for one in fields(Retention)}
    if set(given) != expected:
        raise Broken(f"{name}: expected exactly {', '.join(sorted(expected))}")
    days = {key: value for key, value in given.items() if type(value) is int and value >= 1}
    if len(days) != len(given):
        raise Broken(f"{name}: expected whole numbers of days, 1 or more")
    if days["import_files"] < SHORTEST_IMPORT:
        raise Broken(f"{name}: import_files is at least {SHORTEST_IMPORT} days, as long as a list can be undone")
    if days["seat_codes"] > LONGEST_SEATS:
        raise Broken(f"{name}: seat_codes is at most {LONGEST_SEATS} days")
    return Retention(**days)
