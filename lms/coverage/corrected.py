"""The page of what was corrected since a freezing: each correction in words, only of whom the viewer may see; the rest is counted."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from sqlalchemy import select

from lms.coverage import freezing_queries, frozen_figures, frozen_words, listing, since
from lms.coverage.frozen_figures import Drifted
from lms.coverage.models import FrozenPeriod
from lms.coverage.since import Change
from lms.kernel.db import db
from lms.kernel.paging import PER_PAGE, Page, asked
from lms.people.account_queries import names_of
from lms.people.models import Person
from lms.people.queries import persons_of_units
from lms.people.register_queries import UnitNames


@dataclass(frozen=True)
class Line:
    """One correction, as the page shows it."""

    change: Change
    persons: tuple[Person, ...]
    by: str
    before: str
    after: str


@dataclass(frozen=True)
class Corrected:
    """What was corrected, and what it changes."""

    page: Page[Line]
    outside: int  # corrections of people whom the viewer may not see
    drifted: list[Drifted]


def corrected(period: FrozenPeriod, scope: Collection[int], page: object) -> Corrected:
    """Within these units."""
    question = freezing_queries.question_of(period)
    found = since.changes(period, question)
    seen = _persons(found, scope)
    mine = [one for one in found if all(person in seen for person in one.persons)]
    pages = max(1, -(-len(mine) // PER_PAGE))
    at = min(asked(page), pages)
    rows = mine[(at - 1) * PER_PAGE : at * PER_PAGE]
    said = frozen_words.Said(UnitNames(), period.as_of, listing.courses_of(question), question)
    names = names_of(since.recorders(rows))
    lines = [
        Line(
            one,
            tuple(seen[person] for person in one.persons),
            names.get(one.by or 0, ""),
            said.of(one.before),
            said.of(one.after),
        )
        for one in rows
    ]
    drifted = frozen_figures.drifted(period, freezing_queries.now(period), scope)
    return Corrected(Page(lines, at, pages, len(mine), PER_PAGE), len(found) - len(mine), drifted)


def _persons(found: Iterable[Change], scope: Collection[int]) -> Mapping[int, Person]:
    wanted = {person for one in found for person in one.persons}
    rows = db.session.scalars(select(Person).where(Person.id.in_(wanted), persons_of_units(scope)))
    return {row.id: row for row in rows}
