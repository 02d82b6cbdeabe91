"""One class of a proposal: change it, move people, drop it, add one; every check is made again each time."""

from flask import flash, redirect, render_template, request, url_for
from flask_login import current_user

from lms.attendance import queries as attendance
from lms.coverage.models import Proposal
from lms.coverage.planning import actions, queries, shown, words
from lms.coverage.planning import draft as drafts
from lms.coverage.planning.draft import Draft, Planned
from lms.coverage.planning.forms import MoreClassForm, MoveForm, PlannedClassForm
from lms.coverage.views.planning import asked_of
from lms.coverage.views.room import bp
from lms.kernel.access import door, missing
from lms.kernel.forms import choices_of, refuse
from lms.kernel.i18n import gettext as _
from lms.kernel.refused import Refused
from lms.kernel.vietnamese import short_date
from lms.people.queries import latest_versions
from lms.people.roles import Role

NOWHERE = 0  # out of all classes


@bp.get("/planning/<int:proposal_id>/classes/<int:key>")
@door(Role.OFFICE)
def planned_class(proposal_id, key):
    row, found, one = _found(proposal_id, key)
    return _page(row, found, one)


@bp.post("/planning/<int:proposal_id>/classes/<int:key>")
@door(Role.OFFICE)
def change_class(proposal_id, key):
    row, found, one = _found(proposal_id, key)
    form = _class_form(found, one, request.form)
    if not form.validate():
        return _page(row, found, one, form), 422
    typed = form.typed()
    slot = found.terms.slot_from(typed.on, typed.half, len(one.slot))
    values = {"place": typed.place, "slot": slot, "trainer": typed.trainer, "seats": typed.seats}
    try:
        actions.edit(row.id, lambda draft: draft.changed(key, **values), by=current_user.account_id)
    except Refused as refused:
        refuse(form, refused)
        return _page(row, found, one, form), 409
    flash(_("The class is changed."), "good")
    return redirect(url_for(".proposal", proposal_id=row.id), 303)


@bp.post("/planning/<int:proposal_id>/classes/<int:key>/people")
@door(Role.OFFICE)
def move_people(proposal_id, key):
    """Out of this class into another, or into this class from those who wait."""
    row, found, one = _found(proposal_id, key)
    form = _move_form(found, one, request.form)
    if not form.validate():
        return _page(row, found, one, move=form), 422
    people = _chosen(found, one, form)
    try:
        if not people:
            raise Refused("Choose who is to be moved.")
        to = form.to.data or None
        actions.edit(row.id, lambda draft: draft.moved(one.course, people, to), by=current_user.account_id)
    except Refused as refused:
        refuse(form, refused)
        return _page(row, found, one, move=form), 409
    flash(_("Moved."), "good")
    return redirect(url_for(".planned_class", proposal_id=row.id, key=key), 303)


@bp.post("/planning/<int:proposal_id>/classes/<int:key>/end")
@door(Role.OFFICE)
def drop_class(proposal_id, key):
    row = queries.proposal(current_user, proposal_id)
    actions.edit(row.id, lambda draft: draft.dropped(key), by=current_user.account_id)
    flash(_("The class is dropped; its people wait for another."), "good")
    return redirect(url_for(".proposal", proposal_id=row.id), 303)


@bp.get("/planning/<int:proposal_id>/classes/new")
@door(Role.OFFICE)
def more_class(proposal_id):
    row = queries.proposal(current_user, proposal_id)
    return _more_page(row, _more_form(drafts.read(row.inputs, row.classes)))


@bp.post("/planning/<int:proposal_id>/classes/new")
@door(Role.OFFICE)
def add_class(proposal_id):
    row = queries.proposal(current_user, proposal_id)
    found = drafts.read(row.inputs, row.classes)
    form = _more_form(found, request.form)
    if not form.validate():
        return _more_page(row, form), 422
    course, typed = str(form.course.data), form.typed()
    slot = found.terms.slot_from(typed.on, typed.half, found.half_days[course])
    try:
        changed = actions.edit(
            row.id,
            lambda draft: draft.added(course, typed.place, slot, typed.trainer, typed.seats),
            by=current_user.account_id,
        )
    except Refused as refused:
        refuse(form, refused)
        return _more_page(row, form), 409
    flash(_("The class is added. Now move people into it."), "good")
    return redirect(url_for(".planned_class", proposal_id=row.id, key=changed.classes[-1].key), 303)


def _found(proposal_id: int, key: int) -> tuple[Proposal, Draft, Planned]:
    row = queries.proposal(current_user, proposal_id)
    found = drafts.read(row.inputs, row.classes)
    return row, found, found.get(key) or missing()


def _page(
    row: Proposal, found: Draft, one: Planned, form: PlannedClassForm | None = None, move: MoveForm | None = None
):
    names = {unit: version.name for unit, version in latest_versions().items()}
    asked = asked_of(row)
    return render_template(
        "coverage/planned_class.html",
        words=words,
        row=row,
        one=one,
        asked=asked,
        course=asked.courses[one.course].title if one.course in asked.courses else one.course,
        place=names.get(one.place, ""),
        groups=shown.groups(found, one, names),
        waiting=shown.waiting(found, one.course, names),
        class_form=form or _class_form(found, one),
        move_form=move or _move_form(found, one),
        form=form or move,
    )


def _more_page(row: Proposal, form: MoreClassForm):
    return render_template("coverage/more_class.html", row=row, form=form)


def _class_form(found: Draft, one: Planned, formdata=None) -> PlannedClassForm:
    day, half = one.halves[0]
    data = {"place": one.place, "on": day, "half": half, "trainer": one.trainer, "seats": one.seats}
    form = PlannedClassForm.filled(formdata) if formdata is not None else PlannedClassForm(data=data)
    return _offered(form, found)


def _more_form(found: Draft, formdata=None) -> MoreClassForm:
    data = {"seats": found.terms.seats, "course": next(iter(found.half_days), None)}
    form = MoreClassForm.filled(formdata) if formdata is not None else MoreClassForm(data=data)
    courses = attendance.course_titles()
    form.course.choices = choices_of((slug, courses.get(slug, slug)) for slug in found.half_days)
    _offered(form, found)
    return form


def _offered(form: PlannedClassForm, found: Draft) -> PlannedClassForm:
    names = latest_versions()
    trainers = queries.trainers(current_user)
    places = [(place, names[place].name) for place in found.terms.places if place in names]
    form.place.choices = choices_of(places, empty=_("Choose a place"))
    mine = [(one.id, one.full_name) for one in trainers if one.id in found.terms.trainers]
    form.trainer.choices = choices_of(mine, empty=_("Choose a trainer"))
    return form


def _move_form(found: Draft, one: Planned, formdata=None) -> MoveForm:
    form = MoveForm.filled(formdata) if formdata is not None else MoveForm()
    names = latest_versions()
    pairs = [pair for pair in found.homes if pair[0] == one.course]
    form.homes.choices = choices_of((home, "") for home in sorted({found.homes[pair] for pair in pairs}))
    form.people.choices = choices_of((person, "") for _course, person in pairs)
    others = [
        (
            other.key,
            _(
                "%(place)s, %(day)s (%(people)s/%(seats)s)",
                place=names[other.place].name,
                day=short_date(other.first_day),
                people=len(other.people),
                seats=other.seats,
            ),
        )
        for other in found.classes
        if other.course == one.course and (other.key != one.key or formdata is not None)
    ]
    form.to.choices = choices_of([*others, (NOWHERE, _("No class for now"))])
    return form


def _chosen(found: Draft, one: Planned, form: MoveForm) -> list[int]:
    """Who is meant: of this class, or, moved into it, of those who wait."""
    inside = form.to.data == one.key
    pool = [pair[1] for pair in found.left if pair[0] == one.course] if inside else list(one.people)
    homes = set(form.homes.data)
    return [person for person in pool if person in form.people.data or found.homes[one.course, person] in homes]
