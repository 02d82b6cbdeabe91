"""For whoever teaches or calls a class: the trainer's guide of its course, in its newest words, on screen and on paper."""

from flask import Response, render_template
from flask_login import current_user

from lms.kernel import pdf, prose
from lms.kernel.access import door, missing
from lms.kernel.i18n import speaking
from lms.people.roles import Role
from lms.tracks import queries
from lms.tracks.views.learning import bp

TEACHING = (Role.TRAINER, Role.FOCAL, Role.OFFICE)
TESTING = (Role.TRAINER, Role.OFFICE)  # whoever holds papers with their answers


@bp.get("/guides")
@door(*TEACHING)
def guides():
    """All courses that have one."""
    return render_template(
        "tracks/guides.html", courses=[one for one in queries.courses_on_offer(()) if one.guide], **tests()
    )


@bp.get("/guides/<course_slug>")
@door(*TEACHING)
def guide(course_slug):
    return render_template("tracks/guide.html", **tests(), **_words(course_slug))


@bp.get("/guides/<course_slug>.pdf")
@door(*TEACHING)
def guide_pdf(course_slug):
    with speaking("vi"):  # as the guide itself
        file = pdf.render("tracks/guide_pdf.html", **_words(course_slug))
    answer = Response(file, mimetype="application/pdf")
    answer.headers.set("Content-Disposition", "attachment", filename=f"huong-dan-{course_slug}.pdf")
    return answer


def tests():
    """Whether the viewer may hold the papers of a class, and the courses whose papers stay closed until they pass the test themselves."""
    return {"tests": current_user.holds(*TESTING), "closed": queries.to_be_tested_in(current_user)}


def _words(course_slug):
    course = next((one for one in queries.courses_on_offer(()) if one.slug == course_slug), None) or missing()
    return {"course": course, "body": prose.cleaned(course.guide)}
