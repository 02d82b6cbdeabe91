"""Who is at the door: a row per signed-in device, and the viewer that pages and queries are given.

The cookie holds only a random reference; the row decides. Ending the row ends it everywhere at once. Views call `half.passed`
when the first proof was right; `enter` here is only for whoever has shown all that is asked of them.
"""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property

from flask import Flask, Response, g, has_request_context, request, session
from flask_login import LoginManager, logout_user
from sqlalchemy import and_, bindparam, select, update

from lms.kernel.clock import now, today
from lms.kernel.db import CURRENT, aside, db, rows_of
from lms.kernel.settings import setting
from lms.people import devices
from lms.people.door_models import HalfSignIn
from lms.people.factors import rules as factor_rules
from lms.people.models import Account, Person, RoleGrant, SignIn
from lms.people.roles import Grant, Role

SEEN_EVERY = timedelta(minutes=5)
STAFF = (timedelta(minutes=30), timedelta(hours=12))  # idle, absolute: whoever can see another person's data
LEARNER = (timedelta(hours=12), timedelta(days=30))  # on a device they said is their own
SHARED = (timedelta(minutes=20), timedelta(hours=4))  # an office computer, whoever sits at it
FRESH = timedelta(minutes=15)  # so long after proving who they are, nobody is asked again before a sensitive act


@dataclass(frozen=True)
class Viewer:
    """Someone signed in, as far as pages need to know. Plain values: no row of the database hides behind it."""

    account_id: int
    person_id: int | None
    sign_in_id: int
    username: str
    name: str
    locale: str
    own_device: bool
    grants: tuple[Grant, ...]
    token: str
    fresh_at: datetime  # when they last proved who they are
    second_factor: bool = False  # this sign-in was proved with two factors, or with a passkey

    is_authenticated = True
    is_active = True
    is_anonymous = False

    def get_id(self) -> str:
        """What Flask-Login keeps in the cookie: the reference of the sign-in, not of the account."""
        return self.token

    @property
    def is_fresh(self) -> bool:
        """Whether they proved just now who they are (`kernel.access.fresh` asks)."""
        return now() - self.fresh_at <= FRESH

    @cached_property
    def roles(self) -> frozenset[Role]:
        own = {Role.LEARNER} if self.person_id else set()
        return frozenset(own | {grant.role for grant in self.grants})

    def holds(self, *roles: Role) -> bool:
        """Whether one of these roles is held, over any unit."""
        return not self.roles.isdisjoint(roles)

    def units(self, *roles: Role) -> frozenset[int]:
        """The units over which one of these roles is held (their subtrees are in `people.queries.unit_scope`)."""
        return frozenset(grant.unit_id for grant in self.grants if grant.role in roles)

    def own_units(self, *roles: Role) -> frozenset[int]:
        """Those of them where the role is their own, not lent by a colleague: only with such a role is another granted."""
        return frozenset(grant.unit_id for grant in self.grants if grant.role in roles and not grant.lent)


def start(account: Account, *, own_device: bool, second_factor: bool = False) -> str:
    """A new signed-in device; returns the reference that goes into its cookie."""
    token = secrets.token_urlsafe(32)
    device = _device() if has_request_context() else ""
    db.session.add(
        SignIn(
            token_hash=_hash(token),
            account_id=account.id,
            own_device=own_device,
            device=device,
            second_factor=second_factor,
        )
    )
    db.session.flush()
    return token


def enter(account: Account, *, own_device: bool, second_factor: bool = False) -> None:
    """Sign this browser in, with a new reference and a new CSRF secret; whoever was signed in on it no longer is."""
    if "_user_id" in session:
        gone = update(SignIn).where(SignIn.token_hash == _hash(session["_user_id"]), SignIn.ended_at.is_(None))
        db.session.execute(gone.values(ended_at=now()))
    token = start(account, own_device=own_device, second_factor=second_factor)
    clear(account.locale)
    session.permanent = own_device
    devices.remember(account.id)
    session["_user_id"], session["_fresh"] = token, True  # what Flask-Login reads
    g.pop("_login_user", None)  # the viewer is looked up when somebody asks for them


def clear(locale: str = "") -> None:
    """Forget all that this browser's cookie says but its language; a new CSRF secret follows."""
    kept = session.get("locale") or locale
    session.clear()
    if kept:
        session["locale"] = kept


def refresh(viewer: Viewer) -> None:
    """They proved again who they are: the same sign-in goes on under a new reference."""
    token = secrets.token_urlsafe(32)
    db.session.execute(
        update(SignIn).where(SignIn.id == viewer.sign_in_id).values(token_hash=_hash(token), fresh_at=now())
    )
    session["_user_id"] = token


def leave(viewer: Viewer) -> None:
    """End this device's sign-in, at once."""
    db.session.execute(update(SignIn).where(SignIn.id == viewer.sign_in_id).values(ended_at=now()))
    logout_user()
    session.clear()


def end_one(sign_in_id: int) -> None:
    """End one signed-in device."""
    db.session.execute(update(SignIn).where(SignIn.id == sign_in_id).values(ended_at=now()))


def end_others(viewer: Viewer) -> None:
    """Sign all other devices of theirs out."""
    mine = SignIn.account_id == viewer.account_id
    others = update(SignIn).where(mine, SignIn.id != viewer.sign_in_id, SignIn.ended_at.is_(None))
    db.session.execute(others.values(ended_at=now()))


def has_second(viewer: Viewer) -> None:
    """They set a second factor up just now: this sign-in has shown it."""
    db.session.execute(update(SignIn).where(SignIn.id == viewer.sign_in_id).values(second_factor=True))


def end_all(account_id: int) -> None:
    """End every sign-in of an account (disabled, new passphrase), also those half-way in."""
    for row in (SignIn, HalfSignIn):
        db.session.execute(
            update(row).where(row.account_id == account_id, row.ended_at.is_(None)).values(ended_at=now())
        )


# Asked by every request: written once, plain columns, one statement.
_WHO = (
    select(
        SignIn.id.label("sign_in_id"),
        SignIn.started_at,
        SignIn.seen_at,
        SignIn.own_device,
        SignIn.fresh_at,
        SignIn.second_factor,
        Account.id.label("account_id"),
        Account.person_id,
        Account.username,
        Account.locale,
        Person.full_name,
        RoleGrant.role,
        RoleGrant.unit_id,
        RoleGrant.lent_by,
    )
    .join(Account, Account.id == SignIn.account_id)
    .outerjoin(Person, Person.id == Account.person_id)
    .outerjoin(
        RoleGrant,
        and_(
            RoleGrant.account_id == Account.id,
            RoleGrant.superseded_at == CURRENT,
            RoleGrant.valid_from <= bindparam("day"),
            bindparam("day") < RoleGrant.valid_to,
        ),
    )
    .where(SignIn.token_hash == bindparam("token_hash"), SignIn.ended_at.is_(None), Account.disabled_at.is_(None))
)


def viewer_of(token: str) -> Viewer | None:
    """Whose reference this is, if its sign-in still holds. One statement."""
    moment = now()
    rows = rows_of(_WHO, token_hash=_hash(token), day=today())
    if not rows:
        return None
    row = rows[0]
    viewer = Viewer(
        account_id=row.account_id,
        person_id=row.person_id,
        sign_in_id=row.sign_in_id,
        username=row.username,
        name=row.full_name or row.username,
        locale=row.locale,
        own_device=row.own_device,
        grants=tuple(Grant(one.role, one.unit_id, lent=one.lent_by is not None) for one in rows if one.role),
        token=token,
        fresh_at=row.fresh_at or row.started_at,
        second_factor=row.second_factor,
    )
    if not viewer.second_factor and factor_rules.needs_second(viewer.roles, setting("second_factor")):
        return None  # a role they got since: they sign in again, and show or set up a second factor
    idle, absolute = limits(viewer)
    if moment - row.seen_at > idle or moment - row.started_at > absolute:
        return None
    if moment - row.seen_at > SEEN_EVERY:
        _seen(row.sign_in_id, moment)
    return viewer


def limits(viewer: Viewer) -> tuple[timedelta, timedelta]:
    """How long a sign-in may be idle, and how long it lasts at the most (NIST SP 800-63B; docs/operate.md)."""
    if not viewer.own_device:
        return SHARED
    return STAFF if viewer.holds(Role.TRAINER, Role.FOCAL, Role.OFFICE, Role.ADMIN) else LEARNER


def _seen(sign_in_id: int, moment: datetime) -> None:
    if has_request_context() and request.method not in {"GET", "HEAD"}:
        db.session.execute(update(SignIn).where(SignIn.id == sign_in_id).values(seen_at=moment))
        return
    with aside() as short:
        short.execute(update(SignIn).where(SignIn.id == sign_in_id).values(seen_at=moment))


def _device() -> str:
    """A short word for the device, for the list of one's sign-ins; the whole user agent is not kept."""
    agent = request.user_agent.string
    for word in ("Android", "iPhone", "iPad", "Windows", "Macintosh", "Linux"):
        if word in agent:
            return word
    return ""


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def init(app: Flask) -> None:
    """Tell Flask-Login how to find a viewer, and keep signed-in pages out of every cache."""
    manager = LoginManager(app)
    manager.session_protection = None  # addresses change on mountain networks; the row is the protection

    @manager.user_loader
    def load(token: str) -> Viewer | None:
        return viewer_of(token)

    @app.after_request
    def no_store(response: Response) -> Response:
        fixed = response.cache_control.immutable  # a picture of a lesson, of which nothing is anyone's own
        if not fixed and ("_user_id" in session or request.method not in {"GET", "HEAD"}):
            response.headers["Cache-Control"] = "no-store"
        return response
