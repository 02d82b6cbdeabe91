"""Half-way in: the passphrase was right, the second factor is asked for. These pages and nothing else are open."""

from flask import flash, redirect, render_template, request, url_for

from lms.kernel import once, passwords
from lms.kernel.access import open_door
from lms.kernel.db import db
from lms.kernel.i18n import gettext as _
from lms.people import devices, half, throttle
from lms.people.factors import code_app, passkeys, proving, queries, recovery, rules
from lms.people.factors.forms import CodeForm, PaperForm, PasskeyForm
from lms.people.factors.views.room import bp, browser, question, too_soon, usable


def turned_away():
    """Nobody waits here (any more)."""
    return redirect(url_for("sign_in.show"), 303)


@bp.get("/sign-in/second")
@open_door
def second():
    """The second factor, please."""
    row = half.waiting("factor")
    if row is None:
        return turned_away()
    if not queries.has_second(row.account_id):
        return redirect(url_for(".first"), 303)
    return _page(row.account_id, CodeForm(), PaperForm())


def _page(account_id, form, paper):
    return render_template(
        "people/factors/second.html",
        form=form if not paper.errors else paper,
        code=form,
        paper=paper,
        held=queries.held(account_id),
        usable=usable(),
        passkey=PasskeyForm(),
    )


@bp.post("/sign-in/second")
@open_door
def show_code():
    """Six digits of the app."""
    row, form = half.waiting("factor"), CodeForm.filled(request.form)
    if row is None:
        return turned_away()
    account_id = row.account_id
    if not form.validate():
        return _page(account_id, form, PaperForm()), 422
    knock = devices.knock(proving.DOOR, account_id)
    if wait := throttle.too_many(knock):
        return too_soon(form, wait, lambda form: _page(account_id, form, PaperForm()))
    if not code_app.check(account_id, form.code.data):
        throttle.remember(knock)
        form.code.errors = [
            *form.code.errors,
            _("This code is not right, or it was used. Wait for the next one in the app."),
        ]
        return _page(account_id, form, PaperForm()), 422
    throttle.forget(knock)
    return redirect(half.finish(row), 303)


@bp.post("/sign-in/second/paper")
@open_door
def show_paper():
    """A recovery code."""
    row, form = half.waiting("factor"), PaperForm.filled(request.form)
    if row is None:
        return turned_away()
    account_id = row.account_id
    if not form.validate():
        return _page(account_id, CodeForm(), form), 422
    knock = devices.knock(proving.DOOR, account_id)
    if wait := throttle.too_many(knock):
        return too_soon(form, wait, lambda form: _page(account_id, CodeForm(), form))
    number, code = rules.paper_code(form.paper.data) or (0, "")
    kept = recovery.find(account_id, number)
    db.session.rollback()  # only reads so far; hashing takes 50 ms, and nobody else should wait for it to write
    if not passwords.matches(kept.code_hash if kept else None, code) or kept is None:
        return _wrong_paper(account_id, knock, form)
    if (first := once.claim()) is not None:  # the rollback above let go of the id that the request came with
        return first
    row = half.waiting("factor")
    if row is None:
        return turned_away()
    if not recovery.use(kept):
        return _wrong_paper(account_id, knock, form)
    throttle.forget(knock)
    flash(_("You have %(left)s recovery codes left.", left=recovery.left(account_id)))
    return redirect(half.finish(row), 303)


def _wrong_paper(account_id, knock, form):
    throttle.remember(knock)
    form.paper.errors = [
        *form.paper.errors,
        _("This code is not right, or it was used. Type it with its number, like 3-KMF7Q-2PABX."),
    ]
    return _page(account_id, CodeForm(), form), 422


@bp.post("/sign-in/second/passkey/question")
@open_door
def ask_second_passkey():
    """What the device is asked to sign."""
    row = half.waiting("factor")
    return turned_away() if row is None else question(passkeys.ask_shown(browser(), row.account_id), "get")


@bp.post("/sign-in/second/passkey")
@open_door
def show_passkey():
    """The screen lock was opened."""
    row, form = half.waiting("factor"), PasskeyForm.filled(request.form)
    if row is None:
        return turned_away()
    try:
        passkey = passkeys.shown(form.sealed.data or "", form.answer.data or "", browser()) if form.validate() else None
    except passkeys.NotRight:
        passkey = None
    if passkey is None or passkey.account_id != row.account_id:
        flash(_("The screen lock did not open the account. Try again, or use another way."), "bad")
        return redirect(url_for(".second"), 303)
    return redirect(half.finish(row), 303)
