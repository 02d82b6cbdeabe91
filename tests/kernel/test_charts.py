"""Where lines and bars go."""

from datetime import date

import pytest

from lms.kernel import charts

JAN, JUL, DEC = date(2025, 1, 1), date(2025, 7, 2), date(2025, 12, 31)


def percent(place: str) -> float:
    return float(place.removesuffix("%"))


@pytest.mark.parametrize(
    "n, of, length", [(412, 438, "94.06%"), (0, 0, "0.00%"), (3, 0, "0.00%"), (9, 8, "100.00%"), (-1, 8, "0.00%")]
)
def test_share(n: int, of: int, length: str) -> None:
    assert charts.share(n, of) == length


def test_dates_stand_as_far_apart_as_in_time() -> None:
    points = charts.line([("a", [(JAN, 0.0), (JUL, 50.0), (DEC, 100.0)])]).lines[0].points
    first, middle, last = (percent(point.x) for point in points)

    assert middle - first == pytest.approx((last - first) / 2, abs=0.1)
    assert [percent(point.y) for point in points] == [charts.BOTTOM, (charts.TOP + charts.BOTTOM) / 2, charts.TOP]


def test_a_missing_value_is_a_gap_and_not_a_zero() -> None:
    chart = charts.line([("a", [(2022, 10.0), (2023, None), (2024, 30.0), (2025, 40.0)])])

    assert [(a.label, b.label) for a, b in chart.lines[0].pieces] == [("2024", "2025")]
    assert chart.cells == (("10 %",), ("–",), ("30 %",), ("40 %",))


def test_last_values_never_cover_each_other() -> None:
    chart = charts.line([("a", [(2024, 81.0)]), ("b", [(2024, 80.9)]), ("c", [(2024, None)]), ("d", [(2024, 82.5)])])
    heights = [percent(line.last.y) for line in chart.lines if line.last]

    assert len(heights) == 3
    assert all(abs(a - b) >= charts.APART - 0.01 for a in heights for b in heights if a is not b)


def test_the_target_takes_the_place_of_its_tick() -> None:
    chart = charts.line([("a", [(JAN, 94.1)])], target=100)

    assert chart.target == charts.Tick("9.00%", "100 %")
    assert [tick.label for tick in chart.up] == ["0 %", "25 %", "50 %", "75 %"]


@pytest.mark.parametrize(
    "dates, names",
    [
        ([date(2022, 6, 1), date(2023, 9, 9), date(2025, 6, 30)], ["2023", "2024", "2025"]),
        ([JAN, JUL, DEC], ["01/01/2025", "31/12/2025"]),
        ([JUL], ["02/07/2025"]),
        ([date(2000, 1, 1), date(2019, 1, 2)], ["2000", "2004", "2008", "2012", "2016"]),
        (["Quý I", "Quý II"], ["Quý I", "Quý II"]),
        ([], []),
    ],
)
def test_few_names_under_the_axis(dates: list[charts.X], names: list[str]) -> None:
    assert [tick.label for tick in charts.line([("a", [(x, 1.0) for x in dates])]).across] == names


def test_counts_get_a_round_scale() -> None:
    chart = charts.line([("a", [(2024, 37.0), (2025, 812.0)])], unit="")

    assert [tick.label for tick in chart.up] == ["0", "250", "500", "750", "1.000"]


def test_bars_share_one_scale() -> None:
    small, large = charts.bars([("Bản Bo", 15, 30), ("Khun Há", 60, 60, "/x")], " người")

    assert (small.width, small.of, small.words, small.url) == ("25.00%", "50.00%", "15/30 người", None)
    assert (large.width, large.of, large.words, large.url) == ("100.00%", "100.00%", "60/60 người", "/x")
    assert charts.bars([]) == ()
    assert charts.bars([("a", 0)])[0].width == "0.00%"


def test_a_band_lies_under_its_line_and_in_the_table() -> None:
    chart = charts.line(
        [("a", [(JAN, 50.0), (JUL, None)])], band=("chắc chừng", [(JAN, 50.0, 50.0), (JUL, 60.0, 80.0)])
    )

    assert chart.band == "chắc chừng"
    assert chart.cells == (("50 %", "50 – 50 %"), ("–", "60 – 80 %"))
    corners = [tuple(float(part) for part in corner.split(",")) for corner in chart.outline.split()]
    assert len(corners) == 4
    assert corners[1][1] < corners[2][1]  # higher values stand nearer the top
    assert corners[1][0] == corners[2][0] > corners[0][0] == corners[3][0]
    assert charts.line([("a", [(JAN, 50.0)])]).outline == ""
