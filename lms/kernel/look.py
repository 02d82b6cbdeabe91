"""How large the letters are and which ground they stand on, as chosen for this browser.

One cookie of its own, outside the session: it holds no more than the two words, outlives signing out, and is there for the
page's first paint. Without it letters have their normal size and the ground follows the device. The confidential pages
neither set nor get it (`lms.confidential.quiet`).
"""

from dataclasses import dataclass
from urllib.parse import urlencode

from flask import Flask, current_app, has_request_context, request
from werkzeug.wrappers import Response

from lms.kernel.forms import ChoiceField, Form, choices_of
from lms.kernel.i18n import lazy_gettext as _l

LETTERS = {"normal": _l("Normal letters"), "large": _l("Large letters"), "largest": _l("Very large letters")}
GROUND = {"device": _l("As the device is set"), "day": _l("Light"), "night": _l("Dark, for the night")}
KEPT = 365 * 24 * 3600  # s


@dataclass(frozen=True)
class Look:
    """What was chosen; the first of each is what nobody has to choose."""

    letters: str = "normal"
    ground: str = "device"


class LookForm(Form):
    """The two choices."""

    letters = ChoiceField(_l("Size of the letters"), choices=choices_of(LETTERS.items()))
    ground = ChoiceField(_l("Colours"), choices=choices_of(GROUND.items()))


def chosen() -> Look:
    """Of this browser; a cookie that says something else says nothing."""
    said = request.cookies.get(_name(), "") if has_request_context() else ""
    letters, _, ground = said.partition(".")
    return Look(letters, ground) if letters in LETTERS and ground in GROUND else Look()


def keep(answer: Response, look: Look) -> None:
    """Tell the browser; what nobody has to choose needs no cookie."""
    if look == Look():
        answer.delete_cookie(_name(), secure=current_app.config["HTTPS"], httponly=True, samesite="Lax")
        return
    answer.set_cookie(
        _name(),
        f"{look.letters}.{look.ground}",
        max_age=KEPT,
        secure=current_app.config["HTTPS"],
        httponly=True,
        samesite="Lax",
    )


def page() -> str:
    """Where to choose; from there back to the page that is shown now."""
    a_page = request.method == "GET" and request.endpoint not in {None, "kernel.look"}
    return f"/look?{urlencode({'next': request.full_path.rstrip('?')}, safe='/')}" if a_page else "/look"


def _name() -> str:
    return "__Host-look" if current_app.config["HTTPS"] else "look"


def init(app: Flask) -> None:
    """`look()` and `look_page()` in templates."""
    app.jinja_env.globals.update(look=chosen, look_page=page)
