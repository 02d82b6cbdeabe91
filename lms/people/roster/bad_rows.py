"""The rows of a list that do not go in, each with its reason, as a spreadsheet that can be mended and sent back alone. Pure.

Titles, header and section rows stand above them as they did, so that what these said of unit and day is still said.
"""

import io
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

import xlsxwriter

from lms.kernel.vietnamese import search_key, short_date

REASON = "Lý do không nhập được"
ROW = "Dòng trong tệp gốc"
LONGEST = 1_000  # characters of a cell
DITTO = frozenset({"nt", "-nt-", "n.t", "nhu tren", '"', "''", "“", "”", "-//-", "//"})
SECTION = "section"


def is_part(headings: Sequence[str]) -> bool:
    """Whether the list is such a spreadsheet sent back: then nobody has left who is not in it."""
    return search_key(REASON) in {search_key(one) for one in headings}


def workbook(
    cells: Mapping[str, Sequence[Sequence[Any]]],
    reasons: Mapping[str, Mapping[int, str]],
    headers: Mapping[str, int],
    sections: Mapping[str, Sequence[int]],
) -> bytes:
    """`cells`: each sheet as it came. `reasons`: sheet -> Excel's row -> why. `headers`: Excel's row of the header (0: none)."""
    out = io.BytesIO()
    safe = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    book = xlsxwriter.Workbook(out, safe)
    why = book.add_format({"bold": True, "text_wrap": True, "font_color": "#9B1C1C", "valign": "top"})
    for name, wrong in reasons.items():
        rows, header = cells.get(name, ()), headers.get(name, 0)
        kept = [number for number in wrong if header < number <= len(rows)]
        if not kept:
            continue
        page = book.add_worksheet(name[:31].translate(str.maketrans("[]:*?/\\", "       ")).strip("' ") or None)
        width = max((len(row) for row in rows), default=0)
        first = min(kept)
        above = [number for number in range(1, first) if number <= header or _under(rows, header, number, first)]
        written = sorted({*above, *kept, *(one for one in sections.get(name, ()) if one < max(kept))})
        for place, number in enumerate(written):
            for column, cell in enumerate(_whole(rows, number, column) for column in range(width)):
                _write(page, place, column, cell)
            if number == header:
                page.write_string(place, width, ROW, why)
                page.write_string(place, width + 1, REASON, why)
            elif number in wrong:
                page.write_number(place, width, number)
                page.write_string(place, width + 1, wrong[number][:LONGEST], why)
        page.set_column(0, width, 18)
        page.set_column(width + 1, width + 1, 60)
    if not book.worksheets():
        book.add_worksheet()
    book.close()
    return out.getvalue()


def _under(rows: Sequence[Sequence[Any]], header: int, number: int, first: int) -> bool:
    """The second line of a header of two levels: just below it, without a name or number in front."""
    return number == header + 1 < first and not any(_text(cell) for cell in rows[number - 1][:2])


def _whole(rows: Sequence[Sequence[Any]], number: int, column: int) -> Any:
    """The cell; for a ditto mark what it repeats."""
    row = number
    while row >= 1:
        line = rows[row - 1]
        cell = line[column] if column < len(line) else ""
        if not isinstance(cell, str) or search_key(cell.strip()) not in DITTO:
            return cell
        row -= 1
    return ""


def _text(cell: Any) -> str:
    return str(cell).strip() if cell is not None else ""


def _write(page: Any, row: int, column: int, cell: Any) -> None:
    if isinstance(cell, bool) or cell in (None, ""):
        return
    if isinstance(cell, int | float):
        page.write_number(row, column, cell)
    elif isinstance(cell, date | datetime):
        page.write_string(row, column, short_date(cell.date() if isinstance(cell, datetime) else cell))
    else:
        page.write_string(row, column, str(cell)[:LONGEST])
