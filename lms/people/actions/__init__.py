"""What the office and focal persons do to the register, by noun: units, persons, accounts, and units from files."""

from lms.people.actions.accounts import (
    change_passphrase,
    disable_account,
    enable_account,
    end_role,
    first_admin,
    grant_role,
    open_account,
    open_accounts,
    renew_passphrase,
)
from lms.people.actions.loading import Loaded, load_units
from lms.people.actions.persons import (
    add_person,
    change_posting,
    correct_person,
    end_exception,
    end_posting,
    except_person,
    move_people,
    post_person,
)
from lms.people.actions.units import add_unit, succeed_unit, version_unit

__all__ = [
    "Loaded",
    "add_person",
    "add_unit",
    "change_passphrase",
    "change_posting",
    "correct_person",
    "disable_account",
    "enable_account",
    "end_exception",
    "end_posting",
    "end_role",
    "except_person",
    "first_admin",
    "grant_role",
    "load_units",
    "move_people",
    "open_account",
    "open_accounts",
    "post_person",
    "renew_passphrase",
    "succeed_unit",
    "version_unit",
]
