"""A test as its taker lives it: every choice kept, nothing counted twice, reasons at the end. Without script."""

import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from sqlalchemy import func, select

from lms.kernel.clock import now
from lms.kernel.db import CURRENT, db
from lms.kernel.refused import Refused
from lms.quizzes import actions
from lms.quizzes.models import Answer, Attempt
from lms.tracks.models import Completion, Enrolment
from tests.quizzes.conftest import RIGHT, WRONG, Taking


def answer_all(taking: Taking, browser: object, attempt: Attempt, answers: dict[str, list[str]]) -> None:
    for slug, chosen in answers.items():
        browser.post(taking.address(attempt, slug), {"chosen": chosen})  # type: ignore[attr-defined]


def completions(taking: Taking) -> int:
    with taking.world.app.app_context():
        return db.session.scalar(select(func.count()).where(Completion.superseded_at == CURRENT)) or 0


def test_lan_fails_then_passes(taking: Taking) -> None:
    lan = taking.world.client("lan")
    page = lan.get(f"/learn/{taking.enrolment_id}/test")
    assert "3 câu hỏi" in page

    lan.post(f"/learn/{taking.enrolment_id}/attempts")
    first = taking.begin()
    answer_all(taking, lan, first, WRONG)
    assert "Chưa đạt" in lan.post(f"/learn/attempts/{first.id}/submission")
    assert completions(taking) == 0

    second = taking.begin()
    assert second.number == 2
    answer_all(taking, lan, second, RIGHT)
    page = lan.post(f"/learn/attempts/{second.id}/submission")
    assert "Anh/chị đã đạt" in page
    assert "Về khóa học" in page, "nothing is left to go on with"
    assert "Lý do goi-ai-b" in page  # the reasons of wrong choices, too
    assert completions(taking) == 1

    page = lan.post(f"/learn/{taking.enrolment_id}/attempts", status=409)
    assert "Anh/chị đã đạt bài kiểm tra này." in page


def test_reasons_stay_hidden_until_submission(taking: Taking) -> None:
    lan, attempt = taking.world.client("lan"), taking.begin()
    for place in (1, 2, 3):
        assert "Lý do" not in lan.get(f"/learn/attempts/{attempt.id}/{place}")
    assert "Lý do" not in lan.get(f"/learn/attempts/{attempt.id}/check")
    assert "Lý do" not in lan.get(f"/learn/attempts/{attempt.id}/result")  # sent on to the check page


def test_whom_to_call_is_on_every_screen_of_a_test(taking: Taking) -> None:
    lan, attempt = taking.world.client("lan"), taking.begin()
    screens = [
        f"/learn/{taking.enrolment_id}/test",
        f"/learn/attempts/{attempt.id}/1",
        f"/learn/attempts/{attempt.id}/check",
    ]
    for screen in screens:
        assert 'href="tel:113"' in lan.get(screen)
    assert 'href="tel:113"' in lan.post(f"/learn/attempts/{attempt.id}/submission"), "and of its result"


def test_a_choice_is_kept_with_a_receipt_and_resumed_elsewhere(taking: Taking) -> None:
    attempt, phone = taking.begin(), taking.world.client("lan")
    once = str(uuid.uuid4())
    headers = {"X-CSRFToken": phone.token(), "X-Once": once, "Accept": "application/json"}
    said = phone.raw(
        taking.address(attempt, "lam-gi"), "POST", data={"chosen": ["a", "c"], "counter": 1}, headers=headers
    )
    assert said.status_code == 200
    assert said.json is not None
    assert said.json["receipt"].startswith("Đã lưu ")

    office = taking.world.client("lan")
    page = office.get(taking.address(attempt, "lam-gi"))
    assert 'value="a" checked' in page
    assert 'value="b" checked' not in page
    assert 'value="c" checked' in page


def test_going_on_without_an_answer_says_so_in_few_words(taking: Taking) -> None:
    """Not by reading the whole question out in red, twice."""
    lan, attempt = taking.world.client("lan"), taking.begin()
    page = lan.post(f"/learn/attempts/{attempt.id}/1", {}, 422)
    assert page.count("Hãy chọn một câu trả lời.") == 2, "in the summary, and beside the choices"


def test_a_lost_reply_is_repeated_and_changes_nothing(taking: Taking) -> None:
    attempt, phone = taking.begin(), taking.world.client("lan")
    headers = {"X-CSRFToken": phone.token(), "X-Once": str(uuid.uuid4()), "Accept": "application/json"}
    address = taking.address(attempt, "goi-ai")
    said = [phone.raw(address, "POST", data={"chosen": "a", "counter": 1}, headers=headers) for _ in range(3)]
    assert len({one.get_data() for one in said}) == 1
    with taking.world.app.app_context():
        assert db.session.scalar(select(func.count()).select_from(Answer)) == 1


@pytest.mark.parametrize(
    "arrivals, kept",
    [
        ([(1, "a"), (2, "b")], "b"),
        ([(2, "b"), (1, "a")], "b"),  # the older choice arrives late
        ([(1, "a"), (1, "c")], "c"),  # two devices at the same count: the later arrival holds
        ([(3, "c"), (2, "b"), (1, "a")], "c"),
    ],
)
def test_the_newest_choice_holds(taking: Taking, arrivals: list[tuple[int, str]], kept: str) -> None:
    attempt = taking.begin()
    for counter, chosen in arrivals:
        with taking.world.doing():
            actions.save_answer(attempt, "goi-ai", [chosen], counter=counter, client_id=str(uuid.uuid4()))
    with taking.world.app.app_context():
        assert db.session.scalar(select(Answer.chosen)) == [kept]


def test_two_taps_begin_one_try(taking: Taking) -> None:
    gate = Barrier(6)

    def begin(_n: int) -> int:
        with taking.world.app.app_context():
            gate.wait()
            attempt = actions.start(db.session.get_one(Enrolment, taking.enrolment_id))
            db.session.commit()
            return attempt.id

    with ThreadPoolExecutor(6) as pool:
        assert len(set(pool.map(begin, range(6)))) == 1


def test_after_submission_nothing_changes(taking: Taking) -> None:
    attempt, lan = taking.begin(), taking.world.client("lan")
    answer_all(taking, lan, attempt, WRONG)
    lan.post(f"/learn/attempts/{attempt.id}/submission")

    page = lan.post(taking.address(attempt, "goi-ai"), {"chosen": "a"}, status=409)
    assert "đã nộp" in page
    lan.post(f"/learn/attempts/{attempt.id}/submission")  # sent again: the same result page
    with taking.world.app.app_context():
        assert db.session.get_one(Attempt, attempt.id).score == 33


def test_the_test_opens_when_the_lessons_are_read(taking: Taking) -> None:
    with taking.world.doing():
        enrolment = actions.tracks.enrol(taking.world.persons["pao"], "khoa-mau", on=now().date())
        with pytest.raises(Refused, match="Read all lessons first"):
            actions.start(enrolment)


def test_an_abandoned_attempt_is_graded_from_what_was_saved(taking: Taking) -> None:
    attempt = taking.begin()
    for slug, chosen in RIGHT.items():
        with taking.world.doing():
            actions.save_answer(attempt, slug, chosen, counter=1, client_id=str(uuid.uuid4()))
    with taking.world.doing():
        assert actions.hand_in_abandoned(at=now() + timedelta(days=6)) == 0
    with taking.world.doing():
        assert actions.hand_in_abandoned(at=now() + timedelta(days=8)) == 1
    assert completions(taking) == 1


def test_a_voided_attempt_takes_its_completion_with_it(taking: Taking) -> None:
    attempt, lan = taking.begin(), taking.world.client("lan")
    answer_all(taking, lan, attempt, RIGHT)
    lan.post(f"/learn/attempts/{attempt.id}/submission")
    with taking.world.doing():
        actions.void(db.session.get_one(Attempt, attempt.id), reason="Làm hộ")
    assert completions(taking) == 0


@pytest.mark.parametrize("tail", ["1", "check", "result"])
def test_someone_elses_attempt_is_not_there(taking: Taking, tail: str) -> None:
    attempt = taking.begin()
    for who in ("pao", "hoa", "my", "dung", "quan"):
        assert taking.world.client(who).raw(f"/learn/attempts/{attempt.id}/{tail}").status_code == 404


def test_posted_marks_change_nothing(taking: Taking) -> None:
    attempt, lan = taking.begin(), taking.world.client("lan")
    wicked = {"score": 100, "passed": 1, "person_id": 2, "edition_id": 9, "submitted_at": "2026-01-01"}
    lan.post(taking.address(attempt, "goi-ai"), {"chosen": "b", **wicked})
    lan.post(f"/learn/attempts/{attempt.id}/submission", wicked)
    with taking.world.app.app_context():
        kept = db.session.get_one(Attempt, attempt.id)
        assert (kept.score, kept.passed, kept.person_id) == (0, False, taking.world.persons["lan"])


@pytest.mark.parametrize("value", ["\x00", "\ud800", "x" * 1_000, "9" * 40, "-1", "1e9"])
def test_nonsense_is_answered_in_words(taking: Taking, value: str) -> None:
    attempt, lan = taking.begin(), taking.world.client("lan")
    body = {
        "csrf_token": lan.token(),
        "chosen": value.encode("utf-8", "surrogatepass").decode("latin-1"),
        "counter": value[:40].encode("ascii", "replace").decode(),
    }
    answer = lan.raw(taking.address(attempt, "goi-ai"), "POST", data=body)
    assert answer.status_code == 422
    assert "Hãy" in answer.get_data(as_text=True) or "chọn" in answer.get_data(as_text=True)
