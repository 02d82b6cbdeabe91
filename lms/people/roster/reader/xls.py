"""Excel files of 1997 to 2003: a small file system (CFB) around a stream of records (BIFF8). The records are gone through once before
the reader sees them: limits, passwords, macros, and what the reader does not tell: hidden rows, formulas, fonts.

Layout: [MS-CFB] and [MS-XLS], Microsoft Open Specifications.
"""

import io
import struct
from collections.abc import Iterator
from typing import Any

from python_calamine import CalamineWorkbook

from lms.kernel.refused import Refused
from lms.people.roster.reader.calamine import grid_of, kept_in_place
from lms.people.roster.reader.cfb import OLD_OFFICE, streams_of
from lms.people.roster.reader.grid import (
    AREA,
    COLUMNS,
    ROWS,
    Grid,
    Place,
    has_macros,
    has_password,
    too_big,
    too_long,
    too_wide,
)
from lms.people.roster.reader.old_fonts import encoding_of_font

__all__ = ["OLD_OFFICE", "open_xls"]

_BOF, _EOF, _BOUNDSHEET, _FILEPASS, _FONT, _XF, _ROW = 0x0809, 0x000A, 0x0085, 0x002F, 0x0031, 0x00E0, 0x0208
_STRINGS = 0x00FC
_FORMULA, _MULRK, _MULBLANK = 0x0006, 0x00BD, 0x00BE
_CELLS = frozenset({0x0006, 0x0203, 0x0204, 0x0205, 0x027E, 0x00FD, 0x00BD, 0x0201, 0x00BE, 0x00D6})
_EMPTY = frozenset({0x0201, 0x00BE})  # cells that only have a format
_WORKSHEET = 0
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")


def damaged() -> Refused:
    return Refused("This old Excel file (.xls) is damaged. Open it in Excel and save it as .xlsx.")


def open_xls(content: bytes) -> list[Grid]:
    """Every worksheet. Raises `Refused`."""
    if _ENCRYPTED in content:  # a new file under a password looks like an old one
        raise has_password()
    with kept_in_place(damaged):
        return _sheets(content)


def _sheets(content: bytes) -> list[Grid]:
    streams = streams_of(content)
    names = {name.casefold() for name in streams}
    if "_vba_project_cur" in names or "macros" in names:
        raise has_macros()
    book = streams.get("Workbook") or streams.get("WORKBOOK")
    if not book:
        raise damaged()
    seen = _Records(book)
    workbook = CalamineWorkbook.from_filelike(io.BytesIO(content))
    return [
        _grid(workbook, sheet, seen.sheets[sheet.name])
        for sheet in workbook.sheets_metadata
        if sheet.name in seen.sheets
    ]


def _grid(workbook: CalamineWorkbook, sheet: Any, seen: "_Sheet") -> Grid:
    grid = grid_of(workbook, sheet)
    grid.hidden_rows, grid.formulas, grid.fonts = frozenset(seen.hidden), frozenset(seen.formulas), seen.fonts
    return grid


class _Sheet:
    def __init__(self) -> None:
        self.hidden: set[int] = set()
        self.formulas: set[Place] = set()
        self.fonts: dict[Place, str] = {}
        self.last_row = self.last_column = -1


class _Records:
    """The records of a workbook, gone through once."""

    def __init__(self, stream: bytes) -> None:
        self.sheets: dict[str, _Sheet] = {}
        self.length = len(stream)
        self.fonts: list[str] = []
        self.formats: list[int] = []  # of each cell format: its font
        starts: dict[int, str] = {}
        sheet: _Sheet | None = None
        depth = 0
        for at, kind, data in _walk(stream):
            if kind == _BOF:
                depth += 1
                if depth == 1:
                    sheet = self.sheets.setdefault(starts[at], _Sheet()) if at in starts else None
            elif kind == _EOF:
                depth -= 1
            elif depth != 1:
                continue  # a chart inside a sheet
            elif sheet is None:
                self._globals(kind, data, starts)
            else:
                self._of_sheet(sheet, kind, data)

    def _globals(self, kind: int, data: bytes, starts: dict[int, str]) -> None:
        if kind == _FILEPASS:
            raise has_password()
        if kind == _BOUNDSHEET:
            start, _visible, sort, length = struct.unpack_from("<IBBB", data)
            if sort == _WORKSHEET:
                starts[start] = _text(data, 7, length)
            elif sort in (1, 6):  # Excel 4 macros, a Visual Basic module
                raise has_macros()
        elif kind == _STRINGS:
            if struct.unpack_from("<I", data, 4)[0] > len(data) + self.length:  # the reader would make room for so many
                raise damaged()
        elif kind == _FONT:
            if len(self.fonts) == 4:
                self.fonts.append("")  # there is no font number 4
            self.fonts.append(encoding_of_font(_text(data, 15, data[14])))
        elif kind == _XF:
            self.formats.append(struct.unpack_from("<H", data)[0])

    def _of_sheet(self, sheet: _Sheet, kind: int, data: bytes) -> None:
        if kind == _ROW:
            row, options = struct.unpack_from("<H", data)[0], struct.unpack_from("<I", data, 12)[0]
            if options & 0x20:
                sheet.hidden.add(row)
        elif kind in _CELLS:
            row, column, style = struct.unpack_from("<HHH", data)
            last = struct.unpack_from("<H", data, len(data) - 2)[0] if kind in (_MULRK, _MULBLANK) else column
            if kind not in _EMPTY:
                self._check(sheet, row, max(column, last))
            if kind == _FORMULA:
                sheet.formulas.add((row, column))
            font = self.formats[style] if style < len(self.formats) else -1
            if 0 <= font < len(self.fonts) and self.fonts[font]:
                sheet.fonts[row, column] = self.fonts[font]

    def _check(self, sheet: _Sheet, row: int, column: int) -> None:
        if column >= COLUMNS:
            raise too_wide()
        if row >= ROWS:
            raise too_long()
        if row > sheet.last_row or column > sheet.last_column:
            sheet.last_row, sheet.last_column = max(row, sheet.last_row), max(column, sheet.last_column)
            if sum((one.last_row + 1) * (one.last_column + 1) for one in self.sheets.values()) > AREA:
                raise too_big()


def _walk(stream: bytes) -> Iterator[tuple[int, int, bytes]]:
    """Where each record begins, its kind and its data."""
    at = 0
    while at + 4 <= len(stream):
        kind, length = struct.unpack_from("<HH", stream, at)
        yield at, kind, stream[at + 4 : at + 4 + length]
        at += 4 + length


def _text(data: bytes, at: int, length: int) -> str:
    """A short Unicode string whose length stands before it: one byte of flags, then letters of one byte or two."""
    wide = data[at] & 1
    start = at + 1
    return data[start : start + length * (2 if wide else 1)].decode(
        "utf-16-le" if wide else "latin-1", errors="replace"
    )
