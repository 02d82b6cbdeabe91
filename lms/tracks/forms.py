"""What people type about training taken elsewhere."""

from collections.abc import Iterable

from lms.kernel.forms import ChoiceField, FileField, Form, LongTextField, TextField, ViDateField, choices_of
from lms.kernel.i18n import lazy_gettext as _l
from lms.tracks.course import Course
from lms.tracks.papers import LARGEST


class ClaimForm(Form):
    """A paper of training taken elsewhere."""

    course = ChoiceField(_l("Course that it stands for"))
    title = TextField(_l("Training, as the paper names it"))
    organiser = TextField(_l("Organised by"))
    held_on = ViDateField(_l("Last day of the training"))
    document = TextField(_l("Number and date of the paper"), optional=True)
    file = FileField(
        _l("Scan or photo of the paper"),
        most_bytes=LARGEST,
        optional=True,
        render_kw={"accept": ".pdf,.jpg,.jpeg,.png"},
    )

    def offer(self, courses: list[Course]) -> "ClaimForm":
        """Only published courses."""
        self.course.choices = choices_of(((one.slug, one.title) for one in courses), empty=_l("choose a course"))
        return self


class DueDayForm(Form):
    """By when the people of a unit complete a course."""

    unit_id = ChoiceField(_l("Unit"), coerce=int)
    course = ChoiceField(_l("Course"))
    due_on = ViDateField(_l("Due by (day/month/year)"))

    def offer(self, units: Iterable[tuple[int, str]], courses: Iterable[tuple[str, str]]) -> "DueDayForm":
        """Units whose register the viewer keeps; courses that a plan asks for."""
        self.unit_id.choices = choices_of(units, empty=_l("choose a unit"))
        self.course.choices = choices_of(courses, empty=_l("choose a course"))
        return self


class WhyForm(Form):
    """A decision with its reason."""

    why = LongTextField(_l("Reason"), max_length=500)
