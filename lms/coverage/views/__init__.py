"""The pages of coverage, by question."""

from lms.coverage.views import figures, over_time
from lms.coverage.views.room import bp

__all__ = ["bp", "figures", "over_time"]
