"""Exceptions: somebody is exempt, on leave, or named as required; corrected, ended; and a unit's list of them."""

from flask import flash, redirect, render_template, request, url_for
from flask_login import current_user

from lms.home import standings_queries
from lms.home.views.room import bp
from lms.kernel.access import door, missing
from lms.kernel.clock import today
from lms.kernel.db import db
from lms.kernel.forms import refuse
from lms.kernel.i18n import gettext as _
from lms.kernel.paging import page_of
from lms.kernel.refused import Refused
from lms.people import actions, queries, register_queries
from lms.people.forms import STANDINGS, StandingForm
from lms.people.register_queries import KEEPERS
from lms.people.roles import Role
from lms.people.views.room import number_of


def _kinds():
    """An office names somebody as required; a focal person does not."""
    return STANDINGS if current_user.holds(Role.OFFICE) else [one for one in STANDINGS if one[0] != "required"]


@bp.get("/people/standings")
@door(*KEEPERS)
def exceptions():
    """Who is excepted in my units, the first to end first."""
    unit_id, also_past = number_of(request.args.get("unit", "")), request.args.get("past") == "1"
    query = standings_queries.found_exceptions(current_user, unit_id, also_past=also_past)
    page = page_of(query, page=request.args.get("page", 1))
    return render_template(
        "home/exceptions.html",
        page=page,
        lines=standings_queries.lines(current_user, page.rows),
        names=standings_queries.indicator_names(row[0].indicator_slug for row in page.rows),
        kinds=dict(STANDINGS),
        units=register_queries.unit_choices(register_queries.kept_units(current_user), queries.units_at(today())),
        unit_id=unit_id,
        also_past=also_past,
        address={name: value for name, value in request.args.items() if name != "page" and value},
        today=today(),
    )


@bp.get("/people/<int:person_id>/standings")
@door(*KEEPERS)
def standing(person_id):
    """Except someone from having to be trained: the form."""
    return _page(person_id, StandingForm(valid_from=today()).offer(_kinds(), standings_queries.indicator_names()))


@bp.post("/people/<int:person_id>/standings")
@door(*KEEPERS)
def except_person(person_id):
    """Except someone, with a reason and dates."""
    register_queries.tended_person(current_user, person_id)
    form = StandingForm.filled(request.form).offer(_kinds(), standings_queries.indicator_names())
    return _done(
        form, person_id, lambda: actions.except_person(person_id, **form.exception, by=current_user.account_id)
    )


@bp.get("/people/<int:person_id>/standings/<int:standing_id>")
@door(*KEEPERS)
def exception(person_id, standing_id):
    """Correct an exception: the form."""
    row = _correctable(person_id, standing_id)
    return _page(person_id, StandingForm.of(row).offer(_kinds(), _names(row)), row=row)


@bp.post("/people/<int:person_id>/standings/<int:standing_id>/corrections")
@door(*KEEPERS)
def correct_exception(person_id, standing_id):
    """It was written down wrongly: the old row stays in the history."""
    row = _correctable(person_id, standing_id)
    form = StandingForm.filled(request.form).offer(_kinds(), _names(row))
    return _done(
        form,
        person_id,
        lambda: actions.correct_exception(row, **form.exception, by=current_user.account_id),
        standing_id,
    )


@bp.post("/people/<int:person_id>/standings/<int:standing_id>/ends")
@door(*KEEPERS)
def end_exception(person_id, standing_id):
    """The exception no longer holds, from today."""
    row = _correctable(person_id, standing_id)
    actions.end_exception(row, on=today(), by=current_user.account_id)
    flash(_("The exception has ended."))
    return redirect(url_for("people.show", person_id=person_id), 303)


def _correctable(person_id, standing_id):
    """That exception; one that this viewer could not have made is not theirs to change."""
    row = register_queries.kept_standing(current_user, person_id, standing_id)
    return row if row.kind in dict(_kinds()) else missing()


def _names(row):
    return standings_queries.indicator_names([row.indicator_slug])


def _page(person_id, form, *, row=None):
    return render_template(
        "home/standing.html",
        person=register_queries.tended_person(current_user, person_id),
        form=form,
        standing=row,
        today=today(),
    )


def _done(form, person_id, work, standing_id=None):
    """Do it if the form is well-formed and the rules agree; else the same page, with all that was typed."""

    def again():
        row = register_queries.kept_standing(current_user, person_id, standing_id) if standing_id else None
        return _page(person_id, form, row=row)

    if not form.validate():
        return again(), 422
    try:
        work()
    except Refused as refused:
        db.session.rollback()
        refuse(form, refused)
        return again(), 409
    flash(_("Saved."))
    return redirect(url_for("people.show", person_id=person_id), 303)
