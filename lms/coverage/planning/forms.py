"""The shape of what is typed about a planning: its terms, one class of it, whom to move."""

from dataclasses import dataclass
from datetime import date
from typing import Any, cast

from lms.attendance.forms import HALF_WORDS
from lms.coverage.planning.terms import MOST_SEATS, Terms
from lms.kernel.forms import ChoiceField, ChoicesField, Form, LongTextField, ViDateField, WholeNumberField, choices_of
from lms.kernel.i18n import _l

MOST_MONEY = 1_000_000_000  # đồng
WEEKDAYS = {
    0: _l("Monday"),
    1: _l("Tuesday"),
    2: _l("Wednesday"),
    3: _l("Thursday"),
    4: _l("Friday"),
    5: _l("Saturday"),
    6: _l("Sunday"),
}


class PlanningForm(Form):
    """The main three first; the rest has answers that will do."""

    deadline = ViDateField(_l("Last day of classes"))
    seats = WholeNumberField(_l("Seats in a class"), at_least=1, at_most=MOST_SEATS, default=MOST_SEATS)
    groups = LongTextField(_l("Travel groups"), optional=True, max_length=20_000)
    fewest = WholeNumberField(_l("Fewest people worth a class"), at_least=1, at_most=MOST_SEATS, default=5)
    half_days = WholeNumberField(_l("Half-days of a class"), at_least=1, at_most=20, optional=True)
    notice = WholeNumberField(_l("Days between the invitation and the class"), at_most=90, default=3)
    weekdays = ChoicesField(_l("Days of the week for classes"), coerce=int, default=[0, 1, 2, 3, 4])
    places = ChoicesField(_l("Places where a class can be held"), coerce=int)
    at_once = WholeNumberField(_l("Classes that a place can hold at once"), at_least=1, at_most=20, default=1)
    trainers = ChoicesField(_l("Trainers who may teach"), coerce=int)
    weekly = WholeNumberField(_l("Classes of one trainer in a week, at most"), at_least=1, at_most=14, default=3)
    per_class = WholeNumberField(_l("For each class (hall, water, paper), in đồng"), at_most=MOST_MONEY, default=0)
    per_trainer_half_day = WholeNumberField(_l("For a trainer, each half-day, in đồng"), at_most=MOST_MONEY, default=0)
    per_participant_day = WholeNumberField(_l("For a participant, each day, in đồng"), at_most=MOST_MONEY, default=0)
    per_traveller_day = WholeNumberField(
        _l("More for who comes from another commune, each day, in đồng"), at_most=MOST_MONEY, default=0
    )

    MAIN = ("deadline", "seats", "groups")

    def terms(self, groups: tuple[tuple[int, ...], ...]) -> Terms:
        """What was typed; only once the form is valid."""
        typed: dict[str, Any] = {name: value for name, value in self.data.items() if name != "groups"}
        for name in ("weekdays", "places", "trainers"):
            typed[name] = tuple(sorted(typed[name]))
        return Terms(**{**typed, "half_days": typed["half_days"] or 0, "groups": groups})


@dataclass(frozen=True)
class Typed:
    """A class as it was typed."""

    place: int
    on: date
    half: str
    trainer: int
    seats: int


class PlannedClassForm(Form):
    """One class: where, when, by whom, for how many."""

    place = ChoiceField(_l("Place of the class"), coerce=int)
    on = ViDateField(_l("First day"))
    half = ChoiceField(_l("Begins"), choices=choices_of(HALF_WORDS.items()), default="am")
    trainer = ChoiceField(_l("Trainer"), coerce=int)
    seats = WholeNumberField(_l("Seats in a class"), at_least=1, at_most=MOST_SEATS, default=MOST_SEATS)

    def typed(self) -> Typed:
        """What was typed; only once the form is valid."""
        fields = (self.place, self.on, self.half, self.trainer, self.seats)
        return Typed(*cast(tuple[int, date, str, int, int], tuple(one.data for one in fields)))


class MoreClassForm(PlannedClassForm):
    """One class more."""

    course = ChoiceField(_l("Course"))


class MoveForm(Form):
    """Whole communes, or single people, to another class or out of all."""

    homes = ChoicesField(_l("Whole communes"), coerce=int, optional=True)
    people = ChoicesField(_l("People"), coerce=int, optional=True)
    to = ChoiceField(_l("Move to"), coerce=int)
