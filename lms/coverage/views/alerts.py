"""Places that fell short of trained people: those still short, and those that have enough again."""

from flask import render_template, request
from flask_login import current_user

from lms.coverage import alerts, words
from lms.coverage.views.room import DESKS, bp, carried
from lms.kernel.access import door
from lms.kernel.paging import page_of
from lms.people.queries import unit_scope


@bp.get("/alerts")
@door(*DESKS)
def alert_list():
    """Open alerts, then past ones, each with its cause in words."""
    scope = unit_scope(current_user, *DESKS)
    running = alerts.open_alerts(scope)
    page = page_of(alerts.alerts_of(scope, past=True), page=request.args.get("page"))
    past = alerts.lines(page.rows)
    people = alerts.people_of([*running, *past])
    return render_template(
        "coverage/alert_list.html",
        running=running,
        past=past,
        page=page,
        people=people,
        words=words,
        kept=carried(),
    )
