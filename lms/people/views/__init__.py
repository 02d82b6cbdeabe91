"""The pages of the room, by noun."""

from lms.people.views import (
    accounts,
    categories,
    confirmations,
    corrections,
    loans,
    me,
    persons,
    reminders,
    roster_answers,
    roster_files,
    rosters,
    same,
    units,
)
from lms.people.views.room import bp

__all__ = [
    "accounts",
    "bp",
    "categories",
    "confirmations",
    "corrections",
    "loans",
    "me",
    "persons",
    "reminders",
    "roster_answers",
    "roster_files",
    "rosters",
    "same",
    "units",
]
