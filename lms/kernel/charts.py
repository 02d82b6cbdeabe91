"""Where the lines and bars of a chart go. Pure: numbers in, places in percent of the drawing out; templates draw them.

Places are percentages so that a chart is as wide as its page while its letters keep their size, on a phone and on paper.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from lms.kernel.vietnamese import number, short_date

TOP, BOTTOM = 9.0, 88.0  # percent of the height: room for letters above the highest line and below the axis
LEFT, RIGHT = 1.0, 82.0  # percent of the width: the last values stand to the right of the lines
APART = 8.0  # percent of the height between two written values
STEPS = (1, 2, 2.5, 5, 10)
MOST_NAMES = 5  # under the axis; more would touch on a phone
YEARS_FROM = 550  # days from which an axis of dates shows years instead of its first and last day

X = date | int | str
Series = tuple[str, Sequence[tuple[X, float | None]]]
Band = tuple[str, Sequence[tuple[X, float, float]]]  # its name, then (place, lowest, highest)


@dataclass(frozen=True)
class Point:
    """One value: its place, and the words for it."""

    x: str
    y: str
    label: str
    value: str


@dataclass(frozen=True)
class Tick:
    """A word at a place along one side."""

    at: str
    label: str
    anchor: str = "middle"


@dataclass(frozen=True)
class Last:
    """The last value of a line, written beside its end."""

    at: str
    y: str
    label: str


@dataclass(frozen=True)
class Line:
    """One series: `pieces` are drawn; a missing value leaves a gap, never a zero."""

    name: str
    kind: int  # 1, 2, 3…: how it is dashed and coloured
    points: tuple[Point, ...]
    pieces: tuple[tuple[Point, Point], ...]
    last: Last | None


@dataclass(frozen=True)
class LineChart:
    """Lines, axes, and the same numbers as a table (`labels` name its rows)."""

    lines: tuple[Line, ...]
    across: tuple[Tick, ...]
    up: tuple[Tick, ...]
    target: Tick | None
    labels: tuple[str, ...]
    cells: tuple[tuple[str, ...], ...]
    band: str = ""  # its name; its cells are the last of each row
    outline: str = ""  # corners of the band, in hundredths of the drawing


@dataclass(frozen=True)
class Bar:
    """One bar; `of` is how far the pale one behind it goes."""

    label: str
    width: str
    words: str
    of: str | None = None
    url: str | None = None


def share(n: float, of: float) -> str:
    """A length in percent, for an attribute: "94.06%". Nothing of nothing is nothing; never past the end."""
    return f"{min(100.0, max(0.0, 100 * n / of)) if of else 0:.2f}%"


def line(
    series: Sequence[Series], target: float | None = None, unit: str = " %", band: Band | None = None
) -> LineChart:
    """Lines over one common axis of dates, years or names in order. Values are numbers; None is a gap. `band`: how sure a line is."""
    sure, edges = band or ("", ())
    xs = _axis([*(x for _, points in series for x, _ in points), *(x for x, _, _ in edges)])
    values = [y for _, points in series for _, y in points if y is not None] + [high for _, _, high in edges]
    top, step = _scale(max([*values, target or 0, 0]), percent=unit.strip() == "%")
    places = _places(xs)

    def height(value: float) -> float:
        return BOTTOM - (BOTTOM - TOP) * value / top

    drawn = [_points(dict(points), xs, places, height, unit) for _, points in series]
    ends = _spread([_end(one) for one in drawn])
    lines = []
    for kind, ((name, _), one, end) in enumerate(zip(series, drawn, ends, strict=True), 1):
        points = tuple(point for point in one if point)
        last = Last(points[-1].x, f"{end:.2f}%", points[-1].value) if end is not None else None
        lines.append(Line(name, kind, points, tuple((a, b) for a, b in pairwise(one) if a and b), last))
    aim = None if target is None else height(target)
    return LineChart(
        lines=tuple(lines),
        across=_across(xs, places),
        up=tuple(
            Tick(f"{height(v):.2f}%", _value(v, unit))
            for v in _steps(top, step)
            if aim is None or abs(height(v) - aim) > APART
        ),
        target=None if target is None else Tick(f"{height(target):.2f}%", _value(target, unit)),
        labels=tuple(_name(x) for x in xs),
        cells=tuple((*_cells(series, x, unit), *([_between(edges, x, unit)] if sure else [])) for x in xs),
        band=sure,
        outline=_outline(edges, places, height),
    )


def bars(rows: Sequence[Sequence[object]], unit: str = "") -> tuple[Bar, ...]:
    """Bars from rows of (label, value), (label, n, of) or (label, n, of, url); all share one scale."""
    longest = max((float(str(part)) for row in rows for part in row[1:3] if part is not None), default=0)
    drawn = []
    for label, value, *rest in rows:
        n, of = float(str(value)), rest[0] if rest else None
        words = _value(n, unit) if of is None else f"{_value(n, '')}/{_value(float(str(of)), unit)}"
        behind = None if of is None else share(float(str(of)), longest)
        url = str(rest[1]) if len(rest) > 1 and rest[1] else None
        drawn.append(Bar(str(label), share(n, longest), words, behind, url))
    return tuple(drawn)


def _points(
    by_x: dict[X, float | None], xs: list[X], places: dict[X, str], height: Callable[[float], float], unit: str
) -> list[Point | None]:
    return [
        None if (y := by_x.get(x)) is None else Point(places[x], f"{height(y):.2f}%", _name(x), _value(y, unit))
        for x in xs
    ]


def _cells(series: Sequence[Series], x: X, unit: str) -> tuple[str, ...]:
    return tuple("–" if (y := dict(points).get(x)) is None else _value(y, unit) for _, points in series)


def _between(edges: Sequence[tuple[X, float, float]], x: X, unit: str) -> str:
    found = next(((low, high) for at, low, high in edges if at == x), None)
    return "–" if found is None else f"{_value(found[0], '')} – {_value(found[1], unit)}"


def _outline(edges: Sequence[tuple[X, float, float]], places: dict[X, str], height: Callable[[float], float]) -> str:
    """Along the highest values, and back along the lowest."""
    there = [f"{places[x][:-1]},{height(high):.2f}" for x, _, high in edges]
    back = [f"{places[x][:-1]},{height(low):.2f}" for x, low, _ in reversed(edges)]
    return " ".join([*there, *back])


def _end(points: list[Point | None]) -> float | None:
    """How high the last value of a line stands."""
    return next((float(point.y[:-1]) for point in reversed(points) if point), None)


def _axis(xs: list[X]) -> list[X]:
    """Each place once: dates and years in order, names as they first came."""
    once = list(dict.fromkeys(xs))
    return once if any(isinstance(x, str) for x in once) else sorted(once)


def _places(xs: list[X]) -> dict[X, str]:
    """Dates stand as far apart as they are in time; names and years evenly."""
    days = [x.toordinal() if isinstance(x, date) else i for i, x in enumerate(xs)]
    if len(xs) < 2:
        return dict.fromkeys(xs, f"{(LEFT + RIGHT) / 2:.2f}%")
    return {x: f"{_along(day, days[0], days[-1]):.2f}%" for x, day in zip(xs, days, strict=True)}


def _along(day: int, first: int, last: int) -> float:
    return LEFT + (RIGHT - LEFT) * (day - first) / (last - first)


def _across(xs: list[X], places: dict[X, str]) -> tuple[Tick, ...]:
    """Few enough names under the axis not to touch on a phone."""
    dates = [x for x in xs if isinstance(x, date)]
    if dates and (dates[-1] - dates[0]).days >= YEARS_FROM:
        return _years(dates[0], dates[-1])
    last = len(xs) - 1
    most = 2 if dates else MOST_NAMES
    chosen = range(last + 1) if last < most else sorted({round(i * last / (most - 1)) for i in range(most)})
    anchors = {0: "start", last: "end"} if last > 0 else {}
    return tuple(Tick(places[xs[i]], _name(xs[i]), anchors.get(i, "middle")) for i in chosen)


def _years(first: date, last: date) -> tuple[Tick, ...]:
    """The first of January of each year in between, or of every second, third… year."""
    years = [year for year in range(first.year, last.year + 1) if first <= date(year, 1, 1) <= last]
    every = -(-len(years) // MOST_NAMES)
    ticks = []
    for year in years[::every]:
        at = _along(date(year, 1, 1).toordinal(), first.toordinal(), last.toordinal())
        ticks.append(Tick(f"{at:.2f}%", str(year), "start" if at < 5 else "middle"))
    return tuple(ticks)


def _spread(heights: list[float | None]) -> list[float | None]:
    """The heights at which to write last values so that none covers another: pushed down, in order."""
    placed = dict[int, float]()
    lowest = float("-inf")
    for i, height in sorted(((i, h) for i, h in enumerate(heights) if h is not None), key=lambda pair: pair[1]):
        placed[i] = lowest = max(height, lowest + APART)
    return [placed.get(i) for i in range(len(heights))]


def _scale(most: float, *, percent: bool) -> tuple[float, float]:
    """The top of the axis and the distance of its lines: round numbers, about four of them."""
    if percent and most <= 100:
        return 100, 25
    size = 1.0
    while size * 10 <= most / 4:
        size *= 10
    step = next(size * s for s in STEPS if size * s >= most / 4 or s == STEPS[-1])
    top = step
    while top < most:
        top += step
    return top, step


def _steps(top: float, step: float) -> list[float]:
    return [step * i for i in range(round(top / step) + 1)]


def _name(x: X) -> str:
    return short_date(x) if isinstance(x, date) else str(x)


def _value(value: float, unit: str) -> str:
    return number(value, 0 if float(value).is_integer() else 1) + unit
