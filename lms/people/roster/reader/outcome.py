"""What comes of reading a sheet. Pure."""

from dataclasses import dataclass, field
from typing import Any

from lms.people.roster.reader.fields import text_of
from lms.people.roster.reader.layout import Layout, place
from lms.people.roster.reader.says import SHOWN, Problem
from lms.people.roster.rows import ReadError, ReadRow, Skipped


@dataclass
class SheetRead:
    """What came of it."""

    rows: list[ReadRow] = field(default_factory=list)
    errors: list[ReadError] = field(default_factory=list)
    skipped: list[Skipped] = field(default_factory=list)
    said_total: int | None = None


def error_of(layout: Layout, number: int, name: str, cell: Any, problem: Problem) -> ReadError:
    """With its place in Excel's words; `number` counts from 0."""
    column, heading = place(layout, name)
    value = text_of(cell)
    shown = value if len(value) <= SHOWN else f"{value[:SHOWN]}…"
    return ReadError(
        layout.name,
        number + 1,
        column,
        heading,
        name,
        shown,
        problem.cause,
        problem.message,
        dict(problem.values),
        problem.kind,
    )
