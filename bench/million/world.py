"""The country in a database: its plan, courses and desks by the app's own actions, the crowd by `world.sql`. Always the same."""

import os
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from random import Random
from time import perf_counter
from typing import Any

from sqlalchemy import Connection, create_engine, insert, select, table, text
from sqlalchemy import column as sql_column
from sqlalchemy.engine import URL, make_url

from bench.site import Site
from lms.home.demo.names import invent
from lms.kernel.clock import at_hour, today
from lms.kernel.db import BEGINNING, CURRENT, STILL, db
from lms.kernel.vietnamese import search_key, sort_key
from lms.people import actions as people
from lms.people.models import Account
from lms.people.roles import Role
from lms.people.rules import CATEGORIES
from lms.tracks import content, editions, publishing
from lms.tracks.models import Indicator

COUNTRY, PROVINCE, COMMUNE = 1, 71, 5001  # units of world.sql that stand today
REORGANISED = date(2025, 7, 1)
WRITTEN = Path(__file__).with_name("world.sql")
NAMES = 4096
DESKS = {"country": COUNTRY, "province": PROVINCE, "commune": COMMUNE}


@dataclass(frozen=True)
class World:
    """A country of so many people, with the app on it, and the accounts of its desks."""

    people: int
    site: Site
    desks: Mapping[str, int]


def world(folder: Path, people: int, say: Any) -> World:
    """The country of that size: built now, or as it was found in the server that BENCH_DATABASE_URL names."""
    server = make_url(os.environ["BENCH_DATABASE_URL"])
    mark = f"country of {people} on {today()}, {sha256(WRITTEN.read_bytes()).hexdigest()[:12]}"
    url = server.set(database=f"country_{people}")
    found = _mark(server, str(url.database)) == mark
    if not found:
        _create(server, str(url.database))
    (folder / str(people)).mkdir()
    site = Site(folder / str(people), url.render_as_string(hide_password=False))
    if not found:
        begun = perf_counter()
        with site.app.app_context():
            _build(people)
        with _alone(server) as connection:
            connection.execute(text(f"COMMENT ON DATABASE {url.database} IS '{mark}'"))
        say(f"a country of {people:,} people: {perf_counter() - begun:.0f} s")
    with site.app.app_context():
        desks = {row.username: row.id for row in db.session.scalars(select(Account))}
        db.session.rollback()
    return World(people, site, desks)


@contextmanager
def _alone(url: URL) -> Iterator[Connection]:
    """A connection outside any transaction."""
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        yield connection
    engine.dispose()


def _mark(server: URL, name: str) -> str | None:
    with _alone(server) as connection:
        said = text("SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = :name")
        return connection.execute(said, {"name": name}).scalar()


def _create(server: URL, name: str) -> None:
    with _alone(server) as connection:
        connection.execute(text(f"DROP DATABASE IF EXISTS {name}"))
        connection.execute(text(f"CREATE DATABASE {name}"))


def _build(people_there: int) -> None:
    values = _values(people_there)
    units, crowd = WRITTEN.read_text(encoding="utf-8").split("-- Persons:")
    with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("SET session_replication_role = replica"))  # we name only rows that are there
        _names(connection)
        _run(connection, units, values)
        _plan(values)
        _desks()
        db.session.commit()
        _run(connection, crowd, values)
        for name in ("unit", "person", "enrolment"):  # the ids were ours: the next ones are the database's again
            connection.execute(text(f"SELECT setval('{name}_id_seq', (SELECT max(id) FROM {name}))"))
        connection.execute(text("VACUUM (ANALYZE)"))  # as autovacuum leaves it
        connection.invalidate()


def _run(connection: Connection, script: str, values: Mapping[str, Any]) -> None:
    for statement in _statements(script):
        said = re.sub(r"(?<!:):([a-z_]+)", lambda found: _literal(values[found[1]]), statement)
        connection.exec_driver_sql(said.replace("%", "%%"))
        made = re.match(r"CREATE TEMP TABLE (\w+)", said)
        if made:
            connection.exec_driver_sql(f"ANALYZE {made[1]}")


def _statements(script: str) -> list[str]:
    bare = re.sub(r"--[^\n]*", "", script.partition("\n")[2])
    return [one.strip() for one in bare.split(";\n") if one.strip()]


def _literal(value: Any) -> str:
    if isinstance(value, datetime):
        return f"timestamptz '{value.isoformat()}'"
    if isinstance(value, date):
        return f"date '{value.isoformat()}'"
    if isinstance(value, list | tuple):
        return "'{" + ",".join(f'"{one}"' for one in value) + "}'"
    return str(value) if isinstance(value, int) else f"'{value}'"


def _values(people_there: int) -> dict[str, Any]:
    starts_on = date(today().year - 4, 1, 1)
    return {
        "people": people_there,
        "today": today(),
        "days": (today() - starts_on).days,
        "beginning": BEGINNING,
        "still": STILL,
        "current": CURRENT,
        "starts_on": starts_on,
        "ends_on": date(today().year, 12, 31),
        "began": starts_on - timedelta(days=30),
        "begun_at": at_hour(starts_on - timedelta(days=30)),
        "reorganised": REORGANISED,
        "decreed_at": at_hour(REORGANISED - timedelta(days=10)),
        "corrected_at": at_hour(today() - timedelta(days=100)),
        "exempted": today() - timedelta(days=150),
        "categories": CATEGORIES,
        "cycle": "do",
        "links": 1_000_000_000,
    }


def _names(connection: Connection) -> None:
    """Some thousand invented names, folded and sorted as the app does it, for SQL to draw from."""
    connection.execute(
        text("CREATE TEMP TABLE drawn_name (k integer, full_name text, sex text, search_key text, sort_key text)")
    )
    chance = Random(20210406)
    drawn = [(k, *invent(chance)) for k in range(NAMES)]
    names = table("drawn_name", *(sql_column(one) for one in ("k", "full_name", "sex", "search_key", "sort_key")))
    rows = [
        {"k": k, "full_name": name, "sex": sex, "search_key": search_key(name), "sort_key": sort_key(name)}
        for k, name, sex in drawn
    ]
    connection.execute(insert(names), rows)


def _plan(values: dict[str, Any]) -> None:
    """The shipped courses and indicators, over the whole country and the last five years."""
    library = content.read().whole()
    assert library.plan is not None
    publishing.publish_courses(library)
    publishing.add_plan(
        values["cycle"],
        "Kế hoạch đo (dữ liệu giả định)",
        issuer="Không cơ quan nào",
        starts_on=values["starts_on"],
        ends_on=values["ends_on"],
        scope_unit_id=COUNTRY,
        fictitious=True,
        indicators=[
            publishing.IndicatorSpec(
                one.slug, one.title, one.short_title, one.rule.model_dump(mode="json"), one.target, one.kind
            )
            for one in library.plan.indicators
        ],
    )
    slugs = [one.rule.courses[0] for one in library.plan.indicators[:2]]
    held = list(db.session.scalars(select(Indicator).order_by(Indicator.place)))
    values["courses"] = slugs
    values["editions"] = [editions.current(slug).id for slug in slugs]
    values["parts"] = [*editions.wording(values["editions"][0]).parts]
    values["indicators"] = [one.id for one in held[:2]]
    values["first_indicator"] = held[0].slug


def _desks() -> None:
    """An office over the country, one over a province, a focal person of a commune. They are nobody on a roster."""
    for name, unit in DESKS.items():
        account, _ = people.open_account(None, username=name, passphrase=f"bon tu cua {name}")
        people.grant_role(account.id, Role.FOCAL if name == "commune" else Role.OFFICE, unit)
