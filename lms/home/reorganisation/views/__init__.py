"""The pages of a reorganisation, and of the office that receives the reports."""

from lms.home.reorganisation.views import acts, offices
from lms.home.reorganisation.views.room import bp

__all__ = ["acts", "bp", "offices"]
