"""How every test gets an app: a real database of its own, on each engine, made by the migrations."""

import os
import shutil
import uuid
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import psycopg
import pytest
from flask import Flask
from hypothesis import Phase, settings
from psycopg import sql
from sqlalchemy import event
from sqlalchemy.engine import make_url

from lms import create_app
from lms.config import Config
from lms.kernel.db import db
from tests.browsers import browser  # noqa: F401 -- a fixture
from tests.warm import few_collections, warm
from tests.world import Client, World, migrated, world_of

POSTGRES = os.environ.get("TEST_POSTGRES_URL", "")
IN_CI = os.environ.get("CI") == "true"

settings.register_profile("nightly", max_examples=2_000, deadline=None)  # pytest --hypothesis-profile=nightly
settings.register_profile(
    "faults", max_examples=600, phases=[Phase.generate], database=None
)  # scripts/planted_faults.py: red is enough


warm()


def pytest_collection_finish() -> None:
    few_collections()


LONGEST = (  # begun first, so that no worker is left with one of them when the other has nothing more to do
    "tests/browser/test_pages.py",
    "tests/test_thrown.py",
    "tests/coverage/test_replay.py",
    "tests/test_doors.py",
    "tests/browser/test_quiet.py",
    "tests/browser/test_keyboard.py",
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    turn = {name: number for number, name in enumerate(LONGEST)}
    items.sort(key=lambda item: turn.get(item.location[0], len(turn)))


def config_for(database_url: str, folder: Path) -> Config:
    return Config(
        database_url=database_url,
        data_dir=folder,
        secret_key="t" * 43,
        audit_key="a" * 43,
        second_factor="offered",  # most tests sign in with a passphrase; tests/people/test_factors.py has its own
        testing=True,
    )


Building = Callable[[Flask], Any]  # gives what can be had `.on(app)`: a World, a House


@dataclass
class Peopled:
    """Databases with people in them, each built once in a process through the real actions: its template, and what is in it."""

    request: pytest.FixtureRequest
    folders: pytest.TempPathFactory
    kept: dict[tuple[str, Building], tuple[str, Any]] = field(default_factory=dict)
    open: ExitStack = field(default_factory=ExitStack)

    def __call__(self, engine: str, building: Building) -> tuple[str, Any]:
        """SQLite: the file to copy; PostgreSQL: the database to clone."""
        if (engine, building) not in self.kept:
            folder = self.folders.mktemp("peopled")
            if engine == "sqlite":
                name = str(folder / "lms.sqlite")
                shutil.copy(self.request.getfixturevalue("sqlite_template"), name)
                url = f"sqlite:///{name}"
            else:
                empty = self.request.getfixturevalue("postgres_template")
                name, url = self.open.enter_context(cloned(empty))
            self.kept[engine, building] = name, _built(url, folder, building)
        return self.kept[engine, building]


@pytest.fixture(scope="session")
def peopled(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Peopled]:
    peopled = Peopled(request, tmp_path_factory)
    yield peopled
    peopled.open.close()


@pytest.fixture(scope="session")
def sqlite_world(peopled: Peopled) -> tuple[Path, World]:
    """A migrated database with the shared world in it: its file, and what is in it."""
    name, world = peopled("sqlite", world_of)
    return Path(name), world


def _built(url: str, folder: Path, building: Building) -> Any:
    app = create_app(config_for(url, folder))
    built = building(app)
    with app.app_context():
        db.session.remove()
        db.engine.dispose()
    return built


@pytest.fixture
def building(request: pytest.FixtureRequest) -> Building | None:
    """Who is in this test's database; None: nobody. A folder of tests with people of its own says so in its conftest."""
    return world_of if "world" in request.fixturenames else None


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated database with units, plan and courses; copied for each test."""
    folder = tmp_path_factory.mktemp("template")
    app = create_app(config_for(f"sqlite:///{folder / 'lms.sqlite'}", folder))
    migrated(app)
    with app.app_context():
        db.engine.dispose()
    return folder / "lms.sqlite"


@pytest.fixture(scope="session")
def postgres_template(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The same on PostgreSQL: a template database that each test's database is cloned from."""
    if not POSTGRES:
        if IN_CI:
            pytest.fail("CI has to test on PostgreSQL: TEST_POSTGRES_URL is not set")
        pytest.skip("no PostgreSQL: TEST_POSTGRES_URL is not set")
    name = f"lms_t_{uuid.uuid4().hex[:12]}"
    url = make_url(POSTGRES)
    admin(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    app = create_app(config_for(sqlalchemy(url.set(database=name)), tmp_path_factory.mktemp("pg")))
    migrated(app)
    with app.app_context():
        db.engine.dispose()
    yield name
    admin(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


@pytest.fixture(params=["sqlite", "postgresql"])
def engine_name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def database_url(
    engine_name: str, building: Building | None, request: pytest.FixtureRequest, tmp_path: Path
) -> Iterator[str]:
    """A migrated database of this test's own, with the people of `building` in it."""
    peopled = building and request.getfixturevalue("peopled")(engine_name, building)[0]
    if engine_name == "sqlite":
        shutil.copy(peopled or request.getfixturevalue("sqlite_template"), tmp_path / "lms.sqlite")
        yield f"sqlite:///{tmp_path / 'lms.sqlite'}"
        return
    with cloned(peopled or request.getfixturevalue("postgres_template")) as (_name, url):
        yield url


@pytest.fixture
def app(database_url: str, tmp_path: Path) -> Iterator[Flask]:
    """The app on that database. No app context is held open: a missing commit must show."""
    app = create_app(config_for(database_url, tmp_path))
    yield app
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def world(app: Flask, engine_name: str, peopled: Peopled) -> World:
    """A few named people in two communes, built through the real actions and committed."""
    return peopled(engine_name, world_of)[1].on(app)


@pytest.fixture
def client(app: Flask) -> Client:
    """A browser without script that checks the house rules on every page it opens; not signed in."""
    return Client(app)


@pytest.fixture
def some_day() -> date:
    return date(2026, 11, 23)


@contextmanager
def cloned(template: str) -> Iterator[tuple[str, str]]:
    """A database made of a template, gone afterwards; its name and address."""
    name = f"lms_{uuid.uuid4().hex[:12]}"
    admin(sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(name), sql.Identifier(template)) + copied())
    yield name, sqlalchemy(make_url(POSTGRES).set(database=name))
    admin(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


@cache
def copied() -> sql.SQL:
    """Files copied as they are: twice as fast in memory, where the server knows how (15 and newer)."""
    with psycopg.connect(POSTGRES.replace("postgresql+psycopg://", "postgresql://")) as connection:
        return sql.SQL(" STRATEGY FILE_COPY" if connection.info.server_version >= 150_000 else "")


def admin(statement: sql.Composed) -> None:
    with psycopg.connect(POSTGRES.replace("postgresql+psycopg://", "postgresql://"), autocommit=True) as connection:
        connection.execute(statement)


def sqlalchemy(url: object) -> str:
    return url.set(drivername="postgresql+psycopg").render_as_string(hide_password=False)  # type: ignore[attr-defined]


@pytest.fixture
def count_queries(app: Flask) -> Callable[[], AbstractContextManager[list[str]]]:
    """`with count_queries() as statements:` collects the SQL statements of everything inside."""

    @contextmanager
    def counting() -> Iterator[list[str]]:
        statements: list[str] = []

        def note(_connection: object, _cursor: object, statement: str, *_more: object) -> None:
            if not statement.startswith(("BEGIN", "SAVEPOINT", "RELEASE", "PRAGMA")):
                statements.append(statement)

        with app.app_context():
            engine = db.engine
        event.listen(engine, "before_cursor_execute", note)
        try:
            yield statements
        finally:
            event.remove(engine, "before_cursor_execute", note)

    return counting
