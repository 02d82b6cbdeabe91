"""The end of the chain leaves the database once a day, and an older database cannot write over what was seen."""

import logging
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import text

from lms.kernel import audit, checkpoints, jobs
from lms.kernel.clock import at_hour, frozen
from lms.kernel.db import db
from tests.kernel.test_audit import tampering, verdict
from tests.world import World

DAYS = (date(2026, 11, 23), date(2026, 11, 24), date(2026, 11, 25))


@pytest.fixture
def away(app: Flask, tmp_path: Path) -> Path:
    folder = tmp_path / "other-machine"
    folder.mkdir()
    app.config["SETTINGS"] = replace(app.config["SETTINGS"], audit_checkpoint_dir=folder)
    return folder


@pytest.fixture
def three_days(app: Flask, away: Path) -> Path:
    """Two acts a day; the worker's chores run twice each day, before the last act."""
    for day in DAYS:
        with frozen(at_hour(day)), app.app_context():
            audit.record("thing.done", "thing", day)
            db.session.commit()
            jobs.chores()
            audit.record("thing.done", "thing", day)
            db.session.commit()
            jobs.chores()
    return away


def test_one_file_a_day_and_never_again(app: Flask, three_days: Path) -> None:
    assert [file.name for file in sorted(three_days.iterdir())] == [f"{day}.txt" for day in DAYS]
    first = (three_days / "2026-11-23.txt").read_text(encoding="ascii")
    assert first.startswith("1:")
    assert first.endswith(" 2026-11-23T09:00:00+07:00\n")
    assert verdict(app, "--checkpoint", str(three_days)) == (
        0,
        "The chain is whole: 6 rows. Checkpoints that agree: 3.\n",
    )


def test_a_rollback_is_named_between_two_days(app: Flask, three_days: Path, caplog: pytest.LogCaptureFixture) -> None:
    """Back to the first day's evening, then other rows: the files of later days stand, and the next morning says so."""
    with tampering(app):
        db.session.execute(text("DELETE FROM audit_entry WHERE seq > 2"))
        db.session.commit()
        for n in range(6):
            audit.record("thing.forged", "thing", n)

    code, said = verdict(app, "--checkpoint", str(three_days))
    assert code != 0
    assert "Row 3 is not the row the checkpoint saw: the history was rewritten, after row 1, where" in said
    with frozen(at_hour(date(2026, 11, 26))), app.app_context(), caplog.at_level(logging.CRITICAL):
        jobs.chores()
        assert checkpoints.kept().disagrees == DAYS[-1]
    assert "not the one the checkpoint of 2026-11-25 saw" in caplog.text


def test_a_file_that_was_kept_is_enough(app: Flask, three_days: Path) -> None:
    with tampering(app):
        db.session.execute(text("DELETE FROM audit_entry WHERE seq > 4"))

    code, said = verdict(app, "--checkpoint", str(three_days / "2026-11-25.txt"))
    assert code != 0
    assert "Row 5 is missing: the checkpoint saw 5 rows, 4 are left." in said


@pytest.mark.parametrize("given", ["5", "x:y", "5:abc", "/nowhere/at/all", "-1:" + "0" * 64])
def test_what_is_no_checkpoint_is_said(app: Flask, given: str) -> None:
    code, said = verdict(app, "--checkpoint", given)
    assert code == 2
    assert "is no checkpoint" in said


def test_a_share_that_is_not_mounted_is_not_replaced_by_a_folder_of_that_name(
    app: Flask, away: Path, caplog: pytest.LogCaptureFixture
) -> None:
    away.rmdir()
    with app.app_context():
        jobs.chores()

    assert not away.exists()
    assert "daily_checkpoint failed" in caplog.text
    assert "cannot be written to" in app.test_cli_runner().invoke(args=["audit", "checkpoint"]).output


def test_the_page_says_whether_it_left_the_machine(world: World) -> None:
    with frozen(at_hour(DAYS[0])):
        page = world.client("quan").get("/trail")
        assert "Chưa ghi mốc nào" in page
        assert "nằm trên chính máy này" in page
        with world.app.app_context():
            jobs.chores()
            head = audit.head()
        page = world.client("dung").get("/trail")
        paper = world.client("dung").raw("/trail.pdf")

    assert "Đã ghi mốc của hôm nay" in page
    assert f"{head.seq}:" in page
    assert head.hash in page.replace("<wbr>", "").replace("</strong>", "")
    assert paper.data.startswith(b"%PDF-")
    assert world.client("my").raw("/trail").status_code == 404
