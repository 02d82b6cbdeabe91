"""What the pages of this folder share: the blueprint, the browser they talk to, and the sheet of recovery codes."""

from typing import Any

from flask import Blueprint, Response, make_response, render_template, request, session
from flask_wtf.csrf import generate_csrf

from lms.kernel.db import db
from lms.kernel.forms import Form
from lms.kernel.i18n import gettext as _
from lms.people import sign_in_views, throttle
from lms.people.factors import passkeys, recovery

bp = Blueprint("factors", __name__)


def browser() -> str:
    """A random value that this browser alone has (its CSRF secret): questions are bound to it."""
    generate_csrf()
    return str(session["csrf_token"])


def usable() -> bool:
    """Whether screen locks work at the address that this page was opened at."""
    return passkeys.usable_at(request.host_url)


def question(asked: passkeys.Asked, kind: str) -> dict[str, Any]:
    """For `static/js/behaviours/passkey.js`."""
    return {"kind": kind, "options": asked.options, "sealed": asked.sealed}


def too_soon(form: Form, wait: throttle.Wait, page: Any) -> Response:
    """Too many wrong codes: the same page, with how long to wait."""
    words = (
        _("Too many wrong codes. Go to your focal person or the office: two people there take the lost factor off.")
        if wait.stopped
        else sign_in_views.how_long(wait)
    )
    form.form_errors.append(words)
    answer = make_response(page(form), 429)
    answer.headers["Retry-After"] = str(wait.seconds)
    return answer


def fresh_codes(account_id: int, *, anew: bool = False) -> list[recovery.Fresh]:
    """Ten new codes if there are none left (or all anew), made while nobody waits for us to write.

    The transaction so far has only read and taken the form's once-id. Giving both up also means that the answer, which
    shows the codes, is not kept to be given again.
    """
    wanted = anew or not recovery.left(account_id)
    db.session.rollback()
    return recovery.fresh() if wanted else []


def codes_page(codes: list[recovery.Fresh], username: str, onward: str) -> str:
    """The sheet to print: shown this once."""
    return render_template("people/factors/codes.html", codes=codes, username=username, onward=onward)
