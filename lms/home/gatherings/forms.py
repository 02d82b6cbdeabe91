"""What is typed about a group: a day, a host, a kind, a band of heads; how many seats; and which quarter is published."""

from lms.confidential.seats import MOST
from lms.kernel.forms import ChoiceField, Form, TextField, ViDateField, WholeNumberField, choices_of
from lms.kernel.i18n import lazy_gettext as _l

KINDS = (("talk", _l("Talk")), ("skills", _l("Practice")))
BANDS = (
    ("under_10", _l("Under 10")),
    ("10_19", _l("10 to 19")),
    ("20_29", _l("20 to 29")),
    ("30_on", _l("30 or more")),
)
COLOURS = {"green": _l("Green groups"), "blue": _l("Blue groups")}
COLOUR_WORDS = {"green": _l("green"), "blue": _l("blue")}  # as an office would say it


class ColourForm(Form):
    """The word one was given."""

    colour = TextField(_l("Colour"), max_length=40)


class GroupForm(Form):
    """A group that met or will meet."""

    on = ViDateField(_l("Day"))
    unit = ChoiceField(_l("Host"), coerce=int)
    kind = ChoiceField(_l("Kind"), choices=choices_of(KINDS))
    band = ChoiceField(_l("How many came"), choices=choices_of(BANDS))


class SeatsForm(Form):
    """Seats of a group that is to meet."""

    number = WholeNumberField(_l("How many codes"), at_least=1, at_most=MOST)


class QuarterForm(Form):
    """A closed quarter."""

    year = WholeNumberField(_l("Year"), at_least=2020, at_most=2100)
    number = WholeNumberField(_l("Quarter"), at_least=1, at_most=4)
