"""Two records turned out to be one person, or not after all. No fact is moved, so it can be undone."""

from sqlalchemy import select

from lms.kernel import audit
from lms.kernel.clock import now
from lms.kernel.db import CURRENT, db
from lms.kernel.refused import Refused
from lms.kernel.turns import as_it_is_now, take_turns
from lms.kernel.vietnamese import nfc
from lms.people.models import SamePerson


def same_person(kept_id: int, other_id: int, *, why: str, by: int | None = None) -> SamePerson:
    """Facts of `other_id` count as those of the record that `kept_id` leads to. Refuses what would lead in a circle."""
    if not why.strip():
        raise Refused("Say how you know that it is one person.")
    if kept_id == other_id:
        raise Refused("Choose another record: this is the same one.")
    take_turns("same person")  # a circle may come of rows that each look harmless
    leads = dict(
        db.session.execute(
            select(SamePerson.other_id, SamePerson.kept_id).where(SamePerson.superseded_at == CURRENT)
        ).all()
    )
    while kept_id in leads:
        kept_id = leads[kept_id]
    last = other_id
    while last in leads:
        last = leads[last]
    if last == kept_id:
        raise Refused("These two records are one person already.")
    if other_id in leads:
        raise Refused("The other record counts as somebody else's already. Undo that first.")
    row = SamePerson(kept_id=kept_id, other_id=other_id, why=nfc(why), recorded_at=now(), recorded_by=by)
    db.session.add(row)
    db.session.flush()
    audit.record("person.same", "person", kept_id, by=by, other=other_id)
    return row


def different_after_all(row: SamePerson, *, by: int | None = None) -> None:
    """They are two persons: each counts by itself again."""
    take_turns("same person")
    as_it_is_now(row)
    if row.superseded_at != CURRENT:
        raise Refused("This was undone already.")
    row.superseded_at = now()
    db.session.flush()
    audit.record("person.different", "person", row.kept_id, by=by, other=row.other_id)
