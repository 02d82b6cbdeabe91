"""Sending twice changes nothing, and the second send gets the first answer.

Every unsafe form carries `_once`, a UUID made when the page was made (scripts send a fresh one as `X-Once`). It is a
primary key: the second request finds it taken and gets the stored answer, whether it comes a day later, from another tab,
or at the very same moment (then it waits for the first one's transaction).
"""

import uuid
from datetime import datetime, timedelta
from typing import Any

from flask import Flask, Response, g, request
from flask_login import current_user
from sqlalchemy import delete, update
from sqlalchemy.orm import Mapped, mapped_column
from werkzeug.exceptions import RequestEntityTooLarge

from lms.kernel import jobs
from lms.kernel.clock import now
from lms.kernel.db import Model, db, insert_new
from lms.kernel.refused import Refused

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
SENT_KEPT = timedelta(days=7)
KEPT = 65_536  # bytes of an answer kept for replay; our answers to unsafe requests are redirects and small JSON


class Once(Model):
    """An unsafe request that was carried out, and what it was answered."""

    id: Mapped[str] = mapped_column(primary_key=True)  # the client's UUID
    account_id: Mapped[int | None]
    endpoint: Mapped[str]
    status: Mapped[int | None]
    location: Mapped[str | None]
    media_type: Mapped[str | None]
    body: Mapped[str | None]
    at: Mapped[datetime] = mapped_column(default=now, index=True)


def new_id() -> str:
    """A fresh id for a form. A page shown again after an error keeps the id it was sent with."""
    try:
        given = request.form.get("_once") if request.method not in SAFE else None
    except RequestEntityTooLarge:  # the page that says so has a form too
        given = None
    return given if given and _is_uuid(given) else str(uuid.uuid4())


def given_id() -> str | None:
    """The id this request carries, if it is a well-formed one."""
    given = request.headers.get("X-Once") or request.form.get("_once")
    return given if given and _is_uuid(given) else None


def claim() -> Response | None:
    """Take the id for this request; if it was taken, the answer given then.

    The row is written first and goes with the transaction: if the request fails, the id is free again.
    """
    once_id = given_id()
    if once_id is None:
        return None
    who = current_user.account_id if current_user.is_authenticated else None
    row: dict[str, Any] = {"id": once_id, "account_id": who, "endpoint": request.endpoint, "at": now()}
    if insert_new(Once, **row):
        g.once = once_id
        return None
    first = db.session.get_one(Once, once_id)
    if first.account_id != who or first.endpoint != request.endpoint:
        return None  # someone else's id: not theirs to hear; nothing is stored for this request
    if first.status is None:
        raise Refused("This was done a moment ago. What it showed is shown once and kept nowhere.")
    answer = Response(first.body or "", status=first.status, mimetype=first.media_type)
    if first.location:
        answer.headers["Location"] = first.location
    answer.headers["X-Replayed"] = "1"
    return answer


def claim_for_once() -> None:
    """Take the id again for a view that let go of it by a rollback, and whose answer holds secrets: it will not be kept.

    Raises `Refused` for whoever comes with the same id at the same moment, or later.
    """
    claim()
    g.pop("once", None)


def keep(answer: Response) -> None:
    """Remember the answer beside the id, in the same transaction as what was done."""
    once_id = g.pop("once", None)
    if once_id is None:
        return
    small = answer.is_sequence and (answer.calculate_content_length() or 0) <= KEPT
    words = (answer.mimetype or "").startswith(("text/", "application/json"))
    body = answer.get_data(as_text=True) if small and words else None
    values = {
        "status": answer.status_code,
        "location": answer.headers.get("Location"),
        "media_type": answer.mimetype,
        "body": body,
    }
    db.session.execute(update(Once).where(Once.id == once_id).values(**values))


@jobs.every(minutes=60)
def forget_sent() -> None:
    """Ids are kept for a week: long enough for a phone that was off the network all that time."""
    db.session.execute(delete(Once).where(Once.at < now() - SENT_KEPT))


def _is_uuid(text: str) -> bool:
    try:
        return str(uuid.UUID(text)) == text.lower()
    except ValueError:
        return False


def init(app: Flask) -> None:
    app.jinja_env.globals["once_id"] = new_id
