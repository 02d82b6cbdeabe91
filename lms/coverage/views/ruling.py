"""The rule of an indicator: what it says, what another one would change, who changed it when and why."""

from dataclasses import dataclass

from flask import flash, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.datastructures import MultiDict

from lms.coverage import listing, moments, rule_words, words
from lms.coverage.forms import ReasonForm, RuleForm
from lms.coverage.impact import MOVES, Impact, Where, impact, movers
from lms.coverage.question import Planned, Question, Ruled, ask, chosen, plans
from lms.coverage.restating import NOWHERE
from lms.coverage.rule_history import history
from lms.coverage.rules import State
from lms.coverage.views.room import bp, number
from lms.kernel.access import door, missing
from lms.kernel.clock import today
from lms.kernel.db import db
from lms.kernel.forms import refuse
from lms.kernel.i18n import gettext as _
from lms.kernel.paging import page_of
from lms.kernel.refused import Refused
from lms.people.queries import unit_scope
from lms.people.roles import Role
from lms.tracks import outside_queries, ruling
from lms.tracks.course import Course
from lms.tracks.rules import PopulationRule, check_rule


@dataclass(frozen=True)
class Held:
    """The indicator whose rule is looked at, over the whole plan; only its office gets here."""

    planned: Planned
    question: Question
    i: int
    courses: dict[str, Course]

    @property
    def one(self) -> Ruled:
        return self.question.ruled[self.i]

    @property
    def off(self) -> bool:
        """An indicator of places that no page asks at the moment."""
        return self.one.indicator.kind == "places" and not self.one.rule.least

    @property
    def kept(self) -> dict[str, str]:
        return {"plan": self.planned.plan.slug, "indicator": self.one.indicator.slug}

    def page(self, template, **values):
        return render_template(
            template,
            held=self,
            one=self.one,
            question=self.question,
            kept=self.kept,
            courses=self.courses,
            words=words,
            rule_words=rule_words,
            **values,
        )


def found(args: MultiDict[str, str]) -> Held:
    """The plan and indicator of an address or a form; who does not answer for the plan's whole unit finds nothing."""
    every = plans(off=True)
    planned = chosen(every, args.get("plan"), today())
    units = unit_scope(current_user, Role.OFFICE)
    if planned.plan.scope_unit_id not in units:
        missing()
    question = ask(planned, as_of=moments.day(args.get("as_of")), units=units)
    i = question.of(args["indicator"]) if args.get("indicator") else 0
    courses = {course.slug: course for course in outside_queries.courses()} | listing.courses_of(question)
    return Held(planned, question, missing() if i is None else i, courses)


def form_of(held: Held, args: MultiDict[str, str]) -> RuleForm:
    """As typed; first as the rule in force reads, with the categories of a reading that was chosen."""
    asked = held.one.rule.courses
    if RuleForm.typed(args):
        return RuleForm.filled(args).offer(outside_queries.courses(), asked)
    form = RuleForm.of(held.one.rule, **held.kept).offer(outside_queries.courses(), asked)
    if args.get("reading") in rule_words.PRESETS:
        form.reading.data = args["reading"]
        form.categories.data = list(rule_words.PRESETS[args["reading"]])
    return form


@bp.get("/rule")
@door(Role.OFFICE)
def rule():
    """The rule in words, and the form for another."""
    held = found(request.args)
    return held.page("coverage/rule.html", form=form_of(held, request.args), presets=rule_words.PRESETS)


@bp.get("/rule/impact")
@door(Role.OFFICE)
def rule_impact():
    """What the rule that was typed would change. Nothing is written."""
    held = found(request.args)
    form = form_of(held, request.args)
    new, answer = understood(held, form)
    return answer or shown(held, form, new, ReasonForm())


@bp.get("/rule/people")
@door(Role.OFFICE)
def rule_people():
    """The people behind one figure of the preview."""
    held = found(request.args)
    form = form_of(held, request.args)
    new, answer = understood(held, form)
    if answer:
        return answer
    move = request.args.get("move", "")
    where = place(held.question)
    page = page_of(movers(held.question, held.i, new, move, where), page=request.args.get("page"))
    states = [(person, State(old), State(after)) for person, old, after in page.rows]
    return held.page(
        "coverage/rule_people.html",
        page=page,
        rows=states,
        move=move if move in MOVES else "",
        where=where,
        typed=address(form),
    )


def place(question: Question) -> Where:
    """Which line of the preview was opened; a unit that is not theirs is not there."""
    under, category = number("unit"), request.args.get("category", "")
    if under is not None and under != NOWHERE and under not in question.tree:
        missing()
    return Where(under, request.args.get("own") == "1", None if not category else category.removeprefix("-"))


@bp.post("/rule")
@door(Role.OFFICE)
def change_rule():
    """The rule that was looked at holds from now on."""
    held = found(request.form)
    form = form_of(held, request.form)
    new, answer = understood(held, form)
    if answer:
        return answer
    reason = ReasonForm.filled(request.form)
    if not reason.validate():
        return shown(held, form, new, reason), 422
    try:
        ruling.change_rule(held.one.indicator, new, why=reason.data["why"], by=current_user.account_id)
    except Refused as refused:
        db.session.rollback()
        refuse(reason, refused)
        held = found(request.form)
        return shown(held, form, new, reason), 409
    flash(_("The new rule holds. Every figure follows it from now on."), "good")
    return redirect(url_for(".rule_past", plan=held.kept["plan"], indicator=held.kept["indicator"]), 303)


@bp.get("/rule/history")
@door(Role.OFFICE)
def rule_past():
    """Every rule the indicator has had."""
    held = found(request.args)
    return held.page("coverage/rule_past.html", past=history(held.planned, held.one, held.question.units))


def understood(held: Held, form: RuleForm) -> tuple[PopulationRule, object]:
    """(the rule that was typed, None), or the form again with what is to be mended."""
    if not form.validate():
        return held.one.rule, (held.page("coverage/rule.html", form=form, presets=rule_words.PRESETS), 422)
    new = form.rule(held.one.rule)
    try:
        check_rule(new, kind=held.one.indicator.kind, courses=ruling.known_courses())
        if new == held.one.rule:
            raise Refused("Nothing has changed: this is the rule in force.")
    except Refused as refused:
        refuse(form, refused)
        return new, (held.page("coverage/rule.html", form=form, presets=rule_words.PRESETS), 409)
    return new, None


def shown(held: Held, form: RuleForm, new: PopulationRule, reason: ReasonForm):
    """The preview."""
    told: Impact = impact(held.question, held.i, new)
    return held.page(
        "coverage/rule_impact.html",
        told=told,
        form=reason,
        typed=address(form),
        pairs=form.pairs(),
        changes=rule_words.changes(held.one.rule, new, held.courses),
    )


def address(form: RuleForm) -> dict[str, list[str]]:
    """The rule that was typed, for links that carry it on."""
    found: dict[str, list[str]] = {}
    for name, value in form.pairs():
        found.setdefault(name, []).append(value)
    return found
