"""The register: numbers without gap or double, facts as issued, revocations beside them."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lms.kernel.clock import now
from lms.kernel.db import Model


class RegisterCounter(Model):
    """The last number given in a series and year; drawn under its row's lock, in the issuing transaction."""

    series: Mapped[str] = mapped_column(primary_key=True)
    year: Mapped[int] = mapped_column(primary_key=True)
    last: Mapped[int] = mapped_column(default=0)


class Certificate(Model):
    """A row of the register (sổ cấp). Its facts are a snapshot: what was printed, whatever changes later."""

    __table_args__ = (
        UniqueConstraint("series", "year", "number"),  # no double
        UniqueConstraint("completion_id", "version"),  # one per completion, and its re-issues
        Index(None, "person_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    completion_id: Mapped[int] = mapped_column(ForeignKey("completion.id"))
    version: Mapped[int] = mapped_column(default=1)  # 2 and up are re-issues
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    course_slug: Mapped[str]
    series: Mapped[str]
    year: Mapped[int]
    number: Mapped[int]
    token: Mapped[str] = mapped_column(unique=True)  # 128 random bits: the address on the QR
    facts: Mapped[dict[str, Any]]
    issued_on: Mapped[date]
    issued_at: Mapped[datetime] = mapped_column(default=now)
    issued_by: Mapped[int | None]

    revocation: Mapped["Revocation | None"] = relationship(lazy="raise_on_sql")


class CertificateFile(Model):
    """A PDF that we made of a certificate, by its SHA-256, so that a copy can be told from a forgery."""

    __table_args__ = (UniqueConstraint("certificate_id", "sha256"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    certificate_id: Mapped[int] = mapped_column(ForeignKey("certificate.id"))
    sha256: Mapped[str] = mapped_column(index=True)
    made_at: Mapped[datetime] = mapped_column(default=now)


class Revocation(Model):
    """A certificate no longer holds, and why. The number stays used."""

    id: Mapped[int] = mapped_column(primary_key=True)
    certificate_id: Mapped[int] = mapped_column(ForeignKey("certificate.id"), unique=True)
    reason: Mapped[str]
    decision: Mapped[str] = mapped_column(default="")  # number of the office's decision, if there is one
    revoked_at: Mapped[datetime] = mapped_column(default=now)
    revoked_by: Mapped[int | None]
