"""Where the header stands among title lines, how many rows it takes, and what each column holds. Pure."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from types import MappingProxyType
from typing import Any

from lms.kernel.vietnamese import tidy
from lms.people.roster.reader.dates import read_day
from lms.people.roster.reader.grid import Block, letter
from lms.people.roster.reader.headings import NOT_KEPT, field_of, halved, key_of
from lms.people.roster.reader.marks import is_people, is_tick
from lms.people.roster.rows import ReadColumn

LOOK_WITHIN = 60  # rows in which a header is looked for, below title lines
DEEPEST = 3  # rows of a header
FEWEST = 2  # columns that make a row a header, the name among them
SAMPLE = 400  # rows looked at to tell dates from ticks
_NUMBERING = re.compile(r"\(?(?:\d{1,2}|[A-Za-z])\)?(?:\s*=.*)?")
_SUB = re.compile(r"[^\d]{1,60}")

Rows = Sequence[Sequence[Any]]


@dataclass(frozen=True)
class Header:
    """Rows `first` to `last` (0 is the sheet's first) name the columns; `at`: field -> column."""

    first: int
    last: int
    columns: tuple[ReadColumn, ...]
    at: Mapping[str, int]

    def heading(self, field: str) -> str:
        column = self.at.get(field)
        return "" if column is None else next(one.heading for one in self.columns if one.column == letter(column))


def find(
    rows: Rows, merged: Sequence[Block] = (), *, start: int = 0, remembered: Mapping[str, str] = MappingProxyType({})
) -> Header | None:
    """The first row with three columns that are known, else the one with two; None when there is none."""
    best: Header | None = None
    for number in range(start, min(len(rows), start + LOOK_WITHIN)):
        header = at_row(rows, merged, number, remembered)
        if header is not None and len(header.at) > FEWEST:
            return header
        best = best or header
    return best


def at_row(
    rows: Rows, merged: Sequence[Block], number: int, remembered: Mapping[str, str] = MappingProxyType({})
) -> Header | None:
    """The header that begins in this row, if one does."""
    here = [block for block in merged if block[0] <= number + DEEPEST and block[2] >= number]
    top = _filled(rows, here, number)
    if sum(1 for cell in rows[number] if isinstance(cell, str) and cell.strip()) < FEWEST or not _named([top]):
        return None
    levels = [top]
    while len(levels) < DEEPEST and number + len(levels) < len(rows):
        below = _filled(rows, here, number + len(levels))
        if not _is_level(levels, below, rows[number + len(levels)]):
            break
        if len(levels) == 1:
            levels[0] = _spread(levels[0], rows[number], below)
        levels.append(below)
    if not _named(levels):
        return None
    last = number + len(levels) - 1
    columns = _named_in_two(
        _columns(levels, rows[last + 1 : last + 1 + SAMPLE], remembered), rows[last + 1 : last + 1 + SAMPLE]
    )
    at = _chosen(columns)
    if ("full_name" in at or "given" in at) and len(at) >= FEWEST:
        return Header(number, last, tuple(one for one, _rank in columns), at)
    return None


def second_list(head: Header) -> str:
    """The letter of a second column of names, away from the first; empty when there is none."""
    first = head.at.get("full_name", head.at.get("family", -1))
    others = [
        one.column for one in head.columns if one.field in ("full_name", "family") and _number(one.column) > first + 2
    ]
    return others[0] if others else ""


def is_numbering(row: Sequence[Any]) -> bool:
    """(1) (2) (3)… below a header."""
    said = [
        tidy(str(int(cell) if isinstance(cell, float) and cell.is_integer() else cell)) for cell in row if cell != ""
    ]
    return len(said) > 2 and all(_NUMBERING.fullmatch(cell) for cell in said) and len(set(said)) == len(said)


def _filled(rows: Rows, merged: Sequence[Block], number: int) -> list[str]:
    """The texts of a row, merged cells filled with what they show."""
    texts = [tidy(cell) if isinstance(cell, str) else "" if cell == "" else tidy(str(cell)) for cell in rows[number]]
    for top, left, bottom, right in merged:
        if top <= number <= bottom and top < len(rows):
            shown = rows[top][left] if left < len(rows[top]) else ""
            for column in range(left, min(right + 1, len(texts))):
                texts[column] = tidy(str(shown))
    return texts


def _named(levels: list[list[str]]) -> bool:
    fields = {field_of(one)[0] for one in zip(*levels, strict=True)}
    return bool(fields & {"full_name", "given", "family"})


def _is_level(levels: list[list[str]], below: list[str], raw: Sequence[Any]) -> bool:
    """A row of the header's second or third level: words only, nothing new under the number or the name."""
    said = [(at, cell) for at, cell in enumerate(below) if cell and cell != levels[-1][at]]
    if not said or not all(isinstance(raw[at], str) and _SUB.fullmatch(cell) for at, cell in said):
        return False
    for at, cell in said:
        above = field_of(tuple(level[at] for level in levels))[0]
        if above in ("number", "staff_code"):
            return False
        leaf = field_of((cell,))[0]
        if above in ("full_name", "family", "given") and leaf not in ("family", "given"):
            return False
        if levels[-1][at] and not leaf and not field_of((levels[-1][at], cell))[0]:
            return False
    return any(field_of((cell,))[0] or not levels[-1][at] or _grouped(levels[-1], at) for at, cell in said)


def _grouped(level: list[str], at: int) -> bool:
    return (at > 0 and level[at - 1] == level[at]) or (at + 1 < len(level) and level[at + 1] == level[at])


def _spread(top: list[str], raw: Sequence[Any], below: list[str]) -> list[str]:
    """Where no merged cells are known, an empty heading over a sub-heading belongs to the one on its left."""
    spread = list(top)
    for at in range(1, len(spread)):
        if not spread[at] and below[at] and raw[at] == "" and below[at - 1]:
            spread[at] = spread[at - 1]
    return spread


def _columns(levels: list[list[str]], sample: Rows, remembered: Mapping[str, str]) -> list[tuple[ReadColumn, int]]:
    columns = []
    for at, said in enumerate(zip(*levels, strict=True)):
        words = halved(tuple(dict.fromkeys(cell for cell in said if cell)))
        if not words:
            continue
        (field, rank), why, key = field_of(words), "heading", key_of(words)
        if field in ("male", "female"):
            field, why = _half_of(field, words, at, sample), "contents"
        elif words == ("DT",) and _peoples(at, sample):  # dân tộc; or điện thoại without its mark
            field, why = "ethnicity", "contents"
        if key in remembered:
            field, why, rank = remembered[key], "remembered", -1
        elif field == NOT_KEPT:
            field, why = "", "not_kept"
        elif not field:
            why = "unknown"
        columns.append((ReadColumn(letter(at), " / ".join(words), field, why, key), rank))
    halves = [one for one, _rank in columns if one.why == "contents" and one.field != "ethnicity"]
    if {one.field for one in halves} in (
        {"birth_male", "female"},
        {"male", "birth_female"},
    ):  # one half has nobody in it
        empty = {
            letter(at) for at in range(len(levels[0])) if not any(row[at] != "" for row in sample if at < len(row))
        }
        columns = [
            (replace(one, field=f"birth_{one.field}"), rank)
            if one.column in empty and one.field in ("male", "female")
            else (one, rank)
            for one, rank in columns
        ]
    return columns


def _named_in_two(columns: list[tuple[ReadColumn, int]], sample: Rows) -> list[tuple[ReadColumn, int]]:
    """ "Họ và tên" over two columns, the given name in the second: merged over both, or nothing stands over the second."""
    known = {_number(one.column): (one, rank) for one, rank in columns}
    for one, rank in columns:
        at = _number(one.column)
        beside = known.get(at + 1)
        if one.field != "full_name" or one.why != "heading":
            continue
        if beside is None and _given(at, sample):
            beside = replace(one, column=letter(at + 1)), rank
        if beside is not None and (beside[0].field, beside[0].key) == (one.field, one.key):
            return sorted(
                [two for two in known.values() if two[0].column not in (one.column, beside[0].column)]
                + [(replace(one, field="family"), rank), (replace(beside[0], field="given"), rank)],
                key=lambda two: _number(two[0].column),
            )
    return columns


def _given(at: int, sample: Rows) -> bool:
    """Beside most names of this column stands one more word."""
    both = [row[at + 1] for row in sample if at + 1 < len(row) and isinstance(row[at], str) and " " in row[at].strip()]
    words = [cell for cell in both if isinstance(cell, str) and cell.strip().replace("'", "").isalpha()]
    return len(words) * 2 > len(both)


def _half_of(field: str, words: tuple[str, ...], at: int, sample: Rows) -> str:
    """Below "Nam" or "Nữ" stand births, or ticks: what stands there tells."""
    cells = [row[at] for row in sample if at < len(row) and row[at] != ""]
    ticks = sum(1 for cell in cells if is_tick(cell))
    births = sum(1 for cell in cells if not is_tick(cell) and _is_day(cell))
    if births > ticks or (not cells and field_of(words[:-1])[0] == "birth"):
        return f"birth_{field}"
    return field


def _peoples(at: int, sample: Rows) -> bool:
    cells = [row[at] for row in sample if at < len(row) and row[at] != ""]
    return sum(1 for cell in cells if is_people(cell)) * 2 > len(cells)


def _is_day(cell: object) -> bool:
    return read_day(cell, _LATEST) is not None


_LATEST = date(2099, 12, 31)


def _chosen(columns: list[tuple[ReadColumn, int]]) -> dict[str, int]:
    """Field -> column: of two columns for one field, the one whose rule is the more exact; then the left one."""
    best: dict[str, tuple[int, int]] = {}
    for one, rank in columns:
        if one.field and (one.field not in best or rank < best[one.field][0]):
            best[one.field] = (rank, _number(one.column))
    fields = {field: column for field, (_rank, column) in best.items()}
    if "given" in fields and "full_name" in fields:
        fields.pop("given")
    if "given" in fields and "family" not in fields:
        fields["full_name"] = fields.pop("given")
    return fields


def _number(column: str) -> int:
    number = 0
    for sign in column:
        number = number * 26 + ord(sign) - 64
    return number - 1
