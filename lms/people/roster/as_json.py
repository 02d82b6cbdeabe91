"""What was understood of a list, as JSON: the faces of `people import --dry-run --json`. `docs/roster-json.md` describes them. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from datetime import date
from typing import Any

from lms.people.roster.matching import Circle, Matcher
from lms.people.roster.plan import Question
from lms.people.roster.reader.says import NO_UNIT
from lms.people.roster.rows import ASKED, TOLD, ReadBook, ReadError, ReadRow, ReadSheet

_EMPTY = (
    "staff_code",
    "sex",
    "birth",
    "precision",
    "birth_text",
    "position",
    "category",
    "phone",
    "ethnicity",
    "unit",
    "valid_from",
)


def book_as_json(
    book: ReadBook, *, scope: frozenset[int], default_unit: int | None, on: date, ended: Mapping[str, date]
) -> dict[str, Any]:
    """Each person of the list stands once: in `rows`, in `held_rows`, or in `errors` alone. `scope`: every unit of the register."""
    placed = tuple(row for row in book.rows if row.unit_id is not None or (default_unit and not row.unit_text))
    circle = Circle((), frozenset(), scope, default_unit, on, ended)
    plan = Matcher(circle).plan(ReadBook(placed, book.errors, book.sheets), whole=False)
    errors = [_error(one) for one in plan.errors if one.kind != TOLD]
    errors += [_asked(one) for one in plan.questions]
    errors += [_error(one) for one in _unplaced(book, default_unit)]
    bad = {(one["sheet"], one["row"]) for one in errors}
    places = {sheet.name: at for at, sheet in enumerate(book.sheets)}
    return {
        "rows": [_row(row) for row in book.rows if (row.sheet, row.row) not in bad],
        "errors": sorted(errors, key=lambda one: (places.get(one["sheet"], -1), one["row"])),
        "held_rows": [_row(row) for row in book.rows if (row.sheet, row.row) in bad],
        "told": [_error(one) for one in book.errors if one.kind == TOLD],
        "sheets": [_sheet(sheet) for sheet in book.sheets],
    }


def _unplaced(book: ReadBook, default_unit: int | None) -> Iterable[ReadError]:
    """Rows that name no unit, where none was chosen and the sheet tells none."""
    for row in book.rows:
        if row.unit_id is None and not row.unit_text and default_unit is None:
            cause, message, kind, _values = NO_UNIT
            yield ReadError(row.sheet, row.row, "", "", "unit", "", cause, message, {}, kind)


def _row(row: ReadRow) -> dict[str, Any]:
    said = asdict(row)
    for name in _EMPTY:
        said[name] = said[name] or None
    return said


def _error(one: ReadError) -> dict[str, Any]:
    return {**asdict(one), "said": one.said}


def _asked(one: Question) -> dict[str, Any]:
    row = one.row
    said = one.message % one.values if one.values else one.message
    error = ReadError(row.sheet, row.row, "", "", "full_name", row.full_name, one.cause, one.message, one.values, ASKED)
    return {**asdict(error), "said": said}


def _sheet(sheet: ReadSheet) -> dict[str, Any]:
    return {**asdict(sheet), "on": sheet.on.isoformat() if sheet.on else None}
