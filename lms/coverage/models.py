"""What coverage keeps: periods frozen, places that fell short, drafts of classes. The figures themselves are never kept."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from lms.kernel.clock import now
from lms.kernel.db import Model


class FrozenPeriod(Model):
    """A plan's figures as they stood on a day, as known at a moment, under a tree. Numbered; a trigger refuses any change."""

    __table_args__ = (UniqueConstraint("plan_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    plan_id: Mapped[int] = mapped_column(ForeignKey("plan.id"))
    number: Mapped[int]
    title: Mapped[str]
    as_of: Mapped[date]
    known_at: Mapped[datetime]
    tree_at: Mapped[date]
    figures: Mapped[dict[str, Any]] = mapped_column(deferred=True)  # coverage.as_json.written: rules and all units
    sha256: Mapped[str]  # of the figures, canonically written
    note: Mapped[str] = mapped_column(default="")
    frozen_at: Mapped[datetime] = mapped_column(default=now)
    frozen_by: Mapped[int | None]


class Alert(Model):
    """A place that had enough trained people and has too few since a day: what it has now, whom it lost. Closed when it has enough again."""

    __table_args__ = (Index(None, "indicator_id", "unit_id", "closed_on"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    indicator_id: Mapped[int] = mapped_column(ForeignKey("indicator.id"))
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    least: Mapped[int]
    had: Mapped[int]
    has: Mapped[int]
    causes: Mapped[list[Any]]  # [{"person": id, "why": "left" | "on_leave" | "expired" | "retracted" | "rule"}]
    opened_on: Mapped[date]
    closed_on: Mapped[date | None]
    recorded_at: Mapped[datetime] = mapped_column(default=now)


class Proposal(Model):
    """Classes proposed for the missing people of an indicator: a draft the office edits, then calls together in one act."""

    __table_args__ = (CheckConstraint("called_at IS NULL OR thrown_away_at IS NULL", name="called_or_thrown_away"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    indicator_id: Mapped[int] = mapped_column(ForeignKey("indicator.id"))
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"))  # whose missing people; None: the whole plan's
    inputs: Mapped[dict[str, Any]]  # deadline, seats, places, travel groups, costs, who can study online
    classes: Mapped[list[Any]]  # the draft: what, where, when, who, why
    made_at: Mapped[datetime] = mapped_column(default=now)
    made_by: Mapped[int | None]
    called_at: Mapped[datetime | None]
    thrown_away_at: Mapped[datetime | None]
