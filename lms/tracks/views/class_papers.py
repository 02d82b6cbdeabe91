"""For the class part of a course, in its newest words: two papers and their answers, and slides of its lessons."""

import base64

from flask import Response, render_template
from flask_login import current_user
from markupsafe import Markup

from lms.kernel import pdf
from lms.kernel.access import door, missing
from lms.kernel.i18n import speaking
from lms.kernel.refused import Refused
from lms.tracks import editions, parallel, queries, slides
from lms.tracks.views.guides import TEACHING, TESTING
from lms.tracks.views.learning import bp

SETS = 9  # of two papers, to choose from: another class, another set
PAPERS = {"before": "truoc-lop", "after": "cuoi-lop", "answers": "dap-an"}


@bp.get("/guides/<course_slug>/papers")
@door(*TESTING)
def class_papers(course_slug):
    """The sets there are; each part is a PDF."""
    edition, course = _course(course_slug)
    before, _after = _papers(edition, course, 1)
    return render_template("tracks/papers.html", course=course, paper=before, sets=range(1, SETS + 1))


@bp.get("/guides/<course_slug>/papers/<int:number>/<part>.pdf")
@door(*TESTING)
def class_paper(course_slug, number, part):
    edition, course = _course(course_slug)
    if part not in PAPERS or not 1 <= number <= SETS:
        missing()
    papers = dict(zip(("before", "after"), _papers(edition, course, number), strict=True))
    with speaking("vi"):  # as the questions themselves
        file = pdf.render(
            "tracks/paper_pdf.html", course=course, edition=edition.number, number=number, part=part, papers=papers
        )
    return _file(file, f"{PAPERS[part]}-{course_slug}-de-{number}.pdf")


@bp.get("/guides/<course_slug>/slides")
@door(*TEACHING)
def class_slides(course_slug):
    """Each lesson, and all of them, as PDF."""
    _edition, course = _course(course_slug)
    counts = {lesson.slug: len(slides.of_lesson(lesson, course.pictures)) for lesson in course.lessons}
    return render_template("tracks/slides.html", course=course, counts=counts)


@bp.get("/guides/<course_slug>/slides.pdf", defaults={"lesson_slug": ""})
@bp.get("/guides/<course_slug>/slides/<lesson_slug>.pdf")
@door(*TEACHING)
def class_slides_pdf(course_slug, lesson_slug):
    _edition, course = _course(course_slug)
    lessons = [
        (number, lesson, slides.of_lesson(lesson, course.pictures))
        for number, lesson in enumerate(course.lessons, start=1)
        if lesson_slug in {"", lesson.slug}
    ] or missing()
    drawn = {one.name: _embedded(one.svg) for one in course.pictures}
    with speaking("vi"):  # as the lessons themselves
        file = pdf.render("tracks/slides_pdf.html", course=course, lessons=lessons, drawn=drawn, sizes=slides.SIZES)
    return _file(file, f"trinh-chieu-{lesson_slug or course_slug}.pdf")


def _course(slug):
    try:
        edition = editions.current(slug)
    except Refused:
        missing()
    return edition, editions.wording(edition.id)


def _papers(edition, course, number):
    """The set of that number. Whoever is still to be tested in the course is refused: they would read the questions first."""
    if course.quiz is None:
        missing()
    if course.slug in queries.to_be_tested_in(current_user):
        raise Refused("You are taking this course yourself. Its papers are open to you once you have passed its test.")
    return parallel.two(course.quiz, f"{course.slug}:{edition.number}:{number}")


def _embedded(svg):
    """The drawing as an address that holds it: a PDF fetches nothing."""
    return Markup(f"data:image/svg+xml;base64,{base64.b64encode(svg.encode()).decode()}")  # noqa: S704  # letters of base64


def _file(content, name):
    answer = Response(content, mimetype="application/pdf")
    answer.headers.set("Content-Disposition", "attachment", filename=name)
    return answer
