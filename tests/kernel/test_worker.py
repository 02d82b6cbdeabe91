"""A worker that is killed in the middle of a job: the next one takes the job up, and nobody sees the difference."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from flask import Flask

from lms.kernel import jobs
from lms.kernel.db import db
from lms.kernel.jobs import Job

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 60.0  # seconds


def worker(app: Flask) -> subprocess.Popen[bytes]:
    url, folder = app.config["SQLALCHEMY_DATABASE_URI"], str(app.config["DATA_DIR"])
    return subprocess.Popen([sys.executable, "-m", "tests.kernel.slow_worker", url, folder], cwd=ROOT)


def job_of(app: Flask, job_id: str) -> Job:
    with app.app_context():
        return db.session.get_one(Job, job_id)


def until(met: Callable[[], bool]) -> None:
    end = time.monotonic() + PATIENCE
    while not met():
        assert time.monotonic() < end, "waited too long"
        time.sleep(0.05)


def test_killed_in_the_middle_and_finished_by_the_next(app: Flask) -> None:
    with app.app_context():
        job_id = jobs.start("tests.slow", {"steps": 40}, by=None).id
        db.session.commit()

    first = worker(app)
    until(lambda: job_of(app, job_id).done >= 5)
    first.send_signal(signal.SIGKILL)
    first.wait()
    left = job_of(app, job_id)
    assert left.state == "running"
    assert 5 <= left.done < 40

    if db_is_shared(app):  # many workers: a job is given up for lost only after a while; here, now
        with app.app_context():
            job = db.session.get_one(Job, job_id)
            job.beat_at -= jobs.STALE
            db.session.commit()
    second = worker(app)
    try:
        until(lambda: job_of(app, job_id).state == "done")
    finally:
        os.kill(second.pid, signal.SIGTERM)
        second.wait(timeout=PATIENCE)
    done = job_of(app, job_id)
    assert (done.done, done.runs) == (40, 2)
    assert done.result["steps"] == 40


def db_is_shared(app: Flask) -> bool:
    return str(app.config["SQLALCHEMY_DATABASE_URI"]).startswith("postgresql")
