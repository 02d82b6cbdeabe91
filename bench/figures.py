"""Coverage: its page under the server, and its figures against one raw aggregate of the same rows."""

from collections.abc import Callable, Iterator
from datetime import date, timedelta

from sqlalchemy import TextClause, bindparam, text

from bench import load
from bench.crowd import Crowd
from bench.line import Line, side_by_side, times
from bench.pages import Against
from bench.site import Browser, Site
from lms.coverage.queries import coverages
from lms.coverage.question import ask, chosen, plans
from lms.kernel.clock import today
from lms.kernel.db import CURRENT, Moment, db, reading

RAW = text(
    """
    SELECT p.unit_id, count(*), count(a.person_id), count(b.person_id)
    FROM posting p
    LEFT JOIN completion a ON a.person_id = p.person_id AND a.course_slug = :first
        AND a.superseded_at = :held AND a.completed_on BETWEEN :since AND :day
    LEFT JOIN completion b ON b.person_id = p.person_id AND b.course_slug = :second
        AND b.superseded_at = :held AND b.completed_on BETWEEN :since AND :day
    WHERE p.valid_from <= :day AND :day < p.valid_to AND p.superseded_at = :held
    GROUP BY p.unit_id
    """
).bindparams(bindparam("held", type_=Moment))
# What a screen reads that shows one indicator by unit, category and sex.
SCREEN = text(
    """
    SELECT p.unit_id, s.sex, count(*), count(c.person_id)
    FROM posting p
    JOIN person s ON s.id = p.person_id
    LEFT JOIN completion c ON c.person_id = p.person_id AND c.course_slug = :first
        AND c.superseded_at = :held AND c.completed_on BETWEEN :since AND :day
    WHERE p.valid_from <= :day AND :day < p.valid_to AND p.superseded_at = :held
    GROUP BY p.unit_id, s.sex
    """
).bindparams(bindparam("held", type_=Moment))
# The same of an indicator that asks for two courses.
SCREEN_OF_TWO = text(
    """
    SELECT p.unit_id, s.sex, count(*), count(a.person_id), count(b.person_id)
    FROM posting p
    JOIN person s ON s.id = p.person_id
    LEFT JOIN completion a ON a.person_id = p.person_id AND a.course_slug = :first
        AND a.superseded_at = :held AND a.completed_on BETWEEN :since AND :day
    LEFT JOIN completion b ON b.person_id = p.person_id AND b.course_slug = :second
        AND b.superseded_at = :held AND b.completed_on BETWEEN :since AND :day
    WHERE p.valid_from <= :day AND :day < p.valid_to AND p.superseded_at = :held
    GROUP BY p.unit_id, s.sex
    """
).bindparams(bindparam("held", type_=Moment))
ROUNDS, SCREENS = 15, 7
PAST = 200  # days
STATEMENTS = 12


def lines(site: Site, crowd: Crowd, against: Against) -> Iterator[Line]:
    """The page; then both indicators by unit, today and on a past day."""
    office = site.signed_in(crowd.desks["office"])
    browser = site.browser(crowd.desks["office"])
    browser.get("/coverage/")
    with site.counted() as statements:
        browser.get("/coverage/")
    yield against.line(
        "coverage page of the office", load.again([load.get("/coverage/", office.cookie)]), None, len(statements)
    )
    focal = site.signed_in(crowd.desks["focal"])
    yield against.line("coverage page of one unit", load.again([load.get("/coverage/", focal.cookie)]), None)
    for what, day in (("today", today()), ("as of a past day", today() - timedelta(days=PAST))):
        with site.app.app_context(), reading():
            ours, raw = side_by_side(_ours(day), _raw(RAW, day, crowd), ROUNDS)
        said = f"{ours:.1f} ms, one raw SQL aggregate {raw:.1f} ms"
        yield times(f"coverage by unit, both indicators, {what}", ours, raw, 3, said)
    yield from _screens(site, crowd)


def _screens(site: Site, crowd: Crowd) -> Iterator[Line]:
    """Whole requests in this process, one visitor, each beside one aggregate of the rows that its figures come from."""
    browser, past = site.browser(crowd.desks["office"]), today() - timedelta(days=PAST)
    with site.app.app_context(), reading():
        slugs = [one.indicator.slug for one in ask(chosen(plans(), None, today())).ruled[:2]]
        children = ask(chosen(plans(), None, today())).tree
        unit = children.children(children.roots[0])[0]
    now: dict[str, float] = {}
    for what, path, day in (
        ("all units, first indicator", f"/coverage/?indicator={slugs[0]}", today()),
        ("all units, second indicator", f"/coverage/?indicator={slugs[1]}", today()),
        ("all units, a past day", f"/coverage/?indicator={slugs[0]}&as_of={past}", past),
        ("one unit", f"/coverage/units/{unit}", today()),
        ("one unit, a past day", f"/coverage/units/{unit}?as_of={past}", past),
        ("the people behind a figure", "/coverage/people?state=not_done", today()),
        ("over time", "/coverage/trend", today()),
        ("over years", "/coverage/years", today()),
        ("the workbook", "/coverage/sheet.xlsx", today()),
    ):
        raw_screen = SCREEN_OF_TWO if what == "all units, second indicator" else SCREEN
        ours, raw, asked = _screen(site, browser, path, _raw(raw_screen, day, crowd))
        said = f"{ours:.0f} ms the whole request, one raw SQL aggregate of everybody {raw:.1f} ms"
        yield times(f"screen: {what}", ours, raw, 2, said)
        yield Line(f"SQL statements: {what}", str(asked), f"<= {STATEMENTS}", asked <= STATEMENTS, path)
        now[what] = ours
    before, after = now["all units, a past day"], now["all units, first indicator"]
    yield times("a past day beside today, all units", before, after, 1.1, f"{before:.0f} ms, {after:.0f} ms")


def _screen(site: Site, browser: Browser, path: str, raw: Callable[[], object]) -> tuple[float, float, int]:
    browser.get(path)
    with site.counted() as statements:
        browser.get(path)

    def bare() -> None:
        with site.app.app_context(), reading():
            raw()

    return *side_by_side(lambda: browser.get(path), bare, SCREENS), len(statements)


def _ours(day: date) -> Callable[[], object]:
    def figures() -> int:
        db.session.expunge_all()
        return sum(one.total.roster for one in coverages(ask(chosen(plans(), None, today()), as_of=day)))

    return figures


def _raw(statement: TextClause, day: date, crowd: Crowd) -> Callable[[], object]:
    values = {
        "first": crowd.courses[0],
        **({} if statement is SCREEN else {"second": crowd.courses[1]}),
        "held": CURRENT,
        "since": date(today().year - 2, 1, 1),
        "day": day,
    }

    def aggregate() -> object:
        return db.session.execute(statement, values).all()

    return aggregate
