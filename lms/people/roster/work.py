"""A list too long to be read while somebody waits is read by a job. It keeps nothing before all is read, so it may be killed."""

from typing import Any

from lms.kernel import jobs
from lms.kernel.db import db
from lms.kernel.i18n import N_
from lms.kernel.jobs import Progress
from lms.people.models import Roster
from lms.people.roster import staging


@jobs.kind(staging.READ)
def read_roster(job: Progress, roster_id: int) -> dict[str, Any]:
    """Says how many rows it has understood so far; writes them at the end, all at once."""
    roster = db.session.get_one(Roster, roster_id)
    if roster.discarded_at or roster.confirmed_at:
        return {"rows": 0}
    job.at(0, 0, N_("Reading the list"))
    staging.read(roster)
    return {"rows": len(roster.rows)}
