"""What a person types when they ask, and what the office types when it answers."""

from lms.kernel.forms import ChoiceField, Form, LongTextField, choices_of
from lms.kernel.i18n import lazy_gettext as _l
from lms.people.rights import rules

KINDS = (
    ("correct", _l("Correct something that is wrong")),
    ("delete", _l("Delete something")),
    ("limit", _l("Use something less, or no longer")),
    ("other", _l("Something else: a question, a complaint")),
)
OUTCOMES = (
    ("working", _l("We are working on it: this is how it goes on")),
    ("done", _l("It is done")),
    ("refused", _l("We do not do it, because …")),
)
STATES = {
    "waiting": _l("waits for an answer"),
    "late": _l("answer is late"),
    "working": _l("under way"),
    "done": _l("done"),
    "refused": _l("not done, with the reason"),
    "withdrawn": _l("withdrawn"),
}


class RequestForm(Form):
    """Ask to have data corrected or deleted."""

    kind = ChoiceField(_l("What you ask for"), choices=choices_of(KINDS))
    words = LongTextField(_l("What it is about"), max_length=rules.LONGEST)


class AnswerForm(Form):
    """Answer with a sentence."""

    outcome = ChoiceField(_l("How it stands"), choices=choices_of(OUTCOMES))
    words = LongTextField(_l("Your answer, in a sentence"), max_length=rules.LONGEST)
