"""Work that takes longer than a page: huey carries it, a row in our own database tells how far it is.

The row is written with the transaction that asks for the work and handed to huey after its commit, so a rolled-back
request leaves no job. A worker that dies leaves the row `running`; the next one to start takes it up again. So work must bear
being run again: it commits in whole steps (`progress.at` commits) or once at its end.
"""

import logging
import uuid
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from flask import Flask, current_app
from huey import Huey, RedisHuey, SqliteHuey, crontab
from sqlalchemy import ForeignKey, Index, delete, event, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from lms.kernel import audit
from lms.kernel.clock import now
from lms.kernel.db import Model, db
from lms.kernel.refused import Refused

log = logging.getLogger(__name__)

STALE = timedelta(minutes=5)  # a running job that has not moved for so long has lost its worker
FILES_KEPT = timedelta(days=7)
Work = Callable[..., dict[str, Any]]

_kinds: dict[str, Work] = {}
_every: list[tuple[int, Callable[[], None]]] = []


class Job(Model):
    """A piece of work: queued, running, done or failed."""

    __table_args__ = (Index(None, "state", "beat_at"),)

    id: Mapped[str] = mapped_column(primary_key=True)  # a UUID: the address of its page is not guessable
    kind: Mapped[str]
    args: Mapped[dict[str, Any]]
    state: Mapped[str] = mapped_column(default="queued")
    done: Mapped[int] = mapped_column(default=0)
    total: Mapped[int] = mapped_column(default=0)
    message: Mapped[str] = mapped_column(default="")  # an English source sentence
    values: Mapped[dict[str, Any]] = mapped_column(default=dict)  # for the places in the message
    result: Mapped[dict[str, Any]] = mapped_column(default=dict)
    runs: Mapped[int] = mapped_column(default=0)
    requested_by: Mapped[int | None] = mapped_column(index=True)
    created_at: Mapped[datetime] = mapped_column(default=now)
    beat_at: Mapped[datetime] = mapped_column(default=now)
    finished_at: Mapped[datetime | None]


class JobFile(Model):
    """What a job made, kept some days for the one who asked."""

    id: Mapped[int] = mapped_column(primary_key=True)
    job_id: Mapped[str] = mapped_column(ForeignKey("job.id"), unique=True)
    name: Mapped[str]
    media_type: Mapped[str]
    content: Mapped[bytes] = mapped_column(deferred=True)


class Progress:
    """What a job's work is handed: where it tells how far it is and leaves what it made."""

    def __init__(self, job: Job) -> None:
        self.job = job

    def at(self, done: int, total: int, message: str = "", **values: Any) -> None:
        """So many of so many are done. Commits: what was written up to here stays, whatever comes."""
        self.job.done, self.job.total, self.job.beat_at = done, total, now()
        if message:
            self.job.message, self.job.values = message, values
        db.session.commit()

    def file(self, name: str, media_type: str, content: bytes) -> None:
        """Keep a file for the one who asked; a second run replaces it."""
        kept = db.session.scalar(select(JobFile).where(JobFile.job_id == self.job.id))
        if kept is None:
            kept = JobFile(job_id=self.job.id)
            db.session.add(kept)
        kept.name, kept.media_type, kept.content = name, media_type, content
        db.session.flush()


def kind(name: str) -> Callable[[Work], Work]:
    """Register the work of a kind of job: `work(progress, **args) -> result`."""

    def register(work: Work) -> Work:
        _kinds[name] = work
        return work

    return register


def every(minutes: int) -> Callable[[Callable[[], None]], Callable[[], None]]:
    """Register a chore that the worker does every so many minutes; it commits nothing itself."""

    def register(chore: Callable[[], None]) -> Callable[[], None]:
        _every.append((minutes, chore))
        return chore

    return register


def start(kind: str, args: dict[str, Any], *, by: int | None) -> Job:
    """Ask for work. It is handed over when the current transaction commits."""
    job = Job(id=str(uuid.uuid4()), kind=kind, args=args, requested_by=by)
    db.session.add(job)
    db.session.flush()
    db.session.info.setdefault("jobs", []).append(job.id)
    return job


def again(job: Job) -> None:
    """Run a failed job once more."""
    if job.state != "failed":
        raise Refused("Only work that failed can be run again.")
    job.state, job.message, job.values, job.beat_at = "queued", "", {}, now()
    db.session.flush()
    db.session.info.setdefault("jobs", []).append(job.id)


def run(job_id: str) -> None:
    """Do a queued job, in the present app context. A job someone else has taken is left alone."""
    taken: Any = db.session.execute(
        update(Job)
        .where(Job.id == job_id, Job.state == "queued")
        .values(state="running", beat_at=now(), runs=Job.runs + 1)
    )
    db.session.commit()
    if not taken.rowcount:
        return
    job = db.session.get_one(Job, job_id)
    try:
        result = _kinds[job.kind](Progress(job), **job.args)
    except Refused as refused:
        _fail(job_id, refused.message, refused.values)
    except Exception as error:
        log.exception("job %s (%s) failed", job_id, job.kind)
        _fail(
            job_id,
            "Something went wrong on our side (%(error)s). Nothing half-done was kept.",
            {"error": type(error).__name__},
        )
    else:
        job.state, job.result, job.finished_at, job.beat_at = "done", result, now(), now()
        db.session.commit()


def _fail(job_id: str, message: str, values: dict[str, Any]) -> None:
    db.session.rollback()
    job = db.session.get_one(Job, job_id)
    job.state, job.message, job.values, job.finished_at = "failed", message, values, now()
    audit.record("job.failed", "job", job_id, by=job.requested_by, kind=job.kind)
    db.session.commit()


def waiting(*, stale_after: timedelta = STALE) -> list[str]:
    """Jobs nobody is working on: queued but not handed over, or left by a worker that died. The latter become queued."""
    lost = now() - stale_after
    db.session.execute(update(Job).where(Job.state == "running", Job.beat_at <= lost).values(state="queued"))
    ids = list(db.session.scalars(select(Job.id).where(Job.state == "queued").order_by(Job.created_at)))
    db.session.commit()
    return ids


def take_up_again() -> None:
    """A worker starts: what waits is handed over. On SQLite there is one worker, so whatever runs was left by a dead one."""
    alone = db.engine.dialect.name == "sqlite"
    for job_id in waiting(stale_after=timedelta(0) if alone else STALE):
        current_app.extensions["jobs.run"](job_id)


def work_off() -> int:
    """Do everything that waits, here and now (command line, tests); returns how many."""
    ids = waiting()
    for job_id in ids:
        run(job_id)
    return len(ids)


def chores() -> None:
    """Do every registered chore once, here and now."""
    for _minutes, chore in _every:
        _do(chore)


def _do(chore: Callable[[], None]) -> None:
    try:
        chore()
        db.session.commit()
    except Exception:
        db.session.rollback()
        log.exception("chore %s failed", chore.__name__)


@every(minutes=60)
def forget_files() -> None:
    """What jobs made is kept for a week; it can be asked for again."""
    old = select(Job.id).where(Job.created_at < now() - FILES_KEPT)
    db.session.execute(delete(JobFile).where(JobFile.job_id.in_(old)))


def init(app: Flask) -> None:
    """Make the app's queue: Redis where one is configured, else a SQLite file beside the database."""
    redis_url, folder = app.config["REDIS_URL"], app.config["DATA_DIR"]
    queue: Huey = (
        RedisHuey("lms", url=redis_url) if redis_url else SqliteHuey("lms", filename=str(folder / "jobs.sqlite"))
    )
    app.extensions["jobs"] = queue

    @queue.task(name="run")
    def run_queued(job_id: str) -> None:
        with app.app_context():
            run(job_id)

    @queue.periodic_task(crontab(minute="*"), name="pick_up")
    def pick_up_left_over() -> None:
        with app.app_context():
            for job_id in waiting():
                run_queued(job_id)

    for minutes, chore in _every:
        _schedule(app, queue, minutes, chore)
    app.extensions["jobs.run"] = run_queued


def _schedule(app: Flask, queue: Huey, minutes: int, chore: Callable[[], None]) -> None:
    @queue.periodic_task(crontab(minute=f"*/{minutes}"), name=f"every_{chore.__module__}_{chore.__name__}")
    def do_chore() -> None:
        with app.app_context():
            _do(chore)


@event.listens_for(Session, "after_commit")
def _hand_over(session: Session) -> None:
    """After the commit that asked for them, and only then, jobs go to the queue."""
    for job_id in session.info.pop("jobs", []):
        try:
            current_app.extensions["jobs.run"](job_id)
        except Exception:  # the queue is away: the row stays queued, and the next sweep picks it up
            log.exception("job %s could not be handed over", job_id)


@event.listens_for(Session, "after_rollback")
def _drop(session: Session) -> None:
    session.info.pop("jobs", None)
