"""A sheet before its rows are read: where the header stands, what its ticks mean, its day and its unit. Pure."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from lms.kernel.vietnamese import tidy
from lms.people.roster.columns import HEADINGS
from lms.people.roster.reader import header, lines, marks, titles
from lms.people.roster.reader.decoding import decoded
from lms.people.roster.reader.grid import Grid, letter
from lms.people.roster.reader.header import Header
from lms.people.roster.reader.headings import key_of
from lms.people.roster.reader.says import SHOWN

_FILLED_DOWN = ("unit", "position", "category", "ethnicity", "position_unit")
FEWEST = 5  # dates and texts from which on a column looks swapped
_DAY_OF_TEXT = re.compile(r"(\d{1,2})[/.-]\d{1,2}[/.-]\d{4}", re.ASCII)
_OURS = frozenset(HEADINGS.values())


@dataclass
class Layout:
    """A sheet and its header; rows are in Unicode, cells merged down are filled."""

    grid: Grid
    name: str
    rows: list[list[Any]]
    head: Header | None
    encodings: tuple[str, ...]
    around: list[str] = field(default_factory=list)  # texts above the header
    ours: bool = False  # our template: an empty cell means that nobody knows

    def key(self, name: str) -> str:
        """The folded heading of a field: columns of one heading mean one thing in a whole workbook."""
        return key_of(tuple(self.head.heading(name).split(" / "))) if self.head else ""

    def units_named(self) -> set[str]:
        """What stands in the column of units, in sections, over and besides the list."""
        texts = {self.name, *self.around}
        column = self.head.at.get("unit") if self.head else None
        if self.head is not None and column is not None:
            below = self.rows[self.head.last + 1 :]
            texts |= {cell for row in below if isinstance(cell := row[column], str) and 3 < len(cell) < 100}
        if self.head is not None:
            for row in self.rows[self.head.last + 1 :]:
                if len(row) - row.count("") > 2:
                    continue
                said = [cell for cell in row if cell != ""]
                if said and isinstance(said[-1], str) and 3 < len(said[-1]) < 100:
                    texts.add(lines.section("", said[-1]).text)
        return {text for text in texts if not marks.is_ditto(text)}


def lay_out(grid: Grid, remembered: Mapping[str, str]) -> Layout:
    """Find the header, convert old fonts, fill merged cells down."""
    rows, found = decoded(grid)
    head = header.find(rows, grid.merged, remembered=remembered)
    layout = Layout(grid, tidy(grid.name)[:SHOWN], rows, head, tuple(sorted(found)))
    if head is not None:
        layout.around = titles.words(rows[: head.first])
        layout.ours = {one.heading for one in head.columns} >= _OURS
        layout.rows = _filled_down(rows, grid, head)
    return layout


def _filled_down(rows: list[list[Any]], grid: Grid, head: Header) -> list[list[Any]]:
    """A unit written once beside all its people."""
    columns = {column for name in _FILLED_DOWN if (column := head.at.get(name)) is not None}
    filled = rows
    for top, left, bottom, right in grid.merged:
        if left == right and left in columns and top > head.last and bottom > top and bottom < len(rows):
            for number in range(top + 1, bottom + 1):
                filled = list(rows) if filled is rows else filled
                filled[number] = [*filled[number][:left], rows[top][left], *filled[number][left + 1 :]]
    return filled


def ticked(layouts: list[Layout], name: str) -> dict[str, bool]:
    """Heading -> whether that column is one of ticks, where an empty cell is a "no": somewhere in the workbook it holds ticks, and
    nowhere a word for no."""
    ticks: dict[str, bool] = {}
    for layout in layouts:
        column = layout.head.at.get(name) if layout.head else None
        if layout.head is None or column is None or layout.ours:
            continue
        key = layout.key(name)
        said = {(row[column].__class__, row[column]) for row in layout.rows[layout.head.last + 1 :]}
        for _kind, cell in said:
            if cell == "" or (isinstance(cell, str) and key.endswith(key_of((cell,)))):  # the header again
                continue
            if marks.read_yes(cell):
                ticks.setdefault(key, True)
            elif marks.read_yes(cell) is not None or marks.read_sex(cell):
                ticks[key] = False
    return {key: only for key, only in ticks.items() if only}


def perhaps_swapped(layout: Layout) -> str:
    """The field of a column where an American Excel may have read 3/5 as the 5th of March: what it took for dates has days up to 12
    alone, and what it left as text has none of them. Empty when nothing looks so."""
    for name in ("birth", "birth_male", "birth_female"):
        column = layout.head.at.get(name) if layout.head else None
        if layout.head is None or column is None:
            continue
        cells = [row[column] for row in layout.rows[layout.head.last + 1 :] if row[column] != ""]
        days = [cell.day for cell in cells if isinstance(cell, date)]
        texts = [
            int(found[1]) for cell in cells if isinstance(cell, str) and (found := _DAY_OF_TEXT.match(cell.strip()))
        ]
        if len(days) >= FEWEST and len(texts) >= FEWEST and max(days) <= 12 < min(texts):
            return name
    return ""


def place(layout: Layout, name: str) -> tuple[str, str]:
    """Excel's letter of a field's column, and its heading."""
    column = layout.head.at.get(name) if layout.head else None
    return (letter(column), layout.head.heading(name)) if layout.head and column is not None else ("", "")
