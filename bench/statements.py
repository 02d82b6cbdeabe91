"""SQL statements a page: with thirty rows as many as with one. The pages of two units, one of 30 people and one of 1."""

from collections.abc import Iterator

from bench.crowd import Crowd
from bench.line import Line
from bench.site import Browser, Site

PAGES = (
    ("people", "/people/"),
    ("classes", "/classes/"),
    ("coverage", "/coverage/"),
    ("people behind a figure", "/coverage/people"),
    ("coverage over time", "/coverage/trend"),
    ("certificates", "/certificates/"),
    ("reports", "/reports/"),
    ("first page of a focal person", "/"),
)


def lines(site: Site, crowd: Crowd) -> Iterator[Line]:
    """Each page opened by the focal person of either unit, once to warm up, once to count."""
    one, thirty = (site.browser(crowd.desks[desk]) for desk in ("focal-1", "focal-30"))
    for what, path in PAGES:
        with_one, with_thirty = _count(site, one, path), _count(site, thirty, path)
        same = with_one == with_thirty
        yield Line(f"SQL statements: {what}", f"{with_one} and {with_thirty}", "the same", same, "1 row and 30 rows")


def _count(site: Site, browser: Browser, path: str) -> int:
    browser.get(path)
    with site.counted() as statements:
        browser.get(path)
    return len(statements)
