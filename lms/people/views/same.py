"""Two records of one person: look for the other, see both side by side, say why; and undo it."""

from flask import flash, redirect, render_template, request, url_for
from flask_login import current_user

from lms.kernel.access import door
from lms.kernel.db import db
from lms.kernel.forms import refuse
from lms.kernel.i18n import gettext as _
from lms.kernel.refused import Refused
from lms.kernel.vietnamese import tidy
from lms.people import actions, same_queries
from lms.people.forms import SEXES, SameForm
from lms.people.roles import Role
from lms.people.views.room import bp, number_of


@bp.get("/<int:person_id>/same")
@door(Role.OFFICE)
def same(person_id):
    """Look for the other record; with `other`, both side by side."""
    return _page(person_id, number_of(request.args.get("other", "")), SameForm())


def _page(person_id, other_id, form):
    person = same_queries.office_person(current_user, person_id)
    words = tidy(request.args.get("q", "")[:200])
    other = same_queries.office_person(current_user, other_id) if other_id else None
    return render_template(
        "people/same.html",
        person=person,
        words=words,
        found=[] if other else same_queries.others_like(current_user, person, words),
        records=[same_queries.record(current_user, one) for one in (person, other)] if other else [],
        sexes=dict(SEXES),
        form=form,
    )


@bp.post("/<int:person_id>/same")
@door(Role.OFFICE)
def make_same(person_id):
    """They are one person: what was known of the other counts as this one's."""
    same_queries.office_person(current_user, person_id)
    form = SameForm.filled(request.form)
    other_id = number_of(request.form.get("other", ""))
    if not form.validate() or not other_id:
        return _page(person_id, other_id, form), 422
    same_queries.office_person(current_user, other_id)
    try:
        row = actions.same_person(person_id, other_id, why=form.data["why"], by=current_user.account_id)
    except Refused as refused:
        db.session.rollback()
        refuse(form, refused)
        return _page(person_id, other_id, form), 409
    flash(_("The two records count as one person."))
    return redirect(url_for(".show", person_id=row.kept_id), 303)


@bp.post("/<int:person_id>/same/<int:row_id>/ends")
@door(Role.OFFICE)
def undo_same(person_id, row_id):
    """They are two persons after all."""
    actions.different_after_all(same_queries.held_same(current_user, person_id, row_id), by=current_user.account_id)
    flash(_("The two records count as two persons again."))
    return redirect(url_for(".show", person_id=person_id), 303)
