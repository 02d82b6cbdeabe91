"""Seats: joined and left by oneself, given and taken back by whoever answers for the person."""

from flask import flash, redirect, render_template, request, url_for
from flask_login import current_user

from lms.attendance import actions, people_queries, queries
from lms.attendance.forms import PeopleForm, WalkInForm
from lms.attendance.views.blueprint import HOSTS, LEADERS, bp
from lms.kernel.access import door, missing
from lms.kernel.forms import choices_of
from lms.kernel.i18n import gettext as _
from lms.kernel.i18n import ngettext
from lms.people.roles import Role


@bp.post("/<int:class_id>/seat")
@door(Role.LEARNER)
def join(class_id):
    queries.find(current_user, class_id)
    actions.take_seat(class_id, current_user.person_id, by=current_user.account_id)
    flash(_("You have a seat in this class."), "good")
    return redirect(url_for(".show", class_id=class_id), 303)


@bp.post("/<int:class_id>/seat/end")
@door(Role.LEARNER)
def leave(class_id):
    queries.find(current_user, class_id)
    for record in queries.own_records(current_user):
        actions.leave_seat(class_id, record, by=current_user.account_id)
    flash(_("You have given up your seat."), "good")
    return redirect(url_for(".index"), 303)


@bp.get("/<int:class_id>/people")
@door(*HOSTS)
def people(class_id):
    return _people(*queries.find(current_user, class_id), request.args)


def _people(row, sight, asked, form=None):
    """Whom one can give a seat, as asked for: by name, or all who still have to attend."""
    words, due = asked.get("words", "")[:100], asked.get("due") == "1"
    found = people_queries.seatable(row, sight, words=words, due=due)
    return render_template("attendance/people.html", row=row, found=found, words=words, due=due, form=form)


@bp.post("/<int:class_id>/seats")
@door(*HOSTS)
def seat(class_id):
    row, sight = queries.find(current_user, class_id)
    form = PeopleForm.filled(request.form)
    form.person_ids.choices = choices_of((one, "") for one in people_queries.reachable(sight, form.person_ids.data))
    if not form.validate():
        return _people(row, sight, request.form, form), 422
    actions.take_seats(class_id, form.person_ids.data, by=current_user.account_id)
    n = len(form.person_ids.data)
    flash(ngettext("%(num)s person has a seat now.", "%(num)s people have a seat now.", n), "good")
    return redirect(url_for(".show", class_id=class_id), 303)


@bp.post("/<int:class_id>/seats/<int:person_id>/end")
@door(*LEADERS)
def unseat(class_id, person_id):
    _row, sight = queries.find(current_user, class_id)
    if not (sight.leads or people_queries.reachable(sight, [person_id])):
        missing()
    actions.leave_seat(class_id, person_id, by=current_user.account_id)
    flash(_("The seat is free again."), "good")
    return redirect(url_for(".show", class_id=class_id), 303)


@bp.post("/<int:class_id>/walk-ins")
@door(*LEADERS)
def walk_in(class_id):
    _row, sight = queries.find(current_user, class_id)
    if not sight.leads:
        missing()
    form = WalkInForm.filled(request.form)
    person_id = people_queries.by_staff_code(form.staff_code.data) if form.validate() else None
    if person_id is None:
        flash(_("Nobody has this staff code. Ask the focal person of their unit."), "bad")
    else:
        actions.take_seat(class_id, person_id, by=current_user.account_id)
        flash(_("The person has a seat now."), "good")
    return redirect(url_for(".show", class_id=class_id), 303)
