"""What is said of a cell or row that is wrong, asked about, or worth knowing: a slug and an English source sentence. Pure."""

from typing import Any, NamedTuple

from lms.kernel.i18n import N_
from lms.people.roster.rows import ASKED, REFUSED, TOLD

LONGEST = 300  # characters of a cell
SHOWN = 60  # characters of a wrong value that are shown again


class Problem(NamedTuple):
    """Why a cell does not go in as it stands, and what was expected."""

    cause: str
    message: str
    kind: str = REFUSED
    values: dict[str, Any] = {}


NO_NAME = Problem("name_missing", N_("A person needs a name."))
ONLY_NAME = Problem(
    "only_name",
    N_("Only a name stands here. If it is a person, add the day of birth; if it is a heading, delete it."),
)
FORMULA = Problem(
    "formula", N_("A formula stands here and its value is not in the file. Copy the column and paste it as values.")
)
TOO_LONG = Problem("too_long", N_("Too long: at most %(most)s characters."), REFUSED, {"most": LONGEST})
BIRTH = Problem("birth_unreadable", N_("Not a day: write 05/03/1985, or 1985 if only the year is known."))
MONTH_FIRST = Problem(
    "month_first", N_("Read with the month first, because there is no such day with the day first."), TOLD
)
SWAPPED = Problem(
    "perhaps_swapped",
    N_("Every date of this column that Excel keeps as a date has a day up to 12: it may have swapped day and month."),
    TOLD,
)
BOTH_SEXES = Problem("both_sexes", N_("Both the column for men and the one for women are filled in."))
SEX = Problem("sex_unreadable", N_("Write Nam or Nữ."))
DIRECT = Problem("direct_unreadable", N_("Write có or không; leave it empty if nobody knows yet."))
PHONE = Problem("phone_unreadable", N_("A phone number has 10 digits and begins with 0."))
CODE = Problem("code_signs", N_("A staff code holds letters, digits, dots and dashes."))
FROM = Problem("valid_from_unreadable", N_("Not a day: write 01/07/2025."))
DITTO = Problem("ditto_alone", N_("“As above” stands here, but there is nothing above."))
CATEGORY = "category_unknown", N_("Not one of the categories: %(known)s.")
POSITION = Problem("position_unknown", N_("The table of positions does not say to which category this belongs."), TOLD)
NO_UNIT = Problem("unit_missing", N_("Write the unit: the list does not say where this person works."), ASKED)
UNIT = "unit_unknown", N_("No unit was called so on %(day)s. Which unit is meant?")
UNIT_THEN = "unit_not_then", N_("A unit was called so at another time, not on %(day)s: check the day of the list.")
UNITS = "unit_several", N_("Several units are called so: write the whole name.")
HIDDEN = Problem(
    "hidden_row",
    N_("This row is hidden in the file. If it is not meant, take it out of the file and send the file again."),
    TOLD,
)
HIDDEN_SHEET = Problem("hidden_sheet", N_("This sheet is hidden in the file. Is it meant?"), TOLD)
COMPUTED = Problem("formula_value", N_("A formula stands here; the value it last had was read."), TOLD)
TOTAL = "total_differs", N_("The list says %(said)s people, %(read)s were read.")
UNREAD = Problem(
    "no_header",
    N_("No header was found on this sheet, so its rows were not read: name the columns as in our template."),
)
NO_LIST = Problem("no_header", N_("This sheet holds no list of people; it was not read."), TOLD)
BESIDE = (
    "second_list",
    N_(
        "Another list stands beside this one, from column %(column)s on, and was not read. Move it below, or onto a sheet of its own."
    ),
)
UNIT_OF_SHEET = "unit_unknown", N_("No unit was called so on %(day)s. Whose list is this sheet?")
