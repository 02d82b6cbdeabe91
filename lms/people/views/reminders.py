"""Units that have not confirmed their list: whom to remind, whom to call.

Reminding **persons** of an indicator needs the plan, which this room does not know: those pages are `lms/home/views/reminders.py`.
Send a form (`post_form`) there from a list of missing people:

- `url_for("home.preview_reminders")`, POST `/people/reminders/persons/preview`: fields `about` (the indicator's slug), `person`
  (an id, as often as there are people ticked, at most 500), `back` (optional: the path to lead back to). Shows the words, who gets
  them, who is left out and why; its button sends.
- `url_for("home.call_list")`, POST `/people/reminders/persons/calls`: the same fields; a list with phone numbers to print (A4).

For focal persons and the office; a person who works in none of the viewer's units today is a 404.
"""

from flask import flash, redirect, render_template, request, url_for
from flask_login import current_user

from lms.kernel.access import door, missing
from lms.kernel.clock import today
from lms.kernel.i18n import gettext as _
from lms.kernel.i18n import ngettext
from lms.people import actions, upkeep_queries
from lms.people.roles import Role
from lms.people.views.room import bp, number_of


@bp.get("/reminders")
@door(Role.OFFICE)
def reminders():
    """Who has not confirmed: never first, then the longest ago."""
    return _page()


def _page(*, error=None):
    lines = upkeep_queries.unconfirmed(current_user, Role.OFFICE)
    _tree, asked = upkeep_queries.asked_units(current_user, Role.OFFICE)
    return render_template("people/reminders.html", lines=lines, asked=len(asked), error=error)


def _chosen():
    """(those to remind, those left out), of the units ticked; 404 for one that is not theirs. None: nothing was ticked."""
    ids = {number_of(one) for one in request.form.getlist("unit")}
    if not ids:
        return None
    if None in ids or not ids <= set(upkeep_queries.asked_units(current_user, Role.OFFICE)[1]):
        missing()
    lines = [one for one in upkeep_queries.unconfirmed(current_user, Role.OFFICE) if one.unit_id in ids]
    send = [one for one in lines if one.focals and not one.too_soon]
    return send, [one for one in lines if one not in send]


@bp.post("/reminders/preview")
@door(Role.OFFICE)
def preview_reminders():
    """The words, who gets them, who is left out and why. Nothing is sent yet."""
    chosen = _chosen()
    if chosen is None:
        return _page(error=_("Tick at least one unit.")), 422
    send, left_out = chosen
    return render_template("people/reminders_preview.html", send=send, left_out=left_out, today=today())


@bp.post("/reminders")
@door(Role.OFFICE)
def remind():
    """Send them."""
    chosen = _chosen()
    if chosen is None:
        return _page(error=_("Tick at least one unit.")), 422
    send, left_out = chosen
    sent = actions.remind_units([one.unit_id for one in send], by=current_user.account_id)
    flash(ngettext("%(num)s unit was reminded.", "%(num)s units were reminded.", len(sent)))
    if left_out:
        flash(_("Left out: %(names)s.", names=", ".join(one.name for one in left_out)))
    return redirect(url_for(".reminders"), 303)


@bp.get("/reminders/calls")
@door(Role.OFFICE)
def unit_calls():
    """Whom to call about the lists, to print."""
    lines = upkeep_queries.unconfirmed(current_user, Role.OFFICE)
    return render_template("people/unit_calls.html", lines=lines, today=today())
