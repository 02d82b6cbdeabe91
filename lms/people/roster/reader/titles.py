"""What the lines around a list say of it: its day, and whose list it is. Pure."""

import re
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import Any

from lms.kernel.vietnamese import tidy
from lms.people.roster.reader.unit_names import PLACES, Found, NamedUnit, UnitNames

_DAY = re.compile(
    r"(?P<until>(?:tính )?đến(?: hết)?\s+)?(?:ngày|ngay)\s*(?:(\d{1,2})\s*(?:tháng|thang)\s*(\d{1,2})\s*(?:năm|nam)\s*(\d{4})|(\d{1,2})[/.-](\d{1,2})[/.-](\d{4}))",
    re.IGNORECASE,
)
_BARE = re.compile(r"(?<![\d/])(\d{1,2})/(\d{1,2})/(\d{4})(?![\d/])")
_MONTH = re.compile(
    r"(?:(?:tháng|thang)\s*(\d{1,2})\s*(?:[/,-]|năm|nam)?\s*|(?:năm|nam)\s+)(20\d\d)(?!\s*[-–]\s*20)", re.IGNORECASE
)
EARLIEST = 1990


def words(rows: Iterable[Sequence[Any]]) -> list[str]:
    """Every text of these rows."""
    return [text for row in rows for cell in row if isinstance(cell, str) and (text := tidy(cell))]


def day_said(texts: Iterable[str], today: date) -> date | None:
    """ "Tính đến ngày …" before any other; else the latest day these lines name, up to a year ahead."""
    until: list[Sequence[str]] = []
    others: list[Sequence[str]] = []
    for text in texts:
        for found in _DAY.finditer(text):
            numbers = [number for number in found.groups()[1:] if number]
            (until if found["until"] else others).append(numbers)
        others.extend(list(found.groups()) for found in _BARE.finditer(text))
    for some in (until, others):
        days = [day for numbers in some if (day := _day(numbers)) is not None]
        days = [day for day in days if day.year >= EARLIEST and day.toordinal() <= today.toordinal() + 366]
        if days:
            return max(days)
    return None


def year_said(texts: Iterable[str], today: date) -> date | None:
    """Where no day is said, the end of the month or the year that is: "tháng 10 năm 2024", "năm 2024". Not beyond today."""
    ends = []
    for text in texts:
        for month, year in _MONTH.findall(text):
            if not month:
                ends.append(date(int(year), 12, 31))
            elif 1 <= int(month) <= 12:
                ends.append(date(int(year) + int(month) // 12, int(month) % 12 + 1, 1) - timedelta(days=1))
    ends = [min(day, today) for day in ends if EARLIEST <= day.year <= today.year]
    return max(ends, default=None)


def year_named(sheet: str) -> list[str]:
    """The year in the name of a sheet, as a title says it: "DS 2024"."""
    return [f"năm {year}" for year in re.findall(r"(?<!\d)20\d\d(?!\d)", sheet)]


def unit_said(texts: Sequence[str], units: UnitNames, on: date) -> Found | None:
    """The lowest unit these lines name: "UBND HUYỆN …" above "XÃ …" is the commune's list."""
    found = [one for text in texts if (one := units.find(text, on)).unit_id is not None]
    parents: dict[int, int | None] = {}
    kinds: dict[int, NamedUnit] = {}
    for unit in units.units:
        if unit.valid_from <= on < unit.valid_to:
            parents[unit.unit_id], kinds[unit.unit_id] = unit.parent_id, unit
    above = {up for one in found for up in _above(parents, one.unit_id)}
    lowest = [one for one in found if one.unit_id not in above]
    whole = [one for one in lowest if one.why != "within"] or lowest
    places = [one for one in whole if one.unit_id is not None and kinds[one.unit_id].kind in PLACES]
    return (places or whole)[0] if len({one.unit_id for one in whole}) == 1 else None


def _above(parents: dict[int, int | None], unit_id: int | None) -> Iterable[int]:
    seen: set[int] = set()
    at = parents.get(unit_id) if unit_id is not None else None
    while at is not None and at not in seen:
        seen.add(at)
        yield at
        at = parents.get(at)


def _day(numbers: Sequence[str]) -> date | None:
    try:
        return date(int(numbers[2]), int(numbers[1]), int(numbers[0]))
    except (ValueError, IndexError):
        return None
