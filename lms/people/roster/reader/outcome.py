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
    totals: list[tuple[int, bool]] = field(
        default_factory=list
    )  # how many people a total says, and whether of the whole list

    @property
    def said_total(self) -> int | None:
        """The last total of the whole list, or the only one."""
        whole = [count for count, of_all in self.totals if of_all or len(self.totals) == 1]
        return whole[-1] if whole else None


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
