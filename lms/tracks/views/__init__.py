"""The learner's pages, and training taken elsewhere."""

from lms.tracks.views import guides, handouts
from lms.tracks.views.learning import bp, place
from lms.tracks.views.outside import bp as outside_pages

__all__ = ["bp", "guides", "handouts", "outside_pages", "place"]
