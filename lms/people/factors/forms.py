"""What people type when a second proof is asked for."""

from lms.kernel.forms import BooleanField, Form, HiddenField, Needed, TextField, validators
from lms.kernel.i18n import lazy_gettext as _l

QUIET = {"autocapitalize": "none", "spellcheck": "false", "autocomplete": "off"}
LONGEST_ANSWER = 20_000  # characters of what a device answers; 1 to 3 thousand are usual


class CodeForm(Form):
    """Six digits of the app."""

    code = TextField(
        _l("Six digits of the app"),
        max_length=20,
        render_kw={**QUIET, "autocomplete": "one-time-code", "inputmode": "numeric"},
    )


class PaperForm(Form):
    """A code from paper, with its number."""

    paper = TextField(_l("Recovery code"), max_length=40, render_kw={**QUIET, "autocapitalize": "characters"})


class SetUpForm(CodeForm):
    """The first code of a new app; the sealed secret comes back with it."""

    sealed = HiddenField(validators=[validators.Length(max=2000)])


class PasskeyForm(Form):
    """What a script puts in: the sealed question and the device's answer."""

    sealed = HiddenField(validators=[validators.DataRequired(), validators.Length(max=2000)])
    answer = HiddenField(validators=[validators.DataRequired(), validators.Length(max=LONGEST_ANSWER)])


class NewPasskeyForm(PasskeyForm):
    """The same, with a name to know it by."""

    name = TextField(_l("A name to know it by"), max_length=60, render_kw={"autocomplete": "off"})


class NameForm(Form):
    """Another name."""

    name = TextField(_l("A name to know it by"), max_length=60, render_kw={"autocomplete": "off"})


class PasskeySignInForm(PasskeyForm):
    """Signing in with the screen lock alone."""

    own_device = BooleanField()  # filled by the script from the box of the sign-in page


__all__ = [
    "CodeForm",
    "NameForm",
    "Needed",
    "NewPasskeyForm",
    "PaperForm",
    "PasskeyForm",
    "PasskeySignInForm",
    "SetUpForm",
]
