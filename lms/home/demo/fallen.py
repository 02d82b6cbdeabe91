"""A commune that had enough trained people and has too few: somebody moved, somebody went on leave."""

from datetime import date, timedelta

from sqlalchemy import select

from lms.coverage import alerting, places
from lms.coverage.places import Place, Someone
from lms.coverage.queries import coverages
from lms.coverage.question import ask, chosen, plans
from lms.kernel.clock import at_hour, frozen
from lms.kernel.db import CURRENT, db
from lms.people import actions as people
from lms.people.models import Account, Posting

WHERE = "Xã Sin Suối Hồ"
KEPT = 1  # of its trained people
PAPER = "Quyết định minh họa, chưa có số"


def a_place_falls_short(host: int, day: date, by: int | None = None) -> None:
    """One moves to the host's commune, the others but one go on leave; the hourly look then notices."""
    moving, leaving = day - timedelta(days=12), day - timedelta(days=5)
    place, there = _there(day)
    if place is None or len(there) <= KEPT:
        return
    keeps = set(db.session.scalars(select(Account.person_id)))  # who signs in stays
    there = sorted(there, key=lambda one: one.person.id not in keeps)
    with frozen(at_hour(moving)):
        _move(there[KEPT].person.id, place.unit_id, host, moving, by)
    with frozen(at_hour(leaving)):
        for one in there[KEPT + 1 :]:
            people.except_person(
                one.person.id,
                "",
                "on_leave",
                reason="Nghỉ không hưởng lương",
                evidence=PAPER,
                valid_from=leaving,
                by=by,
            )
    db.session.commit()  # the look begins anew
    with frozen(at_hour(day, 8)):
        alerting.notice()
    db.session.commit()


def _there(day: date) -> tuple[Place | None, list[Someone]]:
    """The place, and who counts there now."""
    with frozen(at_hour(day, 8)):
        for found in coverages(ask(chosen(plans(), None, day))):
            told = places.places(found)
            for place in told.lines if told else ():
                if place.name == WHERE:
                    return place, places.who(found, [place])[place.unit_id].there
    return None, []


def _move(person_id: int, unit_id: int, to_unit: int, on: date, by: int | None) -> None:
    posting = db.session.scalars(
        select(Posting).where(
            Posting.person_id == person_id,
            Posting.unit_id == unit_id,
            Posting.superseded_at == CURRENT,
            Posting.valid_from <= on,
            on < Posting.valid_to,
        )
    ).one()
    category, position, direct = posting.category, posting.position, posting.direct_support
    people.end_posting(posting, on=on, because="Điều động", by=by)
    people.post_person(
        person_id,
        to_unit,
        category=category,
        position=position,
        direct_support=direct,
        valid_from=on,
        because="Điều động",
        by=by,
    )
