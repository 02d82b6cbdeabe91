"""The daily page of the audit chain: what to print, sign and keep, so that the chain cannot be rewritten unseen."""

import segno
from flask import Response, render_template

from lms.home.views.room import bp
from lms.kernel import audit, checkpoints, pdf
from lms.kernel.access import door
from lms.kernel.clock import now, today
from lms.people.roles import Role


@bp.get("/trail")
@door(Role.ADMIN, Role.OFFICE)
def trail():
    """The end of the chain at this moment, and how it stands with the daily files."""
    return render_template("home/trail.html", **_values(), kept=checkpoints.kept(), today=today())


@bp.get("/trail.pdf")
@door(Role.ADMIN, Role.OFFICE)
def trail_paper():
    answer = Response(pdf.render("home/trail_paper.html", **_values()), mimetype="application/pdf")
    answer.headers.set("Content-Disposition", "attachment", filename=f"moc-nhat-ky-{today()}.pdf")
    return answer


def _values():
    last = audit.head()
    code = f"{last.seq}:{last.hash}"
    groups = [last.hash[at : at + 8] for at in range(0, len(last.hash), 8)]
    picture = segno.make(code, error="m", micro=False).svg_data_uri(scale=3, border=0)
    return {"seq": last.seq, "groups": groups, "at": now(), "qr": picture}
