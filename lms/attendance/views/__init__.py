"""The pages of classes: called and joined, rolls taken, sheets printed."""

from lms.attendance.views import classes, roll, seats, sheet
from lms.attendance.views.blueprint import bp

__all__ = ["bp", "classes", "roll", "seats", "sheet"]
