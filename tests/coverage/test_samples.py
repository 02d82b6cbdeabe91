"""An audit sample: who is drawn, what the bundle holds, and that it can be checked with nothing but sha256sum."""

import hashlib
import json
import shutil
import subprocess
from datetime import date, timedelta
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pypdf import PdfReader
from sqlalchemy import select

from lms.coverage.evidence import drawing
from lms.kernel import jobs
from lms.kernel.audit import AuditEntry
from lms.kernel.clock import frozen
from lms.kernel.db import db
from lms.kernel.jobs import Job, JobFile
from lms.tracks import outside
from tests.coverage.conftest import NOW, Register
from tests.coverage.corrections import train
from tests.world import Client

FIGURE = "/coverage/sample?indicator=tap-huan&as_of=31/10/2025"


@given(st.sets(st.integers(1, 10_000), max_size=60), st.integers(1, 999_999_999), st.integers(1, 50))
def test_a_draw_can_be_repeated_in_any_order(persons: set[int], seed: int, n: int) -> None:
    once = drawing.drawn(persons, n, seed)
    assert once == drawing.drawn(sorted(persons, reverse=True), n, seed)
    assert len(once) == len(set(once)) == min(n, len(persons))
    assert set(once) <= persons
    assert once == drawing.drawn(persons, 50, seed)[:n]  # drawing more does not change who came first


def test_the_rank_is_what_sha256sum_says() -> None:
    assert drawing.rank(7, 123) == hashlib.sha256(b"7:123").hexdigest()


def test_everyone_is_drawn_equally_often() -> None:
    """Twenty people, three of them drawn 4,000 times: each 600 times, give or take five standard deviations."""
    counts = dict.fromkeys(range(1, 21), 0)
    for seed in range(1, 4001):
        for person in drawing.drawn(counts, 3, seed):
            counts[person] += 1
    assert all(abs(n - 600) < 5 * 22.6 for n in counts.values()), counts


@pytest.fixture
def lan(register: Register) -> Client:
    """binh has an outside paper with a scan; phu and an sat in classes."""
    with register.doing(), frozen(NOW - timedelta(days=1)):
        paper = outside.claim(
            register.persons["binh"],
            "chung",
            title="Lớp của tỉnh",
            organiser="Sở mẫu",
            held_on=date(2025, 4, 4),
            document="Giấy xác nhận mẫu",
            file=b"%PDF-1.4 mau",
            file_name="Vang A Binh.pdf",
        )
        outside.approve(paper, by=register.accounts["lan"])
    return register.client("lan")


def bundle(lan: Client, n: int = 10, seed: int | str = 7, url: str = FIGURE) -> ZipFile:
    """Drawn through the form, made by the worker, fetched from the page of the job."""
    lan.post(url, {"n": str(n), "seed": str(seed)})
    with lan.app.app_context():
        jobs.work_off()
        job = db.session.scalars(select(Job).order_by(Job.created_at.desc(), Job.id)).first()
        assert job is not None
        assert job.state == "done", job.message % job.values
        address = f"/jobs/{job.id}/file"
    file = lan.raw(address)
    assert file.status_code == 200
    return ZipFile(BytesIO(file.data))


def test_the_bundle_holds_the_evidence(register: Register, lan: Client) -> None:
    found = bundle(lan)
    ids = {key: register.persons[key] for key in ("an", "phu", "binh")}
    names = set(found.namelist())
    assert {f"nguoi-{one}.{kind}" for one in ids.values() for kind in ("pdf", "json")} <= names
    assert {"00-muc-luc.pdf", "SHA256SUMS", "DOC-TRUOC.txt"} <= names
    assert not any("binh" in name.lower() or "bình" in name.lower() for name in names)
    told = json.loads(found.read(f"nguoi-{ids['binh']}.json"))
    (completion,) = told["completions"]
    assert (completion["completed_on"], completion["grade"]) == ("2025-04-04", "document")
    paper = completion["parts"][0]["outside"]
    assert found.read(paper["file"]) == b"%PDF-1.4 mau"
    assert paper["sha256"] == hashlib.sha256(b"%PDF-1.4 mau").hexdigest()
    assert {row["unit"] for row in told["postings"]} == {"Xã Tả Lèng"}
    assert [row["superseded_at"] is None for row in told["postings"]] == [False, True, True]
    assert told["asked"]["seed"] == 7
    text = "".join(page.extract_text() for page in PdfReader(BytesIO(found.read(f"nguoi-{ids['binh']}.pdf"))).pages)
    for words in ("Vàng A Bình", "Lớp của tỉnh", "giấy tờ được duyệt", "Giấy xác nhận mẫu"):
        assert words in text
    index = "".join(page.extract_text() for page in PdfReader(BytesIO(found.read("00-muc-luc.pdf"))).pages)
    assert "mã rút 7" in index
    assert "Phàn A Phủ" in index


def test_it_is_checked_offline(lan: Client, tmp_path: Path) -> None:
    found = bundle(lan)
    found.extractall(tmp_path)
    sha256sum = shutil.which("sha256sum")
    assert sha256sum
    command = [sha256sum, "--quiet", "-c", "SHA256SUMS"]
    assert subprocess.run(command, cwd=tmp_path, check=False, capture_output=True).returncode == 0
    listed = {line.split("  ")[1] for line in (tmp_path / "SHA256SUMS").read_text().splitlines()}
    assert listed == set(found.namelist()) - {"SHA256SUMS"}
    (tmp_path / "00-muc-luc.pdf").write_bytes(b"khac")
    assert subprocess.run(command, cwd=tmp_path, check=False, capture_output=True).returncode == 1


def test_the_same_draw_again(register: Register, lan: Client) -> None:
    """What is recorded in between changes whom a new draw finds, not the moment of an earlier one."""
    first = bundle(lan, n=2, seed=42)
    with register.doing(), frozen(NOW):
        entry = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "coverage.sample_drawn")).one()
        known_at, drawn = entry.facts["known_at"], entry.facts["persons"]
        assert (entry.facts["seed"], entry.facts["of"], len(drawn)) == (42, 3, 2)
        assert not any(name in json.dumps(entry.facts) for name in ("Bình", "name"))
        train(register.persons["hai"], date(2025, 10, 1))
    people = [f"nguoi-{one}.json" for one in drawn]
    assert sorted(name for name in first.namelist() if name.endswith(".json")) == sorted(people)
    with register.doing():
        for job in db.session.scalars(select(Job)):
            job.created_at = NOW.replace(year=2024)
    again = bundle(lan, n=2, seed=42, url=f"{FIGURE}&known_at={known_at.replace('+', '%2B')}")
    assert sorted(name for name in again.namelist() if name.endswith(".json")) == sorted(people)


@pytest.mark.parametrize(
    "url, form, status",
    [
        (FIGURE, {"n": "0"}, 422),
        (FIGURE, {"n": "51"}, 422),
        (FIGURE, {"n": ""}, 422),
        (FIGURE, {"n": "5", "seed": "x"}, 422),
        ("/coverage/sample?indicator=tap-huan&as_of=01/02/2024", {"n": "5"}, 409),  # nobody was trained yet
        ("/coverage/sample?indicator=khac", {"n": "5"}, 404),
        ("/coverage/sample?unit=999999", {"n": "5"}, 404),
    ],
)
def test_what_cannot_be_drawn(lan: Client, url: str, form: dict[str, str], status: int) -> None:
    lan.post(url, form, status=status)
    with lan.app.app_context():
        assert db.session.scalar(select(Job.id)) is None


def test_only_the_office_draws_and_only_from_its_units(register: Register, lan: Client) -> None:
    for who in ("mai", "nam", "teo"):
        assert register.client(who).raw(FIGURE).status_code == 404
    there = register.units["nam_loong"]
    found = bundle(lan, url=f"{FIGURE}&unit={there}")
    assert [name for name in found.namelist() if name.endswith(".json")] == [f"nguoi-{register.persons['phu']}.json"]
    with lan.app.app_context():
        job = db.session.scalars(select(JobFile.job_id)).one()
    assert register.client("mai").raw(f"/jobs/{job}/file").status_code == 404


def test_a_better_proof_is_asked_for(lan: Client, register: Register) -> None:
    found = bundle(lan, url=f"{FIGURE}&grade=roll")
    drawn = {name for name in found.namelist() if name.endswith(".json")}
    assert drawn == {f"nguoi-{register.persons[key]}.json" for key in ("an", "phu")}


def test_lists_say_how_well_it_is_proved(lan: Client) -> None:
    html = lan.get("/coverage/people?indicator=tap-huan&as_of=31/10/2025&state=done")
    assert "hoàn thành ngày 04/04/2025: giấy tờ được duyệt" in html
    assert "hoàn thành ngày 10/05/2024: điểm danh đã chốt" in html
