"""What has had its time goes on its day, and only counts are told; what figures rest on stays, to the byte."""

import io
from datetime import date, timedelta

import pytest
from sqlalchemy import func, select

from lms.certificates import actions as certificates
from lms.certificates.models import Certificate
from lms.certificates.queries import state_of
from lms.coverage.queries import coverages
from lms.coverage.question import ask, chosen, plans
from lms.home.rights import purging
from lms.kernel import audit, jobs
from lms.kernel.clock import at_hour, frozen
from lms.kernel.db import db
from lms.kernel.jobs import Job
from lms.people.door_models import KnownDevice
from lms.people.models import Roster, SignIn
from lms.people.rights import office
from lms.quizzes import actions as quizzes
from lms.quizzes.models import Answer, Attempt
from lms.tracks import actions as tracks
from lms.tracks import editions, publishing
from lms.tracks.course import Choice, Course, Lesson, Question, Quiz
from lms.tracks.models import Completion, LessonRead, PartDone
from lms.tracks.publishing import IndicatorSpec
from tests.people.conftest import row, sheet

DAY = date(2026, 3, 2)
LESSON = Lesson("bai-mot", "Bài một", 3, "Biết gọi ai", "<p>Gọi ai.</p>", ("Nguồn",))
CHOICES = (Choice("a", "Công an", True, "Đúng"), Choice("b", "Không ai", False, "Sai"))
QUIZ = Quiz("Bài kiểm tra", 80, 0, 0, 0, (Question("hoi", "one", "bai-mot", "Gọi ai?", 1, False, "Nguồn", CHOICES),))
RULE = {"reading": "wide", "categories": ["công chức"], "direct_support": False, "courses": ["thi"]}
REST = (Completion, PartDone, Certificate)  # what figures rest on


def at(days):
    return frozen(at_hour(DAY + timedelta(days=days)))


@pytest.fixture
def lived(world):
    """One day at Bình Mẫu: Lan reads, passes the test and gets a certificate on a device; the focal person sends a list."""
    with at(0), world.doing():
        editions.publish(Course("thi", "1", "Khóa Thi", "", 8, ("lessons", "test"), 80, True, "", (LESSON,), QUIZ))
        publishing.add_plan(
            "mau",
            "Kế hoạch mẫu",
            issuer="Cơ quan mẫu",
            starts_on=date(2026, 1, 1),
            ends_on=date(2026, 12, 31),
            scope_unit_id=world.units["province"],
            indicators=[IndicatorSpec("can-bo", "100% cán bộ", "Cán bộ", RULE)],
        )
        enrolment = tracks.enrol(world.persons["lan"], "thi", on=DAY)
        tracks.read_lesson(enrolment, "bai-mot")
        attempt = quizzes.start(enrolment)
        quizzes.save_answer(attempt, "hoi", ["a"], counter=1, client_id="b0b0b0b0-0000-4000-8000-000000000001")
        quizzes.submit(attempt)
        certificates.issue(db.session.scalar(select(Completion)))
        db.session.add(KnownDevice(account_id=world.accounts["lan"], token_hash="x" * 64))
    with at(0):
        world.client("lan")
        file = io.BytesIO(sheet(row(full_name="Lù Thị Đông", birth="1991")))
        sent = {"file": (file, "danh-sach.xlsx"), "unit": str(world.units["binh_lu"]), "on": "01/03/2026"}
        assert "Lù Thị Đông" in world.client("my").post("/people/rosters", sent)
    return world


def purged(world, days):
    with at(days), world.doing():
        return {name: count for name, count in purging.purge().items() if count}


@pytest.mark.parametrize(
    "days, gone",
    [
        (7, {}),
        (8, {"import_files": 1}),
        (31, {"import_files": 1, "sign_ins": 2, "known_devices": 1}),
        (61, {"import_files": 1, "sign_ins": 2, "known_devices": 1, "quiz_answers": 1}),
        (91, {"import_files": 1, "sign_ins": 2, "known_devices": 1, "quiz_answers": 1, "lesson_times": 1}),
    ],
)
def test_each_kind_goes_on_its_day(lived, days, gone):
    assert purged(lived, days) == gone
    assert purged(lived, days) == {}, "the second time there is nothing left to take away"


def test_figures_certificates_and_the_trail_are_the_same_before_and_after(lived):
    def rests():
        with lived.app.app_context():
            rows = {
                table.__name__: db.session.execute(select(table.__table__).order_by(table.id)).all() for table in REST
            }
            asked = ask(chosen(plans(), "mau", DAY), granted=frozenset({lived.units["province"]}))
            total = coverages(asked)[0].total
            attempt = db.session.scalar(select(Attempt))
            certificate = db.session.scalar(select(Certificate))
            return (
                rows,
                (total.roster, total.required, total.done),
                (attempt.score, attempt.passed),
                state_of(certificate),
            )

    with at(100):
        before = rests()
        purged(lived, 100)
        assert rests() == before
    assert before[1][2] == 1, "somebody is counted as trained"
    with lived.app.app_context():
        assert list(audit.faults()) == []
        last = db.session.scalars(select(audit.AuditEntry).order_by(audit.AuditEntry.seq.desc())).first()
        assert (last.action, last.facts["quiz_answers"]) == ("retention.purged", 1)
        assert not any(isinstance(value, str) for value in last.facts.values()), "counts, and nothing else"
        read = db.session.scalar(select(LessonRead.read_at))
        assert read == at_hour(DAY, 0)


def test_what_is_left_still_has_its_page(lived):
    purged(lived, 61)
    with lived.app.app_context():
        attempt_id, roster_id = db.session.scalar(select(Attempt.id)), db.session.scalar(select(Roster.id))
        roster = db.session.get(Roster, roster_id)
        assert roster.discarded_at is not None
        assert roster.rows == []
    with at(61):
        page = lived.client("lan").get(f"/learn/attempts/{attempt_id}/result")
        assert "100 %" in page
        assert "không còn được giữ" in page
        assert "Không trả lời" not in page
        my = lived.client("my")
        my.get(f"/people/rosters/{roster_id}")
        assert "Đông" not in my.get("/people/rosters")


def test_a_dry_run_counts_and_takes_nothing(lived):
    runner = lived.app.test_cli_runner()
    with at(61):
        told = runner.invoke(args=["people", "purge", "--dry-run"]).output
        assert "quiz_answers: 1 (older than 60 days)" in told
        assert "Nothing was taken away." in told
        lived.client("dung").post("/people/retention/purges")
        with lived.app.app_context():
            assert jobs.work_off() == 1
            job = db.session.scalars(select(Job).where(Job.kind == purging.PURGE)).one()
            assert (job.state, job.result["quiz_answers"], job.values["quiz_answers"]) == ("done", 1, 1)
            assert db.session.scalar(select(func.count(Answer.id))) == 1
        assert "Taken away: " in runner.invoke(args=["people", "purge"]).output
        with lived.app.app_context():
            assert db.session.scalar(select(func.count(Answer.id))) == 0


def test_whoever_is_signed_in_stays_so(world):
    with at(0):
        world.client("lan")
    with at(29):
        with world.doing():
            assert purging.PARTS["sign_ins"](at_hour(DAY + timedelta(days=28))) == 0
        with world.app.app_context():
            assert db.session.scalar(select(func.count(SignIn.id))) == 1


@pytest.mark.parametrize(
    "given, said",
    [
        ({}, "exactly"),
        ({"sign_ins": 30, "more": 1}, "exactly"),
        ({"sign_ins": 0}, "1 or more"),
        ({"sign_ins": True}, "1 or more"),
        ({"import_files": 6}, "at least 7"),
        ({"seat_codes": 8}, "at most 7"),
    ],
)
def test_days_that_cannot_be_are_refused_with_the_file(given, said):
    whole = {
        "lesson_times": 90,
        "quiz_answers": 60,
        "sign_ins": 30,
        "known_devices": 30,
        "import_files": 7,
        "seat_codes": 7,
    }
    with pytest.raises(office.Broken, match=said):
        office.retention_of({**whole, **given} if given and "more" not in given else given, "retention.toml")
