"""A real server with the demo world, and a real browser in front of it.

`server`: where it is, its app, how to sign in (each test file has a copy of the world of its own). `page_at(360, 640)`: a page of
that size; whatever its console, its policy (CSP) or the server says is wrong fails the test at the end. `signed_in("hocvien")`: the same, signed in.
"""

import json
import os
import shutil
import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from fcntl import LOCK_EX, flock
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Response
from werkzeug.serving import make_server

from lms import create_app
from lms.config import Config
from lms.home.demo.world import build
from lms.kernel.db import db
from tests.world import migrated

PHONE, DESK = (360, 640), (1366, 768)
PATIENCE = 8_000  # ms


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "tests/browser" in str(item.path):
            item.add_marker(pytest.mark.browser)


def config_of(folder: Path) -> Config:
    return Config(
        database_url=f"sqlite:///{folder / 'lms.sqlite'}",
        data_dir=folder,
        secret_key="b" * 43,
        audit_key="b" * 43,
        trusted_hosts=("127.0.0.1",),
        second_factor="offered",  # as `make run` of the demo world
        notice="off",  # tests/home/test_rights.py reads it
    )


@dataclass
class Served:
    """A running server."""

    url: str
    app: Flask
    phrases: dict[str, str]  # user name -> passphrase
    names: dict[str, str]  # user name -> full name

    @contextmanager
    def doing(self) -> Iterator[None]:
        """Inside, actions run on the server's database; at the end they are committed."""
        with self.app.app_context():
            yield
            db.session.commit()


@dataclass
class Watch:
    """What a browser complains about while a test runs."""

    faults: list[str] = field(default_factory=list)

    def over(self, page: Page) -> Page:
        page.set_default_timeout(PATIENCE)
        page.on("pageerror", lambda error: self.faults.append(f"error in a script: {error}"))
        page.on("console", self._said)
        page.on("response", self._answered)
        return page

    def _said(self, message: ConsoleMessage) -> None:
        known = message.text.startswith("Failed to load resource")  # told with its status by the response itself
        if message.type in {"error", "warning"} and not known:
            self.faults.append(f"console: {message.text}")

    def _answered(self, response: Response) -> None:
        page_itself = response.request.is_navigation_request()
        if response.status >= 500 or (response.status >= 400 and not page_itself):
            self.faults.append(f"{response.status} for {response.request.method} {response.url}")


@pytest.fixture(scope="session")
def demo_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo world, built once for all workers; its phrases beside it."""
    base = tmp_path_factory.getbasetemp()
    folder = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "demo-world"
    folder.mkdir(exist_ok=True)
    with (folder / "lock").open("w") as lock:
        flock(lock, LOCK_EX)
        if not (folder / "phrases.json").exists():
            _build(folder)
    return folder


def _build(folder: Path) -> None:
    app = create_app(config_of(folder))
    migrated(app)
    with app.app_context():
        desks = build(lambda _words: None)
        db.session.remove()
        db.engine.dispose()
    with closing(sqlite3.connect(folder / "lms.sqlite")) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    phrases = {desk.username: [desk.passphrase, desk.name] for desk in desks}
    (folder / "phrases.json").write_text(json.dumps(phrases), encoding="utf-8")


@contextmanager
def serving(app: Flask, port: int = 0) -> Iterator[str]:
    """The app on a free port of the loopback; yields its address."""
    server = make_server("127.0.0.1", port, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture(scope="module")
def server(demo_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """The demo world, served."""
    folder = tmp_path_factory.mktemp("served")
    shutil.copy(demo_template / "lms.sqlite", folder / "lms.sqlite")
    app = create_app(config_of(folder))
    told = json.loads((demo_template / "phrases.json").read_text(encoding="utf-8"))
    with serving(app) as url:
        yield Served(
            url,
            app,
            {username: phrase for username, (phrase, _name) in told.items()},
            {username: name for username, (_phrase, name) in told.items()},
        )
    with app.app_context():
        db.engine.dispose()


@pytest.fixture
def watch() -> Iterator[Watch]:
    """Fails the test at its end for what the browser complained about; a test that expects a complaint clears it."""
    watch = Watch()
    yield watch
    assert not watch.faults, "\n".join(watch.faults)


PageAt = Callable[..., Page]


@pytest.fixture
def page_at(browser: Browser, request: pytest.FixtureRequest, watch: Watch) -> Iterator[PageAt]:
    """`page_at(360, 640)`, `page_at(1366, 768, javascript=False)`: a fresh browser (no cookies) with one page."""
    opened: list[BrowserContext] = []
    base = request.getfixturevalue("server").url if "server" in request.fixturenames else None

    def open_page(width: int = 360, height: int = 640, *, javascript: bool = True, url: str | None = base) -> Page:
        context = browser.new_context(
            viewport={"width": width, "height": height},
            java_script_enabled=javascript,
            base_url=url,
            locale="vi-VN",
            timezone_id="Asia/Ho_Chi_Minh",
            accept_downloads=True,
        )
        opened.append(context)
        context.on("page", watch.over)
        return context.new_page()

    yield open_page
    for context in opened:
        context.close()


@pytest.fixture
def signed_in(server: Served, page_at: PageAt) -> PageAt:
    """`signed_in("hocvien")`, `signed_in("daumoi", 1366, 768, javascript=False)`: a page, signed in through the form."""

    def enter(username: str, width: int = 360, height: int = 640, *, javascript: bool = True) -> Page:
        page = page_at(width, height, javascript=javascript)
        page.goto("/sign-in")
        page.locator("#username").fill(username)
        page.locator("#passphrase").fill(server.phrases[username])
        page.locator("main form button[type=submit], main form button:not([type])").first.click()
        page.wait_for_url(lambda url: "/sign-in" not in url)
        return page

    return enter
