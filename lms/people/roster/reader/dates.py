"""A day as people write it: in any of the usual shapes, or only its month or year, with how exact it is. Pure.

Day first, as in Vietnam. What can only be read month first (3/25/1985, as an American Excel writes it) is said to be so.
"""

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from math import isfinite

from lms.kernel.vietnamese import tidy

_DIGITS = str.maketrans("Ool", "001")
_EPOCH = date(1899, 12, 30)  # day 0 of a spreadsheet's serials, for every day after February 1900
_SERIALS = range(7_000, 60_000)  # 1919 to 2064
_SIGN = r"\s?[/.,\\‐‑–—−∕_ -]{1,2}\s?"
_PARTS = re.compile(rf"(\d{{1,4}}){_SIGN}(\d{{1,4}})(?:{_SIGN}(\d{{1,4}}))?", re.ASCII)
_PLAIN = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})", re.ASCII)  # most of what is typed
_WORDS = re.compile(
    r"(?:ng[aà]y\s*)?(?:(\d{1,2})\s*)?(?:th[aá]ng|thg)\s*(\d{1,2})\s*(?:n[aă]m|[/,.-])?\s*(\d{4})", re.IGNORECASE
)
_AROUND = re.compile(
    r"^(?:(?:sinh(?:\s*(?:ngày|năm))?|ngày sinh|năm sinh|năm|ngày|ns|sn|khoảng|~)\s*:?\s*)+", re.IGNORECASE
)
_BRACKETS = re.compile(r"\s*\([^)]*\)\s*$")
_TIME = re.compile(r"[T ]\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:\s?[AP]M)?$", re.IGNORECASE)
_NO_DAY = re.compile(r"(?:0{1,2}|[.…]{2,}|…|[x_?-]{2})\s?[/.-]\s?|[?-]?\s?/\s?")  # 00/00/1985, .../03/1985, /1985
# As Excel shows a month by its name: 05-Mar-85, 05-thg 3-1985; T3/1985
_NAMED = re.compile(
    r"[\s/.,-]*(?:(?<![a-z])(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*|(?:thg|t)[\s.]?(\d{1,2})(?!\d))[\s/.,-]*",
    re.IGNORECASE,
)
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_LETTERS = re.compile(r"[\dOol/.\- ]+", re.ASCII)  # O5/O3/l985: letters where digits were meant


@dataclass(frozen=True, slots=True)
class Day:
    """A day, the first of a month, or the first of a year; `why`: how it was read when not plainly."""

    day: date
    precision: str  # day, month, year
    why: str = ""  # serial, compact, short_year, month_first, number, words

    @property
    def iso(self) -> str:
        """As exact as known: 1985-03-05, 1985-03, 1985."""
        return self.day.isoformat()[: {"day": 10, "month": 7, "year": 4}[self.precision]]


def read_day(cell: object, latest: date, *, month_first: bool = False) -> Day | None:
    """None when it is no day of a calendar. `latest`: a year of two digits lies before it."""
    if isinstance(cell, datetime):
        return Day(cell.date(), "day")
    if isinstance(cell, date):
        return Day(cell, "day")
    if isinstance(cell, bool):
        return None
    if isinstance(cell, (int, float)):
        return _of_number(cell)
    return _of_text(str(cell), latest, month_first) if isinstance(cell, str) else None


def _of_number(number: float) -> Day | None:
    if not isfinite(number):
        return None
    whole = int(number)
    if number == whole:
        if 1900 <= whole <= 2100:
            return Day(date(whole, 1, 1), "year")
        if whole in _SERIALS:
            return Day(_EPOCH + timedelta(days=whole), "day", "serial")
        return _compact(str(whole).zfill(8)) if 1_000_000 <= whole < 100_000_000 else None
    if 1 < number < 13:  # 3.1985 typed for 03/1985; 3.199 was 3.1990
        return _month(whole, int(f"{number:.4f}".partition(".")[2]), "number")
    if whole in _SERIALS:  # with a time of day
        return Day(_EPOCH + timedelta(days=whole), "day", "serial")
    return None


def _of_text(text: str, latest: date, month_first: bool) -> Day | None:
    if (plain := _PLAIN.fullmatch(text)) and not month_first:
        day = _day(int(plain[1]), int(plain[2]), int(plain[3]), "")
        if day is not None:
            return day
    typed = _bare(text)
    if found := _PARTS.fullmatch(_NAMED.sub(_numbered, typed).lstrip("/")):
        return _of_parts(found[1], found[2], found[3], latest, month_first)
    if found := _WORDS.fullmatch(typed):
        if found[1] is None:
            return _month(int(found[2]), int(found[3]), "words")
        return _day(int(found[1]), int(found[2]), int(found[3]), "words")
    if re.fullmatch(r"\d{6,8}", typed, re.ASCII):
        return _short_compact(typed, latest) if len(typed) == 6 else _compact(typed.zfill(8))
    if re.fullmatch(r"\d{4,5}(\.0)?", typed, re.ASCII):
        return _of_number(float(typed))
    return None


def _bare(text: str) -> str:
    """Without words around it, time of day, and parts that are left open."""
    typed = _TIME.sub("", _BRACKETS.sub("", _AROUND.sub("", tidy(text).strip("'`´’ ")))).strip(" .,;-?")
    if _LETTERS.fullmatch(typed):
        typed = typed.translate(_DIGITS)
    while (found := _NO_DAY.match(typed)) is not None:
        typed = typed[found.end() :]
    return typed


def _of_parts(first: str, second: str, third: str | None, latest: date, month_first: bool) -> Day | None:
    if third is None:
        if len(first) == 4 and len(second) <= 2:
            return _month(int(second), int(first), "")
        if len(second) == 4 and len(first) <= 2:
            return _month(int(first), int(second), "")
        if len(second) == 2 and int(second) > 31 and len(first) <= 2:  # 03/85
            return _month(int(first), 1900 + int(second), "short_year")
        return None
    if len(second) > 2:
        return None
    if len(first) == 4:  # 1985-03-05, 1985/3
        return _day(int(third), int(second), int(first), "")
    if len(first) > 2 or len(third) in (1, 3):
        return None
    year, why = int(third), ""
    if len(third) == 2:
        year, why = _century(year, latest), "short_year"
    one, two = int(first), int(second)
    if month_first and one <= 12:
        return _day(two, one, year, "month_first")
    return _day(one, two, year, why) or (_day(two, one, year, "month_first") if two > 12 else None)


def _century(year: int, latest: date) -> int:
    return year + (2000 if 2000 + year <= latest.year else 1900)


def _compact(digits: str) -> Day | None:
    """05031985 or 19850305."""
    day, month, year = int(digits[:2]), int(digits[2:4]), int(digits[4:])
    if 1900 <= year <= 2100 and (read := _day(day, month, year, "compact")):
        return read
    return _day(int(digits[6:]), int(digits[4:6]), int(digits[:4]), "compact")


def _short_compact(digits: str, latest: date) -> Day | None:
    """031985 is a month; 050385 a day."""
    if 1900 <= int(digits[2:]) <= 2100:
        return _month(int(digits[:2]), int(digits[2:]), "compact")
    return _day(int(digits[:2]), int(digits[2:4]), _century(int(digits[4:]), latest), "compact")


def _numbered(found: re.Match[str]) -> str:
    """A month's name as its number between slashes."""
    return f"/{found[2] or _MONTHS.index(found[1].lower()) + 1}/"


def _day(day: int, month: int, year: int, why: str) -> Day | None:
    if not 1900 <= year <= 2100:
        return None
    try:
        return Day(date(year, month, day), "day", why)
    except ValueError:
        return None


def _month(month: int, year: int, why: str) -> Day | None:
    if not 1900 <= year <= 2100:
        return None
    if month == 0:
        return Day(date(year, 1, 1), "year", why)
    return Day(date(year, month, 1), "month", why) if month <= 12 else None
