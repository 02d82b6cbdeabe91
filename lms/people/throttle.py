"""Wrong passphrases are counted per account, never by address alone: a whole commune shares one."""

from datetime import timedelta

from sqlalchemy import delete, func, select

from lms.kernel.clock import now
from lms.kernel.db import aside, db
from lms.people.models import FailedSignIn

WINDOW = timedelta(minutes=15)
TRIES = 10  # wrong passphrases per account and window


def too_many(username: str) -> bool:
    """Whether this account has to wait."""
    counted = (
        select(func.count())
        .select_from(FailedSignIn)
        .where(FailedSignIn.username == username, FailedSignIn.at > now() - WINDOW)
    )
    return (db.session.scalar(counted) or 0) >= TRIES


def remember(username: str) -> None:
    """One more wrong try: kept although the request itself is refused and rolled back."""
    db.session.rollback()
    with aside() as short:
        short.add(FailedSignIn(username=username, at=now()))


def forget(username: str) -> None:
    """They are in: past mistakes no longer count."""
    db.session.execute(delete(FailedSignIn).where(FailedSignIn.username == username))
