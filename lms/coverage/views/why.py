"""“Why me?”: each indicator for one person, for themselves and for who answers for them."""

from flask import render_template, request
from flask_login import current_user

from lms.coverage import listing, moments, reason_words, reasons, words
from lms.coverage.question import ask, chosen, plans
from lms.coverage.views.room import DESKS, bp
from lms.kernel.access import door, missing
from lms.kernel.clock import today
from lms.kernel.db import db
from lms.people.models import Person
from lms.people.queries import unit_scope
from lms.people.register_queries import kept_person
from lms.tracks import queries as tracks

KEPT = ("plan", "as_of", "known_at")


@bp.get("/why")
@door()
def why_me():
    """The viewer themselves, over everything there is."""
    person = db.session.get(Person, current_user.person_id) if current_user.person_id else None
    mine = {
        one.enrolment.course_slug: one for one in tracks.my_enrolments(current_user) if not one.progress.completed_on
    }
    return shown(person or missing(), None, mine)


@bp.get("/why/<int:person_id>")
@door(*DESKS)
def why(person_id):
    """Somebody of the viewer's units, as the viewer's figures count them."""
    return shown(kept_person(current_user, person_id), unit_scope(current_user, *DESKS), {})


def shown(person, units, mine):
    kept = {name: request.args[name] for name in KEPT if request.args.get(name, "").strip()}
    known_at, as_of = moments.moment(kept.get("known_at")), moments.day(kept.get("as_of"))
    every = plans(known_at)
    question = every and ask(
        chosen(every, kept.get("plan"), as_of or today()), as_of=as_of, known_at=known_at, units=units
    )
    courses = listing.courses_of(question) if question else {}
    return render_template(
        "coverage/why.html",
        person=person,
        own=person.id == current_user.person_id and units is None,
        plans=every,
        kept=kept,
        question=question,
        courses=courses,
        found=reasons.reasons(question, person, courses) if question else [],
        valid_to=reasons.valid_to,
        words=words,
        reason_words=reason_words,
        mine=mine,
        today=today(),
    )
