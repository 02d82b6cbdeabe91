"""The shape of what is typed about a class: calling it, seating people, correcting a roll."""

from datetime import date
from typing import cast

from wtforms import FieldList, FormField

from lms.attendance.rules import MOST_PERIODS, MOST_SEATS
from lms.kernel.forms import ChoiceField, ChoicesField, Form, TextField, ViDateField, WholeNumberField, choices_of
from lms.kernel.i18n import _l

SESSION_ROWS = 6  # three days; more half-days are added on the class's page
STATE_WORDS = {"present": _l("Present"), "late": _l("Late"), "excused": _l("Excused"), "absent": _l("Absent")}
STATE_KINDS = {"present": "good", "absent": "bad", "late": "wait", "excused": "plain"}
TAP_ORDER = ("present", "absent", "late", "excused")  # the first tap after "all present" is the commonest exception
HALF_WORDS = {"am": _l("Morning"), "pm": _l("Afternoon")}


class SessionForm(Form):
    """One half-day; a row without a date is no half-day."""

    on = ViDateField(_l("Date"), optional=True)
    half = ChoiceField(_l("Half-day"), choices=choices_of(HALF_WORDS.items()), default="am")
    periods = WholeNumberField(_l("Periods (tiết)"), at_least=1, at_most=MOST_PERIODS, default=4)

    def session(self) -> tuple[date, str, int]:
        """The half-day that was typed; only for a row with a date, once the form is valid."""
        return cast(tuple[date, str, int], (self.on.data, self.half.data, self.periods.data))


class AddSessionForm(SessionForm):
    """A half-day more, for a class that stands."""

    on = ViDateField(_l("Date"))


class ClassForm(Form):
    """A class to be called together."""

    course_slug = ChoiceField(_l("Course"))
    unit_id = ChoiceField(_l("Host unit"), coerce=int)
    title = TextField(_l("Title of the class"))
    place = TextField(_l("Place"))
    seats = WholeNumberField(_l("Number of seats"), at_least=1, at_most=MOST_SEATS, default=40)
    min_share = WholeNumberField(_l("Share of hours to attend (percent)"), at_least=1, at_most=100, optional=True)
    trainer_ids = ChoicesField(_l("Trainers"), coerce=int)
    sessions = FieldList(FormField(SessionForm), min_entries=SESSION_ROWS, max_entries=SESSION_ROWS)

    def planned(self) -> list[tuple[date, str, int]]:
        """The half-days that were filled in."""
        return [row.form.session() for row in self.sessions if row.form.on.data]


class PeopleForm(Form):
    """Whom to give a seat."""

    person_ids = ChoicesField(_l("People"), coerce=int)


class WalkInForm(Form):
    """Someone who came without having been called."""

    staff_code = TextField(_l("Staff code"), max_length=40)


class CorrectionForm(Form):
    """Another state on a closed roll, and why."""

    person_id = ChoiceField(_l("Person"), coerce=int)
    state = ChoiceField(_l("Corrected to"), choices=choices_of((state, STATE_WORDS[state]) for state in TAP_ORDER))
    reason = TextField(_l("Reason"))


class CancelForm(Form):
    """Why a class is not held."""

    why = TextField(_l("Reason"))
