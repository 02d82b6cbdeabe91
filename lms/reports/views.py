"""The yearly figures of a unit: on the screen, on paper, as a workbook."""

from flask import Blueprint, Response, render_template, request
from flask_login import current_user

from lms.coverage import moments, words
from lms.coverage.places import places
from lms.coverage.question import ask, chosen, plans
from lms.kernel.access import door, missing
from lms.kernel.clock import today
from lms.kernel.i18n import gettext as _
from lms.people.queries import scope_of, unit_scope
from lms.people.roles import Role
from lms.reports import queries, rules, sheet
from lms.tracks.receiving import receiving_office

bp = Blueprint("reports", __name__, url_prefix="/reports")
DESKS = (Role.FOCAL, Role.OFFICE)


@bp.get("/")
@door(*DESKS)
def index():
    """This year's figures up to the cut-off, or those of the days asked for."""
    return shown("reports/index.html")


@bp.get("/print")
@door(*DESKS)
def paper():
    """The same on A4."""
    return shown("reports/paper.html")


@bp.get("/sheet.xlsx")
@door(*DESKS)
def download():
    """The same as a workbook."""
    report = asked()
    answer = Response(sheet.workbook(report, place(report)), mimetype=sheet.MEDIA_TYPE)
    answer.headers.set("Content-Disposition", "attachment", filename=f"bao-cao-{report.last}.xlsx")
    return answer


def shown(template: str):
    report = asked()
    kept = {
        name: value for name, value in request.args.items() if name in {"year", "from", "to", "unit", "plan"} and value
    }
    return render_template(
        template,
        report=report,
        place=place(report),
        office=receiving_office(report.question.plan, report.last),
        kept=kept,
        sheet=sheet,
        words=words,
        places=places,
        years=range(today().year, 2020, -1),
    )


def asked() -> queries.Report:
    """The address, understood; a unit that is not theirs is not there."""
    first, last = rules.period(
        number("year"), moments.day(request.args.get("from")), moments.day(request.args.get("to")), today()
    )
    planned = chosen(plans(), request.args.get("plan"), last)
    scope = unit_scope(current_user, *DESKS)
    question = ask(planned, as_of=max(planned.plan.starts_on, min(last, planned.plan.ends_on)), units=scope)
    under = number("unit")
    if under is not None and under not in question.tree:
        missing()
    hosts = scope if under is None else scope_of([under]) & scope
    return queries.report(question, under, hosts, first, last)


def place(report: queries.Report) -> str:
    """Whose figures these are."""
    tree = report.question.tree
    if report.under is not None:
        return tree.name(report.under)
    return tree.name(tree.roots[0]) if len(tree.roots) == 1 else _("all my units")


def number(name: str) -> int | None:
    """A whole number in the address; what is none is not there."""
    text = request.args.get(name, "")
    if not text:
        return None
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else missing()
