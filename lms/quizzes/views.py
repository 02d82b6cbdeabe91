"""Pages of a test: what it asks, one question a page, look it over, hand it in, see how it went and why."""

from flask import Blueprint, jsonify, redirect, render_template, request, url_for
from flask_login import current_user

from lms.kernel.access import door, missing
from lms.kernel.clock import today
from lms.kernel.errors import wants_json
from lms.kernel.i18n import gettext as _
from lms.kernel.once import given_id, new_id
from lms.kernel.refused import Refused
from lms.kernel.vietnamese import clock_time
from lms.people.roles import Role
from lms.quizzes import actions, forgetting, queries, rules
from lms.quizzes.forms import AnswerForm, refused_choice
from lms.tracks import content, editions
from lms.tracks import queries as tracks

bp = Blueprint("quizzes", __name__, url_prefix="/learn")


@bp.context_processor
def helped():
    """Whom to call, on every page of a test too."""
    return {"numbers": content.help_numbers(today())}


@bp.get("/<int:enrolment_id>/test")
@door(Role.LEARNER)
def start(enrolment_id):
    """What the test asks, in three lines; earlier tries."""
    enrolment = queries.enrolment(current_user, enrolment_id)
    return render_template(
        "quizzes/start.html",
        enrolment=enrolment,
        course=editions.wording(enrolment.edition_id),
        quiz=actions.quiz_of(enrolment.edition_id),
        past=queries.attempts_of(enrolment.id),
        ready=queries.lessons_are_read(enrolment.id),
    )


@bp.post("/<int:enrolment_id>/attempts")
@door(Role.LEARNER)
def begin(enrolment_id):
    """A new try, or the open one."""
    attempt = actions.start(queries.enrolment(current_user, enrolment_id))
    return redirect(url_for(".question", attempt_id=attempt.id, place=_first_open(attempt)), 303)


@bp.get("/attempts/<int:attempt_id>/<int:place>")
@door(Role.LEARNER)
def question(attempt_id, place):
    """One question."""
    attempt = queries.attempt(current_user, attempt_id)
    if attempt.submitted_at is not None:
        return redirect(url_for(".result", attempt_id=attempt.id), 303)
    asked = _asked(attempt, place)
    return _question_page(attempt, place, AnswerForm.of(asked, _kept(attempt).get(asked.slug)))


@bp.post("/attempts/<int:attempt_id>/<int:place>")
@door(Role.LEARNER)
def answer(attempt_id, place):
    """Save the choice at one question. A script gets the receipt; a form goes on to the next question."""
    attempt = queries.attempt(current_user, attempt_id)
    asked = _asked(attempt, place)
    form = AnswerForm.of(asked, formdata=request.form)
    if not form.validate():
        return refused_choice(form) if wants_json() else (_question_page(attempt, place, form), 422)
    saved_at = actions.save_answer(
        attempt,
        asked.slug,
        form.chosen_slugs,
        counter=form.counter.data or _next_count(attempt, asked),
        client_id=given_id() or new_id(),
    )
    if wants_json():
        return jsonify(saved_at=saved_at.isoformat(), receipt=_("Saved at %(time)s", time=clock_time(saved_at)))
    if place < len(attempt.questions) and not request.form.get("check"):
        return redirect(url_for(".question", attempt_id=attempt.id, place=place + 1), 303)
    return redirect(url_for(".check", attempt_id=attempt.id), 303)


@bp.get("/attempts/<int:attempt_id>/check")
@door(Role.LEARNER)
def check(attempt_id):
    """All answers on one page, before they are handed in."""
    attempt = queries.attempt(current_user, attempt_id)
    if attempt.submitted_at is not None:
        return redirect(url_for(".result", attempt_id=attempt.id), 303)
    return render_template("quizzes/check.html", **_shown(attempt))


@bp.post("/attempts/<int:attempt_id>/submission")
@door(Role.LEARNER)
def submit(attempt_id):
    """Hand it in."""
    attempt = queries.attempt(current_user, attempt_id)
    try:
        actions.submit(attempt)
    except Refused:
        if attempt.submitted_at is None:
            raise
    return redirect(url_for(".result", attempt_id=attempt.id), 303)


@bp.get("/attempts/<int:attempt_id>/result")
@door(Role.LEARNER)
def result(attempt_id):
    """Passed or not, in words; the reason at each question."""
    attempt = queries.attempt(current_user, attempt_id)
    if attempt.submitted_at is None:
        return redirect(url_for(".check", attempt_id=attempt.id), 303)
    shown = _shown(attempt)
    answers = {slug: one.chosen for slug, one in _kept(attempt).items()}
    grade = rules.grade(shown["quiz"], attempt.questions, answers)
    enrolment = queries.enrolment(current_user, attempt.enrolment_id)
    return render_template(
        "quizzes/result.html",
        grade=grade,
        gone=forgetting.answers_gone(attempt),
        completed_on=tracks.progress(enrolment).completed_on if attempt.passed else None,
        **shown,
    )


def _shown(attempt):
    quiz = actions.quiz_of(attempt.edition_id)
    return {
        "attempt": attempt,
        "course": editions.wording(attempt.edition_id),
        "quiz": quiz,
        "kept": _kept(attempt),
        "questions": [quiz.by_slug[slug] for slug in attempt.questions],
    }


def _question_page(attempt, place, form):
    return render_template(
        "quizzes/question.html", place=place, asked=_asked(attempt, place), form=form, **_shown(attempt)
    )


def _asked(attempt, place):
    if not 1 <= place <= len(attempt.questions):
        missing()
    return actions.quiz_of(attempt.edition_id).by_slug[attempt.questions[place - 1]]


def _kept(attempt):
    return {one.question_slug: one for one in attempt.answers}


def _next_count(attempt, asked):
    kept = _kept(attempt).get(asked.slug)
    return kept.counter + 1 if kept else 1


def _first_open(attempt):
    kept = queries.answered(attempt.id)
    return next((place for place, slug in enumerate(attempt.questions, 1) if slug not in kept), len(attempt.questions))
