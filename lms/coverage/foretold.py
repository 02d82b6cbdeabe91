"""How a forecast is worded."""

from datetime import date
from math import floor

from lms.coverage.forecast import Forecast
from lms.kernel.i18n import gettext as _
from lms.kernel.vietnamese import number, short_date


def arrival(told: Forecast, target: int) -> str:
    """When the target is reached if it goes on like this."""
    best, likely, worst = told.reached
    pace = number(told.pace, 1 if told.pace < 10 else 0)
    if likely is None:
        return _(
            "At the pace of the past months (%(pace)s people a month) %(target)s %% is not reached within ten years.",
            pace=pace,
            target=target,
        )
    if best == worst:
        return _("The target of %(target)s %% is reached.", target=target)
    return _(
        "At the pace of the past months (%(pace)s people a month) %(target)s %% is reached around %(likely)s – at best %(best)s, at worst %(worst)s.",
        pace=pace,
        target=target,
        likely=_month(likely),
        best=_month(best or likely),
        worst=_month(worst) if worst else _("not within ten years"),
    )


def at_end(told: Forecast, ends_on: date) -> str:
    """The share when the time is over."""
    end = told.at_end
    if end.low == end.high:
        return _("By %(day)s: %(share)s %%.", day=short_date(ends_on), share=floor(end.likely))
    return _(
        "By %(day)s: about %(likely)s %%, with four chances in five between %(low)s %% and %(high)s %%.",
        day=short_date(ends_on),
        likely=floor(end.likely),
        low=floor(end.low),
        high=floor(end.high),
    )


def _month(day: date) -> str:
    return f"{day.month:02}/{day.year}"
