"""Where someone stands, and how persons add up: tables of cases."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.coverage import moments, restating, rules
from lms.coverage.restating import NOWHERE, Step
from lms.coverage.rules import Excepted, Figures, State
from lms.kernel.clock import at_hour
from lms.kernel.refused import Refused

NONE = 0


@pytest.mark.parametrize(
    "binds, exception, done, state",
    [
        (True, NONE, True, State.DONE),
        (True, NONE, False, State.NOT_DONE),
        (False, NONE, True, State.EXEMPT),
        (None, NONE, True, State.UNKNOWN),  # trained or not: whether they have to be is not known
        (True, Excepted.EXEMPT, True, State.EXEMPT),
        (True, Excepted.ON_LEAVE, True, State.ON_LEAVE),
        (False, Excepted.ON_LEAVE, False, State.EXEMPT),  # outside the rule, on leave or not
        (None, Excepted.ON_LEAVE, False, State.ON_LEAVE),
        (None, Excepted.EXEMPT, False, State.EXEMPT),
        (False, Excepted.REQUIRED, False, State.NOT_DONE),
        (None, Excepted.REQUIRED, True, State.DONE),
    ],
)
def test_state(binds: bool | None, exception: int, done: bool, state: State) -> None:
    assert rules.state(binds, exception, done) == state


def test_required_comes_before_leave_before_unknown_before_exempt() -> None:
    assert rules.combined([State.EXEMPT, State.UNKNOWN, State.ON_LEAVE, State.NOT_DONE]) == State.NOT_DONE
    assert rules.combined([State.EXEMPT, State.UNKNOWN, State.ON_LEAVE]) == State.ON_LEAVE
    assert rules.combined([State.EXEMPT, State.UNKNOWN]) == State.UNKNOWN


def test_two_postings_count_once_above_and_once_in_each() -> None:
    groups = [(1, "a", 4, 3), (2, "a", 1, 1), (2, "b", 5, 2)]
    several = [[(1, "a", 4), (2, "a", 1)]]

    tally = rules.Tally(lambda unit, category: ("all", unit, category))
    for group in groups:
        tally.postings(*group)
    for postings in several:
        tally.person(postings)
    found = tally.figures()

    assert found["all"] == Figures(not_done=3, done=2)
    assert (found[1], found[2]) == (Figures(not_done=3), Figures(exempt=1, done=2))
    assert found["a"] == Figures(not_done=3)
    assert found["all"].roster == 5


def test_window() -> None:
    start, end = date(2021, 1, 1), date(2025, 12, 31)
    assert rules.window(start, end, date(2024, 5, 5)) == (start, date(2024, 5, 5))
    assert rules.window(start, end, date(2026, 5, 5)) == (start, end)
    assert rules.window(start, end, date(2024, 5, 5), "year") == (date(2024, 1, 1), date(2024, 5, 5))


def test_a_share_is_never_rounded_up() -> None:
    assert rules.thousandths(999, 1000) == 0.999
    assert rules.thousandths(1999, 2000) == 0.999
    assert rules.thousandths(0, 0) is None


@pytest.mark.parametrize(
    "day, months, then",
    [
        (date(2024, 1, 31), 1, date(2024, 2, 29)),
        (date(2024, 2, 29), 12, date(2025, 2, 28)),
        (date(2024, 12, 15), 1, date(2025, 1, 15)),
        (date(2025, 1, 15), -1, date(2024, 12, 15)),
        (date(2025, 3, 31), -1, date(2025, 2, 28)),
    ],
)
def test_months_later(day: date, months: int, then: date) -> None:
    assert rules.after_months(day, months) == then


@given(st.dates(date(2000, 1, 1), date(2040, 1, 1)), st.integers(1, 60))
def test_what_still_counts_begins_on_one_day(as_of: date, months: int) -> None:
    first = rules.valid_since(as_of, months)
    assert as_of < rules.after_months(first, months)
    assert rules.after_months(first - timedelta(days=1), months) <= as_of


def test_proofs_as_good_as_asked_for() -> None:
    assert rules.accepted(("claim", "roll", "test"), None) == ("test", "roll", "claim")
    assert rules.accepted(("claim", "roll", "test"), "document") == ("test", "roll")
    assert rules.accepted(("claim",), "test") == ()


def test_records_kept_for_others() -> None:
    assert rules.kept_for([(1, 2), (2, 3), (9, 4)]) == {2: 1, 3: 1, 4: 9}
    assert rules.kept_for([(1, 2), (2, 1), (1, 3)]) == {2: 1, 3: 1}  # a circle: the first record


def test_month_ends() -> None:
    assert rules.month_ends(date(2024, 1, 10), date(2024, 3, 30)) == [date(2024, 1, 31), date(2024, 2, 29)]


ON = date(2025, 7, 1)


def test_a_circle_of_successions_ends() -> None:
    found = restating.places([1], {9}, [(1, 2, ON), (2, 1, ON)], as_of=date(2025, 6, 1), tree_at=ON)
    assert found.direct == {1: NOWHERE}


def test_a_split_follows_the_person() -> None:
    found = restating.places([1], {2, 3}, [(1, 2, ON), (1, 3, ON)], as_of=date(2025, 6, 30), tree_at=ON)
    assert found.direct == {1: NOWHERE}
    assert found.steps == (Step(1, 2, ON, 1), Step(1, 3, ON, 1))


def test_back_is_never_guessed_from_the_unit_alone() -> None:
    found = restating.places([2], {1}, [(1, 2, ON)], as_of=ON, tree_at=date(2025, 6, 30))
    assert found.direct == {2: NOWHERE}
    assert found.steps == (Step(2, 1, date(2025, 6, 30), 0),)


def test_two_mergers_in_a_row() -> None:
    later = date(2026, 1, 1)
    found = restating.places([1], {3}, [(1, 2, ON), (2, 3, later)], as_of=date(2025, 6, 1), tree_at=later)
    assert found.direct == {1: 3}


@pytest.mark.parametrize(
    "text", ["30/06/2025 17:00", "2025-06-30T17:00", "2025-06-30 10:00Z", "2025-06-30T17:00+07:00"]
)
def test_moments(text: str) -> None:
    assert moments.moment(text) == at_hour(date(2025, 6, 30), 17)


@pytest.mark.parametrize("text", ["31/02/2025", "hôm qua", "2025-06-30T25:00", "x" * 5000, "99999-01-01"])
def test_what_is_no_moment_is_refused_in_words(text: str) -> None:
    with pytest.raises(Refused, match="is not a"):
        moments.moment(text)


def test_a_day_means_its_end() -> None:
    assert moments.moment("2025-06-30") > at_hour(date(2025, 6, 30), 23, 59)
    assert moments.moment("2025-06-30") < at_hour(date(2025, 7, 1), 0)
    assert moments.moment("") is None
