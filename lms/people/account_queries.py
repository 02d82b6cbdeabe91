"""Which accounts a viewer may see and handle, and what they may grant."""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, exists, not_, or_, select

from lms.kernel.access import missing
from lms.kernel.clock import now, today
from lms.kernel.db import CURRENT, db
from lms.people import queries, rules
from lms.people.door_models import SlipCode
from lms.people.factors.queries import name_of
from lms.people.models import Account, Person, Posting, RoleGrant, SignIn
from lms.people.register_queries import UnitNames
from lms.people.roles import Role
from lms.people.sign_in import Viewer


@dataclass(frozen=True)
class Powers:
    """The units over which the viewer may handle accounts, by the role that lets them. With a role that a colleague lent,
    nobody grants: it would outlast the loan."""

    admin: frozenset[int]
    office: frozenset[int]
    all: frozenset[int]

    def may_handle(self, grants: Iterable[RoleGrant]) -> bool:
        held = [(grant.role, grant.unit_id) for grant in grants]
        return rules.may_handle_account(held, admin_over=self.admin, office_over=self.office)

    def may_grant(self, role: Role, unit_id: int) -> bool:
        return rules.may_grant(role, unit_id, admin_over=self.admin, office_over=self.office)

    @property
    def grantable(self) -> frozenset[Role]:
        """The roles that can be granted somewhere."""
        return rules.GRANTABLE if self.admin else rules.GRANTABLE_BY_OFFICE if self.office else frozenset()

    @property
    def grantable_over(self) -> frozenset[int]:
        return self.admin | self.office


@dataclass(frozen=True)
class GrantLine:
    grant: RoleGrant
    unit_name: str
    may_end: bool
    lent_by: str = ""  # whose role it is, until the day it ends


@dataclass(frozen=True)
class AccountPage:
    """An account as its keeper sees it."""

    account: Account
    person: Person | None
    grants: list[GrantLine]
    may_handle: bool  # renew the passphrase, disable


def names_of(account_ids: Iterable[int | None]) -> dict[int, str]:
    """Who these accounts are, for their colleagues: the person's name, else the user name."""
    named = select(Account.id, Account.username, Person.full_name).outerjoin(Person, Person.id == Account.person_id)
    rows = db.session.execute(named.where(Account.id.in_({one for one in account_ids if one is not None})))
    return {row.id: row.full_name or row.username for row in rows}


def powers(viewer: Viewer) -> Powers:
    """What the viewer's roles reach."""
    admin, office = viewer.own_units(Role.ADMIN), viewer.own_units(Role.OFFICE)
    return Powers(*queries.scopes_of(admin, office, viewer.units(Role.ADMIN, Role.OFFICE, Role.FOCAL)))


def of_person(viewer: Viewer, person_id: int) -> AccountPage | None:
    """The account of somebody the viewer may see, if there is one."""
    account = db.session.scalar(select(Account).where(Account.person_id == person_id))
    return _page(viewer, account) if account else None


def account_page(viewer: Viewer, account_id: int) -> AccountPage:
    """That account, if it belongs to somebody the viewer answers for (or to nobody, and an admin asks); else 404."""
    mine = powers(viewer)
    granted = select(RoleGrant.account_id).where(RoleGrant.unit_id.in_(mine.admin))
    belongs = Account.person_id.in_(select(Person.id).where(queries.persons_of_units(mine.all)))
    account = db.session.scalar(
        select(Account).where(
            Account.id == account_id, or_(belongs, and_(Account.person_id.is_(None), Account.id.in_(granted)))
        )
    )
    return _page(viewer, account) if account else missing()


def _page(viewer: Viewer, account: Account) -> AccountPage:
    mine, names, day = powers(viewer), UnitNames(), today()
    grants = [grant for grant in queries.grants_of(account.id) if grant.valid_to > day]
    lines = [
        GrantLine(
            grant,
            names.on(grant.unit_id, day),
            mine.may_grant(grant.role, grant.unit_id),
            name_of(grant.lent_by) if grant.lent_by else "",
        )
        for grant in grants
    ]
    person = db.session.get(Person, account.person_id) if account.person_id else None
    may_handle = mine.may_handle(grants) and (person is None or works_here(mine.all, person.id))
    return AccountPage(account, person, lines, may_handle)


def works_here(scope: frozenset[int], person_id: int) -> bool:
    """Works in one of these units today; or nowhere today, and did before."""
    return db.session.scalar(select(Person.id).where(Person.id == person_id, _here(scope))) is not None


def _here(scope: frozenset[int]) -> ColumnElement[bool]:
    at_work = and_(Posting.person_id == Person.id, Posting.true_on(today()))
    return or_(
        exists().where(at_work, Posting.unit_id.in_(scope)),
        and_(not_(exists().where(at_work)), queries.persons_of_units(scope)),
    )


def slip_receivers(viewer: Viewer, person_ids: Iterable[int]) -> list[tuple[Person, Account | None]]:
    """These persons, in the order of a list, with their accounts; 404 unless the viewer may hand each of them a first slip."""
    wanted, mine = set(person_ids), powers(viewer)
    found = db.session.scalars(
        select(Person).where(Person.id.in_(wanted), _here(mine.all)).order_by(Person.sort_key, Person.id)
    ).all()
    accounts = accounts_of(found)
    held: dict[int, list[RoleGrant]] = {}
    ids = [account.id for account in accounts.values()]
    for grant in db.session.scalars(select(RoleGrant).where(RoleGrant.account_id.in_(ids), _not_over())):
        held.setdefault(grant.account_id, []).append(grant)
    allowed = all(mine.may_handle(held.get(account.id, [])) for account in accounts.values())
    if len(found) != len(wanted) or not allowed:
        missing()
    return [(person, accounts.get(person.id)) for person in found]


def _not_over() -> ColumnElement[bool]:
    return and_(RoleGrant.superseded_at == CURRENT, RoleGrant.valid_to > today())


def slips_of(accounts: Iterable[Account]) -> dict[int, SlipCode]:
    """Account id -> the last slip that was made for it."""
    ids = [one.id for one in accounts]
    rows = db.session.scalars(select(SlipCode).where(SlipCode.account_id.in_(ids)).order_by(SlipCode.id))
    return {row.account_id: row for row in rows}


def accounts_of(persons: Iterable[Person]) -> dict[int, Account]:
    """Person id -> account, of those who have one."""
    ids = [one.id for one in persons]
    rows = db.session.scalars(select(Account).where(Account.person_id.in_(ids)))
    return {row.person_id: row for row in rows if row.person_id is not None}


def grant_of(viewer: Viewer, account_id: int, grant_id: int) -> RoleGrant:
    """A role held on that account which the viewer may end; else 404."""
    for line in account_page(viewer, account_id).grants:
        if line.grant.id == grant_id and line.may_end:
            return line.grant
    return missing()


def sign_ins_of(account_id: int) -> list[SignIn]:
    """Devices that are signed in, the last seen first."""
    return list(
        db.session.scalars(
            select(SignIn)
            .where(SignIn.account_id == account_id, SignIn.ended_at.is_(None), SignIn.started_at <= now())
            .order_by(SignIn.seen_at.desc(), SignIn.id.desc())
        )
    )


def current_grants(account_id: int) -> list[RoleGrant]:
    """Roles held today."""
    day = today()
    return list(
        db.session.scalars(
            select(RoleGrant).where(
                RoleGrant.account_id == account_id,
                RoleGrant.superseded_at == CURRENT,
                RoleGrant.valid_from <= day,
                RoleGrant.valid_to > day,
            )
        )
    )


def known_of(account: Account) -> tuple[list[str], list[str]]:
    """What others know of the holder, and so would guess first: names, phone, staff code, day of birth; and every place."""
    places = [version.name for version in queries.units_at(today()).versions.values()]
    person = db.session.get(Person, account.person_id) if account.person_id else None
    if person is None:
        return [account.username], places
    birth = rules.birth_words(person.birth, person.birth_precision)
    year = str(person.birth.year) if person.birth else ""
    own = [
        account.username,
        person.full_name,
        person.phone,
        person.staff_code or "",
        birth,
        birth.replace("/", ""),
        year,
    ]
    names = UnitNames()
    return own + [names.on(row.unit_id, today()) for row in queries.postings_of(person.id)], places
