"""Who is invited to what, as it is printed (danh sách triệu tập) and as a workbook."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from io import BytesIO
from typing import Any

import xlsxwriter

from lms.coverage.planning import queries
from lms.coverage.planning.queries import Invitee
from lms.coverage.planning.shown import Shown, by_name
from lms.kernel.i18n import gettext as _
from lms.kernel.vietnamese import short_date


@dataclass(frozen=True)
class Invited:
    """The people of one class; without a place, those who study online, until the last day."""

    course: str
    place: str
    first_day: date
    last_day: date
    trainer: str
    people: list[Invitee]


def lists(shown: Shown, trainers: Mapping[int, str]) -> list[Invited]:
    """Class after class, then who studies online."""
    draft = shown.draft
    told = queries.invitees([*(p for one in draft.classes for p in one.people), *(p for _course, p in draft.online)])
    found = [
        Invited(
            shown.course(one.course),
            shown.name(one.place),
            one.first_day,
            one.last_day,
            trainers.get(one.trainer, ""),
            by_name([told[person] for person in one.people]),
        )
        for one in draft.classes
        if one.people
    ]
    deadline = draft.terms.deadline
    for course in dict.fromkeys(slug for slug, _person in draft.online):
        people = by_name([told[person] for slug, person in draft.online if slug == course])
        found.append(Invited(shown.course(course), "", deadline, deadline, "", people))
    return found


def workbook(found: Iterable[Invited]) -> bytes:
    """One sheet, a row for each invited person."""
    file = BytesIO()
    book = xlsxwriter.Workbook(file, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    page = book.add_worksheet(_("Invited people")[:31])
    bold = book.add_format({"bold": True, "text_wrap": True})
    heads = [
        _("Course"),
        _("Place of the class"),
        _("First day"),
        _("Last day"),
        _("Trainer"),
        _("Full name"),
        _("Year of birth"),
        _("Position"),
        _("Unit"),
    ]
    for column, (text, width) in enumerate(zip(heads, (40, 22, 12, 12, 24, 28, 10, 28, 28), strict=True)):
        page.set_column(column, column, width)
        page.write_string(0, column, text, bold)
    row = 1
    for one in found:
        for person in one.people:
            _write(page, row, one, person)
            row += 1
    page.freeze_panes(1, 0)
    book.close()
    return file.getvalue()


def _write(page: Any, row: int, one: Invited, invited: Invitee) -> None:
    person = invited.person
    first = short_date(one.first_day) if one.place else ""
    cells = [one.course, one.place or _("Study online"), first, short_date(one.last_day), one.trainer, person.full_name]
    for column, text in enumerate(cells):
        page.write_string(row, column, text)
    if person.birth:
        page.write_number(row, 6, person.birth.year)
    page.write_string(row, 7, invited.position)
    page.write_string(row, 8, invited.unit)
