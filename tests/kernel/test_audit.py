"""The chain names the first row that is wrong: edited, deleted, inserted, cut, or put back."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError

from lms.kernel import audit
from lms.kernel.audit import AuditEntry
from lms.kernel.db import db


@pytest.fixture
def chain(app: Flask) -> audit.Head:
    """Five links."""
    with app.app_context():
        for n in range(5):
            audit.record("thing.done", "thing", n, by=None, count=n)
        db.session.commit()
        return audit.head()


@contextmanager
def tampering(app: Flask) -> Iterator[None]:
    """Someone with the database file in hand: triggers off first."""
    with app.app_context():
        if db.engine.dialect.name == "postgresql":
            db.session.execute(text("ALTER TABLE audit_entry DISABLE TRIGGER ALL"))
        else:
            for verb in ("update", "delete", "replace"):
                db.session.execute(text(f"DROP TRIGGER audit_entry_no_{verb}"))
        yield
        db.session.commit()


def verdict(app: Flask, *words: str) -> tuple[int, str]:
    done = app.test_cli_runner().invoke(args=["audit", "verify", *words])
    return done.exit_code, done.output


def test_a_whole_chain(app: Flask, chain: audit.Head) -> None:
    assert verdict(app) == (0, "The chain is whole: 5 rows.\n")
    said = "The chain is whole: 5 rows. Checkpoints that agree: 1.\n"
    assert verdict(app, "--checkpoint", f"{chain.seq}:{chain.hash}") == (0, said)


@pytest.mark.parametrize(
    "statement, row",
    [
        ("UPDATE audit_entry SET object_id = '99' WHERE seq = 3", "Row 3 was changed"),
        ("UPDATE audit_entry SET account_id = 7 WHERE seq = 2", "Row 2 was changed"),
        ("DELETE FROM audit_entry WHERE seq = 2", "Row 2 is missing"),
        ("DELETE FROM audit_entry WHERE seq = 1", "Row 1 is missing"),
    ],
)
def test_edited_or_deleted(app: Flask, chain: audit.Head, statement: str, row: str) -> None:
    with tampering(app):
        db.session.execute(text(statement))

    code, said = verdict(app)
    assert code != 0
    assert row in said


def test_inserted_at_the_end(app: Flask, chain: audit.Head) -> None:
    with tampering(app):
        kept = {"at": datetime.now(UTC), "account_id": None, "facts": {}, "object_kind": "thing", "object_id": "5"}
        db.session.add(AuditEntry(seq=6, action="thing.forged", prev=chain.hash, hash="f" * 64, **kept))
        db.session.flush()

    code, said = verdict(app)
    assert code != 0
    assert "Row 6 was changed" in said


def test_inserted_in_the_middle(app: Flask, chain: audit.Head) -> None:
    """Rows 3 to 5 move up, and a forged row takes the third place and follows the second rightly."""
    with tampering(app):
        for old in (5, 4, 3):
            db.session.execute(text(f"UPDATE audit_entry SET seq = {old + 1} WHERE seq = {old}"))
        third = db.session.get_one(AuditEntry, 4)
        prev, third.prev = third.prev, "e" * 64
        db.session.flush()
        kept = {"at": third.at, "account_id": None, "facts": {}, "object_kind": "thing", "object_id": "9"}
        db.session.add(AuditEntry(seq=3, action="thing.forged", prev=prev, hash="e" * 64, **kept))
        db.session.flush()

    code, said = verdict(app)
    assert code != 0
    assert "Row 3 was changed" in said


def test_swapped(app: Flask, chain: audit.Head) -> None:
    with tampering(app):
        for old, new in ((2, 12), (3, 2), (12, 3)):
            db.session.execute(text(f"UPDATE audit_entry SET seq = {new} WHERE seq = {old}"))

    code, said = verdict(app)
    assert code != 0
    assert "Row 2 does not follow row 1" in said


def test_a_cut_tail_is_seen_against_a_checkpoint(app: Flask, chain: audit.Head) -> None:
    with tampering(app):
        db.session.execute(text("DELETE FROM audit_entry WHERE seq > 3"))

    assert verdict(app)[0] == 0  # the chain alone cannot know
    code, said = verdict(app, "--checkpoint", f"{chain.seq}:{chain.hash}")
    assert code != 0
    assert "Row 4 is missing" in said


def test_an_older_state_that_went_on_is_seen_against_a_checkpoint(app: Flask, chain: audit.Head) -> None:
    """Somebody puts yesterday's copy back, and life goes on: the chain is whole, and it is another."""
    with tampering(app):
        db.session.execute(text("DELETE FROM audit_entry WHERE seq > 2"))
        db.session.commit()
        earlier = audit.head()
        for n in range(4):
            audit.record("thing.done_again", "thing", n)

    assert verdict(app)[0] == 0  # the chain alone cannot know
    code, said = verdict(app, "--checkpoint", f"{chain.seq}:{chain.hash}")
    assert code != 0
    assert "Row 5 is not the row the checkpoint saw" in said
    assert verdict(app, "--checkpoint", f"{earlier.seq}:{earlier.hash}")[0] == 0


def test_the_wrong_key(app: Flask, chain: audit.Head) -> None:
    app.config["AUDIT_KEY"] = "b" * 43
    code, said = verdict(app)
    assert code != 0
    assert "Row 1 was changed" in said


@pytest.mark.parametrize("statement", ["UPDATE audit_entry SET action = 'x'", "DELETE FROM audit_entry", "round"])
def test_the_database_itself_refuses(app: Flask, chain: audit.Head, statement: str) -> None:
    """Also what runs no row's triggers: SQLite's REPLACE, PostgreSQL's TRUNCATE."""
    with app.app_context():
        if statement == "round" and db.engine.dialect.name == "postgresql":
            statement = "TRUNCATE audit_entry"
        elif statement == "round":
            columns = "at, account_id, action, object_kind, object_id, facts, prev, hash"
            statement = f"INSERT OR REPLACE INTO audit_entry (seq, {columns}) SELECT 2, {columns} FROM audit_entry WHERE seq = 4"
        with pytest.raises(DatabaseError, match="append-only"):
            db.session.execute(text(statement))


def test_a_rolled_back_deed_leaves_no_link(app: Flask, chain: audit.Head) -> None:
    with app.app_context():
        audit.record("thing.done", "thing", 6)
        db.session.rollback()
        assert audit.head() == chain
