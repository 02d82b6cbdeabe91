"""Training taken elsewhere: entered by a unit or the office, decided by the office."""

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask_login import current_user

from lms.kernel.access import door, missing
from lms.kernel.db import db
from lms.kernel.forms import refuse
from lms.kernel.i18n import gettext as _
from lms.kernel.paging import page_of
from lms.kernel.refused import Refused
from lms.people.queries import unit_scope
from lms.people.register_queries import kept_person, tended_person
from lms.people.roles import Role
from lms.tracks import outside, outside_queries, papers
from lms.tracks.forms import ClaimForm, WhyForm

bp = Blueprint("outside", __name__, url_prefix="/outside")
DESKS = (Role.FOCAL, Role.OFFICE)
SANDBOX = "sandbox; default-src 'none'; img-src 'self'; style-src 'none'; script-src 'none'"


@bp.get("/")
@door(*DESKS)
def index():
    """What waits for the office, then what was decided."""
    scope = unit_scope(current_user, *DESKS)
    waiting = outside_queries.lines(db.session.scalars(outside_queries.waiting(scope)))
    page = page_of(outside_queries.decided(scope), page=request.args.get("page"))
    return render_template(
        "outside/index.html", waiting=waiting, page=page, decided=outside_queries.lines(page.rows), **_words()
    )


@bp.get("/people/<int:person_id>")
@door(*DESKS)
def person(person_id):
    """One person's papers, and the form for another."""
    return _person_page(person_id, ClaimForm())


@bp.post("/people/<int:person_id>")
@door(*DESKS)
def claim(person_id):
    """Enter a paper for a person."""
    tended_person(current_user, person_id)
    form = ClaimForm.filled(request.form, request.files).offer(outside_queries.courses())
    if not form.validate():
        return _person_page(person_id, form), 422
    sent = form.data["file"]
    try:
        row = outside.claim(
            person_id,
            form.data["course"],
            **{name: form.data[name] for name in ("title", "organiser", "held_on", "document")},
            file=sent.read() if sent else b"",
            file_name=sent.filename if sent else "",
            by=current_user.account_id,
        )
    except Refused as refused:
        db.session.rollback()
        refuse(form, refused)
        return _person_page(person_id, form), 409
    flash(_("The paper is entered. The office decides."), "good")
    return redirect(url_for(".show", outside_id=row.id), 303)


@bp.get("/<int:outside_id>")
@door(*DESKS)
def show(outside_id):
    """One paper: what it says, its scan, what was decided."""
    return _show_page(outside_id, WhyForm())


@bp.get("/<int:outside_id>/paper")
@door(*DESKS)
def paper(outside_id):
    """The scan itself, never run and never shown as a page of ours."""
    row = outside_queries.find(current_user, outside_id)
    kind = papers.kind_of(row.file) if row.file else None
    media_type, ending = kind or missing()
    answer = Response(row.file, mimetype=media_type)
    answer.headers.set("Content-Disposition", "attachment", filename=f"giay-to-{row.id}.{ending}")
    answer.headers["Content-Security-Policy"] = SANDBOX
    return answer


@bp.post("/<int:outside_id>/approvals")
@door(Role.OFFICE)
def approve(outside_id):
    """It counts."""
    row = outside_queries.find_to_act(current_user, outside_id, Role.OFFICE)
    return _decided(row, WhyForm(), lambda: outside.approve(row, by=current_user.account_id), _("Approved: it counts."))


@bp.post("/<int:outside_id>/refusals")
@door(Role.OFFICE)
def refuse_paper(outside_id):
    """It does not count, and why."""
    row = outside_queries.find_to_act(current_user, outside_id, Role.OFFICE)
    return _with_reason(row, outside.refuse, _("Refused. The unit reads why."))


@bp.post("/<int:outside_id>/withdrawals")
@door(*DESKS)
def withdraw(outside_id):
    """Entered by mistake."""
    row = outside_queries.find_to_act(current_user, outside_id, *DESKS)
    return _decided(row, WhyForm(), lambda: outside.withdraw(row, by=current_user.account_id), _("Withdrawn."))


@bp.post("/<int:outside_id>/take-backs")
@door(Role.OFFICE)
def take_back(outside_id):
    """The approval was wrong."""
    row = outside_queries.find_to_act(current_user, outside_id, Role.OFFICE)
    return _with_reason(row, outside.take_back, _("Taken back. What rested on it no longer counts."))


def _with_reason(row, verb, said):
    form = WhyForm.filled(request.form)
    if not form.validate():
        return _show_page(row.id, form), 422
    return _decided(row, form, lambda: verb(row, why=form.data["why"], by=current_user.account_id), said)


def _decided(row, form, work, said):
    outside_id = row.id
    try:
        work()
    except Refused as refused:
        db.session.rollback()
        refuse(form, refused)
        return _show_page(outside_id, form), 409
    flash(said, "good")
    return redirect(url_for(".show", outside_id=outside_id), 303)


def _person_page(person_id, form):
    return render_template(
        "outside/person.html",
        person=kept_person(current_user, person_id),
        form=form.offer(outside_queries.courses()),
        lines=outside_queries.of_person(person_id),
        **_words(),
    )


def _show_page(outside_id, form):
    row = outside_queries.find(current_user, outside_id)
    return render_template(
        "outside/show.html",
        line=outside_queries.lines([row])[0],
        kind=papers.kind_of(row.file) if row.file else None,
        size=len(row.file or b""),
        decides=outside_queries.may_decide(current_user, row),
        form=form,
        **_words(),
    )


def _words():
    """What a state is called, and its badge."""
    return {
        "states": {
            "waiting": (_("waiting"), "wait"),
            "approved": (_("approved"), "good"),
            "refused": (_("refused"), "bad"),
            "withdrawn": (_("withdrawn"), "plain"),
        }
    }
