"""Jobs: queued with the commit that asks, survive a dead worker, say why they failed, run again."""

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from lms.kernel import jobs
from lms.kernel.clock import frozen, now
from lms.kernel.db import db
from lms.kernel.jobs import Job, JobFile, Progress
from lms.kernel.once import Once
from lms.kernel.refused import Refused
from tests.world import World

STEPS: list[int] = []
BROKEN = {"now": False}


@jobs.kind("tests.count")
def count(progress: Progress, *, to: int) -> dict[str, Any]:
    """Counts, reports, leaves a file; refuses or dies when told to."""
    for n in range(1, to + 1):
        progress.at(n, to, "Counting: %(n)s", n=n)
        STEPS.append(n)
        if BROKEN["now"] and n == 2:
            raise Refused("The counter is stuck at %(n)s.", n=n)
    progress.file("count.txt", "text/plain", b"counted")
    return {"counted": to}


@pytest.fixture(autouse=True)
def fresh() -> None:
    STEPS.clear()
    BROKEN["now"] = False


def started(world: World, who: str = "lan") -> str:
    with world.app.app_context():
        job = jobs.start("tests.count", {"to": 3}, by=world.accounts[who])
        db.session.commit()
        return job.id


def job_of(app: Flask, job_id: str) -> Job:
    with app.app_context():
        return db.session.get_one(Job, job_id)


def test_a_job_runs_and_its_page_shows_it(world: World) -> None:
    job_id = started(world)
    lan = world.client("lan")
    assert job_of(world.app, job_id).state == "queued"
    with world.app.app_context():
        assert jobs.work_off() == 1

    job = job_of(world.app, job_id)
    assert (job.state, job.done, job.total, job.result) == ("done", 3, 3, {"counted": 3})
    assert f"/jobs/{job_id}/file" in lan.get(f"/jobs/{job_id}")
    assert lan.raw(f"/jobs/{job_id}/file").data == b"counted"


def test_someone_elses_job_is_not_there(world: World) -> None:
    job_id = started(world)
    for address in (f"/jobs/{job_id}", f"/jobs/{job_id}/state", f"/jobs/{job_id}/file"):
        assert world.client("pao").raw(address).status_code == 404


def test_a_failed_job_says_why_and_runs_again(world: World) -> None:
    job_id, lan = started(world), world.client("lan")
    BROKEN["now"] = True
    with world.app.app_context():
        jobs.work_off()

    assert job_of(world.app, job_id).state == "failed"
    assert "The counter is stuck at 2." in lan.get(f"/jobs/{job_id}")

    BROKEN["now"] = False
    lan.post(f"/jobs/{job_id}/runs")
    with world.app.app_context():
        jobs.work_off()
    assert job_of(world.app, job_id).state == "done"


def test_a_rolled_back_request_leaves_no_job(world: World) -> None:
    with world.app.app_context():
        jobs.start("tests.count", {"to": 1}, by=None)
        db.session.rollback()
        assert db.session.scalar(select(Job)) is None
        assert len(world.app.extensions["jobs"]) == 0


def test_what_a_dead_worker_left_is_taken_up(world: World) -> None:
    job_id = started(world)
    with world.app.app_context():
        job = db.session.get_one(Job, job_id)
        job.state, job.runs = "running", 1  # as a killed worker leaves it
        db.session.commit()
        world.app.extensions["jobs"].flush()
        jobs.take_up_again() if db.engine.dialect.name == "sqlite" else jobs.waiting(stale_after=jobs.timedelta(0))
        jobs.work_off()

    assert job_of(world.app, job_id).state == "done"
    assert job_of(world.app, job_id).runs == 2


def test_two_workers_do_it_once(world: World) -> None:
    job_id = started(world)
    with world.app.app_context():
        jobs.run(job_id)
        jobs.run(job_id)
    assert STEPS == [1, 2, 3]


def test_after_a_week_files_and_sent_ids_are_let_go(world: World) -> None:
    job_id, lan = started(world), world.client("lan")
    sent = {"csrf_token": lan.token(), "_once": "6f9619ff-8b86-4d01-b42d-00cf4fc964ff", "locale": "vi"}
    lan.raw("/language", "POST", data=sent)
    with world.app.app_context():
        jobs.work_off()
    for days, kept in ((6, 1), (8, 0)):
        with world.app.app_context(), frozen(now() + timedelta(days=days)):
            jobs.chores()
            assert db.session.scalar(select(func.count()).select_from(JobFile)) == kept
            assert db.session.scalar(select(func.count()).select_from(Once)) == kept
    assert job_of(world.app, job_id).state == "done"
