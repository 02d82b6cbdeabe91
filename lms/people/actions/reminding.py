"""The office reminds a unit of its roster, or a person of an indicator: at most once a week, shown on their first page."""

from collections.abc import Iterable

from sqlalchemy import select

from lms.kernel import audit
from lms.kernel.clock import now
from lms.kernel.db import db
from lms.people.models import Person, Reminder, Unit
from lms.people.reminded import ROSTER, reminded_lately


def remind_units(unit_ids: Iterable[int], *, about: str = ROSTER, by: int | None = None) -> list[int]:
    """Ids of the units that were reminded; those reminded within a week are left out."""
    return _remind("unit_id", unit_ids, about, by)


def remind_persons(person_ids: Iterable[int], about: str, *, by: int | None = None) -> list[int]:
    """The same for persons; `about` is the slug of an indicator."""
    return _remind("person_id", person_ids, about, by)


def _remind(column: str, ids: Iterable[int], about: str, by: int | None) -> list[int]:
    wanted = list(dict.fromkeys(ids))
    kind = Unit if column == "unit_id" else Person
    db.session.execute(
        select(kind.id).where(kind.id.in_(wanted)).with_for_update(key_share=True)
    )  # one sender at a time
    lately = reminded_lately(column, wanted, about)
    sent = [one for one in wanted if one not in lately]
    moment = now()
    db.session.add_all([Reminder(**{column: one}, about=about, sent_at=moment, sent_by=by) for one in sent])
    db.session.flush()
    if sent:
        audit.record("reminder.sent", column.removesuffix("_id"), "", by=by, about=about, ids=sent)
    return sent
