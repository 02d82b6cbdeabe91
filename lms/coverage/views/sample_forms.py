"""The shape of what is typed for an audit sample."""

from lms.coverage.evidence.drawing import LARGEST_SEED, MOST
from lms.kernel.forms import Form, WholeNumberField
from lms.kernel.i18n import _l


class SampleForm(Form):
    """How many people; the seed only to repeat an earlier draw."""

    n = WholeNumberField(_l("How many people"), at_least=1, at_most=MOST, default=10)
    seed = WholeNumberField(_l("Seed"), at_least=1, at_most=LARGEST_SEED, optional=True)
