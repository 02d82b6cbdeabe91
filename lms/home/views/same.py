"""Two records of one person: look for the other, see both side by side and what goes where, say why."""

from flask import flash, redirect, render_template, request, url_for
from flask_login import current_user

from lms.home import merging
from lms.home.views.room import bp
from lms.kernel.access import door
from lms.kernel.db import db
from lms.kernel.forms import refuse
from lms.kernel.i18n import gettext as _
from lms.kernel.refused import Refused
from lms.kernel.vietnamese import tidy
from lms.people import actions, same_queries
from lms.people.forms import SEXES, SameForm
from lms.people.roles import Role
from lms.people.views.room import number_of


@bp.get("/people/<int:person_id>/same")
@door(Role.OFFICE)
def same(person_id):
    """Look for the other record; with `other`, both side by side."""
    other_id = number_of(request.args.get("other", ""))
    if other_id:
        return _preview(person_id, other_id, SameForm())
    person = same_queries.office_person(current_user, person_id)
    words = tidy(request.args.get("q", "")[:200])
    found = same_queries.others_like(current_user, person, words)
    return render_template("home/same.html", person=person, words=words, found=found)


def _preview(person_id, other_id, form):
    kept, other = (same_queries.office_person(current_user, one) for one in (person_id, other_id))
    return render_template(
        "home/same_preview.html",
        person=kept,
        records=[same_queries.record(current_user, one) for one in (kept, other)],
        facets=merging.facets(kept, other),
        differences=merging.differences(kept, other),
        sexes=dict(SEXES),
        form=form,
    )


@bp.post("/people/<int:person_id>/same")
@door(Role.OFFICE)
def make_same(person_id):
    """They are one person: what was known of the other counts as this one's."""
    person = same_queries.office_person(current_user, person_id)
    form = SameForm.filled(request.form)
    other_id = number_of(request.form.get("other", ""))
    if not other_id:
        form.form_errors.append(_("Choose the other record first."))
        return render_template("home/same.html", person=person, words="", found=[], form=form), 422
    if not form.validate():
        return _preview(person_id, other_id, form), 422
    same_queries.office_person(current_user, other_id)
    try:
        row = actions.same_person(person_id, other_id, why=form.data["why"], by=current_user.account_id)
    except Refused as refused:
        db.session.rollback()
        refuse(form, refused)
        return _preview(person_id, other_id, form), 409
    flash(_("The two records count as one person."))
    return redirect(url_for("people.show", person_id=row.kept_id), 303)
