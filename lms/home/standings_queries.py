"""Exceptions from the rules of indicators, as their pages show them. All through the units whose register the viewer keeps."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Select, exists, select

from lms.home.reminding import targets
from lms.kernel.access import missing
from lms.kernel.clock import today
from lms.kernel.db import CURRENT, STILL, db
from lms.people import queries, register_queries
from lms.people.models import Person, Posting, Standing
from lms.people.register_queries import PostingLine
from lms.people.sign_in import Viewer
from lms.tracks.models import Indicator

SOON = timedelta(days=30)


@dataclass(frozen=True)
class ExceptionLine:
    """An exception of somebody, where they work, and whether it is about to end."""

    standing: Standing
    person: Person
    places: tuple[PostingLine, ...]
    ends_soon: bool


def indicator_names(also: Iterable[str] = ()) -> dict[str, str]:
    """Slug -> short title of the indicators of the plans in force; `also`: these too, whatever plan they are of."""
    found = {one.slug: one.title for one in targets()}
    if left := set(also) - set(found) - {""}:
        older = select(Indicator.slug, Indicator.short_title).where(Indicator.slug.in_(left)).order_by(Indicator.id)
        found |= {row.slug: row.short_title for row in db.session.execute(older)}
        found |= {slug: slug for slug in left - set(found)}
    return found


def found_exceptions(viewer: Viewer, unit_id: int | None, *, also_past: bool) -> Select[*tuple[Any, ...]]:
    """(standing, person) of whoever works in the viewer's units (or one of them and below) today, the first to end first."""
    scope, asked = queries.scopes_of(register_queries.kept_units(viewer), [unit_id or 0])
    if unit_id is not None:
        if unit_id not in scope:
            missing()
        scope &= asked
    works = exists().where(Posting.person_id == Person.id, Posting.true_on(today()), Posting.unit_id.in_(scope))
    found: Select[*tuple[Any, ...]] = (
        select(Standing, Person)
        .join(Person, Person.id == Standing.person_id)
        .where(Standing.superseded_at == CURRENT, works)
        .order_by(Standing.valid_to, Person.sort_key, Standing.id)
    )
    return found if also_past else found.where(Standing.valid_to > today())


def lines(viewer: Viewer, rows: Iterable[tuple[Standing, Person]]) -> list[ExceptionLine]:
    """With the unit of each. Three statements, however many."""
    pairs = [(row[0], row[1]) for row in rows]
    places = register_queries.lines_of(viewer, {person.id: person for _row, person in pairs}.values())
    day = today()
    return [
        ExceptionLine(row, person, tuple(places.get(person.id, ())), _ends_soon(row.valid_to, day))
        for row, person in pairs
    ]


def _ends_soon(valid_to: date, day: date) -> bool:
    return valid_to != STILL and day < valid_to <= day + SOON
