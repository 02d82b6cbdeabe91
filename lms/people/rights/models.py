"""Requests of persons about their own data with the office's answers, and who has read which notice."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from lms.kernel.clock import now
from lms.kernel.db import Model


class DataRequest(Model):
    """A person asks to have what is held about them corrected, deleted or used less. Its state follows from its answers."""

    __table_args__ = (
        CheckConstraint("kind IN ('correct', 'delete', 'limit', 'other')", name="kind"),
        Index(None, "person_id"),
        Index(None, "due_on"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    kind: Mapped[str]
    words: Mapped[str]
    made_at: Mapped[datetime] = mapped_column(default=now)
    made_by: Mapped[int | None]
    due_on: Mapped[date]  # the last day for the first answer, as the holidays were known when it was made
    withdrawn_at: Mapped[datetime | None]


class DataAnswer(Model):
    """The office answered a request: how it goes on, that it is done, or why not. Never changed, only followed by another."""

    __table_args__ = (
        CheckConstraint("outcome IN ('working', 'done', 'refused')", name="outcome"),
        Index(None, "request_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    request_id: Mapped[int] = mapped_column(ForeignKey("data_request.id"))
    outcome: Mapped[str]
    words: Mapped[str]
    answered_at: Mapped[datetime] = mapped_column(default=now)
    answered_by: Mapped[int | None]


class NoticeRead(Model):
    """An account's holder said that they have read the notice, in this wording."""

    __table_args__ = (UniqueConstraint("account_id", "version"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    version: Mapped[str]
    sha256: Mapped[str]  # of the text, so that nobody can say it was another
    read_at: Mapped[datetime] = mapped_column(default=now)
