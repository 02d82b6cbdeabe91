"""Every change of the ways in is kept in the audit trail, and told to the holder until they have read it."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import Select, select, update

from lms.kernel import audit
from lms.kernel.clock import now
from lms.kernel.db import db
from lms.people.factors.models import FactorEvent


def tell(account_id: int, kind: str, *, by: int | None, **facts: object) -> None:
    """Note the change in both places; `kind` is one of `words.EVENTS`."""
    db.session.add(FactorEvent(account_id=account_id, kind=kind, at=now(), by=by))
    audit.record(f"factor.{kind}", "account", account_id, by=by, **facts)


def unread(account_id: int, before: datetime | None = None) -> list[FactorEvent]:
    """What the holder has not said they have read (and happened before that moment), the newest first."""
    query = select(FactorEvent).where(FactorEvent.account_id == account_id, FactorEvent.read_at.is_(None))
    return _newest(query.where(FactorEvent.at < before) if before else query)


def past(account_id: int, most: int = 20) -> list[FactorEvent]:
    """The latest changes."""
    return _newest(select(FactorEvent).where(FactorEvent.account_id == account_id).limit(most))


def have_read(account_id: int, ids: Iterable[int]) -> None:
    """The holder has read these."""
    db.session.execute(
        update(FactorEvent)
        .where(FactorEvent.account_id == account_id, FactorEvent.id.in_(list(ids)), FactorEvent.read_at.is_(None))
        .values(read_at=now())
    )


def _newest(query: Select[FactorEvent]) -> list[FactorEvent]:
    return list(db.session.scalars(query.order_by(FactorEvent.at.desc(), FactorEvent.id.desc())))
