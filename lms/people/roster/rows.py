"""What was understood of a workbook: rows, errors, what each column holds and why, what was left out and why. Plain values.

`ReadBook.rows` holds every person of the workbook that could be read, also those about whom something is asked; a row that is
refused stands in `errors` alone. `as_json`/`from_json` carry a row or an error through a JSON column and back.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from dataclasses import field as made
from datetime import date
from typing import Any

# What a person of the register may lack.
LEFT_OUT = frozenset({"phone", "birth", "sex", "staff_code", "valid_from", "direct_support", "category"})
REFUSED, ASKED, TOLD = "refused", "asked", "told"  # kinds of a ReadError


def kept_as(field: str) -> str:
    """Under which field of `ReadRow` what a column holds is kept."""
    return "birth" if field.startswith("birth_") else "sex" if field in {"male", "female"} else field


def may_lack(field: str, cause: str) -> bool:
    """Whether the row can go in with nothing there. Where two columns contradict each other, one of them would stay."""
    return kept_as(field) in LEFT_OUT and cause != "both_sexes"


@dataclass(frozen=True, slots=True)
class Note:
    """Something was mended or concluded: which field, why (a slug), and what stood there."""

    field: str
    why: str
    text: str = ""


@dataclass(frozen=True, slots=True)
class ReadRow:
    """One person of a list. What the row does not say is empty or None."""

    sheet: str
    row: int  # Excel's own number
    full_name: str = ""
    staff_code: str = ""
    sex: str = ""  # female, male
    birth: str = ""  # as exact as known: 1985-03-05, 1985-03 or 1985
    precision: str = ""  # day, month, year
    birth_text: str = ""  # as it stood in the cell
    position: str = ""
    category: str = ""  # one of rules.CATEGORIES
    direct_support: bool | None = None
    phone: str = ""
    ethnicity: str = ""  # read where a column holds it; never stored
    unit: str = ""  # the name in the register; else the words of the list
    unit_id: int | None = None  # None: the row names no unit, or none that is known
    unit_text: str = ""  # as it stood in the list
    valid_from: str = ""  # ISO day
    hidden: bool = False  # the row cannot be seen when the file is opened
    notes: tuple[Note, ...] = ()

    @property
    def born(self) -> date | None:
        """The day, or the first day of the month or year."""
        return date.fromisoformat(f"{self.birth}-01-01"[:10]) if self.birth else None

    def as_json(self) -> dict[str, Any]:
        """What it says; what it does not say is left out."""
        said = {name: value for name in _NAMES if (value := getattr(self, name)) not in ("", None, False, ())}
        if self.direct_support is False:
            said["direct_support"] = False
        if self.notes:
            said["notes"] = [(note.field, note.why, note.text) for note in self.notes]
        return said

    @classmethod
    def from_json(cls, given: Mapping[str, Any]) -> "ReadRow":
        notes = given.get("notes")
        return cls(**{**given, "notes": tuple(Note(*note) for note in notes)}) if notes else cls(**given)


_NAMES = tuple(one.name for one in fields(ReadRow))


@dataclass(frozen=True, slots=True)
class ReadError:
    """What is wrong, where, and what was expected (an English source sentence with its values).

    `refused`: the row cannot go in as it stands. `asked`: the row was understood and stands in `rows`, but somebody has to say.
    `told`: it goes in; somebody may want to know.
    """

    sheet: str
    row: int  # Excel's own number; of the header when the whole sheet is meant
    column: str  # Excel's letter; empty when the whole row is meant
    heading: str  # what stands above that column
    field: str  # which field of ReadRow; empty when none
    value: str  # what stood there, cut short
    cause: str  # a slug: errors of one cause are mended together
    message: str
    values: dict[str, Any] = made(default_factory=dict)
    kind: str = REFUSED

    @property
    def said(self) -> str:
        """The sentence in English."""
        return self.message % self.values if self.values else self.message

    def as_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, given: Mapping[str, Any]) -> "ReadError":
        return cls(**given)


@dataclass(frozen=True, slots=True)
class ReadColumn:
    """What a column was taken for, and why."""

    column: str  # Excel's letter
    heading: str  # both levels joined by " / "
    field: str  # empty: not taken
    why: str  # a slug: heading, remembered, contents, not_kept, unknown
    key: str = ""  # the heading folded: under this a mapping is remembered


@dataclass(frozen=True, slots=True)
class Skipped:
    """A row that is not a person: title, section, total, signature, numbering, a header again."""

    row: int
    why: str
    text: str


@dataclass(frozen=True, slots=True)
class ReadSheet:
    """How one sheet was understood."""

    name: str
    header: int  # Excel's row; 0 when no header was found
    columns: tuple[ReadColumn, ...]
    on: date | None  # the day the list shows
    why_on: str  # given, title, names, today
    unit_id: int | None  # whose list the sheet is
    unit: str
    why_unit: str  # chosen, title, sheet_name; empty when nothing says so
    skipped: tuple[Skipped, ...] = ()
    encodings: tuple[str, ...] = ()  # tcvn3, vni: converted
    hidden: bool = False
    persons: int = 0
    said_total: int | None = None  # "Tổng cộng: 23 người"


@dataclass(frozen=True, slots=True)
class ReadBook:
    """A whole workbook. `rows` and `errors` stand in the order of the sheets and of Excel's rows."""

    rows: tuple[ReadRow, ...]
    errors: tuple[ReadError, ...]
    sheets: tuple[ReadSheet, ...]

    @property
    def good(self) -> list[ReadRow]:
        """Rows about which nothing is asked."""
        asked = {(one.sheet, one.row) for one in self.errors if one.kind == ASKED}
        return [row for row in self.rows if (row.sheet, row.row) not in asked]


@dataclass(frozen=True, slots=True)
class Answers:
    """What people said about lists of this unit before, or about this one: remembered, and given to the reader again."""

    headings: Mapping[str, str] = made(default_factory=dict)  # ReadColumn.key -> field; "" leaves the column out
    units: Mapping[str, int] = made(default_factory=dict)  # search_key of the words of the list -> unit id
    positions: Mapping[str, str] = made(default_factory=dict)  # search_key of a position -> category
    month_first: bool = False  # 3/25/1985 is the 25th of March, in the whole workbook
    without: frozenset[str] = frozenset()  # of LEFT_OUT: what cannot be read there is left empty and keeps no row out
