"""My second factors: see them, add, rename, remove, print new recovery codes, end every other sign-in."""

from flask import flash, redirect, render_template, request, url_for
from flask_login import current_user

from lms.kernel.access import door, fresh
from lms.kernel.db import db
from lms.kernel.forms import refuse
from lms.kernel.i18n import gettext as _
from lms.kernel.refused import Refused
from lms.kernel.settings import setting
from lms.people import sign_in
from lms.people.factors import code_app, identities, passkeys, queries, recovery, rules, telling, words
from lms.people.factors.forms import NameForm, NewPasskeyForm, SetUpForm
from lms.people.factors.views.picture import picture_of
from lms.people.factors.views.room import bp, browser, codes_page, fresh_codes, question, usable
from lms.people.models import Account
from lms.people.views.room import number_of

HOME = "/people/me/factors"


@bp.get(HOME)
@door()
def mine():
    """What I have besides my passphrase."""
    return _page(NewPasskeyForm(name=_("My phone")))


def _page(form):
    return render_template(
        "people/factors/mine.html",
        form=form,
        held=queries.held(current_user.account_id),
        needed=queries.needs_second(current_user.roles),
        offered=setting("second_factor") == "offered",
        usable=usable(),
        passkey_address=setting("passkey_origin"),
        identities=identities.of_account(current_user.account_id),
        words=words.EVENTS,
    )


@bp.get(f"{HOME}/app")
@door()
@fresh
def new_app():
    """Set up an app that shows codes."""
    return _app_page(SetUpForm())


def _app_page(form):
    secret, form.sealed.data = code_app.still_offered(current_user.account_id, form.sealed.data or "")
    return render_template("people/factors/app.html", form=form, picture=picture_of(secret, current_user.username))


@bp.post(f"{HOME}/app")
@door()
@fresh
def set_up_app():
    """The first code of it: from now on it is asked for."""
    form, me = SetUpForm.filled(request.form), current_user.account_id
    if not form.validate():
        return _app_page(form), 422
    secret = code_app.offered_secret(me, form.sealed.data or "")
    if secret is None or not code_app.fits(secret, form.code.data):
        form.code.errors = [
            *form.code.errors,
            _("This code is not right. Look at the app again: it changes every 30 seconds."),
        ]
        return _app_page(form), 422
    codes = fresh_codes(me)
    if not code_app.set_up(me, secret, form.code.data, by=me):
        return redirect(url_for(".new_app"), 303)
    return _added(codes)


@bp.post(f"{HOME}/app/ends")
@door()
@fresh
def remove_app():
    """Its codes count no more."""
    me = current_user.account_id
    rules.check_may_take_off(only_one=queries.held(me).only_one, needed=queries.needs_second(current_user.roles))
    if code_app.take_off(me):
        telling.tell(me, "code_app_removed", by=me)
    return _removed()


@bp.post(f"{HOME}/passkeys/question")
@door()
@fresh
def ask_new_passkey():
    """What the device is asked to make."""
    account = db.session.get_one(Account, current_user.account_id)
    return question(passkeys.ask_new(account, current_user.name, browser()), "create")


@bp.post(f"{HOME}/passkeys")
@door()
@fresh
def add_passkey():
    """The screen lock made a key."""
    form, me = NewPasskeyForm.filled(request.form), current_user.account_id
    if not form.validate():
        return _page(form), 422
    try:
        made = passkeys.proved(me, form.sealed.data, form.answer.data, browser())
        codes = fresh_codes(me)
        passkeys.keep(me, made, form.name.data)
    except passkeys.NotRight:
        db.session.rollback()
        form.form_errors.append(_("The screen lock could not be set up. Try again, or set up an app."))
        return _page(form), 422
    except Refused as refused:
        db.session.rollback()
        refuse(form, refused)
        return _page(form), 409
    return _added(codes)


def _added(codes):
    """This sign-in has shown a second factor just now; the codes are shown this once."""
    sign_in.has_second(current_user)
    if codes:
        recovery.keep(current_user.account_id, codes, by=current_user.account_id)
        return codes_page(codes, current_user.username, url_for(".mine"))
    flash(_("It is set up. If somebody else may have been signed in as you, sign out everywhere now."))
    return redirect(url_for(".mine"), 303)


def _removed():
    flash(_("It is removed. If somebody else may have been signed in as you, sign out everywhere now."))
    return redirect(url_for(".mine"), 303)


@bp.post(f"{HOME}/passkeys/<int:passkey_id>/name")
@door()
def rename_passkey(passkey_id):
    """Another name to know it by."""
    row, form = queries.my_passkey(current_user.account_id, passkey_id), NameForm.filled(request.form)
    if not form.validate():
        return _page(NewPasskeyForm(name=_("My phone"))), 422
    passkeys.rename(row, form.name.data)
    return redirect(url_for(".mine"), 303)


@bp.post(f"{HOME}/passkeys/<int:passkey_id>/ends")
@door()
@fresh
def remove_passkey(passkey_id):
    """It opens nothing any more."""
    me = current_user.account_id
    row = queries.my_passkey(me, passkey_id)
    rules.check_may_take_off(only_one=queries.held(me).only_one, needed=queries.needs_second(current_user.roles))
    passkeys.take_off(row, by=me)
    return _removed()


@bp.post(f"{HOME}/codes")
@door()
@fresh
def new_codes():
    """Ten new recovery codes; the former ones count no more."""
    rules.check_has_second(queries.has_second(current_user.account_id))
    codes = fresh_codes(current_user.account_id, anew=True)
    recovery.keep(current_user.account_id, codes, by=current_user.account_id)
    return codes_page(codes, current_user.username, url_for(".mine"))


@bp.post(f"{HOME}/sign-outs")
@door()
def sign_out_everywhere():
    """Every sign-in but this one ends."""
    sign_in.end_others(current_user)
    flash(_("All other devices are signed out."))
    return redirect(url_for(".mine"), 303)


@bp.post(f"{HOME}/readings")
@door()
def have_read():
    """I have read what changed."""
    telling.have_read(current_user.account_id, [number_of(one) or 0 for one in request.form.getlist("event")])
    return redirect(url_for(".mine"), 303)
