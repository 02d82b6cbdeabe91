"""By when the people of a unit complete a course: its office or focal person sets the day."""

from flask import flash, redirect, render_template, request, url_for
from flask_login import current_user

from lms.kernel.access import door
from lms.kernel.clock import today
from lms.kernel.db import db
from lms.kernel.forms import refuse
from lms.kernel.i18n import gettext as _
from lms.kernel.refused import Refused
from lms.people.queries import unit_scope, units_at
from lms.people.roles import Role
from lms.tracks import due_days, duties, queries
from lms.tracks.forms import DueDayForm
from lms.tracks.views.learning import bp

DESKS = (Role.FOCAL, Role.OFFICE)


@bp.get("/due-days")
@door(*DESKS)
def due_days_index():
    """The days that were set, and the form for another."""
    return _page(DueDayForm())


@bp.post("/due-days")
@door(*DESKS)
def set_due_day():
    """Set a day; everyone it is for has it at once."""
    form = DueDayForm.filled(request.form).offer(_units(), _courses().items())
    if not form.validate():
        return _page(form), 422
    try:
        due_days.set_day(form.data["unit_id"], form.data["course"], form.data["due_on"], by=current_user.account_id)
    except Refused as refused:
        db.session.rollback()
        refuse(form, refused)
        return _page(form), 409
    duties.enrol_required(today(), by=current_user.account_id)
    flash(_("The day is set. Everyone it is for sees it on their first page."), "good")
    return redirect(url_for(".due_days_index"), 303)


@bp.post("/due-days/<int:due_day_id>/ending")
@door(*DESKS)
def drop_due_day(due_day_id):
    """The plan's own day again."""
    row = due_days.find(unit_scope(current_user, *DESKS), due_day_id)
    due_days.drop(row, by=current_user.account_id)
    duties.enrol_required(today(), by=current_user.account_id)
    flash(_("The plan's own day holds again."), "good")
    return redirect(url_for(".due_days_index"), 303)


def _page(form):
    tree, courses = units_at(today()), _courses()
    return render_template(
        "tracks/due_days.html",
        form=form.offer(_units(), courses.items()),
        lines=due_days.lines(unit_scope(current_user, *DESKS), tree),
        courses=courses,
        today=today(),
    )


def _courses():
    """Slug -> title of the courses that a plan in force asks for."""
    asked = due_days.asked_courses(today())
    return {one.slug: one.title for one in queries.courses_on_offer(()) if one.slug in asked}


def _units():
    """(id, name) of the viewer's units, the highest first."""
    tree = units_at(today())
    mine = [unit_id for unit_id in unit_scope(current_user, *DESKS) if unit_id in tree]
    return [(one, tree.name(one)) for one in sorted(mine, key=lambda one: (len(tree.path(one)), tree.name(one)))]
