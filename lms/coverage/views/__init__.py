"""The pages of coverage, by question."""

from lms.coverage.views import (
    alerts,
    by_year,
    figures,
    frozen,
    over_time,
    planned_classes,
    planning,
    planning_paper,
    ruling,
    samples,
    why,
)
from lms.coverage.views.room import bp

__all__ = [
    "alerts",
    "bp",
    "by_year",
    "figures",
    "frozen",
    "over_time",
    "planned_classes",
    "planning",
    "planning_paper",
    "ruling",
    "samples",
    "why",
]
