"""What is said about a list that waits: what its words mean, who somebody is; and taking a confirmed one back."""

from flask import flash, redirect, render_template, request, url_for
from flask_login import current_user

from lms.kernel.access import door
from lms.kernel.i18n import gettext as _
from lms.kernel.refused import Refused
from lms.kernel.vietnamese import read_date
from lms.people import register_queries, rules
from lms.people.roster import actions, roster_queries
from lms.people.roster.rows import LEFT_OUT
from lms.people.roster.words import FIELDS
from lms.people.views.room import bp, number_of

MOST = 400  # answers in one form
LONGEST = 300


@bp.post("/rosters/<int:roster_id>/answers")
@door(*register_queries.KEEPERS)
def answer(roster_id):
    """Say what is meant; the list is then read anew, or its rows judged anew."""
    roster = roster_queries.roster(current_user, roster_id)
    kind = request.form.get("kind", "")
    if kind not in _READERS:
        raise Refused("Choose what you want to say about the list.")
    said = _READERS[kind](request.form)
    if said:
        actions.answer(roster, kind, said, by=current_user.account_id)
        flash(_("Noted. The list was looked through again with that."))
    return redirect(url_for(".roster", roster_id=roster_id), 303)


def _pairs(form):
    """Keys and values that stand beside each other in the form; what was left open is not said."""
    keys, values = form.getlist("key"), form.getlist("value")
    pairs = zip(keys[:MOST], values[:MOST], strict=False)
    return {key[:LONGEST]: value for key, value in pairs if key and value and "\x00" not in key}


def _units(form):
    kept = register_queries.kept_units(current_user)
    said = {key: number_of(value) for key, value in _pairs(form).items()}
    if not set(said.values()) <= kept:
        raise Refused("Choose one of your units.")
    return said


def _positions(form):
    said = _pairs(form)
    if not set(said.values()) <= set(rules.CATEGORIES):
        raise Refused("Choose one of the categories.")
    return said


def _headings(form):
    said = _pairs(form)
    if not set(said.values()) <= {*FIELDS, "-"}:
        raise Refused("Choose one of the columns of our template.")
    return {key: "" if value == "-" else value for key, value in said.items()}


def _same(form):
    said = _pairs(form)
    if not all(value in {"new", "row"} or number_of(value[1:]) for value in said.values()):
        raise Refused("Choose one of the two.")
    return said


def _month_first(form):
    return {"month_first": form.get("value") == "yes"}


def _without(form):
    name = form.get("key", "")
    if name not in LEFT_OUT:
        raise Refused("Only what a person may lack can be left empty.")
    return {name: form.get("value") == "yes"}


def _part(form):
    return {"part": form.get("value") == "yes"}


def _on(form):
    day = read_date(form.get("value", "")[:40])
    if day is None or not 2000 <= day.year <= 2100:
        raise Refused("This date cannot be read. Write day/month/year, for example 05/01/2026.")
    return {"on": day.isoformat()}


_READERS = {
    "unit": _units,
    "position": _positions,
    "heading": _headings,
    "same": _same,
    "month_first": _month_first,
    "without": _without,
    "part": _part,
    "on": _on,
}


@bp.get("/rosters/<int:roster_id>/undo")
@door(*register_queries.KEEPERS)
def roster_undo(roster_id):
    """What taking the list back would do, and which rows it would keep, with the reason."""
    roster = roster_queries.roster(current_user, roster_id)
    return render_template(
        "people/roster_undo.html",
        roster=roster,
        found=actions.undoing_of(roster) if actions.may_undo(roster) else None,
        seen=roster_queries.persons_seen(current_user),
    )


@bp.post("/rosters/<int:roster_id>/undoings")
@door(*register_queries.KEEPERS)
def undo_roster(roster_id):
    """Take the list back as far as nothing rests on it."""
    found = actions.undo(roster_queries.roster(current_user, roster_id), by=current_user.account_id)
    flash(_("Taken back: %(n)s. Kept: %(kept)s.", n=len(found.steps), kept=len(found.kept)))
    return redirect(url_for(".roster", roster_id=roster_id), 303)
