"""My data and my requests; the office's inbox; the notice."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_login import current_user

from lms.home.rights import held, purging, work
from lms.home.rights.forms import KINDS, STATES, AnswerForm, RequestForm
from lms.kernel import jobs
from lms.kernel.access import door, fresh, local_path
from lms.kernel.clock import today
from lms.kernel.db import db
from lms.kernel.forms import refuse
from lms.kernel.i18n import gettext as _
from lms.kernel.paging import page_of
from lms.kernel.refused import Refused
from lms.people.rights import actions, office, queries
from lms.people.roles import Role

bp = Blueprint("rights", __name__)
WORDS = {"kind": dict(KINDS), "state": STATES}


@bp.get("/people/me/held")
@door()
def mine():
    """All that is held about me, in words."""
    about = held.whose(current_user.person_id, current_user.account_id)
    return render_template(
        "home/rights/mine.html",
        sections=held.held(about),
        asked=len(queries.requests_of(current_user.person_id)),
        read=queries.notices_read(current_user.account_id),
    )


@bp.post("/people/me/held/files")
@door()
@fresh
def export():
    """The same as a file, made beside the pages."""
    args = {"person_id": current_user.person_id, "account_id": current_user.account_id}
    job = jobs.start(work.HELD, args, by=current_user.account_id)
    return redirect(url_for("kernel.job", job_id=job.id), 303)


@bp.get("/people/me/requests")
@door(Role.LEARNER)
def requests():
    """What I asked for, how it stands, and the form to ask."""
    return _requests(RequestForm())


def _requests(form):
    lines = queries.requests_of(current_user.person_id)
    return render_template("home/rights/requests.html", lines=lines, form=form, words=WORDS, today=today())


@bp.post("/people/me/requests")
@door(Role.LEARNER)
def ask():
    """Ask to have something corrected or deleted."""
    form = RequestForm.filled(request.form)
    if not form.validate():
        return _requests(form), 422
    try:
        row = actions.ask(current_user.person_id, form.data["kind"], form.data["words"], by=current_user.account_id)
    except Refused as refused:
        db.session.rollback()
        refuse(form, refused)
        return _requests(form), 409
    flash(_("The office has your request. It answers by %(day)s.", day=row.due_on.strftime("%d/%m/%Y")))
    return redirect(url_for(".requests"), 303)


@bp.post("/people/me/requests/<int:request_id>/withdrawals")
@door(Role.LEARNER)
def withdraw(request_id):
    """I no longer ask."""
    actions.withdraw(queries.own_request(current_user, request_id).row.id, by=current_user.account_id)
    return redirect(url_for(".requests"), 303)


@bp.get("/people/requests")
@door(Role.OFFICE)
def inbox():
    """What people asked of the office, the first due on top."""
    page = page_of(queries.inbox(current_user), page=request.args.get("page", 1))
    lines = queries.lines(page.rows)
    return render_template("home/rights/inbox.html", page=page, lines=lines, words=WORDS, today=today())


@bp.get("/people/requests/<int:request_id>")
@door(Role.OFFICE)
def one(request_id):
    """One request, with the form to answer."""
    return _one(request_id, AnswerForm())


def _one(request_id, form):
    line = queries.find(current_user, request_id)
    return render_template("home/rights/one.html", line=line, form=form, words=WORDS, today=today())


@bp.post("/people/requests/<int:request_id>/answers")
@door(Role.OFFICE)
def answer(request_id):
    """Answer with a sentence that the person sees."""
    queries.find(current_user, request_id)
    form = AnswerForm.filled(request.form)
    if not form.validate():
        return _one(request_id, form), 422
    try:
        actions.answer(request_id, form.data["outcome"], form.data["words"], by=current_user.account_id)
    except Refused as refused:
        db.session.rollback()
        refuse(form, refused)
        return _one(request_id, form), 409
    flash(_("The person sees your answer."))
    return redirect(url_for(".inbox"), 303)


@bp.get("/people/retention")
@door(Role.OFFICE, Role.ADMIN)
def retention():
    """How long what is kept, and what was taken away lately."""
    return render_template("home/rights/retention.html", days={one: purging.days(one) for one in purging.PARTS})


@bp.post("/people/retention/purges")
@door(Role.OFFICE, Role.ADMIN)
def look():
    """What would be taken away now: counts, made beside the pages. The worker takes it away by itself, each hour."""
    job = jobs.start(purging.PURGE, {"dry_run": True}, by=current_user.account_id)
    return redirect(url_for("kernel.job", job_id=job.id), 303)


@bp.get("/notice")
@door()
def notice():
    """What we keep and why, as the office words it."""
    shown = office.notice()
    read = next((row for row in queries.notices_read(current_user.account_id) if row.version == shown.version), None)
    return render_template(
        "home/rights/notice.html", notice=shown, read=read, onward=local_path(request.args.get("next")) or "/"
    )


@bp.post("/notice/readings")
@door()
def read_notice():
    """I have read it."""
    actions.read_notice(current_user.account_id, request.form.get("version", ""))
    return redirect(local_path(request.form.get("next")) or "/", 303)
