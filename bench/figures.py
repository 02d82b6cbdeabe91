"""Coverage: its page under the server, and its figures against one raw aggregate of the same rows."""

from collections.abc import Callable, Iterator
from datetime import date, timedelta

from sqlalchemy import bindparam, text

from bench import load
from bench.crowd import Crowd
from bench.line import Line, side_by_side, times
from bench.pages import Against
from bench.site import Site
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
ROUNDS = 15


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
    for what, day in (("today", today()), ("as of a past day", today() - timedelta(days=200))):
        with site.app.app_context(), reading():
            ours, raw = side_by_side(_ours(day), _raw(day, crowd), ROUNDS)
        said = f"{ours:.1f} ms, one raw SQL aggregate {raw:.1f} ms"
        yield times(f"coverage by unit, both indicators, {what}", ours, raw, 3, said)


def _ours(day: date) -> Callable[[], object]:
    def figures() -> int:
        db.session.expunge_all()
        return sum(one.total.roster for one in coverages(ask(chosen(plans(), None, today()), as_of=day)))

    return figures


def _raw(day: date, crowd: Crowd) -> Callable[[], object]:
    values = {
        "first": crowd.courses[0],
        "second": crowd.courses[1],
        "held": CURRENT,
        "since": date(today().year - 2, 1, 1),
        "day": day,
    }

    def aggregate() -> object:
        return db.session.execute(RAW, values).all()

    return aggregate
