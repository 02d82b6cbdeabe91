"""The tree of units on a day."""

from flask import render_template, request
from flask_login import current_user

from lms.kernel.access import door
from lms.kernel.clock import today
from lms.kernel.vietnamese import read_date
from lms.people import register_queries
from lms.people.confirmations import confirmations
from lms.people.roles import Role
from lms.people.views.room import bp


@bp.get("/units")
@door(Role.FOCAL, Role.OFFICE, Role.ADMIN)
def units():
    """My units as they stood and were called on a day, with what each became."""
    asked = request.args.get("on", "")
    on = read_date(asked[:40]) or today()
    return render_template(
        "people/units.html",
        on=on,
        lines=register_queries.tree_lines(current_user, on),
        confirmed=confirmations(on),
        kept=register_queries.kept_units(current_user),
    )
