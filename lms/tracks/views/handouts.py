"""What a learner keeps of a course on paper: aims, cards, words and numbers, in the wording they began with."""

from flask import Response, render_template
from flask_login import current_user

from lms.kernel import pdf, prose
from lms.kernel.access import door
from lms.kernel.clock import local
from lms.kernel.i18n import speaking
from lms.tracks import editions, queries
from lms.tracks.views.learning import bp, helped


@bp.get("/<int:enrolment_id>/handout")
@door()
def handout(enrolment_id):
    """To read, and to print from the browser. Names nobody: it may be left lying about."""
    return render_template("tracks/handout.html", enrolment_id=enrolment_id, **_words(enrolment_id))


@bp.get("/<int:enrolment_id>/handout.pdf")
@door()
def handout_pdf(enrolment_id):
    words = _words(enrolment_id)
    with speaking("vi"):  # as the course itself
        file = pdf.render("tracks/handout_pdf.html", **words)
    answer = Response(file, mimetype="application/pdf")
    answer.headers.set("Content-Disposition", "attachment", filename=f"tai-lieu-{words['course'].slug}.pdf")
    return answer


def _words(enrolment_id):
    enrolment = queries.my_enrolment(current_user, enrolment_id).enrolment
    edition, course = editions.named(enrolment.edition_id), editions.wording(enrolment.edition_id)
    return {
        "course": course,
        "glossary": prose.cleaned(course.glossary),
        "number": edition.number,
        "published_on": local(edition.published_at).date(),
        **helped(),
    }
