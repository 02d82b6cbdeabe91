"""What people type about a list: which file, of which unit and day; what is meant; that it is right."""

from datetime import date

from lms.kernel.forms import (
    BooleanField,
    ChoiceField,
    FileField,
    Form,
    TextField,
    ViDateField,
    choices_of,
)
from lms.kernel.i18n import _l
from lms.people.roster.opening import LARGEST

Units = list[tuple[int, str]]


class RosterForm(Form):
    """A list of people as a spreadsheet."""

    file = FileField(_l("Spreadsheet"), endings=(".xlsx", ".xls", ".ods", ".csv"), most_bytes=LARGEST)
    unit = ChoiceField(_l("Unit"), coerce=int)
    on = ViDateField(_l("The list shows the unit as of"), optional=True, earliest=date(2000, 1, 1))

    def offer(self, units: Units) -> "RosterForm":
        """Only these units can be chosen; the one above all the others, if there is one, stands first and is meant."""
        alone = sum(not name.startswith("–") for _id, name in units) == 1
        self.unit.choices = choices_of(units, empty=None if alone else _l("choose a unit"))
        return self


class ConfirmForm(Form):
    """The list is right."""

    seen = TextField(max_length=64, optional=True)
    skip_bad = BooleanField(_l("Import the good rows and leave out the rows with errors or open questions"))
