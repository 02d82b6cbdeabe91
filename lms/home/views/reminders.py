"""Persons are reminded of an indicator, or called: from a list of missing people. See `people/views/reminders.py` for the fields."""

from flask import flash, redirect, render_template, request, url_for
from flask_login import current_user

from lms.home import reminding
from lms.home.views.room import bp
from lms.kernel.access import door, local_path, missing
from lms.kernel.clock import today
from lms.kernel.i18n import gettext as _
from lms.kernel.i18n import ngettext
from lms.people import actions
from lms.people.register_queries import KEEPERS
from lms.people.views.room import number_of

MOST = 500  # persons at once


def _asked():
    """(indicator, persons ticked, where to lead back); 404 for whoever is not theirs to remind."""
    about = reminding.target(request.form.get("about", "")[:200])
    ticked = request.form.getlist("person")
    ids = [number_of(one) or missing() for one in ticked[: MOST + 1]]
    back = local_path(request.form.get("back", "")[:2000]) or url_for("coverage.people", state="not_done")
    return about, reminding.chosen(current_user, about, ids), back


def _said(about, chosen, back):
    """The sentence about a form that cannot be carried out, as a page; None when it can."""
    if chosen and len(chosen) <= MOST:
        return None
    words = _("Tick between 1 and %(most)s people.", most=MOST)
    return render_template("home/reminders.html", about=about, chosen=[], back=back, error=words, today=today()), 422


@bp.post("/people/reminders/persons/preview")
@door(*KEEPERS)
def preview_reminders():
    """The words, who gets them, who is left out and why. Nothing is sent yet."""
    about, chosen, back = _asked()
    return _said(about, chosen, back) or render_template(
        "home/reminders.html", about=about, chosen=chosen, back=back, today=today()
    )


@bp.post("/people/reminders/persons")
@door(*KEEPERS)
def send_reminders():
    """Send them, and go back to the list."""
    about, chosen, back = _asked()
    if said := _said(about, chosen, back):
        return said
    send = [one.person.id for one in chosen if not one.why]
    sent = actions.remind_persons(send, about.slug, by=current_user.account_id)
    flash(ngettext("%(num)s person was reminded.", "%(num)s people were reminded.", len(sent)))
    if left_out := [one.person.full_name for one in chosen if one.why]:
        flash(_("Left out: %(names)s.", names=", ".join(left_out)))
    return redirect(back, 303)


@bp.post("/people/reminders/persons/calls")
@door(*KEEPERS)
def call_list():
    """Whom to call, to print."""
    about, chosen, back = _asked()
    return _said(about, chosen, back) or render_template(
        "home/calls.html", about=about, chosen=chosen, back=back, today=today()
    )
