"""The years of a plan as a workbook: a sheet for each indicator, n, N and the share of each year."""

from collections.abc import Mapping, Sequence
from io import BytesIO
from typing import Any

import xlsxwriter

from lms.coverage import words
from lms.coverage.filters import Filter
from lms.coverage.over_years import Row, Sheet
from lms.coverage.question import Question
from lms.coverage.rules import thousandths
from lms.coverage.sheet import FIRST, MEDIA_TYPE, write
from lms.kernel.i18n import gettext as _
from lms.kernel.vietnamese import percent, short_date
from lms.tracks.course import Course

__all__ = ["MEDIA_TYPE", "workbook"]


def workbook(question: Question, found: Sequence[Sheet], on: Sequence[Filter], courses: Mapping[str, Course]) -> bytes:
    """Real numbers, equal to the screen."""
    file = BytesIO()
    book = xlsxwriter.Workbook(file, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    bold, share = book.add_format({"bold": True, "text_wrap": True}), book.add_format({"num_format": "0.0 %"})
    tree = _("under the units of %(day)s", day=short_date(question.tree_at))
    narrowed = ", ".join(words.narrowed(one, courses) for one in on)
    for number, sheet in enumerate(found, 1):
        page = book.add_worksheet(f"{number}. {sheet.title}"[:31].translate(str.maketrans("[]:*?/\\", "       ")))
        page.set_column(0, 0, 42)
        page.set_landscape()
        page.set_paper(9)
        page.fit_to_pages(1, 0)
        for row, text in enumerate([sheet.title, question.plan.title, tree, narrowed]):
            page.write_string(row, 0, text, bold if row == 0 else None)
        days = [cell.on for cell in sheet.rows[0].cells]
        page.write_string(FIRST, 0, _("Unit"), bold)
        for k, day in enumerate(days):
            for offset, head in enumerate((_("Trained"), _("Has to be trained"), _("Share"))):
                page.write_string(FIRST, 1 + 3 * k + offset, f"{short_date(day)}: {head}", bold)
        for row, line in enumerate(sheet.rows, FIRST + 1):
            for column, value in enumerate(cells(line)):
                write(page, row, column, value, share if column and column % 3 == 0 else None)
        below = FIRST + len(sheet.rows) + 2
        page.write_string(below, 0, words.rule(question, question.ruled[sheet.i], courses))
        page.freeze_panes(FIRST + 1, 1)
    book.close()
    return file.getvalue()


def cells(line: Row) -> list[Any]:
    """The name, then n, N and the share of each year."""
    values: list[Any] = [_("Together") if line.unit_id is None else words.line_name(line)]
    for cell in line.cells:
        exact = thousandths(cell.done, cell.required)
        values += [cell.done, cell.required, exact if exact or not cell.done else percent(cell.done, cell.required)]
    return values
