"""How coverage is worded, on the screen, on paper and in the workbook alike."""

from datetime import date
from math import floor

from lms.coverage.forecast import Forecast
from lms.coverage.listing import Line as PersonLine
from lms.coverage.queries import Line
from lms.coverage.question import Ruled
from lms.coverage.restating import NOWHERE
from lms.coverage.rules import State
from lms.kernel.i18n import gettext as _
from lms.kernel.vietnamese import number, short_date
from lms.tracks.course import Course


def line_name(line: Line) -> str:
    """The name of a row in the table by unit."""
    if line.unit_id == NOWHERE:
        return _("Not restated under this tree")
    return _("%(unit)s, posted there directly", unit=line.name) if line.own else line.name


def category_name(category: str) -> str:
    return category or _("category not known")


def state_name(state: State) -> str:
    """A state in a word or two."""
    return {
        State.DONE: _("trained"),
        State.NOT_DONE: _("not yet trained"),
        State.UNKNOWN: _("not known"),
        State.ON_LEAVE: _("on leave"),
        State.EXEMPT: _("exempt or outside"),
    }[state]


def filter_name(state: str) -> str:
    """A choice of the filter; "" is everyone."""
    return {
        "required": _("has to be trained"),
        "not_done": _("not yet trained"),
        "done": _("trained"),
        "unknown": _("not known"),
        "on_leave": _("on leave"),
        "exempt": _("exempt or outside"),
    }.get(state, _("everyone on the roster"))


def part_name(part: str) -> str:
    return {"lessons": _("lessons"), "test": _("test"), "class": _("class")}.get(part, part)


def why(line: PersonLine) -> str:
    """Why this person stands where they stand."""
    detail = line.detail
    sentences = {
        "on_leave": _("On leave: %(why)s", why=detail),
        "excepted": _("Exempt: %(why)s", why=detail),
        "outside": _("Outside the rule (%(category)s)", category=detail or _("category not known")),
        "newcomer": _("New: not counted in the first %(days)s days", days=detail),
        "category_ended": _("The category has ended (%(category)s); nobody has told the new one", category=detail),
        "support_unknown": _("Nobody has told whether they directly assist"),
        "category_unknown": _("Nobody has told their category"),
        "supports": _("Directly assists"),
        "category": _("Belongs by category: %(category)s", category=detail),
        "named": _("Named by the office: %(why)s", why=detail),
    }
    return sentences[line.why]


def reading(one: Ruled) -> str:
    """Whom the rule counts, in one sentence."""
    rule = one.rule
    if rule.direct_support:
        return _("Counted: whoever directly assists, of any category.")
    narrow = _("narrow reading") if rule.reading == "narrow" else _("wide reading")
    return _("Counted (%(reading)s): %(categories)s.", reading=narrow, categories=", ".join(rule.categories))


def needed(one: Ruled, courses: dict[str, Course]) -> str:
    """What counts as trained, in one sentence."""
    titles = ", ".join(f"“{courses[slug].title if slug in courses else slug}”" for slug in one.rule.courses)
    if not titles:
        return _("No course is named yet, so nobody counts as trained.")
    if len(one.rule.courses) == 1:
        return _("Trained: completed %(course)s.", course=titles)
    if one.rule.courses_needed == "any":
        return _("Trained: completed one of %(courses)s.", courses=titles)
    return _("Trained: completed all of %(courses)s.", courses=titles)


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
    return _(
        "By %(day)s: about %(likely)s %%, with four chances in five between %(low)s %% and %(high)s %%.",
        day=short_date(ends_on),
        likely=floor(end.likely),
        low=floor(end.low),
        high=floor(end.high),
    )


def _month(day: date) -> str:
    return f"{day.month:02}/{day.year}"
