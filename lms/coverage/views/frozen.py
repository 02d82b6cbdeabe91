"""Frozen periods: which there are, what each says, whether it still holds, what was corrected since; and freezing one."""

from datetime import date

from flask import Response, flash, redirect, render_template, request, url_for
from flask_login import current_user

from lms.coverage import (
    confirmed,
    corrected,
    freezing,
    freezing_queries,
    frozen_figures,
    frozen_rules,
    frozen_sheet,
    frozen_words,
    listing,
    moments,
    places,
    sheet,
    words,
)
from lms.coverage.queries import coverages
from lms.coverage.question import Planned, ask, chosen, default_day, plans
from lms.coverage.views.frozen_forms import FreezeForm
from lms.coverage.views.room import DESKS, bp, carried, number
from lms.kernel.access import door, missing
from lms.kernel.clock import today
from lms.kernel.db import db
from lms.kernel.forms import refuse
from lms.kernel.i18n import gettext as _
from lms.kernel.refused import Refused
from lms.kernel.vietnamese import short_date
from lms.people.queries import unit_scope
from lms.people.roles import Role


@bp.get("/frozen")
@door(*DESKS)
def frozen_index():
    """Every frozen period of the plans that reach into the viewer's units."""
    listed = freezing_queries.periods(unit_scope(current_user, *DESKS))
    return render_template("coverage/frozen_index.html", listed=listed, may_freeze=bool(may_freeze()), kept=carried())


@bp.get("/frozen/new")
@door(Role.OFFICE)
def frozen_new():
    """Which day, what would be frozen, and what is still uncertain."""
    mine = may_freeze() or missing()
    planned = chosen(mine, request.args.get("plan"), today())
    as_of = moments.day(request.args.get("as_of")) or usual_day(planned)
    return new_page(mine, planned, FreezeForm(plan=planned.plan.slug, as_of=as_of, title=usual_title(as_of)), as_of)


@bp.post("/frozen")
@door(Role.OFFICE)
def freeze():
    """Freeze it."""
    mine = may_freeze() or missing()
    form = FreezeForm.filled(request.form)
    planned = next((one for one in mine if one.plan.slug == form.plan.data), None) or missing()
    as_of = form.as_of.data or usual_day(planned)
    if not form.validate():
        return new_page(mine, planned, form, as_of), 422
    try:
        period = freezing.freeze(
            planned, as_of=as_of, title=form.title.data, note=form.note.data, by=current_user.account_id
        )
    except Refused as refused:
        db.session.rollback()
        refuse(form, refused)
        return new_page(mine, planned, form, as_of), 409
    flash(_("Frozen as period no. %(n)s. From now on its figures never change.", n=period.number), "good")
    return redirect(url_for(".frozen", period_id=period.id), 303)


@bp.get("/frozen/<int(max=2147483647):period_id>")
@door(*DESKS)
def frozen(period_id):
    """What it says, by unit as then; asked again on opening."""
    return shown("coverage/frozen.html", period_id)


@bp.get("/frozen/<int(max=2147483647):period_id>/print")
@door(*DESKS)
def frozen_paper(period_id):
    """The same on A4."""
    return shown("coverage/frozen_paper.html", period_id)


@bp.get("/frozen/<int(max=2147483647):period_id>/sheet.xlsx")
@door(*DESKS)
def frozen_download(period_id):
    """The same as a workbook."""
    listed, question, tables = read(period_id)
    content = frozen_sheet.workbook(listed, question, tables, listing.courses_of(question))
    answer = Response(content, mimetype=sheet.MEDIA_TYPE)
    name = f"so-lieu-chot-{listed.plan.slug}-{listed.period.number}.xlsx"
    answer.headers.set("Content-Disposition", "attachment", filename=name)
    return answer


@bp.get("/frozen/<int(max=2147483647):period_id>/since")
@door(*DESKS)
def frozen_since(period_id):
    """What was corrected since, and what the figures would be now."""
    scope = unit_scope(current_user, *DESKS)
    listed = freezing_queries.period(scope, period_id)
    found = corrected.corrected(listed.period, scope, request.args.get("page"))
    return render_template("coverage/frozen_since.html", listed=listed, found=found, words=frozen_words, sheet=sheet)


def shown(template: str, period_id: int):
    listed, question, tables = read(period_id)
    again = freezing_queries.asked_again(listed.period)
    return render_template(
        template,
        listed=listed,
        question=question,
        found=tables,
        checked=freezing_queries.check(listed.period, freezing_queries.figures_of(again)),
        unconfirmed=sum(1 for unit in confirmed.marks(again[0]).own if unit in unit_scope(current_user, *DESKS)),
        courses=listing.courses_of(question),
        dated=frozen_sheet.dated(listed),
        under=number("unit"),
        units=frozen_figures.units_of(listed.period),
        words=words,
        columns=sheet.columns(),
    )


def read(period_id: int):
    """The period for this viewer; a unit that is not in it, or not theirs, is not there."""
    scope, under = unit_scope(current_user, *DESKS), number("unit")
    listed = freezing_queries.period(scope, period_id)
    if under is not None and (under not in scope or under not in frozen_figures.units_of(listed.period)):
        missing()
    tables = frozen_figures.tables(listed.period, scope, under)
    return listed, freezing_queries.question_of(listed.period), tables


def may_freeze() -> list[Planned]:
    """The plans over whose whole scope the viewer is the office."""
    scope = unit_scope(current_user, Role.OFFICE)
    return [one for one in plans() if one.plan.scope_unit_id in scope]


def usual_day(planned: Planned) -> date:
    """The count date of the plan's rules if it has passed, else today; the last day of a plan that has ended."""
    count_on = next((one.rule.count_on for one in planned.ruled if one.rule.count_on), "")
    return frozen_rules.count_day(count_on, default_day(planned.plan))


def usual_title(as_of: date) -> str:
    return _("Figures of %(year)s up to %(day)s", year=as_of.year, day=short_date(as_of))


def new_page(mine: list[Planned], planned: Planned, form: FreezeForm, as_of: date):
    found, why_not = [], None
    try:
        freezing.check(planned, as_of)
        found = coverages(ask(planned, as_of=as_of))
    except Refused as refused:
        why_not = refused
        if not form.form_errors and request.method == "GET":
            refuse(form, refused)
    return render_template(
        "coverage/frozen_new.html",
        plans=mine,
        planned=planned,
        form=form,
        as_of=as_of,
        found=found,
        told={one.one.indicator.slug: places.places(one) for one in found},
        words=words,
        unconfirmed=confirmed.marks(found[0]) if found else None,
        why_not=why_not,
    )
