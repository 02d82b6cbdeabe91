"""Reads the table of doors (tests/doors.txt) and knocks."""

import io
import shutil
import urllib.parse
from dataclasses import dataclass
from pathlib import Path

from psycopg import sql
from werkzeug.datastructures import MultiDict
from werkzeug.test import TestResponse

from lms.kernel.db import db
from tests.conftest import admin, copied
from tests.house import VIEWERS, House, roster_file

TABLE = Path(__file__).with_name("doors.txt")


@dataclass(frozen=True)
class Row:
    """A route, a request that its owner may make, and what each viewer is answered."""

    method: str
    endpoint: str
    address: str
    form: tuple[tuple[str, str], ...]
    expected: tuple[str, ...] = ()

    def __str__(self) -> str:
        return f"{self.method} {self.endpoint}"

    def fields(self, house: House) -> MultiDict[str, object]:
        """What is typed, with the ids of this house."""
        return MultiDict([(house.filled(name), house.filled(value)) for name, value in self.form])


def rows() -> list[Row]:
    """The table. A line: what each viewer is answered, in the order of VIEWERS, then the method, the endpoint, the address, the form."""
    found = []
    for line in TABLE.read_text(encoding="utf-8").splitlines():
        if not line.strip() or line.startswith("#"):
            continue
        words = line.split(maxsplit=len(VIEWERS) + 3)
        method, endpoint, address, *form = words[len(VIEWERS) :]
        typed = tuple(urllib.parse.parse_qsl(form[0], keep_blank_values=True)) if form else ()
        found.append(Row(method, endpoint, address, typed, tuple(words[: len(VIEWERS)])))
    return found


def knock(house: House, who: str, row: Row, fields: MultiDict[str, object] | None = None) -> TestResponse:
    """The bare answer to this viewer; with a valid token."""
    http = house.browser(who)
    if row.method == "GET":
        return http.get(house.filled(row.address))
    sent = MultiDict(fields if fields is not None else row.fields(house))
    for name, value in list(sent.items()):
        if value == "@":
            sent[name] = (io.BytesIO(roster_file()), "danh-sach.xlsx")
    sent["csrf_token"] = house.tokens[who]
    return http.post(house.filled(row.address), data=sent)


def word_for(answer: TestResponse) -> str:
    """ "in": sent to sign in; "go": led on; "ok", "no" (404); else the status."""
    if answer.status_code == 303:
        return "in" if answer.headers["Location"].startswith("/sign-in") else "go"
    return {200: "ok", 404: "no"}.get(answer.status_code, str(answer.status_code))


class Snapshot:
    """The SQLite database as it is now, to be put back."""

    def __init__(self, house: House, folder: Path) -> None:
        self.house, self.file, self.kept = house, folder / "lms.sqlite", folder / "kept.sqlite"
        with house.app.app_context():
            db.session.remove()
            with db.engine.connect() as connection:
                connection.exec_driver_sql("ROLLBACK")
                connection.exec_driver_sql(f"VACUUM INTO '{self.kept}'")
            db.engine.dispose()

    def put_back(self) -> None:
        with self.house.app.app_context():
            db.session.remove()
            db.engine.dispose()
        for ending in ("-wal", "-shm"):
            Path(f"{self.file}{ending}").unlink(missing_ok=True)
        shutil.copy(self.kept, self.file)


class PostgresSnapshot(Snapshot):
    """The same of a PostgreSQL database of that name."""

    def __init__(self, house: House, name: str) -> None:
        self.house, self.name, self.spare = house, sql.Identifier(name), sql.Identifier(f"{name}_kept")
        self._let_go()
        admin(sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(self.spare, self.name))

    def put_back(self) -> None:
        self._let_go()
        admin(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(self.name))
        admin(sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(self.name, self.spare) + copied())

    def close(self) -> None:
        self._let_go()
        admin(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(self.spare))

    def _let_go(self) -> None:
        with self.house.app.app_context():
            db.session.remove()
            db.engine.dispose()
