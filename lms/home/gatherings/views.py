"""A facilitator's groups of one colour; the office's figures of closed quarters. Hosts are districts and provinces only."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_login import current_user

from lms.confidential import groups
from lms.confidential.models import COLOURS
from lms.confidential.small_numbers import Quarter
from lms.home.gatherings import forms
from lms.home.gatherings.forms import GroupForm, QuarterForm
from lms.kernel.access import door, missing
from lms.kernel.clock import today
from lms.kernel.db import db
from lms.kernel.forms import refuse
from lms.kernel.i18n import gettext as _
from lms.kernel.refused import Refused
from lms.people.queries import UnitTree, unit_scope, units_at
from lms.people.roles import Role

bp = Blueprint("gatherings", __name__, url_prefix="/groups")
ON = f"/<any({', '.join(COLOURS)}):colour>"


@bp.get(ON)
@door(Role.TRAINER, Role.OFFICE)
def index(colour):
    """The groups of this colour, and the form. Nothing is listed before one has written down a first."""
    return _index(colour, _hosts(colour), GroupForm())


@bp.post(ON)
@door(Role.TRAINER, Role.OFFICE)
def write_down(colour):
    """One more."""
    hosts, form = _hosts(colour), GroupForm.filled(request.form)
    form.unit.choices = list(hosts.items())
    if not form.validate():
        return _index(colour, hosts, form), 422
    try:
        given = form.data
        groups.write_down(colour, given["on"], given["unit"], given["kind"], given["band"], by=current_user.account_id)
    except Refused as refused:
        db.session.rollback()
        refuse(form, refused)
        return _index(colour, hosts, form), 409
    flash(_("Written down."))
    return redirect(url_for(".index", colour=colour), 303)


@bp.get("/figures")
@door(Role.OFFICE)
def figures():
    """What has been published of each closed quarter."""
    return _figures(_province(), QuarterForm(data=vars(_last_closed())))


@bp.post("/figures")
@door(Role.OFFICE)
def publish():
    """Publish a quarter, once."""
    tree, province_id = _province()
    form = QuarterForm.filled(request.form)
    if not form.validate():
        return _figures((tree, province_id), form), 422
    try:
        quarter = Quarter(**form.data)
        groups.publish_quarter(province_id, tree.subtree(province_id), quarter, by=current_user.account_id)
    except Refused as refused:
        db.session.rollback()
        refuse(form, refused)
        return _figures((tree, province_id), form), 409
    return redirect(url_for(".figures"), 303)


def _hosts(colour: str) -> dict[int, str]:
    """Where the viewer may hold groups of this colour. None, or another's colour: there is nothing."""
    tree, scope = units_at(today()), unit_scope(current_user, Role.TRAINER, Role.OFFICE)
    hosts = {
        unit_id: version.name
        for unit_id, version in tree.versions.items()
        if unit_id in scope and version.kind in {"province", "district"}
    }
    if not hosts or groups.colour_of(current_user.account_id) not in {None, colour}:
        missing()
    return hosts


def _index(colour: str, hosts: dict[int, str], form: GroupForm):
    form.unit.choices = list(hosts.items())
    lines = groups.groups(colour, hosts) if groups.colour_of(current_user.account_id) == colour else []
    return render_template(
        "home/gatherings/index.html", colour=colour, hosts=hosts, form=form, lines=lines, words=forms
    )


def _province() -> tuple[UnitTree, int]:
    tree, scope = units_at(today()), unit_scope(current_user, Role.OFFICE)
    mine = [unit_id for unit_id in sorted(scope) if unit_id in tree and tree.versions[unit_id].kind == "province"]
    return (tree, mine[0]) if mine else missing()


def _last_closed() -> Quarter:
    quarter = Quarter.of(today()).before
    return quarter if quarter.is_closed(today()) else quarter.before


def _figures(of: tuple[UnitTree, int], form: QuarterForm):
    tree, province_id = of
    quarters = sorted(groups.published(province_id).items(), reverse=True)
    return render_template(
        "home/gatherings/figures.html", name=tree.name(province_id), quarters=quarters, form=form, words=forms
    )
