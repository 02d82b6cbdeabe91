"""The front door: sign in, sign out."""

from flask import Blueprint, redirect, render_template, request
from flask_login import current_user
from werkzeug.wrappers import Response

from lms.kernel import once, passwords
from lms.kernel.access import door, local_path, open_door
from lms.kernel.db import db
from lms.kernel.forms import BooleanField, Form, PasswordField, TextField
from lms.kernel.i18n import gettext as _
from lms.kernel.i18n import lazy_gettext as _l
from lms.kernel.vietnamese import search_key
from lms.people import queries, sign_in, throttle
from lms.people.models import Account

bp = Blueprint("sign_in", __name__)


class SignInForm(Form):
    """User name and passphrase; nothing to solve, nothing to remember besides."""

    username = TextField(
        _l("User name"),
        max_length=80,
        render_kw={"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"},
    )
    passphrase = PasswordField(
        _l("Passphrase"),
        render_kw={"autocomplete": "current-password", "autocapitalize": "none", "spellcheck": "false"},
    )
    own_device = BooleanField(_l("This is my own phone or computer"))


@bp.get("/sign-in")
@open_door
def show() -> str | Response:
    """The page to sign in on."""
    if current_user.is_authenticated:
        return redirect(_onward(), 303)
    return render_template("sign_in/show.html", form=SignInForm(), next=request.args.get("next"))


@bp.post("/sign-in")
@open_door
def enter() -> tuple[str, int] | Response:
    """Check what was typed. The answer is the same whether the account exists or not."""
    form = SignInForm.filled(request.form)
    if not form.validate():
        return _page(form), 422
    username = search_key(form.username.data)
    if throttle.too_many(username):
        form.form_errors.append(
            _("Too many wrong tries. Wait 15 minutes, or ask your unit's focal person for a new passphrase.")
        )
        return _page(form), 429
    account = queries.account_of(username)
    kept = account.password_hash if account and account.disabled_at is None else None
    db.session.rollback()  # only reads so far; hashing takes 50 ms, and nobody else should wait for it to write
    if not passwords.matches(kept, form.passphrase.data) or (account := _still(username, kept)) is None:
        throttle.remember(username)
        form.form_errors.append(
            _("The user name or the passphrase is not right. Type the four words again, without marks.")
        )
        return _page(form), 422
    if (first := once.claim()) is not None:  # the rollback above let go of the id that the request came with
        return first
    if passwords.outdated(account.password_hash):
        account.password_hash = passwords.make_hash(form.passphrase.data)
    throttle.forget(username)
    sign_in.enter(account, own_device=form.own_device.data)
    return redirect(_onward(), 303)


@bp.post("/sign-out")
@door()
def leave() -> Response:
    """End this device's sign-in, and have the browser forget the pages it saw."""
    sign_in.leave(current_user)
    answer = redirect("/sign-in", 303)
    answer.headers["Clear-Site-Data"] = '"cache"'
    return answer


def _page(form: SignInForm) -> str:
    return render_template("sign_in/show.html", form=form, next=request.form.get("next"))


def _onward() -> str:
    return local_path(request.values.get("next")) or "/"


def _still(username: str, kept: str | None) -> Account | None:
    """The account, if nothing about its way in has changed while we were hashing."""
    account = queries.account_of(username)
    return account if account and account.disabled_at is None and account.password_hash == kept else None
