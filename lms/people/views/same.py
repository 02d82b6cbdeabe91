"""Two records that count as one person: undo it. (Where they are laid side by side: `home.same`.)"""

from flask import flash, redirect, url_for
from flask_login import current_user

from lms.kernel.access import door
from lms.kernel.i18n import gettext as _
from lms.people import actions, same_queries
from lms.people.roles import Role
from lms.people.views.room import bp


@bp.post("/<int:person_id>/same/<int:row_id>/ends")
@door(Role.OFFICE)
def undo_same(person_id, row_id):
    """They are two persons after all."""
    actions.different_after_all(same_queries.held_same(current_user, person_id, row_id), by=current_user.account_id)
    flash(_("The two records count as two persons again."))
    return redirect(url_for(".show", person_id=person_id), 303)
