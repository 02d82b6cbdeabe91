"""OpenDocument spreadsheets: content.xml is read once by the parser before the reader sees it. A cell or row may say that it repeats a
million times, so what counts is what it would unfold to."""

import re
from typing import Any

from python_calamine import CalamineWorkbook

from lms.people.roster.reader.archive import Part, attributes, local, packed, parts_of
from lms.people.roster.reader.calamine import MERGED, grid_of, kept_in_place
from lms.people.roster.reader.grid import (
    AREA,
    COLUMNS,
    ROWS,
    UNPACKED,
    Block,
    Grid,
    Place,
    has_macros,
    has_password,
    not_a_spreadsheet,
    too_big,
    too_long,
    too_wide,
)
from lms.people.roster.reader.old_fonts import encoding_of_font

NEEDED = re.compile(r"mimetype|content\.xml|META-INF/manifest\.xml")
MIMETYPE = b"application/vnd.oasis.opendocument.spreadsheet"


def open_ods(content: bytes) -> list[Grid]:
    """Every sheet. Raises `Refused`."""
    parts = parts_of(content, NEEDED)
    if "content.xml" not in parts or not parts.get("mimetype", b"").startswith(MIMETYPE):
        raise not_a_spreadsheet()
    manifest = parts.get("META-INF/manifest.xml", b"")
    if b"encryption-data" in manifest:
        raise has_password()
    if b"Basic/" in manifest or b"Scripts/" in manifest:
        raise has_macros()
    Part().read(manifest or b"<x/>")
    seen = _Content()
    seen.read(parts["content.xml"])
    clean = packed(parts)
    parts.clear()  # or a big list is held twice
    with kept_in_place(not_a_spreadsheet):
        book = CalamineWorkbook.from_filelike(clean)
        return [_grid(book, sheet, seen) for sheet in book.sheets_metadata]


def _grid(book: CalamineWorkbook, sheet: Any, seen: "_Content") -> Grid:
    grid = grid_of(book, sheet)
    if (table := seen.tables.get(sheet.name)) is not None:
        grid.hidden_rows, grid.merged = frozenset(table.hidden), tuple(table.merged[:MERGED])
        grid.fonts, grid.formulas = table.fonts, frozenset(table.formulas)
    return grid


class _Table:
    def __init__(self) -> None:
        self.hidden: set[int] = set()
        self.merged: list[Block] = []
        self.fonts: dict[Place, str] = {}
        self.formulas: set[Place] = set()
        self.last_row = self.last_column = -1


class _Content(Part):
    """The sheets: how far they reach once repeats are unfolded, what is hidden, merged, computed, or in an old font."""

    texts = True

    def __init__(self) -> None:
        self.tables: dict[str, _Table] = {}
        self.table = _Table()
        self.style, self.old = "", dict[str, str]()
        self.row, self.rows, self.row_hidden = -1, 1, False  # the row we are in, and how often it repeats
        self.column, self.width = 0, 1
        self.text = 0

    def start(self, name: str, given: list[str]) -> None:
        kind = local(name)
        if kind == "style":
            self.style = attributes(given).get("name", "")
        elif kind == "text-properties" and self.style:
            of = attributes(given)
            if old := encoding_of_font(of.get("font-name", "") or of.get("font-family", "").strip("'")):
                self.old[self.style] = old
        elif kind == "table":
            self.table = self.tables[attributes(given).get("name", "")] = _Table()
            self.row, self.rows = -1, 1
        elif kind == "table-row":
            self._row(attributes(given))
        elif kind in ("table-cell", "covered-table-cell"):
            self._cell(attributes(given), covered=kind != "table-cell")

    def _row(self, of: dict[str, str]) -> None:
        self.row += self.rows
        self.rows, self.column, self.width = _times(of.get("number-rows-repeated")), 0, 0
        self.row_hidden = of.get("visibility") in ("collapse", "filter")

    def _cell(self, of: dict[str, str], *, covered: bool) -> None:
        self.column += self.width
        self.width = _times(of.get("number-columns-repeated"))
        place = (self.row, self.column)
        if of.get("formula"):
            self._holds()
            self.table.formulas.add(place)
        if of.get("value-type"):
            self._holds()
        if (old := self.old.get(of.get("style-name", ""))) and self.column < COLUMNS and self.row < ROWS:
            self.table.fonts[place] = old
        down, right = _times(of.get("number-rows-spanned")), _times(of.get("number-columns-spanned"))
        if not covered and (down > 1 or right > 1):
            self.table.merged.append((*place, self.row + down - 1, self.column + right - 1))

    def _holds(self) -> None:
        """This cell holds something, so many times."""
        right, down = self.column + self.width - 1, self.row + self.rows - 1
        if right >= COLUMNS:
            raise too_wide()
        if down >= ROWS:
            raise too_long()
        table = self.table
        table.last_row, table.last_column = max(table.last_row, down), max(table.last_column, right)
        if self.row_hidden:
            table.hidden.update(range(self.row, self.row + self.rows))
        if sum((one.last_row + 1) * (one.last_column + 1) for one in self.tables.values()) > AREA:
            raise too_big()

    def words(self, text: str) -> None:
        if self.row < 0 or not text.strip():
            return
        self._holds()
        self.text += len(text) * self.width * self.rows
        if self.text > UNPACKED:
            raise too_big()


def _times(number: str | None) -> int:
    if not number:
        return 1
    if not re.fullmatch(r"\d{1,8}", number, re.ASCII):
        raise not_a_spreadsheet()
    return max(1, int(number))
