"""Groups that met, as counts. Two colours with no table in common, and in none a person, a name or a free text (TRUST 2.3)."""

from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from lms.kernel.db import Model

KINDS = ("talk", "skills")
BANDS = {"under_10": 5, "10_19": 15, "20_29": 25, "30_on": 35}  # what a band counts for in a sum of many
CHECKS = (f"kind IN {KINDS}", f"band IN {tuple(BANDS)}")


class GreenGroup(Model):
    """A group of one colour met on a day, at a district or the province."""

    __table_args__ = (
        CheckConstraint(CHECKS[0], name="kind"),
        CheckConstraint(CHECKS[1], name="band"),
        Index(None, "on"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    on: Mapped[date]
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    kind: Mapped[str]
    band: Mapped[str]


class BlueGroup(Model):
    """A group of the other colour."""

    __table_args__ = (
        CheckConstraint(CHECKS[0], name="kind"),
        CheckConstraint(CHECKS[1], name="band"),
        Index(None, "on"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    on: Mapped[date]
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    kind: Mapped[str]
    band: Mapped[str]


class GreenSeat(Model):
    """A code on paper for a seat: drawn at random, stands for nobody, gone within a week of the day of its group."""

    __table_args__ = (UniqueConstraint("group_id", "code"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    group_id: Mapped[int] = mapped_column(ForeignKey("green_group.id"))
    code: Mapped[str] = mapped_column(String(6))


class BlueSeat(Model):
    """A seat of the other colour."""

    __table_args__ = (UniqueConstraint("group_id", "code"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    group_id: Mapped[int] = mapped_column(ForeignKey("blue_group.id"))
    code: Mapped[str] = mapped_column(String(6))


COLOURS: dict[str, type[GreenGroup] | type[BlueGroup]] = {"green": GreenGroup, "blue": BlueGroup}
SEATS: dict[str, type[GreenSeat] | type[BlueSeat]] = {"green": GreenSeat, "blue": BlueSeat}
