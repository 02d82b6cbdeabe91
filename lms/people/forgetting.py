"""What the room no longer keeps after its time. Each returns how many rows it took something from; figures rest on none of it."""

from datetime import datetime

from sqlalchemy import CursorResult, Delete, and_, delete, func, or_, select, update

from lms.kernel.clock import now
from lms.kernel.db import CURRENT, db
from lms.people.door_models import HalfSignIn, KnownDevice, SlipCode
from lms.people.models import FailedSignIn, Roster, SignIn
from lms.people.roster.models import RosterReading, RosterStep
from lms.people.sign_in import LEARNER

LONGEST_SIGN_IN = LEARNER[1]  # one that was never ended is over by then


def sign_ins(before: datetime) -> int:
    """Sign-ins that ended before then, or were left and are over; those begun and not finished; codes of slips; wrong tries."""
    left = and_(SignIn.ended_at.is_(None), SignIn.started_at < min(before, now() - LONGEST_SIGN_IN))
    old_codes = and_(SlipCode.ended_at != CURRENT, SlipCode.ended_at < before)
    waiting = select(HalfSignIn.slip_code_id).where(HalfSignIn.slip_code_id.is_not(None))
    return sum(
        _gone(one)
        for one in (
            delete(SignIn).where(or_(SignIn.ended_at < before, left)),
            delete(HalfSignIn).where(HalfSignIn.started_at < before),
            delete(SlipCode).where(old_codes, SlipCode.id.not_in(waiting)),
            delete(FailedSignIn).where(FailedSignIn.at < before),
        )
    )


def known_devices(before: datetime) -> int:
    """A browser that was not used since is a stranger again."""
    return _gone(delete(KnownDevice).where(KnownDevice.seen_at < before))


def import_files(before: datetime) -> int:
    """Of lists from before then: the file, what was read of it, and what it replaced. That it came, when and from whom is kept.

    One that nobody confirmed until then is thrown away.
    """
    since = func.coalesce(Roster.confirmed_at, Roster.discarded_at, Roster.uploaded_at)
    ids = list(db.session.scalars(select(Roster.id).where(since < before, func.length(Roster.content) > 0)))
    if not ids:
        return 0
    open_ones = and_(Roster.id.in_(ids), Roster.confirmed_at.is_(None), Roster.discarded_at.is_(None))
    db.session.execute(update(Roster).where(open_ones).values(discarded_at=now()))
    db.session.execute(update(Roster).where(Roster.id.in_(ids)).values(content=b"", rows=[], errors=[]))
    db.session.execute(update(RosterReading).where(RosterReading.roster_id.in_(ids)).values(sheets=[], answers={}))
    db.session.execute(update(RosterStep).where(RosterStep.roster_id.in_(ids)).values(before={}, after={}))
    return len(ids)


def _gone(statement: Delete) -> int:
    result = db.session.execute(statement)
    return result.rowcount if isinstance(result, CursorResult) else 0
