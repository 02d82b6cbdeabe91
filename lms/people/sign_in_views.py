"""The front door: sign in, prove again who one is, sign out."""

import json
from collections.abc import Callable
from typing import Any

from flask import Blueprint, Response, make_response, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response as Answer

from lms.kernel import once, passphrases, passwords
from lms.kernel.access import NotFresh, door, local_path, open_door
from lms.kernel.db import db
from lms.kernel.forms import BooleanField, Form, HiddenField, PasswordField, TextField
from lms.kernel.i18n import gettext as _
from lms.kernel.i18n import lazy_gettext as _l
from lms.kernel.i18n import ngettext
from lms.people import devices, half, queries, sign_in, throttle
from lms.people.actions.slips import live_slip
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
    if code := passphrases.read_code(form.passphrase.data):  # the slip's code, typed where the passphrase goes
        return take_code(form, code, _page)
    found = queries.account_named(form.username.data)
    knock = devices.knock(throttle.PASSPHRASE, found.id if found else None, form.username.data)
    if wait := throttle.too_many(knock):
        return waiting(form, wait, _page)
    found_id, kept = (found.id, found.password_hash) if found and found.disabled_at is None else (None, None)
    db.session.rollback()  # only reads so far; hashing takes 50 ms, and nobody else should wait for it to write
    if not passwords.matches(kept, form.passphrase.data) or (account := _still(found_id, kept)) is None:
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


def take_code(form: Any, code: str, page: Callable[[Any], str]) -> tuple[str, int] | Answer:
    """The code of a slip: right, it leads on to a new passphrase; used up only there. The answer tells as little as `enter`'s."""
    found = queries.account_named(form.username.data)
    knock = devices.knock(throttle.CODE, found.id if found else None, form.username.data)
    if wait := throttle.too_many(knock):
        return waiting(form, wait, page)
    slip = live_slip(found.id) if found and found.disabled_at is None else None
    found_id, slip_id, kept = (slip.account_id, slip.id, slip.code_hash) if slip else (None, None, None)
    db.session.rollback()  # as in `enter`
    if not passwords.matches(kept, code) or found_id is None:
        throttle.remember(knock)
        form.form_errors.append(
            _(
                "The name or the code is not right, or the slip was used already, or it is older than 7 days. "
                "Look at the slip and type them again; if that does not help, ask for a new slip."
            )
        )
        return page(form), 422
    if (first := once.claim()) is not None:
        return first
    throttle.forget(knock)
    account = db.session.get_one(Account, found_id, populate_existing=True)
    half.begin(account, "passphrase", own_device=form.own_device.data, onward=onward(), slip_code_id=slip_id)
    return redirect(url_for("slip.choose"), 303)


class AgainForm(Form):
    """The passphrase once more, and what was to be done."""

    passphrase = PasswordField(
        _l("Passphrase"),
        render_kw={"autocomplete": "current-password", "autocapitalize": "none", "spellcheck": "false"},
    )
    then = HiddenField()  # the path that a form goes to afterwards
    carried = HiddenField()  # and its fields: [[name, value], …]


@bp.get("/sign-in/again")
@door()
def again() -> str:
    """Prove again who you are, then go on."""
    return _again_page(AgainForm())


@bp.app_errorhandler(NotFresh)
def ask_again(_error: NotFresh) -> tuple[str, int] | Answer:
    """In answer to a sensitive act: a reader is led to the question and back; what was typed into a form waits in the page."""
    db.session.rollback()
    if request.method in once.SAFE:
        return redirect(url_for("sign_in.again", next=request.full_path.rstrip("?")), 303)
    sent = [pair for pair in request.form.items(multi=True) if pair[0] != "csrf_token"]
    return _again_page(AgainForm(then=request.path, carried=json.dumps(sent))), 403


@bp.post("/sign-in/again")
@door()
def prove() -> Answer | str | tuple[str, int]:
    """The passphrase is right: fresh again, under a new reference."""
    form = AgainForm.filled(request.form)
    if not form.validate():
        return _again_page(form), 422
    knock = here(throttle.PASSPHRASE)
    if wait := throttle.too_many(knock):
        return waiting(form, wait, _again_page)
    kept = db.session.get_one(Account, current_user.account_id).password_hash
    db.session.rollback()  # as in `enter`
    if not passwords.matches(kept, form.passphrase.data):
        throttle.remember(knock)
        form.passphrase.errors = [*form.passphrase.errors, _("This is not your passphrase.")]
        return _again_page(form), 422
    throttle.forget(knock)
    sign_in.refresh(current_user)
    return go_on(form.then.data, form.carried.data)


def go_on(then: str, carried: str) -> Answer | str:
    """After they proved who they are: the page they wanted, or the form they had sent, to be sent again with one tap."""
    path = local_path(then)
    if not path:
        return redirect(onward(), 303)
    return render_template("sign_in/go_on.html", then=path, fields=_pairs(carried))


def _pairs(carried: str) -> list[tuple[str, str]]:
    try:
        found = json.loads(carried)
    except ValueError:
        return []
    pairs = found if isinstance(found, list) else []
    return [(str(one[0]), str(one[1])) for one in pairs if isinstance(one, list) and len(one) == 2]


def here(door: str) -> throttle.Knock:
    """Whoever is signed in on this browser, at that door: their mistakes here are nobody else's."""
    return throttle.Knock(door, throttle.account_key(current_user.account_id), f"s{current_user.sign_in_id}")


def _again_page(form: AgainForm) -> str:
    return render_template("sign_in/again.html", form=form, next=request.values.get("next"))


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


def waiting(form: Any, wait: throttle.Wait, page: Callable[[Any], str]) -> Response:
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


def _still(found_id: int | None, kept: str | None) -> Account | None:
    """The account, if nothing about its way in has changed while we were hashing."""
    account = db.session.get(Account, found_id, populate_existing=True) if found_id else None
    return account if account and account.disabled_at is None and account.password_hash == kept else None
