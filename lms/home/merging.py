"""Two records side by side before the office says that they are one person: what each holds, and where it goes."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from lms.attendance.models import Seat, TrainingClass
from lms.certificates import rules as certificate_rules
from lms.certificates.models import Certificate
from lms.kernel.clock import local
from lms.kernel.db import CURRENT, STILL, db
from lms.kernel.vietnamese import short_date
from lms.people import queries
from lms.people.models import Account, Person, Roster, Standing
from lms.people.register_queries import UnitNames
from lms.people.roster.models import RosterStep
from lms.tracks import editions
from lms.tracks.models import Completion, Enrolment, OutsideTraining


@dataclass(frozen=True)
class Facet:
    """One kind of fact: what the record that is kept holds, what the other one holds. The page says where it goes."""

    kind: str
    kept: tuple[str, ...]
    other: tuple[str, ...]


def facets(kept: Person, other: Person) -> list[Facet]:
    """Every kind of fact that either record holds, each fact in one line."""
    found = [Facet(kind, tuple(tell(kept.id)), tuple(tell(other.id))) for kind, tell in TELLS.items()]
    return [one for one in found if one.kept or one.other]


def differences(kept: Person, other: Person) -> list[str]:
    """What both records say, and say differently: sex, birth, staff_code, phone. A reason to look twice."""
    return [
        name
        for name in ("sex", "birth", "staff_code", "phone")
        if getattr(kept, name) and getattr(other, name) and getattr(kept, name) != getattr(other, name)
    ]


def _span(start: date, end: date) -> str:
    return f"{short_date(start)} – {'…' if end == STILL else short_date(end)}"


def _postings(person_id: int) -> list[str]:
    names = UnitNames()
    return [
        f"{names.on(row.unit_id, row.valid_from)} ({_span(row.valid_from, row.valid_to)})"
        for row in queries.postings_of(person_id)
    ]


def _exceptions(person_id: int) -> list[str]:
    held = select(Standing).where(Standing.person_id == person_id, Standing.superseded_at == CURRENT)
    rows = db.session.scalars(held.order_by(Standing.valid_from, Standing.id))
    return [f"{row.reason} ({_span(row.valid_from, row.valid_to)})" for row in rows]


def _completions(person_id: int) -> list[str]:
    held = select(Completion).where(Completion.person_id == person_id, Completion.superseded_at == CURRENT)
    rows = db.session.scalars(held.order_by(Completion.completed_on, Completion.id))
    return [f"{editions.wording(row.edition_id).title} ({short_date(row.completed_on)})" for row in rows]


def _under_way(person_id: int) -> list[str]:
    done = select(Completion.enrolment_id).where(Completion.superseded_at == CURRENT)
    held = select(Enrolment).where(Enrolment.person_id == person_id, Enrolment.id.not_in(done))
    return [f"{editions.wording(row.edition_id).title} ({row.cycle})" for row in db.session.scalars(held)]


def _certificates(person_id: int) -> list[str]:
    held = select(Certificate).where(Certificate.person_id == person_id).order_by(Certificate.id)
    return [certificate_rules.register_number(row.number, row.year, row.series) for row in db.session.scalars(held)]


def _papers(person_id: int) -> list[str]:
    held = select(OutsideTraining).where(OutsideTraining.person_id == person_id).order_by(OutsideTraining.id)
    return [f"{row.title} ({short_date(row.held_on)})" for row in db.session.scalars(held)]


def _seats(person_id: int) -> list[str]:
    held = select(TrainingClass.title).join(Seat, Seat.class_id == TrainingClass.id)
    return list(db.session.scalars(held.where(Seat.person_id == person_id, Seat.left_at == CURRENT)))


def _lists(person_id: int) -> list[str]:
    held = select(Roster.file_name, Roster.confirmed_at).join(RosterStep, RosterStep.roster_id == Roster.id)
    rows = db.session.execute(held.where(RosterStep.person_id == person_id).order_by(Roster.id))
    return [
        f"{row.file_name} ({short_date(local(row.confirmed_at).date())})" if row.confirmed_at else row.file_name
        for row in rows
    ]


def _accounts(person_id: int) -> list[str]:
    return list(db.session.scalars(select(Account.username).where(Account.person_id == person_id)))


TELLS: dict[str, Callable[[int], list[str]]] = {
    "postings": _postings,
    "exceptions": _exceptions,
    "completions": _completions,
    "under_way": _under_way,
    "certificates": _certificates,
    "papers": _papers,
    "seats": _seats,
    "lists": _lists,
    "account": _accounts,
}
