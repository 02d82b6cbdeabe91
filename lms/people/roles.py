"""What someone may do, and where: a role over a unit's subtree, for a time."""

from dataclasses import dataclass
from enum import StrEnum


class Role(StrEnum):
    """Roles by desk. Everyone with an account and a person is a learner."""

    LEARNER = "learner"  # học viên: own data
    TRAINER = "trainer"  # giảng viên: own classes
    FOCAL = "focal"  # đầu mối đơn vị: own unit
    OFFICE = "office"  # cơ quan tổng hợp: all units below
    ADMIN = "admin"  # quản trị: accounts and settings


@dataclass(frozen=True)
class Grant:
    """A role held over a unit and all below it."""

    role: Role
    unit_id: int
    lent: bool = False  # by a colleague, until a day: it opens doors, but nothing is granted or lent onward with it
