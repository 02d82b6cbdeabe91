"""How it grew, month by month, and where that leads."""

from collections.abc import Sequence
from datetime import date, timedelta

from lms.coverage import forecast, foretold, trend
from lms.coverage.forecast import Forecast
from lms.coverage.places import places
from lms.coverage.trend import Point
from lms.coverage.views.room import DESKS, Asked, bp, figures, read
from lms.kernel.access import door

DRAWN_AHEAD = timedelta(days=549)  # eighteen months; further off the past would be squeezed flat


@bp.get("/trend")
@door(*DESKS)
def over_time():
    """Each month's figure, the target, and the forecast with how far it can be trusted."""
    asked = read()
    found = figures(asked, None)
    points = trend.points(asked.question, asked.i, found.total)
    told = forecast_of(asked, points)
    return asked.page(
        "coverage/over_time.html",
        points=points,
        told_places=places(found),
        told=told,
        foretold=foretold,
        held=told.held if told else forecast.held(points),
        least=forecast.LEAST,
        ends_on=last_day(asked),
        **drawn(points, told),
    )


def forecast_of(asked: Asked, points: Sequence[Point]) -> Forecast | None:
    return forecast.forecast(points, asked.one.indicator.target, last_day(asked))


def last_day(asked: Asked) -> date:
    """When it has to be reached: the end of the plan, or, asked for each year, of that year."""
    question = asked.question
    year = date(question.as_of.year, 12, 31)
    return min(question.plan.ends_on, year) if asked.one.rule.once == "year" else question.plan.ends_on


def drawn(points: Sequence[Point], told: Forecast | None) -> dict[str, object]:
    """The lines of the chart: what was, and the nearer part of what is expected, beginning where the first ends."""
    shares = trend.shares(points)
    now = shares[-1][1]
    if told is None or now is None:
        return {"shares": shares, "ahead": [], "band": None}
    until = max(points[-1].on + DRAWN_AHEAD, told.path[0].on)
    near = [one for one in told.path if one.on <= until]
    ahead = [(points[-1].on, now), *((one.on, round(one.likely, 1)) for one in near)]
    band = [(points[-1].on, now, now), *((one.on, round(one.low, 1), round(one.high, 1)) for one in near)]
    return {"shares": shares, "ahead": ahead, "band": band}
