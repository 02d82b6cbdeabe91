"""The rule of an indicator as the office types it."""

from typing import Any

from werkzeug.datastructures import MultiDict

from lms.coverage.words import month_day
from lms.kernel.forms import (
    BooleanField,
    ChoiceField,
    ChoicesField,
    Form,
    HiddenField,
    LongTextField,
    TextField,
    WholeNumberField,
    choices_of,
)
from lms.kernel.i18n import gettext as _
from lms.kernel.i18n import lazy_gettext as _l
from lms.kernel.vietnamese import read_date
from lms.people.rules import CATEGORIES
from lms.tracks.course import Course
from lms.tracks.rules import (
    GRADES,
    LONGEST_VALID,
    MOST_GRACE,
    MOST_IN_A_PLACE,
    PopulationRule,
)

PROOFS = (
    ("test", _l("a test passed here")),
    ("roll", _l("a class whose roll was closed")),
    ("document", _l("an approved paper of training elsewhere")),
    ("claim", _l("a claim without a paper")),
)
ONCE = (("period", _l("once in the plan's period")), ("year", _l("each year again")))
NEEDED = (("all", _l("all of them")), ("any", _l("one is enough")))


class MonthDayField(TextField):
    """A day of each year, written 30/11; `data` is "11-30", or what was typed."""

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Read it; keep what was typed."""
        super().process_formdata(valuelist)
        if self.data:
            read = read_date(f"{self.data}/2023")
            if read is None:
                raise ValueError(_("Write a day of the year like 30/11."))
            self.data = f"{read.month:02}-{read.day:02}"

    def _value(self) -> str:
        return month_day(self.data) or self.data if self.data else ""


class RuleForm(Form):
    """Whom an indicator counts, and what counts as trained."""

    plan = HiddenField()
    indicator = HiddenField()
    reading = HiddenField()
    categories = ChoicesField(_l("Categories"), choices=choices_of((one, one) for one in CATEGORIES), optional=True)
    direct_support = BooleanField(_l("Only those who directly assist, of any category"))
    courses = ChoicesField(_l("Courses they have to complete"))
    courses_needed = ChoiceField(_l("Of several courses"), choices=choices_of(NEEDED))
    once = ChoiceField(_l("How often"), choices=choices_of(ONCE))
    grace_days = WholeNumberField(_l("Days before a newcomer is counted"), at_most=MOST_GRACE)
    valid_months = WholeNumberField(_l("Months for which training holds"), at_most=LONGEST_VALID)
    grades = ChoicesField(_l("Accepted proofs"), choices=choices_of(PROOFS))
    count_on = MonthDayField(_l("Day on which a year is counted"), optional=True, max_length=5)
    least = WholeNumberField(_l("Trained people in each place, at least"), at_most=MOST_IN_A_PLACE, optional=True)

    def offer(self, courses: list[Course], asked: tuple[str, ...]) -> "RuleForm":
        """The published courses; one the rule asks for that is not published stays to be seen."""
        titles = {course.slug: course.title for course in courses}
        self.courses.choices = choices_of([*titles.items(), *((one, one) for one in asked if one not in titles)])
        return self

    @classmethod
    def of(cls, rule: PopulationRule, **kept: str) -> "RuleForm":
        """As the rule reads now."""
        names = (
            "reading",
            "direct_support",
            "courses_needed",
            "once",
            "grace_days",
            "valid_months",
            "count_on",
            "least",
        )
        lists = {name: list(getattr(rule, name)) for name in ("categories", "courses", "grades")}
        return cls(**{name: getattr(rule, name) for name in names}, **lists, **kept)

    def rule(self, held: PopulationRule) -> PopulationRule:
        """As typed; what the form does not ask stays as it was."""
        return PopulationRule(
            reading=self.reading.data if self.reading.data in {"wide", "narrow"} else held.reading,
            categories=tuple(self.categories.data),
            direct_support=bool(self.direct_support.data),
            courses=tuple(self.courses.data),
            courses_needed=self.courses_needed.data or held.courses_needed,
            once=self.once.data or held.once,
            grace_days=self.grace_days.data or 0,
            valid_months=self.valid_months.data or 0,
            grades=tuple(one for one in GRADES if one in self.grades.data),
            count_on=self.count_on.data,
            least=self.least.data or 0,
            place_kinds=held.place_kinds,
        )

    def pairs(self) -> list[tuple[str, str]]:
        """All that was typed, for an address or for hidden fields."""
        found: list[tuple[str, str]] = []
        for field in self:
            if field.name == "direct_support":
                found += [(field.name, "y")] if field.data else []
            elif isinstance(field, ChoicesField):
                found += [(field.name, str(one)) for one in field.data]
            else:
                value = field._value() if hasattr(field, "_value") else field.data
                found += [(field.name, str(value))] if value not in (None, "") else []
        return found

    @staticmethod
    def typed(args: MultiDict[str, str]) -> bool:
        """Whether an address holds a form that was sent."""
        return "once" in args


class ReasonForm(Form):
    """Why the rule is changed."""

    why = LongTextField(_l("Reason"), max_length=500)
