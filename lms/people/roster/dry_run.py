"""A list understood without being kept: what `people import --dry-run --json` prints."""

from datetime import date
from typing import Any

from lms.kernel.clock import today
from lms.people import queries
from lms.people.categories import category_ends
from lms.people.roster.as_json import book_as_json
from lms.people.roster.known_units import unit_names
from lms.people.roster.opening import open_file
from lms.people.roster.reader import positions
from lms.people.roster.reader.book import read_book


def everything(content: bytes, file_name: str, on: date | None, *, default_unit: int | None) -> dict[str, Any]:
    """Beside the names of every unit, and beside nobody: who is in the register already changes nothing here. Raises `Refused`."""
    book = read_book(
        open_file(content, file_name),
        unit_names(),
        positions.load(),
        today=today(),
        on=on,
        default_unit=default_unit,
    )
    days = [sheet.on for sheet in book.sheets if sheet.on]
    return book_as_json(
        book,
        scope=frozenset(queries.latest_versions()),
        default_unit=default_unit,
        on=max(days, default=today()),
        ended={category: row.on for category, row in category_ends().items()},
    )
