"""The file of a list, understood with what its unit is known to mean."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from lms.kernel.clock import today
from lms.kernel.vietnamese import search_key, tidy
from lms.people import queries
from lms.people.models import Roster
from lms.people.register_queries import KEEPERS
from lms.people.roster.known_units import unit_names
from lms.people.roster.opening import open_file
from lms.people.roster.reader import positions
from lms.people.roster.reader.book import read_book
from lms.people.roster.reader.grid import letter
from lms.people.roster.reader.layout import lay_out
from lms.people.roster.reader.old_fonts import mended
from lms.people.roster.reader.says import SHOWN
from lms.people.roster.rows import REFUSED, Answers, ReadBook, ReadSheet

LONGEST = 100  # characters
SAMPLES = 5  # names of a sheet shown before and after they were converted from an old font


def understand(
    roster: Roster, answers: Answers, on: date | None, default_unit: int | None
) -> tuple[ReadBook, dict[str, dict[str, Any]]]:
    """The book; and of each sheet some names in an old font (`converted`: as they stood there, as they were read), and the names,
    folded, that stand in rows that were refused (`refused`).

    Units are those of whoever sent it. Raises `Refused` when it cannot be read at all.
    """
    scope = queries.scope_of([roster.unit_id])
    if roster.uploaded_by is not None:
        scope |= queries.account_scope(roster.uploaded_by, *KEEPERS)
    grids = open_file(roster.content, roster.file_name)
    stood = {tidy(grid.name)[:SHOWN]: grid.rows for grid in grids}
    book = read_book(
        grids,
        unit_names(scope, answers.units),
        positions.load(answers=answers.positions),
        today=today(),
        on=on,
        answers=answers,
        default_unit=default_unit,
    )
    return book, {sheet.name: _besides(sheet, book, stood[sheet.name]) for sheet in book.sheets if sheet.header}


def _besides(sheet: ReadSheet, book: ReadBook, rows: list[list[Any]]) -> dict[str, Any]:
    letters = {one.column for one in sheet.columns if one.field in ("full_name", "family", "given")}
    places = [place for place in range(len(rows[0])) if letter(place) in letters]

    def stood(number: int) -> str:
        return tidy(" ".join(str(rows[number - 1][place])[:LONGEST] for place in places))[:LONGEST]

    converted: list[tuple[str, str]] = []
    for row in book.rows if sheet.encodings else ():
        if row.sheet == sheet.name and len(converted) < SAMPLES:
            text = stood(row.row)
            if not text.isascii() and search_key(text) != search_key(row.full_name):
                converted.append((text, row.full_name))
    wrong = {
        one.row for one in book.errors if one.sheet == sheet.name and one.kind == REFUSED and one.row > sheet.header
    }
    texts = [stood(number) for number in sorted(wrong) if number <= len(rows)]
    names = {search_key(form) for text in texts for form in (text, *(mended(text, one)[0] for one in sheet.encodings))}
    return {"converted": converted, "refused": sorted(names)}


def cells_of(roster: Roster, headings: Mapping[str, str]) -> dict[str, list[list[Any]]]:
    """Each sheet as it came, in Unicode, with what stands in merged cells in each of their rows; the first row is Excel's row 1."""
    layouts = [lay_out(grid, headings) for grid in open_file(roster.content, roster.file_name)]
    return {layout.name: layout.rows for layout in layouts}
