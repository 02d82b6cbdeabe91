"""From missing people to classes: the terms, the proposal, what becomes of it."""

from dataclasses import dataclass
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_login import current_user

from lms.coverage import listing
from lms.coverage.models import Proposal
from lms.coverage.planning import actions, queries, shown, words
from lms.coverage.planning import terms as rules
from lms.coverage.planning.draft import Draft
from lms.coverage.planning.forms import WEEKDAYS, PlanningForm
from lms.coverage.planning.queries import Needs
from lms.coverage.queries import Coverage, coverages
from lms.coverage.question import Planned, Question, ask, chosen, plans
from lms.coverage.views.room import bp, number
from lms.kernel.access import door, missing
from lms.kernel.clock import today
from lms.kernel.forms import choices_of, refuse
from lms.kernel.i18n import gettext as _
from lms.kernel.i18n import ngettext
from lms.kernel.refused import Refused
from lms.people.queries import unit_scope
from lms.people.roles import Role
from lms.tracks.course import Course


@dataclass(frozen=True)
class Asked:
    """Whose missing people: an indicator of a plan, today, all or under one unit."""

    question: Question  # of this indicator alone
    under: int | None
    courses: dict[str, Course]

    @property
    def kept(self) -> dict[str, str]:
        """What links back to coverage carry on."""
        return {"plan": self.question.plan.slug, "indicator": self.question.ruled[0].indicator.slug}

    def address(self, endpoint: str) -> str:
        """A page that asks the same."""
        values: dict[str, Any] = {**self.kept, "unit": self.under}
        return url_for(endpoint, **values)

    @property
    def figures(self) -> Coverage:
        return coverages(self.question, self.under)[0]


@bp.get("/planning")
@door(Role.OFFICE)
def planning():
    asked = read()
    needs = queries.needs(asked.question, 0, asked.under, asked.courses)
    return _terms_page(asked, needs, _form(asked, needs))


@bp.post("/planning")
@door(Role.OFFICE)
def propose():
    asked = read()
    needs = queries.needs(asked.question, 0, asked.under, asked.courses)
    form = _form(asked, needs, request.form)
    if not form.validate():
        return _terms_page(asked, needs, form), 422
    try:
        terms = form.terms(rules.read_groups(form.groups.data, _names(asked, needs)))
        row = actions.make(asked.question, 0, asked.under, asked.courses, terms, by=current_user.account_id)
    except Refused as refused:
        refuse(form, refused)
        return _terms_page(asked, needs, form), 409
    return redirect(url_for(".proposal", proposal_id=row.id), 303)


@bp.get("/planning/<int:proposal_id>")
@door(Role.OFFICE)
def proposal(proposal_id):
    row = queries.proposal(current_user, proposal_id)
    asked = asked_of(row)
    found = shown.shown(row, asked.courses, queries.before(asked.figures))
    return render_template(
        "coverage/proposal.html",
        row=row,
        asked=asked,
        shown=found,
        draft=found.draft,
        words=words,
        trainers=trainer_names(found.draft),
        waiting_for_call=bool(queries.not_called(found.draft)),
    )


@bp.post("/planning/<int:proposal_id>/end")
@door(Role.OFFICE)
def throw_away(proposal_id):
    row = queries.proposal(current_user, proposal_id)
    actions.throw_away(row.id, by=current_user.account_id)
    flash(_("The draft is thrown away. Nobody was told of it."), "good")
    return redirect(asked_of(row).address(".planning"), 303)


@bp.post("/planning/<int:proposal_id>/classes")
@door(Role.OFFICE)
def make_classes(proposal_id):
    row = queries.proposal(current_user, proposal_id)
    asked = asked_of(row)
    made = actions.make_classes(row.id, asked.question, asked.courses, by=current_user.account_id)
    n = len(made.classes)
    flash(ngettext("%(num)s draft class is made.", "%(num)s draft classes are made.", n), "good")
    return redirect(url_for(".proposal", proposal_id=row.id), 303)


@bp.post("/planning/<int:proposal_id>/invitations")
@door(Role.OFFICE)
def invite(proposal_id):
    row = queries.proposal(current_user, proposal_id)
    n = actions.send_invitations(row.id, by=current_user.account_id)
    flash(ngettext("%(num)s person is invited.", "%(num)s people are invited.", n), "good")
    return redirect(url_for(".proposal", proposal_id=row.id), 303)


def trainer_names(draft: Draft) -> dict[int, str]:
    """Who teaches the classes of a draft."""
    return {
        one.person.id: one.person.full_name for one in queries.invitees(one.trainer for one in draft.classes).values()
    }


def read() -> Asked:
    """The address, understood; what is not theirs is not there."""
    planned = chosen(plans(), request.args.get("plan"), today())
    return _asked(planned, request.args.get("indicator") or planned.ruled[0].indicator.slug, number("unit"))


def asked_of(row: Proposal) -> Asked:
    """What a proposal was made for, as it stands today."""
    every = plans()
    for planned in every:
        for one in planned.ruled:
            if one.indicator.id == row.indicator_id:
                return _asked(planned, one.indicator.slug, row.unit_id)
    return missing()


def _asked(planned: Planned, slug: str, under: int | None) -> Asked:
    if slug not in {one.indicator.slug for one in planned.ruled}:
        missing()
    question = ask(planned, units=unit_scope(current_user, Role.OFFICE), indicator=slug)
    if under is not None and under not in question.tree:
        missing()
    return Asked(question, under, listing.courses_of(question))


def _names(asked: Asked, needs: Needs) -> dict[int, tuple[str, str]]:
    """The units that can be named in a travel group, with their codes."""
    tree = asked.question.tree
    units = queries.places(asked.question, asked.under, needs.by_home)
    return {one: (tree.versions[one].name, tree.versions[one].code) for one in units}


def _form(asked: Asked, needs: Needs, formdata=None) -> PlanningForm:
    """What was typed; at first what was typed for the last proposal, else what will do."""
    names = _names(asked, needs)
    trainers = queries.trainers(current_user)
    if formdata is not None:
        form = PlanningForm.filled(formdata)
    else:
        form = PlanningForm(data=_first(asked, needs, names, [one.id for one in trainers]))
    form.groups.render_kw = {"rows": min(12, 2 + str(form.groups.data or "").count("\n"))}
    form.places.choices = choices_of((one, name) for one, (name, _code) in names.items())
    form.trainers.choices = choices_of((one.id, one.full_name) for one in trainers)
    form.weekdays.choices = choices_of(WEEKDAYS.items())
    return form


def _first(asked: Asked, needs: Needs, names: dict[int, tuple[str, str]], trainers: list[int]) -> dict[str, object]:
    question = asked.question
    one, plan = question.ruled[0], question.plan
    homes = list(needs.by_home)
    last = queries.last_terms(current_user, one.indicator.id)
    deadline = rules.default_deadline(one.rule, plan.report_due, plan.ends_on, today())
    fresh = {"deadline": deadline, "places": sorted(names), "trainers": trainers}
    if last is None:
        alone = ((home,) for home in sorted(homes, key=lambda home: (-needs.by_home[home], home)))
        return {**fresh, "groups": rules.written_groups(alone, names)}
    grouped = [group for group in last["groups"] if set(group) & set(names)]
    new = [(home,) for home in homes if not any(home in group for group in grouped)]
    kept = {
        "places": [place for place in last["places"] if place in names] or sorted(names),
        "trainers": [trainer for trainer in last["trainers"] if trainer in trainers] or trainers,
        "groups": rules.written_groups([*grouped, *new], names),
        "half_days": last["half_days"] or None,
    }
    still = last["deadline"] > today().isoformat()
    return {**last, **fresh, **kept, "deadline": rules.Terms.of(last).deadline if still else deadline}


def _terms_page(asked: Asked, needs: Needs, form: PlanningForm):
    names = {one: name for one, (name, _code) in _names(asked, needs).items()}
    drafts = queries.kept(current_user, asked.question.ruled[0].indicator.id)
    return render_template(
        "coverage/planning.html", asked=asked, needs=needs, form=form, names=names, drafts=drafts, today=today()
    )
