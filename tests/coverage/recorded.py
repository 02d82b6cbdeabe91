"""A random history as rows of the database, in a dozen inserts; nothing is committed."""

from typing import Any

from sqlalchemy import insert

from lms.coverage.events import Events, Row
from lms.kernel.db import db
from lms.people.models import CategoryEnd, Person, Posting, SamePerson, Standing, Succession, Unit, UnitVersion
from lms.tracks.models import Completion, Edition, Enrolment, Indicator, IndicatorRule, Plan
from tests.coverage.history import COURSES, LONG_AGO, PERSONS, UNITS

PLAN = 4001


def record(events: Events) -> None:
    """Ids are those of the events; the plan is called "p", its indicators i0 and i1."""
    put(Unit, [{"id": unit, "recorded_at": LONG_AGO} for unit in UNITS])
    put(Person, [{"id": one, "sex": events.sexes[one], **names(f"Người {one}")} for one in PERSONS])
    put(UnitVersion, [version(row) for row in events.versions])
    put(Succession, [told(row, old="old_unit_id", new="new_unit_id", legal_basis="") for row in events.successions])
    put(Posting, [told(row, person="person_id", unit="unit_id") for row in events.postings])
    put(Standing, [told(row, person="person_id", indicator="indicator_slug", reason="vì") for row in events.exceptions])
    put(CategoryEnd, [told(row, legal_basis="") for row in events.category_ends])
    put(SamePerson, [told(row, kept="kept_id", other="other_id") for row in events.same])
    period = {"starts_on": events.starts_on, "ends_on": events.ends_on, "scope_unit_id": events.scope_unit}
    put(Plan, [{"id": PLAN, "slug": "p", "title": "p", "issuer": "p", **period}])
    indicator = {"plan_id": PLAN, "title": "", "short_title": ""}
    put(Indicator, [{"id": 5001 + i, "slug": f"i{i}", "place": i, **indicator} for i in range(2)])
    put(IndicatorRule, [rule(row) for row in events.rules])
    editions = {slug: 6001 + i for i, slug in enumerate(COURSES)}
    edition = {"number": 1, "content": {}}
    put(Edition, [{"id": one, "course_slug": slug, "content_hash": slug, **edition} for slug, one in editions.items()])
    done = [(row, whose(row) | {"edition_id": editions[row.course]}) for row in events.completions]
    put(Enrolment, [{"id": row.id, **facts} for row, facts in done])
    put(
        Completion,
        [
            facts | clocks(row) | {"enrolment_id": row.id, "completed_on": row.on, "grade": row.grade, "evidence": {}}
            for row, facts in done
        ],
    )


def put(model: Any, rows: list[dict[str, Any]]) -> None:
    if rows:
        db.session.execute(insert(model.__table__), rows)


def clocks(row: Row) -> dict[str, Any]:
    return {"id": row.id, "recorded_at": row.recorded_at, "superseded_at": row.superseded_at}


def told(row: Row, **columns: str) -> dict[str, Any]:
    """An event's fields as columns, some by another name; what is no field of it is a value of its own."""
    fields = vars(row)
    renamed = {columns.get(name, name): value for name, value in fields.items()}
    return renamed | {column: value for column, value in columns.items() if column not in fields}


def version(row: Any) -> dict[str, Any]:
    code = str(row.unit % 3)  # used by several units
    return told(row, unit="unit_id", parent="parent_id", kind="commune") | names(f"Xã {row.unit}") | {"code": code}


def names(name: str) -> dict[str, str]:
    return {"search_key": name.lower()} | ({"name": name} if name.startswith("Xã") else person(name))


def person(name: str) -> dict[str, str]:
    return {"full_name": name, "sort_key": name.lower()}


def rule(row: Any) -> dict[str, Any]:
    return clocks(row) | {"indicator_id": 5001 + int(row.indicator[1:]), "rule": row.rule}


def whose(row: Any) -> dict[str, Any]:
    return {"person_id": row.person, "course_slug": row.course, "cycle": str(row.id)}
