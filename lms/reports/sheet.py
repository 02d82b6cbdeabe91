"""The yearly figures as a workbook: real numbers, the same as on the screen."""

from io import BytesIO
from typing import Any

import xlsxwriter

from lms.coverage.places import places
from lms.coverage.rules import thousandths
from lms.coverage.sheet import MEDIA_TYPE, write
from lms.kernel.i18n import gettext as _
from lms.kernel.vietnamese import short_date
from lms.reports.queries import Report, Sexed

__all__ = ["MEDIA_TYPE", "workbook"]


def workbook(report: Report, place: str) -> bytes:
    """Indicators, classes, completions: a sheet each."""
    file = BytesIO()
    book = xlsxwriter.Workbook(file, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    title = _("Yearly figures: %(unit)s", unit=place)
    days = _("From %(first)s to %(last)s.", first=short_date(report.first), last=short_date(report.last))
    _sheet(book, _("Indicators"), [title, days], *indicators(report))
    _sheet(book, _("Classes"), [title, days], *classes(report))
    _sheet(book, _("Completions"), [title, days], *completions(report))
    book.close()
    return file.getvalue()


def indicators(report: Report) -> tuple[list[str], list[list[Any]]]:
    """Heads and rows, on the screen too."""
    heads = [_("Indicator"), _("What"), _("Number of persons"), _("Women"), _("Men"), _("Sex not on record")]
    rows: list[list[Any]] = []
    for line in report.indicators:
        name = line.found.one.indicator.short_title
        for what, figures in (
            (_("Has to be trained"), line.required),
            (_("Trained in the plan's period"), line.done),
            (_("of these in the reported period"), line.done_now),
        ):
            rows.append([name, what, *_sexes(figures)])
        rows.append([name, _("Not known"), line.found.total.unknown, None, None, None])
        rows.append([name, _("Share"), thousandths(line.done.all, line.required.all), None, None, None])
        if told := places(line.found):
            of = _("Places with at least %(least)s people", least=told.least)
            rows.append([name, of, f"{told.enough}/{len(told.lines)}", None, None, None])
    return heads, rows


def classes(report: Report) -> tuple[list[str], list[list[Any]]]:
    """Each class, then together: attendances add up, persons do not."""
    heads = [
        _("Class"),
        _("Place"),
        _("From"),
        _("To"),
        _("Half-days"),
        _("Periods"),
        _("Attendances"),
        _("Number of persons"),
    ]
    rows: list[list[Any]] = [
        [
            line.row.title,
            line.row.place,
            short_date(line.first_on),
            short_date(line.last_on),
            line.sessions,
            line.periods,
            line.attendances,
            line.persons,
        ]
        for line in report.classes
    ]
    periods = sum(line.periods for line in report.classes)
    count = len(report.classes)
    rows.append(
        [_("Together: %(n)s", n=count), "", "", "", report.sessions, periods, report.attendances, report.persons]
    )
    return heads, rows


def completions(report: Report) -> tuple[list[str], list[list[Any]]]:
    """Each course."""
    return [_("Course"), _("Number of persons")], [[line.course, line.persons] for line in report.completions]


def _sexes(figures: Sexed) -> list[int]:
    return [figures.all, figures.female, figures.male, figures.unknown]


def _sheet(book: Any, name: str, above: list[str], heads: list[str], rows: list[list[Any]]) -> None:
    page = book.add_worksheet(name[:31])
    bold, share = book.add_format({"bold": True, "text_wrap": True}), book.add_format({"num_format": "0.0 %"})
    page.set_column(0, 1, 36)
    page.set_column(2, 8, 14)
    for row, text in enumerate(above):
        page.write_string(row, 0, text, bold)
    for column, text in enumerate(heads):
        page.write_string(3, column, text, bold)
    for row, cells in enumerate(rows, 4):
        for column, value in enumerate(cells):
            if value is not None:
                write(page, row, column, value, share if isinstance(value, float) else None)
