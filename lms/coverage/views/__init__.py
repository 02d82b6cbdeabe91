"""The pages of coverage, by question."""

from lms.coverage.views import figures, frozen, over_time, ruling, why
from lms.coverage.views.room import bp

__all__ = ["bp", "figures", "frozen", "over_time", "ruling", "why"]
