"""Lists from Excel: send one, look at what was understood and what it would change."""

from flask import flash, redirect, render_template, request, url_for
from flask_login import current_user

from lms.kernel.access import door
from lms.kernel.clock import now, today
from lms.kernel.db import db
from lms.kernel.forms import refuse
from lms.kernel.i18n import gettext as _
from lms.kernel.refused import Refused
from lms.people import queries, register_queries, rules
from lms.people.roster import actions, roster_queries, work
from lms.people.roster.columns import HEADINGS
from lms.people.roster.forms import ConfirmForm, RosterForm
from lms.people.roster.groups import grouped
from lms.people.roster.matching import key_of
from lms.people.roster.words import FIELDS, said_of
from lms.people.views.room import bp, number_of

SHOWN = 100  # rows of each kind on the preview
ASKED = 30  # questions, and errors of one cause, on one page

__all__ = ["work"]  # the job that reads long lists registers itself


@bp.get("/rosters")
@door(*register_queries.KEEPERS)
def rosters():
    """Send a list; the lists sent before."""
    return _rosters_page(RosterForm())


def units_kept(on=None):
    """The units whose register the viewer keeps, as they stand that day, or today."""
    return register_queries.unit_choices(register_queries.kept_units(current_user), queries.units_at(on or today()))


def _rosters_page(form):
    return render_template(
        "people/rosters.html",
        form=form.offer(units_kept()),
        rosters=roster_queries.recent(current_user),
        names=register_queries.UnitNames(),
    )


@bp.post("/rosters")
@door(*register_queries.KEEPERS)
def stage():
    """Read a list and keep it aside: nothing is in the register yet."""
    form = RosterForm.filled(request.form, request.files).offer(units_kept())
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
    """What the list would change: counts first, then questions and errors with their place, then row by row."""
    return roster_page(roster_queries.roster(current_user, roster_id), ConfirmForm())


@bp.get("/rosters/<int:roster_id>/state")
@door(*register_queries.KEEPERS)
def roster_state(roster_id):
    """How far the reading is: the part of the page that changes."""
    roster = roster_queries.roster(current_user, roster_id)
    return render_template("people/_roster_reading.html", roster=roster, **_reading(roster))


def _reading(roster):
    reading = roster_queries.reading(roster)
    return {"reading": reading, "job": roster_queries.job_of(reading)}


def plan_shown(roster):
    """What confirming would do now, for this viewer."""
    return actions.plan_of(roster, register_queries.kept_units(current_user), default_unit=roster.unit_id)


def roster_page(roster, form):
    """The page of a list, in whichever state it is."""
    names = register_queries.UnitNames()
    about = _reading(roster)
    common = {"roster": roster, "form": form, "names": names, "unit_name": names.on(roster.unit_id, roster.on)}
    if roster.confirmed_at or roster.discarded_at:
        return render_template(
            "people/roster_done.html", **common, **about, until=roster_queries.undo_until(roster, now())
        )
    if about["reading"].read_at is None:
        return render_template("people/roster_waiting.html", **common, **about)
    plan = plan_shown(roster)
    asked = {(one.sheet, one.row) for one in plan.errors}
    words = {(row.sheet, row.row, "unit"): row.unit_text for row in _rows(plan) if (row.sheet, row.row) in asked}
    return render_template(
        "people/roster.html",
        **common,
        **about,
        plan=plan,
        groups=grouped(plan.errors, words),
        headings=HEADINGS,
        units=units_kept(roster.on),
        categories=rules.CATEGORIES,
        birth_words=rules.birth_words,
        key_of=key_of,
        words=said_of,
        fields=FIELDS,
        columns=list({one["key"]: one for sheet in about["reading"].sheets for one in sheet["columns"]}.values()),
        shown=SHOWN,
        asked=ASKED,
        ticked=_ticked(),
    )


def _ticked():
    """Ids of the postings that are said to have ended."""
    return {number_of(value) for value in request.form.getlist("leaving")}


def _rows(plan):
    return [one.row for one in (*plan.steps, *plan.questions)]


@bp.post("/rosters/<int:roster_id>/confirmations")
@door(*register_queries.KEEPERS)
def confirm(roster_id):
    """Write the list into the register, all or none."""
    roster = roster_queries.roster(current_user, roster_id)
    if roster.confirmed_at or roster.discarded_at or roster_queries.reading(roster).read_at is None:
        raise Refused("This list was confirmed or thrown away already, or is still being read.")
    plan = plan_shown(roster)
    form, leaving = ConfirmForm.filled(request.form), _ticked()
    if not form.validate() or not leaving <= {one.posting.id for one in plan.leavers}:
        return roster_page(roster, form), 422
    try:
        counts = actions.confirm(
            roster,
            plan,
            skip_bad=form.data["skip_bad"],
            leaving=leaving,
            seen=form.data["seen"],
            by=current_user.account_id,
        )
    except Refused as refused:
        db.session.rollback()
        refuse(form, refused)
        return roster_page(roster_queries.roster(current_user, roster_id), form), 409
    flash(_("Done: %(new)s new, %(changed)s changed, %(same)s as before.", **counts))
    return redirect(url_for(".roster", roster_id=roster_id), 303)


@bp.post("/rosters/<int:roster_id>/discards")
@door(*register_queries.KEEPERS)
def discard(roster_id):
    """Throw the list away."""
    actions.discard(roster_queries.roster(current_user, roster_id), by=current_user.account_id)
    flash(_("The list is thrown away. The register is as it was."))
    return redirect(url_for(".rosters"), 303)
