"""Pages of coverage: how many, who, where; then the people behind each figure. All of it in the address, so that Back keeps its place."""

from dataclasses import dataclass, field

from flask import Blueprint, Response, render_template, request
from flask_login import current_user

from lms.coverage import listing, moments, sheet, trend, words
from lms.coverage.listing import STATES, Wanted
from lms.coverage.queries import Coverage, coverages
from lms.coverage.question import Planned, Question, ask, chosen, plans
from lms.coverage.restating import NOWHERE
from lms.kernel.access import door, missing
from lms.kernel.clock import today
from lms.kernel.paging import page_of
from lms.people.queries import unit_scope
from lms.people.roles import Role
from lms.people.rules import CATEGORIES
from lms.tracks.course import Course

bp = Blueprint("coverage", __name__, url_prefix="/coverage")
KEPT = ("plan", "indicator", "as_of", "known_at", "tree_at")  # what every link on these pages carries on
DESKS = (Role.FOCAL, Role.OFFICE)


@dataclass(frozen=True)
class Asked:
    """What the address asks, and what belongs on every page that answers it."""

    plans: list[Planned]
    question: Question
    i: int
    kept: dict[str, str]
    courses: dict[str, Course] = field(default_factory=dict)

    def page(self, template: str, **values):
        return render_template(
            template,
            asked=self,
            question=self.question,
            kept=self.kept,
            words=words,
            sheet_columns=sheet.columns,
            **values,
        )


@bp.get("/")
@door(*DESKS)
def index():
    """The answer in one line, then who is behind."""
    return shown("coverage/index.html", None)


@bp.get("/units/<int:unit_id>")
@door(*DESKS)
def unit(unit_id):
    """One unit: its parts, and the people it still misses."""
    return shown("coverage/unit.html", unit_id)


@bp.get("/people")
@door(*DESKS)
def people():
    """The people behind one figure."""
    asked = read()
    wanted = wished(asked.question)
    page = page_of(listing.listed(asked.question, asked.i, wanted), page=request.args.get("page"))
    lines = listing.lines(asked.question, asked.i, page.rows, asked.courses)
    return asked.page(
        "coverage/people.html", page=page, lines=lines, wanted=wanted, states=STATES, categories=CATEGORIES
    )


@bp.get("/trend")
@door(*DESKS)
def over_time():
    """How it grew, month by month, toward the target."""
    asked = read()
    points = trend.points(asked.question, asked.i, coverages(asked.question)[asked.i].total)
    return asked.page("coverage/over_time.html", points=points, shares=trend.shares(points))


@bp.get("/sheet.xlsx")
@door(*DESKS)
def download():
    """The tables of the page as a workbook, equal to the digit."""
    asked = read()
    found = figures(asked, number("unit"))
    answer = Response(sheet.workbook(found, asked.courses), mimetype=sheet.MEDIA_TYPE)
    answer.headers.set("Content-Disposition", "attachment", filename=f"bao-phu-{asked.question.as_of}.xlsx")
    return answer


def shown(template: str, unit_id: int | None):
    """The figures and, where nothing is below, the missing people themselves."""
    asked = read()
    found = figures(asked, unit_id)
    wanted = Wanted(under=unit_id, state="not_done")
    page, lines = None, []
    if unit_id is not None:
        page = listing.first_page(asked.question, asked.i, wanted, found.total.not_done)
        lines = listing.lines(asked.question, asked.i, page.rows, asked.courses)
    return asked.page(template, found=found, page=page, lines=lines, wanted=wanted)


def figures(asked: Asked, unit_id: int | None) -> Coverage:
    """The indicator asked for; a unit that is not in that day's tree, or not theirs, is not there."""
    if unit_id is not None and unit_id not in asked.question.tree:
        missing()
    return coverages(asked.question, unit_id)[asked.i]


def read() -> Asked:
    """The address, understood; a day that cannot be counted is refused in words."""
    kept = {name: request.args[name] for name in KEPT if request.args.get(name, "").strip()}
    known_at = moments.moment(kept.get("known_at"))
    every = plans(known_at)
    as_of = moments.day(kept.get("as_of"))
    planned = chosen(every, kept.get("plan"), as_of or today())
    question = ask(
        planned,
        as_of=as_of,
        known_at=known_at,
        tree_at=moments.day(kept.get("tree_at")),
        units=unit_scope(current_user, *DESKS),
    )
    i = question.of(kept["indicator"]) if "indicator" in kept else 0
    return Asked(every, question, missing() if i is None else i, kept, listing.courses_of(question))


def wished(question: Question) -> Wanted:
    """Which figure was opened."""
    under = number("unit")
    if under is not None and under != NOWHERE and under not in question.tree:
        missing()
    category = request.args.get("category", "")
    return Wanted(
        under=under,
        own=request.args.get("own") == "1",
        state=request.args.get("state", "") if request.args.get("state") in STATES else "",
        category=None if category == "" else "" if category == "-" else category,
    )


def number(name: str) -> int | None:
    """A whole number in the address; what is none is not there."""
    text = request.args.get(name, "")
    if not text:
        return None
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else missing()
