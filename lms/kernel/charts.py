"""Where the lines and bars of a chart go. Pure: numbers in, places in percent of the drawing out; templates draw them.

Places are percentages so that a chart is as wide as its page while its letters keep their size, on a phone and on paper.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from lms.kernel.vietnamese import number, short_date

TOP, BOTTOM = 8.0, 88.0  # percent of the height: room for the letters above the highest line and below the axis
LEFT, RIGHT = 1.0, 97.0
STEPS = (1, 2, 2.5, 5, 10)
MOST_DATES = 5  # under the axis; more would touch on a phone

X = date | int | str
Series = tuple[str, Sequence[tuple[X, float | None]]]


@dataclass(frozen=True)
class Point:
    """One value: its place, and the words for it."""

    x: str
    y: str
    label: str
    value: str


@dataclass(frozen=True)
class Line:
    """One series: `pieces` are drawn; a missing value leaves a gap, never a zero."""

    name: str
    kind: int  # 1, 2, 3…: how it is dashed and coloured
    points: tuple[Point, ...]
    pieces: tuple[tuple[Point, Point], ...]


@dataclass(frozen=True)
class Tick:
    at: str
    label: str
    anchor: str = "middle"


@dataclass(frozen=True)
class LineChart:
    lines: tuple[Line, ...]
    across: tuple[Tick, ...]  # names under the axis
    up: tuple[Tick, ...]  # values beside it
    target: Tick | None
    labels: tuple[str, ...]  # rows of the table
    cells: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class Bar:
    label: str
    width: str
    words: str
    of: str | None = None  # how far the pale bar behind it goes
    url: str | None = None


def share(n: float, of: float) -> str:
    """A length in percent, for an attribute: "94.12%". Nothing of nothing is nothing; never past the end."""
    return f"{min(100.0, max(0.0, 100 * n / of)) if of else 0:.2f}%"


def line(series: Sequence[Series], target: float | None = None, unit: str = " %") -> LineChart:
    """Lines over one common axis of dates, years or names in order. Values are numbers; None is a gap."""
    labels = _axis([x for _, points in series for x, _ in points])
    values = [y for _, points in series for _, y in points if y is not None]
    top, step = _scale(max([*values, target or 0, 0]), percent=unit.strip() == "%")
    places = _places(labels)

    def height(value: float) -> str:
        return f"{BOTTOM - (BOTTOM - TOP) * value / top:.2f}%"

    lines = []
    for kind, (name, points) in enumerate(series, 1):
        by_label = dict(points)
        drawn = [
            None if (y := by_label.get(x)) is None else Point(places[x], height(y), _name(x), _value(y, unit))
            for x in labels
        ]
        pieces = tuple((a, b) for a, b in zip(drawn, drawn[1:], strict=False) if a and b)
        lines.append(Line(name, kind, tuple(point for point in drawn if point), pieces))
    return LineChart(
        lines=tuple(lines),
        across=_names(labels, places),
        up=tuple(Tick(height(value), _value(value, unit)) for value in _steps(top, step)),
        target=None if target is None else Tick(height(target), _value(target, unit)),
        labels=tuple(_name(x) for x in labels),
        cells=tuple(
            tuple("–" if (y := dict(points).get(x)) is None else _value(y, unit) for _, points in series)
            for x in labels
        ),
    )


def bars(rows: Sequence[Sequence[object]], unit: str = "") -> tuple[Bar, ...]:
    """Bars from rows of (label, value), (label, n, of) or (label, n, of, url); n and of share one scale over all rows."""
    longest = max((float(str(part)) for row in rows for part in row[1:3] if part is not None), default=0)
    drawn = []
    for label, value, *rest in rows:
        n, of = float(str(value)), rest[0] if rest else None
        words = _value(n, unit) if of is None else f"{_value(n, '')}/{_value(float(str(of)), unit)}"
        behind = None if of is None else share(float(str(of)), longest)
        drawn.append(
            Bar(str(label), share(n, longest), words, behind, str(rest[1]) if len(rest) > 1 and rest[1] else None)
        )
    return tuple(drawn)


def _axis(xs: list[X]) -> list[X]:
    """Each place once: dates and years in order, names as they first came."""
    once = list(dict.fromkeys(xs))
    return once if any(isinstance(x, str) for x in once) else sorted(once)  # type: ignore[type-var]  # all dates or all ints


def _places(labels: list[X]) -> dict[X, str]:
    """Dates stand as far apart as they are in time; names and years evenly."""
    if len(labels) == 1:
        return {labels[0]: f"{(LEFT + RIGHT) / 2:.2f}%"}
    days = [x.toordinal() if isinstance(x, date) else i for i, x in enumerate(labels)]
    return {
        x: f"{LEFT + (RIGHT - LEFT) * (d - days[0]) / (days[-1] - days[0]):.2f}%"
        for x, d in zip(labels, days, strict=True)
    }


def _names(labels: list[X], places: dict[X, str]) -> tuple[Tick, ...]:
    """First, last and a few between, evenly chosen."""
    last = len(labels) - 1
    chosen = (
        sorted({round(i * last / (MOST_DATES - 1)) for i in range(MOST_DATES)})
        if last >= MOST_DATES
        else range(last + 1)
    )
    anchors = {0: "start", last: "end"} if last > 0 else {}
    return tuple(Tick(places[labels[i]], _name(labels[i]), anchors.get(i, "middle")) for i in chosen)


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
