"""The shape of what is typed when a period is frozen."""

from lms.kernel.forms import Form, HiddenField, LongTextField, TextField, ViDateField
from lms.kernel.i18n import _l


class FreezeForm(Form):
    """The day was looked at before: it comes along."""

    plan = HiddenField()
    as_of = ViDateField(_l("Counted as of (day/month/year)"))
    title = TextField(_l("Title of the period"), max_length=120)
    note = LongTextField(_l("Note"), max_length=1000, optional=True)
