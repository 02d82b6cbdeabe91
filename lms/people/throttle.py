"""Wrong tries are counted per account and door, never by address alone: a whole commune sits behind one (TRUST 1.6).

Somebody knocks at a door (`Knock`: which door, whose account, on which known device, from where). All unknown devices of an
account are one group; each device that signed in before is a group of its own. After 10 wrong tries in 15 minutes the group
waits 1, 2, 4 … 60 minutes, one try between; after 100 without a right one it is stopped until a slip is used. So strangers stop
strangers only. An address has a generous ceiling, for floods.

    knock = devices.knock("totp", account.id)       # in a view; any word names a door
    if wait := throttle.too_many(knock): …          # answer 429 with `Retry-After: wait.seconds`
    throttle.remember(knock)                        # wrong: kept although the request is rolled back (it rolls back itself)
    throttle.forget(knock)                          # right

Checked before, counted after: as many more tries pass at once as the server has threads.
"""

import hashlib
import logging
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil

from sqlalchemy import Select, case, delete, func, select
from sqlalchemy.orm import Session

from lms.kernel import jobs
from lms.kernel.clock import now
from lms.kernel.db import aside, db, dialect_insert, insert_new
from lms.people.door_models import Tries
from lms.people.models import FailedSignIn

PASSPHRASE, CODE = "passphrase", "code"  # the doors of this room; factors have theirs
WINDOW, TRIES = timedelta(minutes=15), 10
LONGEST_WAIT = timedelta(minutes=60)
QUIET = timedelta(hours=24)  # after so long without a wrong try the waits begin at one minute again
STOP = 100  # wrong tries in a row (NIST SP 800-63B): then only a slip, given in person, helps
CROWD, CROWD_WINDOW = 600, timedelta(minutes=10)  # tries from one address: sixty officials at once, ten each
SPRAY = 30  # accounts failed within an hour: somebody may be trying one guess on everybody
KEPT, STRANGERS_KEPT = timedelta(days=90), timedelta(days=1)

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Knock:
    """A try at a door. Nothing that was typed is in it, so nothing that was typed is kept."""

    door: str
    who: str  # "a12": an account; "n…": a hash of a name that nobody has
    device: str = ""  # of this account; "": all unknown devices are one
    address: str = ""  # keyed hash of the network address

    @property
    def key(self) -> str:
        return f"{self.door}/{self.who}/{self.device}"

    @property
    def address_key(self) -> str:
        return f"address/{self.address}"


@dataclass(frozen=True)
class Wait:
    """Not now. Always true, so that `if wait := too_many(knock)` reads well."""

    seconds: int
    stopped: bool = False  # only a slip helps
    crowd: bool = False  # not this account: too much comes from this address

    @property
    def minutes(self) -> int:
        return ceil(self.seconds / 60)


def account_key(account_id: int) -> str:
    """For `Knock.who`."""
    return f"a{account_id}"


def stranger_key(typed: str) -> str:
    """For `Knock.who`, when nobody has the name that was typed: it waits as an account would."""
    return "n" + hashlib.sha256(typed.encode("utf-8", "surrogatepass")).hexdigest()[:32]


def too_many(knock: Knock) -> Wait | None:
    """Whether whoever knocks has to wait, and how long. One statement."""
    moment = now()
    rows = {row.key: row for row in db.session.scalars(_both(knock))}
    crowd, mine = rows.get(knock.address_key), rows.get(knock.key)
    if crowd and crowd.count >= CROWD and moment < crowd.began_at + CROWD_WINDOW:
        return Wait(_seconds(crowd.began_at + CROWD_WINDOW - moment), crowd=True)
    if mine and mine.total >= STOP:
        return Wait(_seconds(LONGEST_WAIT), stopped=True)
    if mine and mine.wait_until and moment < mine.wait_until:
        return Wait(_seconds(mine.wait_until - moment))
    return None


def remember(knock: Knock) -> None:
    """One more wrong try: kept although the request itself is refused and rolled back."""
    db.session.rollback()
    with aside() as short:
        moment = now()
        _count_address(short, knock, moment)
        _count_wrong(_held(short, knock.key, moment), moment)
        short.add(FailedSignIn(username=knock.who, at=moment))
    _watch(moment)


def forget(knock: Knock) -> None:
    """They are in: the past mistakes of this group no longer count; those of other devices do."""
    db.session.execute(delete(Tries).where(Tries.key == knock.key))
    _count_address(db.session(), knock, now())


def forget_account(account_id: int, *doors: str) -> None:
    """Proved in person, or from inside: at these doors nobody's mistakes count any more."""
    for door in doors:
        group = f"{door}/{account_key(account_id)}/"
        db.session.execute(delete(Tries).where(Tries.key.startswith(group, autoescape=True)))


def _both(knock: Knock) -> Select[Tries]:
    return select(Tries).where(Tries.key.in_((knock.key, knock.address_key))).execution_options(populate_existing=True)


def _held(session: Session, key: str, moment: datetime) -> Tries:
    """The row, made if need be, and ours until the transaction ends."""
    insert_new(Tries, into=session, key=key, count=0, began_at=moment, waits=0, total=0, last_at=moment)
    return session.scalars(select(Tries).where(Tries.key == key).with_for_update()).one()


def _count_wrong(row: Tries, moment: datetime) -> None:
    if moment - row.last_at > QUIET:
        row.count, row.waits, row.began_at = 0, 0, moment
    elif not row.waits and moment - row.began_at > WINDOW:
        row.count, row.began_at = 0, moment
    row.count, row.total, row.last_at = row.count + 1, row.total + 1, moment
    if row.count >= TRIES:
        row.wait_until = moment + min(LONGEST_WAIT, timedelta(minutes=2 ** min(row.waits, 6)))
        row.waits += 1


def _count_address(session: Session, knock: Knock, moment: datetime) -> None:
    """One more from there, in one statement: it is part of every sign-in."""
    if not knock.address:
        return
    new = dialect_insert()(Tries).values(
        key=knock.address_key, count=1, began_at=moment, waits=0, total=0, last_at=moment
    )
    over = Tries.began_at < moment - CROWD_WINDOW
    session.execute(
        new.on_conflict_do_update(
            index_elements=[Tries.key],
            set_={
                "count": case((over, 1), else_=Tries.count + 1),
                "began_at": case((over, moment), else_=Tries.began_at),
                "last_at": moment,
            },
        )
    )


def _seconds(span: timedelta) -> int:
    return max(1, ceil(span.total_seconds()))


def _watch(moment: datetime) -> None:
    """One guess tried on many accounts stays under every limit: it is told to whoever reads the log."""
    recent = (Tries.last_at > moment - timedelta(hours=1)) & Tries.key.startswith(f"{PASSPHRASE}/")
    failed = db.session.scalar(select(func.count()).where(recent))
    db.session.rollback()
    if failed and failed >= SPRAY and failed % SPRAY == 0:
        log.warning("wrong tries at %s accounts within an hour", failed)


@jobs.every(minutes=60)
def forget_old_tries() -> None:
    """Names that nobody has are forgotten after a day, addresses too; counts of accounts after three months."""
    moment = now()
    db.session.execute(delete(Tries).where(Tries.last_at < moment - KEPT))
    passing = Tries.key.like("address/%") | Tries.key.like("%/n%")
    db.session.execute(delete(Tries).where(passing, Tries.last_at < moment - STRANGERS_KEPT))
    db.session.execute(delete(FailedSignIn).where(FailedSignIn.at < moment - STRANGERS_KEPT))
