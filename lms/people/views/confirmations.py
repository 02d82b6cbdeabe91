"""The list of a unit, looked through and confirmed as complete as of a day; taken back with a reason."""

from flask import flash, redirect, render_template, request, url_for
from flask_login import current_user

from lms.kernel.access import door
from lms.kernel.clock import today
from lms.kernel.db import db
from lms.kernel.forms import refuse
from lms.kernel.i18n import gettext as _
from lms.kernel.refused import Refused
from lms.kernel.vietnamese import short_date
from lms.people import actions, register_queries, rules, upkeep_queries
from lms.people.confirmations import check_confirmable, confirmations, last_day
from lms.people.forms import CompleteForm, WithdrawForm
from lms.people.views.room import bp


@bp.get("/units/<int:unit_id>/list")
@door(*register_queries.KEEPERS)
def unit_list(unit_id):
    """The list as it would be confirmed: how many, who came, who left, what nobody has told."""
    upkeep_queries.kept_unit(current_user, unit_id)
    form = CompleteForm.filled(request.args) if request.args.get("on") else CompleteForm(on=last_day(unit_id))
    if not form.validate():
        return _page(unit_id, form), 422
    try:
        check_confirmable(unit_id, form.data["on"])
    except Refused as refused:
        refuse(form, refused)
        return _page(unit_id, form), 409
    return _page(unit_id, form)


@bp.post("/units/<int:unit_id>/list/confirmations")
@door(*register_queries.KEEPERS)
def confirm_list(unit_id):
    """It is complete as of that day."""
    upkeep_queries.kept_unit(current_user, unit_id)
    form = CompleteForm.filled(request.form)
    if not form.validate():
        return _page(unit_id, form), 422
    try:
        row = actions.confirm_roster(
            unit_id, form.data["on"], seen=request.form.get("seen", "")[:64], by=current_user.account_id
        )
    except Refused as refused:
        db.session.rollback()
        refuse(form, refused)
        return _page(unit_id, form), 409
    flash(
        _(
            "Confirmed: %(persons)s people, the list is complete as of %(day)s.",
            persons=row.persons,
            day=short_date(row.complete_on),
        )
    )
    return redirect(url_for(".unit_list", unit_id=unit_id), 303)


@bp.post("/units/<int:unit_id>/list/confirmations/<int:confirmation_id>/ends")
@door(*register_queries.KEEPERS)
def withdraw_confirmation(unit_id, confirmation_id):
    """It was not complete after all."""
    row = upkeep_queries.kept_confirmation(current_user, unit_id, confirmation_id)
    form = WithdrawForm.filled(request.form)
    if not form.validate():
        return _page(unit_id, CompleteForm(on=last_day(unit_id)), taking=form), 422
    try:
        actions.withdraw_confirmation(row, why=form.data["why"], by=current_user.account_id)
    except Refused as refused:
        db.session.rollback()
        refuse(form, refused)
        return _page(unit_id, CompleteForm(on=last_day(unit_id)), taking=form), 409
    flash(_("The confirmation is taken back."))
    return redirect(url_for(".unit_list", unit_id=unit_id), 303)


def _page(unit_id, form, *, taking=None):
    """With a day that cannot be confirmed no list is shown: only the sentence, and the day to choose anew."""
    shows = not form.on.errors and _can_be_confirmed(unit_id, form.on.data)
    return render_template(
        "people/unit_list.html",
        list=upkeep_queries.unit_list(current_user, unit_id, form.on.data if shows else last_day(unit_id)),
        shows=shows,
        history=upkeep_queries.confirmations_of(unit_id),
        confirmed_on=confirmations(today()).get(unit_id),
        reminded_at=upkeep_queries.open_reminders([unit_id]).get(unit_id),
        complete_form=form,
        withdraw_form=taking or WithdrawForm(),
        form=taking or form,
        birth_words=rules.birth_words,
    )


def _can_be_confirmed(unit_id, on):
    try:
        check_confirmable(unit_id, on)
    except Refused:
        return False
    return True
