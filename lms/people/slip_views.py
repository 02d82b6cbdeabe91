"""The way in with a paper slip: type the code (or scan it), choose a passphrase, be in."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from lms.kernel import once, passphrases, passwords
from lms.kernel.access import open_door
from lms.kernel.db import db
from lms.kernel.forms import BooleanField, Form, PasswordField, TextField, refuse
from lms.kernel.i18n import gettext as _
from lms.kernel.i18n import lazy_gettext as _l
from lms.kernel.refused import Refused
from lms.people import account_queries, actions, half, rules
from lms.people.door_models import HalfSignIn
from lms.people.models import Account
from lms.people.sign_in_views import NAME, take_code

bp = Blueprint("slip", __name__, url_prefix="/sign-in")


class SlipForm(Form):
    """What stands on the slip."""

    username = TextField(_l("User name, staff code or phone number"), max_length=80, render_kw=NAME)
    code = TextField(
        _l("Code"),
        max_length=40,
        render_kw={"inputmode": "numeric", "autocomplete": "one-time-code", "spellcheck": "false"},
    )
    own_device = BooleanField(_l("This is my own phone or computer"))


class ChooseForm(Form):
    """A passphrase to keep."""

    new = PasswordField(
        _l("New passphrase"),
        render_kw={"autocomplete": "new-password", "autocapitalize": "none", "spellcheck": "false"},
    )


@bp.get("/slip")
@open_door
def show() -> str:
    """Type what stands on the slip."""
    return _page(SlipForm())


@bp.post("/slip")
@open_door
def read() -> tuple[str, int] | Response:
    """Is it right? Then on to a new passphrase."""
    form = SlipForm.filled(request.form)
    if not form.validate():
        return _page(form), 422
    code = passphrases.read_code(form.code.data)
    if code is None:
        form.code.errors = [*form.code.errors, _("The code has 12 digits. Type them as they stand on the slip.")]
        return _page(form), 422
    return take_code(form, code, _page)


def _page(form: SlipForm) -> str:
    return render_template("slip/show.html", form=form)


@bp.get("/new-passphrase")
@open_door
def choose() -> str | Response:
    """One made up for them, or one of their own."""
    waits = half.waiting("passphrase")
    return _choose_page(ChooseForm(), waits) if waits else redirect(url_for(".show"), 303)


@bp.post("/new-passphrase")
@open_door
def keep() -> tuple[str, int] | Response:
    """Keep it, use the slip up, and go in (past the second factor, if there is one)."""
    waits = half.waiting("passphrase")
    if waits is None or waits.slip_code_id is None:
        return redirect(url_for(".show"), 303)
    form = ChooseForm.filled(request.form)
    if not form.validate():
        return _choose_page(form, waits), 422
    account = db.session.get_one(Account, waits.account_id)
    try:
        rules.check_passphrase(form.new.data, *account_queries.known_of(account))
    except Refused as refused:
        refuse(form, refused)
        return _choose_page(form, waits), 409
    db.session.rollback()  # only reads so far; hashing takes 50 ms, and nobody else should wait for it to write
    password_hash = passwords.make_hash(form.new.data)
    if (first := once.claim()) is not None:
        return first
    if (waits := half.waiting("passphrase")) is None or waits.slip_code_id is None:
        return redirect(url_for(".show"), 303)
    own_device, onward = waits.own_device, waits.onward
    account = db.session.get_one(Account, waits.account_id, populate_existing=True)
    actions.use_slip(account, waits.slip_code_id, password_hash)
    address = half.passed(account, own_device=own_device, onward=onward)
    flash(
        _(
            "You have your own passphrase now. Next time you sign in with your user name and these words; the slip is used up."
        )
    )
    return redirect(address, 303)


def _choose_page(form: ChooseForm, waits: HalfSignIn) -> str:
    return render_template(
        "slip/choose.html",
        form=form,
        suggestion=passphrases.generate(),
        account=db.session.get_one(Account, waits.account_id),
    )
