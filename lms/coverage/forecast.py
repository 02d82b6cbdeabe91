"""How far it will have come by then: the pace of past months carried on, with an interval, and how well that has held so far. Pure.

The pace is the mean number of people trained per whole month of the last year; with two years of months, the months of the
yearly Action Month (November, December) have a pace of their own. The interval holds four times of five if months go on
varying as they have: variance of a sum of months, and of the mean itself (the textbook prediction interval).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from math import sqrt
from typing import Protocol

LEAST = 6  # whole months of data without which nothing is foretold
YEAR = 12
SEASON = (11, 12)  # Tháng hành động vì bình đẳng giới: 15/11 to 15/12
WIDTH = 1.2816  # standard deviations on either side that hold four times of five
HORIZONS = (3, 6)  # months, for looking back
FARTHEST = 120  # months; a target beyond is as good as never
DAYS = 365.25 / YEAR


class Point(Protocol):
    """n of N on a day."""

    @property
    def on(self) -> date: ...
    @property
    def done(self) -> int: ...
    @property
    def required(self) -> int: ...


@dataclass(frozen=True)
class Expected:
    """Percent of those required: the likeliest, and the ends of the interval."""

    on: date
    low: float
    likely: float
    high: float


@dataclass(frozen=True)
class Held:
    """How forecasts made in past months turned out: the mean error in percentage points, and how often the interval held."""

    months: int
    times: int
    error: float
    inside: int


@dataclass(frozen=True)
class Forecast:
    """`path`: the end of each month up to the last day asked for. `reached`: earliest, likeliest and latest day of the target (None: not within ten years)."""

    pace: float  # people per month
    path: tuple[Expected, ...]
    reached: tuple[date | None, date | None, date | None]
    held: tuple[Held, ...]
    seasonal: bool

    @property
    def at_end(self) -> Expected:
        return self.path[-1]


@dataclass(frozen=True)
class Pace:
    """People per month, in the season and outside it; how much months vary; over how many months that was seen."""

    plain: float
    season: float
    variance: float
    months: int

    def gain(self, month: int) -> float:
        return self.season if month in SEASON else self.plain

    def spread(self, months: float) -> float:
        """How far the sum of so many months may be off, four times of five."""
        return WIDTH * sqrt(max(0.0, self.variance * months * (1 + months / self.months)))


def forecast(points: Sequence[Point], target: float, ends_on: date) -> Forecast | None:
    """From month ends and the counted day. None with too little to go by, with nobody required, or when the end is not ahead."""
    pace = _pace(points)
    if pace is None or not points[-1].required or ends_on <= points[-1].on:
        return None
    last = points[-1]
    path = tuple(_expected(last, pace, day) for day in _days(last.on, ends_on))
    need = -(-last.required * target // 100) - last.done
    reached = (_reach(last, pace, need, 1), _reach(last, pace, need, 0), _reach(last, pace, need, -1))
    return Forecast(
        (YEAR - 2) / YEAR * pace.plain + 2 / YEAR * pace.season, path, reached, held(points), _seasonal(points)
    )


def held(points: Sequence[Point]) -> tuple[Held, ...]:
    """For each past month with enough before it: the forecast it would have made, beside what came."""
    found = []
    ends = _whole(points)
    for months in HORIZONS:
        pairs = [
            (_ahead(ends[: i + 1], ends[i + months].on), ends[i + months]) for i in range(LEAST, len(ends) - months)
        ]
        told = [(one, _share(came.done, came.required)) for one, came in pairs if one is not None and came.required]
        if told:
            error = sum(abs(one.likely - came) for one, came in told) / len(told)
            inside = sum(1 for one, came in told if one.low <= came + 0.05 and came - 0.05 <= one.high)
            found.append(Held(months, len(told), error, inside))
    return tuple(found)


def _ahead(points: Sequence[Point], day: date) -> Expected | None:
    pace = _pace(points)
    return _expected(points[-1], pace, day) if pace is not None and points[-1].required else None


def _pace(points: Sequence[Point]) -> Pace | None:
    """None with fewer than `LEAST` whole months."""
    ends = _whole(points)
    gains = [(b.on.month, b.done - a.done) for a, b in pairwise(ends)]
    if len(gains) < LEAST:
        return None
    seasonal = _seasonal(points)
    gains = gains[-2 * YEAR :] if seasonal else gains[-YEAR:]
    every = _mean([gain for _, gain in gains])
    plain = _mean([gain for month, gain in gains if month not in SEASON]) if seasonal else every
    season = _mean([gain for month, gain in gains if month in SEASON]) if seasonal else every
    means = {True: season, False: plain}
    free = len(gains) - (2 if seasonal else 1)
    variance = sum((gain - means[month in SEASON]) ** 2 for month, gain in gains) / free
    # people come one by one: even the steadiest past lets a month vary as counts do
    return Pace(max(0.0, plain), max(0.0, season), max(variance, every, 0.25), len(gains))


def _seasonal(points: Sequence[Point]) -> bool:
    return len(_whole(points)) > 2 * YEAR


def _whole(points: Sequence[Point]) -> list[Point]:
    """Those at the end of a month."""
    return [one for one in points if (one.on + timedelta(days=1)).day == 1]


def _expected(last: Point, pace: Pace, day: date) -> Expected:
    gain = sum(share * pace.gain(month) for month, share in _months(last.on, day))
    spread = pace.spread((day - last.on).days / DAYS)
    likely = last.done + gain

    def share(people: float) -> float:
        return _share(min(max(people, last.done), last.required), last.required)

    return Expected(day, share(likely - spread), share(likely), share(likely + spread))


def _reach(last: Point, pace: Pace, need: float, side: int) -> date | None:
    """The first month's end, or the day within it, at which so many more are trained; `side` 1: if all goes well, -1: if it goes badly."""
    if need <= 0:
        return last.on
    before = 0.0
    gain = 0.0
    since = last.on
    for day in _days(last.on, last.on + timedelta(days=round(FARTHEST * DAYS))):
        gain += sum(share * pace.gain(month) for month, share in _months(since, day))
        now = gain + side * pace.spread((day - last.on).days / DAYS)
        if now >= need:
            part = (need - before) / (now - before) if now > before else 1.0
            return since + timedelta(days=max(1, round(part * (day - since).days)))
        before, since = now, day
    return None


def _days(after: date, last: date) -> Iterator[date]:
    """The ends of months after one day, up to another, and that day itself."""
    year, month = after.year, after.month
    while True:
        year, month = (year + 1, 1) if month == YEAR else (year, month + 1)
        end = date(year, month, 1) - timedelta(days=1)
        if end >= last:
            yield last
            return
        if end > after:
            yield end


def _months(after: date, last: date) -> Iterator[tuple[int, float]]:
    """(month, how much of a month) of the days after one and up to another."""
    since = after
    for day in _days(after, last):
        yield day.month, (day - since).days / DAYS
        since = day


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values) if values else 0.0


def _share(n: float, of: float) -> float:
    """Percent; never past the whole."""
    return min(100.0, 100 * n / of)
