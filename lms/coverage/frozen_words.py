"""How corrections are worded: what a row said, in one line."""

from datetime import date, timedelta
from typing import Any

from lms.coverage import words
from lms.coverage.question import Question, Ruled
from lms.kernel.db import BEGINNING, STILL
from lms.kernel.i18n import gettext as _
from lms.kernel.vietnamese import short_date
from lms.people.models import CategoryEnd, Posting, SamePerson, Standing, Succession, UnitVersion
from lms.people.register_queries import UnitNames
from lms.tracks.course import Course
from lms.tracks.models import Completion, IndicatorRule
from lms.tracks.rules import PopulationRule


def kind_name(kind: str) -> str:
    """What sort of fact was corrected."""
    return {
        "posting": _("Posting"),
        "completion": _("Completion"),
        "exception": _("Exception"),
        "unit": _("Unit"),
        "succession": _("Reorganisation"),
        "merged": _("Two records of one person"),
        "category": _("End of a category"),
        "rule": _("Rule of the indicator"),
    }[kind]


def count_name(name: str) -> str:
    """A column of the figures."""
    return {
        "required": _("Has to be trained"),
        "done": _("Trained"),
        "not_done": _("Missing"),
        "unknown": _("Not known"),
        "on_leave": _("On leave"),
        "exempt": _("Exempt or outside"),
        "roster": _("On the roster"),
    }[name]


def span(row: Any) -> str:
    """From – until, the last day included."""
    first = short_date(row.valid_from) if row.valid_from > BEGINNING else "…"
    last = short_date(row.valid_to - timedelta(days=1)) if row.valid_to < STILL else "…"
    return f"{first} – {last}"


class Said:
    """What a row says, in a line; units by their names of the day."""

    def __init__(self, names: UnitNames, day: date, courses: dict[str, Course], question: Question) -> None:
        self.names, self.day, self.courses = names, day, courses
        self.indicators = {one.indicator.slug: one.indicator.short_title for one in question.ruled}
        self.ruled = question.ruled

    def of(self, row: Any) -> str:
        """Nothing for no row."""
        return "" if row is None else ("; ".join(one for one in self._parts(row) if one))

    def _parts(self, row: Any) -> list[str]:
        if isinstance(row, Posting):
            helps = {True: _("directly assists"), False: "", None: _("not known whether they directly assist")}
            return [
                self._unit(row.unit_id),
                row.category or _("category not known"),
                helps[row.direct_support],
                span(row),
            ]
        if isinstance(row, Completion):
            title = self.courses[row.course_slug].title if row.course_slug in self.courses else row.course_slug
            return [title, short_date(row.completed_on), words.proved(row.grade)]
        if isinstance(row, Standing):
            kinds = {"exempt": _("exempt"), "on_leave": _("on leave"), "required": _("named as required")}
            about = self.indicators.get(row.indicator_slug) or _("every indicator")
            return [kinds[row.kind], about, row.reason, span(row)]
        return self._of_the_tree(row)

    def _of_the_tree(self, row: Any) -> list[str]:
        if isinstance(row, UnitVersion):
            above = _("below %(unit)s", unit=self._unit(row.parent_id)) if row.parent_id else ""
            return [row.name, row.code, above, span(row)]
        if isinstance(row, Succession):
            return [f"{self._unit(row.old_unit_id)} → {self._unit(row.new_unit_id)}", short_date(row.on)]
        if isinstance(row, CategoryEnd):
            return [row.category, _("from %(day)s", day=short_date(row.on))]
        if isinstance(row, SamePerson):
            return [_("counted as one person")]
        if isinstance(row, IndicatorRule):
            return self._rule(row)
        raise TypeError(type(row).__name__)

    def _rule(self, row: IndicatorRule) -> list[str]:
        one = next(one for one in self.ruled if one.indicator.id == row.indicator_id)
        so = Ruled(one.indicator, row, PopulationRule.of(row.rule), first=False)
        return [one.indicator.short_title, f"{words.reading(so)} {words.needed(so, self.courses)}"]

    def _unit(self, unit_id: int) -> str:
        return self.names.on(unit_id, self.day)
