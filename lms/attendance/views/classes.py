"""Classes: the list, one class, calling one, one more half-day, cancelling."""

from flask import flash, redirect, render_template, request, url_for
from flask_login import current_user

from lms.attendance import actions, people_queries, queries, rolls
from lms.attendance.forms import AddSessionForm, CancelForm, ClassForm
from lms.attendance.views.blueprint import HOSTS, bp
from lms.kernel.access import door, missing
from lms.kernel.clock import today
from lms.kernel.forms import choices_of, refuse
from lms.kernel.i18n import gettext as _
from lms.kernel.i18n import ngettext
from lms.kernel.paging import page_of
from lms.kernel.refused import Refused
from lms.people.queries import unit_scope, units_at


@bp.get("/")
@door()
def index():
    page = page_of(queries.running(current_user), page=request.args.get("page"))
    return render_template("attendance/index.html", page=page, lines=queries.lines(current_user, page.rows))


@bp.get("/past")
@door()
def past():
    page = page_of(queries.over(current_user), page=request.args.get("page"))
    return render_template("attendance/past.html", page=page, lines=queries.lines(current_user, page.rows))


@bp.get("/new")
@door(*HOSTS)
def new():
    return render_template("attendance/new.html", form=_class_form())


@bp.post("/")
@door(*HOSTS)
def call():
    form = _class_form(request.form)
    if not form.validate():
        return render_template("attendance/new.html", form=form), 422
    try:
        row = actions.call_class(
            form.course_slug.data,
            form.unit_id.data,
            form.title.data,
            form.place.data,
            form.seats.data,
            form.planned(),
            form.trainer_ids.data,
            by=current_user.account_id,
            min_share=form.min_share.data,
        )
    except Refused as refused:
        refuse(form, refused)
        return render_template("attendance/new.html", form=form), 409
    flash(_("The class is called. Now give people their seats."), "good")
    return redirect(url_for(".show", class_id=row.id), 303)


@bp.get("/<int:class_id>")
@door()
def show(class_id):
    return page(class_id)


@bp.post("/<int:class_id>/invitations")
@door(*HOSTS)
def invite(class_id):
    _hosted(class_id)
    n = actions.send_invitations(class_id, by=current_user.account_id)
    flash(
        ngettext(
            "The class is called: %(num)s person is invited.", "The class is called: %(num)s people are invited.", n
        ),
        "good",
    )
    return redirect(url_for(".show", class_id=class_id), 303)


@bp.post("/<int:class_id>/sessions")
@door(*HOSTS)
def add_session(class_id):
    _hosted(class_id)
    form = AddSessionForm.filled(request.form)
    if not form.validate():
        return page(class_id, session_form=form), 422
    actions.add_session(class_id, *form.session(), by=current_user.account_id)
    flash(_("The half-day was added."), "good")
    return redirect(url_for(".show", class_id=class_id), 303)


@bp.post("/<int:class_id>/cancellation")
@door(*HOSTS)
def cancel(class_id):
    _hosted(class_id)
    form = CancelForm.filled(request.form)
    if not form.validate():
        return page(class_id, cancel_form=form), 422
    actions.cancel_class(class_id, why=form.why.data, by=current_user.account_id)
    flash(_("The class is cancelled."), "good")
    return redirect(url_for(".show", class_id=class_id), 303)


def page(class_id, session_form=None, cancel_form=None):
    """The class as this viewer sees it; a form that failed is shown with what was typed."""
    row, sight = queries.find(current_user, class_id)
    line = queries.lines(current_user, [row], sight)[0]
    return render_template(
        "attendance/show.html",
        row=row,
        line=line,
        sight=sight,
        people=people_queries.seated(row, sight),
        closings=rolls.closings_of(row.id),
        today=today(),
        session_form=session_form or AddSessionForm(),
        cancel_form=cancel_form or CancelForm(),
        form=session_form or cancel_form,
    )


def _class_form(formdata=None):
    form = ClassForm.filled(formdata) if formdata is not None else ClassForm()
    tree = units_at(today())
    hosts = [unit_id for unit_id in unit_scope(current_user, *HOSTS) if unit_id in tree]
    hosts.sort(key=lambda unit_id: (len(tree.path(unit_id)), tree.name(unit_id)))
    form.course_slug.choices = choices_of(queries.course_titles().items(), empty=_("Choose a course"))
    form.unit_id.choices = choices_of(((unit_id, tree.name(unit_id)) for unit_id in hosts), empty=_("Choose a unit"))
    form.trainer_ids.choices = choices_of((one.id, one.full_name) for one in people_queries.trainers())
    return form


def _hosted(class_id):
    row, sight = queries.find(current_user, class_id)
    return row if sight.hosts else missing()
