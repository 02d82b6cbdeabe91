"""Another rule: what it would change is what it does change; who may, what is refused, what is kept."""

import re
from dataclasses import replace
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from lms.coverage.impact import MOVES, Where, both, impact, moved, movers
from lms.coverage.queries import coverages
from lms.coverage.question import Question, ask, chosen, plans
from lms.coverage.rules import State
from lms.kernel.audit import AuditEntry
from lms.kernel.clock import frozen
from lms.kernel.db import CURRENT, db
from lms.kernel.refused import Refused
from lms.people import actions as people
from lms.people.roles import Role
from lms.people.rules import CATEGORIES
from lms.tracks import publishing, ruling
from lms.tracks.models import IndicatorRule
from lms.tracks.rules import GRADES, PopulationRule
from tests.coverage.conftest import NOW, OFFICIALS, Register
from tests.coverage.history import LATER, Case, cases
from tests.coverage.test_replay import recorded

TYPED = {
    "plan": "mau",
    "indicator": "tap-huan",
    "reading": "wide",
    "categories": OFFICIALS,
    "courses": ["chung"],
    "courses_needed": "all",
    "once": "period",
    "grace_days": "0",
    "valid_months": "0",
    "grades": list(GRADES),
    "count_on": "",
}

rule_changes = st.fixed_dictionaries(
    {},
    optional={
        "categories": st.sets(st.sampled_from(CATEGORIES), min_size=1).map(tuple),
        "direct_support": st.booleans(),
        "courses": st.sets(st.sampled_from(["chung", "sau"]), min_size=1).map(tuple),
        "courses_needed": st.sampled_from(["all", "any"]),
        "once": st.sampled_from(["period", "year"]),
        "grace_days": st.sampled_from([0, 30, 100, 366]),
        "valid_months": st.sampled_from([0, 12, 18]),
        "grades": st.sets(st.sampled_from(GRADES), min_size=1).map(tuple),
    },
)


def asked(as_of: date | None = None) -> Question:
    return ask(chosen(plans(), "mau", date(2025, 11, 20)), as_of=as_of)


def names(question: Question, rule: PopulationRule, move: str, where: Where | None = None) -> list[str]:
    found: Any = db.session.execute(movers(question, 0, rule, move, where or Where()))
    return [person.full_name for person, _old, _new in found]


@pytest.fixture
def held(register: Register) -> Register:
    return register


def test_who_comes_in_and_who_goes_out(held: Register) -> None:
    with held.app.app_context():
        question = asked()
        rule = replace(question.ruled[0].rule, categories=("công chức", "thành viên mô hình"))
        told = impact(question, 0, rule)

        assert names(question, rule, "in") == ["Tẩn Thị Em"]
        assert names(question, rule, "out") == ["Vàng A Bình"]  # nghi is a viên chức too, but on leave
        assert {move: told.all[move] for move in MOVES} == {"in": 1, "out": 1, "lost": 0, "gained": 0}
        new = held.units["ta_leng_moi"]
        assert [line.name for _before, line, _moves in told.units()] == ["Xã Tả Lèng"]
        assert names(question, rule, "in", Where(under=new)) == ["Tẩn Thị Em"]
        assert names(question, rule, "in", Where(under=held.units["nam_loong"])) == []
        assert [(one[0], dict(one[3])) for one in told.categories()] == [
            ("viên chức", {"out": 1}),
            ("thành viên mô hình", {"in": 1}),
        ]


def test_who_is_no_longer_counted_as_trained(held: Register) -> None:
    with held.app.app_context():
        question = asked()
        old = question.ruled[0].rule
        for rule, lost in (
            (replace(old, once="year"), ["Lò Thị An"]),  # an in May 2024, phu in June 2025
            (replace(old, valid_months=12), ["Lò Thị An"]),
            (replace(old, courses=("chung", "sau")), ["Phàn A Phủ"]),
            (replace(old, grades=("test",)), ["Lò Thị An", "Phàn A Phủ"]),
            (replace(old, courses=("chung", "sau"), courses_needed="any"), []),
        ):
            assert names(question, rule, "lost") == lost, rule
            assert impact(question, 0, rule).all["lost"] == len(lost)
        newcomer = replace(old, grace_days=100)
        assert names(question, newcomer, "out") == ["Hạng A Mới"]


@settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))
@given(case=cases(), changes=rule_changes)
def test_the_preview_is_what_happens(app: Flask, case: Case, changes: dict[str, Any]) -> None:
    """On random histories: counted before, the rule set, counted after: the same to the person; each figure is as long as its list."""
    with recorded(app, replace(case, known_at=None)):
        question = ask(chosen(plans(), "p", case.as_of), as_of=case.as_of, tree_at=case.tree_at)
        one = question.ruled[0]
        rule = replace(one.rule, **changes)
        told = impact(question, 0, rule)
        for move in MOVES:
            assert len(names(question, rule, move)) == told.all[move]
            for _before, line, moves in told.units():
                assert len(names(question, rule, move, Where(line.unit_id, line.own))) == moves[move]
            for category, _old, _new, moves in told.categories():
                assert len(names(question, rule, move, Where(category=category))) == moves[move]
        before = coverages(question)[0]
        assert before.tallies == told.before.tallies
        with frozen(LATER + timedelta(days=1)):
            publishing.set_rule(one.indicator.id, ruling.written(rule))
            after = coverages(ask(chosen(plans(), "p", case.as_of), as_of=case.as_of, tree_at=case.tree_at))[0]
        assert after.one.rule == rule
        assert after.tallies == told.after.tallies
        assert after.total.required == before.total.required + told.all["in"] - told.all["out"]
        assert after.total.done == before.total.done + told.all["gained"] - told.all["lost"]


def test_moves_by_state() -> None:
    moves = {(old, new): sorted(moved(old, new)) for old in State for new in State if old != new}
    assert moves[State.EXEMPT, State.NOT_DONE] == ["in"]
    assert moves[State.EXEMPT, State.DONE] == ["gained", "in"]
    assert moves[State.DONE, State.EXEMPT] == ["lost", "out"]
    assert moves[State.DONE, State.NOT_DONE] == ["lost"]
    assert moves[State.UNKNOWN, State.EXEMPT] == []


def test_both_rules_are_asked_of_the_same_people(held: Register) -> None:
    with held.app.app_context():
        question = asked()
        old, new = coverages(both(question, 0, replace(question.ruled[0].rule, once="year")))
        assert old.total.roster == new.total.roster == coverages(question)[0].total.roster


def test_set_with_a_reason_it_is_kept_and_can_be_read(held: Register) -> None:
    office = held.client("lan")
    page = office.get("/coverage/rule?plan=mau&indicator=tap-huan")
    assert "Quy tắc đang áp dụng" in page
    assert "công chức, viên chức" in page

    asked_for = {**TYPED, "categories": ["công chức"], "grace_days": "100"}
    page = office.get(f"/coverage/rule/impact?{urlencode(asked_for, doseq=True)}")
    assert "<b>+0, −2</b> người phải tập huấn" in page
    assert "Thời gian dành cho người mới" in page
    page = office.get(f"/coverage/rule/people?{urlencode({**asked_for, 'move': 'out'}, doseq=True)}")
    assert "Vàng A Bình" in page
    assert "Hạng A Mới" in page
    assert "Lò Thị An" not in page

    page = office.post("/coverage/rule", {**asked_for, "why": ""}, status=422)
    assert "Hãy nhập lý do." in page
    assert "−2" in page
    page = office.post("/coverage/rule", {**asked_for, "why": "Công văn mẫu của văn phòng"})
    assert "Công văn mẫu của văn phòng" in page
    assert "không dành ngày nào → 100 ngày" in page
    assert "2/4 người đã tập huấn" in page
    assert "2/6 người đã tập huấn" in page
    with held.app.app_context():
        rows = db.session.scalars(select(IndicatorRule).order_by(IndicatorRule.id)).all()
        assert [(row.recorded_by, row.why) for row in rows if row.recorded_by] == [
            (held.accounts["lan"], "Công văn mẫu của văn phòng")
        ]
        assert sum(1 for row in rows if row.superseded_at == CURRENT) == 2
        assert (
            db.session.scalars(select(AuditEntry.action).order_by(AuditEntry.seq.desc())).first()
            == "indicator.rule_set"
        )
        then = ask(chosen(plans(NOW - timedelta(days=1)), "mau", NOW.date()), known_at=NOW - timedelta(days=1))
        assert then.ruled[0].rule.grace_days == 0  # as known then, it counts as then


@pytest.mark.parametrize(
    "changes, status, words",
    [
        ({}, 409, "Không có gì thay đổi"),
        ({"courses": []}, 422, "Hãy chọn khóa phải hoàn thành"),
        ({"courses": ["khong-co"]}, 422, "Hãy chọn trong danh sách"),
        ({"categories": ["vua chúa"]}, 422, "Hãy chọn trong danh sách"),
        ({"categories": []}, 409, "Quy tắc không tính ai cả"),
        ({"grades": []}, 422, "Hãy chọn minh chứng được chấp nhận"),
        ({"grace_days": "367"}, 422, "Số phải từ 0 đến 366"),
        ({"grace_days": "-1"}, 422, "Số phải từ 0 đến 366"),
        ({"valid_months": "6"}, 409, "từ 12 đến 120 tháng"),
        ({"valid_months": "mười hai"}, 422, "Hãy ghi một số nguyên bằng chữ số"),
        ({"count_on": "31/02"}, 422, "Hãy ghi ngày trong năm như 30/11."),
    ],
)
def test_what_is_no_rule_is_said_in_words_and_nothing_is_set(
    held: Register, changes: dict[str, Any], status: int, words: str
) -> None:
    office, typed = held.client("lan"), {**TYPED, **changes}
    page = office.get(f"/coverage/rule/impact?{urlencode(typed, doseq=True)}", status=status)
    assert words in page
    if "count_on" in changes:
        assert "31/02" in page  # what was typed is still there
    office.post("/coverage/rule", {**typed, "why": "thử"}, status=status)
    with held.app.app_context():
        assert db.session.query(IndicatorRule).count() == 2


def test_the_act_refuses_what_the_form_would(held: Register) -> None:
    with held.app.app_context():
        one = asked().ruled[0]
        for changes, words in (
            ({"courses": ()}, "asks for no course"),
            ({"courses": ("khong-co",)}, "no published course"),
            ({"categories": ("vua chúa",)}, "is not known"),
            ({"categories": ()}, "counts nobody"),
            ({"grades": ()}, "No proof is accepted"),
            ({"grace_days": 400}, "from 0 to 366 days"),
            ({"valid_months": 11}, "from 12 to 120"),
            ({}, "Nothing has changed"),
        ):
            with pytest.raises(Refused, match=words):
                ruling.change_rule(one.indicator, replace(one.rule, **changes), why="thử")  # type: ignore[arg-type]
        with pytest.raises(Refused, match="Say why"):
            ruling.change_rule(one.indicator, replace(one.rule, grace_days=30), why="   ")


def test_a_reading_presets_its_categories(held: Register) -> None:
    page = held.client("lan").get("/coverage/rule?plan=mau&indicator=tap-huan&reading=narrow")
    assert "Sổ chỉ ghi nhóm, không ghi lĩnh vực" in page
    ticked = set(re.findall(r'name="categories" value="([^"]+)" checked', page))
    assert ticked == {"nhân viên", "cộng tác viên"}


def test_only_the_office_of_the_whole_plan(held: Register) -> None:
    with held.doing(), frozen(NOW):
        account, _phrase = people.open_account(None, username="xa", passphrase="bon tu cua xa day")
        people.grant_role(account.id, Role.OFFICE, held.units["ta_leng_moi"])
        held.accounts["xa"] = account.id
    for who in ("mai", "teo", "xa"):
        stranger = held.client(who)
        for address in ("rule", "rule/history", "rule/impact?once=period", "rule/people"):
            stranger.get(f"/coverage/{address}", status=404)
        stranger.post("/coverage/rule", TYPED, status=404)
