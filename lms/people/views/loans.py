"""A role lent to a colleague of the same unit until a day; seen, and taken or given back, by both."""

from datetime import timedelta

from flask import flash, redirect, render_template, request, url_for
from flask_login import current_user

from lms.kernel.access import door, fresh
from lms.kernel.clock import today
from lms.kernel.db import db
from lms.kernel.forms import refuse
from lms.kernel.i18n import gettext as _
from lms.kernel.refused import Refused
from lms.people import actions, lending_queries, rules
from lms.people.forms import ROLES
from lms.people.lending_forms import LoanForm
from lms.people.roles import Role
from lms.people.views.room import bp


@bp.get("/me/loans")
@door()
def loans():
    """What I have lent and was lent; the form to lend."""
    return _page(_form())


def _form(formdata=None):
    words = dict(ROLES)
    roles = [(row.id, f"{words[row.role]}, {unit}") for row, unit in lending_queries.lendable(current_user)]
    people = [(account.id, person.full_name) for account, person in lending_queries.colleagues(current_user)]
    form = LoanForm.filled(formdata) if formdata is not None else LoanForm()
    return form.offer(roles, people if roles else [])


def _page(form):
    lent = lending_queries.loans(current_user)
    return render_template("people/loans.html", loans=lent, form=form, words=dict(ROLES), one_day=timedelta(days=1))


@bp.post("/me/loans")
@door(Role.TRAINER, Role.FOCAL, Role.OFFICE)
@fresh
def lend():
    """The colleague holds the role too, up to and with the last day."""
    form = _form(request.form)
    if not form.validate():
        return _page(form), 422
    grants = {row.id: row for row, _unit in lending_queries.lendable(current_user)}
    until = rules.day_after(form.data["last_day"])
    try:
        actions.lend_role(grants[form.data["grant"]], form.data["account"], until=until, by=current_user.account_id)
    except Refused as refused:
        db.session.rollback()
        refuse(form, refused)
        return _page(form), 409
    flash(_("The role is lent. Both of you see it here."))
    return redirect(url_for(".loans"), 303)


@bp.post("/me/loans/<int:grant_id>/ends")
@door()
def end_loan(grant_id):
    """Taken back by the one, or given back by the other: it ends today."""
    actions.end_role(lending_queries.loan(current_user, grant_id), on=today(), by=current_user.account_id)
    return redirect(url_for(".loans"), 303)
