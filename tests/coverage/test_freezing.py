"""A frozen period: numbered, hashed, never changed; asked again it says the same, whatever is recorded later."""

import json
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, func, select, update
from sqlalchemy.exc import DatabaseError

from lms.coverage import freezing, frozen_rules
from lms.coverage import freezing_queries as queries
from lms.coverage.models import FrozenPeriod
from lms.kernel.audit import AuditEntry
from lms.kernel.clock import at_hour, frozen
from lms.kernel.db import CURRENT, db
from lms.kernel.refused import Refused
from lms.people import actions as people
from lms.people.models import Posting, UnitVersion
from lms.tracks import publishing
from tests.coverage.conftest import NOW, Register
from tests.coverage.corrections import ACTS, DAY, DAYS, Act, planned, train

MOMENT = at_hour(date(2025, 11, 20), 16)
LATER = at_hour(date(2026, 3, 2))


def freeze(at: datetime = MOMENT, **given: Any) -> FrozenPeriod:
    with frozen(at):
        return freezing.freeze(planned(), **{"as_of": DAY, "title": "Số liệu năm 2025", "by": None, **given})


def test_the_writing_is_canonical() -> None:
    assert frozen_rules.canonical({"b": "ộ", "a": [1, None]}) == '{"a":[1,null],"b":"ộ"}'.encode()
    assert frozen_rules.sha256({"a": 1, "b": 2}) == frozen_rules.sha256({"b": 2, "a": 1})


@pytest.mark.parametrize(
    "again, paths",
    [
        ({"a": {"n": 1}, "l": [1, 2]}, []),
        ({"a": {"n": 1, "new": 0}, "l": [1, 2]}, []),  # a newer program writes more
        ({"a": {"n": 2}, "l": [1, 2]}, ["/a/n"]),
        ({"a": {"n": 1}, "l": [1, 3]}, ["/l/1"]),
        ({"a": {"n": 1}, "l": [1, 2, 3]}, ["/l"]),
        ({"l": [1, 2]}, ["/a"]),
        ({"refused": "no"}, ["/a", "/l"]),
    ],
)
def test_differences_are_named(again: dict[str, Any], paths: list[str]) -> None:
    assert list(frozen_rules.differing({"a": {"n": 1}, "l": [1, 2]}, again)) == paths


@pytest.mark.parametrize(
    "count_on, last, day",
    [
        ("11-30", date(2026, 12, 15), date(2026, 11, 30)),
        ("11-30", date(2026, 11, 23), date(2026, 11, 23)),  # has not come
        ("", date(2026, 11, 23), date(2026, 11, 23)),
        ("02-29", date(2026, 11, 23), date(2026, 2, 28)),
    ],
)
def test_the_count_day(count_on: str, last: date, day: date) -> None:
    assert frozen_rules.count_day(count_on, last) == day


def test_a_period_is_numbered_hashed_and_complete(register: Register) -> None:
    with register.doing():
        first, second = freeze(), freeze(MOMENT + timedelta(hours=1), title="Lần hai", note="Sau rà soát")
        figures = first.figures
        assert (first.number, second.number) == (1, 2)
        assert first.sha256 == frozen_rules.sha256(figures)
        assert first.known_at == first.frozen_at - timedelta(microseconds=1)
        assert [one["slug"] for one in figures["indicators"]] == ["tap-huan", "tro-giup"]
        totals = figures["indicators"][0]["totals"]
        assert (totals["done"], totals["required"], totals["roster"]) == (2, 6, 9)
        assert {one["code"] for one in figures["indicators"][0]["units"]} >= {"03405", "03410"}
        entry = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "coverage.frozen")).first()
        assert entry is not None
        assert entry.facts["sha256"] == first.sha256
    with register.doing(), frozen(LATER):
        kept = [one.period for one in queries.every()]
        assert [queries.check(one).holds for one in kept] == [True, True]
        assert [len(one.figures["indicators"]) for one in kept] == [2, 2]


@pytest.mark.parametrize(
    "as_of, words",
    [(date(2025, 11, 21), "has not come yet"), (date(2023, 12, 31), "The plan begins on")],
)
def test_a_day_that_cannot_be_counted(register: Register, as_of: date, words: str) -> None:
    with register.doing(), pytest.raises(Refused, match=words):
        freeze(as_of=as_of)
    with register.doing():
        assert db.session.scalar(select(func.count()).select_from(FrozenPeriod)) == 0


def test_an_indicator_without_a_course(register: Register) -> None:
    with register.doing(), frozen(NOW):
        one = planned().ruled[1].indicator.id
        publishing.set_rule(one, {**register.rules["tro-giup"], "courses": []})
    with register.doing(), pytest.raises(Refused, match="names no course"):
        freeze()


def test_a_plan_without_units(register: Register) -> None:
    with register.doing(), frozen(NOW):
        db.session.execute(update(UnitVersion).values(superseded_at=NOW - timedelta(days=1)))
    with register.doing(), pytest.raises(Refused, match="no unit of its own"):
        freeze()


@pytest.mark.parametrize("change", [update(FrozenPeriod).values(title="Khác"), delete(FrozenPeriod)])
def test_the_table_refuses_change(register: Register, change: Any) -> None:
    with register.doing():
        freeze()
    with register.app.app_context():
        with pytest.raises(DatabaseError, match="frozen"):
            db.session.execute(change)
        db.session.rollback()
        assert db.session.scalar(select(FrozenPeriod.title)) == "Số liệu năm 2025"


def test_what_is_recorded_in_the_instant_of_freezing_is_not_in_it(register: Register) -> None:
    """Before it or after it in that instant: neither counts, so the order within one instant cannot matter."""
    with register.doing():
        with frozen(MOMENT):
            newcomer = people.add_person("Vừa A Kịp")
            people.post_person(
                newcomer.id, register.units["nam_loong"], category="công chức", valid_from=date(2025, 1, 1)
            )
        period = freeze(MOMENT)
        assert period.figures["indicators"][0]["totals"]["roster"] == 9
        with frozen(MOMENT):
            train(register.persons["binh"], date(2025, 10, 1))
            ending = db.session.scalars(
                select(Posting).where(Posting.person_id == register.persons["phu"], Posting.superseded_at == CURRENT)
            ).one()
            people.end_posting(ending, on=date(2025, 2, 1))
    with register.doing(), frozen(LATER):
        assert queries.check(queries.every()[0].period).holds


@settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(data=st.data())
def test_asked_again_it_says_the_same(register: Register, data: Any) -> None:
    """Freeze, correct at random, freeze what that left, correct again: every period asked again is as it was frozen."""
    with register.app.app_context():
        for step in range(data.draw(st.integers(1, 2), "periods")):
            at = MOMENT + timedelta(days=7 * step)
            as_of, tree_at = (data.draw(st.sampled_from([DAY, date(2025, 6, 30)])) for _ in range(2))
            _frozen_unless_refused(at, as_of, tree_at)
            later = data.draw(st.lists(st.sampled_from([0, 1, 48]), min_size=1, max_size=6), "hours later")
            for i, hours in enumerate(later):  # a rule is set once at a moment: no two acts are at the very same
                act, day = data.draw(st.sampled_from(ACTS)), data.draw(DAYS)
                _done_unless_refused(act, register, data, day, at + timedelta(hours=hours, microseconds=i))
        db.session.flush()
        db.session.expire_all()
        with frozen(LATER):
            for one in queries.every():
                checked = queries.check(one.period)
                assert checked.holds, (one.period.number, checked)
        db.session.rollback()


def _frozen_unless_refused(at: datetime, as_of: date, tree_at: date) -> None:
    try:
        freeze(at, as_of=as_of, tree_at=tree_at)
    except Refused as refused:  # the register may have lost its tree by then
        assert refused.message.startswith("The plan has no unit")  # noqa: PT017 – what usually happens is a freezing


def _done_unless_refused(act: Act, register: Register, data: Any, day: date, at: datetime) -> None:
    saved = db.session.begin_nested()
    try:
        with frozen(at):
            act(register, data, day)
            db.session.flush()
    except Refused:
        saved.rollback()  # a rule said no: nothing was recorded
    else:
        saved.commit()


def test_the_figures_are_what_the_command_line_shows(register: Register, app: Flask) -> None:
    with register.doing():
        period = freeze()
        kept = json.loads(json.dumps(period.figures))
    args = ["coverage", "show", "--json", "--as-of", DAY.isoformat(), "--known-at", period.known_at.isoformat()]
    with frozen(MOMENT + timedelta(hours=1)):
        said = json.loads(app.test_cli_runner().invoke(args=args).stdout)
    assert not list(frozen_rules.differing(said, kept))
