"""What is left behind: reading leaves nothing, acts leave an entry in the trail, and neither the trail nor the log holds a name."""

import json
import logging

import pytest
from sqlalchemy import select

from lms.kernel.audit import AuditEntry
from lms.kernel.db import db
from lms.people.models import Person
from lms.people.rules import CATEGORIES
from tests.doors import knock
from tests.house import House, at
from tests.test_doors import POSTS, ROWS, Snapshot, everything, house, kept, owner_of  # noqa: F401 – fixtures
from tests.world import TODAY

KEPT = {
    "sign_in",
    "certificate_file",
}  # when a device was last seen, and the hash of a certificate first fetched: by design
SILENT = {  # what nobody has to answer for: one's own learning and looks, forms that only show the next page
    "reorganising.ask",
    "people.preview_reminders",
    "home.preview_reminders",
    "home.call_list",
    "home.send_reminders",  # the one ticked has no account, so nobody is reminded
}


@pytest.fixture(autouse=True)
def _today():
    with at(TODAY):
        yield


def test_reading_leaves_nothing(house: House) -> None:  # noqa: F811
    before = everything(house.app)
    for row in ROWS:
        if row.method == "GET" and row.endpoint != "confidential.leave":
            with knock(house, owner_of(row), row):
                pass
    after = everything(house.app)
    changed = {cell[0] for cell in before.keys() | after.keys() if before.get(cell) != after.get(cell)}

    assert changed <= KEPT


WATCHED = [row for row in POSTS if row.endpoint.split(".")[0] in {"reorganising", "outside", "home", "coverage"}]
WATCHED += [row for row in POSTS if row.endpoint in {
    "people.confirm_list", "people.withdraw_confirmation", "people.remind", "people.preview_reminders", "people.end_category",
    "people.take_back_end", "people.make_same", "people.undo_same", "people.correct_posting",
}]  # fmt: skip


@pytest.mark.parametrize("row", WATCHED, ids=str)
def test_acts_leave_an_entry_without_names(house: House, kept: Snapshot, row, caplog) -> None:  # noqa: F811
    with house.app.app_context():
        people = [
            *db.session.scalars(select(Person.full_name)),
            *filter(None, db.session.scalars(select(Person.phone))),
        ]
        before = max(db.session.scalars(select(AuditEntry.seq)), default=0)
    typed = [value for _name, value in row.form if " " in value and "{" not in value and value not in CATEGORIES]
    with caplog.at_level(logging.DEBUG), knock(house, owner_of(row), row) as answer:
        done = answer.status_code == 303
    with house.app.app_context():
        left = db.session.scalars(select(AuditEntry).where(AuditEntry.seq > before)).all()
        said = json.dumps([entry.facts for entry in left], ensure_ascii=False)
    logged = "\n".join(record.getMessage() for record in caplog.records if record.name.startswith(("lms", "werkzeug")))

    assert bool(left) == (done and row.endpoint not in SILENT)
    for word in (*people, *typed):
        assert word not in said
        assert word not in logged
