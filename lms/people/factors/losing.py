"""A lost second factor: the person comes in person, and two accounts, neither of them theirs, say that they saw them.

ASVS 5.0 6.4.4. What is taken off is everything that could still be in a stranger's hand: the app, the passkeys, the codes on paper,
every sign-in. The passphrase stays; the next sign-in asks for a new second factor.
"""

from sqlalchemy import select

from lms.kernel import audit
from lms.kernel.clock import now
from lms.kernel.db import db
from lms.kernel.refused import Refused
from lms.kernel.turns import hold
from lms.people import sign_in, throttle
from lms.people.factors import code_app, passkeys, proving, recovery, rules
from lms.people.factors.models import FactorLoss
from lms.people.factors.telling import tell
from lms.people.models import Account


def open_loss(account_id: int) -> FactorLoss | None:
    """What the first of the two said, if the second has not answered and a week has not passed."""
    row = db.session.scalar(
        select(FactorLoss)
        .where(
            FactorLoss.account_id == account_id, FactorLoss.confirmed_at.is_(None), FactorLoss.withdrawn_at.is_(None)
        )
        .order_by(FactorLoss.id.desc())
        .limit(1)
    )
    return row if row and now() - row.asked_at <= rules.LOSS_HOLDS else None


def say_lost(account_id: int, *, by: int) -> FactorLoss:
    """The first of the two has the person before them, and says so."""
    _hold(account_id)
    if by == account_id:
        raise Refused("Nobody says this about themselves.")
    if open_loss(account_id) is not None:
        raise Refused("Somebody has said so already. A second person has to confirm it from an account of their own.")
    loss = FactorLoss(account_id=account_id, asked_at=now(), asked_by=by)
    db.session.add(loss)
    tell(account_id, "loss_said", by=by)
    db.session.flush()
    return loss


def confirm(loss: FactorLoss, *, by: int) -> None:
    """The second of the two has the person before them too: everything is taken off."""
    _hold(loss.account_id)
    db.session.refresh(loss)
    if loss.confirmed_at or loss.withdrawn_at:
        raise Refused("This is done already.")
    if by == loss.account_id:
        raise Refused("Nobody says this about themselves.")
    rules.check_may_confirm(loss.asked_by, loss.asked_at, by, now())
    loss.confirmed_at, loss.confirmed_by = now(), by
    take_all_off(loss.account_id, by=by)


def withdraw(loss: FactorLoss, *, by: int) -> None:
    """It was a mistake, or the phone was found."""
    _hold(loss.account_id)
    db.session.refresh(loss)
    if loss.confirmed_at or loss.withdrawn_at:
        raise Refused("This is done already.")
    loss.withdrawn_at = now()
    tell(loss.account_id, "loss_withdrawn", by=by)
    db.session.flush()


def take_all_off(account_id: int, *, by: int | None) -> None:
    """Every second factor, every code on paper and every sign-in of the account (the operator's terminal calls it too: by None)."""
    code_app.take_off(account_id)
    for row in passkeys.of_account(account_id):
        row.ended_at = now()
        audit.record("factor.passkey_removed", "account", account_id, by=by, passkey=row.id)
    recovery.end_all(account_id)
    throttle.forget_account(account_id, proving.DOOR)
    sign_in.end_all(account_id)
    tell(account_id, "all_taken_off" if by else "taken_off_by_operator", by=by)
    db.session.flush()


def _hold(account_id: int) -> None:
    """Two who answer at the same moment take turns."""
    hold(Account, account_id)
