"""Pages of signing in with an account of another house: there, back, and linked to an account here the first time."""

from flask import Blueprint, flash, redirect, render_template, request, session, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from lms.kernel import once, passwords
from lms.kernel.access import ask_who, door, fresh, local_path, missing, open_door
from lms.kernel.db import db
from lms.kernel.forms import BooleanField, Form, HiddenField, TextField, validators
from lms.kernel.i18n import gettext as _
from lms.kernel.i18n import lazy_gettext as _l
from lms.kernel.sealing import opened, seal
from lms.kernel.settings import setting
from lms.people import account_queries, devices, half, oidc, throttle
from lms.people.factors import identities, rules
from lms.people.factors.views.room import too_soon
from lms.people.models import Account
from lms.people.oidc import Identity
from lms.people.roles import Role

bp = Blueprint("oidc", __name__)

KEPT, WHO = "oidc", "oidc_who"  # in the signed cookie
AWAY = _l("The sign-in of the other house does not answer just now. Sign in with your passphrase.")
NOT_PROVED = _l("The other house did not say who you are, or it took too long. Try again.")


class BackForm(Form):
    """What the provider sent along, and whose device this is."""

    state = HiddenField(validators=[validators.DataRequired(), validators.Length(max=500)])
    code = HiddenField(validators=[validators.DataRequired(), validators.Length(max=5000)])
    iss = HiddenField(validators=[validators.Length(max=500)])
    own_device = BooleanField(_l("This is my own phone or computer"))


class LinkForm(Form):
    """The administrator's code."""

    link_code = TextField(
        _l("Code from the administrator"),
        max_length=40,
        render_kw={"autocapitalize": "characters", "spellcheck": "false", "autocomplete": "off"},
    )


def oidc_name() -> str:
    """What the button calls those accounts; empty: the way is switched off."""
    return (setting("oidc_name") or _("the account of your province")) if oidc.is_on() else ""


bp.app_context_processor(lambda: {"oidc_name": oidc_name})


def _back() -> str:
    """Where the provider sends the browser: from the configuration, never from the request."""
    return setting("site_address") + url_for(".back")


@bp.get("/sign-in/oidc")
@open_door
def go() -> Response:
    """To the provider. The browser keeps what proves on its return that it is the same."""
    if not oidc.is_on():
        missing()
    mine = None
    if "link" in request.args and current_user.is_authenticated:
        ask_who()
        mine = current_user.account_id
    try:
        started = oidc.start(_back())
    except oidc.ProviderAway:
        return _again(AWAY)
    session[KEPT] = {**started.kept, "next": local_path(request.args.get("next")) or "/", "link": mine}
    return redirect(started.address, 302)


@bp.get("/sign-in/oidc/back")
@open_door
def back() -> str | Response:
    """Back from the provider. Nothing is done yet: reading a page never writes, so a button goes on."""
    form = BackForm(request.args)
    if not oidc.is_on():
        missing()
    if KEPT not in session or not form.validate():  # also when the provider says no (error=…)
        return _again(NOT_PROVED)
    return render_template("people/factors/back.html", form=form, link=session[KEPT]["link"])


@bp.post("/sign-in/oidc/arrivals")
@open_door
def arrive() -> Response:
    """Ask the provider who it is; then link, sign in, or say that nothing is linked."""
    form, kept = BackForm.filled(request.form), session.pop(KEPT, None)
    if not oidc.is_on():
        missing()
    if kept is None or not form.validate():
        return _again(NOT_PROVED)
    db.session.rollback()  # nobody waits for us to write while we wait for the provider
    try:
        who = oidc.identity_of(_back(), kept, state=form.state.data, code=form.code.data, issuer=form.iss.data or "")
    except oidc.ProviderAway:
        return _again(AWAY)
    except oidc.NotProved:
        return _again(NOT_PROVED)
    if (first := once.claim()) is not None:
        return first
    return _arrived(who, kept, own_device=form.own_device.data)


def _arrived(who: Identity, kept: dict[str, object], *, own_device: bool) -> Response:
    if kept["link"] is not None:
        if not current_user.is_authenticated or current_user.account_id != kept["link"]:
            return _again(NOT_PROVED)
        identities.link(current_user.account_id, who, by=current_user.account_id)
        flash(_("It is linked. From now on you can sign in with it."))
        return redirect(url_for("factors.mine"), 303)
    account = identities.account_of(who)
    if account is None:
        session[WHO] = seal(WHO, {"issuer": who.issuer, "subject": who.subject, "own_device": own_device})
        return redirect(url_for(".link_page"), 303)
    return redirect(half.passed(account, own_device=own_device, onward=str(kept["next"])), 303)


def _again(words: object) -> Response:
    flash(str(words), "bad")
    return redirect(url_for("sign_in.show"), 303)


def _unlinked() -> dict[str, object] | None:
    """Who came back from the provider in this browser and is not linked to an account yet."""
    return opened(WHO, str(session.get(WHO, "")), seconds=oidc.HOLDS)


@bp.get("/sign-in/oidc/link")
@open_door
def link_page() -> str | Response:
    """Nobody here has this account of the other house yet."""
    return _link_page(LinkForm()) if _unlinked() else _again(NOT_PROVED)


def _link_page(form: LinkForm) -> str:
    return render_template("people/factors/link.html", form=form)


@bp.post("/sign-in/oidc/link")
@open_door
def link() -> tuple[str, int] | Response:
    """Linked by the administrator's code; the second factor is asked for as ever."""
    form, values = LinkForm.filled(request.form), _unlinked()
    if values is None:
        return _again(NOT_PROVED)
    if not form.validate():
        return _link_page(form), 422
    account_id, code = rules.paper_code(form.link_code.data) or (0, "")
    row = identities.find_code(account_id)
    knock = devices.knock(identities.DOOR, row.account_id if row else None, str(account_id))
    if wait := throttle.too_many(knock):
        return too_soon(form, wait, _link_page)
    db.session.rollback()  # only reads so far; hashing takes 50 ms, and nobody else should wait for it to write
    if not passwords.matches(row.code_hash if row else None, code) or row is None:
        return _wrong(form, knock)
    if (first := once.claim()) is not None:  # the rollback above let go of the id that the request came with
        return first
    if not identities.use_code(row):
        return _wrong(form, knock)
    throttle.forget(knock)
    who = Identity(str(values["issuer"]), str(values["subject"]))
    identities.link(row.account_id, who, by=row.made_by)
    account = db.session.get_one(Account, row.account_id)
    return redirect(half.passed(account, own_device=bool(values["own_device"]), onward="/"), 303)


def _wrong(form: LinkForm, knock: throttle.Knock) -> tuple[str, int]:
    throttle.remember(knock)
    form.link_code.errors = [
        *form.link_code.errors,
        _("This code is not right, it was used, or it is older than 7 days."),
    ]
    return _link_page(form), 422


@bp.post("/people/me/factors/identities/<int:identity_id>/ends")
@door()
@fresh
def unlink(identity_id: int) -> Response:
    """It opens my account no more."""
    mine = {row.id: row for row in identities.of_account(current_user.account_id)}
    identities.unlink(mine.get(identity_id) or missing(), by=current_user.account_id)
    return redirect(url_for("factors.mine"), 303)


@bp.post("/people/accounts/<int:account_id>/link-codes")
@door(Role.ADMIN)
@fresh
def make_code(account_id: int) -> str:
    """A code for the holder of this account: shown this once."""
    page = account_queries.account_page(current_user, account_id)
    if not oidc.is_on() or not page.may_handle:
        missing()
    db.session.rollback()  # hashing takes 50 ms; and the answer, which shows the code, is not kept to be given again
    code = identities.new_code()
    code_hash = passwords.make_hash(code)
    page = account_queries.account_page(current_user, account_id)
    identities.keep_code(account_id, code_hash, by=current_user.account_id)
    return render_template("people/factors/link_code.html", page=page, code=rules.printed(account_id, code))
