"""The forecast by itself: within what is possible, never less sure the nearer it is, right about four times of five, silent when it knows too little."""

from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from lms.coverage import forecast
from lms.coverage.rules import month_ends

START, END = date(2021, 1, 1), date(2025, 12, 31)
EVERY_MONTH = month_ends(START, END)


@dataclass(frozen=True)
class Point:
    on: date
    done: int
    required: int


def series(gains: list[int], required: int = 400) -> list[Point]:
    done, points = 0, []
    for day, gain in zip(EVERY_MONTH, gains, strict=False):
        done = max(0, min(required, done + gain))
        points.append(Point(day, done, required))
    return points


@given(st.lists(st.integers(-5, 40), min_size=7, max_size=50), st.integers(1, 600), st.sampled_from((50, 80, 100)))
def test_never_above_the_whole_nor_below_what_is_done(gains: list[int], required: int, target: int) -> None:
    points = series(gains, required)
    told = forecast.forecast(points, target, END)
    assert told
    now = 100 * points[-1].done / required

    for one in told.path:
        assert now - 1e-9 <= one.low <= one.likely <= one.high <= 100
    for a, b in zip(told.path, told.path[1:], strict=False):
        assert a.on < b.on
        assert a.likely <= b.likely + 1e-9  # nobody is untrained again
        assert a.high <= b.high + 1e-9
    assert told.at_end.on == END

    best, likely, worst = told.reached
    if worst:
        assert likely
        assert likely <= worst
    if likely:
        assert best
        assert points[-1].on <= best <= likely


@given(st.lists(st.integers(0, 30), min_size=0, max_size=6))
def test_with_too_little_it_is_silent(gains: list[int]) -> None:
    assert forecast.forecast(series(gains), 100, END) is None
    assert forecast.held(series(gains)) == ()


def test_nobody_required_or_no_time_left_is_no_forecast() -> None:
    assert forecast.forecast(series([5] * 12, required=0), 100, END) is None
    assert forecast.forecast(series([5] * 60), 100, END) is None


def test_a_steady_pace_reaches_the_target_when_arithmetic_says() -> None:
    points = series([10] * 20)  # 200 of 400 on 31/08/2022
    told = forecast.forecast(points, 100, END)
    assert told
    assert told.pace == 10
    best, likely, worst = told.reached
    assert likely
    assert abs(likely - date(2024, 4, 30)) < timedelta(days=25)  # twenty months on
    assert best
    assert worst
    assert best < likely < worst
    assert {one.months: round(one.error, 1) for one in told.held} == {3: 0.1, 6: 0.1}
    assert all(one.inside == one.times for one in told.held)


def test_no_progress_never_arrives() -> None:
    told = forecast.forecast(series([50] + [0] * 14), 100, END)
    assert told
    assert told.pace == 0
    assert told.reached[1:] == (None, None)
    assert told.at_end.likely == told.at_end.low == 12.5


def test_a_target_already_reached_is_today() -> None:
    told = forecast.forecast(series([40] * 9), 80, END)
    assert told
    assert told.reached == (EVERY_MONTH[8],) * 3


def test_the_action_month_has_a_pace_of_its_own() -> None:
    gains = [20 if day.month in forecast.SEASON else 2 for day in EVERY_MONTH[:34]]  # up to October 2023
    told = forecast.forecast(series(gains), 100, END)
    assert told
    assert told.seasonal
    by_day = {one.on: one.likely for one in told.path}
    before, within = by_day[date(2023, 12, 31)], by_day[date(2024, 2, 29)]
    assert before - 100 * sum(gains) / 400 > 4 * (within - before)


def test_the_middle_of_a_month_is_where_it_starts_and_not_a_month() -> None:
    points = [*series([10] * 12), Point(date(2022, 1, 10), 121, 400)]
    told = forecast.forecast(points, 100, END)
    assert told
    assert told.pace == 10
    assert told.path[0].on == date(2022, 1, 31)
    assert told.path[0].likely < 100 * 131 / 400


def test_the_interval_holds_about_four_times_of_five() -> None:
    chance, inside, times = Random(7), 0, 0
    for _world in range(400):
        pace = chance.uniform(2, 12)
        gains = [max(0, round(chance.gauss(pace, pace / 2))) for _month in range(24)]
        points = series(gains, required=2000)
        for months in (3, 6):
            told = forecast.forecast(points[: 24 - months], 100, points[-1].on)
            assert told
            times += 1
            inside += told.at_end.low <= 100 * points[-1].done / 2000 <= told.at_end.high
    assert 0.74 < inside / times < 0.9


def test_looking_back_tells_a_bad_forecast_from_a_good_one() -> None:
    steady, jumping = series([8] * 24), series([0, 0, 0, 0, 0, 40] * 4)
    good, bad = forecast.held(steady), forecast.held(jumping)
    assert [one.times for one in good] == [15, 12]
    assert bad[0].error > 3
    assert good[0].error < 0.5
