"""The front door: sign in, sign out."""

from flask import Blueprint, Response, make_response, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response as Answer

from lms.kernel import once, passwords
from lms.kernel.access import door, local_path, open_door
from lms.kernel.db import db
from lms.kernel.forms import BooleanField, Form, PasswordField, TextField
from lms.kernel.i18n import gettext as _
from lms.kernel.i18n import lazy_gettext as _l
from lms.kernel.i18n import ngettext
from lms.people import devices, half, queries, sign_in, throttle
from lms.people.models import Account

bp = Blueprint("sign_in", __name__)

NAME = {"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"}


class SignInForm(Form):
    """Who, and the passphrase; nothing to solve, nothing to remember besides."""

    username = TextField(_l("User name, staff code or phone number"), max_length=80, render_kw=NAME)
    passphrase = PasswordField(
        _l("Passphrase"),
        render_kw={"autocomplete": "current-password", "autocapitalize": "none", "spellcheck": "false"},
    )
    own_device = BooleanField(_l("This is my own phone or computer"))


@bp.get("/sign-in")
@open_door
def show() -> str | Answer:
    """The page to sign in on."""
    if current_user.is_authenticated:
        return redirect(onward(), 303)
    return render_template("sign_in/show.html", form=SignInForm(), next=request.args.get("next"))


@bp.post("/sign-in")
@open_door
def enter() -> tuple[str, int] | Answer:
    """Check what was typed. The answer is the same whether the account exists or not."""
    form = SignInForm.filled(request.form)
    if not form.validate():
        return _page(form), 422
    found = queries.account_named(form.username.data)
    knock = devices.knock(throttle.PASSPHRASE, found.id if found else None, form.username.data)
    if wait := throttle.too_many(knock):
        return waiting(form, wait, _page)
    kept = found.password_hash if found and found.disabled_at is None else None
    db.session.rollback()  # only reads so far; hashing takes 50 ms, and nobody else should wait for it to write
    if not passwords.matches(kept, form.passphrase.data) or (account := _still(found, kept)) is None:
        throttle.remember(knock)
        form.form_errors.append(
            _(
                "The name or the passphrase is not right. Type the words again, without marks. "
                "A phone number that several people share does not tell who you are: type your user name instead."
            )
        )
        return _page(form), 422
    if (first := once.claim()) is not None:  # the rollback above let go of the id that the request came with
        return first
    if passwords.outdated(account.password_hash):
        account.password_hash = passwords.make_hash(form.passphrase.data)
    throttle.forget(knock)
    return redirect(half.passed(account, own_device=form.own_device.data, onward=onward()), 303)


@bp.post("/sign-out")
@door()
def leave() -> Answer:
    """End this device's sign-in, and have the browser forget the pages it saw."""
    sign_in.leave(current_user)
    answer = redirect(url_for(".show"), 303)
    answer.headers["Clear-Site-Data"] = '"cache"'
    return answer


def _page(form: SignInForm) -> str:
    return render_template("sign_in/show.html", form=form, next=request.form.get("next"))


def waiting(form, wait, page) -> Response:  # type: ignore[no-untyped-def]  # any form, and the function that shows it
    """The same page with how long to wait, and for machines the same in a header. For every door that counts tries."""
    form.form_errors.append(how_long(wait))
    answer = make_response(page(form), 429)
    answer.headers["Retry-After"] = str(wait.seconds)
    return answer


def how_long(wait: throttle.Wait) -> str:
    """Why not now, and what to do."""
    if wait.stopped:
        return _("Too many wrong tries. Ask the focal person of your unit for a new slip; it opens the door at once.")
    if wait.crowd:
        return _("Very many people are signing in from your office just now. Please try again in 10 minutes.")
    return ngettext(
        "Too many wrong tries. Wait %(num)s minute, or ask the focal person of your unit for a new slip.",
        "Too many wrong tries. Wait %(num)s minutes, or ask the focal person of your unit for a new slip.",
        wait.minutes,
    )


def onward() -> str:
    """Where they wanted to go."""
    return local_path(request.values.get("next")) or "/"


def _still(found: Account | None, kept: str | None) -> Account | None:
    """The account, if nothing about its way in has changed while we were hashing."""
    account = db.session.get(Account, found.id, populate_existing=True) if found else None
    return account if account and account.disabled_at is None and account.password_hash == kept else None
