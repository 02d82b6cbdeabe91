"""The tables of a page as a workbook: real numbers, equal to the screen to the digit; words stay words, whatever they begin with."""

from collections.abc import Sequence
from io import BytesIO
from typing import Any

import xlsxwriter

from lms.coverage import rules, words
from lms.coverage.queries import Coverage
from lms.coverage.rules import Figures
from lms.kernel.i18n import gettext as _
from lms.kernel.vietnamese import percent, short_date, short_datetime
from lms.tracks.course import Course

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
FIRST = 6  # row of the heads; above it stand the title, the dates and the rule


def workbook(found: Coverage, courses: dict[str, Course]) -> bytes:
    """By unit, then by category."""
    file = BytesIO()
    book = xlsxwriter.Workbook(file, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    units = [(words.line_name(line), line.figures) for line in found.lines()]
    categories = [(words.category_name(name), figures) for name, figures in found.categories()]
    above = head(found, courses)
    _table(book, _("By unit"), above, _("Unit"), [*units, (_("Together"), found.total)])
    _table(book, _("By category"), above, _("Category"), [*categories, (_("Together"), found.total)])
    book.close()
    return file.getvalue()


def head(found: Coverage, courses: dict[str, Course]) -> list[str]:
    """What the figures are of: the indicator, the plan, the dates, the rule."""
    question = found.question
    dates = [_("As of %(day)s", day=short_date(question.as_of))]
    if question.tree_at != question.as_of:
        dates.append(_("under the units of %(day)s", day=short_date(question.tree_at)))
    if question.known_at:
        dates.append(_("as known at %(moment)s", moment=short_datetime(question.known_at)))
    place = question.tree.name(found.under) if found.under is not None else ""
    title = f"{found.one.indicator.short_title}{' – ' if place else ''}{place}"
    return [title, question.plan.title, "; ".join(dates), words.reading(found.one), words.needed(found.one, courses)]


def columns() -> list[str]:
    """The heads of the full table, on the screen too."""
    return [
        _("Has to be trained"),
        _("Trained"),
        _("Missing"),
        _("Share"),
        _("Not known"),
        _("On leave"),
        _("Exempt or outside"),
        _("On the roster"),
    ]


def cells(figures: Figures) -> list[Any]:
    """The same, as numbers; the share is rounded down to a tenth of a percent, as everywhere."""
    share = rules.thousandths(figures.done, figures.required)
    return [
        figures.required,
        figures.done,
        figures.not_done,
        share if share or not figures.done else percent(figures.done, figures.required),
        figures.unknown,
        figures.on_leave,
        figures.exempt,
        figures.roster,
    ]


def _table(book: Any, name: str, above: Sequence[str], first: str, rows: Sequence[tuple[str, Figures]]) -> None:
    page = book.add_worksheet(name[:31])
    bold, share = book.add_format({"bold": True, "text_wrap": True}), book.add_format({"num_format": "0.0 %"})
    page.set_column(0, 0, 42)
    page.set_column(1, len(columns()), 12)
    page.set_landscape()
    page.set_paper(9)
    page.fit_to_pages(1, 0)
    page.repeat_rows(FIRST)
    for row, text in enumerate(above):
        page.write_string(row, 0, text, bold if row == 0 else None)
    for column, text in enumerate([first, *columns()]):
        page.write_string(FIRST, column, text, bold)
    for row, (label, figures) in enumerate(rows, FIRST + 1):
        page.write_string(row, 0, label)
        for column, value in enumerate(cells(figures), 1):
            write(page, row, column, value, share if column == 4 else None)
    page.freeze_panes(FIRST + 1, 1)


def write(page: Any, row: int, column: int, value: Any, style: Any = None) -> None:
    """A number as a number, words as words, nothing as a dash."""
    if isinstance(value, int | float):
        page.write_number(row, column, value, style)
    else:
        page.write_string(row, column, "–" if value is None else str(value))
