"""Spreadsheets to download: the empty template, a unit's list as it is, the bad rows of a list with their reasons."""

from flask import Response, request
from flask_login import current_user

from lms.kernel.access import ask_who_for, door, missing
from lms.kernel.clock import today
from lms.kernel.i18n import gettext as _
from lms.kernel.refused import Refused
from lms.people import register_queries
from lms.people.categories import category_ends
from lms.people.roster import roster_queries
from lms.people.roster.template import MEDIA_TYPE, workbook
from lms.people.views.room import bp, number_of
from lms.people.views.rosters import plan_shown, units_kept


@bp.get("/rosters/template.xlsx")
@door(*register_queries.KEEPERS)
def template():
    """The spreadsheet to fill in."""
    ended = [category for category, row in category_ends().items() if row.on <= today()]
    return _file("mau-danh-sach-can-bo.xlsx", workbook([name.lstrip("– ") for _id, name in units_kept()], ended))


@bp.get("/rosters/list.xlsx")
@door(*register_queries.KEEPERS)
def unit_people():
    """A unit's list as the register has it, in the shape of the template: sent back as it is, it changes nothing."""
    unit_id = number_of(request.args.get("unit", ""))
    if unit_id not in register_queries.kept_units(current_user):
        missing()
    ended = [category for category, row in category_ends().items() if row.on <= today()]
    names = [name.lstrip("– ") for _id, name in units_kept()]
    people = list(roster_queries.people_of(unit_id, today()))
    ask_who_for(len(people))
    return _file("danh-sach-can-bo.xlsx", workbook(names, ended, people))


@bp.get("/rosters/<int:roster_id>/bad.xlsx")
@door(*register_queries.KEEPERS)
def bad_rows(roster_id):
    """The rows that do not go in, or did not when the list was confirmed, each with its reason."""
    roster = roster_queries.roster(current_user, roster_id)
    if not roster.content or roster_queries.reading(roster).read_at is None:
        raise Refused("This list was thrown away already, or is still being read.")
    return _file("dong-can-sua.xlsx", roster_queries.bad_rows(roster, plan_shown(roster), _said))


def _said(message, values):
    return _(message, **values)


def _file(name, content):
    answer = Response(content, mimetype=MEDIA_TYPE)
    answer.headers.set("Content-Disposition", "attachment", filename=name)
    return answer
