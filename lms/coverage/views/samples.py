"""Draw an audit sample: n people at random from those who count as trained, with the bundle of what proves it."""

from flask import redirect, request, url_for
from flask_login import current_user

from lms.coverage.evidence import drawing, work
from lms.coverage.listing import Wanted
from lms.coverage.restating import NOWHERE
from lms.coverage.views.room import Asked, bp, figures, number, read
from lms.coverage.views.sample_forms import SampleForm
from lms.kernel.access import door, missing
from lms.kernel.db import db
from lms.kernel.forms import refuse
from lms.kernel.refused import Refused
from lms.people.roles import Role


@bp.get("/sample")
@door(Role.OFFICE)
def sample():
    """From which figure, how many."""
    asked = read((Role.OFFICE,))
    return _page(asked, _wanted(asked), SampleForm())


@bp.post("/sample")
@door(Role.OFFICE)
def draw_sample():
    """Draw; a page shows how far the bundle is."""
    asked = read((Role.OFFICE,))
    wanted, form = _wanted(asked), SampleForm.filled(request.form)
    if not form.validate():
        return _page(asked, wanted, form), 422
    try:
        job = work.draw(
            asked.question,
            asked.i,
            wanted,
            asked.kept,
            n=form.n.data or drawing.MOST,
            seed=form.seed.data,
            by=current_user.account_id,
        )
    except Refused as refused:
        db.session.rollback()
        refuse(form, refused)
        return _page(asked, wanted, form), 409
    return redirect(url_for("kernel.job", job_id=job.id), 303)


def _wanted(asked: Asked) -> Wanted:
    under = number("unit")
    if under is not None and under != NOWHERE and under not in asked.question.tree:
        missing()
    return Wanted(under=under, own=request.args.get("own") == "1", state="done")


def _page(asked: Asked, wanted: Wanted, form: SampleForm):
    found = figures(asked, wanted.under) if wanted.under != NOWHERE else figures(asked, None)
    total = found.own(wanted.under).done if wanted.own and wanted.under else found.total.done
    return asked.page("coverage/sample.html", wanted=wanted, form=form, total=total, most=drawing.MOST)
