"""Persons and where they work. Nothing is edited in place: a change supersedes."""

from datetime import date, datetime

from sqlalchemy import select

from lms.kernel import audit
from lms.kernel.clock import now, today
from lms.kernel.db import CURRENT, STILL, db
from lms.kernel.refused import Refused
from lms.kernel.turns import as_it_is_now, hold
from lms.kernel.vietnamese import nfc, search_key, sort_key, tidy
from lms.people import rules
from lms.people.categories import check_open
from lms.people.models import Person, Posting


def add_person(
    full_name: str,
    *,
    staff_code: str | None = None,
    sex: str = "",
    birth: date | None = None,
    birth_precision: str = "",
    phone: str = "",
    by: int | None = None,
) -> Person:
    """Someone new to the register."""
    name = nfc(full_name)
    rules.check_name(name)
    _check_code_free(staff_code)
    person = Person(
        staff_code=staff_code or None,
        full_name=name,
        search_key=search_key(name),
        sort_key=sort_key(name),
        sex=sex,
        birth=birth,
        birth_precision=birth_precision or ("day" if birth else ""),
        phone=phone,
        recorded_at=now(),
        recorded_by=by,
    )
    db.session.add(person)
    db.session.flush()
    return person


def _check_code_free(staff_code: str | None, but: int = 0) -> None:
    if staff_code and db.session.scalar(select(Person.id).where(Person.staff_code == staff_code, Person.id != but)):
        raise Refused("The staff code %(code)s belongs to somebody else.", code=staff_code)


def correct_person(
    person: Person,
    *,
    full_name: str,
    staff_code: str | None,
    sex: str,
    birth: date | None,
    birth_precision: str,
    phone: str,
    by: int | None = None,
) -> None:
    """What the register says of the person was wrong or has changed; the trail keeps which facts, not their values."""
    rules.check_name(nfc(full_name))
    _check_code_free(staff_code, but=person.id)
    values = {
        "full_name": nfc(full_name),
        "staff_code": staff_code or None,
        "sex": sex,
        "birth": birth,
        "birth_precision": birth_precision,
        "phone": phone,
    }
    changed = sorted(name for name, value in values.items() if getattr(person, name) != value)
    for name in changed:
        setattr(person, name, values[name])
    person.search_key, person.sort_key = search_key(person.full_name), sort_key(person.full_name)
    db.session.flush()
    if changed:
        audit.record("person.corrected", "person", person.id, by=by, facts=changed)


def post_person(
    person_id: int,
    unit_id: int,
    *,
    category: str = "",
    position: str = "",
    direct_support: bool | None = None,
    valid_from: date,
    valid_to: date = STILL,
    because: str = "",
    by: int | None = None,
) -> Posting:
    """From that day the person works there. Refuses a second posting at the same unit for the same time."""
    rules.check_interval(valid_from, valid_to)
    rules.check_day(valid_from, today())
    check_open(category, valid_from)
    hold(Person, person_id)
    _check_alone(person_id, unit_id, valid_from, valid_to)
    work = (category, position, direct_support)
    posting = _post(person_id, unit_id, *work, valid_from, valid_to, because, by, now())
    db.session.flush()
    return posting


def _check_held(posting: Posting) -> None:
    """Whoever looked at it before somebody else changed it looks again."""
    hold(Person, posting.person_id)
    as_it_is_now(posting)
    if posting.superseded_at != CURRENT:
        raise Refused("This posting was changed by somebody else meanwhile. Look at it again.")


def _check_alone(person_id: int, unit_id: int, valid_from: date, valid_to: date, but: int = 0) -> None:
    """No other posting at the same unit at the same time (`but`: the one that gives way)."""
    others = db.session.execute(
        select(Posting.valid_from, Posting.valid_to).where(
            Posting.person_id == person_id,
            Posting.unit_id == unit_id,
            Posting.superseded_at == CURRENT,
            Posting.id != but,
        )
    ).all()
    rules.check_no_overlap(valid_from, valid_to, [(row.valid_from, row.valid_to) for row in others])


def _post(
    person_id: int,
    unit_id: int,
    category: str,
    position: str,
    direct_support: bool | None,
    valid_from: date,
    valid_to: date,
    because: str,
    by: int | None,
    moment: datetime,
) -> Posting:
    posting = Posting(
        person_id=person_id,
        unit_id=unit_id,
        category=category,
        position=position,
        direct_support=direct_support,
        valid_from=valid_from,
        valid_to=valid_to,
        because=because,
        recorded_at=moment,
        recorded_by=by,
    )
    db.session.add(posting)
    return posting


def end_posting(posting: Posting, *, on: date, because: str = "", by: int | None = None) -> None:
    """The person no longer works there from that day on. The old row stays, superseded; a shorter one stands for it."""
    _end(posting, on, because, by, now())


def _end(posting: Posting, on: date, because: str, by: int | None, moment: datetime) -> None:
    """What stands for the old row is held from the very moment at which that no longer is."""
    _check_held(posting)
    rules.check_begun(posting.valid_from, on)
    rules.check_still_held(posting.valid_to, on)
    posting.superseded_at = moment
    if posting.valid_from < on:
        _post(
            posting.person_id,
            posting.unit_id,
            posting.category,
            posting.position,
            posting.direct_support,
            posting.valid_from,
            on,
            because or posting.because,
            by,
            moment,
        )
    db.session.flush()


def change_posting(
    posting: Posting,
    *,
    on: date,
    category: str | None = None,
    position: str | None = None,
    direct_support: bool | None = None,
    by: int | None = None,
    because: str = "",
) -> Posting:
    """From that day the posting reads differently; what was true before stays as it was."""
    values = (
        posting.category if category is None else category,
        posting.position if position is None else position,
        posting.direct_support if direct_support is None else direct_support,
    )
    check_open(values[0], on)
    until, moment = posting.valid_to, now()
    _end(posting, on, "", by, moment)
    changed = _post(posting.person_id, posting.unit_id, *values, on, until, because, by, moment)
    db.session.flush()
    return changed


def correct_posting(
    posting: Posting,
    *,
    category: str,
    position: str,
    direct_support: bool | None,
    valid_from: date,
    valid_to: date = STILL,
    why: str,
    by: int | None = None,
) -> Posting:
    """What was written down was wrong from the beginning: it is superseded, and this stands for it. That it was held stays known."""
    rules.check_interval(valid_from, valid_to)
    rules.check_day(valid_from, today())
    check_open(category, valid_from)
    if not tidy(why):
        raise Refused("Say what was wrong: a correction without a reason cannot be defended.")
    _check_held(posting)
    said = (category, tidy(position), direct_support, valid_from, valid_to)
    held = (posting.category, posting.position, posting.direct_support, posting.valid_from, posting.valid_to)
    if said == held:
        raise Refused("Nothing is different: there is nothing to correct.")
    _check_alone(posting.person_id, posting.unit_id, valid_from, valid_to, but=posting.id)
    posting.superseded_at = moment = now()
    corrected = _post(posting.person_id, posting.unit_id, *said, f"correction: {tidy(why)}"[:300], by, moment)
    db.session.flush()
    audit.record("posting.corrected", "person", posting.person_id, by=by, posting=posting.id, now=corrected.id)
    return corrected


def move_people(old_unit_id: int, new_unit_id: int, *, on: date, by: int | None = None) -> int:
    """Everyone posted at the old unit that day goes on at the new one for as long as there; returns how many. See `reorganise`."""
    postings = db.session.scalars(select(Posting).where(Posting.unit_id == old_unit_id, Posting.true_on(on))).all()
    moment = now()
    for posting in postings:
        _check_alone(posting.person_id, new_unit_id, on, posting.valid_to)
        work = (posting.category, posting.position, posting.direct_support)
        _end(posting, on, "reorganisation", by, moment)
        _post(posting.person_id, new_unit_id, *work, on, posting.valid_to, "reorganisation", by, moment)
    db.session.flush()
    return len(postings)
