"""Reorganising units: four short pages that end in one act, and the list of those acts."""

import uuid

from flask import flash, redirect, render_template, request, url_for
from flask_login import current_user

from lms.home import reorganising
from lms.home.reorganisation import queries
from lms.home.reorganisation.asked import Asked
from lms.home.reorganisation.views.room import bp
from lms.kernel.access import door, missing
from lms.kernel.clock import today
from lms.kernel.db import db
from lms.kernel.forms import Form, LongTextField, refuse
from lms.kernel.i18n import gettext as _
from lms.kernel.i18n import lazy_gettext as _l
from lms.kernel.i18n import translate_refused
from lms.kernel.paging import page_of
from lms.kernel.refused import Refused
from lms.kernel.vietnamese import read_date
from lms.people import actions as people
from lms.people import register_queries
from lms.people.queries import units_at
from lms.people.reorganisation import foreseeing
from lms.people.reorganisation.rules import KINDS, check_successors

KIND_WORDS = dict(
    zip(
        KINDS,
        (
            _l("province"),
            _l("district"),
            _l("township"),
            _l("commune"),
            _l("ward"),
            _l("office (phòng, sở)"),
            _l("agency"),
            _l("facility (school, health centre…)"),
            _l("organisation"),
        ),
        strict=True,
    )
)
CHOSEN_AT_ONCE = 400  # people who can be sent one by one on a page


class ReverseForm(Form):
    """Why a reorganisation is taken back."""

    why = LongTextField(_l("Why it is reversed"), max_length=300)


@bp.get("/reorganisations")
@door(*queries.KEEPERS)
def index():
    """Every reorganisation that touched my units, by both clocks."""
    page = page_of(queries.visible_reorganisations(current_user), page=request.args.get("page", 1))
    return render_template(
        "reorganising/index.html", page=page, lines=[queries.done(row, current_user) for row in page.rows]
    )


@bp.get("/reorganise")
@door(*queries.KEEPERS)
def begin():
    """Which day, by what, which old units."""
    return begin_page(Asked(request.args), read_date(request.args.get("on", "")[:40]) or today())


@bp.post("/reorganise")
@door(*queries.KEEPERS)
def ask():
    """The next page, or the one before, with all that was typed. Nothing is saved."""
    asked, go = Asked(request.form), request.form.get("go", "")
    mine(asked)
    if go in {"begin", "day"} or asked.on is None or not asked.basis or not asked.old:
        wrong = [] if go in {"begin", "day"} and (asked.on or go == "begin") else first_faults(asked)
        return begin_page(asked, asked.on or today(), wrong), 422 if wrong else 200
    if go == "check" and (added := asked.add_below(units_at(asked.on), queries.scope(current_user))):
        return begin_page(asked, asked.on, added=added)
    if go == "more":
        asked.add_rows()
    if go in {"more", "check", "successors"}:
        return successors_page(asked)
    return named(asked) if go == "fates" else preview(asked)


@bp.post("/reorganisations")
@door(*queries.KEEPERS)
def do():
    """All of it, as one act; what was shown has to be what would happen now."""
    asked = Asked(request.form)
    mine(asked)
    try:
        draft = asked.draft(foreseeing.standing_on(asked.on or today()))
        people.hold_units(draft)
        outlook = reorganising.look_ahead(draft)
        if queries.fingerprint(outlook.foreseen) != asked.one("seen"):
            raise Refused("The register has changed since this page was made. Look at it again, then confirm.")
        plans = [plan.id for plan, _unit in outlook.offices]
        row = reorganising.reorganise(outlook.foreseen.draft, offices=asked.offices(plans), by=current_user.account_id)
    except Refused as refused:
        db.session.rollback()
        return preview(asked, refused)
    flash(_("Done: %(n)s people moved.", n=outlook.foreseen.persons))
    return redirect(url_for(".show", reorganisation_id=row.id), 303)


@bp.get("/reorganisations/<int:reorganisation_id>")
@door(*queries.KEEPERS)
def show(reorganisation_id):
    """What one reorganisation did, and whether it can be reversed."""
    return one_page(queries.find(current_user, reorganisation_id), ReverseForm())


@bp.post("/reorganisations/<int:reorganisation_id>/reversal")
@door(*queries.KEEPERS)
def reverse(reorganisation_id):
    """As if it had not been done; of units that are all mine."""
    row = queries.find(current_user, reorganisation_id)
    if row.reversed_at is None and not queries.done(row, current_user).units <= queries.scope(current_user):
        missing()
    form = ReverseForm.filled(request.form)
    if not form.validate():
        return one_page(row, form), 422
    try:
        reorganising.reverse(row, why=form.data["why"], by=current_user.account_id)
    except Refused as refused:
        db.session.rollback()
        refuse(form, refused)
        return one_page(queries.find(current_user, reorganisation_id), form), 409
    flash(_("Reversed. What was known in between stays known."))
    return redirect(url_for(".show", reorganisation_id=reorganisation_id), 303)


@bp.context_processor
def each_page_its_own():
    """`fresh`: an id for the form of a page that follows another by POST; each of them is sent for itself."""
    return {"fresh": str(uuid.uuid4())}


def mine(asked):
    """Units that are not theirs are not there."""
    if not asked.units_named() <= queries.scope(current_user):
        missing()


def problems(*sentences):
    """What the layout shows on top of the page."""
    form = Form()
    form.form_errors.extend(sentences)
    return form


def first_faults(asked):
    found = [] if asked.on else [_("Write the day like 01/07/2025.")]
    found += [] if asked.basis else [_("Write the legal basis: which resolution or decision says so.")]
    return found if asked.old else [*found, _("Choose at least one old unit.")]


def begin_page(asked, on, wrong=(), added=()):
    """`added`: names of units ticked besides, to be looked at."""
    lines = register_queries.tree_lines(current_user, on)
    scope = queries.scope(current_user)
    return render_template(
        "reorganising/begin.html",
        asked=asked,
        on=on,
        added=added,
        lines=[line for line in lines if line.version.unit_id in scope],
        form=problems(*wrong),
    )


def named(asked):
    """What is wrong with the successors themselves is said where they are typed."""
    standing = foreseeing.standing_on(asked.on)
    try:
        check_successors(asked.successors_only(), standing, {})
    except Refused as refused:
        return successors_page(asked, refused), 409
    return fates_page(asked)


def successors_page(asked, refused=None):
    standing = foreseeing.standing_on(asked.on)
    return render_template(
        "reorganising/successors.html",
        asked=asked,
        standing=standing,
        units=stay_units(asked),
        parents=parents(asked, standing),
        kinds=KIND_WORDS,
        form=problems(*([translate_refused(refused)] if refused else [])),
    )


def stay_units(asked):
    """Units that stand that day and are not among the old ones, for a select; one below an old unit says so."""
    tree, old = units_at(asked.on), frozenset(asked.old)
    choices = register_queries.unit_choices(queries.scope(current_user) - old, tree)
    above = {unit_id: tree.versions[unit_id].parent_id or 0 for unit_id, _name in choices}
    return [(one, f"{name} ({tree.name(above[one])})" if above[one] in old else name) for one, name in choices]


def parents(asked, standing):
    """Where a new unit most likely stands: below what stood above the old ones and does not end."""
    found = {}
    for unit_id in asked.old:
        at = standing[unit_id].parent if unit_id in standing else None
        while at in asked.old:
            at = standing[at].parent
        if at in standing and at in queries.scope(current_user):
            found[at] = standing[at].name
    rest = [(unit_id, name) for unit_id, name in stay_units(asked) if unit_id not in found]
    return [*found.items(), *rest]


def fates_page(asked, refused=None):
    standing = foreseeing.standing_on(asked.on)
    asked.suggest(standing)
    page = render_template(
        "reorganising/fates.html",
        asked=asked,
        standing=standing,
        rows=[row for row in asked.rows if row.filled],
        above=parents(asked, standing),
        form=problems(*([translate_refused(refused)] if refused else [])),
    )
    return (page, 409) if refused else page


def preview(asked, refused=None):
    """What would happen; a draft that cannot be goes back to the page before, with the reason on top."""
    try:
        outlook = reorganising.look_ahead(asked.draft(foreseeing.standing_on(asked.on or today())))
    except Refused as found:
        if wrong := first_faults(asked):
            return begin_page(asked, asked.on or today(), wrong), 422
        return fates_page(asked, refused or found)
    return render_template(
        "reorganising/preview.html",
        asked=asked,
        outlook=outlook,
        foreseen=outlook.foreseen,
        seen=queries.fingerprint(outlook.foreseen),
        filled=[row for row in asked.rows if row.filled],
        units=stay_units(asked),
        kinds=KIND_WORDS,
        most=CHOSEN_AT_ONCE,
        form=problems(*([translate_refused(refused)] if refused else [])),
    ), 409 if refused else 200


def one_page(row, form):
    done = queries.done(row, current_user)
    return render_template(
        "reorganising/show.html",
        row=row,
        done=done,
        form=form,
        today=today(),
        rests=[translate_refused(one) for one in reorganising.rests_on(row)],
        may_reverse=done.units <= queries.scope(current_user),
    )
