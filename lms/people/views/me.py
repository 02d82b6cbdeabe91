"""My own page: who I am here, where I am signed in, my passphrase."""

from flask import flash, redirect, render_template, request, url_for
from flask_login import current_user

from lms.kernel import passphrases, passwords
from lms.kernel.access import door, missing
from lms.kernel.clock import today
from lms.kernel.db import db
from lms.kernel.forms import refuse
from lms.kernel.i18n import gettext as _
from lms.kernel.refused import Refused
from lms.people import account_queries, actions, queries, register_queries, rules, sign_in, throttle
from lms.people.actions.slips import live_slip
from lms.people.forms import ROLES, PassphraseForm
from lms.people.models import Account, Person
from lms.people.sign_in_views import here, waiting
from lms.people.views.room import bp


@bp.get("/me")
@door()
def me():
    """Who I am here, and where I am signed in."""
    return _my_page(PassphraseForm())


def _my_page(form):
    person = db.session.get(Person, current_user.person_id) if current_user.person_id else None
    names = register_queries.UnitNames()
    return render_template(
        "people/me.html",
        person=person,
        birth=rules.birth_words(person.birth, person.birth_precision) if person else "",
        postings=[
            (row, names.on(row.unit_id, today()))
            for row in (queries.postings_of(person.id) if person else [])
            if row.valid_from <= today() < row.valid_to
        ],
        roles=[(dict(ROLES)[row.role], names.on(row.unit_id, today())) for row in _roles()],
        sign_ins=account_queries.sign_ins_of(current_user.account_id),
        slip=live_slip(current_user.account_id),
        form=form,
        suggestion=passphrases.generate(),
    )


def _roles():
    return account_queries.current_grants(current_user.account_id)


@bp.post("/me/sign-ins/<int:sign_in_id>/ends")
@door()
def end_sign_in(sign_in_id):
    """Sign another device of mine out."""
    if sign_in_id not in {row.id for row in account_queries.sign_ins_of(current_user.account_id)}:
        missing()
    sign_in.end_one(sign_in_id)
    return redirect(url_for(".me"), 303)


@bp.post("/me/sign-ins/others/ends")
@door()
def end_others():
    """Sign all other devices of mine out."""
    sign_in.end_others(current_user)
    return redirect(url_for(".me"), 303)


@bp.post("/me/passphrase")
@door()
def change_passphrase():
    """Another passphrase, if the present one is right; all other devices are signed out."""
    form = PassphraseForm.filled(request.form)
    if not form.validate():
        return _my_page(form), 422
    knock = here(throttle.PASSPHRASE)
    if wait := throttle.too_many(knock):
        return waiting(form, wait, _my_page)
    try:
        rules.check_passphrase(
            form.new.data, *account_queries.known_of(db.session.get_one(Account, current_user.account_id))
        )
    except Refused as refused:
        refuse(form, refused)
        return _my_page(form), 409
    kept = db.session.get_one(Account, current_user.account_id).password_hash
    db.session.rollback()  # only reads so far; hashing takes 50 ms, and nobody else should wait for it to write
    if not passwords.matches(kept, form.current.data):
        throttle.remember(knock)
        form.current.errors = [*form.current.errors, _("This is not your present passphrase.")]
        return _my_page(form), 422
    fresh = passwords.make_hash(form.new.data)
    account = db.session.get_one(Account, current_user.account_id, populate_existing=True)
    actions.change_passphrase(account, fresh, by=account.id)
    throttle.forget_account(account.id, throttle.PASSPHRASE)
    sign_in.enter(account, own_device=current_user.own_device, second_factor=current_user.second_factor)
    flash(_("Your passphrase is changed. All other devices are signed out."))
    return redirect(url_for(".me"), 303)
