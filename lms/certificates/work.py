"""Work beside the pages: what is due is issued each minute, and the papers of a whole class become one file."""

from lms.certificates import actions, queries
from lms.kernel import jobs
from lms.kernel.clock import today
from lms.kernel.db import db, reading
from lms.tracks.models import Completion


@jobs.every(1)
def issue_due() -> None:
    """Each minute: whoever completed a course has a certificate. Looking costs one statement and no lock."""
    with reading():
        waiting = db.session.scalar(queries.due(today()).with_only_columns(Completion.id).limit(1))
        db.session.rollback()
    if waiting is not None:
        actions.issue_due()
