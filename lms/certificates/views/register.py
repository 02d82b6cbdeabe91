"""The register's pages: my certificates, those to issue, the register, one certificate, a class's."""

import re

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask_login import current_user

from lms.attendance import queries as classes
from lms.certificates import actions, paper, queries, sheet, work
from lms.certificates.forms import RevocationForm
from lms.kernel import jobs
from lms.kernel.access import ask_who_for, door, missing
from lms.kernel.clock import today
from lms.kernel.forms import refuse
from lms.kernel.i18n import gettext as _
from lms.kernel.i18n import ngettext
from lms.kernel.paging import page_of
from lms.kernel.refused import Refused
from lms.people.roles import Role

bp = Blueprint("certificates", __name__, url_prefix="/certificates")


@bp.get("/")
@door()
def index():
    """My own; for an office, what is to be issued and the register."""
    seen = queries.sight(current_user)
    years = queries.years(seen) if seen.answers else []
    year = _year() or (years[0] if years else None)
    page = page_of(queries.register(seen, year), page=request.args.get("page", 1)) if seen.answers else None
    return render_template(
        "certificates/index.html",
        seen=seen,
        mine=queries.own(current_user),
        years=years,
        year=year,
        page=page,
        rows=queries.rows_from(page.rows) if page else [],
        candidates=queries.candidates(seen, today()) if seen.keeps else [],
        due=queries.count_due(seen, today()) if seen.keeps else 0,
        lapsed=queries.lapsed(seen) if seen.keeps else [],
    )


@bp.post("/issues")
@door(Role.OFFICE)
def issue():
    """Issue at once all that has been earned (it happens by itself within a minute)."""
    seen = queries.sight(current_user)
    count = actions.issue_due(by=current_user.account_id, units=seen.keeps)
    flash(ngettext("%(num)s certificate was issued.", "%(num)s certificates were issued.", count), "good")
    return redirect(url_for(".index"), 303)


@bp.get("/register")
@door(Role.FOCAL, Role.OFFICE)
def register():
    """The register as it is printed and bound."""
    rows, year = _register()
    return render_template("certificates/register.html", columns=sheet.COLUMNS, lines=sheet.lines(rows), year=year)


@bp.get("/register.xlsx")
@door(Role.FOCAL, Role.OFFICE)
def register_xlsx():
    """The same rows and columns as a workbook."""
    rows, year = _register()
    ask_who_for(len(rows))
    answer = Response(sheet.workbook(rows, year), mimetype=sheet.MEDIA_TYPE)
    name = f"so-cap-giay-chung-nhan{f'-{year}' if year else ''}.xlsx"
    answer.headers.set("Content-Disposition", "attachment", filename=name)
    return answer


@bp.get("/<int(max=2147483647):certificate_id>")
@door()
def show(certificate_id):
    """One certificate: its facts, whether it holds, its versions."""
    row, keeps = queries.find(current_user, certificate_id)
    return _page(row, keeps, RevocationForm())


@bp.get("/<int(max=2147483647):certificate_id>.pdf")
@door()
def file(certificate_id):
    """The paper itself, as long as it holds."""
    row, _keeps = queries.find(current_user, certificate_id)
    answer = Response(paper.file_of(row), mimetype="application/pdf")
    answer.headers.set("Content-Disposition", "inline", filename=paper.file_name(row))
    return answer


@bp.post("/<int(max=2147483647):certificate_id>/revocation")
@door(Role.OFFICE)
def revoke(certificate_id):
    """It no longer holds, and why."""
    row = queries.kept(current_user, certificate_id)
    form = RevocationForm.filled(request.form)
    if not form.validate():
        return _page(row, True, form), 422
    try:
        actions.revoke(
            row.certificate, reason=form.reason.data, decision=form.decision.data or "", by=current_user.account_id
        )
    except Refused as refused:
        refuse(form, refused)
        return _page(row, True, form), 409
    flash(_("The certificate was revoked. Its number stays used."), "good")
    return redirect(url_for(".show", certificate_id=certificate_id), 303)


@bp.post("/<int(max=2147483647):certificate_id>/versions")
@door(Role.OFFICE)
def reissue(certificate_id):
    """A corrected one, with a number of its own."""
    row = queries.kept(current_user, certificate_id)
    again = actions.reissue(row.certificate, by=current_user.account_id)
    flash(_("A corrected certificate was issued. The old one now shows as replaced."), "good")
    return redirect(url_for(".show", certificate_id=again.id), 303)


@bp.get("/classes/<int(max=2147483647):class_id>")
@door(Role.TRAINER, Role.FOCAL, Role.OFFICE)
def of_class(class_id):
    """The certificates earned in a class, and one file of them all."""
    held = _class(class_id)
    return render_template("certificates/of_class.html", held=held, rows=queries.of_class(current_user, class_id))


@bp.post("/classes/<int(max=2147483647):class_id>/papers")
@door(Role.TRAINER, Role.FOCAL, Role.OFFICE)
def class_papers(class_id):
    """Make one file of a class's certificates; a page shows how far it is."""
    held = _class(class_id)
    ids = [row.certificate.id for row in queries.of_class(current_user, class_id) if row.holds]
    if not ids:
        raise Refused("No certificate of this class can be printed yet.")
    args = {"class_id": held.id, "certificate_ids": ids}
    job = jobs.start(work.CLASS_PDF, args, by=current_user.account_id)
    return redirect(url_for("kernel.job", job_id=job.id), 303)


def _page(row, keeps, form):
    return render_template(
        "certificates/show.html",
        row=row,
        keeps=keeps,
        form=form,
        versions=queries.versions(row.certificate.completion_id),
        address=paper.address(row.certificate.token),
        birth=sheet.birth(row),
    )


def _register():
    seen, year = queries.sight(current_user), _year()
    return queries.rows_of(queries.register(seen, year)), year


def _year():
    """The year somebody asked for; what is none is not asked for."""
    text = request.args.get("year", "")
    return int(text) if re.fullmatch(r"\d{4}", text, re.ASCII) else None


def _class(class_id):
    held, sight = classes.find(current_user, class_id)
    return held if sight.leads else missing()
