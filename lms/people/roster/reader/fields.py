"""From a cell to a value: one reader for each field, each with a memory, because lists repeat themselves. Pure."""

import re
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any, NamedTuple

from lms.kernel.refused import Refused
from lms.kernel.vietnamese import tidy
from lms.people import rules
from lms.people.roster.reader import marks, says
from lms.people.roster.reader.dates import read_day
from lms.people.roster.reader.lines import category_named
from lms.people.roster.reader.names import read_name
from lms.people.roster.reader.phones import read_phone
from lms.people.roster.reader.says import LONGEST, Problem
from lms.people.roster.rows import Note

_UPPER = "A-ZĐĂÂÊÔƠƯ" + "".join(map(chr, range(0x1EA0, 0x1EFA, 2))) + "ÀÁÃÈÉÌÍÒÓÕÙÚÝĨŨ"
_LOWER = "a-zđăâêôơư" + "".join(map(chr, range(0x1EA1, 0x1EFA, 2))) + "àáãèéìíòóõùúýĩũ"
_TITLE = "Ông|Bà|Anh|Chị|Cô|Thầy|Ts|Ths|Bs|Gs|Ks|Cn|Ys|Đc|Dc|Mr|Mrs|Ms"
_PLAIN_NAME = re.compile(f"(?!(?:{_TITLE}) )[{_UPPER}][{_LOWER}]*(?: [{_UPPER}][{_LOWER}]*){{1,6}}")
_PLAIN_PHONE = re.compile(r"0\d{9}", re.ASCII)
_CODE = re.compile(r"[\w\-./ ]{1,40}")


class Said(NamedTuple):
    """What a cell says, what was done to read it, and what is wrong."""

    value: Any = ""
    notes: tuple[Note, ...] = ()
    problem: Problem | None = None
    more: Any = ""  # of a name: the sex its title says; of a birth: how exact it is


NOTHING = Said()
Reader = Callable[[Any], Said]


class Fields:
    """The readers of one sheet: `on` is the day its list shows."""

    def __init__(self, on: date, *, month_first: bool = False) -> None:
        self.on, self.month_first = on, month_first
        self._memory: dict[str, dict[Any, Said]] = {}

    def memory(self, reader: Reader) -> dict[Any, Said]:
        """What this reader said before; for `read`."""
        return self._memory.setdefault(reader.__name__, {})

    def read(self, reader: Reader, cell: Any, memory: dict[Any, Said] | None = None) -> Said:
        """The same cell is read once."""
        if cell == "":
            return NOTHING
        memory = self.memory(reader) if memory is None else memory
        key = cell if cell.__class__ is str else (cell.__class__, cell)
        said = memory.get(key)
        if said is None:
            said = memory[key] = Said(problem=says.TOO_LONG) if _endless(cell) else reader(cell)
        return said

    def name(self, cell: Any) -> Said:
        text = text_of(cell)
        if _PLAIN_NAME.fullmatch(text):
            return Said(text)
        name = read_name(text)
        try:
            rules.check_name(name.full)
        except Refused as refused:
            cause = "name_missing" if not name.full else "name_too_long" if "most" in refused.values else "name_signs"
            return Said(problem=Problem(cause, refused.message, values=refused.values))
        return Said(name.full, tuple(Note("full_name", why, text[:LONGEST]) for why in name.why), more=name.sex)

    def birth(self, cell: Any) -> Said:
        day = read_day(cell, self.on, month_first=self.month_first)
        if day is None:
            return _nothing("birth", cell) or Said(problem=says.BIRTH)
        try:
            rules.check_birth(day.day, self.on)
        except Refused as refused:
            return Said(problem=Problem("birth_impossible", refused.message, values=refused.values))
        notes = (Note("birth", day.why, text_of(cell)),) if day.why else ()
        told = says.MONTH_FIRST if day.why == "month_first" and not self.month_first else None
        return Said(day.iso, notes, told, day.precision)

    def phone(self, cell: Any) -> Said:
        if isinstance(cell, str) and _PLAIN_PHONE.fullmatch(cell):
            return Said(cell)
        phone = read_phone(tidy(cell) if isinstance(cell, str) else cell)
        if phone is None:
            return _nothing("phone", cell) or Said(problem=says.PHONE)
        return Said(phone.number, (Note("phone", phone.why, text_of(cell)),) if phone.why else ())

    def sex(self, cell: Any) -> Said:
        sex = marks.read_sex(cell)
        if sex is None:
            return _nothing("sex", cell) or Said(problem=says.SEX)
        return Said(sex)

    def direct(self, cell: Any) -> Said:
        yes = marks.read_yes(cell)
        return Said(None, problem=says.DIRECT) if yes is None else Said(yes)

    def code(self, cell: Any) -> Said:
        text = text_of(cell).lstrip("'")
        return Said(text.upper()) if _CODE.fullmatch(text) else Said(problem=says.CODE)

    def since(self, cell: Any) -> Said:
        day = read_day(cell, self.on)
        if day is None or day.precision == "year" or not 1950 <= day.day.year <= 2100:
            return Said(problem=says.FROM)
        return Said(day.day.isoformat())

    def category(self, cell: Any) -> Said:
        named = category_named(text_of(cell))
        if named:
            return Said(named)
        cause, message = says.CATEGORY
        return Said(problem=Problem(cause, message, values={"known": "; ".join(rules.CATEGORIES)}))

    def people(self, cell: Any) -> Said:
        return Said(marks.read_people(cell))

    def position(self, cell: Any) -> Said:
        text = text_of(cell)
        return Said(text) if any(map(str.isalpha, text)) else NOTHING


def is_plain_name(text: str) -> bool:
    """Two words or more, each with its capital."""
    return _PLAIN_NAME.fullmatch(tidy(text[:LONGEST])) is not None


def text_of(cell: Any) -> str:
    """What a cell shows, as one tidy line; a whole number without its point, a date as people write it."""
    if isinstance(cell, str):
        return tidy(cell) if len(cell) <= LONGEST else tidy(cell[: LONGEST * 2])[: LONGEST + 1]
    if isinstance(cell, bool):
        return "x" if cell else ""
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 1e15:
        return str(int(cell))
    if isinstance(cell, date):
        return f"{cell.day:02}/{cell.month:02}/{cell.year:04}"
    return tidy(str(cell))[:LONGEST] if cell is not None else ""


def birth_of_parts(parts: Mapping[str, Any]) -> str:
    """Day, month and year of three columns, as one text."""
    said = [text_of(parts.get(name, "")) for name in ("birth_day", "birth_month", "birth_year")]
    return "/".join(one for one in said if one and one != "0") if said[2] else ""


def _nothing(name: str, cell: Any) -> Said | None:
    """Somebody wrote that there is nothing: that is as good as an empty cell, and noted."""
    return Said(notes=(Note(name, "nothing", text_of(cell)),)) if marks.is_nothing(cell) else None


def _endless(cell: Any) -> bool:
    return isinstance(cell, str) and len(cell) > LONGEST and len(tidy(cell[: LONGEST * 2])) > LONGEST
