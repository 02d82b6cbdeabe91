"""Classes in a room: half-day sessions, seats, and the roll. Marks are events; the roll is their fold."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lms.kernel.clock import now
from lms.kernel.db import CURRENT, Model
from lms.people.models import Person


class TrainingClass(Model):
    """A class called together for one course, in one place, by one unit. While it is a draft its seats are invitations not sent."""

    __table_args__ = (
        CheckConstraint("seats > 0", name="has_seats"),
        CheckConstraint("seats_taken BETWEEN 0 AND seats", name="never_oversold"),
        CheckConstraint("min_share BETWEEN 1 AND 100", name="min_share_is_percent"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    course_slug: Mapped[str] = mapped_column(index=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), index=True)  # host
    title: Mapped[str]
    place: Mapped[str]
    seats: Mapped[int]
    seats_taken: Mapped[int] = mapped_column(default=0)  # counted under the row's lock; a constraint keeps it honest
    min_share: Mapped[int] = mapped_column(default=80)  # percent of planned hours one has to attend
    draft: Mapped[bool] = mapped_column(default=False, server_default=false())
    called_at: Mapped[datetime] = mapped_column(default=now)  # of a draft: when it was drawn up
    called_by: Mapped[int | None]
    closed_at: Mapped[datetime | None]
    closed_by: Mapped[int | None]
    cancelled_at: Mapped[datetime | None]
    why_cancelled: Mapped[str] = mapped_column(default="")

    sessions: Mapped[list["ClassSession"]] = relationship(
        lazy="raise_on_sql", order_by="ClassSession.on, ClassSession.half"
    )
    trainers: Mapped[list["ClassTrainer"]] = relationship(lazy="raise_on_sql")


class ClassTrainer(Model):
    """Who teaches a class."""

    __table_args__ = (UniqueConstraint("class_id", "person_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    class_id: Mapped[int] = mapped_column(ForeignKey("training_class.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)

    person: Mapped[Person] = relationship(lazy="raise_on_sql")


class ClassSession(Model):
    """A half-day (buổi) of a class: the unit of attendance."""

    __table_args__ = (
        UniqueConstraint("class_id", "on", "half"),
        CheckConstraint("half IN ('am', 'pm')", name="half"),
        CheckConstraint("periods > 0", name="has_periods"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    class_id: Mapped[int] = mapped_column(ForeignKey("training_class.id"))
    on: Mapped[date] = mapped_column(index=True)
    half: Mapped[str]  # am, pm
    periods: Mapped[int] = mapped_column(default=4)  # tiết of 45 minutes


class Seat(Model):
    """A person's place in a class. Given up, it is free again and its row tells when."""

    __table_args__ = (UniqueConstraint("class_id", "person_id", "left_at"), Index(None, "person_id"))

    id: Mapped[int] = mapped_column(primary_key=True)
    class_id: Mapped[int] = mapped_column(ForeignKey("training_class.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    taken_at: Mapped[datetime] = mapped_column(default=now)
    taken_by: Mapped[int | None]
    left_at: Mapped[datetime] = mapped_column(default=CURRENT)

    person: Mapped[Person] = relationship(lazy="raise_on_sql")


class Mark(Model):
    """Someone was seen present, late, excused or absent. An event: never changed, only followed by another."""

    __table_args__ = (
        CheckConstraint("state IN ('present', 'late', 'excused', 'absent')", name="state"),
        Index(None, "session_id", "person_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)  # the server's order decides
    client_id: Mapped[str] = mapped_column(unique=True)  # sent twice, it is one event
    session_id: Mapped[int] = mapped_column(ForeignKey("class_session.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    state: Mapped[str]
    correction: Mapped[str] = mapped_column(default="")  # the reason, when made after the roll was closed
    marked_at: Mapped[datetime] = mapped_column(default=now)
    marked_by: Mapped[int | None]
    claimed_at: Mapped[datetime | None]  # what the device's clock said


class RollClosing(Model):
    """The roll of a half-day was closed: who was there, as it stood."""

    id: Mapped[int] = mapped_column(primary_key=True)
    session_id: Mapped[int] = mapped_column(ForeignKey("class_session.id"), unique=True)
    closed_at: Mapped[datetime] = mapped_column(default=now)
    closed_by: Mapped[int | None]
    roll: Mapped[dict[str, Any]]  # person id -> state
