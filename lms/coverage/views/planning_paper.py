"""The list of invited people, on A4 and as a workbook."""

from flask import Response
from flask_login import current_user

from lms.coverage import sheet
from lms.coverage.models import Proposal
from lms.coverage.planning import lists, queries, shown
from lms.coverage.planning.lists import Invited
from lms.coverage.views.planning import asked_of, trainer_names
from lms.coverage.views.room import bp
from lms.kernel import pdf
from lms.kernel.access import ask_who_for, door
from lms.people.queries import latest_versions
from lms.people.roles import Role


@bp.get("/planning/<int:proposal_id>/invitees.xlsx")
@door(Role.OFFICE)
def invitees(proposal_id):
    found = _lists(queries.proposal(current_user, proposal_id))
    answer = Response(lists.workbook(found), mimetype=sheet.MEDIA_TYPE)
    answer.headers.set("Content-Disposition", "attachment", filename=f"danh-sach-trieu-tap-{proposal_id}.xlsx")
    return answer


@bp.get("/planning/<int:proposal_id>/invitees.pdf")
@door(Role.OFFICE)
def invitees_pdf(proposal_id):
    row = queries.proposal(current_user, proposal_id)
    names = latest_versions()
    office = next((names[unit].name for unit in sorted(current_user.units(Role.OFFICE)) if unit in names), "")
    file = pdf.render("coverage/invitees_paper.html", lists=_lists(row), office=office)
    answer = Response(file, mimetype="application/pdf")
    answer.headers.set("Content-Disposition", "attachment", filename=f"danh-sach-trieu-tap-{proposal_id}.pdf")
    return answer


def _lists(row: Proposal) -> list[Invited]:
    asked = asked_of(row)
    found = shown.shown(row, asked.courses, queries.before(asked.figures))
    invited = lists.lists(found, trainer_names(found.draft))
    ask_who_for(sum(len(one.people) for one in invited))
    return invited
