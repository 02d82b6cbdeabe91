"""Categories of staff: how many are posted in each, which have ended; ending one after a look at what follows, and taking that back."""

from flask import flash, redirect, render_template, request, url_for
from flask_login import current_user

from lms.kernel.access import door, missing
from lms.kernel.clock import today
from lms.kernel.db import db
from lms.kernel.forms import refuse
from lms.kernel.i18n import gettext as _
from lms.kernel.refused import Refused
from lms.kernel.vietnamese import short_date
from lms.people import actions, upkeep_queries
from lms.people.forms import CategoryEndForm
from lms.people.roles import Role
from lms.people.views.room import bp

ENDERS = (Role.OFFICE, Role.ADMIN)


@bp.get("/categories")
@door(*ENDERS)
def categories():
    """Every category, with its end if it has one."""
    return _page(CategoryEndForm())


def _page(form, **more):
    return render_template(
        "people/categories.html",
        lines=upkeep_queries.category_lines(),
        may_end=upkeep_queries.may_end_categories(current_user),
        today=today(),
        form=form,
        **more,
    )


@bp.post("/categories/ends")
@door(*ENDERS)
def end_category():
    """First what would follow; with `seen`, the end itself."""
    if not upkeep_queries.may_end_categories(current_user):
        missing()
    form = CategoryEndForm.filled(request.form)
    if not form.validate():
        return _page(form), 422
    told = {name: form.data[name] for name in ("category", "on", "legal_basis")}
    affected = upkeep_queries.category_use(told["on"]).get(told["category"], 0)
    try:
        row = actions.end_category(
            told["category"], told["on"], legal_basis=told["legal_basis"], by=current_user.account_id
        )
    except Refused as refused:
        db.session.rollback()
        refuse(form, refused)
        return _page(form), 409
    if request.form.get("seen") != str(affected):
        db.session.rollback()
        return _page(form, affected=affected)
    flash(
        _(
            "“%(category)s” ends on %(day)s. Whoever is still in it counts as unknown from then on.",
            category=row.category,
            day=short_date(row.on),
        )
    )
    return redirect(url_for(".categories"), 303)


@bp.post("/categories/ends/<int:end_id>/withdrawals")
@door(*ENDERS)
def take_back_end(end_id):
    """The category goes on."""
    if not upkeep_queries.may_end_categories(current_user):
        missing()
    row = upkeep_queries.held_end(end_id)
    actions.take_back_end(row, by=current_user.account_id)
    flash(_("“%(category)s” goes on: nobody is unknown because of it.", category=row.category))
    return redirect(url_for(".categories"), 303)
