"""One-time codes on paper slips: made by who may, used once, good for seven days."""

from datetime import timedelta

from sqlalchemy import select, update

from lms.kernel import audit, jobs, passphrases, passwords
from lms.kernel.clock import now
from lms.kernel.db import CURRENT, db
from lms.kernel.refused import Refused
from lms.people import devices, sign_in, throttle
from lms.people.door_models import SlipCode
from lms.people.factors import telling
from lms.people.models import Account

Secret = tuple[str, str]  # a code and what is kept instead of it
LASTS = timedelta(days=7)
AT_SET_UP = timedelta(hours=24)  # the first admin's, on the operator's terminal


def new_code() -> Secret:
    """A code and its hash (some 50 ms: make it before the transaction begins to write)."""
    code = passphrases.generate_code()
    return code, passwords.make_hash(code)


def make_slip(account: Account, secret: Secret, *, lasts: timedelta = LASTS, by: int | None = None) -> SlipCode:
    """A new code; an earlier one no longer works, a passphrase still does until the code is used."""
    end_slips(account.id, "replaced")
    moment = now()
    row = SlipCode(account_id=account.id, code_hash=secret[1], made_at=moment, made_by=by, expires_at=moment + lasts)
    db.session.add(row)
    throttle.forget_account(account.id, throttle.CODE)
    _tell(account, "slip_made", by)
    db.session.flush()
    return row


def end_slips(account_id: int, why: str) -> None:
    """The code that waits, if one does, no longer works."""
    db.session.execute(
        update(SlipCode)
        .where(SlipCode.account_id == account_id, SlipCode.ended_at == CURRENT)
        .values(ended_at=now(), why_ended=why)
    )


@jobs.every(minutes=60)
def end_what_ran_out() -> None:
    """A code whose seven days are over: from now on it is kept as long as a used one."""
    over = update(SlipCode).where(SlipCode.ended_at == CURRENT, SlipCode.expires_at < now())
    db.session.execute(over.values(ended_at=now(), why_ended="expired"))


def live_slip(account_id: int) -> SlipCode | None:
    """The code that would open this account now."""
    return db.session.scalar(
        select(SlipCode).where(
            SlipCode.account_id == account_id, SlipCode.ended_at == CURRENT, SlipCode.expires_at > now()
        )
    )


def use_slip(account: Account, slip_code_id: int, password_hash: str) -> None:
    """The holder chose a passphrase: the code is used up, every device is signed out, past mistakes are forgotten.

    Raises `Refused` when the code was used, replaced or ran out meanwhile.
    """
    used = (
        update(SlipCode)
        .where(SlipCode.id == slip_code_id, SlipCode.ended_at == CURRENT, SlipCode.expires_at > now())
        .values(ended_at=now(), why_ended="used")
        .returning(SlipCode.id)
    )
    if not db.session.execute(used).first():
        raise Refused("This slip was used already, or a newer one was printed. Ask for a new one.")
    _tell(account, "slip_used", account.id)
    account.password_hash = password_hash
    sign_in.end_all(account.id)
    devices.forget_all(account.id)
    throttle.forget_account(account.id, throttle.PASSPHRASE, throttle.CODE)
    db.session.flush()


def _tell(account: Account, what: str, by: int | None) -> None:
    """To the trail; and to the holder, when it is not how they first came in."""
    if account.password_hash:
        telling.tell(account.id, what, by=by)
    else:
        audit.record(f"account.{what}", "account", account.id, by=by)
