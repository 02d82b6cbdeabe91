"""The office's screens, each as one request through the app, beside one raw aggregate of the rows that it must read."""

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from typing import Any

from sqlalchemy import text

from bench.line import Line, side_by_side, times
from bench.million.world import COMMUNE, PROVINCE, World
from lms.kernel.clock import today
from lms.kernel.db import CURRENT, db, reading
from lms.people.queries import units_at

ROUNDS = 5
STATEMENTS = 12

RAW = """
    SELECT p.unit_id, s.sex, count(*), count(c.person_id)
    FROM posting p
    JOIN person s ON s.id = p.person_id
    LEFT JOIN completion c ON c.person_id = p.person_id AND c.course_slug = 'kien-thuc-chung'
        AND c.superseded_at = :held AND c.completed_on BETWEEN :since AND :day
    WHERE p.valid_from <= :day AND :day < p.valid_to AND p.superseded_at = :held{here}
    GROUP BY p.unit_id, s.sex
    """


def lines(world: World) -> Iterator[Line]:
    """The country, a province, a commune; the country on a past day. The page shows one indicator, by unit, category and sex."""
    past = today() - timedelta(days=200)
    for what, path, day, place in (
        ("the country", "/coverage/", today(), None),
        ("the country, 200 days ago", f"/coverage/?as_of={past}", past, None),
        ("a province", f"/coverage/units/{PROVINCE}", today(), PROVINCE),
        ("a unit", f"/coverage/units/{COMMUNE}", today(), COMMUNE),
    ):
        yield from _screen(world, what, path, _raw(world, day, place))


def _screen(world: World, what: str, path: str, raw: Callable[[], object]) -> Iterator[Line]:
    browser = world.site.browser(world.desks["country"])
    browser.get(path)
    with world.site.counted() as statements:
        browser.get(path)
    ours, bare = side_by_side(lambda: browser.get(path), raw, ROUNDS)
    said = f"{ours:.0f} ms the whole request, {len(statements)} SQL statements; one raw SQL aggregate {bare:.1f} ms"
    yield times(f"{what}: the screen, {world.people:,} people", ours, bare, 1.5, said)
    asked = len(statements)
    yield Line(f"SQL statements: {what}", str(asked), f"<= {STATEMENTS}", asked <= STATEMENTS, path)


def _raw(world: World, day: date, top: int | None) -> Callable[[], object]:
    values: dict[str, Any] = {"day": day, "held": CURRENT, "since": date(today().year - 4, 1, 1)}
    if top is not None:
        with world.site.app.app_context():
            values["here"] = sorted(units_at(day).subtree(top))
            db.session.rollback()
    statement = text(RAW.format(here="" if top is None else " AND p.unit_id = ANY(:here)"))

    def aggregate() -> object:
        with world.site.app.app_context(), reading():
            return db.session.execute(statement, values).all()

    return aggregate
