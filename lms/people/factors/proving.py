"""A shown proof counts once (wrong ones are counted by `people.throttle`, at the door `DOOR`)."""

from datetime import timedelta

from sqlalchemy import delete

from lms.kernel import jobs
from lms.kernel.clock import now
from lms.kernel.db import db, insert_new
from lms.people.factors.models import SpentProof

DOOR = "factor"
SPENT_KEPT = timedelta(days=1)  # far longer than any proof holds


def spend(proof: str) -> bool:
    """Whether this is the first time that proof is shown. The database says no the second time, whoever asks at the same moment."""
    return insert_new(SpentProof, proof=proof, at=now())


@jobs.every(minutes=60)
def forget_spent() -> None:
    """Proofs that no longer hold need no refusing."""
    db.session.execute(delete(SpentProof).where(SpentProof.at < now() - SPENT_KEPT))
