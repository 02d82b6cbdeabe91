"""A shown proof counts once, and wrong ones are counted."""

from datetime import timedelta

from sqlalchemy import delete, select

from lms.kernel import jobs
from lms.kernel.clock import now
from lms.kernel.db import aside, db, insert_new
from lms.people.factors import rules
from lms.people.factors.models import FailedFactor, SpentProof

SPENT_KEPT = timedelta(days=1)  # far longer than any proof holds


def spend(proof: str) -> bool:
    """Whether this is the first time that proof is shown. The database says no the second time, whoever asks at the same moment."""
    return insert_new(SpentProof, proof=proof, at=now())


def check_tries(account_id: int) -> None:
    """Raise `Refused` when there were too many wrong codes."""
    failed = db.session.scalars(select(FailedFactor.at).where(FailedFactor.account_id == account_id)).all()
    rules.check_tries(failed, now())


def remember_wrong(account_id: int) -> None:
    """One more wrong code: kept although the request itself is refused and rolled back."""
    db.session.rollback()
    with aside() as short:
        short.add(FailedFactor(account_id=account_id, at=now()))


def forget_wrong(account_id: int) -> None:
    """They are in: past mistakes no longer count."""
    db.session.execute(delete(FailedFactor).where(FailedFactor.account_id == account_id))


@jobs.every(minutes=60)
def forget_spent() -> None:
    """Proofs that no longer hold need no refusing."""
    db.session.execute(delete(SpentProof).where(SpentProof.at < now() - SPENT_KEPT))
