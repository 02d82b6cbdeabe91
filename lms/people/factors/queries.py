"""What an account has besides its passphrase."""

from dataclasses import dataclass

from sqlalchemy import bindparam, exists, or_, select

from lms.kernel.access import missing
from lms.kernel.db import CURRENT, db, rows_of
from lms.kernel.settings import setting
from lms.people import account_queries
from lms.people.factors import code_app, passkeys, recovery, rules, telling
from lms.people.factors.models import CodeApp, FactorEvent, Passkey
from lms.people.models import Account, Person
from lms.people.roles import Role


@dataclass(frozen=True)
class Held:
    """The second factors of an account, and what changed lately."""

    code_app: CodeApp | None
    passkeys: list[Passkey]
    codes_left: int
    unread: list[FactorEvent]
    past: list[FactorEvent]

    @property
    def any(self) -> bool:
        return bool(self.code_app or self.passkeys)

    @property
    def only_one(self) -> bool:
        """The last one: taken off, none is left."""
        return (1 if self.code_app else 0) + len(self.passkeys) == 1


def held(account_id: int) -> Held:
    """Everything the page of one's factors shows."""
    return Held(
        code_app.of_account(account_id),
        passkeys.of_account(account_id),
        recovery.left(account_id),
        telling.unread(account_id),
        telling.past(account_id),
    )


def has_second(account_id: int) -> bool:
    """Whether a second factor was set up: then it is asked for, whatever the rule says."""
    return bool(rows_of(_HAS_SECOND, account_id=account_id)[0][0])


_HAS_SECOND = select(  # built once, because every sign-in asks it
    or_(
        exists().where(CodeApp.account_id == bindparam("account_id"), CodeApp.superseded_at == CURRENT),
        exists().where(Passkey.account_id == bindparam("account_id"), Passkey.ended_at.is_(None)),
    )
)


def needs_second(roles: frozenset[Role]) -> bool:
    """Whether the rule of this installation asks one of somebody with these roles."""
    return rules.needs_second(roles, setting("second_factor"))


def must_have_second(account: Account) -> bool:
    """Whether the rule asks one of this account, by the roles it holds today."""
    if not needs_second(frozenset(Role)):
        return False  # whatever they hold
    return needs_second(frozenset(grant.role for grant in account_queries.current_grants(account.id)))


def name_of(account_id: int) -> str:
    """Whose account that is."""
    whose = select(Person.full_name, Account.username).select_from(Account).outerjoin(Person)
    row = db.session.execute(whose.where(Account.id == account_id)).one()
    return str(row.full_name or row.username)


def my_passkey(account_id: int, passkey_id: int) -> Passkey:
    """One of my passkeys; else 404."""
    return next((one for one in passkeys.of_account(account_id) if one.id == passkey_id), None) or missing()
