"""A list is staged, looked at, answered about, then confirmed in one transaction (and taken back), or thrown away."""

from lms.people.roster.confirming import confirm
from lms.people.roster.planning import plan_of
from lms.people.roster.staging import answer, discard, read, stage
from lms.people.roster.undoing import may_undo, undo, undoing_of

__all__ = ["answer", "confirm", "discard", "may_undo", "plan_of", "read", "stage", "undo", "undoing_of"]
