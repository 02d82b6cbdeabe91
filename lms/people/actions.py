"""What the office and focal persons do to the register. Nothing is edited in place: a change supersedes."""

from datetime import date

from sqlalchemy import select

from lms.kernel import audit, passphrases, passwords
from lms.kernel.clock import now, today
from lms.kernel.db import BEGINNING, CURRENT, STILL, db
from lms.kernel.refused import Refused
from lms.kernel.vietnamese import nfc, search_key, sort_key
from lms.people import rules, sign_in
from lms.people.models import Account, Person, Posting, RoleGrant, Standing, Succession, Unit, UnitVersion
from lms.people.roles import Role


def add_unit(
    name: str,
    kind: str,
    *,
    parent_id: int | None = None,
    code: str = "",
    valid_from: date = BEGINNING,
    valid_to: date = STILL,
    by: int | None = None,
) -> Unit:
    """A new place, with its first version."""
    unit = Unit(recorded_at=now())
    db.session.add(unit)
    db.session.flush()
    version_unit(unit.id, name, kind, parent_id=parent_id, code=code, valid_from=valid_from, valid_to=valid_to, by=by)
    return unit


def version_unit(
    unit_id: int,
    name: str,
    kind: str,
    *,
    parent_id: int | None,
    code: str,
    valid_from: date,
    valid_to: date = STILL,
    by: int | None = None,
) -> UnitVersion:
    """From that day the unit is called so and stands there; the version before ends that day."""
    rules.check_interval(valid_from, valid_to)
    before = db.session.scalars(
        select(UnitVersion).where(
            UnitVersion.unit_id == unit_id,
            UnitVersion.superseded_at == CURRENT,
            UnitVersion.valid_from < valid_to,
            UnitVersion.valid_to > valid_from,
        )
    ).all()
    for old in before:
        if old.valid_from >= valid_from:
            raise Refused("This unit already has a version from %(day)s on.", day=old.valid_from.strftime("%d/%m/%Y"))
        _end_version(old, valid_from, by)
    version = UnitVersion(
        unit_id=unit_id,
        parent_id=parent_id,
        name=nfc(name),
        kind=kind,
        code=code,
        search_key=search_key(name),
        valid_from=valid_from,
        valid_to=valid_to,
        recorded_at=now(),
        recorded_by=by,
    )
    db.session.add(version)
    db.session.flush()
    return version


def _end_version(old: UnitVersion, on: date, by: int | None) -> None:
    old.superseded_at = now()
    kept = {
        name: getattr(old, name)
        for name in ("unit_id", "parent_id", "name", "kind", "code", "search_key", "valid_from")
    }
    db.session.add(UnitVersion(**kept, valid_to=on, recorded_at=old.superseded_at, recorded_by=by))


def succeed_unit(
    old_unit_id: int, new_unit_id: int, *, on: date, legal_basis: str, by: int | None = None
) -> Succession:
    """The old unit's people and duties go to the new one on that day. Moves nobody by itself: see `move_people`."""
    if old_unit_id == new_unit_id:
        raise Refused("A unit cannot succeed itself.")
    row = Succession(
        old_unit_id=old_unit_id,
        new_unit_id=new_unit_id,
        on=on,
        legal_basis=legal_basis,
        recorded_at=now(),
        recorded_by=by,
    )
    db.session.add(row)
    db.session.flush()
    audit.record("unit.succeeded", "unit", old_unit_id, by=by, new=new_unit_id, on=on)
    return row


def move_people(old_unit_id: int, new_unit_id: int, *, on: date, by: int | None = None) -> int:
    """Everyone posted at the old unit that day goes on at the new one; returns how many."""
    postings = db.session.scalars(select(Posting).where(Posting.unit_id == old_unit_id, Posting.true_on(on))).all()
    for posting in postings:
        end_posting(posting, on=on, by=by, because="reorganisation")
        _post(
            posting.person_id,
            new_unit_id,
            posting.category,
            posting.position,
            posting.direct_support,
            on,
            STILL,
            "reorganisation",
            by,
        )
    db.session.flush()
    return len(postings)


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
    if not name:
        raise Refused("A person needs a name.")
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
    rules.check_category(category)
    others = db.session.execute(
        select(Posting.valid_from, Posting.valid_to).where(
            Posting.person_id == person_id, Posting.unit_id == unit_id, Posting.superseded_at == CURRENT
        )
    ).all()
    rules.check_no_overlap(valid_from, valid_to, [(row.valid_from, row.valid_to) for row in others])
    posting = _post(person_id, unit_id, category, position, direct_support, valid_from, valid_to, because, by)
    db.session.flush()
    return posting


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
        recorded_at=now(),
        recorded_by=by,
    )
    db.session.add(posting)
    return posting


def end_posting(posting: Posting, *, on: date, because: str = "", by: int | None = None) -> None:
    """The person no longer works there from that day on. The old row stays, superseded; a shorter one stands for it."""
    posting.superseded_at = now()
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
    rules.check_category(values[0])
    until = posting.valid_to
    end_posting(posting, on=on, by=by)
    changed = _post(posting.person_id, posting.unit_id, *values, max(on, posting.valid_from), until, because, by)
    db.session.flush()
    return changed


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
    """A dated, reasoned exception (exempt, on leave) from the rule of an indicator."""
    rules.check_interval(valid_from, valid_to)
    if not reason.strip():
        raise Refused("Say why: an exception without a reason cannot be defended.")
    row = Standing(
        person_id=person_id,
        indicator_slug=indicator_slug,
        kind=kind,
        reason=nfc(reason),
        evidence=evidence,
        valid_from=valid_from,
        valid_to=valid_to,
        recorded_at=now(),
        recorded_by=by,
    )
    db.session.add(row)
    db.session.flush()
    audit.record("standing.set", "person", person_id, by=by, standing=kind, indicator=indicator_slug)
    return row


def open_account(
    person: Person | None, *, username: str | None = None, passphrase: str | None = None, by: int | None = None
) -> tuple[Account, str]:
    """A way in; returns the account and its generated passphrase, which is shown once and never kept."""
    if username is None:
        taken = set(db.session.scalars(select(Account.username)))
        username = rules.username_from(person.search_key if person else "quan tri", taken)
    passphrase = passphrase or passphrases.generate()
    account = Account(
        person_id=person.id if person else None,
        username=search_key(username),
        password_hash=passwords.hashed(passphrase),
        opened_at=now(),
    )
    db.session.add(account)
    db.session.flush()
    audit.record("account.opened", "account", account.id, by=by, person=account.person_id)
    return account, passphrase


def renew_passphrase(account: Account, *, by: int | None = None) -> str:
    """A new passphrase; every device is signed out."""
    passphrase = passphrases.generate()
    account.password_hash = passwords.hashed(passphrase)
    sign_in.end_all(account.id)
    audit.record("account.passphrase_renewed", "account", account.id, by=by)
    db.session.flush()
    return passphrase


def disable_account(account: Account, *, by: int | None = None) -> None:
    """No more signing in, and every device is signed out now."""
    account.disabled_at = now()
    sign_in.end_all(account.id)
    audit.record("account.disabled", "account", account.id, by=by)
    db.session.flush()


def grant_role(
    account_id: int,
    role: Role,
    unit_id: int,
    *,
    valid_from: date | None = None,
    valid_to: date = STILL,
    by: int | None = None,
) -> RoleGrant:
    """A role over a unit and all below it."""
    valid_from = valid_from or today()
    rules.check_interval(valid_from, valid_to)
    grant = RoleGrant(
        account_id=account_id,
        role=role,
        unit_id=unit_id,
        valid_from=valid_from,
        valid_to=valid_to,
        recorded_at=now(),
        recorded_by=by,
    )
    db.session.add(grant)
    db.session.flush()
    audit.record("role.granted", "account", account_id, by=by, role=role, unit=unit_id)
    return grant


def end_role(grant: RoleGrant, *, on: date, by: int | None = None) -> None:
    """The role ends that day."""
    grant.superseded_at = now()
    if grant.valid_from < on:
        kept = RoleGrant(
            account_id=grant.account_id,
            role=grant.role,
            unit_id=grant.unit_id,
            valid_from=grant.valid_from,
            valid_to=on,
            recorded_at=now(),
            recorded_by=by,
        )
        db.session.add(kept)
    db.session.flush()
    audit.record("role.ended", "account", grant.account_id, by=by, role=grant.role, unit=grant.unit_id)
