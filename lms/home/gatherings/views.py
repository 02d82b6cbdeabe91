"""A facilitator's groups of one colour, seats and slips on paper; the office's figures of closed quarters.

Hosts are districts and provinces only. What is printed has an address without a colour: a browser may print that too.
"""

from datetime import timedelta

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_login import current_user

from lms.confidential import groups, seats
from lms.confidential.models import COLOURS
from lms.confidential.small_numbers import Quarter
from lms.home.gatherings import forms
from lms.home.gatherings.forms import ColourForm, GroupForm, QuarterForm, SeatsForm
from lms.home.gatherings.hosts import HOSTS
from lms.kernel.access import door, missing
from lms.kernel.clock import today
from lms.kernel.db import db
from lms.kernel.forms import refuse
from lms.kernel.i18n import gettext as _
from lms.kernel.refused import Refused
from lms.kernel.vietnamese import search_key
from lms.people.queries import UnitTree, unit_scope, units_at
from lms.people.roles import Role

bp = Blueprint("gatherings", __name__, url_prefix="/groups")
ON = f"/<any({', '.join(COLOURS)}):colour>"


@bp.get("")
@door(Role.TRAINER, Role.OFFICE)
def start():
    """To one's own place: the office to the figures, a facilitator to the colour they hold; asked of whoever has none yet."""
    _hosts()
    if _provinces(units_at(today())):
        return redirect(url_for(".figures"), 303)
    form, colour = ColourForm.filled(request.args) if request.args else ColourForm(), _own_colour()
    if not colour and request.args and form.validate():
        typed = search_key(form.colour.data)
        colour = next((one for one, words in forms.COLOUR_WORDS.items() if search_key(str(words)) in typed), None)
        if not colour:
            form.colour.errors = [_("There are no groups of this colour. Please ask the office of the province.")]
    if colour:
        return redirect(url_for(".index", colour=colour), 303)
    return render_template("home/gatherings/start.html", form=form), 422 if form.errors else 200


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


@bp.get(f"{ON}/<int:group_id>")
@door(Role.TRAINER, Role.OFFICE)
def show(colour, group_id):
    """One group that can still be corrected."""
    row, hosts = _group(colour, group_id)
    given = {"on": row.on, "unit": row.unit_id, "kind": row.kind, "band": row.band}
    return _show(colour, row, hosts, GroupForm(data=given), SeatsForm())


@bp.post(f"{ON}/<int:group_id>")
@door(Role.TRAINER, Role.OFFICE)
def correct(colour, group_id):
    """It was otherwise."""
    (row, hosts), form = _group(colour, group_id), GroupForm.filled(request.form)
    form.unit.choices = list(hosts.items())
    if not form.validate():
        return _show(colour, row, hosts, form, SeatsForm()), 422
    try:
        given = form.data
        by = current_user.account_id
        groups.correct(colour, row, given["on"], given["unit"], given["kind"], given["band"], by=by)
    except Refused as refused:
        db.session.rollback()
        refuse(form, refused)
        return _show(colour, row, hosts, form, SeatsForm()), 409
    flash(_("Corrected."))
    return redirect(url_for(".index", colour=colour), 303)


@bp.post(f"{ON}/<int:group_id>/removals")
@door(Role.TRAINER, Role.OFFICE)
def remove(colour, group_id):
    """It never was; its seat codes go with it."""
    row, _hosts_of = _group(colour, group_id)
    groups.remove(colour, row, by=current_user.account_id)
    flash(_("Removed."))
    return redirect(url_for(".index", colour=colour), 303)


@bp.post(f"{ON}/<int:group_id>/seats")
@door(Role.TRAINER, Role.OFFICE)
def draw_seats(colour, group_id):
    """New codes; earlier ones are void."""
    (row, hosts), form = _group(colour, group_id), SeatsForm.filled(request.form)
    given = GroupForm(data={"on": row.on, "unit": row.unit_id, "kind": row.kind, "band": row.band})
    if not form.validate():
        return _show(colour, row, hosts, given, form), 422
    try:
        seats.draw(colour, row, form.data["number"], by=current_user.account_id)
    except Refused as refused:
        db.session.rollback()
        refuse(form, refused)
        return _show(colour, row, hosts, given, form), 409
    return redirect(url_for(".paper_seats", group_id=group_id), 303)


@bp.get("/seats/<int:group_id>")
@door(Role.TRAINER, Role.OFFICE)
def paper_seats(group_id):
    """The codes of a group of one's own colour, to print and cut."""
    colour = _own_colour() or missing()
    row, _hosts_of = _group(colour, group_id)
    return render_template("home/gatherings/seats.html", row=row, codes=seats.codes(colour, row))


@bp.get("/slip")
@door(Role.TRAINER, Role.OFFICE)
def slip():
    """What somebody may take home: that they were at a class on a day. Filled in on the page, printed, kept nowhere."""
    _hosts()
    return render_template("home/gatherings/slip.html", day=today())


@bp.get("/figures")
@door(Role.OFFICE)
def figures():
    """What has been published of each closed quarter."""
    return _figures(_province(), QuarterForm(data=vars(_last_closed())))


@bp.post("/figures")
@door(Role.OFFICE)
def publish():
    """Publish a quarter, once, of the province as it stood at the quarter's end: what came to it later was published elsewhere."""
    tree, province_id = _province()
    form = QuarterForm.filled(request.form)
    if not form.validate():
        return _figures((tree, province_id), form), 422
    try:
        quarter = Quarter(**form.data)
        stood = units_at(quarter.after - timedelta(days=1))
        if province_id not in stood:
            raise Refused("Your province was not there yet in that quarter.")
        groups.publish_quarter(province_id, stood.subtree(province_id), quarter, by=current_user.account_id)
    except Refused as refused:
        db.session.rollback()
        refuse(form, refused)
        return _figures((tree, province_id), form), 409
    return redirect(url_for(".figures"), 303)


def _own_colour() -> str | None:
    return groups.colour_of(current_user.account_id)


def _hosts(colour: str | None = None) -> dict[int, str]:
    """Where the viewer may hold groups (of this colour). None, or another's colour: there is nothing."""
    tree, scope = units_at(today()), unit_scope(current_user, Role.TRAINER, Role.OFFICE)
    hosts = {
        unit_id: version.name
        for unit_id, version in tree.versions.items()
        if unit_id in scope and version.kind in HOSTS
    }
    if not hosts or (colour and _own_colour() not in {None, colour}):
        missing()
    return hosts


def _group(colour: str, group_id: int) -> tuple[groups.Group, dict[int, str]]:
    """One that the viewer could write down, and their hosts; of a colour they hold already."""
    hosts = _hosts(colour)
    row = groups.group(colour, hosts, group_id) if _own_colour() == colour else None
    return row or missing(), hosts


def _show(colour: str, row: groups.Group, hosts: dict[int, str], form: GroupForm, seats_form: SeatsForm):
    form.unit.choices = list(hosts.items())
    return render_template(
        "home/gatherings/show.html",
        colour=colour,
        row=row,
        codes=seats.codes(colour, row),
        form=seats_form if seats_form.errors else form,
        group_form=form,
        seats_form=seats_form,
        to_meet=row.on >= today(),
        words=forms,
    )


def _index(colour: str, hosts: dict[int, str], form: GroupForm):
    form.unit.choices = list(hosts.items())
    lines = groups.groups(colour, hosts) if _own_colour() == colour else []
    return render_template(
        "home/gatherings/index.html", colour=colour, hosts=hosts, form=form, lines=lines, words=forms
    )


def _province() -> tuple[UnitTree, int]:
    tree = units_at(today())
    mine = _provinces(tree)
    return (tree, mine[0]) if mine else missing()


def _provinces(tree: UnitTree) -> list[int]:
    scope = unit_scope(current_user, Role.OFFICE)
    return [unit_id for unit_id in sorted(scope) if unit_id in tree and tree.versions[unit_id].kind == "province"]


def _last_closed() -> Quarter:
    quarter = Quarter.of(today()).before
    return quarter if quarter.is_closed(today()) else quarter.before


def _figures(of: tuple[UnitTree, int], form: QuarterForm):
    tree, province_id = of
    quarters = sorted(groups.published(province_id).items(), reverse=True)
    return render_template(
        "home/gatherings/figures.html", name=tree.name(province_id), quarters=quarters, form=form, words=forms
    )
