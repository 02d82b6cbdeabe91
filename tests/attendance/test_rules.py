"""The roll, by itself: whatever the order of the marks, one roll; nothing is closed that nobody looked at."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.attendance import rules
from lms.attendance.rules import Event, Share
from lms.kernel.refused import Refused

DAY = date(2026, 11, 23)

events = st.lists(
    st.builds(
        Event,
        seq=st.integers(1, 10_000),
        person_id=st.integers(1, 5),
        state=st.sampled_from(rules.STATES),
        corrects=st.booleans(),
    ),
    unique_by=lambda event: event.seq,
    max_size=30,
)


@given(events, st.data())
def test_the_order_of_arrival_at_the_fold_does_not_matter(seen: list[Event], data: st.DataObject) -> None:
    shuffled = data.draw(st.permutations(seen))

    assert rules.fold(shuffled) == rules.fold(seen)


@given(events, st.integers(0, 30))
def test_folding_again_what_was_sent_twice_changes_nothing(seen: list[Event], twice: int) -> None:
    assert rules.fold(seen + seen[:twice]) == rules.fold(seen)


@given(events)
def test_who_was_marked_is_on_the_roll_and_a_correction_outranks(seen: list[Event]) -> None:
    roll = rules.fold(seen)

    assert set(roll) == {event.person_id for event in seen}
    for person_id, state in roll.items():
        own = [event for event in seen if event.person_id == person_id]
        ranking = [event for event in own if event.corrects] or own
        assert state == max(ranking, key=lambda event: event.seq).state


def test_two_trainers_touch_different_rows_and_neither_undoes_the_other() -> None:
    shown = {1: "present", 2: "present", 3: "present"}  # both opened this roll

    assert rules.changed({**shown, 1: "absent"}, shown) == {1: "absent"}
    assert rules.changed({**shown, 2: "late"}, shown) == {2: "late"}


@pytest.mark.parametrize(
    "states, attended, percent, enough",
    [
        ({1: "present", 2: "present", 3: "present", 4: "present", 5: "present"}, 20, 100, True),
        ({1: "present", 2: "late", 3: "late", 4: "present", 5: "absent"}, 16, 80, True),  # late counts
        ({1: "present", 2: "present", 3: "present", 4: "excused", 5: "absent"}, 12, 60, False),  # excused does not
        ({1: "present"}, 4, 20, False),  # over all planned half-days, also those not held
        ({}, 0, 0, False),
    ],
)
def test_share(states: dict[int, str], attended: int, percent: int, enough: bool) -> None:
    share = rules.share(dict.fromkeys(range(1, 6), 4), states)

    assert (share.attended, share.percent, share.reaches(80)) == (attended, percent, enough)


def test_almost_is_not_enough() -> None:
    assert not Share(799, 1000).reaches(80)
    assert Share(799, 1000).percent == 79
    assert not Share(0, 0).reaches(1)


ROLL = {1: "present", 2: "absent"}


@pytest.mark.parametrize(
    "roll, seated, on, why",
    [
        ({}, {1, 2}, DAY, "Nobody is marked"),
        ({1: "present"}, {1, 2}, DAY, "1 people are not marked"),
        (ROLL, set(), DAY, "Nobody has a seat"),
        (ROLL, {1, 2}, date(2026, 11, 24), "its roll opens that day"),
        ({3: "present"}, {1, 2}, DAY, "Nobody is marked"),  # someone who left does not count
    ],
)
def test_what_cannot_be_closed(roll: dict[int, str], seated: set[int], on: date, why: str) -> None:
    with pytest.raises(Refused, match=why):
        rules.may_close(roll, seated, session_on=on, today=DAY, cancelled=False)


def test_a_marked_roll_can_be_closed() -> None:
    rules.may_close(ROLL, {1, 2}, session_on=DAY, today=DAY, cancelled=False)


@pytest.mark.parametrize(
    "change, why",
    [
        ({"state": "asleep"}, "Choose one of"),
        ({"closed": True}, "Correct it with a reason"),
        ({"seated": False}, "no seat"),
        ({"cancelled": True}, "cancelled"),
        ({"session_on": date(2026, 11, 24)}, "opens that day"),
    ],
)
def test_what_cannot_be_marked(change: dict[str, object], why: str) -> None:
    fine = {
        "state": "late",
        "seated": True,
        "session_on": DAY,
        "today": DAY,
        "closed": False,
        "cancelled": False,
    }
    rules.may_mark(**fine)
    with pytest.raises(Refused, match=why):
        rules.may_mark(**{**fine, **change})


@pytest.mark.parametrize(
    "reason, closed, why", [("", True, "Say why"), ("  ", True, "Say why"), ("Ghi nhầm", False, "still open")]
)
def test_what_cannot_be_corrected(reason: str, closed: bool, why: str) -> None:
    rules.may_correct("late", "Ghi nhầm", seated=True, closed=True, cancelled=False)
    with pytest.raises(Refused, match=why):
        rules.may_correct("late", reason, seated=True, closed=closed, cancelled=False)


def test_seats() -> None:
    rules.may_take_seat(seats=5, taken=4, closed=False, cancelled=False)
    with pytest.raises(Refused, match="full"):
        rules.may_take_seat(seats=5, taken=5, closed=False, cancelled=False)
    with pytest.raises(Refused, match="Only 2 seats are left, and 3"):
        rules.may_take_seat(seats=5, taken=3, wanted=3, closed=False, cancelled=False)
    with pytest.raises(Refused, match="closed"):
        rules.may_take_seat(seats=5, taken=0, closed=True, cancelled=False)


@pytest.mark.parametrize(
    "change, why",
    [
        ({"title": " "}, "title"),
        ({"seats": 0}, "between 1 and 500"),
        ({"min_share": 0}, "between 1 and 100"),
        ({"sessions": []}, "at least one"),
        ({"sessions": [(DAY, "am", 4), (DAY, "am", 3)]}, "same half-day"),
        ({"sessions": [(DAY, "night", 4)]}, "morning or in the afternoon"),
        ({"sessions": [(DAY, "am", 0)]}, "between 1 and 8"),
    ],
)
def test_what_is_no_class(change: dict[str, object], why: str) -> None:
    fine = {"title": "Lớp", "seats": 30, "min_share": 80, "sessions": [(DAY, "am", 4), (DAY, "pm", 4)]}
    rules.check_class(**fine)
    with pytest.raises(Refused, match=why):
        rules.check_class(**{**fine, **change})


def test_counts_add_up_to_the_seats() -> None:
    totals = rules.count({1: "present", 2: "late", 9: "absent"}, {1, 2, 3})

    assert totals == {"present": 1, "late": 1, "excused": 0, "absent": 0, "unmarked": 1}
