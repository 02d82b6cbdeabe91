"""“Why me?” says what the figures say, and on what it rests."""

from datetime import date, timedelta
from typing import Any

from flask import Flask
from hypothesis import HealthCheck, given, settings
from sqlalchemy import select

from lms.coverage.listing import Wanted, courses_of, listed
from lms.coverage.question import Question, ask, chosen, plans
from lms.coverage.reasons import Reason, reasons, trained, valid_to
from lms.coverage.rules import State
from lms.kernel.clock import at_hour, frozen
from lms.kernel.db import db
from lms.people import actions as people
from lms.people.models import Person
from lms.tracks import publishing, ruling
from lms.tracks.rules import expires_on
from tests.coverage.conftest import NOW, Register
from tests.coverage.history import Case, cases
from tests.coverage.test_replay import asked, recorded

REQUIRED = (State.DONE, State.NOT_DONE)


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(case=cases())
def test_it_says_what_the_figures_say(app: Flask, case: Case) -> None:
    """Of everyone on record, on random histories, for every indicator: the state of the list behind the figure, or none."""
    with recorded(app, case):
        question = asked(case)
        courses: dict[str, Any] = {}  # these courses have no words
        lists: list[dict[int, int]] = []
        for i in range(len(question.ruled)):
            found: Any = db.session.execute(listed(question, i, Wanted()))
            lists.append({person.id: state for person, state in found})
        for person in db.session.scalars(select(Person)).all():
            for i, reason in enumerate(reasons(question, person, courses)):
                told = lists[i].get(question.kept(person.id))
                assert (reason.state and int(reason.state)) == told
                if reason.state in REQUIRED:
                    assert trained(reason) == (reason.state == State.DONE)
                if reason.line and reason.line.why == "newcomer":
                    assert reason.counted_from is not None
                    assert reason.counted_from > question.as_of


def found(register: Register, who: str, **dates: Any) -> tuple[Question, dict[str, Reason]]:
    question = ask(chosen(plans(dates.get("known_at")), "mau", date(2025, 11, 20)), **dates)
    person = db.session.get_one(Person, register.persons[who])
    return question, {one.one.indicator.slug: one for one in reasons(question, person, courses_of(question))}


def test_what_counts_and_until_when(register: Register) -> None:
    with register.app.app_context():
        one = found(register, "an")[1]["tap-huan"]
        assert (one.state, valid_to(one)) == (State.DONE, date(2025, 12, 31))
        assert [(held.course, held.on, held.code) for held in one.completions] == [
            ("chung", date(2024, 5, 10), "counts")
        ]

        rule = one.one.rule
        publishing.set_rule(one.one.indicator.id, {**ruling.written(rule), "valid_months": 12})
        one = found(register, "an")[1]["tap-huan"]
        assert (one.state, valid_to(one)) == (State.NOT_DONE, None)
        assert [(held.code, held.until) for held in one.completions] == [("expired", date(2025, 5, 9))]
        assert expires_on(date(2024, 5, 10), 12) == date(2025, 5, 10)
        past = found(register, "an", as_of=date(2025, 5, 9))[1]["tap-huan"]
        assert (past.state, valid_to(past)) == (State.DONE, date(2025, 5, 9))

        with frozen(NOW + timedelta(hours=1)):
            publishing.set_rule(one.one.indicator.id, {**ruling.written(rule), "grades": ["test"]})
        one = found(register, "an")[1]["tap-huan"]
        assert (one.state, one.completions[0].code) == (State.NOT_DONE, "proof")
        db.session.rollback()


def test_a_newcomer_and_an_exception(register: Register) -> None:
    with register.app.app_context():
        one = found(register, "moi")[1]["tap-huan"]
        assert one.state == State.NOT_DONE
        publishing.set_rule(one.one.indicator.id, {**ruling.written(one.one.rule), "grace_days": 90})
        one = found(register, "moi")[1]["tap-huan"]
        assert (one.state, one.counted_from) == (State.EXEMPT, date(2025, 11, 30))
        leave = found(register, "nghi")[1]["tap-huan"]
        assert (leave.state, leave.exceptions[0].reason) == (State.ON_LEAVE, "Nghỉ thai sản")
        assert found(register, "moi", as_of=date(2025, 8, 31))[1]["tap-huan"].state is None  # not there yet
        db.session.rollback()


def test_the_page_of_oneself_and_of_others(register: Register) -> None:
    an = register.persons["an"]
    with register.doing():
        account, _phrase = people.open_account(
            db.session.get_one(Person, an), username="an", passphrase="bon tu cua an day"
        )
        register.accounts["an"] = account.id
    learner = register.client("an")
    page = learner.get("/coverage/why")
    assert "Vì sao tôi phải học?" in page
    assert "Thuộc diện theo nhóm: công chức." in page
    assert "phải tập huấn; đã tập huấn" in page
    assert "Được tính là đã tập huấn đến hết ngày 31/12/2025." in page
    assert "/coverage/why" in learner.get("/learn/")
    learner.get(f"/coverage/why/{an}", status=404)

    for who in ("lan", "mai"):
        assert "Vì sao: Lò Thị An" in register.client(who).get(f"/coverage/why/{an}")
    assert f"/coverage/why/{an}" in register.client("mai").get(f"/people/{an}")
    for who in ("nam", "teo"):
        register.client(who).get(f"/coverage/why/{an}", status=404)
    register.client("lan").get("/coverage/why", status=404)  # an account without a person

    page = register.client("lan").get(f"/coverage/why/{an}?as_of=01/05/2024")
    assert "phải tập huấn; chưa tập huấn" in page
    assert "Còn thiếu:" in page
    assert "01/01/2024" in register.client("lan").get(f"/coverage/why/{an}?as_of=01/05/2023", status=409)
    page = register.client("lan").get(f"/coverage/why/{an}?known_at=01/01/2024")
    assert "không có tên trong danh sách" in page


def test_before_any_plan(app: Flask, world: Any) -> None:
    with frozen(at_hour(date(2026, 11, 23))):
        assert "Chưa có kế hoạch" in world.client("lan").get("/coverage/why")
