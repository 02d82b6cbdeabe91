"""The people behind a figure as a workbook: as many rows as the figure says, in the words of the page."""

from collections.abc import Mapping, Sequence
from io import BytesIO
from typing import Any

import xlsxwriter

from lms.coverage import words
from lms.coverage.filters import Filter
from lms.coverage.listing import Line, Wanted
from lms.coverage.question import Question, Ruled
from lms.coverage.restating import NOWHERE
from lms.coverage.sheet import FIRST, MEDIA_TYPE, dates, write
from lms.kernel.i18n import gettext as _
from lms.kernel.vietnamese import short_date
from lms.tracks.course import Course

__all__ = ["MEDIA_TYPE", "workbook"]

WIDTHS = (32, 14, 44, 44, 44, 14, 14)


def workbook(
    question: Question,
    one: Ruled,
    wanted: Wanted,
    found: Sequence[Line],
    on: Sequence[Filter],
    courses: Mapping[str, Course],
) -> bytes:
    """What the figure is of, then a row for each person, then the rule in force."""
    file = BytesIO()
    book = xlsxwriter.Workbook(file, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    bold, wrapped = book.add_format({"bold": True, "text_wrap": True}), book.add_format({"text_wrap": True})
    page = book.add_worksheet(_("People")[:31])
    for column, width in enumerate(WIDTHS):
        page.set_column(column, column, width)
    page.set_landscape()
    page.set_paper(9)
    page.fit_to_pages(1, 0)
    page.repeat_rows(FIRST)
    for row, text in enumerate(_above(question, one, wanted, on, courses)):
        page.write_string(row, 0, text, bold if row == 0 else None)
    for column, text in enumerate(_heads()):
        page.write_string(FIRST, column, text, bold)
    for row, line in enumerate(found, FIRST + 1):
        for column, value in enumerate(cells(line, one)):
            write(page, row, column, value, wrapped)
    page.write_string(FIRST + len(found) + 2, 0, words.rule(question, one, courses))
    page.freeze_panes(FIRST + 1, 1)
    book.close()
    return file.getvalue()


def _above(
    question: Question, one: Ruled, wanted: Wanted, on: Sequence[Filter], courses: Mapping[str, Course]
) -> list[str]:
    place = ""
    if wanted.under is not None:
        place = _("Not restated under this tree") if wanted.under == NOWHERE else question.tree.name(wanted.under)
    title = " – ".join(text for text in (one.indicator.short_title, words.filter_name(wanted.state), place) if text)
    return [title, question.plan.title, dates(question), words.only(on, courses)]


def _heads() -> list[str]:
    return [
        _("Full name"),
        _("Where they stand"),
        _("Lacks"),
        _("Why"),
        _("Unit"),
        _("Last active"),
        _("Phone"),
    ]


def cells(line: Line, one: Ruled) -> list[Any]:
    """A person as the page shows them."""
    return [
        line.person.full_name,
        words.state_name(line.state),
        words.lacking(line, one),
        words.why(line),
        "; ".join(words.posted(line)),
        short_date(line.active_on) if line.active_on else _("never"),
        line.person.phone,
    ]
