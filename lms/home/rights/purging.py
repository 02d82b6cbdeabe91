"""Each hour, what has had its time is no longer kept: counts of it are the only report. The days: `courses/office/retention.toml`."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from lms.confidential import seats
from lms.kernel import audit, jobs
from lms.kernel.clock import now
from lms.kernel.db import db
from lms.kernel.i18n import N_
from lms.kernel.jobs import Progress
from lms.people import forgetting as people
from lms.people.rights import office
from lms.quizzes import forgetting as quizzes
from lms.tracks import forgetting as tracks

PURGE = "people.purge"
PARTS: dict[str, Callable[[datetime], int]] = {  # by the name of its days in the file
    "lesson_times": tracks.lesson_times,
    "quiz_answers": quizzes.quiz_answers,
    "sign_ins": people.sign_ins,
    "known_devices": people.known_devices,
    "import_files": people.import_files,
    "seat_codes": seats.forget,
}


def purge() -> dict[str, int]:
    """Take away what has had its time; how many rows, by part. To look first: do it and roll back."""
    moment = now()
    counts = {name: forget(moment - timedelta(days=days(name))) for name, forget in PARTS.items()}
    if any(counts.values()):
        audit.record("retention.purged", "database", "-", **counts)
    db.session.flush()
    return counts


def days(name: str) -> int:
    """How long that is kept."""
    kept: int = getattr(office.retention(), name)
    return kept


@jobs.every(minutes=60)
def purge_each_hour() -> None:
    """The worker does it by itself; nobody has to remember."""
    purge()


@jobs.kind(PURGE)
def purge_job(job: Progress, *, dry_run: bool) -> dict[str, Any]:
    """The same for somebody who asks on the page, or only looks."""
    counts = purge()
    if dry_run:
        db.session.rollback()
        job.at(1, 1, LOOKED, **counts)
    else:
        job.at(1, 1, DONE, **counts)
    return {"dry_run": dry_run, **counts}


LOOKED = N_(
    "Nothing was taken away. It would be: times of %(lesson_times)s lessons, %(quiz_answers)s answers in tests, "
    "%(sign_ins)s sign-ins, %(known_devices)s known devices, %(import_files)s files of lists, seat codes of %(seat_codes)s groups."
)
DONE = N_(
    "Taken away: times of %(lesson_times)s lessons, %(quiz_answers)s answers in tests, %(sign_ins)s sign-ins, "
    "%(known_devices)s known devices, %(import_files)s files of lists, seat codes of %(seat_codes)s groups."
)
