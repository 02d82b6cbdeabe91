"""The register: find people, see one, and write down what changes."""

from flask import flash, redirect, render_template, request, url_for
from flask_login import current_user

from lms.kernel import audit
from lms.kernel.access import ask_who, door, missing
from lms.kernel.clock import today
from lms.kernel.db import db
from lms.kernel.forms import refuse
from lms.kernel.i18n import gettext as _
from lms.kernel.paging import page_of
from lms.kernel.refused import Refused
from lms.kernel.vietnamese import tidy
from lms.people import account_queries, actions, queries, register_queries, rules, same_queries
from lms.people.confirmations import confirmations
from lms.people.forms import (
    ROLES,
    SEXES,
    STANDINGS,
    ChangeForm,
    EndForm,
    FactsForm,
    PersonForm,
    PostingForm,
)
from lms.people.register_queries import Filters
from lms.people.roles import Role
from lms.people.views.room import bp, number_of

UNKNOWN = "-"  # in the address: whose category nobody has told us yet


@bp.get("/")
@door(Role.FOCAL, Role.OFFICE, Role.ADMIN)
def index():
    """Who is there: search by name, filter by unit and category."""
    wanted = _filters()
    page = page_of(register_queries.found_persons(current_user, wanted), page=request.args.get("page", 1))
    units = _units(queries.unit_scope(current_user))
    one_unit = wanted.unit_id or (units[0][0] if len(units) == 1 else None)
    return render_template(
        "people/index.html",
        wanted=wanted,
        page=page,
        lines=register_queries.lines_of(current_user, page.rows),
        units=units,
        one_unit=one_unit,
        confirmed_on=confirmations(today()).get(one_unit) if one_unit else None,
        categories=rules.CATEGORIES,
        address={name: value for name, value in request.args.items() if name != "page" and value},
        keeps=current_user.holds(*register_queries.KEEPERS),
        birth_words=rules.birth_words,
    )


def _filters():
    category = request.args.get("category", "")
    return Filters(
        words=tidy(request.args.get("q", "")[:200]),
        unit_id=number_of(request.args.get("unit", "")),
        category="" if category == UNKNOWN else category if category in rules.CATEGORIES else None,
        also_past=request.args.get("past") == "1",
    )


def _units(scope):
    return register_queries.unit_choices(scope, queries.units_at(today()))


@bp.get("/<int:person_id>")
@door(Role.FOCAL, Role.OFFICE, Role.ADMIN)
def show(person_id):
    """One person: facts, where they work and worked, exceptions, way in."""
    person = queries.person(current_user, person_id)
    lines = register_queries.posting_lines(current_user, person_id, history=False)
    office = current_user.holds(Role.OFFICE)
    return render_template(
        "people/show.html",
        person=person,
        birth=rules.birth_words(person.birth, person.birth_precision),
        lines=lines,
        history=register_queries.posting_lines(current_user, person_id, history=True) if office else [],
        standings=register_queries.standings_of(person_id),
        same_lines=same_queries.same_lines(current_user, person_id),
        office=office,
        may_correct=register_queries.may_correct(current_user, lines),
        account=account_queries.of_person(current_user, person_id),
        today=today(),
        words={"sex": dict(SEXES), "standing": dict(STANDINGS), "role": dict(ROLES)},
    )


@bp.get("/new")
@door(*register_queries.KEEPERS)
def new():
    """Someone new: the form."""
    return _new_page(PersonForm(valid_from=today()).offer(_units(register_queries.kept_units(current_user))))


@bp.post("/new")
@door(*register_queries.KEEPERS)
def add():
    """Someone new, with a first posting."""
    form = PersonForm.filled(request.form).offer(_units(register_queries.kept_units(current_user)))
    if not form.validate():
        return _new_page(form), 422
    facts = form.facts
    if not form.another.data and register_queries.same_person(current_user, facts["full_name"], facts["birth"]):
        form.form_errors.append(_("Someone of this name and birth is in the register already. Look there first."))
        return _new_page(form, asks=True), 409
    try:
        person = actions.add_person(**facts, by=current_user.account_id)
        actions.post_person(
            person.id, form.data["unit"], **form.work, valid_from=form.data["valid_from"], by=current_user.account_id
        )
        audit.record("person.added", "person", person.id, unit=form.data["unit"])
    except Refused as refused:
        db.session.rollback()
        refuse(form, refused)
        return _new_page(form), 409
    flash(_("%(name)s is in the register.", name=person.full_name))
    return redirect(url_for(".show", person_id=person.id), 303)


def _new_page(form, *, asks=False):
    return render_template("people/new.html", form=form, asks=asks or form.another.data)


@bp.get("/<int:person_id>/facts")
@door(*register_queries.KEEPERS)
def facts(person_id):
    """Correct who someone is: the form."""
    person = _correctable(person_id)
    return render_template("people/facts.html", person=person, form=FactsForm.of(person))


@bp.post("/<int:person_id>/facts")
@door(*register_queries.KEEPERS)
def correct(person_id):
    """Correct who someone is."""
    person = _correctable(person_id)
    form = FactsForm.filled(request.form)
    if form.phone.data != person.phone and account_queries.accounts_of([person]):
        ask_who()  # by the new number they sign in
    return _done(
        form,
        lambda: actions.correct_person(person, **form.facts, by=current_user.account_id),
        lambda: render_template("people/facts.html", person=queries.person(current_user, person_id), form=form),
        person_id,
    )


def _correctable(person_id):
    person = register_queries.kept_person(current_user, person_id)
    lines = register_queries.posting_lines(current_user, person_id, history=False)
    return person if register_queries.may_correct(current_user, lines) else missing()


@bp.get("/<int:person_id>/postings")
@door(*register_queries.KEEPERS)
def posting(person_id):
    """Post someone to one of my units: the form."""
    form = PostingForm(valid_from=today()).offer(_units(register_queries.kept_units(current_user)))
    return _posting_page(person_id, form)


@bp.post("/<int:person_id>/postings")
@door(*register_queries.KEEPERS)
def post(person_id):
    """Post someone to one of my units."""
    register_queries.kept_person(current_user, person_id)
    form = PostingForm.filled(request.form).offer(_units(register_queries.kept_units(current_user)))
    return _done(
        form,
        lambda: actions.post_person(
            person_id, form.data["unit"], **form.work, valid_from=form.data["valid_from"], by=current_user.account_id
        ),
        lambda: _posting_page(person_id, form),
        person_id,
        "posting.added",
    )


def _posting_page(person_id, form):
    person = register_queries.kept_person(current_user, person_id)
    return render_template("people/posting.html", person=person, form=form)


@bp.get("/<int:person_id>/postings/<int:posting_id>")
@door(*register_queries.KEEPERS)
def change(person_id, posting_id):
    """Change or end a posting: the forms."""
    posting = register_queries.kept_posting(current_user, person_id, posting_id)
    return _change_page(person_id, posting_id, ChangeForm.of(posting, today()), EndForm(on=today()))


@bp.post("/<int:person_id>/postings/<int:posting_id>/changes")
@door(*register_queries.KEEPERS)
def change_posting(person_id, posting_id):
    """From a day on, the posting reads differently."""
    posting = register_queries.kept_posting(current_user, person_id, posting_id)
    form = ChangeForm.filled(request.form)
    return _done(
        form,
        lambda: actions.change_posting(posting, on=form.data["on"], **form.work, by=current_user.account_id),
        lambda: _change_page(person_id, posting_id, form, EndForm(on=today())),
        person_id,
        "posting.changed",
    )


@bp.post("/<int:person_id>/postings/<int:posting_id>/ends")
@door(*register_queries.KEEPERS)
def end_posting(person_id, posting_id):
    """From a day on, they no longer work there."""
    posting = register_queries.kept_posting(current_user, person_id, posting_id)
    form = EndForm.filled(request.form)
    return _done(
        form,
        lambda: actions.end_posting(
            posting, on=form.data["on"], because=form.data["because"], by=current_user.account_id
        ),
        lambda: _change_page(person_id, posting_id, ChangeForm.of(posting, today()), form, failed=form),
        person_id,
        "posting.ended",
    )


def _change_page(person_id, posting_id, change_form, end_form, *, failed=None):
    posting = register_queries.kept_posting(current_user, person_id, posting_id)
    return render_template(
        "people/change.html",
        person=queries.person(current_user, person_id),
        posting=posting,
        unit_name=register_queries.UnitNames().on(posting.unit_id, today()),
        form=failed or change_form,
        change_form=change_form,
        end_form=end_form,
    )


def _done(form, work, again, person_id, act=""):
    """Do it if the form is well-formed and the rules agree; else the same page, with all that was typed. `act`: its entry in the trail."""
    if not form.validate():
        return again(), 422
    try:
        work()
        if act:
            audit.record(act, "person", person_id)
    except Refused as refused:
        db.session.rollback()
        refuse(form, refused)
        return again(), 409
    flash(_("Saved."))
    return redirect(url_for(".show", person_id=person_id), 303)
