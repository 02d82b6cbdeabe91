"""The shape of what people type: forms that never lose a word, never break, and say in words what to mend."""

from typing import Any, Self

from werkzeug.datastructures import CombinedMultiDict, MultiDict
from wtforms import BooleanField, HiddenField, validators
from wtforms import Form as WTForm
from wtforms.fields import SelectChoice

from lms.kernel.fields import (
    ChoiceField,
    ChoicesField,
    FileField,
    LongTextField,
    Needed,
    PasswordField,
    TextField,
    ViDateField,
    WholeNumberField,
    choices_of,
)
from lms.kernel.i18n import N_, Nn_, raw_gettext, raw_ngettext, translate_refused
from lms.kernel.refused import Refused

__all__ = [
    "BooleanField",
    "ChoiceField",
    "ChoicesField",
    "FileField",
    "Form",
    "HiddenField",
    "LongTextField",
    "Needed",
    "PasswordField",
    "SelectChoice",
    "TextField",
    "ViDateField",
    "WholeNumberField",
    "choices_of",
    "refuse",
    "validators",
]

WTFORMS_SAYS = (
    N_("This field is required."),
    N_("This field cannot be edited."),
    N_("Not a valid choice."),
    N_("Invalid Choice: could not coerce."),
    N_("Invalid choice(s): one or more data inputs could not be coerced."),
    N_("Invalid input."),
    N_("Invalid email address."),
    N_("Invalid URL."),
    N_("Invalid UUID."),
    N_("Not a valid integer value."),
    N_("Not a valid decimal value."),
    N_("Not a valid date value."),
    N_("Not a valid datetime value."),
    N_("Not a valid time value."),
    N_("Number must be at least %(min)s."),
    N_("Number must be at most %(max)s."),
    N_("Number must be between %(min)s and %(max)s."),
    N_("Field must be equal to %(other_name)s."),
    N_("Field must be between %(min)d and %(max)d characters long."),
    Nn_("Field must be at least %(min)d character long.", "Field must be at least %(min)d characters long."),
    Nn_("Field cannot be longer than %(max)d character.", "Field cannot be longer than %(max)d characters."),
    Nn_("Field must be exactly %(max)d character long.", "Field must be exactly %(max)d characters long."),
)


class Words:
    """What WTForms asks for the sentences of its own validators."""

    gettext = staticmethod(raw_gettext)
    ngettext = staticmethod(raw_ngettext)


class Form(WTForm):
    """A form in the reader's language. `form_errors` holds what is wrong with the whole of it."""

    class Meta:
        """WTForms' hook for translations."""

        def get_translations(self, form: "Form") -> Words:
            """Our catalogues instead of WTForms' own."""
            return Words()

    @classmethod
    def filled(cls, formdata: MultiDict[str, Any], files: MultiDict[str, Any] | None = None, **data: Any) -> Self:
        """The form as somebody sent it: `Form.filled(request.form)`, with `request.files` when it takes files."""
        return cls(CombinedMultiDict([files, formdata]) if files is not None else formdata, **data)


def refuse(form: Form, refused: Refused) -> None:
    """Put a refusal on top of the form; the view shows it again with 409 and all that was typed."""
    form.form_errors.append(translate_refused(refused))
