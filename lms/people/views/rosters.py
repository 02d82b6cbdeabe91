"""Lists from Excel: download the template, send a list, look at it, confirm."""

from flask import Response, flash, redirect, render_template, request, url_for
from flask_login import current_user

from lms.kernel.access import door
from lms.kernel.clock import today
from lms.kernel.db import db
from lms.kernel.forms import refuse
from lms.kernel.i18n import gettext as _
from lms.kernel.refused import Refused
from lms.people import queries, register_queries
from lms.people.categories import category_ends
from lms.people.forms import ConfirmForm, RosterForm
from lms.people.roster import actions, roster_queries
from lms.people.roster.columns import HEADINGS
from lms.people.roster.template import MEDIA_TYPE, workbook
from lms.people.views.room import bp

SHOWN = 200  # rows of each kind on the preview


@bp.get("/rosters")
@door(*register_queries.KEEPERS)
def rosters():
    """Send a list; the lists sent before."""
    return _rosters_page(RosterForm(on=today()))


def _units():
    return register_queries.unit_choices(register_queries.kept_units(current_user), queries.units_at(today()))


def _rosters_page(form):
    units = _units()
    return render_template(
        "people/rosters.html",
        form=form.offer(units),
        rosters=roster_queries.recent(current_user),
        names=register_queries.UnitNames(),
    )


@bp.get("/rosters/template.xlsx")
@door(*register_queries.KEEPERS)
def template():
    """The spreadsheet to fill in."""
    ended = [category for category, row in category_ends().items() if row.on <= today()]
    answer = Response(workbook([name.lstrip("– ") for _id, name in _units()], ended), mimetype=MEDIA_TYPE)
    answer.headers.set("Content-Disposition", "attachment", filename="mau-danh-sach-can-bo.xlsx")
    return answer


@bp.post("/rosters")
@door(*register_queries.KEEPERS)
def stage():
    """Read a list and keep it aside: nothing is in the register yet."""
    form = RosterForm.filled(request.form, request.files).offer(_units())
    if not form.validate():
        return _rosters_page(form), 422
    try:
        roster = actions.stage(
            form.data["file"].read(),
            form.data["file"].filename,
            unit_id=form.data["unit"],
            on=form.data["on"],
            by=current_user.account_id,
        )
    except Refused as refused:
        db.session.rollback()
        refuse(form, refused)
        return _rosters_page(form), 409
    return redirect(url_for(".roster", roster_id=roster.id), 303)


@bp.get("/rosters/<int:roster_id>")
@door(*register_queries.KEEPERS)
def roster(roster_id):
    """What the list would change: counts first, then errors with their place, then row by row."""
    roster = roster_queries.roster(current_user, roster_id)
    return _roster_page(roster, ConfirmForm())


def _plan(roster):
    return actions.plan_of(roster, register_queries.kept_units(current_user), default_unit=roster.unit_id)


def _roster_page(roster, form):
    names = register_queries.UnitNames()
    settled = roster.confirmed_at or roster.discarded_at
    return render_template(
        "people/roster.html",
        roster=roster,
        plan=None if settled else _plan(roster),
        form=form,
        unit_name=names.on(roster.unit_id, roster.on),
        names=names,
        headings={field: headings[0] for field, headings in HEADINGS.items()},
        shown=SHOWN,
    )


@bp.post("/rosters/<int:roster_id>/confirmations")
@door(*register_queries.KEEPERS)
def confirm(roster_id):
    """Write the list into the register, all or none."""
    roster = roster_queries.roster(current_user, roster_id)
    form = ConfirmForm.filled(request.form)
    form.validate()
    try:
        counts = actions.confirm(
            roster,
            _plan(roster),
            skip_bad=form.data["skip_bad"],
            seen=form.data["seen"],
            by=current_user.account_id,
        )
    except Refused as refused:
        db.session.rollback()
        refuse(form, refused)
        return _roster_page(roster_queries.roster(current_user, roster_id), form), 409
    flash(_("Done: %(new)s new, %(changed)s changed, %(same)s as before.", **counts))
    return redirect(url_for(".roster", roster_id=roster_id), 303)


@bp.post("/rosters/<int:roster_id>/discards")
@door(*register_queries.KEEPERS)
def discard(roster_id):
    """Throw the list away."""
    actions.discard(roster_queries.roster(current_user, roster_id), by=current_user.account_id)
    flash(_("The list is thrown away. The register is as it was."))
    return redirect(url_for(".rosters"), 303)
