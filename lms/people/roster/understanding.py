"""The file of a list, understood with what its unit is known to mean."""

from datetime import date
from typing import Any

from lms.kernel.clock import today
from lms.people import queries
from lms.people.models import Roster
from lms.people.register_queries import KEEPERS
from lms.people.roster.known_units import unit_names
from lms.people.roster.opening import open_file
from lms.people.roster.reader import positions
from lms.people.roster.reader.book import read_book
from lms.people.roster.rows import Answers, ReadBook


def understand(roster: Roster, answers: Answers, on: date | None, default_unit: int | None) -> ReadBook:
    """Units are those of whoever sent it. Raises `Refused` when it cannot be read at all."""
    scope = queries.scope_of([roster.unit_id])
    if roster.uploaded_by is not None:
        scope |= queries.account_scope(roster.uploaded_by, *KEEPERS)
    return read_book(
        open_file(roster.content, roster.file_name),
        unit_names(scope, answers.units),
        positions.load(answers=answers.positions),
        today=today(),
        on=on,
        answers=answers,
        default_unit=default_unit,
    )


def raw_cells(roster: Roster) -> dict[str, list[list[Any]]]:
    """Each sheet as it came; the first row is Excel's row 1."""
    return {grid.name: grid.rows for grid in open_file(roster.content, roster.file_name)}
