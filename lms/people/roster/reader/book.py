"""A whole workbook, understood: the way in. Pure; reads no database, writes nothing.

The day of the list comes first, because names of units are judged by it: the day that was given, else the one its titles tell, else
the last day on which the units it names were all called so, else today.
"""

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from lms.kernel.refused import Refused
from lms.people.roster.reader import says, titles
from lms.people.roster.reader.fields import Fields, is_plain_name
from lms.people.roster.reader.grid import Grid
from lms.people.roster.reader.header import second_list
from lms.people.roster.reader.layout import Layout, lay_out, perhaps_swapped, ticked
from lms.people.roster.reader.old_fonts import mended
from lms.people.roster.reader.outcome import SheetRead, error_of
from lms.people.roster.reader.person import PersonReader
from lms.people.roster.reader.positions import Positions
from lms.people.roster.reader.says import Problem
from lms.people.roster.reader.sections import Sections
from lms.people.roster.reader.sheet import SheetReader
from lms.people.roster.reader.unit_names import Found, UnitNames
from lms.people.roster.rows import ASKED, TOLD, Answers, ReadBook, ReadError, ReadRow, ReadSheet

_PLAIN_SHEET = re.compile(r"^\d+[.\s_-]+|\s*\(.*\)|[\s_-]+\d+\s*$")  # "1. Bình Lư", "Bình Lư (2)", "Bình Lư 2024"
WHOLE_SHEET = 3  # rows of one unknown unit from which on the sheet is asked about, not each row
NOBODY = Answers()


def read_book(
    grids: Sequence[Grid],
    units: UnitNames,
    positions: Positions,
    *,
    today: date,
    on: date | None = None,
    answers: Answers = NOBODY,
    default_unit: int | None = None,
) -> ReadBook:
    """Every sheet that has a header. `default_unit`: of rows that name none. Raises `Refused` when no sheet has a header."""
    layouts = [lay_out(grid, answers.headings) for grid in grids]
    if not any(layout.head for layout in layouts):
        raise Refused("No header was found: the sheet needs a column “Họ và tên” and more. Use our template.")
    reader = _Book(units, positions, layouts, today, on, answers, default_unit)
    rows: list[ReadRow] = []
    errors: list[ReadError] = []
    sheets: list[ReadSheet] = []
    for layout in layouts:
        sheet, read = reader.read(layout)
        rows += read.rows
        errors += sorted(read.errors, key=lambda error: error.row)
        sheets.append(sheet)
    return ReadBook(tuple(rows), tuple(errors), tuple(sheets))


class _Book:
    def __init__(
        self,
        units: UnitNames,
        positions: Positions,
        layouts: list[Layout],
        today: date,
        on: date | None,
        answers: Answers,
        default_unit: int | None,
    ) -> None:
        self.units, self.positions, self.answers, self.default_unit = units, positions, answers, default_unit
        self.today, self.on = today, on
        self.ticks = {name: ticked(layouts, name) for name in ("direct_support", "male", "female")}
        self.days = {id(layout): titles.day_said(layout.around, today) for layout in layouts}
        told = [day for day in self.days.values() if day]
        named = {text for layout in layouts if layout.head for text in layout.units_named()}
        self.else_on: tuple[date, str] = (today, "today")
        years = [
            day
            for layout in layouts
            if (day := titles.year_said([*layout.around, *titles.year_named(layout.name)], today))
        ]
        if told:
            self.else_on = (max(told), "title")
        elif (likely := units.likely_day(named, today)) is not None:
            self.else_on = (likely, "names")
        elif years:
            self.else_on = (max(years), "title")

    def read(self, layout: Layout) -> tuple[ReadSheet, SheetRead]:
        if layout.head is None:
            return self._unread(layout)
        head, (on, why_on) = layout.head, self._day(layout)
        unit, why_unit = self._unit(layout, on)
        fields = Fields(on, month_first=self.answers.month_first)
        person = PersonReader(fields, self.units, self.positions, self.ticks, unit, self.answers.without)
        read = SheetReader(layout, person, Sections(self.units, on), self.answers).run()
        self._tell(layout, read, head.first, on)
        sheet = ReadSheet(
            layout.name,
            head.first + 1,
            head.columns,
            on,
            why_on,
            unit.unit_id,
            unit.name,
            why_unit,
            tuple(read.skipped),
            layout.encodings,
            layout.grid.hidden,
            len(read.rows),
            read.said_total,
        )
        return sheet, read

    def _unread(self, layout: Layout) -> tuple[ReadSheet, SheetRead]:
        read = SheetRead()
        if any(sum(1 for cell in row if cell != "") > 2 for row in layout.rows):
            problem = says.UNREAD if any(map(self._perhaps_somebody, layout.rows)) else says.NO_LIST
            read.errors.append(error_of(layout, 0, "", "", problem))
        return ReadSheet(layout.name, 0, (), None, "", None, "", "", hidden=layout.grid.hidden), read

    def _perhaps_somebody(self, row: Sequence[Any]) -> bool:
        """A name and a birth or a phone number beside it."""
        fields = Fields(self.today)
        return any(isinstance(cell, str) and is_plain_name(cell) for cell in row) and any(
            fields.read(reader, cell).value for reader in (fields.birth, fields.phone) for cell in row if cell != ""
        )

    def _day(self, layout: Layout) -> tuple[date, str]:
        if self.on is not None:
            return self.on, "given"
        if (day := self.days[id(layout)]) is not None:
            return day, "title"
        return self.else_on

    def _unit(self, layout: Layout, on: date) -> tuple[Found, str]:
        """Whose list the sheet is: its titles tell, its name, or whoever sent it."""
        if (found := titles.unit_said(layout.around, self.units, on)) is not None:
            return found, "title"
        for name in dict.fromkeys((layout.name, _PLAIN_SHEET.sub("", layout.name))):
            if (found := self.units.find(mended(name)[0], on)).unit_id is not None:
                return found, "sheet_name"
        if self.default_unit is not None:
            name = next((unit.name for unit in self.units.units if unit.unit_id == self.default_unit), "")
            return Found(self.default_unit, name, "chosen"), "chosen"
        return Found(), ""

    def _tell(self, layout: Layout, read: SheetRead, first: int, on: date) -> None:
        unknown = [error for error in read.errors if error.cause == "unit_unknown"]
        alike = {error.value for error in unknown}
        if len(unknown) >= WHOLE_SHEET and len(alike) == 1 and len(unknown) == len(read.rows):
            read.errors = [error for error in read.errors if error.cause != "unit_unknown"]
            problem = Problem(*says.UNIT_OF_SHEET, ASKED, {"day": on.strftime("%d/%m/%Y")})
            read.errors.append(replace(error_of(layout, first, "unit", alike.pop(), problem), row=first + 1))
        if layout.head is not None and (beside := second_list(layout.head)):
            problem = Problem(*says.BESIDE, values={"column": beside})
            read.errors.append(error_of(layout, first, "full_name", "", problem))
        if swapped := perhaps_swapped(layout):
            read.errors.append(error_of(layout, first, swapped, "", says.SWAPPED))
        if layout.grid.hidden and read.rows:
            read.errors.append(error_of(layout, first, "", layout.name, says.HIDDEN_SHEET))
        persons = len(read.rows) + len({error.row for error in read.errors if error.kind == "refused"})
        if read.said_total is not None and read.said_total != persons:
            values = {"said": read.said_total, "read": persons}
            read.errors.append(error_of(layout, first, "", "", Problem(*says.TOTAL, TOLD, values)))
