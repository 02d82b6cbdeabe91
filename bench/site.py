"""The installation that is measured: a database in a temporary folder, the app on it, and people signed in to it."""

import gc
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from flask import Flask, session
from flask_migrate import upgrade
from flask_wtf.csrf import generate_csrf
from sqlalchemy import event
from werkzeug.test import Client, TestResponse

from lms import create_app
from lms.config import Config
from lms.kernel.db import db
from lms.people import sign_in
from lms.people.models import Account


@dataclass(frozen=True)
class Pass:
    """What a signed-in browser carries."""

    cookie: str
    csrf: str


class Site:
    """The app, in this process and for the server's processes alike."""

    def __init__(self, folder: Path, url: str | None = None) -> None:
        chosen = url or os.environ.get("BENCH_DATABASE_URL")
        self.env = {**os.environ, "DATA_DIR": str(folder), "SECOND_FACTOR": "offered"}
        if chosen:
            self.env |= {"DATABASE_URL": chosen, "SECRET_KEY": "b" * 43, "AUDIT_KEY": "a" * 43}
        else:
            self.env.pop("DATABASE_URL", None)
        self.app: Flask = create_app(Config.from_environment(self.env))
        with self.app.app_context():
            upgrade(directory=self.app.extensions["migrate"].directory)
        gc.collect()
        gc.freeze()  # as wsgi.py does
        self.signed_in = cache(self._signed_in)

    @property
    def engine(self) -> str:
        with self.app.app_context():
            return db.engine.dialect.name

    def _signed_in(self, account_id: int) -> Pass:
        with self.app.app_context():
            token = sign_in.start(db.session.get_one(Account, account_id), own_device=True)
            db.session.commit()
        with self.app.test_request_context("/"):
            session["_user_id"], session["_fresh"], session["locale"] = token, True, "vi"
            csrf = generate_csrf()
            signer = self.app.session_interface.get_signing_serializer(self.app)  # type: ignore[attr-defined]
            value = signer.dumps(dict(session))
        return Pass(f"{self.app.config['SESSION_COOKIE_NAME']}={value}", csrf)

    def browser(self, account_id: int) -> "Browser":
        """A browser in this process, without script, signed in."""
        return Browser(self.app.test_client(use_cookies=False), self.signed_in(account_id))

    @contextmanager
    def counted(self) -> Iterator[list[str]]:
        """The SQL statements of all that happens inside."""
        statements: list[str] = []

        def note(_connection: object, _cursor: object, statement: str, *_more: object) -> None:
            if not statement.startswith(("BEGIN", "SAVEPOINT", "RELEASE", "PRAGMA")):
                statements.append(statement)

        with self.app.app_context():
            engine = db.engine
        event.listen(engine, "before_cursor_execute", note)
        try:
            yield statements
        finally:
            event.remove(engine, "before_cursor_execute", note)


@dataclass(frozen=True)
class Browser:
    """Opens pages and sends forms; an answer of 400 or more ends the bench."""

    http: Client
    who: Pass

    def get(self, path: str) -> TestResponse:
        return self._sound(self.http.get(path, headers={"Cookie": self.who.cookie}))

    def post(self, path: str, form: dict[str, object]) -> TestResponse:
        sent = {"csrf_token": self.who.csrf, **form}
        return self._sound(self.http.post(path, data=sent, headers={"Cookie": self.who.cookie}))

    @staticmethod
    def _sound(answer: TestResponse) -> TestResponse:
        if answer.status_code >= 400:
            raise SystemExit(f"{answer.request.path}: {answer.status_code} {answer.get_data(as_text=True)[:1500]}")
        return answer
