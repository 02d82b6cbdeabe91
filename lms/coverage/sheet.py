"""The tables of a page as a workbook: real numbers, equal to the screen to the digit; words stay words, whatever they begin with."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any

import xlsxwriter

from lms.coverage import rules, words
from lms.coverage.breakdowns import CourseLine
from lms.coverage.confirmed import Marks
from lms.coverage.filters import Filter
from lms.coverage.places import Place, Places, There
from lms.coverage.queries import Coverage
from lms.coverage.question import Question
from lms.coverage.rules import Figures
from lms.kernel.i18n import gettext as _
from lms.kernel.vietnamese import percent, short_date, short_datetime
from lms.tracks.course import Course

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
FIRST = 6  # row of the heads; above it stands what the figures are of, below the table the rule
SHARE = 4  # its column


@dataclass(frozen=True)
class Tables:
    """What a page of figures shows, to the digit."""

    found: Coverage
    courses: Mapping[str, Course]
    filters: Sequence[Filter]
    marks: Marks
    sexes: Sequence[tuple[str, Figures]]
    course_lines: Sequence[CourseLine]
    places: Places | None = None
    there: Mapping[int, There] = field(default_factory=dict)


def workbook(tables: Tables) -> bytes:
    """By unit, by category, by sex and, where the rule asks for several, by course; the rule in force under each."""
    found, marks = tables.found, tables.marks
    file = BytesIO()
    book = xlsxwriter.Workbook(file, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    together = [_("Together"), *cells(found.total)]
    units = [[words.line_name(line), *cells(line.figures), words.mark(line, marks)] for line in found.lines()]
    categories = [[words.category_name(name), *cells(figures)] for name, figures in found.categories()]
    sexes = [[words.sex_name(sex), *cells(figures)] for sex, figures in tables.sexes]
    page = Page(book, head(tables), words.rule(found.question, found.one, tables.courses))
    if tables.places:
        page.table(_("By place"), place_columns(), [place_cells(one, tables.there) for one in tables.places.lines])
    page.table(_("By unit"), [_("Unit"), *columns(), _("List")], [*units, [*together, ""]])
    page.table(_("By category"), [_("Category"), *columns()], [*categories, together])
    page.table(_("By sex"), [_("Sex"), *columns()], [*sexes, together])
    if tables.course_lines:
        page.table(_("By course"), [_("Course"), *course_columns()], _by_course(tables))
    book.close()
    return file.getvalue()


def _by_course(tables: Tables) -> list[list[Any]]:
    return [
        [words.course_name(line.slug, tables.courses), *cells(Figures(line.done, line.required - line.done))[:4]]
        for line in tables.course_lines
    ]


def head(tables: Tables) -> list[str]:
    """What the figures are of: the indicator and the place, the plan, the dates, what it is narrowed to, which lists are not confirmed."""
    found = tables.found
    question = found.question
    place = question.tree.name(found.under) if found.under is not None else ""
    title = f"{found.one.indicator.short_title}{' – ' if place else ''}{place}"
    only = words.only(tables.filters, tables.courses)
    return [title, question.plan.title, dates(question), only, words.unconfirmed(tables.marks)]


def dates(question: Question) -> str:
    """Of which day, under which day's units, as known when."""
    told = [_("As of %(day)s", day=short_date(question.as_of))]
    if question.tree_at != question.as_of:
        told.append(_("under the units of %(day)s", day=short_date(question.tree_at)))
    if question.known_at:
        told.append(_("as known at %(moment)s", moment=short_datetime(question.known_at)))
    return "; ".join(told)


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


def place_columns() -> list[str]:
    """The heads of the table by place, on the screen too."""
    return [
        _("Commune or ward"),
        _("Trained people"),
        _("Needed"),
        _("Who"),
        _("Of these expiring within 90 days"),
        _("Trained but on leave"),
    ]


def place_cells(place: Place, there: Mapping[int, There]) -> list[Any]:
    people = there.get(place.unit_id, There())
    names = (words.names(people.there), words.until(people.expiring), words.names(people.away))
    return [place.name, place.has, place.least, *names]


def course_columns() -> list[str]:
    """The heads of the table by course."""
    return columns()[:SHARE]


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


@dataclass(frozen=True)
class Page:
    """Sheets of one workbook that begin and end with the same words."""

    book: Any
    above: Sequence[str]
    below: str

    def table(self, name: str, heads: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
        """The first column holds names, the others what `heads` say; a share stands in the fifth."""
        page = self.book.add_worksheet(name[:31])
        bold = self.book.add_format({"bold": True, "text_wrap": True})
        share, wrapped = self.book.add_format({"num_format": "0.0 %"}), self.book.add_format({"text_wrap": True})
        page.set_column(0, 0, 42)
        page.set_column(1, len(heads) - 1, 12)
        page.set_landscape()
        page.set_paper(9)
        page.fit_to_pages(1, 0)
        page.repeat_rows(FIRST)
        for row, text in enumerate(self.above):
            page.write_string(row, 0, text, bold if row == 0 else None)
        for column, text in enumerate(heads):
            page.write_string(FIRST, column, text, bold)
        for row, values in enumerate(rows, FIRST + 1):
            for column, value in enumerate(values):
                write(page, row, column, value, share if column == SHARE else None)
        page.merge_range(FIRST + len(rows) + 2, 0, FIRST + len(rows) + 2, len(heads) - 1, self.below, wrapped)
        page.set_row(FIRST + len(rows) + 2, 60)
        page.freeze_panes(FIRST + 1, 1)


def write(page: Any, row: int, column: int, value: Any, style: Any = None) -> None:
    """A number as a number, words as words, nothing as a dash."""
    if isinstance(value, int | float):
        page.write_number(row, column, value, style)
    else:
        page.write_string(row, column, "–" if value is None else str(value))
