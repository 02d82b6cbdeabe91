"""Accounts and roles: who may come in, and over what."""

from datetime import date

from sqlalchemy import ColumnElement, select

from lms.kernel import audit, passphrases, passwords
from lms.kernel.clock import now, today
from lms.kernel.db import CURRENT, STILL, db
from lms.kernel.refused import Refused
from lms.kernel.vietnamese import search_key
from lms.people import rules, sign_in
from lms.people.actions.slips import Secret, end_slips
from lms.people.models import Account, Person, RoleGrant
from lms.people.roles import Role


def new_secret() -> Secret:
    """A generated passphrase and its hash (some 50 ms: make it before the transaction begins to write)."""
    passphrase = passphrases.generate()
    return passphrase, passwords.make_hash(passphrase)


def add_account(
    person: Person | None, *, username: str | None = None, password_hash: str = "", by: int | None = None
) -> Account:
    """A way in that a slip opens first: it has no passphrase yet."""
    if username is None:
        taken = set(db.session.scalars(select(Account.username)))
        username = rules.username_from(person.search_key if person else "quan tri", taken)
    account = Account(
        person_id=person.id if person else None,
        username=search_key(username),
        password_hash=password_hash,
        opened_at=now(),
    )
    db.session.add(account)
    db.session.flush()
    audit.record("account.opened", "account", account.id, by=by, person=account.person_id)
    return account


def open_account(
    person: Person | None, *, username: str | None = None, passphrase: str | None = None, by: int | None = None
) -> tuple[Account, str]:
    """A way in with a passphrase, by default a generated one: for the demo world, where nobody hands over paper."""
    passphrase, password_hash = (passphrase, passwords.make_hash(passphrase)) if passphrase else new_secret()
    return add_account(person, username=username, password_hash=password_hash, by=by), passphrase


def change_passphrase(account: Account, password_hash: str, *, by: int | None = None) -> None:
    """The holder chose another one; every device is signed out (the page signs this one in again)."""
    account.password_hash = password_hash
    sign_in.end_all(account.id)
    audit.record("account.passphrase_changed", "account", account.id, by=by)
    db.session.flush()


def disable_account(account: Account, *, by: int | None = None) -> None:
    """No more signing in, and every device is signed out now; what they lent ends too."""
    account.disabled_at = now()
    sign_in.end_all(account.id)
    end_slips(account.id, "stopped")
    _end_loans(account.id, on=today(), by=by)
    audit.record("account.disabled", "account", account.id, by=by)
    db.session.flush()


def end_sign_ins(account: Account, sign_in_id: int | None = None, *, by: int | None = None) -> None:
    """One of their devices is signed out, by default all of them."""
    if sign_in_id is None:
        sign_in.end_all(account.id)
    else:
        sign_in.end_one(sign_in_id)
    audit.record("account.signed_out", "account", account.id, by=by, sign_in=sign_in_id)


def enable_account(account: Account, *, by: int | None = None) -> None:
    """The account works again, with the passphrase it had."""
    account.disabled_at = None
    audit.record("account.enabled", "account", account.id, by=by)
    db.session.flush()


def grant_role(
    account_id: int,
    role: Role,
    unit_id: int,
    *,
    valid_from: date | None = None,
    valid_to: date = STILL,
    lent_by: int | None = None,
    by: int | None = None,
) -> RoleGrant:
    """A role over a unit and all below it; `lent_by`: the account whose role it is (`lending.lend_role` asks the rules)."""
    valid_from = valid_from or today()
    rules.check_interval(valid_from, valid_to)
    rules.check_grantable(role)
    held = db.session.execute(
        select(RoleGrant.valid_from, RoleGrant.valid_to).where(
            RoleGrant.account_id == account_id,
            RoleGrant.role == role,
            RoleGrant.unit_id == unit_id,
            RoleGrant.superseded_at == CURRENT,
        )
    ).all()
    rules.check_not_held(valid_from, valid_to, [(row.valid_from, row.valid_to) for row in held])
    grant = RoleGrant(
        account_id=account_id,
        role=role,
        unit_id=unit_id,
        valid_from=valid_from,
        valid_to=valid_to,
        lent_by=lent_by,
        recorded_at=now(),
        recorded_by=by,
    )
    db.session.add(grant)
    db.session.flush()
    if lent_by is None:
        audit.record("role.granted", "account", account_id, by=by, role=role, unit=unit_id)
    return grant


def end_role(grant: RoleGrant, *, on: date, by: int | None = None) -> None:
    """The role ends that day, and with it what was lent of it."""
    rules.check_still_held(grant.valid_to, on)
    grant.superseded_at = moment = now()
    if grant.valid_from < on:
        kept = RoleGrant(
            account_id=grant.account_id,
            role=grant.role,
            unit_id=grant.unit_id,
            valid_from=grant.valid_from,
            valid_to=on,
            lent_by=grant.lent_by,
            recorded_at=moment,
            recorded_by=by,
        )
        db.session.add(kept)
    db.session.flush()
    audit.record("role.ended", "account", grant.account_id, by=by, role=grant.role, unit=grant.unit_id)
    if grant.lent_by is None:
        same = (RoleGrant.role == grant.role, RoleGrant.unit_id == grant.unit_id)
        _end_loans(grant.account_id, *same, on=on, by=by)


def _end_loans(lender_id: int, *which: ColumnElement[bool], on: date, by: int | None) -> None:
    """What somebody no longer holds, nobody has from them."""
    lent = select(RoleGrant).where(
        RoleGrant.lent_by == lender_id, RoleGrant.superseded_at == CURRENT, RoleGrant.valid_to > on, *which
    )
    for loan in db.session.scalars(lent).all():
        end_role(loan, on=on, by=by)


def first_admin(unit_id: int, *, username: str | None = None) -> Account:
    """The operator's own way into a new installation: once, as long as nobody holds the admin role. A code opens it."""
    if db.session.scalar(select(RoleGrant.id).where(RoleGrant.role == Role.ADMIN).limit(1)) is not None:
        raise Refused("There is an admin already. Ask them to open an account, or use `people sign-in-code`.")
    account = add_account(None, username=username)
    grant_role(account.id, Role.ADMIN, unit_id)
    return account
