"""Looks that leave an entry in the audit trail: somebody else's record, and whatever goes out as a file.

Which pages those are is one table (`lms/watched.py`). The entry is written in a short transaction of its own before the answer goes out,
so a look that cannot be recorded is not answered.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from flask import Flask, Response, request
from flask_login import current_user

from lms.kernel import audit
from lms.kernel.db import aside

LONGEST = 40  # of an id: a UUID has 36 characters


@dataclass(frozen=True)
class Look:
    """What is looked at: its kind, and the name in the address or the query that says which one."""

    action: str  # "seen" or "exported"
    kind: str
    which: str = ""


def seen(kind: str, which: str = "") -> Look:
    """A page with one record of somebody, or one whose readers are to be known."""
    return Look("seen", kind, which)


def exported(kind: str, which: str = "") -> Look:
    """A file that leaves the house, with persons in it."""
    return Look("exported", kind, which)


def init(app: Flask, looks: Mapping[str, Look]) -> None:
    """`looks`: endpoint -> what looking at it means."""

    @app.after_request
    def note(answer: Response) -> Response:
        look = looks.get(request.endpoint or "")
        if look is None or request.method != "GET" or answer.status_code != 200 or not current_user.is_authenticated:
            return answer
        given = (request.view_args or {}).get(look.which) or request.args.get(look.which, "")
        which = str(given) if str(given).isascii() and len(str(given)) <= LONGEST else ""
        if look.kind == "person" and which == str(current_user.person_id):
            return answer  # one's own
        with aside() as session:
            audit.add(session, look.action, look.kind, which, current_user.account_id, {"page": request.endpoint})
        return answer
