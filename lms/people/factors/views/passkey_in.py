"""Signing in with the screen lock alone: no user name is typed, the device knows whose key it holds."""

from flask import flash, redirect, request, url_for

from lms.kernel.access import open_door
from lms.kernel.db import db
from lms.kernel.i18n import gettext as _
from lms.people import half, sign_in_views
from lms.people.factors import passkeys
from lms.people.factors.forms import PasskeySignInForm
from lms.people.factors.views.room import bp, browser, question, usable
from lms.people.models import Account


@bp.post("/sign-in/passkey/question")
@open_door
def ask_passkey():
    """What the device is asked to sign."""
    return question(passkeys.ask_shown(browser()), "get")


@bp.post("/sign-in/passkey")
@open_door
def passkey_in():
    """The screen lock was opened: both factors at once."""
    form = PasskeySignInForm.filled(request.form)
    try:
        passkey = passkeys.shown(form.sealed.data or "", form.answer.data or "", browser()) if form.validate() else None
    except passkeys.NotRight:
        passkey = None
    if passkey is None:
        flash(_("The screen lock did not open the account. Try again, or use another way."), "bad")
        return redirect(url_for("sign_in.show", next=sign_in_views.onward()), 303)
    account = db.session.get_one(Account, passkey.account_id)
    onward = half.both_shown(account, own_device=form.own_device.data, onward=sign_in_views.onward())
    return redirect(onward, 303)


def passkey_way():
    """The form of the sign-in page, where screen locks work; else None."""
    return PasskeySignInForm() if usable() else None


bp.app_context_processor(lambda: {"passkey_way": passkey_way})
