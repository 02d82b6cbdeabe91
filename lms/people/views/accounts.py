"""Ways in: opened for the people of a unit, handed over on paper, ended; and roles."""

from flask import current_app, redirect, render_template, request, url_for
from flask_login import current_user

from lms.kernel.access import door, missing
from lms.kernel.clock import today
from lms.kernel.db import db
from lms.kernel.forms import refuse
from lms.kernel.i18n import gettext as _
from lms.kernel.paging import page_of
from lms.kernel.refused import Refused
from lms.kernel.vietnamese import tidy
from lms.people import account_queries, actions, queries, register_queries
from lms.people.actions.accounts import new_secret
from lms.people.forms import ROLES, GrantForm, OpenAccountsForm
from lms.people.register_queries import Filters
from lms.people.roles import Role
from lms.people.views.room import bp, number_of

A_SHEET = 40  # slips at a time: each costs 50 ms of hashing
KEEPERS = (Role.FOCAL, Role.OFFICE, Role.ADMIN)


@bp.get("/accounts")
@door(*KEEPERS)
def accounts():
    """The people of my units, and who has a way in."""
    return _accounts_page(OpenAccountsForm())


def _accounts_page(form):
    wanted = Filters(words=tidy(request.args.get("q", "")[:200]), unit_id=number_of(request.args.get("unit", "")))
    query = register_queries.found_persons(current_user, wanted)
    page = page_of(query, page=request.args.get("page", 1), per_page=A_SHEET)
    return render_template(
        "people/accounts.html",
        wanted=wanted,
        page=page,
        lines=register_queries.lines_of(current_user, page.rows),
        accounts=account_queries.accounts_of(page.rows),
        units=register_queries.unit_choices(queries.unit_scope(current_user), queries.units_at(today())),
        address={name: value for name, value in request.args.items() if name != "page" and value},
        form=form,
    )


@bp.post("/accounts")
@door(*KEEPERS)
def open_accounts():
    """Open accounts for chosen people, and show their slips: this once."""
    form = OpenAccountsForm.filled(request.form)
    form.person.choices = [one for one in request.form.getlist("person") if number_of(one)]
    if not form.validate() or len(form.person.data) > A_SHEET:
        form.form_errors.append(_("Choose between 1 and %(most)s persons.", most=A_SHEET))
        return _accounts_page(form), 422
    account_queries.without_account(current_user, form.person.data)
    secrets = _secrets(len(form.person.data))
    persons = account_queries.without_account(current_user, form.person.data)
    if account_queries.accounts_of(persons):
        raise Refused("Somebody chosen has an account already. Slips are shown once: renew the passphrase instead.")
    opened = actions.open_accounts(persons, secrets, by=current_user.account_id)
    return _slips(
        [
            (person.full_name, account.username, phrase)
            for person, (account, phrase) in zip(persons, opened, strict=True)
        ]
    )


def _secrets(count):
    """Passphrases and their hashes, made while nobody waits for us to write.

    The transaction so far has only read and taken the form's once-id. Giving both up also means that the answer, which
    shows passphrases, is not kept to be given again.
    """
    db.session.rollback()
    return [new_secret() for _count in range(count)]


def _slips(slips):
    return render_template(
        "people/slips.html", slips=slips, address=request.host_url, site=current_app.config["SETTINGS"].site_name
    )


@bp.get("/accounts/<int:account_id>")
@door(*KEEPERS)
def account(account_id):
    """One account: its roles, and what can be done with it."""
    page = account_queries.account_page(current_user, account_id)
    return _account_page(page, _grant_form())


def _grant_form(formdata=None):
    mine = account_queries.powers(current_user)
    form = GrantForm.filled(formdata) if formdata is not None else GrantForm()
    return form.offer(mine.grantable, register_queries.unit_choices(mine.grantable_over, queries.units_at(today())))


def _account_page(page, form):
    may_grant = bool(account_queries.powers(current_user).grantable)
    return render_template("people/account.html", page=page, form=form, may_grant=may_grant, words=dict(ROLES))


@bp.post("/accounts/<int:account_id>/passphrases")
@door(*KEEPERS)
def renew_passphrase(account_id):
    """A new passphrase, shown once; every device is signed out."""
    _handled(account_id)
    secrets = _secrets(1)
    page = _handled(account_id)
    phrase = actions.renew_passphrase(page.account, secret=secrets[0], by=current_user.account_id)
    return _slips([(page.person.full_name if page.person else "", page.account.username, phrase)])


@bp.post("/accounts/<int:account_id>/disablings")
@door(*KEEPERS)
def disable(account_id):
    """No more signing in, at once."""
    actions.disable_account(_handled(account_id).account, by=current_user.account_id)
    return redirect(url_for(".account", account_id=account_id), 303)


@bp.post("/accounts/<int:account_id>/enablings")
@door(*KEEPERS)
def enable(account_id):
    """The account works again."""
    actions.enable_account(_handled(account_id).account, by=current_user.account_id)
    return redirect(url_for(".account", account_id=account_id), 303)


def _handled(account_id):
    page = account_queries.account_page(current_user, account_id)
    return page if page.may_handle else missing()


@bp.post("/accounts/<int:account_id>/roles")
@door(Role.OFFICE, Role.ADMIN)
def grant(account_id):
    """Grant a role over a unit and all below it: none that the one who grants could not."""
    page, form = account_queries.account_page(current_user, account_id), _grant_form(request.form)
    if not form.validate():
        return _account_page(page, form), 422
    if not account_queries.powers(current_user).may_grant(form.role.data, form.unit.data):
        missing()
    try:
        actions.grant_role(account_id, form.role.data, form.unit.data, by=current_user.account_id)
    except Refused as refused:
        db.session.rollback()
        refuse(form, refused)
        return _account_page(account_queries.account_page(current_user, account_id), form), 409
    return redirect(url_for(".account", account_id=account_id), 303)


@bp.post("/accounts/<int:account_id>/roles/<int:grant_id>/ends")
@door(Role.OFFICE, Role.ADMIN)
def end_role(account_id, grant_id):
    """The role ends today."""
    grant = account_queries.grant_of(current_user, account_id, grant_id)
    actions.end_role(grant, on=today(), by=current_user.account_id)
    return redirect(url_for(".account", account_id=account_id), 303)
