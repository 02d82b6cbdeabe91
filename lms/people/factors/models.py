"""Second factors and other ways in: whatever proves something is kept sealed, hashed or public, never as it is typed."""

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, LargeBinary, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from lms.kernel.clock import now
from lms.kernel.db import CURRENT, Model


class CodeApp(Model):
    """An app on a phone that shows a new six-digit code every 30 seconds (TOTP, RFC 6238). One at a time."""

    __table_args__ = (UniqueConstraint("account_id", "superseded_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    sealed: Mapped[str]  # the shared secret, encrypted (`sealing.py`)
    set_up_at: Mapped[datetime] = mapped_column(default=now)
    superseded_at: Mapped[datetime] = mapped_column(default=CURRENT)


class Passkey(Model):
    """A key pair on a device, opened with its screen lock (WebAuthn). We hold only the public half."""

    __table_args__ = (
        CheckConstraint("sign_count >= 0", name="counts_up"),
        Index(None, "account_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    credential_id: Mapped[str] = mapped_column(unique=True)  # base64url, as the device named it
    user_handle: Mapped[str]  # base64url of 32 random bytes, the same for all passkeys of the account
    public_key: Mapped[bytes] = mapped_column(LargeBinary)  # COSE
    sign_count: Mapped[int] = mapped_column(BigInteger)  # what the device last said; 0: it does not count
    name: Mapped[str]
    synced: Mapped[bool]  # may be copied to the owner's other devices by their maker
    made_at: Mapped[datetime] = mapped_column(default=now)
    used_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]


class RecoveryCode(Model):
    """One of ten codes on paper, each good once, for the day the phone is lost."""

    __table_args__ = (UniqueConstraint("account_id", "number", "superseded_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    number: Mapped[int]  # typed before the code, so that one hash is checked and not ten
    code_hash: Mapped[str]  # argon2id, salted
    made_at: Mapped[datetime] = mapped_column(default=now)
    used_at: Mapped[datetime | None]
    superseded_at: Mapped[datetime] = mapped_column(default=CURRENT)


class SpentProof(Model):
    """A proof that was accepted once: the primary key refuses it the second time."""

    proof: Mapped[str] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(default=now, index=True)


class FactorLoss(Model):
    """Somebody lost their second factor. Two accounts, neither of them theirs, have seen the person before it is taken off."""

    __table_args__ = (
        CheckConstraint("(confirmed_at IS NULL) = (confirmed_by IS NULL)", name="confirmed_by_somebody"),
        CheckConstraint("confirmed_by <> asked_by", name="two_accounts"),
        CheckConstraint("asked_by <> account_id AND confirmed_by <> account_id", name="not_their_own"),
        CheckConstraint("confirmed_at IS NULL OR withdrawn_at IS NULL", name="confirmed_or_withdrawn"),
        Index(None, "account_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    asked_at: Mapped[datetime] = mapped_column(default=now)
    asked_by: Mapped[int] = mapped_column(ForeignKey("account.id"))
    confirmed_at: Mapped[datetime | None]
    confirmed_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    withdrawn_at: Mapped[datetime | None]


class FactorEvent(Model):
    """A change of the ways in, told to the holder until they say that they have read it."""

    __table_args__ = (Index(None, "account_id", "read_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    kind: Mapped[str]  # see `words.EVENTS`
    at: Mapped[datetime] = mapped_column(default=now)
    by: Mapped[int | None]  # account id; None is the operator's terminal
    read_at: Mapped[datetime | None]


class OidcIdentity(Model):
    """An account at the configured OpenID provider: known by issuer and subject, never by e-mail."""

    __table_args__ = (
        UniqueConstraint("issuer", "subject", "superseded_at"),
        Index(None, "account_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    issuer: Mapped[str]
    subject: Mapped[str]
    linked_at: Mapped[datetime] = mapped_column(default=now)
    linked_by: Mapped[int | None]  # the admin whose code it was, or the holder
    superseded_at: Mapped[datetime] = mapped_column(default=CURRENT)


class LinkCode(Model):
    """A code from the administrator that links whoever types it, signed in at the provider, to this account. Good once."""

    __table_args__ = (Index(None, "account_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    code_hash: Mapped[str]  # argon2id, salted
    made_at: Mapped[datetime] = mapped_column(default=now)
    made_by: Mapped[int | None]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
