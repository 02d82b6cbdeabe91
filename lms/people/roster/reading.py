"""From cells to lines: each row under a header becomes a line, or says what is wrong in which cell. Pure."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from lms.kernel.i18n import N_
from lms.kernel.refused import Refused
from lms.kernel.vietnamese import nfc, read_date, search_key, short_date, tidy
from lms.people import rules
from lms.people.roster.columns import HEADINGS, Header, find_header, letter

LONGEST = 300  # characters of a cell
SHOWN = 60  # characters of a wrong value that are shown again
SEXES = {"nam": "male", "male": "male", "nu": "female", "female": "female"}
YES, NO = frozenset({"co", "x", "yes", "1", "true", "v"}), frozenset({"khong", "no", "0", "false"})
CATEGORIES = {search_key(one): one for one in rules.CATEGORIES}
UNREAD = N_("No header was found on this sheet, so its rows were not read: name the columns as in our template.")
TOO_LONG = N_("Too long: at most %(most)s characters.")


@dataclass(frozen=True)
class Line:
    """A row as understood. Dates are ISO texts; what the row does not say is empty or None."""

    sheet: str
    row: int  # Excel's own number
    full_name: str = ""
    staff_code: str = ""
    birth: str | None = None
    birth_precision: str = ""
    sex: str = ""
    category: str = ""
    position: str = ""
    direct_support: bool | None = None
    unit: str = ""
    phone: str = ""
    valid_from: str | None = None

    @property
    def birth_shown(self) -> str:
        """As exact as the row says it."""
        return rules.birth_words(date.fromisoformat(self.birth), self.birth_precision) if self.birth else ""


@dataclass(frozen=True)
class Fault:
    """What is wrong, where, and what was expected (an English source sentence with its values)."""

    sheet: str
    row: int
    column: str  # "C: Ngày sinh"; empty when the whole row is meant
    value: str
    message: str
    values: dict[str, Any]

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


class _Wrong(Exception):  # exceptions read as words
    def __init__(self, message: str, **values: Any) -> None:
        super().__init__(message)
        self.message, self.values = message, values


def read_sheets(sheets: Sequence[tuple[str, Sequence[Sequence[Any]]]], on: date) -> tuple[list[Line], list[Fault]]:
    """Every sheet with a header. Raises `Refused` when no sheet has one."""
    lines: list[Line] = []
    faults: list[Fault] = []
    found = False
    for sheet, cells in sheets:
        rows = [[text_of(cell) for cell in row] for row in cells]
        header = find_header([[cell or "" for cell in row] for row in rows])
        if header is None:
            if any(sum(1 for cell in row if cell) > 2 for row in rows):
                faults.append(Fault(tidy(sheet)[:SHOWN], 1, "", "", UNREAD, {}))
            continue
        found = True
        _read_sheet(tidy(sheet)[:SHOWN], rows, header, on, lines, faults)
    if not found:
        raise Refused("No header was found: the sheet needs a column “Họ và tên” and more. Use our template.")
    return lines, faults


def text_of(cell: Any) -> str:
    """What a cell shows, as one tidy line; a whole number without its point, a date as people write it."""
    if isinstance(cell, str):
        return tidy(cell) if len(cell) <= LONGEST else tidy(cell[: LONGEST * 2])[: LONGEST + 1]
    if isinstance(cell, bool):
        return "x" if cell else ""
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 1e15:
        return str(int(cell))
    if isinstance(cell, datetime):
        return short_date(cell.date())
    if isinstance(cell, date):
        return short_date(cell)
    return tidy(str(cell))[:LONGEST] if cell is not None else ""


def _read_sheet(
    sheet: str, rows: list[list[str]], header: Header, on: date, lines: list[Line], faults: list[Fault]
) -> None:
    for index in range(header.row + 1, len(rows)):
        cells = {field: rows[index][at] if at < len(rows[index]) else "" for at, field in header.fields.items()}
        if not any(cells.values()):
            continue
        read, wrong = _read_row(sheet, index + 1, cells, header, on)
        if wrong:
            faults.extend(wrong)
        else:
            lines.append(read)


def _read_row(sheet: str, row: int, cells: dict[str, str], header: Header, on: date) -> tuple[Line, list[Fault]]:
    values: dict[str, Any] = {}
    faults: list[Fault] = []
    for field, cell in cells.items():
        try:
            if len(cell) > LONGEST:
                raise _Wrong(TOO_LONG, most=LONGEST)
            values.update(_READERS[field](cell, on))
        except _Wrong as wrong:
            faults.append(_fault(sheet, row, field, cell, header, wrong.message, wrong.values))
        except Refused as refused:
            faults.append(_fault(sheet, row, field, cell, header, refused.message, refused.values))
    if not faults and not any(cell for field, cell in cells.items() if field not in {"full_name", "unit"}):
        message = N_("Only a name stands here. If it is a person, add the day of birth; if it is a heading, delete it.")
        faults.append(_fault(sheet, row, "full_name", cells["full_name"], header, message, {}))
    return Line(sheet, row, **values), faults


def _fault(
    sheet: str, row: int, field: str, cell: str, header: Header, message: str, values: dict[str, object]
) -> Fault:
    column = header.column(field)
    place = f"{letter(column)}: {HEADINGS[field][0]}" if column is not None else ""
    shown = cell if len(cell) <= SHOWN else f"{cell[:SHOWN]}…"
    return Fault(sheet, row, place, shown, message, dict(values))


def _name(cell: str, _on: date) -> dict[str, Any]:
    name = nfc(cell.lstrip("'"))
    if name.isupper() and len(name) > 3:
        name = name.title()
    rules.check_name(name)
    return {"full_name": name}


def _code(cell: str, _on: date) -> dict[str, Any]:
    if len(cell) > 40 or not all(sign.isalnum() or sign in "-./_ " for sign in cell):
        raise _Wrong(N_("A staff code holds letters, digits, dots and dashes."))
    return {"staff_code": cell.upper()}


def _birth(cell: str, on: date) -> dict[str, Any]:
    if not cell:
        return {}
    read = rules.read_birth(cell.lstrip("' "))
    if read is None:
        raise _Wrong(N_("Not a day: write 05/03/1985, or 1985 if only the year is known."))
    rules.check_birth(read[0], on)
    return {"birth": read[0].isoformat(), "birth_precision": read[1]}


def _sex(cell: str, _on: date) -> dict[str, Any]:
    if cell and search_key(cell) not in SEXES:
        raise _Wrong(N_("Write Nam or Nữ."))
    return {"sex": SEXES.get(search_key(cell), "")}


def _category(cell: str, _on: date) -> dict[str, Any]:
    if cell and search_key(cell) not in CATEGORIES:
        raise _Wrong(N_("Not one of the categories: %(known)s."), known="; ".join(rules.CATEGORIES))
    return {"category": CATEGORIES.get(search_key(cell), "")}


def _direct(cell: str, _on: date) -> dict[str, Any]:
    key = search_key(cell)
    if key and key not in YES | NO:
        raise _Wrong(N_("Write có or không; leave it empty if nobody knows yet."))
    return {"direct_support": None if not key else key in YES}


def _phone(cell: str, _on: date) -> dict[str, Any]:
    read = rules.read_phone(cell.lstrip("'")) if cell else ""
    if read is None:
        raise _Wrong(N_("A phone number has 10 digits and begins with 0."))
    return {"phone": read}


def _from(cell: str, _on: date) -> dict[str, Any]:
    day = read_date(cell.lstrip("'")) if cell else None
    if cell and (day is None or not 1950 <= day.year <= 2100):
        raise _Wrong(N_("Not a day: write 01/07/2025."))
    return {"valid_from": day.isoformat() if day else None}


def _plain(field: str) -> Any:
    return lambda cell, _on: {field: cell}


_READERS = {
    "full_name": _name,
    "staff_code": _code,
    "birth": _birth,
    "sex": _sex,
    "category": _category,
    "position": _plain("position"),
    "direct_support": _direct,
    "unit": _plain("unit"),
    "phone": _phone,
    "valid_from": _from,
}
