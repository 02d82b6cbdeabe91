"""Who receives a plan's reports, since when, by which decision; and the next one."""

from flask import flash, redirect, render_template, request, url_for
from flask_login import current_user

from lms.home.reorganisation import queries
from lms.home.reorganisation.views.room import bp
from lms.kernel.access import door, missing
from lms.kernel.clock import today
from lms.kernel.db import db
from lms.kernel.forms import ChoiceField, Form, TextField, ViDateField, choices_of, refuse
from lms.kernel.i18n import gettext as _
from lms.kernel.i18n import lazy_gettext as _l
from lms.kernel.refused import Refused
from lms.kernel.vietnamese import short_date
from lms.people import register_queries
from lms.people.queries import units_at
from lms.tracks import receiving


class OfficeForm(Form):
    """Another unit receives the reports."""

    unit = ChoiceField(_l("Receiving office"), coerce=int)
    on = ViDateField(_l("From"))
    because = TextField(_l("Decision that says so"), max_length=300)

    def offer(self, units):
        """Only units of theirs that stand today."""
        self.unit.choices = choices_of(units, empty=_l("choose a unit"))
        return self


@bp.get("/receiving-office")
@door(*queries.KEEPERS)
def offices():
    """Who receives the reports of each of my plans, and who did."""
    return offices_page(OfficeForm(on=today()).offer(office_units()))


@bp.post("/receiving-office/<int:plan_id>")
@door(*queries.KEEPERS)
def set_office(plan_id):
    """From a day on, another unit receives the reports of that plan."""
    plan = next((one for one in queries.plans_of(current_user) if one.id == plan_id), None) or missing()
    form = OfficeForm.filled(request.form).offer(office_units())
    if not form.validate():
        return offices_page(form, plan), 422
    given = form.data
    try:
        receiving.set_receiving_office(
            plan.id, given["unit"], on=given["on"], because=given["because"], by=current_user.account_id
        )
    except Refused as refused:
        db.session.rollback()
        refuse(form, refused)
        return offices_page(form, plan), 409
    flash(_("From %(day)s on, another unit receives the reports.", day=short_date(given["on"])))
    return redirect(url_for(".offices", plan=plan_id), 303)


def office_units():
    return register_queries.unit_choices(queries.scope(current_user), units_at(today()))


def offices_page(form, plan=None):
    plans = queries.plans_of(current_user)
    wanted = request.args.get("plan", "")
    plan = plan or next((one for one in plans if str(one.id) == wanted), plans[0] if plans else None)
    return render_template(
        "reorganising/offices.html",
        form=form,
        plans=plans,
        plan=plan,
        lines=queries.office_lines(plan) if plan else [],
        now=receiving.receiving_office(plan, today()) if plan else None,
        today=today(),
    )
