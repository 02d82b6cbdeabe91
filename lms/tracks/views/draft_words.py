"""The words of a draft: one lesson, one question, one file; and the lesson as a learner would see it."""

from flask import Response, flash, redirect, render_template, request, url_for
from flask_login import current_user

from lms.kernel import prose
from lms.kernel.access import door, missing
from lms.kernel.db import db
from lms.kernel.forms import refuse
from lms.kernel.i18n import gettext as _
from lms.kernel.refused import Refused
from lms.people.roles import Role
from lms.tracks import draft_queries, drafts, library
from lms.tracks.draft_forms import FileForm, LessonForm, QuestionForm, StepForm, choice_forms
from lms.tracks.views.drafts import bp, found

NEW = "+"  # no slug


@bp.get("/drafts/<int:draft_id>/lessons/<path>")
@door(Role.OFFICE)
def lesson(draft_id, path):
    """A lesson to edit; one that cannot be taken apart is edited as a file."""
    draft = found(draft_id)
    try:
        written = drafts.lesson_of(draft, path)
    except (LookupError, Refused):
        return redirect(url_for(".file", draft_id=draft_id, path=path)) if path in draft.files else missing()
    return _lesson_page(draft, path, LessonForm.of(written, draft.version))


@bp.post("/drafts/<int:draft_id>/lessons/<path>")
@door(Role.OFFICE)
def keep_lesson(draft_id, path):
    """Its new words."""
    draft, form = found(draft_id), LessonForm.filled(request.form)
    try:
        was = drafts.lesson_of(draft, path)
    except (LookupError, Refused):
        missing()
    if not form.validate():
        return _lesson_page(draft, path, form), 422
    try:
        new = form.lesson(was)
        drafts.change_lesson(draft, path, new, seen_version=form.seen(), by=current_user.account_id)
    except Refused as refused:
        return _lesson_page(_refused(draft_id, form, refused), path, form, meanwhile=True), 409
    return _kept(draft, path)


@bp.get("/drafts/<int:draft_id>/questions/<slug>")
@door(Role.OFFICE)
def question(draft_id, slug):
    """A question to edit; `+`: a new one."""
    draft = found(draft_id)
    asked = _question(draft, slug)
    values = vars(asked) if asked else {}
    form = QuestionForm(data={**values, "version": draft.version})
    return _question_page(draft, slug, form, choice_forms(question=asked))


@bp.post("/drafts/<int:draft_id>/questions/<slug>")
@door(Role.OFFICE)
def keep_question(draft_id, slug):
    """Its new words."""
    draft, form = found(draft_id), QuestionForm.filled(request.form)
    asked, choices = _question(draft, slug), choice_forms(request.form)
    form.offer(_aims(draft))
    if not all([form.validate(), *(one.validate() for one in choices)]):
        return _question_page(draft, slug, form, choices), 422
    new = form.question(
        asked.slug if asked else _free(draft), choices, [one.slug for one in asked.choices] if asked else []
    )
    try:
        drafts.change_question(draft, asked and asked.slug, new, seen_version=form.seen(), by=current_user.account_id)
    except Refused as refused:
        return _question_page(_refused(draft_id, form, refused), slug, form, choices, meanwhile=True), 409
    return _kept(draft, library.QUIZ)


@bp.post("/drafts/<int:draft_id>/questions/<slug>/removals")
@door(Role.OFFICE)
def remove_question(draft_id, slug):
    """Take it out of the test."""
    draft, form = found(draft_id), StepForm.filled(request.form)
    asked = _question(draft, slug) or missing()
    try:
        drafts.remove_question(draft, asked.slug, seen_version=form.seen(), by=current_user.account_id)
    except Refused as refused:
        db.session.rollback()
        flash(_(refused.message, **refused.values), "bad")
        return redirect(url_for(".question", draft_id=draft_id, slug=slug), 303)
    return _kept(draft, library.QUIZ)


@bp.get("/drafts/<int:draft_id>/files/<path:path>")
@door(Role.OFFICE)
def file(draft_id, path):
    """A file as it is written; one that is not there yet can be begun."""
    draft = found(draft_id)
    if not library.belongs(path):
        missing()
    return _file_page(draft, path, FileForm(data={"text": draft.files.get(path, ""), "version": draft.version}))


@bp.post("/drafts/<int:draft_id>/files/<path:path>")
@door(Role.OFFICE)
def keep_file(draft_id, path):
    """Its new words."""
    draft, form = found(draft_id), FileForm.filled(request.form)
    if not library.belongs(path):
        missing()
    if not form.validate():
        return _file_page(draft, path, form), 422
    try:
        drafts.change_file(draft, path, form.data["text"], seen_version=form.seen(), by=current_user.account_id)
    except Refused as refused:
        return _file_page(_refused(draft_id, form, refused), path, form, meanwhile=True), 409
    return _kept(draft, path)


@bp.get("/drafts/<int:draft_id>/preview/<slug>")
@door(Role.OFFICE)
def preview(draft_id, slug):
    """A lesson as a learner would see it."""
    draft = found(draft_id)
    course = drafts.checked(draft).course or missing()
    this = course.by_slug.get(slug) or missing()
    return render_template(
        "drafts/preview.html", draft=draft, course=course, lesson=this, body=prose.cleaned(this.html)
    )


@bp.get("/drafts/<int:draft_id>/preview/pictures/<file_name>")
@door(Role.OFFICE)
def picture(draft_id, file_name):
    """A picture of a draft, as `tracks.picture` gives those of an edition."""
    course = drafts.checked(found(draft_id)).course or missing()
    drawn = next((one for one in course.pictures if one.file_name == file_name), None) or missing()
    return Response(drawn.svg, mimetype="image/svg+xml")


def _refused(draft_id, form, refused):
    """Says why; the draft as it is now, and the form so that sending it again means it."""
    db.session.rollback()
    refuse(form, refused)
    draft = found(draft_id)
    form.version.data = draft.version
    form.version.typed = None
    return draft


def _kept(draft, path):
    faults = [one for one in drafts.checked(draft).faults if one.path == path]
    if faults:
        flash(_("Saved. There is something to mend in it before it can be published."), "wait")
    else:
        flash(_("Saved."), "good")
    return redirect(url_for(".show", draft_id=draft.id), 303)


def _question(draft, slug):
    if slug == NEW:
        return None
    try:
        return drafts.question_of(draft, slug)
    except (LookupError, Refused):
        missing()


def _aims(draft):
    titles = draft_queries.lessons_in(draft)
    slugs = {path: path.removesuffix(".md").partition("-")[2] for path, _title in titles}
    for path in slugs:
        try:
            slugs[path] = drafts.lesson_of(draft, path).slug
        except Refused:
            continue  # it is named by its file until it can be read
    return [(slugs[path], title) for path, title in titles]


def _free(draft):
    """A slug that no question has."""
    there = {one.slug for one in draft_queries.questions_in(draft)}
    return next(f"cau-{n}" for n in range(len(there) + 1, 10_000) if f"cau-{n}" not in there)


def _faults(draft, path):
    return [one for one in drafts.checked(draft).faults if one.path == path]


def _lesson_page(draft, path, form, meanwhile=False):
    now = drafts.lesson_of(draft, path) if meanwhile and path in draft.files else None
    return render_template(
        "drafts/lesson.html", draft=draft, path=path, form=form, now=now, faults=_faults(draft, path)
    )


def _question_page(draft, slug, form, choices, meanwhile=False):
    form.offer(_aims(draft))
    now = _question(draft, slug) if meanwhile else None
    return render_template("drafts/question.html", draft=draft, slug=slug, form=form, choices=choices, now=now)


def _file_page(draft, path, form, meanwhile=False):
    return render_template(
        "drafts/file.html",
        draft=draft,
        path=path,
        form=form,
        now=draft.files.get(path, "") if meanwhile else None,
        faults=_faults(draft, path),
    )
