"""Why somebody is excepted from the rule of an indicator, or named as bound by it: dated, reasoned, with evidence."""

from datetime import date, datetime

from sqlalchemy import or_, select

from lms.kernel import audit
from lms.kernel.clock import now
from lms.kernel.db import CURRENT, STILL, db
from lms.kernel.refused import Refused
from lms.kernel.turns import as_it_is_now, hold
from lms.kernel.vietnamese import nfc
from lms.people import rules
from lms.people.models import Person, Standing


def except_person(
    person_id: int,
    indicator_slug: str,
    kind: str,
    *,
    reason: str,
    valid_from: date,
    valid_to: date = STILL,
    evidence: str = "",
    by: int | None = None,
) -> Standing:
    """A dated, reasoned exception (exempt, on leave, required); `indicator_slug` "" stands for every indicator."""
    row = _standing(person_id, indicator_slug, kind, reason, valid_from, valid_to, evidence, by, now())
    audit.record("standing.set", "person", person_id, by=by, standing=kind, indicator=indicator_slug)
    return row


def correct_exception(
    standing: Standing,
    *,
    indicator_slug: str,
    kind: str,
    reason: str,
    valid_from: date,
    valid_to: date = STILL,
    evidence: str = "",
    by: int | None = None,
) -> Standing:
    """What was written was wrong: it stays in the history, superseded, and this stands for it."""
    _check_held(standing)
    standing.superseded_at = moment = now()
    db.session.flush()
    row = _standing(standing.person_id, indicator_slug, kind, reason, valid_from, valid_to, evidence, by, moment)
    audit.record("standing.corrected", "person", standing.person_id, by=by, standing=kind, row=standing.id)
    return row


def end_exception(standing: Standing, *, on: date, by: int | None = None) -> None:
    """The exception no longer holds from that day on."""
    _check_held(standing)
    rules.check_still_held(standing.valid_to, on)
    standing.superseded_at = now()
    if standing.valid_from < on:
        names = ("person_id", "indicator_slug", "kind", "reason", "evidence", "valid_from")
        kept = {name: getattr(standing, name) for name in names}
        db.session.add(Standing(**kept, valid_to=on, recorded_at=standing.superseded_at, recorded_by=by))
    db.session.flush()
    audit.record("standing.ended", "person", standing.person_id, by=by, standing=standing.kind)


def _check_held(standing: Standing) -> None:
    hold(Person, standing.person_id)
    as_it_is_now(standing)
    if standing.superseded_at != CURRENT:
        raise Refused("This exception was changed by somebody else meanwhile. Look at it again.")


def _standing(
    person_id: int,
    indicator_slug: str,
    kind: str,
    reason: str,
    valid_from: date,
    valid_to: date,
    evidence: str,
    by: int | None,
    moment: datetime,
) -> Standing:
    rules.check_interval(valid_from, valid_to)
    if not reason.strip():
        raise Refused("Say why: an exception without a reason cannot be defended.")
    hold(Person, person_id)
    alike = select(Standing.valid_from, Standing.valid_to).where(
        Standing.person_id == person_id, Standing.kind == kind, Standing.superseded_at == CURRENT
    )
    if indicator_slug:
        alike = alike.where(or_(Standing.indicator_slug == "", Standing.indicator_slug == indicator_slug))
    rules.check_not_excepted(
        valid_from, valid_to, [(row.valid_from, row.valid_to) for row in db.session.execute(alike)]
    )
    row = Standing(
        person_id=person_id,
        indicator_slug=indicator_slug,
        kind=kind,
        reason=nfc(reason),
        evidence=nfc(evidence),
        valid_from=valid_from,
        valid_to=valid_to,
        recorded_at=moment,
        recorded_by=by,
    )
    db.session.add(row)
    db.session.flush()
    return row
