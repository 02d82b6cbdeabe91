"""Somebody goes on leave and lends their role to a colleague until a day."""

from datetime import date

from lms.kernel import audit
from lms.kernel.clock import today
from lms.kernel.turns import take_turns
from lms.people import lending_rules
from lms.people.actions.accounts import grant_role
from lms.people.models import RoleGrant


def lend_role(grant: RoleGrant, to_account_id: int, *, until: date, by: int) -> RoleGrant:
    """The colleague holds the role too, from today up to the day before `until`; never longer than the lender does.

    Whether they are a colleague of the same unit was asked when they were found (`lending_queries.colleagues`).
    """
    take_turns("role loans")
    lending_rules.check_may_lend(
        grant.role,
        lent=grant.lent_by is not None,
        own=grant.account_id == by,
        to_oneself=to_account_id == by,
        until=until,
        ends=grant.valid_to,
        today=today(),
    )
    loan = grant_role(to_account_id, grant.role, grant.unit_id, valid_to=until, lent_by=by, by=by)
    audit.record("role.lent", "account", to_account_id, by=by, role=grant.role, unit=grant.unit_id, until=until)
    return loan
