"""The pages of the room, by noun."""

from lms.home.views import desk, reminders, same, standings, trail
from lms.home.views.room import bp

__all__ = ["bp", "desk", "reminders", "same", "standings", "trail"]
