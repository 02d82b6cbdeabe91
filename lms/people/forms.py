"""What people type about persons, postings, exceptions and accounts."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from lms.kernel.clock import today
from lms.kernel.forms import (
    BooleanField,
    ChoiceField,
    ChoicesField,
    Form,
    LongTextField,
    PasswordField,
    TextField,
    ViDateField,
    choices_of,
    validators,
)
from lms.kernel.i18n import gettext as _
from lms.kernel.i18n import lazy_gettext as _l
from lms.kernel.i18n import translate_refused
from lms.kernel.refused import Refused
from lms.kernel.spans import STILL
from lms.people import rules
from lms.people.models import Person, Posting, Standing
from lms.people.roles import Role

SEXES = (("female", _l("female")), ("male", _l("male")))
DIRECT = (("yes", _l("yes")), ("no", _l("no")))
ROLES = (
    (Role.TRAINER, _l("trainer")),
    (Role.FOCAL, _l("focal person")),
    (Role.OFFICE, _l("office")),
    (Role.ADMIN, _l("admin")),
)
STANDINGS = (("on_leave", _l("on long leave")), ("exempt", _l("exempt")), ("required", _l("named as required")))
Units = list[tuple[int, str]]


class BirthField(TextField):
    """A day, a month or a year of birth; `birth` is (date, precision) or None."""

    birth: tuple[date, str] | None = None

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Read it; keep what was typed."""
        super().process_formdata(valuelist)
        self.birth = rules.read_birth(self.data) if self.data else None
        if self.data and self.birth is None:
            raise ValueError(_("Write the day of birth like 05/03/1985; if only the year is known, 1985."))
        if self.birth:
            try:
                rules.check_birth(self.birth[0], today())
            except Refused as refused:
                raise ValueError(translate_refused(refused)) from None


class PhoneField(TextField):
    """A phone number; `data` is its digits from 0, or what was typed."""

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Read it; mend +84 and dots."""
        super().process_formdata(valuelist)
        if self.data:
            read = rules.read_phone(self.data)
            if read is None:
                raise ValueError(_("A phone number has 10 digits and begins with 0."))
            self.data = read


def _a_name(_form: Form, field: TextField) -> None:
    try:
        rules.check_name(field.data)
    except Refused as refused:
        raise validators.ValidationError(translate_refused(refused)) from None


class FactsForm(Form):
    """Who someone is."""

    full_name = TextField(_l("Full name"), [_a_name], max_length=rules.LONGEST_NAME)
    staff_code = TextField(_l("Staff code"), optional=True, max_length=40)
    birth = BirthField(_l("Day of birth"), optional=True, max_length=20, render_kw={"inputmode": "numeric"})
    sex = ChoiceField(_l("Sex"), choices=choices_of(SEXES, empty=_l("not known")), optional=True)
    phone = PhoneField(_l("Phone"), optional=True, max_length=30, render_kw={"inputmode": "tel", "autocomplete": "off"})

    @classmethod
    def of(cls, person: Person) -> "FactsForm":
        """As the register has them."""
        return cls(
            full_name=person.full_name,
            staff_code=person.staff_code or "",
            birth=rules.birth_words(person.birth, person.birth_precision),
            sex=person.sex,
            phone=person.phone,
        )

    @property
    def facts(self) -> dict[str, Any]:
        """For `actions.add_person` and `correct_person`."""
        birth, precision = self.birth.birth or (None, "")
        return {
            "full_name": self.full_name.data,
            "staff_code": self.staff_code.data or None,
            "birth": birth,
            "birth_precision": precision,
            "sex": self.sex.data or "",
            "phone": self.phone.data,
        }


class WorkFields(Form):
    """What someone does at a unit."""

    category = ChoiceField(
        _l("Category"),
        choices=choices_of(((one, one) for one in rules.CATEGORIES), empty=_l("not known yet")),
        optional=True,
    )
    position = TextField(_l("Position"), optional=True)
    direct_support = ChoiceField(
        _l("Directly helps people subjected to violence"),
        choices=choices_of(DIRECT, empty=_l("not known yet")),
        optional=True,
    )

    @property
    def direct(self) -> bool | None:
        """Yes, no, or not known."""
        return {"yes": True, "no": False}.get(self.direct_support.data or "")

    @property
    def work(self) -> dict[str, Any]:
        """For `actions.post_person` and `change_posting`."""
        return {
            "category": self.category.data or "",
            "position": self.position.data,
            "direct_support": self.direct,
        }


class PostingForm(WorkFields):
    """Someone begins to work at a unit."""

    unit = ChoiceField(_l("Unit"), coerce=int)
    valid_from = ViDateField(_l("From"))

    def offer(self, units: Units) -> "PostingForm":
        """Only these units can be chosen."""
        self.unit.choices = choices_of(units, empty=None if len(units) == 1 else _l("choose a unit"))
        return self


class PersonForm(FactsForm, PostingForm):
    """Someone new, with a first posting."""

    another = BooleanField(_l("It is another person of the same name and birth"))


class ChangeForm(WorkFields):
    """A posting reads differently from a day on."""

    on = ViDateField(_l("From which day"))

    @classmethod
    def of(cls, posting: Posting, on: date) -> "ChangeForm":
        """As the posting reads now."""
        direct = {True: "yes", False: "no"}.get(posting.direct_support) if posting.direct_support is not None else None
        return cls(category=posting.category, position=posting.position, direct_support=direct, on=on)


class EndForm(Form):
    """Something ends on a day."""

    on = ViDateField(_l("First day on which it no longer holds"))
    because = TextField(_l("Reason"), optional=True)


class StandingForm(Form):
    """An exception from having to be trained, or the contrary."""

    kind = ChoiceField(_l("Exception"))
    indicator = ChoiceField(_l("Indicator"), optional=True)
    reason = LongTextField(_l("Reason"), max_length=500)
    evidence = TextField(_l("Document"), optional=True)
    valid_from = ViDateField(_l("From"))
    valid_to = ViDateField(_l("First day on which it no longer holds"), optional=True)

    @classmethod
    def of(cls, row: Standing) -> "StandingForm":
        """As it was written down."""
        return cls(
            kind=row.kind,
            indicator=row.indicator_slug or None,
            reason=row.reason,
            evidence=row.evidence,
            valid_from=row.valid_from,
            valid_to=row.valid_to if row.valid_to < STILL else None,
        )

    def offer(self, kinds: Iterable[tuple[str, Any]], indicators: Mapping[str, str]) -> "StandingForm":
        """Only these kinds, and one of these indicators (slug -> title) or all of them, can be chosen."""
        self.kind.choices = choices_of(kinds)
        self.indicator.choices = choices_of(indicators.items(), empty=_l("every indicator"))
        return self

    @property
    def exception(self) -> dict[str, Any]:
        """For `actions.except_person` and `correct_exception`."""
        return {
            "indicator_slug": self.indicator.data or "",
            "kind": self.kind.data,
            "reason": self.reason.data,
            "evidence": self.evidence.data,
            "valid_from": self.valid_from.data,
            "valid_to": self.valid_to.data or STILL,
        }


class CompleteForm(Form):
    """The list of a unit is complete as of a day."""

    on = ViDateField(_l("Complete as of"))


class WithdrawForm(Form):
    """A confirmation is taken back."""

    why = TextField(_l("Why it is taken back"))


class SameForm(Form):
    """Two records are one person."""

    why = TextField(_l("How you know that it is one person"), max_length=300)


class CategoryEndForm(Form):
    """A category of staff comes to an end."""

    category = ChoiceField(
        _l("Category"), choices=choices_of(((one, one) for one in rules.CATEGORIES), empty=_l("choose a category"))
    )
    on = ViDateField(_l("First day on which there is no such category"))
    legal_basis = TextField(_l("Document that says so"), max_length=300)


class SlipsForm(Form):
    """Persons who get a first slip."""

    person = ChoicesField(_l("Persons"), coerce=int)


class GrantForm(Form):
    """A role over a unit and all below it."""

    role = ChoiceField(_l("Role"), coerce=Role)
    unit = ChoiceField(_l("Over the unit and all below it"), coerce=int)
    last_day = ViDateField(_l("Last day"), optional=True)

    def offer(self, roles: frozenset[Role], units: Units) -> "GrantForm":
        """Only what the one who grants may grant."""
        self.role.choices = choices_of((role.value, words) for role, words in ROLES if role in roles)
        self.unit.choices = choices_of(units)
        return self


class PassphraseForm(Form):
    """One's own new passphrase; the present one proves who asks."""

    current = PasswordField(_l("Present passphrase"), render_kw={"autocomplete": "current-password"})
    new = PasswordField(_l("New passphrase"), render_kw={"autocomplete": "new-password"})
