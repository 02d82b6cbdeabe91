"""The fields of our forms. Whatever arrives (NUL, half a character, a megabyte, the same name twice) is answered in words.

Rooms import them from `lms.kernel.forms`. A field is required unless `optional=True`.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from datetime import date
from typing import Any

from werkzeug.datastructures import FileStorage
from wtforms import Field, Form, SelectField, SelectMultipleField, StringField, validators, widgets
from wtforms.fields import SelectChoice

from lms.kernel.i18n import gettext
from lms.kernel.vietnamese import nfc, number, read_date, short_date, tidy

MOST_KEPT = 10_000  # characters of an over-long answer that are shown again
LARGEST = 2_147_483_647  # what an integer column of PostgreSQL holds


class Needed:
    """Says what is missing by the field's own name: "Hãy nhập họ và tên."; or in the words that were given."""

    def __init__(self, words: str = "") -> None:
        self.field_flags = {"required": True}
        self.words = words

    def __call__(self, form: Form, field: Field) -> None:
        if field.errors:
            raise validators.StopValidation
        if field.data in (None, "", []):
            if self.words:
                raise validators.StopValidation(self.words)
            what = _inside_a_sentence(str(field.label.text))
            if isinstance(field, SelectField | FileField):
                raise validators.StopValidation(gettext("Please choose %(what)s.", what=what))
            raise validators.StopValidation(gettext("Please enter %(what)s.", what=what))


class MayBeEmpty:
    """An empty answer is fine, and no further check is asked about it."""

    def __init__(self) -> None:
        self.field_flags = {"optional": True}

    def __call__(self, form: Form, field: Field) -> None:
        if field.errors or field.data in (None, "", []):
            raise validators.StopValidation


class _Asked:
    """A field that has to be answered unless it is said to be optional. `if_missing`: what to say then, of a field whose name is a question."""

    def __init__(
        self, label: Any = None, checks: Sequence[Any] | None = None, *, optional: bool = False, **kwargs: Any
    ) -> None:
        needed = Needed(kwargs.pop("if_missing", ""))
        checks = [*(checks or ()), *(kwargs.pop("validators", None) or ())]
        free = optional or any(isinstance(check, validators.Optional) for check in checks)
        super().__init__(label, [MayBeEmpty() if free else needed, *checks], **kwargs)  # type: ignore[call-arg]  # a mixin over WTForms


class TextField(_Asked, StringField):
    """One line: NFC, no invisible characters, single spaces; `data` is always a `str`, "" when empty."""

    def __init__(
        self, label: Any = None, checks: Sequence[Any] | None = None, *, max_length: int = 200, **kwargs: Any
    ) -> None:
        super().__init__(label, checks, **kwargs)
        self.max_length = max_length

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Keep what can be shown again, then say what is wrong with it."""
        raw = valuelist[0] if valuelist and isinstance(valuelist[0], str) else ""
        self.data = self.clean(raw[: MOST_KEPT + 1])[:MOST_KEPT]
        if _unreadable(raw):
            raise ValueError(gettext("Some characters here cannot be read. Please delete them and type them again."))
        if len(self.data) > self.max_length:
            longest = number(self.max_length)
            raise ValueError(gettext("This is too long: at most %(longest)s characters fit here.", longest=longest))

    def clean(self, raw: str) -> str:
        """The spelling we keep."""
        return tidy(raw)


class LongTextField(TextField):
    """Several lines; each kept like a line of a `TextField`, empty lines between paragraphs kept."""

    widget = widgets.TextArea()

    def __init__(
        self, label: Any = None, checks: Sequence[Any] | None = None, *, max_length: int = 4000, **kwargs: Any
    ) -> None:
        super().__init__(label, checks, max_length=max_length, **kwargs)

    def clean(self, raw: str) -> str:
        """Lines end in one newline, whatever the browser sent."""
        return "\n".join(tidy(line) for line in raw.splitlines()).strip("\n")


class PasswordField(TextField):
    """A secret exactly as typed, spaces and all; never shown again."""

    widget = widgets.PasswordInput()

    def __init__(
        self, label: Any = None, checks: Sequence[Any] | None = None, *, max_length: int = 1024, **kwargs: Any
    ) -> None:
        super().__init__(label, checks, max_length=max_length, **kwargs)

    def clean(self, raw: str) -> str:
        """Nothing is mended in a secret."""
        return raw


class ViDateField(_Asked, StringField):
    """A day, written 05/01/2026 (also 5.1.2026, 5-1-2026, 2026-01-05); `data` is a `date` or None."""

    def __init__(
        self,
        label: Any = None,
        checks: Sequence[Any] | None = None,
        *,
        earliest: date = date(1900, 1, 1),
        latest: date = date(2100, 12, 31),
        **kwargs: Any,
    ) -> None:
        kwargs.setdefault("render_kw", {"inputmode": "numeric", "autocomplete": "off"})
        super().__init__(label, checks, **kwargs)
        self.earliest, self.latest = earliest, latest
        self.typed: str | None = None

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Read the day; keep what was typed if it is none."""
        raw = valuelist[0] if valuelist and isinstance(valuelist[0], str) else ""
        self.typed = tidy(raw[:40])
        self.data = read_date(raw[:40])
        if self.typed and self.data is None:
            raise ValueError(gettext("This date cannot be read. Write day/month/year, for example 05/01/2026."))
        if self.data and not self.earliest <= self.data <= self.latest:
            first, last = short_date(self.earliest), short_date(self.latest)
            raise ValueError(gettext("The date must lie between %(first)s and %(last)s.", first=first, last=last))

    def _value(self) -> str:
        if self.data:
            return short_date(self.data)
        return self.typed or ""


class WholeNumberField(_Asked, StringField):
    """A whole number, "1.200" being one thousand two hundred; `data` is an `int` or None."""

    def __init__(
        self,
        label: Any = None,
        checks: Sequence[Any] | None = None,
        *,
        at_least: int = 0,
        at_most: int = LARGEST,
        **kwargs: Any,
    ) -> None:
        kwargs.setdefault("render_kw", {"inputmode": "numeric", "autocomplete": "off"})
        super().__init__(label, checks, **kwargs)
        self.at_least, self.at_most = at_least, at_most
        self.typed: str | None = None

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Read the number; keep what was typed if it is none."""
        raw = valuelist[0] if valuelist and isinstance(valuelist[0], str) else ""
        self.typed, self.data = tidy(raw[:40]), None
        if not self.typed:
            return
        if not re.fullmatch(r"-?(\d{1,3}([. ]\d{3})+|\d{1,39})", self.typed, re.ASCII) or len(raw) > 40:
            raise ValueError(gettext("Please write a whole number in digits, for example 12."))
        self.data = int(re.sub(r"[. ]", "", self.typed))
        if not self.at_least <= self.data <= self.at_most:
            self.data = None
            least, most = number(self.at_least), number(self.at_most)
            raise ValueError(gettext("The number must lie between %(least)s and %(most)s.", least=least, most=most))

    def _value(self) -> str:
        if self.typed is not None:
            return self.typed
        return "" if self.data is None else str(self.data)


def choices_of(pairs: Iterable[tuple[Any, Any]], *, empty: Any = None) -> list[SelectChoice]:
    """(value, label) pairs as choices; `empty` is the label of a first line that stands for no choice."""
    listed = [SelectChoice(str(value), label) for value, label in pairs]
    return listed if empty is None else [SelectChoice("", empty), *listed]


class ChoiceField(_Asked, SelectField):
    """One of `choices` (see `choices_of`), as a list or as radio buttons; `data` is None when nothing is chosen."""

    def __init__(
        self,
        label: Any = None,
        checks: Sequence[Any] | None = None,
        *,
        coerce: Callable[[Any], Any] = str,
        **kwargs: Any,
    ) -> None:
        super().__init__(label, checks, coerce=lambda value: None if value in (None, "") else coerce(value), **kwargs)

    def process_formdata(self, valuelist: list[Any]) -> None:
        """A value that is none of its kind is not chosen from our list."""
        self.data = None
        if valuelist:
            self.data = _coerced(self.coerce, valuelist[0])

    def pre_validate(self, form: Form) -> None:
        """Only what is on the list; whether something is needed is another question."""
        if self.data is not None and not any(choice.selected for choice in self.iter_choices()):
            raise validators.ValidationError(gettext("Please choose from the list."))


class ChoicesField(_Asked, SelectMultipleField):
    """Any of `choices`, as tick boxes; `data` is a list without doubles, in the order sent."""

    def process_data(self, value: Any) -> None:
        """Nothing chosen is an empty list."""
        self.data = [self.coerce(v) for v in value or ()]

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Each value once."""
        self.data = list(dict.fromkeys(_coerced(self.coerce, value) for value in valuelist if value != ""))

    def pre_validate(self, form: Form) -> None:
        """Only what is on the list."""
        listed = {self.coerce(choice.value) for choice in self.iter_choices()}
        if not listed.issuperset(self.data):
            raise validators.ValidationError(gettext("Please choose from the list."))


class FileField(_Asked, Field):
    """One uploaded file; `data` is a `FileStorage` or None. Its content is judged where it is read."""

    widget = widgets.FileInput()

    def __init__(
        self,
        label: Any = None,
        checks: Sequence[Any] | None = None,
        *,
        endings: tuple[str, ...] = (),
        most_bytes: int = 5_000_000,
        **kwargs: Any,
    ) -> None:
        kwargs.setdefault("render_kw", {"accept": ",".join(endings)} if endings else None)
        super().__init__(label, checks, **kwargs)
        self.endings, self.most_bytes = endings, most_bytes

    def process_formdata(self, valuelist: list[Any]) -> None:
        """An empty file box and a text of the same name are no file."""
        files = [value for value in valuelist if isinstance(value, FileStorage) and value.filename]
        self.data = files[0] if files else None
        if self.data is None:
            return
        if self.endings and not str(self.data.filename).lower().endswith(self.endings):
            raise ValueError(
                gettext(
                    "This kind of file cannot be used. Please choose one of: %(kinds)s.", kinds=", ".join(self.endings)
                )
            )
        size = self.data.stream.seek(0, 2)
        self.data.stream.seek(0)
        if size > self.most_bytes:
            raise ValueError(
                gettext("The file is too big: at most %(most)s MB.", most=number(self.most_bytes / 1_000_000, 0))
            )

    def _value(self) -> bool:
        return False  # a browser never shows again which file was chosen


def _unreadable(text: str) -> bool:
    return any(c == "\ufffd" or (c not in "\t\n\r" and unicodedata.category(c) in ("Cc", "Cs")) for c in text)


def _coerced(coerce: Callable[[Any], Any], value: Any) -> Any:
    try:
        read = coerce(value)
    except (ValueError, TypeError, KeyError):
        raise ValueError(gettext("Please choose from the list.")) from None
    if isinstance(read, int) and abs(read) > LARGEST:
        raise ValueError(gettext("Please choose from the list."))
    return read


def _inside_a_sentence(label: str) -> str:
    """ "Họ và tên" as it stands inside a sentence: "họ và tên"; "CCCD" stays."""
    label = nfc(label).rstrip(" :*")
    return label if label[1:2].isupper() else label[:1].lower() + label[1:]
