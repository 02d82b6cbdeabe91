"""Which role is lent, to whom, until when."""

from collections.abc import Iterable

from lms.kernel.forms import ChoiceField, Form, ViDateField, choices_of
from lms.kernel.i18n import lazy_gettext as _l


class LoanForm(Form):
    """A role lent to a colleague."""

    grant = ChoiceField(_l("Role"), coerce=int)
    account = ChoiceField(_l("Colleague"), coerce=int)
    last_day = ViDateField(_l("Last day"))

    def offer(self, grants: Iterable[tuple[int, str]], accounts: Iterable[tuple[int, str]]) -> "LoanForm":
        """Only one's own roles, only colleagues of the same unit."""
        self.grant.choices = choices_of(grants)
        self.account.choices = choices_of(accounts, empty=_l("choose a colleague"))
        return self
