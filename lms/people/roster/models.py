"""What is remembered of a list besides the list: how it was understood and answered, what it changed, what its unit always means."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from lms.kernel.clock import now
from lms.kernel.db import CURRENT, Model


class RosterReading(Model):
    """How a list was understood, and what somebody answered about it. Until `read_at` nothing of it is known."""

    roster_id: Mapped[int] = mapped_column(ForeignKey("roster.id"), primary_key=True, autoincrement=False)
    job_id: Mapped[str | None]  # of a list too long to be read while somebody waits
    read_at: Mapped[datetime | None]
    sheets: Mapped[list[Any]] = mapped_column(default=list)  # header, columns and what was left out, with the reasons
    answers: Mapped[dict[str, Any]] = mapped_column(default=dict)
    undone_at: Mapped[datetime | None]
    undone_by: Mapped[int | None]


class RosterStep(Model):
    """What confirming a list did to one person, so that it can be taken back."""

    id: Mapped[int] = mapped_column(primary_key=True)
    roster_id: Mapped[int] = mapped_column(ForeignKey("roster.id"), index=True)
    person_id: Mapped[int] = mapped_column(index=True)
    made: Mapped[bool] = mapped_column(default=False)  # the record itself was added
    before: Mapped[dict[str, Any]] = mapped_column(default=dict)  # facts of the person as they were; days as ISO texts
    after: Mapped[dict[str, Any]] = mapped_column(default=dict)
    closed: Mapped[list[Any]] = mapped_column(default=list)  # ids of postings it superseded
    opened: Mapped[list[Any]] = mapped_column(default=list)  # ids of postings it recorded
    undone_at: Mapped[datetime | None]


class RosterMeaning(Model):
    """What a unit means by something in its lists: said once, remembered for the next one."""

    __table_args__ = (
        CheckConstraint("kind IN ('heading', 'unit', 'position', 'month_first', 'same')", name="kind"),
        UniqueConstraint("unit_id", "kind", "key", "superseded_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    kind: Mapped[str]
    key: Mapped[str]  # folded words of the list, or a digest of who stands there
    value: Mapped[dict[str, Any]]
    recorded_at: Mapped[datetime] = mapped_column(default=now)
    recorded_by: Mapped[int | None]
    superseded_at: Mapped[datetime] = mapped_column(default=CURRENT)
