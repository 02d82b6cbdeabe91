"""A keeper of accounts: what an account has, and what two of them say when a second factor is lost."""

from flask import flash, redirect, render_template, url_for
from flask_login import current_user

from lms.kernel.access import door, fresh, missing
from lms.kernel.i18n import gettext as _
from lms.people import account_queries
from lms.people.factors import identities, losing, queries, words
from lms.people.factors.views.room import bp
from lms.people.roles import Role

KEEPERS = (Role.FOCAL, Role.OFFICE, Role.ADMIN)


@bp.get("/people/accounts/<int:account_id>/factors")
@door(*KEEPERS)
def of_account(account_id):
    """What the account has besides its passphrase; nothing secret."""
    page = account_queries.account_page(current_user, account_id)
    loss = losing.open_loss(account_id)
    return render_template(
        "people/factors/of_account.html",
        page=page,
        held=queries.held(account_id),
        loss=loss,
        said_by=queries.name_of(loss.asked_by) if loss else "",
        identities=identities.of_account(account_id),
        words=words.EVENTS,
    )


@bp.post("/people/accounts/<int:account_id>/losses")
@door(*KEEPERS)
@fresh
def say_lost(account_id):
    """The first of the two: whoever sees this account has its holder before them."""
    account_queries.account_page(current_user, account_id)
    losing.say_lost(account_id, by=current_user.account_id)
    flash(
        _(
            "Noted. Now a second keeper of accounts has to see them too, and confirm it on this page from an account of their own."
        )
    )
    return _back(account_id)


@bp.post("/people/accounts/<int:account_id>/losses/confirmations")
@door(*KEEPERS)
@fresh
def confirm_lost(account_id):
    """The second of the two, who may handle the account: everything is taken off."""
    losing.confirm(_open(account_id, handles=True), by=current_user.account_id)
    flash(
        _(
            "All second factors are taken off, and they are signed out everywhere. At the next sign-in they set up a new one."
        )
    )
    return _back(account_id)


@bp.post("/people/accounts/<int:account_id>/losses/withdrawals")
@door(*KEEPERS)
def withdraw_lost(account_id):
    """It was a mistake, or the phone was found."""
    losing.withdraw(_open(account_id), by=current_user.account_id)
    return _back(account_id)


def _open(account_id, *, handles=False):
    page = account_queries.account_page(current_user, account_id)
    if handles and not page.may_handle:
        missing()
    return losing.open_loss(account_id) or missing()


def _back(account_id):
    return redirect(url_for(".of_account", account_id=account_id), 303)
