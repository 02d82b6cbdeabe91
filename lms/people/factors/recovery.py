"""Ten codes on paper, each good once, for the day the phone is lost. Only their hashes are kept."""

import secrets
from dataclasses import dataclass

from sqlalchemy import Select, func, select, update

from lms.kernel import passwords
from lms.kernel.clock import now
from lms.kernel.db import CURRENT, db
from lms.people.factors import rules
from lms.people.factors.models import RecoveryCode
from lms.people.factors.telling import tell

COUNT = 10


@dataclass(frozen=True)
class Fresh:
    """A code as it is printed, and what is kept instead of it."""

    number: int
    printed: str
    code_hash: str


def fresh() -> list[Fresh]:
    """Ten codes (some 50 ms of hashing each: make them before the transaction begins to write)."""
    codes = [(number, _code()) for number in range(1, COUNT + 1)]
    return [Fresh(number, rules.printed(number, code), passwords.make_hash(code)) for number, code in codes]


def keep(account_id: int, codes: list[Fresh], *, by: int | None) -> None:
    """These count from now on; those of before do not."""
    end_all(account_id)
    db.session.add_all(
        RecoveryCode(account_id=account_id, number=one.number, code_hash=one.code_hash, made_at=now()) for one in codes
    )
    tell(account_id, "recovery_codes_made", by=by)
    db.session.flush()


def find(account_id: int, number: int) -> RecoveryCode | None:
    """The code of that number, if it was not used. Check it with `passwords.matches` outside of a writing transaction."""
    return db.session.scalar(_unused(account_id).where(RecoveryCode.number == number))


def use(row: RecoveryCode) -> bool:
    """Whether it was still unused: of two at the same moment, one hears no."""
    spent = (
        update(RecoveryCode)
        .where(RecoveryCode.id == row.id, RecoveryCode.used_at.is_(None), RecoveryCode.superseded_at == CURRENT)
        .values(used_at=now())
        .returning(RecoveryCode.id)
    )
    if db.session.execute(spent).first() is None:
        return False
    tell(row.account_id, "recovery_code_used", by=row.account_id, number=row.number)
    return True


def left(account_id: int) -> int:
    """How many are still good."""
    return db.session.scalar(select(func.count()).select_from(_unused(account_id).subquery())) or 0


def end_all(account_id: int) -> None:
    """None of them counts any more."""
    db.session.execute(
        update(RecoveryCode)
        .where(RecoveryCode.account_id == account_id, RecoveryCode.superseded_at == CURRENT)
        .values(superseded_at=now())
    )


def _unused(account_id: int) -> Select[RecoveryCode]:
    return select(RecoveryCode).where(
        RecoveryCode.account_id == account_id,
        RecoveryCode.superseded_at == CURRENT,
        RecoveryCode.used_at.is_(None),
    )


def _code() -> str:
    return "".join(secrets.choice(rules.LETTERS) for _ in range(rules.CODE_LENGTH))
