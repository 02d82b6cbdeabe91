"""What the front door remembers: codes on paper slips, people half-way in, devices it knows, and wrong tries."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from lms.kernel.clock import now
from lms.kernel.db import CURRENT, Model


class SlipCode(Model):
    """A one-time code on a paper slip: opens the way to a new passphrase, once, until `expires_at`. One of an account at a time."""

    __table_args__ = (
        CheckConstraint("why_ended IN ('', 'used', 'replaced', 'expired', 'stopped')", name="why_ended"),
        UniqueConstraint("account_id", "ended_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    code_hash: Mapped[str]  # argon2id, salted
    made_at: Mapped[datetime] = mapped_column(default=now)
    made_by: Mapped[int | None]  # account id; None is the operator's terminal
    expires_at: Mapped[datetime]
    ended_at: Mapped[datetime] = mapped_column(default=CURRENT)
    why_ended: Mapped[str] = mapped_column(default="")


class HalfSignIn(Model):
    """Somebody proved one thing and is asked for another. Opens no door but the one it waits at."""

    __table_args__ = (CheckConstraint("waits_for IN ('factor', 'passphrase')", name="waits_for"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    token_hash: Mapped[str] = mapped_column(unique=True)  # SHA-256 of the 256-bit token in the signed cookie
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), index=True)
    waits_for: Mapped[str]  # factor: the second one; passphrase: a new one, after a slip's code
    slip_code_id: Mapped[int | None] = mapped_column(ForeignKey("slip_code.id"))
    own_device: Mapped[bool]
    onward: Mapped[str]  # the path they wanted
    started_at: Mapped[datetime] = mapped_column(default=now)
    ended_at: Mapped[datetime | None]


class KnownDevice(Model):
    """A browser that this account signed in on before: its wrong tries are counted apart from everybody else's."""

    __table_args__ = (UniqueConstraint("account_id", "token_hash"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    token_hash: Mapped[str]  # SHA-256 of the 256-bit token in the device cookie
    known_since: Mapped[datetime] = mapped_column(default=now)
    seen_at: Mapped[datetime] = mapped_column(default=now)


class Tries(Model):
    """How often somebody was wrong at a door, counted together: one account's unknown devices, one known device, one address."""

    __table_args__ = (
        CheckConstraint("count >= 0 AND waits >= 0 AND total >= 0", name="counts_up"),
        Index(None, "last_at"),
    )

    key: Mapped[str] = mapped_column(primary_key=True)  # door, who, device; nothing that was typed
    count: Mapped[int]  # since `began_at`
    began_at: Mapped[datetime]
    waits: Mapped[int]  # how often this group had to wait already; each time twice as long
    wait_until: Mapped[datetime | None]
    total: Mapped[int]  # without one right try between
    last_at: Mapped[datetime]
