"""Half-way in: one proof was right, another is asked for. The seam between the passphrase and the second factor.

    passed(account, own_device=…, onward=…) -> address
        The first proof (passphrase, new passphrase after a slip, identity of a provider) was right. When the account has no
        second factor to ask for (`factor_page` says None), signs in (`sign_in.enter`) and gives `onward`; else this browser
        waits at the factor page, whose address is given. The view redirects there: nothing else decides.
    finish(half) -> address
        The second proof was right too: the row ends, `sign_in.enter`, the address to go on to.
    waiting("factor") -> HalfSignIn | None
        Who waits in this browser, if it is not too late and the account still stands. None: redirect to `sign_in.show`.

A row of its own (`HalfSignIn`), found by a random reference in the signed cookie; never a `SignIn`, so `current_user` stays
anonymous and every door but open ones stays shut. It ends when used, after half an hour (the first time an app
has to be installed), and with all sign-ins of the account.
Pages that wait lie below `/sign-in/` (the device cookie is sent there only).
"""

import hashlib
import secrets
from datetime import timedelta

from flask import flash, session, url_for
from sqlalchemy import select, update

from lms.kernel.clock import now
from lms.kernel.db import db
from lms.kernel.i18n import gettext as _
from lms.kernel.refused import Refused
from lms.people import sign_in
from lms.people.door_models import HalfSignIn
from lms.people.factors import queries as factors
from lms.people.factors import telling
from lms.people.models import Account
from lms.people.rights import queries as rights

LASTS = {"factor": timedelta(minutes=30), "passphrase": timedelta(minutes=30)}
COOKIE = "_half"
JUST_NOW = timedelta(minutes=5)


def factor_page(account: Account) -> str | None:
    """Where the second factor of this account is asked for, or set up; None: nothing more is asked."""
    if factors.has_second(account.id):
        return url_for("factors.second")
    return url_for("factors.first") if factors.must_have_second(account) else None


def passed(account: Account, *, own_device: bool, onward: str) -> str:
    """The first proof was right: sign in, or wait for the second. The address to go to."""
    page = factor_page(account)
    if page is None:
        sign_in.enter(account, own_device=own_device)
        _tell_what_changed(account)
        return rights.by_way_of_notice(account.id, onward)
    begin(account, "factor", own_device=own_device, onward=onward)
    return page


def both_shown(account: Account, *, own_device: bool, onward: str) -> str:
    """Two proofs were shown at once (a passkey): in. The address to go on to."""
    sign_in.enter(account, own_device=own_device, second_factor=True)
    _tell_what_changed(account)
    return rights.by_way_of_notice(account.id, onward)


def _tell_what_changed(account: Account) -> None:
    """Their ways in were changed since they were last here; what they did themselves just now needs no telling."""
    if telling.unread(account.id, before=now() - JUST_NOW):
        flash(
            _(
                "Your ways in have changed since you were last here. Look at “My page”, second proof: was it not you, tell your focal person."
            ),
            "wait",
        )


def begin(
    account: Account, waits_for: str, *, own_device: bool, onward: str, slip_code_id: int | None = None
) -> HalfSignIn:
    """This browser waits, for the second factor or for a new passphrase."""
    token = secrets.token_urlsafe(32)
    row = HalfSignIn(
        token_hash=_hash(token),
        account_id=account.id,
        waits_for=waits_for,
        slip_code_id=slip_code_id,
        own_device=own_device,
        onward=onward,
    )
    db.session.add(row)
    db.session.flush()
    sign_in.clear()
    session[COOKIE] = token
    return row


def waiting(waits_for: str) -> HalfSignIn | None:
    """Who waits in this browser for that, if they still may."""
    token = session.get(COOKIE)
    if not isinstance(token, str):
        return None
    return db.session.scalar(
        select(HalfSignIn)
        .join(Account, Account.id == HalfSignIn.account_id)
        .where(
            HalfSignIn.token_hash == _hash(token),
            HalfSignIn.waits_for == waits_for,
            HalfSignIn.ended_at.is_(None),
            HalfSignIn.started_at > now() - LASTS[waits_for],
            Account.disabled_at.is_(None),
        )
    )


def finish(half: HalfSignIn) -> str:
    """The second factor was shown: in. The address to go on to."""
    account = db.session.get_one(Account, half.account_id)
    end(half)
    return both_shown(account, own_device=half.own_device, onward=half.onward)


def end(half: HalfSignIn) -> None:
    """Used, or given up. Only one of two that come at the same moment goes on: the other is `Refused`."""
    used = update(HalfSignIn).where(HalfSignIn.id == half.id, HalfSignIn.ended_at.is_(None)).values(ended_at=now())
    if not db.session.execute(used.returning(HalfSignIn.id)).first():
        raise Refused("This was used a moment ago. Sign in again.")
    session.pop(COOKIE, None)


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
