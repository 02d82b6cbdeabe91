"""What one may lend and to whom; what one has lent, and was lent."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import or_, select

from lms.kernel.access import missing
from lms.kernel.clock import today
from lms.kernel.db import CURRENT, db
from lms.people.account_queries import current_grants
from lms.people.factors.queries import name_of
from lms.people.lending_rules import LENDABLE
from lms.people.models import Account, Person, Posting, RoleGrant
from lms.people.queries import records_of
from lms.people.register_queries import UnitNames
from lms.people.sign_in import Viewer


@dataclass(frozen=True)
class Loan:
    """A role that is lent now; `mine`: I am the one who lent it."""

    grant: RoleGrant
    unit_name: str
    mine: bool
    other: str  # the colleague's name, or the lender's


def lendable(viewer: Viewer) -> list[tuple[RoleGrant, str]]:
    """Roles of the viewer's own that can be lent, with the name of the unit."""
    names = UnitNames()
    return [
        (grant, names.on(grant.unit_id, today()))
        for grant in current_grants(viewer.account_id)
        if grant.lent_by is None and grant.role in LENDABLE
    ]


def colleagues(viewer: Viewer) -> Sequence[tuple[Account, Person]]:
    """Whoever works in one of the viewer's own units today and can sign in."""
    mine = select(Posting.unit_id).where(Posting.person_id.in_(records_of(viewer.person_id)), Posting.true_on(today()))
    beside = select(Posting.person_id).where(Posting.unit_id.in_(mine), Posting.true_on(today()))
    rows = db.session.execute(
        select(Account, Person)
        .join(Person, Person.id == Account.person_id)
        .where(
            Person.id.in_(beside),
            Person.id.not_in(records_of(viewer.person_id)),
            Account.id != viewer.account_id,
            Account.disabled_at.is_(None),
        )
        .order_by(Person.sort_key, Person.id)
    ).all()
    return [(row.Account, row.Person) for row in rows]


def loans(viewer: Viewer) -> list[Loan]:
    """Roles that the viewer has lent, or was lent, and that have not ended."""
    names, me = UnitNames(), viewer.account_id
    held = select(RoleGrant).where(
        RoleGrant.lent_by.is_not(None),
        or_(RoleGrant.lent_by == me, RoleGrant.account_id == me),
        RoleGrant.superseded_at == CURRENT,
        RoleGrant.valid_to > today(),
    )
    return [
        Loan(
            row,
            names.on(row.unit_id, today()),
            row.lent_by == me,
            name_of(row.account_id if row.lent_by == me else row.lent_by or 0),
        )
        for row in db.session.scalars(held.order_by(RoleGrant.valid_to, RoleGrant.id))
    ]


def loan(viewer: Viewer, grant_id: int) -> RoleGrant:
    """That loan, if the viewer gave it or has it; else 404."""
    return next((one.grant for one in loans(viewer) if one.grant.id == grant_id), None) or missing()
