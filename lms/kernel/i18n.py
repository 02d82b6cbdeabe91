"""The words people read. English in the code, Vietnamese on the screen unless someone asks for English.

Each room keeps its own plain catalogue, `lms/<room>/translations/vi.po`; all are read at start-up and there is no
compile step. `flask --app wsgi i18n update` adds what the code says and a catalogue lacks, `i18n check` lists what is
still untranslated (see `lms.kernel.catalogues`).

A percent sign in a message is always written "%%", in Python and in templates alike: messages are always formatted.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date, datetime
from functools import cache, lru_cache
from io import BytesIO

from babel.messages.mofile import write_mo
from babel.support import NullTranslations, Translations
from flask import Flask, has_request_context, session
from flask_babel import Babel, Domain
from markupsafe import Markup

from lms.kernel import catalogues, vietnamese
from lms.kernel.refused import Refused
from lms.kernel.said import Said

LOCALES = ("vi", "en")
DEFAULT = LOCALES[0]
SESSION_KEY = "locale"
_spoken: ContextVar[str | None] = ContextVar("spoken", default=None)


def chosen_locale() -> str:
    """What the signed-in person chose (`session["locale"]`, set at sign-in and by the language switch), else Vietnamese."""
    chosen = session.get(SESSION_KEY) if has_request_context() else None
    return chosen if chosen in LOCALES else DEFAULT


def locale() -> str:
    """ "vi" or "en": the language of what is being written now; in templates `locale()`."""
    return _spoken.get() or chosen_locale()


@contextmanager
def speaking(language: str) -> Iterator[None]:
    """Write in this language for a while, whatever the person who asked reads."""
    token = _spoken.set(language)
    try:
        yield
    finally:
        _spoken.reset(token)


class Catalogue(Domain):
    """The merged catalogues of all rooms."""

    def get_translations(self) -> NullTranslations:
        """The sentences of the current language; English needs none."""
        return _sentences(locale())

    def gettext(self, message: str, **values: object) -> str:
        """Translated and filled in; formatted even without values, as templates do, so that "%%" means one thing."""
        if isinstance(message, Said):
            return self.gettext(message.message, **message.values)
        text: str = self.get_translations().ugettext(message)
        return text % {name: self.gettext(one) if isinstance(one, Said) else one for name, one in values.items()}

    def ngettext(self, singular: str, plural: str, num: int, **values: object) -> str:
        """Translated for so many; `%(num)s` is filled in."""
        text: str = self.get_translations().ungettext(singular, plural, num)
        return text % {"num": num, **values}


_catalogue = Catalogue()

gettext = _ = _catalogue.gettext
ngettext = _catalogue.ngettext
lazy_gettext = _l = _catalogue.lazy_gettext  # for class bodies: translated when shown


def N_(message: str) -> str:  # noqa: N802  # gettext's own name for "translate this later"
    """Mark a message for the catalogue; translate it where it is shown."""
    return message


def Nn_(singular: str, plural: str) -> tuple[str, str]:  # noqa: N802  # `N_` for a message that counts
    """Mark a message with two forms for the catalogue."""
    return singular, plural


def translate_refused(refused: Refused) -> str:
    """Why not, in the reader's language; dates among the values as people write them."""
    return gettext(refused.message, **{name: _shown(value) for name, value in refused.values.items()})


def raw_gettext(message: str) -> str:
    """The translation with its %(places)s still open, for libraries that fill them in themselves."""
    return str(_catalogue.get_translations().ugettext(message))


def raw_ngettext(singular: str, plural: str, num: int) -> str:
    """Like `raw_gettext`, for so many."""
    return str(_catalogue.get_translations().ungettext(singular, plural, num))


def words(message: str, **values: object) -> Markup:
    """`_` in templates: what Jinja's own does (our sentence as it is, its values escaped), at a tenth of the price.

    A page says some forty sentences, so this is counted in requests a second (docs/bench.md).
    """
    if isinstance(message, Said):
        return words(message.message, **message.values)
    if not values:
        return _said(locale(), message)
    return _template(locale(), message) % {k: words(one) if isinstance(one, Said) else one for k, one in values.items()}


@lru_cache(maxsize=8192)
def _template(language: str, message: str) -> Markup:
    return Markup(_sentences(language).ugettext(message))  # noqa: S704  # our own catalogue, as Jinja's i18n trusts it


@lru_cache(maxsize=8192)
def _said(language: str, message: str) -> Markup:
    return _template(language, message) % {}


def init(app: Flask) -> None:
    """Languages; the template names `_`, `ngettext` and `locale()`; the commands `flask i18n update` and `check`."""
    _Babel(app, default_locale=DEFAULT, locale_selector=chosen_locale, default_timezone="Asia/Ho_Chi_Minh")
    _sentences(DEFAULT)  # a broken catalogue stops the start, not a page
    app.jinja_env.globals.update({"locale": locale, "_": words, "gettext": words})
    app.cli.add_command(catalogues.cli)


class _Babel(Babel):
    domain_instance = _catalogue


@cache
def _sentences(language: str) -> NullTranslations:
    if language != DEFAULT:
        return NullTranslations()
    compiled = BytesIO()
    write_mo(compiled, catalogues.merged())
    compiled.seek(0)
    return Translations(compiled)


def _shown(value: object) -> object:
    if isinstance(value, datetime):
        return vietnamese.short_datetime(value)
    return vietnamese.short_date(value) if isinstance(value, date) else value
