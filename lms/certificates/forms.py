"""What is typed about a certificate: why it is revoked, and what a stranger knows of one."""

from wtforms.validators import Length

from lms.kernel.forms import Form, TextField
from lms.kernel.i18n import _l


class RevocationForm(Form):
    """Taking one back."""

    reason = TextField(_l("Reason"), [Length(max=500)])
    decision = TextField(_l("Number of the decision"), [Length(max=100)], optional=True)


class CheckForm(Form):
    """Checking one by what is printed on it."""

    number = TextField(_l("Register number"), [Length(max=60)])
    name = TextField(_l("Full name"), [Length(max=120)])
