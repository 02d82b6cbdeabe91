"""A frozen period as a workbook, equal to the screen to the digit: a page for each indicator."""

from io import BytesIO

import xlsxwriter

from lms.coverage import sheet, words
from lms.coverage.freezing_queries import Listed
from lms.coverage.frozen_figures import Table
from lms.coverage.question import Question
from lms.kernel.i18n import gettext as _
from lms.kernel.vietnamese import short_date, short_datetime
from lms.tracks.course import Course

SHARE = 4  # the column of the share


def head(listed: Listed, question: Question, table: Table, courses: dict[str, Course]) -> list[str]:
    """What the figures are, and how they can be checked."""
    period = listed.period
    one = question.ruled[question.of(table.slug) or 0]
    told = table.places
    counted = f"{words.enough(told.enough, told.of, told.least)}. " if told else ""
    return [
        _("Frozen period no. %(n)s: %(title)s", n=period.number, title=period.title),
        question.plan.title,
        dated(listed),
        f"{table.title}. {counted}{words.rule(question, one, courses)}",
        f"SHA-256: {period.sha256}",
    ]


def dated(listed: Listed) -> str:
    """Of which day, under which units, frozen when and by whom."""
    period = listed.period
    parts = [_("As of %(day)s", day=short_date(period.as_of))]
    if period.tree_at != period.as_of:
        parts.append(_("under the units of %(day)s", day=short_date(period.tree_at)))
    parts.append(_("frozen at %(moment)s", moment=short_datetime(period.frozen_at)))
    return "; ".join([*parts, _("by %(name)s", name=listed.by)] if listed.by else parts)


def workbook(listed: Listed, question: Question, tables: list[Table], courses: dict[str, Course]) -> bytes:
    """The tables of the page."""
    file = BytesIO()
    book = xlsxwriter.Workbook(file, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    bold, share = book.add_format({"bold": True, "text_wrap": True}), book.add_format({"num_format": "0.0 %"})
    for place, table in enumerate(tables, 1):
        page = book.add_worksheet(_("Indicator %(n)s", n=place))
        page.set_column(0, 0, 42)
        page.set_column(1, len(sheet.columns()), 12)
        page.set_landscape()
        page.set_paper(9)
        page.fit_to_pages(1, 0)
        page.repeat_rows(sheet.FIRST)
        for row, text in enumerate(head(listed, question, table, courses)):
            page.write_string(row, 0, text, bold if row == 0 else None)
        for column, text in enumerate([_("Unit"), *sheet.columns()]):
            page.write_string(sheet.FIRST, column, text, bold)
        rows = [(words.line_name(row), row.figures) for row in table.rows]
        if table.total is not None:
            rows.append((_("Together"), table.total))
        for row, (label, figures) in enumerate(rows, sheet.FIRST + 1):
            page.write_string(row, 0, label)
            for column, value in enumerate(sheet.cells(figures), 1):
                sheet.write(page, row, column, value, share if column == SHARE else None)
        page.freeze_panes(sheet.FIRST + 1, 1)
    book.close()
    return file.getvalue()
