"""The pages of the room, by noun."""

from lms.people.views import accounts, me, persons, rosters, units
from lms.people.views.room import bp

__all__ = ["accounts", "bp", "me", "persons", "rosters", "units"]
