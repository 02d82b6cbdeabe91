"""Half-way in, and the rule asks for a second factor that is not there yet: it is set up before anything else opens."""

from flask import flash, redirect, render_template, request, url_for

from lms.kernel.access import open_door
from lms.kernel.db import db
from lms.kernel.i18n import gettext as _
from lms.people import half
from lms.people.factors import code_app, passkeys, queries, recovery
from lms.people.factors.forms import NewPasskeyForm, SetUpForm
from lms.people.factors.views.picture import picture_of
from lms.people.factors.views.room import bp, browser, codes_page, fresh_codes, question, usable
from lms.people.factors.views.second import turned_away
from lms.people.models import Account


def _waiting():
    """Who waits here with no second factor yet; somebody who has one shows it instead."""
    row = half.waiting("factor")
    return row if row and not queries.has_second(row.account_id) else None


@bp.get("/sign-in/set-up")
@open_door
def first():
    """Set up the first second factor."""
    row = half.waiting("factor")
    if row is None:
        return turned_away()
    if queries.has_second(row.account_id):
        return redirect(url_for(".second"), 303)
    return _page(row.account_id, SetUpForm())


def _page(account_id, form):
    account = db.session.get_one(Account, account_id)
    secret, form.sealed.data = code_app.still_offered(account_id, form.sealed.data or "")
    return render_template(
        "people/factors/first.html",
        form=form,
        picture=picture_of(secret, account.username),
        usable=usable(),
        passkey=NewPasskeyForm(name=_("My phone")),
    )


@bp.post("/sign-in/set-up")
@open_door
def set_up_first():
    """The first code of the new app: in, with ten recovery codes."""
    row, form = _waiting(), SetUpForm.filled(request.form)
    if row is None:
        return turned_away()
    account_id = row.account_id
    if not form.validate():
        return _page(account_id, form), 422
    secret = code_app.offered_secret(account_id, form.sealed.data or "")
    if secret is None or not code_app.fits(secret, form.code.data):
        form.code.errors = [
            *form.code.errors,
            _("This code is not right. Look at the app again: it changes every 30 seconds."),
        ]
        return _page(account_id, form), 422
    codes = fresh_codes(account_id, anew=True)
    row = _waiting()
    if row is None or not code_app.set_up(account_id, secret, form.code.data, by=account_id):
        return turned_away()
    return _in(row, codes)


@bp.post("/sign-in/set-up/passkey/question")
@open_door
def ask_first_passkey():
    """What the device is asked to make."""
    row = _waiting()
    if row is None:
        return turned_away()
    account = db.session.get_one(Account, row.account_id)
    return question(passkeys.ask_new(account, account.username, browser()), "create")


@bp.post("/sign-in/set-up/passkey")
@open_door
def add_first_passkey():
    """The screen lock made a key: in, with ten recovery codes."""
    row, form = _waiting(), NewPasskeyForm.filled(request.form)
    if row is None:
        return turned_away()
    account_id = row.account_id
    try:
        if not form.validate():
            raise passkeys.NotRight
        made = passkeys.proved(account_id, form.sealed.data, form.answer.data, browser())
        codes = fresh_codes(account_id, anew=True)
        row = _waiting()
        if row is None:
            return turned_away()
        passkeys.keep(account_id, made, form.name.data)
    except passkeys.NotRight:
        flash(_("The screen lock could not be set up. Try again, or set up an app."), "bad")
        return redirect(url_for(".first"), 303)
    return _in(row, codes)


def _in(row, codes):
    account = db.session.get_one(Account, row.account_id)
    recovery.keep(account.id, codes, by=account.id)
    return codes_page(codes, account.username, half.finish(row))
