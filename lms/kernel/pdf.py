"""Documents on paper: a template and plain values in, the same bytes out every time.

Three locks, each enough by itself: templates escape what they print; the renderer may fetch nothing but `data:` URIs (so
no name can make it read a file or call an address); and every printed value is cleaned of what nobody can see. Fonts are
Debian's fonts-liberation2, which has every Vietnamese letter and the widths of Times New Roman (NĐ 30/2020, Phụ lục I).
"""

import hashlib
import re
import threading
import unicodedata
from collections.abc import Iterable
from functools import lru_cache
from typing import Any

from flask import current_app
from jinja2 import Environment
from markupsafe import Markup
from weasyprint import CSS, HTML
from weasyprint.document import Document
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import FatalURLFetchingError, URLFetcher

from lms.kernel.vietnamese import nfc

LONGEST_NAME = 120  # letters of a printed name
LONGEST_TEXT = 5_000  # letters of any other printed value
MARKS = 3  # marks on one letter; Vietnamese needs two
_TOWER = re.compile(r"[\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]{4,}")
_FETCHER = URLFetcher(allowed_protocols={"data"}, allow_redirects=False, fail_on_errors=True)
_STYLE = re.compile(r"<style>(.*?)</style>", re.DOTALL)
_kept = threading.local()


class Unfetchable(Exception):
    """A template asked for something outside itself. The render stops: a document with a hole is not a document."""


def render(template_name: str, **values: Any) -> bytes:
    """The template (see `layouts/document.html`) as a tagged PDF with its title and language.

    Nothing of the request reaches the template; dates on paper are values too. The same values give the same bytes.
    Raises `Unfetchable` if the template names a file or an address.
    """
    return from_html(paper().get_template(template_name).render(**values))


def from_html(page: str) -> bytes:
    """A page that was already written, as PDF; never fetches, whatever the page says."""
    return from_pages([page])


def from_pages(pages: Iterable[str]) -> bytes:
    """Several such pages, one after the other, as one PDF. Each is laid out as it is taken, so that a generator can tell how far it is."""
    seen, laid_out = hashlib.sha256(), []
    try:
        for page in pages:
            seen.update(page.encode())
            laid_out.append(_laid_out(page))
        whole = laid_out[0].copy([sheet for document in laid_out for sheet in document.pages])
        pdf: bytes = whole.write_pdf(pdf_identifier=seen.digest()[:16], pdf_tags=True)
    except FatalURLFetchingError as error:  # it is a BaseException: left alone it would end the worker
        raise Unfetchable(str(error)) from None
    return pdf


def _laid_out(page: str) -> Document:
    """The page with its stylesheet read only once: the same one serves every page of its template."""
    style = _STYLE.search(page)
    rules = [_style(style[1])] if style else []
    bare = page.replace(style[0], "", 1) if style else page
    return HTML(string=bare, url_fetcher=_FETCHER).render(font_config=_fonts(), stylesheets=rules, pdf_tags=True)


@lru_cache(maxsize=32)
def _style(text: str) -> CSS:
    return CSS(string=text, url_fetcher=_FETCHER)


def _fonts() -> FontConfiguration:
    """The machine's fonts, looked up once for each thread (Pango's map is not for two at a time): a third of a page's time."""
    if not hasattr(_kept, "fonts"):
        _kept.fonts = FontConfiguration()
    fonts: FontConfiguration = _kept.fonts
    return fonts


def paper() -> Environment:
    """The app's templates, where every printed value is cleaned first; `|printed_name` cuts names."""
    kept: Environment | None = current_app.extensions.get("paper")
    if kept is None:
        kept = current_app.jinja_env.overlay(autoescape=True, finalize=_clean)
        kept.filters["printed_name"] = printed_name
        current_app.extensions["paper"] = kept
    return kept


def printed_name(name: str) -> str:
    """A name as it fits on paper: at most 120 letters."""
    return _cut(visible(name), LONGEST_NAME)


def visible(text: str) -> str:
    """NFC, without controls, direction marks, lone surrogates, emoji and towers of marks."""
    printed = (c for c in text if c in "\n\t" or unicodedata.category(c) not in {"Cc", "Cf", "Cs", "Co"})
    shown = "".join(c for c in printed if c <= "\uffff")  # beyond it our fonts have no letter
    return _TOWER.sub(lambda tower: tower[0][:MARKS], nfc(shown))


def _clean(value: Any) -> Any:
    """What Jinja prints: already-made markup as it is, everything else visible and bounded."""
    if isinstance(value, Markup):
        return value
    if value is None:
        return ""
    return _cut(visible(str(value)), LONGEST_TEXT)


def _cut(text: str, longest: int) -> str:
    return text if len(text) <= longest else text[: longest - 1] + "…"
