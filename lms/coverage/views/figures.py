"""How many, who, where; then the people behind each figure. All of it in the address, so that Back keeps its place."""

from flask import Response, request

from lms.coverage import listing, places, sheet
from lms.coverage.breakdowns import by_course
from lms.coverage.confirmed import marks
from lms.coverage.listing import STATES, Wanted
from lms.coverage.people_sheet import workbook as people_workbook
from lms.coverage.places import Places
from lms.coverage.queries import Coverage
from lms.coverage.question import Question
from lms.coverage.restating import NOWHERE
from lms.coverage.views.room import DESKS, Asked, bp, figures, number, read
from lms.kernel.access import ask_who_for, door, missing
from lms.kernel.paging import slice_of
from lms.kernel.refused import Refused
from lms.people.upkeep_queries import CONTAINERS


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
    page = listing.people_page(asked.question, asked.i, wanted, request.args.get("page"))
    lines = listing.lines(asked.question, asked.i, page.rows, asked.courses)
    return asked.page("coverage/people.html", page=page, lines=lines, wanted=wanted, states=STATES)


@bp.get("/people.xlsx")
@door(*DESKS)
def people_sheet():
    """All the people behind one figure as a workbook."""
    asked = read()
    wanted = wished(asked.question)
    lines = listing.whole(asked.question, asked.i, wanted, asked.courses)
    ask_who_for(len(lines))
    book = people_workbook(asked.question, asked.one, wanted, lines, asked.filters, asked.courses)
    answer = Response(book, mimetype=sheet.MEDIA_TYPE)
    answer.headers.set("Content-Disposition", "attachment", filename=f"danh-sach-{asked.question.as_of}.xlsx")
    return answer


@bp.get("/sheet.xlsx")
@door(*DESKS)
def download():
    """The tables of the page as a workbook, equal to the digit."""
    asked = read()
    found = figures(asked, number("unit"))
    told = places_shown(found)
    there = places.who(found, told.lines) if told else {}
    courses = [] if is_leaf(found) else by_course(found)
    tables = sheet.Tables(found, asked.courses, asked.filters, marks(found), found.sexes(), courses, told, there)
    answer = Response(sheet.workbook(tables), mimetype=sheet.MEDIA_TYPE)
    answer.headers.set("Content-Disposition", "attachment", filename=f"bao-phu-{asked.question.as_of}.xlsx")
    return answer


def shown(template: str, unit_id: int | None):
    """The figures and, where nothing is below, the missing people themselves; of an indicator of places, the places."""
    asked = read()
    found = figures(asked, unit_id)
    if (several := places_shown(found)) is not None:
        return of_places(asked, found, several)
    wanted = Wanted(under=unit_id, state="not_done")
    page, lines = None, []
    if is_leaf(found):
        page = listing.first_page(asked.question, asked.i, wanted, found.total.not_done)
        lines = listing.lines(asked.question, asked.i, page.rows, asked.courses)
    return asked.page(
        template,
        found=found,
        page=page,
        lines=lines,
        wanted=wanted,
        marks=marks(found),
        sexes=found.sexes(),
        course_lines=[] if is_leaf(found) else by_course(found),
        told=places.places(found),
    )


def is_leaf(found: Coverage) -> bool:
    """Whether the page lists people, with what each lacks, rather than courses: a commune or an office, not a province or a district."""
    tree = found.question.tree
    return found.under is not None and tree.versions[found.under].kind not in CONTAINERS


def places_shown(found: Coverage) -> Places | None:
    """The places of an indicator of places; of a single place its people are shown instead."""
    told = places.places(found)
    return told if told is not None and (found.under is None or len(told.lines) > 1) else None


def of_places(asked: Asked, found: Coverage, told: Places):
    """Which places have enough trained people, and who they are; a page at a time."""
    page = slice_of(told.lines, request.args.get("page"))
    return asked.page(
        "coverage/places.html",
        found=found,
        told=told,
        page=page,
        there=places.who(found, page.rows),
        marks=marks(found),
        sexes=found.sexes(),
        course_lines=by_course(found),
    )


def wished(question: Question) -> Wanted:
    """Which figure was opened."""
    under = number("unit")
    if under is not None and under != NOWHERE and under not in question.tree:
        missing()
    state = request.args.get("state", "")
    if state and state not in STATES:
        raise Refused("“%(state)s” is nowhere that people stand. Choose one of the list.", state=state[:40])
    return Wanted(under=under, own=request.args.get("own") == "1", state=state)
