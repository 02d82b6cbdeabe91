"""A request is made, answered, withdrawn; a notice is read."""

from lms.kernel import audit
from lms.kernel.clock import now, today
from lms.kernel.db import db, insert_new
from lms.kernel.refused import Refused
from lms.kernel.turns import take_turns
from lms.kernel.vietnamese import nfc
from lms.people.rights import office, queries, rules
from lms.people.rights.models import DataAnswer, DataRequest, NoticeRead

MOST_OPEN = 5  # requests of one person at a time


def ask(person_id: int, kind: str, words: str, *, by: int | None) -> DataRequest:
    """The person asks; the office has two working days for its first answer."""
    rules.check_words(words)
    if kind not in rules.KINDS:
        raise Refused("Choose what you ask for.")
    take_turns("data request")
    if sum(one.is_open for one in queries.requests_of(person_id)) >= MOST_OPEN:
        raise Refused(
            "%(most)s of your requests are open already. Withdraw one, or wait for its answer.", most=MOST_OPEN
        )
    row = DataRequest(
        person_id=person_id,
        kind=kind,
        words=nfc(words.strip()),
        made_at=now(),
        made_by=by,
        due_on=rules.due_on(today(), office.holidays()),
    )
    db.session.add(row)
    db.session.flush()
    audit.record("rights.asked", "data_request", row.id, by=by, person=person_id, kind=kind)
    return row


def answer(request_id: int, outcome: str, words: str, *, by: int | None) -> DataAnswer:
    """The office answers with a sentence; the first answer stops the clock, "done" and "refused" close the request."""
    rules.check_words(words)
    if outcome not in rules.OUTCOMES:
        raise Refused("Choose how the request stands.")
    take_turns("data request")
    rules.check_open(queries.state_of(request_id))
    row = DataAnswer(
        request_id=request_id, outcome=outcome, words=nfc(words.strip()), answered_at=now(), answered_by=by
    )
    db.session.add(row)
    db.session.flush()
    audit.record("rights.answered", "data_request", request_id, by=by, outcome=outcome)
    return row


def withdraw(request_id: int, *, by: int | None) -> None:
    """The person no longer asks."""
    take_turns("data request")
    rules.check_open(queries.state_of(request_id))
    db.session.get_one(DataRequest, request_id).withdrawn_at = now()
    db.session.flush()
    audit.record("rights.withdrawn", "data_request", request_id, by=by)


def read_notice(account_id: int, version: str) -> None:
    """The holder has read the notice in this wording. A version that is no longer shown is not taken for the one that is."""
    shown = office.notice()
    if version != shown.version:
        raise Refused("The notice has changed in the meantime. Read it as it is now.")
    if insert_new(NoticeRead, account_id=account_id, version=shown.version, sha256=shown.sha256, read_at=now()):
        audit.record("notice.read", "account", account_id, by=account_id, version=shown.version)
