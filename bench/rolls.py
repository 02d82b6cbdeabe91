"""A roll of forty saved: one request, against one bare insert of forty rows in a transaction of its own."""

import uuid
from collections.abc import Callable, Iterator

from sqlalchemy import insert

from bench.crowd import Crowd
from bench.line import Line, side_by_side, times
from bench.site import Site
from lms.attendance.models import Mark
from lms.kernel.clock import now
from lms.kernel.db import db

ROUNDS = 10


def lines(site: Site, crowd: Crowd) -> Iterator[Line]:
    """Every person changes with every save, so each one writes forty marks."""
    browser = site.browser(crowd.desks["trainer"])
    states = _alternating()

    def save() -> object:
        state = next(states)
        form: dict[str, object] = {f"state-{person}": state for person in crowd.seated}
        page = f"/classes/{crowd.class_id}/sessions/{crowd.session_ids[0]}/roll"
        return browser.post(page, {**form, "seen": 10_000_000, "_once": str(uuid.uuid4())})

    with site.counted() as statements:
        save()
    ours, bare = side_by_side(save, _bare(site, crowd), ROUNDS)
    said = f"{ours:.0f} ms whole request, 1 request, {len(statements)} SQL statements; 40 rows inserted and committed {bare:.1f} ms"
    yield times("a roll of 40 saved", ours, bare, None, said)


def _alternating() -> Iterator[str]:
    while True:
        yield "late"
        yield "present"


def _bare(site: Site, crowd: Crowd) -> Callable[[], object]:
    def write() -> None:
        moment = now()
        rows = [
            {
                "client_id": str(uuid.uuid4()),
                "session_id": crowd.session_ids[1],
                "person_id": person,
                "state": "present",
            }
            for person in crowd.seated
        ]
        with site.app.app_context():
            db.session.execute(insert(Mark), [{**row, "marked_at": moment} for row in rows])
            db.session.commit()

    return write
