"""A sheet as it was opened: cells, and what is known of them besides. Positions count from 0. Limits of what is opened at all."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from lms.kernel.refused import Refused

LARGEST = 5_000_000  # bytes of the file
UNPACKED = 50_000_000
ROWS = 20_000
COLUMNS = 60
AREA = 2 * ROWS * COLUMNS  # cells of all sheets together, the empty ones between too

Place = tuple[int, int]
Block = tuple[int, int, int, int]  # first row, first column, last row, last column


@dataclass(slots=True)
class Grid:
    """Rows are of one length; an empty cell is an empty string."""

    name: str
    rows: list[list[Any]]
    hidden: bool = False  # the whole sheet
    hidden_rows: frozenset[int] = frozenset()
    merged: tuple[Block, ...] = ()
    fonts: Mapping[Place, str] = field(default_factory=dict)  # tcvn3, vni: by the name of the cell's font
    formulas: frozenset[Place] = frozenset()


def too_heavy() -> Refused:
    return Refused("The file is bigger than %(most)s MB. Send the list without pictures, or in parts.", most=5)


def too_wide() -> Refused:
    return Refused("The list has more than %(most)s columns. Delete the empty ones on the right.", most=COLUMNS)


def too_long() -> Refused:
    return Refused("The list has more than %(most)s rows. Send it in parts.", most=ROWS)


def too_big() -> Refused:
    return Refused("The file is far bigger inside than a list of people can be. Copy the rows into our template.")


def not_a_spreadsheet() -> Refused:
    return Refused(
        "This is not a spreadsheet (.xlsx, .xls, .ods, .csv), or it is damaged. Open it in Excel and save it as .xlsx again."
    )


def has_password() -> Refused:
    return Refused("The file has a password. Save it without one and send it again.")


def has_macros() -> Refused:
    return Refused("The file holds macros. Save it as an ordinary .xlsx and send it again.")


def letter(column: int) -> str:
    """The name a spreadsheet gives a column: 0 is A, 26 is AA."""
    name = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        name = chr(65 + rest) + name
    return name


def capped(rows: list[list[Any]]) -> list[list[Any]]:
    """The same rows; `Refused` when there are too many, or too many columns with something in them."""
    while rows and not any(cell != "" for cell in rows[-1]):
        rows.pop()
    if len(rows) > ROWS:
        raise too_long()
    width = max((len(row) for row in rows), default=0)
    if width > COLUMNS:
        if any(cell != "" for row in rows for cell in row[COLUMNS:]):
            raise too_wide()
        return [row[:COLUMNS] for row in rows]
    return rows
