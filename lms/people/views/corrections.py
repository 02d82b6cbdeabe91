"""Correct a posting that was written down wrongly: from its beginning, both clocks kept."""

from flask import flash, redirect, render_template, request, url_for
from flask_login import current_user

from lms.kernel.access import door
from lms.kernel.clock import today
from lms.kernel.db import STILL, db
from lms.kernel.forms import TextField, ViDateField, refuse
from lms.kernel.i18n import gettext as _
from lms.kernel.i18n import lazy_gettext as _l
from lms.kernel.refused import Refused
from lms.people import actions, queries, register_queries
from lms.people.forms import WorkFields
from lms.people.views.room import bp


class CorrectionForm(WorkFields):
    """How the posting should have been written down."""

    valid_from = ViDateField(_l("From"))
    valid_to = ViDateField(_l("First day on which it no longer holds"), optional=True)
    why = TextField(_l("What was wrong"), max_length=200)

    @classmethod
    def of(cls, posting):
        """As it is written down now."""
        return cls(
            category=posting.category,
            position=posting.position,
            direct_support={True: "yes", False: "no"}.get(posting.direct_support) or "",
            valid_from=posting.valid_from,
            valid_to=posting.valid_to if posting.valid_to != STILL else None,
        )


@bp.get("/<int:person_id>/postings/<int:posting_id>/correction")
@door(*register_queries.KEEPERS)
def correction(person_id, posting_id):
    """How it should have been: the form."""
    posting = register_queries.kept_posting(current_user, person_id, posting_id)
    return correction_page(person_id, posting_id, CorrectionForm.of(posting))


@bp.post("/<int:person_id>/postings/<int:posting_id>/corrections")
@door(*register_queries.KEEPERS)
def correct_posting(person_id, posting_id):
    """It was wrong from the beginning; what was held before stays in the history."""
    posting = register_queries.kept_posting(current_user, person_id, posting_id)
    form = CorrectionForm.filled(request.form)
    if not form.validate():
        return correction_page(person_id, posting_id, form), 422
    try:
        actions.correct_posting(
            posting,
            **form.work,
            valid_from=form.data["valid_from"],
            valid_to=form.data["valid_to"] or STILL,
            why=form.data["why"],
            by=current_user.account_id,
        )
    except Refused as refused:
        db.session.rollback()
        refuse(form, refused)
        return correction_page(person_id, posting_id, form), 409
    flash(_("Corrected. What stood there before is kept in the history."))
    return redirect(url_for(".show", person_id=person_id), 303)


def correction_page(person_id, posting_id, form):
    posting = register_queries.kept_posting(current_user, person_id, posting_id)
    return render_template(
        "people/correction.html",
        person=queries.person(current_user, person_id),
        posting=posting,
        unit_name=register_queries.UnitNames().on(posting.unit_id, min(today(), posting.valid_from)),
        form=form,
    )
