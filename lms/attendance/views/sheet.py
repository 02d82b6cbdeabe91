"""The sign-in sheet on A4: printed before, signed in the room, typed after in the same order."""

from datetime import date

from flask import Response, render_template
from flask_login import current_user

from lms.attendance import people_queries, queries
from lms.attendance.views.blueprint import LEADERS, bp
from lms.kernel import pdf
from lms.kernel.access import door, missing
from lms.people.queries import latest_versions


@bp.get("/<int:class_id>/sheet")
@door(*LEADERS)
def sheet(class_id):
    return render_template("attendance/sheet.html", **_values(class_id))


@bp.get("/<int:class_id>/sheet.pdf")
@door(*LEADERS)
def sheet_pdf(class_id):
    answer = Response(pdf.render("attendance/sheet_pdf.html", **_values(class_id)), mimetype="application/pdf")
    answer.headers.set("Content-Disposition", "attachment", filename=f"danh-sach-lop-{class_id}.pdf")
    return answer


def _values(class_id):
    row, sight = queries.find(current_user, class_id)
    if not sight.leads:
        missing()
    units = latest_versions()
    host = units.get(row.unit_id)
    above = units.get(host.parent_id) if host and host.parent_id else None
    halves: dict[date, list[str]] = {}
    for session in row.sessions:
        halves.setdefault(session.on, []).append(session.half)
    return {
        "row": row,
        "host": host.name if host else "",
        "above": above.name if above else "",
        "people": people_queries.seated(row, sight),
        "days": list(halves.items()),
    }
