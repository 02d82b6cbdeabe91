"""What the office and focal persons do to the register, by noun: units, persons, accounts, and units from files."""

from lms.people.actions.accounts import (
    add_account,
    change_passphrase,
    disable_account,
    enable_account,
    end_role,
    end_sign_ins,
    first_admin,
    grant_role,
    open_account,
)
from lms.people.actions.categories import end_category, load_category_ends, take_back_end
from lms.people.actions.confirming import confirm_roster, withdraw_confirmation
from lms.people.actions.exceptions import correct_exception, end_exception, except_person
from lms.people.actions.lending import lend_role
from lms.people.actions.loading import Loaded, load_units, reorganisation_of_files
from lms.people.actions.persons import (
    add_person,
    change_posting,
    correct_person,
    correct_posting,
    end_posting,
    move_people,
    post_person,
)
from lms.people.actions.reminding import remind_persons, remind_units
from lms.people.actions.reorganising import hold_units, note_step, reorganise, reverse, units_of_places
from lms.people.actions.same import different_after_all, same_person
from lms.people.actions.slips import make_slip, new_code, use_slip
from lms.people.actions.units import add_unit, succeed_unit, version_unit

__all__ = [
    "Loaded",
    "add_account",
    "add_person",
    "add_unit",
    "change_passphrase",
    "change_posting",
    "confirm_roster",
    "correct_exception",
    "correct_person",
    "correct_posting",
    "different_after_all",
    "disable_account",
    "enable_account",
    "end_category",
    "end_exception",
    "end_posting",
    "end_role",
    "end_sign_ins",
    "except_person",
    "first_admin",
    "grant_role",
    "hold_units",
    "lend_role",
    "load_category_ends",
    "load_units",
    "make_slip",
    "move_people",
    "new_code",
    "note_step",
    "open_account",
    "post_person",
    "remind_persons",
    "remind_units",
    "reorganisation_of_files",
    "reorganise",
    "reverse",
    "same_person",
    "succeed_unit",
    "take_back_end",
    "units_of_places",
    "use_slip",
    "version_unit",
    "withdraw_confirmation",
]
