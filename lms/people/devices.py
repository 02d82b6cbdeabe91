"""Browsers an account signed in on before. The cookie is a random reference, sent to the front door only (`/sign-in…`).

It signs nobody in: it only lets the owner's own mistakes be counted apart from strangers' guesses (OWASP: device cookies).
One browser has one reference, whoever signs in on it; each account has a row of its own for it.
"""

import hashlib
import hmac
import secrets
from datetime import timedelta

from flask import Response, after_this_request, current_app, request
from sqlalchemy import delete, select, update

from lms.kernel import jobs
from lms.kernel.clock import now
from lms.kernel.db import db
from lms.people.door_models import KnownDevice
from lms.people.throttle import Knock, account_key, stranger_key

LASTS = timedelta(days=30)  # as courses/office/retention.toml says of known devices
PATH = "/sign-in"  # every page that asks for a secret before somebody is in lies below it


def knock(door: str, account_id: int | None, typed: str = "") -> Knock:
    """Whoever sends this request, at that door; `typed`: the name, when nobody has it."""
    if account_id is None:
        return Knock(door, stranger_key(typed), address=_address())
    known = _known_id(account_id)
    return Knock(door, account_key(account_id), f"d{known}" if known else "", _address())


def remember(account_id: int) -> None:
    """This account signed in on this browser: it is known from now on."""
    token = _token()
    mine = _known_id(account_id)
    if mine:
        db.session.execute(update(KnownDevice).where(KnownDevice.id == mine).values(seen_at=now()))
    else:
        if not token or not _anybodys(token):
            token = secrets.token_urlsafe(32)  # a reference we did not make ourselves is not taken over
        db.session.add(KnownDevice(account_id=account_id, token_hash=_hash(token)))
        db.session.flush()

    @after_this_request
    def keep(answer: Response) -> Response:
        answer.set_cookie(
            _name(),
            token,
            max_age=LASTS,
            path=PATH,
            secure=current_app.config["HTTPS"],
            httponly=True,
            samesite="Lax",
        )
        return answer


def forget_all(account_id: int) -> None:
    """No browser is known any more: the way in was taken over, or given anew."""
    db.session.execute(delete(KnownDevice).where(KnownDevice.account_id == account_id))


def _known_id(account_id: int) -> int | None:
    if not (token := _token()):
        return None
    return db.session.scalar(
        select(KnownDevice.id).where(KnownDevice.account_id == account_id, KnownDevice.token_hash == _hash(token))
    )


def _anybodys(token: str) -> bool:
    return db.session.scalar(select(KnownDevice.id).where(KnownDevice.token_hash == _hash(token)).limit(1)) is not None


def _token() -> str:
    return request.cookies.get(_name(), "")[:100]


def _name() -> str:
    return "__Secure-d" if current_app.config["HTTPS"] else "d"


def _address() -> str:
    """The network address as a keyed hash: enough to count by, useless to whoever steals the database."""
    key: str = current_app.config["SECRET_KEY"]
    return hmac.new(key.encode(), (request.remote_addr or "").encode(), hashlib.sha256).hexdigest()[:32]


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


@jobs.every(minutes=60)
def forget_unused() -> None:
    """A browser that was not used for so long is a stranger again, as its cookie is gone."""
    db.session.execute(delete(KnownDevice).where(KnownDevice.seen_at < now() - LASTS))
