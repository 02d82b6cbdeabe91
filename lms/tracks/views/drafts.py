"""The office's courses: editions, packs in and out, drafts and what is done with them."""

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask_login import current_user

from lms.kernel.access import door, missing
from lms.kernel.db import db
from lms.kernel.forms import refuse
from lms.kernel.i18n import gettext as _
from lms.kernel.refused import Refused
from lms.people.account_queries import names_of
from lms.people.queries import unit_scope
from lms.people.roles import Role
from lms.tracks import draft_queries, drafts, packs
from lms.tracks.draft_forms import PackForm, StepForm

bp = Blueprint("drafts", __name__, url_prefix="/courses")
STEPS = ("ask", "approve", "send_back", "publish", "throw_away", "rest")


@bp.get("/")
@door(Role.OFFICE)
def index():
    """Every course as it is read today, and what is being changed."""
    check_office()
    return _index(PackForm())


@bp.post("/packs")
@door(Role.OFFICE)
def take_pack():
    """A zip of a course's folder becomes a draft."""
    check_office()
    form = PackForm.filled(request.form, request.files)
    if not form.validate():
        return _index(form), 422
    try:
        draft = drafts.draft_from_pack(form.data["pack"].read(), by=current_user.account_id)
    except Refused as refused:
        db.session.rollback()
        refuse(form, refused)
        return _index(form), 409
    return redirect(url_for(".show", draft_id=draft.id), 303)


@bp.get("/<course_slug>")
@door(Role.OFFICE)
def course(course_slug):
    """The editions of one course, and its drafts."""
    check_office()
    editions = draft_queries.editions_of(course_slug)
    past = draft_queries.drafts_of(course_slug)
    if not editions and not past:
        missing()
    return render_template(
        "drafts/course.html", editions=editions, drafts=past, slug=course_slug, names=_names(past), form=StepForm()
    )


@bp.get("/editions/<int:edition_id>/pack")
@door(Role.OFFICE)
def pack(edition_id):
    """The files of an edition as a zip, the same bytes each time."""
    check_office()
    edition = draft_queries.edition(edition_id) or missing()
    answer = Response(packs.packed(edition.course_slug, edition.files or missing()), mimetype="application/zip")
    name = f"{edition.course_slug}-{edition.number}.zip"
    answer.headers.set("Content-Disposition", "attachment", filename=name)
    return answer


@bp.post("/editions/<int:edition_id>/drafts")
@door(Role.OFFICE)
def begin(edition_id):
    """Change a course, from the words of that edition."""
    check_office()
    edition = draft_queries.edition(edition_id) or missing()
    try:
        draft = drafts.draft_from_edition(edition.id, by=current_user.account_id)
    except Refused as refused:
        db.session.rollback()
        flash(_(refused.message, **refused.values), "bad")
        return redirect(url_for(".course", course_slug=edition.course_slug), 303)
    return redirect(url_for(".show", draft_id=draft.id), 303)


@bp.get("/drafts/<int:draft_id>")
@door(Role.OFFICE)
def show(draft_id):
    """A draft: the one next thing, what is wrong, what would be another."""
    return show_page(found(draft_id), StepForm())


@bp.post(f"/drafts/<int:draft_id>/<any({', '.join(STEPS)}):step>")
@door(Role.OFFICE)
def take_step(draft_id, step):
    """Ask for a review, approve, send back, publish, throw away, or bring up to the edition of today."""
    draft, form = found(draft_id), StepForm.filled(request.form)
    if not form.validate():
        return show_page(draft, form), 422
    try:
        said = _step(draft, step, form, {"seen_version": form.seen(), "by": current_user.account_id})
    except Refused as refused:
        db.session.rollback()
        refuse(form, refused)
        return show_page(found(draft_id), form), 409
    flash(said, "good")
    return redirect(url_for(".show", draft_id=draft_id), 303)


def _step(draft, step, form, seen):
    """Does it, and what to say of it."""
    match step:
        case "ask":
            drafts.ask_review(draft, **seen)
            return _("A colleague of the office can now review the draft.")
        case "approve":
            drafts.approve(draft, words=form.data["words"], **seen)
            return _("Approved. It can be published.")
        case "send_back":
            drafts.send_back(draft, words=form.data["words"], **seen)
            return _("Sent back with your words.")
        case "publish":
            edition = drafts.publish(draft, falling_short=form.data["falling_short"], **seen)
            return _("Published as edition %(number)s.", number=edition.number)
        case "rest":
            both = drafts.rest_on_current(draft, **seen)
            if both:
                return _("Brought up to the edition of today. Look again at: %(files)s.", files=", ".join(both))
            return _("Brought up to the edition of today.")
        case _:
            drafts.throw_away(draft, **seen)
            return _("Thrown away. The course is as it was.")


def check_office() -> None:
    """Courses are the same for everyone a plan is for: only its own office changes them."""
    if not draft_queries.keeps_courses(unit_scope(current_user, Role.OFFICE)):
        missing()


def found(draft_id: int):
    check_office()
    return draft_queries.draft(draft_id) or missing()


def show_page(draft, form):
    ended = draft.state in drafts.ENDED
    checked = None if ended else drafts.checked(draft)
    return render_template(
        "drafts/show.html",
        draft=draft,
        form=form,
        checked=checked,
        difference=drafts.difference(draft, checked.course) if checked and checked.course else None,
        lessons=[] if ended else draft_queries.lessons_in(draft),
        questions=[] if ended else draft_queries.questions_in(draft),
        review=drafts.review_required(),
        stale=drafts.stale(draft),
        mine=current_user.account_id in draft.hands,
        learners=draft_queries.learners(draft.course_slug),
        names=_names([draft]),
    )


def _index(form):
    waiting = draft_queries.open_drafts()
    return render_template(
        "drafts/index.html",
        form=form,
        courses=draft_queries.newest_editions(),
        drafts=waiting,
        names=_names(waiting),
    )


def _names(of):
    accounts = {one for draft in of for one in (draft.made_by, draft.changed_by, draft.reviewed_by, draft.ended_by)}
    return names_of(accounts)
