"""The learner's pages: my courses, a course, a lesson."""

from datetime import date

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask_login import current_user

from lms.kernel import prose
from lms.kernel.access import door, missing
from lms.kernel.clock import today
from lms.kernel.i18n import gettext as _
from lms.kernel.i18n import ngettext
from lms.people.roles import Role
from lms.tracks import actions, content, duties, moving, order, queries, recordings
from lms.tracks.rules import Progress

bp = Blueprint("tracks", __name__, url_prefix="/learn")


@bp.get("/")
@door()
def index():
    """What to do now, how much is left, by when."""
    mine = queries.my_enrolments(current_user)
    offered = queries.courses_on_offer(one.enrolment.course_slug for one in mine)
    ahead = order.awaited(current_user.person_id, {slug for one in offered for slug in (*one.after, *one.best_after)})
    return render_template(
        "tracks/index.html",
        mine=mine,
        offered=offered,
        awaited=list(ahead.values()),
        place=place,
        today=today(),
        **helped(),
    )


@bp.get("/<int:enrolment_id>")
@door()
def course(enrolment_id):
    """One course: its parts and lessons, and why it has to be taken."""
    learning = queries.my_enrolment(current_user, enrolment_id)
    change = moving.change(learning.enrolment, learning.progress) if learning.newer else None
    better = () if learning.progress.begun else learning.course.best_after
    return render_template(
        "tracks/course.html",
        learning=learning,
        change=change,
        advised=list(order.awaited(current_user.person_id, better).values()),
        place=place,
        today=today(),
        **helped(),
    )


@bp.get("/<int:enrolment_id>/<lesson_slug>")
@door()
def lesson(enrolment_id, lesson_slug):
    """One lesson, in the wording this learner began with."""
    learning = queries.my_enrolment(current_user, enrolment_id)
    this = learning.course.by_slug.get(lesson_slug) or missing()
    body, laws = prose.cleaned(this.html), [date.fromisoformat(day) for day in this.law_dates]
    voices = recordings.of_lesson(learning.course.slug, this)
    return render_template(
        "tracks/lesson.html", learning=learning, lesson=this, body=body, laws=laws, voices=voices, **helped()
    )


@bp.get("/<int:enrolment_id>/pictures/<file_name>")
@door()
def picture(enrolment_id, file_name):
    """A picture of its lessons, in the edition this learner began with. Its name is its content, so a browser keeps it."""
    drawn = queries.my_enrolment(current_user, enrolment_id).course.pictures
    found = next((one for one in drawn if one.file_name == file_name), None) or missing()
    answer = Response(found.svg, mimetype="image/svg+xml")
    answer.headers["Cache-Control"] = "private, max-age=315360000, immutable"
    answer.set_etag(file_name)
    return answer.make_conditional(request)


@bp.get("/<int:enrolment_id>/audio/<file_name>")
@door()
def voice(enrolment_id, file_name):
    """A lesson of theirs read aloud, whole or the piece a player asks for. Its name is its content, so a browser keeps it."""
    course_slug = queries.my_enrolment(current_user, enrolment_id).course.slug
    content, media_type = recordings.named(course_slug, file_name) or missing()
    answer = Response(content, mimetype=media_type)
    answer.headers["Cache-Control"] = "private, max-age=315360000, immutable"
    answer.set_etag(file_name)
    return answer.make_conditional(request, accept_ranges=True, complete_length=len(content))


@bp.post("/<int:enrolment_id>/<lesson_slug>/reading")
@door()
def read(enrolment_id, lesson_slug):
    """The lesson was read to its end; on to what comes next."""
    learning = queries.my_enrolment(current_user, enrolment_id)
    actions.read_lesson(learning.enrolment, lesson_slug)
    return redirect(place(enrolment_id, queries.progress(learning.enrolment), after=lesson_slug), 303)


@bp.post("/<int:enrolment_id>/edition")
@door()
def move(enrolment_id):
    """Over to the newest words of the course; what is read in the same words stays read."""
    learning = queries.my_enrolment(current_user, enrolment_id)
    wanted = request.form.get("edition", "")
    moving.move(
        learning.enrolment, int(wanted) if wanted.isdecimal() and len(wanted) < 10 else 0, by=current_user.account_id
    )
    flash(_("You now learn the newest words of this course. What you had done stays done."), "good")
    return redirect(url_for(".course", enrolment_id=enrolment_id), 303)


@bp.post("/enrolments")
@door(Role.LEARNER)
def enrol():
    """Take a course by one's own wish."""
    enrolment = actions.take(current_user.person_id, request.form.get("course", ""), on=today())
    return redirect(url_for(".course", enrolment_id=enrolment.id), 303)


@bp.post("/duties")
@door(Role.OFFICE, Role.FOCAL)
def enrol_everyone():
    """Enrol at once all who have to be trained (it happens by itself within a minute)."""
    count = duties.enrol_required(today(), by=current_user.account_id)
    flash(ngettext("%(num)s enrolment was added.", "%(num)s enrolments were added.", count), "good")
    return redirect(url_for(".index"), 303)


def place(enrolment_id: int, progress: Progress, after: str | None = None) -> str:
    """The exact place where someone goes on: the next unread lesson, the test, or the page that says what is awaited."""
    lesson = progress.next_lesson(after)
    if lesson:
        return url_for("tracks.lesson", enrolment_id=enrolment_id, lesson_slug=lesson.slug)
    if progress.next_part == "test":
        return url_for("quizzes.start", enrolment_id=enrolment_id)
    return url_for("tracks.course", enrolment_id=enrolment_id)


def helped():
    """Whom to call, on every page of a learner."""
    return {"numbers": content.help_numbers(today())}
