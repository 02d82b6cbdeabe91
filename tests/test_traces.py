"""What is left behind: reading leaves nothing, acts leave an entry in the trail, and neither the trail nor the log holds a name."""

import json
import logging
import re

import pytest
from sqlalchemy import select

from lms.kernel import audit
from lms.kernel.audit import AuditEntry
from lms.kernel.db import db
from lms.people.models import Person
from lms.people.rules import CATEGORIES
from lms.watched import LOOKS
from tests.doors import Row, knock
from tests.house import VIEWERS, House, at
from tests.test_doors import POSTS, ROWS, Snapshot, everything, house, kept, owner_of  # noqa: F401 – fixtures
from tests.world import TODAY

KEPT = {
    "sign_in",
    "certificate_file",
}  # when a device was last seen, and the hash of a certificate first fetched: by design
SILENT = {  # acts nobody has to answer for, or whose deed is an entry of its own when it comes to one
    "kernel.language",
    "kernel.keep_look",  # letters and colours of one's own device
    "kernel.job_again",  # of one's own job, whose own act is an entry
    "tracks.read",  # one's own learning
    "tracks.enrol",
    "quizzes.begin",
    "quizzes.answer",
    "quizzes.submit",
    "attendance.join",
    "attendance.invite",  # those invited are seated by their own answer
    "attendance.save",  # taps of an open roll: closing it is the act
    "certificates.issue",  # nothing is due in this house; what is issued is an entry each
    "check.by_number",
    "people.stage",  # a list is read; confirming it is the act
    "people.answer",
    "people.end_sign_in",  # one's own devices
    "people.end_others",
    "factors.sign_out_everywhere",
    "factors.rename_passkey",
    "factors.have_read",
    "factors.remove_app",  # there is none in this house; removing one is an entry
    "rights.look",  # numbers of what would be purged
    "rights.export",  # what is held about oneself; fetching the file is an entry
    "reorganising.ask",
    "people.preview_reminders",
    "home.preview_reminders",
    "home.call_list",
    "home.send_reminders",  # the one ticked has no account, so nobody is reminded
}
NOT_WATCHED = {  # files and pages about one person that leave no entry, and why
    "people.template": "an empty form",
    "tracks.guide_pdf": "what a course says",
    "tracks.class_slides_pdf": "what a course says",
    "drafts.pack": "what a course says",
    "coverage.years_sheet": "figures without persons",
    "home.trail_paper": "a number and a hash",
    "tracks.handout_pdf": "words of a course, no name",
    "check.show": "what a stranger may see: who holds the paper shows it",
}


@pytest.fixture(autouse=True)
def _today():
    with at(TODAY):
        yield


def test_reading_leaves_nothing_but_the_looks_that_are_watched(house: House) -> None:  # noqa: F811
    """Each page is opened by somebody to whom it is open; a page about one person, and a file, is watched or named above."""
    before, pages, missed = everything(house.app), [], []
    for row in ROWS:
        if row.method != "GET" or row.endpoint == "confidential.leave":
            continue
        with knock(house, who := stranger_of(row), row) as answer:
            file = "attachment" in answer.headers.get("Content-Disposition", "")
            about = bool(
                {"person", "account", "certificate", "paper", "request"} & set(re.findall(r"{(\w+)}", row.address))
            )
            if answer.status_code == 200 and row.endpoint in LOOKS:
                pages.append((row.endpoint, house.world.accounts[who]))
            elif answer.status_code == 200 and (file or about) and row.endpoint not in NOT_WATCHED:
                missed.append(row.endpoint)
    after = everything(house.app)
    changed = {cell[0] for cell in before.keys() | after.keys() if before.get(cell) != after.get(cell)}
    with house.app.app_context():
        seen = select(AuditEntry).where(AuditEntry.action.in_(("seen", "exported"))).order_by(AuditEntry.seq)
        left = [(entry.facts["page"], entry.account_id) for entry in db.session.scalars(seen)]
        assert next(audit.faults(), None) is None

    assert missed == []
    assert changed <= KEPT | {"audit_entry"}
    assert left == pages
    assert {page for page, _who in pages} == set(LOOKS)


def before_the_door(row: Row) -> bool:
    """On the way in and out: each sign-in, and each wrong try, is a row of its own table."""
    return (
        row.endpoint.split(".")[0] in {"sign_in", "slip"}
        or row.address.startswith("/sign-in")
        or row.address.endswith("/question")
    )


def stranger_of(row: Row) -> str:
    """Somebody to whom the door is open and who is not the one it is about."""
    answers = dict(zip(VIEWERS, row.expected, strict=True))
    return next((who for who in ("dung", "quan", "my", "hoa") if answers[who] == "ok"), owner_of(row))


def test_a_look_at_oneself_leaves_nothing(house: House) -> None:  # noqa: F811
    with house.app.app_context():
        before = audit.head()
    assert house.browser("my").get(f"/people/{house.world.persons['my']}").status_code == 200
    assert house.browser("sao").get(f"/people/{house.world.persons['my']}").status_code == 404
    with house.app.app_context():
        assert audit.head() == before


@pytest.mark.parametrize("row", POSTS, ids=str)
def test_acts_leave_an_entry_without_names(house: House, kept: Snapshot, row, caplog) -> None:  # noqa: F811
    with house.app.app_context():
        people = [
            *db.session.scalars(select(Person.full_name)),
            *filter(None, db.session.scalars(select(Person.phone))),
        ]
        before = max(db.session.scalars(select(AuditEntry.seq)), default=0)
    typed = [value for _name, value in row.form if " " in value and "{" not in value and value not in CATEGORIES]
    with caplog.at_level(logging.DEBUG), knock(house, owner_of(row), row) as answer:
        done = answer.status_code in {200, 303} and not before_the_door(row)
    with house.app.app_context():
        left = db.session.scalars(select(AuditEntry).where(AuditEntry.seq > before)).all()
        said = json.dumps([entry.facts for entry in left], ensure_ascii=False)
    logged = "\n".join(record.getMessage() for record in caplog.records if record.name.startswith(("lms", "werkzeug")))

    assert bool(left) == (done and row.endpoint not in SILENT)
    for word in (*people, *typed):
        assert word not in said
        assert word not in logged
