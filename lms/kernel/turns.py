"""Acts that may not overlap take turns, until the transaction ends. SQLite has one writer anyway, so there nothing is asked."""

from sqlalchemy import func, select

from lms.kernel.db import Base, db


def take_turns(act: str) -> None:
    """One at a time through the whole house: for acts that look at more rows than they could lock (a tree, a chain)."""
    if db.engine.dialect.name == "postgresql":
        db.session.execute(select(func.pg_advisory_xact_lock(func.hashtext(act))))


def hold(model: type[Base], *ids: int, wholly: bool = False) -> None:
    """One at a time for these rows, in the order of their ids so that two never wait for each other. `wholly`: nobody refers to
    them anew either (a posting at a unit)."""
    if db.engine.dialect.name == "postgresql":
        key = model.__table__.c.id
        found = select(key).where(key.in_(ids)).order_by(key).with_for_update(key_share=not wholly)
        db.session.execute(found)


def as_it_is_now(row: Base) -> None:
    """A row that was read before the turn came may have been superseded meanwhile."""
    if db.engine.dialect.name == "postgresql":
        db.session.refresh(row, ["superseded_at"])
