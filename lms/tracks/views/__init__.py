"""The learner's pages, and training taken elsewhere."""

from lms.tracks.views import class_papers, draft_words, due_days, guides, handouts
from lms.tracks.views.drafts import bp as draft_pages
from lms.tracks.views.learning import bp, place
from lms.tracks.views.outside import bp as outside_pages

__all__ = [
    "bp",
    "class_papers",
    "draft_pages",
    "draft_words",
    "due_days",
    "guides",
    "handouts",
    "outside_pages",
    "place",
]
