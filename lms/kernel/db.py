"""One database, two engines: SQLite in a file, or PostgreSQL.

Proved before this was written: with the defaults of the stack, twenty threads sell nineteen of five seats on SQLite without
an error. So every writing transaction begins with BEGIN IMMEDIATE; only a request that cannot write (GET, HEAD) begins
deferred, and a flush in one is an error.
"""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime
from time import monotonic, sleep
from typing import TYPE_CHECKING, Any

from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import (
    JSON,
    ColumnElement,
    CompoundSelect,
    Connection,
    DateTime,
    Dialect,
    Engine,
    MetaData,
    Select,
    String,
    and_,
    event,
    inspect,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, SessionTransaction, mapped_column, registry
from sqlalchemy.types import TypeDecorator

from lms.kernel.clock import now
from lms.kernel.spans import BEGINNING, CURRENT, STILL

__all__ = [
    "BEGINNING",
    "CURRENT",
    "STILL",
    "Json",
    "Model",
    "Moment",
    "SortKey",
    "TwoClocks",
    "aside",
    "db",
    "dialect_insert",
    "insert_new",
    "listen",
    "only_reading",
    "reading",
    "rows_of",
]

BUSY_MS = 10_000
ASK_AGAIN = 0.001  # seconds
BEGAN = "began"  # in a session's info: its transaction, whether that began as one that only reads

_read_only: ContextVar[bool] = ContextVar("read_only", default=False)


class Moment(TypeDecorator[datetime]):
    """An aware UTC datetime on both engines (SQLite keeps no zone, so it is kept as UTC and given back aware)."""

    impl = DateTime
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> Any:
        return dialect.type_descriptor(DateTime(timezone=dialect.name == "postgresql"))

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment needs its time zone")
        value = value.astimezone(UTC)
        return value if dialect.name == "postgresql" else value.replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


Json = JSON().with_variant(JSONB(), "postgresql")

# Sorted by bytes on both engines: our sort keys are made for that, and PostgreSQL's locales differ between machines.
SortKey = String(200).with_variant(String(200, collation="C"), "postgresql")

NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    registry = registry(
        metadata=MetaData(naming_convention=NAMES),
        type_annotation_map={
            datetime: Moment,
            dict[str, Any]: Json,
            list[Any]: Json,
            list[str]: Json,
            dict[str, str]: Json,
        },
    )


db = SQLAlchemy(model_class=Base, session_options={"expire_on_commit": False})

if TYPE_CHECKING:

    class Model(Base):  # mypy cannot see db.Model
        __abstract__ = True

else:
    Model = db.Model


@contextmanager
def reading() -> Iterator[None]:
    """Inside, transactions take no write lock, and a flush raises."""
    token = _read_only.set(True)
    try:
        yield
    finally:
        _read_only.reset(token)


@contextmanager
def aside() -> Iterator[Session]:
    """A short writing transaction of its own, for the few facts a reading request leaves behind (last seen, a file's hash).

    Commits at the end; the request's own session is untouched.
    """
    token = _read_only.set(False)
    try:
        with Session(db.engine) as session, session.begin():
            yield session
    finally:
        _read_only.reset(token)


def only_reading() -> bool:
    """Whether this is a request that cannot write: all it sees is committed. Not so in a transaction that began as a writing one."""
    transaction, began_reading = db.session().info.get(BEGAN, (None, True))
    return _read_only.get() and (began_reading or transaction is not db.session().get_transaction())


def rows_of(ready_made: Select[*tuple[Any, ...]] | CompoundSelect[*tuple[Any, ...]], **values: Any) -> Sequence[Any]:
    """The rows of a select of plain columns that was built beforehand, in the session's transaction. Past the ORM, which has nothing
    to add to such rows and takes as long as all the rest."""
    db.session.flush()  # as the ORM does before it asks
    return db.session.connection().execute(ready_made, values).all()


def dialect_insert() -> Any:
    """The engine's own INSERT, which knows ON CONFLICT."""
    return postgresql.insert if db.engine.dialect.name == "postgresql" else sqlite.insert


def insert_new(model: type[Base], *, into: Session | None = None, **values: Any) -> bool:
    """Add the row unless a constraint says it is there already; whether it was added. Waits for a rival's transaction."""
    key = inspect(model).primary_key[0]
    added = dialect_insert()(model).values(**values).on_conflict_do_nothing().returning(key)
    return (into or db.session).execute(added).first() is not None


def listen(engine: Engine) -> None:
    """Set up every connection of the engine; on SQLite also how transactions begin."""
    if engine.dialect.name != "sqlite":
        event.listen(engine, "connect", _set_up_postgresql)
        return
    event.listen(engine, "connect", _set_up_sqlite)
    event.listen(engine, "begin", _begin)


def _set_up_sqlite(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # pysqlite must not begin on its own: _begin does
    cursor = connection.cursor()
    cursor.execute(f"PRAGMA busy_timeout={BUSY_MS}")
    if cursor.execute("PRAGMA journal_mode=WAL").fetchone()[0] not in {"wal", "memory"}:
        raise RuntimeError("SQLite would not switch to WAL: keep the database on a local disk.")
    cursor.execute("PRAGMA synchronous=FULL")  # a certificate number is a promise; mountain power is poor
    cursor.execute("PRAGMA foreign_keys=ON")
    cursor.execute("PRAGMA trusted_schema=OFF")
    cursor.close()


def _set_up_postgresql(connection: Any, _record: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET TIME ZONE 'UTC'")
        cursor.execute(f"SET lock_timeout = {BUSY_MS}")
        cursor.execute("SET jit = off")  # it takes a second to compile what then runs for less (docs/bench.md)
    connection.commit()


def _begin(connection: Connection) -> None:
    """Straight on the driver: this is part of every request, and of the time that others wait for a writer."""
    cursor = connection.connection.cursor()
    if _read_only.get():
        cursor.execute("BEGIN")  # takes no lock and cannot wait
        return
    cursor.execute("PRAGMA busy_timeout=0")
    try:
        _begin_in_turn(connection, cursor, monotonic() + BUSY_MS / 1000)
    finally:
        cursor.execute(f"PRAGMA busy_timeout={BUSY_MS}")


def _begin_in_turn(connection: Connection, cursor: Any, until: float) -> None:
    """Ask for the write lock every millisecond or so. SQLite's own waiting sleeps longer with each try, up to a tenth of a
    second, so that under load whoever waits longest is served last (measured: docs/bench.md)."""
    while True:
        try:
            cursor.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_BUSY or monotonic() > until:
                connection.exec_driver_sql("BEGIN IMMEDIATE")  # once more, so that what it raises is SQLAlchemy's error
                return
            sleep(ASK_AGAIN)
        else:
            return


@event.listens_for(Session, "after_begin")
def _remember_how_it_began(session: Session, transaction: SessionTransaction, _connection: Any) -> None:
    if not transaction.nested:
        session.info[BEGAN] = (transaction, _read_only.get())


@event.listens_for(Session, "before_flush")
def _refuse_writes_when_reading(session: Session, _context: Any, _objects: Any) -> None:
    if _read_only.get() and (session.new or session.deleted or any(session.is_modified(row) for row in session.dirty)):
        raise RuntimeError("A request that only reads tried to write. Writing needs POST.")


class TwoClocks:
    """A dated fact: true while `valid_from <= day < valid_to`, held by us while `recorded_at <= moment < superseded_at`.

    Nothing is edited in place: a correction closes `superseded_at` and adds a row.
    """

    valid_from: Mapped[date] = mapped_column(default=BEGINNING)
    valid_to: Mapped[date] = mapped_column(default=STILL)
    recorded_at: Mapped[datetime] = mapped_column(default=now)
    recorded_by: Mapped[int | None]  # account id; None is the system itself
    superseded_at: Mapped[datetime] = mapped_column(default=CURRENT)

    @classmethod
    def true_on(cls, day: date, known_at: datetime | None = None) -> ColumnElement[bool]:
        """The rows that were true on that day, as known at that moment (default: as known now)."""
        known = (
            cls.superseded_at == CURRENT
            if known_at is None
            else (cls.recorded_at <= known_at) & (known_at < cls.superseded_at)
        )
        return and_(cls.valid_from <= day, day < cls.valid_to, known)
