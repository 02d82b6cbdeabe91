"""Figures around a reorganisation, as known then and now, under either tree."""

from datetime import date, datetime, timedelta

import pytest

from lms.coverage import trend
from lms.coverage.queries import Coverage, coverages
from lms.coverage.question import ask, chosen, plans
from lms.coverage.rules import Figures
from lms.kernel.clock import at_hour, frozen
from lms.kernel.db import db
from lms.kernel.refused import Refused
from lms.tracks import actions
from lms.tracks.models import Enrolment
from tests.coverage.conftest import MERGER, NOW, Register

EVE = date(2025, 6, 30)
TODAY = date(2025, 11, 20)


def look(
    register: Register,
    as_of: date = TODAY,
    *,
    known_at: datetime | None = None,
    tree_at: date | None = None,
    units: frozenset[int] | None = None,
) -> tuple[Coverage, Coverage]:
    with register.app.app_context():
        planned = chosen(plans(known_at), "mau", TODAY)
        first, second = coverages(ask(planned, as_of=as_of, known_at=known_at, tree_at=tree_at, units=units))
        return first, second


def by_name(register: Register, found: Coverage) -> dict[str, Figures]:
    return {name: found.unit(one) for name, one in register.units.items() if one in found.question.tree}


TA_LENG, GIANG_MA = Figures(done=1, not_done=2), Figures(not_done=1, unknown=1, exempt=1, on_leave=1)
NAM_LOONG = Figures(done=1, not_done=1)  # hai is posted in two units
TOGETHER = Figures(done=2, not_done=3, unknown=1, exempt=1, on_leave=1)


def test_before_the_merger(register: Register) -> None:
    trained, assisting = look(register, EVE)

    assert by_name(register, trained) == {
        "district": TOGETHER,
        "ta_leng": TA_LENG,
        "giang_ma": GIANG_MA,
        "nam_loong": NAM_LOONG,
    }
    assert trained.total == TOGETHER
    assert assisting.total == Figures(done=1, not_done=2, unknown=1, exempt=4)
    assert trained.behind() == 3


def test_the_day_counts_from_its_first_to_its_last_hour(register: Register) -> None:
    assert look(register, EVE - timedelta(days=1))[0].total == Figures(
        done=1, not_done=4, unknown=1, exempt=1, on_leave=1
    )
    assert look(register, EVE)[0].total == TOGETHER


def test_on_the_day_of_the_merger(register: Register) -> None:
    trained, _ = look(register, MERGER)

    moved = Figures(done=1, not_done=3, unknown=1, exempt=1, on_leave=1)
    assert by_name(register, trained) == {"ta_leng_moi": moved, "nam_loong": NAM_LOONG}
    assert trained.total == TOGETHER


def test_the_past_under_the_new_tree(register: Register) -> None:
    trained, _ = look(register, EVE, tree_at=MERGER)

    assert by_name(register, trained) == by_name(register, look(register, MERGER)[0])
    assert trained.not_restated == Figures()


def test_today_under_the_old_tree(register: Register) -> None:
    trained, _ = look(register, TODAY, tree_at=EVE)

    old = {"district": TOGETHER, "ta_leng": TA_LENG, "giang_ma": GIANG_MA, "nam_loong": NAM_LOONG}
    assert by_name(register, trained) == old
    assert trained.not_restated == Figures(not_done=1)  # came after the merger: nobody can say to which old commune
    assert trained.total == look(register, TODAY)[0].total


def test_one_code_two_communes(register: Register) -> None:
    def coded(found: Coverage) -> dict[str, int]:
        tree = found.question.tree
        return {tree.versions[one].code: one for one, _, _ in found.units()}

    assert coded(look(register, EVE)[0])["03405"] == register.units["giang_ma"]
    assert coded(look(register, MERGER)[0])["03405"] == register.units["ta_leng_moi"]


def test_a_correction_changes_today_and_not_what_was_known(register: Register) -> None:
    before = look(register)[0].total
    with register.doing(), frozen(NOW):
        enrolment = db.session.query(Enrolment).filter_by(person_id=register.persons["phu"]).one()
        actions.retract_part(enrolment, "class", reason="Điểm danh nhầm")

    yesterday = at_hour(date(2025, 11, 19), 23, 59)
    assert look(register)[0].total == Figures(
        **{**vars(before), "done": before.done - 1, "not_done": before.not_done + 1}
    )
    assert look(register, known_at=yesterday)[0].total == before
    assert look(register, EVE)[0].total.done == TOGETHER.done - 1


def test_what_was_not_yet_known(register: Register) -> None:
    then = look(register, EVE, known_at=at_hour(date(2024, 12, 31)))[0]

    assert then.total == Figures(done=1, not_done=4, unknown=1, exempt=1, on_leave=1)
    assert not then.one.first


def test_before_any_rule_the_first_one_is_used_and_said(register: Register) -> None:
    then = look(register, EVE, known_at=at_hour(date(2023, 1, 1)))[0]

    assert then.one.first
    assert then.total == Figures()


def test_only_what_may_be_seen_is_counted(register: Register) -> None:
    own = frozenset({register.units["nam_loong"]})
    trained, _ = look(register, TODAY, units=own)

    assert trained.total == NAM_LOONG
    assert [one for one, _, _ in trained.units()] == [register.units["nam_loong"]]
    assert look(register, TODAY, units=frozenset())[0].total == Figures()


@pytest.mark.parametrize("as_of", [EVE, MERGER, TODAY])
@pytest.mark.parametrize("i", [0, 1])
def test_growth_over_time_says_what_each_day_says(register: Register, as_of: date, i: int) -> None:
    found = look(register, as_of)[i]
    with register.app.app_context():
        points = trend.points(found.question, i, found.total)

    assert points[-1].on == as_of
    for point in points:
        total = look(register, point.on)[i].total
        assert (point.on, point.done, point.required) == (point.on, total.done, total.required)


@pytest.mark.parametrize("as_of", [date(2025, 11, 21), date(2023, 12, 31)])
def test_a_day_that_cannot_be_counted(register: Register, as_of: date) -> None:
    with pytest.raises(Refused):
        look(register, as_of)
