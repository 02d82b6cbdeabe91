"""Who did what, in a chain that shows tampering.

Each row carries the hash of the row before it, keyed with a key that is not in the database, and is written in the
transaction of what it records. The chain holds ids, never names, phones or answers, so that erasing a person leaves it whole.
What a chain alone cannot show, a cut tail or an old file put back, is shown by comparing with a checkpoint (`head()`)
that was kept elsewhere.
"""

import hashlib
import hmac
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from flask import current_app, has_request_context
from flask_login import current_user
from sqlalchemy import func, select, text
from sqlalchemy.orm import Mapped, Session, mapped_column

from lms.kernel.clock import now
from lms.kernel.db import Model, db

START = "0" * 64
LOCK = 7_281_945  # one chain: on PostgreSQL, writers of it wait for one another


class AuditEntry(Model):
    """One link. Written once; the database refuses to change or delete it."""

    seq: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[datetime]
    account_id: Mapped[int | None]
    action: Mapped[str]
    object_kind: Mapped[str]
    object_id: Mapped[str]
    facts: Mapped[dict[str, Any]]
    prev: Mapped[str] = mapped_column(unique=True)  # unique: the chain cannot fork
    hash: Mapped[str] = mapped_column(unique=True)


@dataclass(frozen=True)
class Head:
    """The end of the chain: print it, mail it, keep it elsewhere."""

    seq: int
    hash: str


def record(action: str, object_kind: str, object_id: object, *, by: int | None = None, **facts: Any) -> AuditEntry:
    """Add a link to the chain, in the current transaction. `by` is an account id; by default whoever is signed in."""
    if by is None and has_request_context() and current_user.is_authenticated:
        by = current_user.account_id
    return add(db.session(), action, object_kind, object_id, by, facts)


def add(
    session: Session, action: str, object_kind: str, object_id: object, by: int | None, facts: Mapping[str, Any]
) -> AuditEntry:
    """The same in the transaction of that session."""
    if db.engine.dialect.name == "postgresql":
        session.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": LOCK})
    last = head(session)
    entry = AuditEntry(
        seq=last.seq + 1,
        at=now(),
        account_id=by,
        action=action,
        object_kind=object_kind,
        object_id=str(object_id),
        facts=json.loads(json.dumps(facts, default=str)),
        prev=last.hash,
    )
    entry.hash = _seal(entry)
    session.add(entry)
    session.flush()
    return entry


def head(session: Session | None = None) -> Head:
    """The last link, or the start of an empty chain."""
    row = (
        (session or db.session)
        .execute(select(AuditEntry.seq, AuditEntry.hash).order_by(AuditEntry.seq.desc()).limit(1))
        .first()
    )
    return Head(row.seq, row.hash) if row else Head(0, START)


def faults(*checkpoints: Head) -> Iterator[str]:
    """Walk the chain from its start; say the first thing that is wrong, naming the row. Nothing said: the chain is whole.

    Without a checkpoint a cut tail and an older file put back cannot be seen.
    """
    seen: dict[int, set[str]] = {}
    for one in checkpoints:
        seen.setdefault(one.seq, set()).add(one.hash)
    seq, prev, agreed = 0, START, 0
    for entry in _entries():
        if entry.seq != seq + 1:
            yield f"Row {seq + 1} is missing: after row {seq} comes row {entry.seq}."
            return
        if entry.prev != prev:
            yield f"Row {entry.seq} does not follow row {seq}: a row was replaced, inserted or moved."
            return
        if not hmac.compare_digest(entry.hash, _seal(entry)):
            yield f"Row {entry.seq} was changed after it was written (or the audit key is not the one it was written with)."
            return
        seq, prev = entry.seq, entry.hash
        if seen.get(seq, {prev}) != {prev}:
            since = f", after row {agreed}, where the one before still agrees" if agreed else ""
            yield f"Row {seq} is not the row the checkpoint saw: the history was rewritten{since}."
            return
        agreed = seq if seq in seen else agreed
    if seen and seq < max(seen):
        yield f"Row {seq + 1} is missing: the checkpoint saw {max(seen)} rows, {seq} are left."


def _entries() -> Iterator[AuditEntry]:
    """Every row in order, a thousand at a time."""
    after = 0
    while page := db.session.scalars(
        select(AuditEntry).where(AuditEntry.seq > after).order_by(AuditEntry.seq).limit(1000)
    ).all():
        yield from page
        after = page[-1].seq


def length() -> int:
    """How many rows the chain has."""
    return db.session.scalar(select(func.count()).select_from(AuditEntry)) or 0


def _seal(entry: AuditEntry) -> str:
    content = [
        entry.seq,
        entry.at.astimezone(UTC).isoformat(timespec="microseconds"),
        entry.account_id,
        entry.action,
        entry.object_kind,
        entry.object_id,
        entry.facts,
        entry.prev,
    ]
    canonical = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    key: str = current_app.config["AUDIT_KEY"]
    return hmac.new(key.encode(), canonical.encode(), hashlib.sha256).hexdigest()
