"""The pages of the room, by noun."""

from lms.people.views import accounts, confirmations, me, persons, reminders, rosters, units
from lms.people.views.room import bp

__all__ = ["accounts", "bp", "confirmations", "me", "persons", "reminders", "rosters", "units"]
