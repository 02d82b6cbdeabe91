"""The rows of one sheet, from below its header to its end: persons, and what is no person and why. Pure."""

import re
from collections.abc import Sequence
from typing import Any

from lms.people.roster.reader import header, lines, says
from lms.people.roster.reader.fields import text_of
from lms.people.roster.reader.header import Header
from lms.people.roster.reader.layout import Layout
from lms.people.roster.reader.outcome import SheetRead, error_of
from lms.people.roster.reader.person import PersonReader
from lms.people.roster.reader.says import SHOWN
from lms.people.roster.reader.sections import Sections
from lms.people.roster.rows import Answers, Skipped

# What tells a person from a title: something besides a name and a unit
_TELLING = (
    "birth", "birth_male", "birth_female", "birth_year", "sex", "male", "female", "phone", "position", "position_unit", "staff_code",
    "ethnicity", "category", "direct_support", "valid_from",
)  # fmt: skip
_OF_A_PERSON = frozenset(_TELLING) - {"position", "position_unit", "category"}


_NAMES = re.compile(r"(?:họ|ho\u0323|ho|tên|te\u0302n|ten)\b", re.IGNORECASE)  # how the heading of the names begins
_WORDS = re.compile(r"[^\W\d_]{2,}")
_HEADS = frozenset({"Họ", "HỌ", "họ", "Ho", "HO", "ho", "Tê", "TÊ", "tê", "Te", "TE", "te"})


class SheetReader:
    """Goes down the sheet once."""

    def __init__(self, layout: Layout, person: PersonReader, sections: Sections, answers: Answers) -> None:
        self.layout, self.person, self.sections, self.answers = layout, person, sections, answers
        self.read = SheetRead()
        self.over = False  # a total or a signature was met: what follows may be a signer's name

    def run(self) -> SheetRead:
        head = self.layout.head
        if head is None:
            return self.read
        number = head.last + 1
        self._look_at(head)
        while number < len(self.layout.rows):
            number = self._row(number)
        return self.read

    def _look_at(self, head: Header) -> None:
        at = head.at
        self.head = head
        self.telling = [at[name] for name in _TELLING if name in at]
        self.telling = self.telling or [at[name] for name in ("number", "unit") if name in at]  # a list of names alone
        self.proof = [name for name in _TELLING if name in at and name in _OF_A_PERSON]
        self.names = [at[name] for name in ("full_name", "family", "given") if name in at]
        self.number = at.get("number")
        self.person.columns(self.layout, head)

    def _row(self, number: int) -> int:
        """Reads a row; returns the one to go on with."""
        row = self.layout.rows[number]
        named = False
        for at in self.names:
            if row[at] != "":
                named = True
                break
        if named:
            for at in self.telling:
                if row[at] != "":
                    return self._full(number, row)
        if not any(cell != "" for cell in row):
            return number + 1
        if (again := self._again(number, row)) is not None:
            return again
        self._other(number, row, named=named)
        return number + 1

    def _full(self, number: int, row: Sequence[Any]) -> int:
        first = row[self.names[0]]
        if isinstance(first, str) and (first[:1] in "TtCcDdẤấ" and self._ends(number, row, first)):
            return number + 1
        if (again := self._again(number, row)) is not None:
            return again
        if self._numbering(number, row) or self._headed(number, row, first) or self._signed(number, row, first):
            return number + 1
        self.over = False
        self.person.read(number, row, self.sections, self.read)
        return number + 1

    def _ends(self, number: int, row: Sequence[Any], text: str) -> bool:
        """A total with counts in other columns."""
        if not lines.is_total(text_of(text)) or (self.number is not None and _counts(row[self.number])):
            return False
        self._total(number, row)
        return True

    def _total(self, number: int, row: Sequence[Any]) -> None:
        texts = [text for cell in row if (text := text_of(cell))]
        if said := next((said for text in texts if lines.is_total(text) and (said := lines.total_said(text))), None):
            self.read.totals.append(said)
        self.over = True
        self._skip(number, "total", " ".join(texts))

    def _signed(self, number: int, row: Sequence[Any], text: Any) -> bool:
        """Who signs on the left, beside who signs on the right: "NGƯỜI LẬP BIỂU … TM. ỦY BAN NHÂN DÂN", and their names below."""
        signature = self.over or (isinstance(text, str) and lines.is_signature(text_of(text)))
        if not signature or (self.number is not None and _counts(row[self.number])):
            return False
        if any(self.person.believes(name, cell) for name in self.proof if (cell := row[self.head.at[name]]) != ""):
            return False
        self.over = True
        self._skip(number, "signature", " ".join(words for cell in row if (words := text_of(cell))))
        return True

    def _numbering(self, number: int, row: Sequence[Any]) -> bool:
        if number > self.head.last + 2 or not header.is_numbering(row):
            return False
        self._skip(number, "numbering", " ".join(map(text_of, row)))
        return True

    def _headed(self, number: int, row: Sequence[Any], text: Any) -> bool:
        """A section with counts in other columns, or of a list that holds names alone."""
        order = row[self.number] if self.number is not None else ""
        if _counts(order) or not isinstance(text, str) or not lines.looks_like_section(text):
            return False
        if any(self.person.believes(name, cell) for name in self.proof if (cell := row[self.head.at[name]]) != ""):
            return False
        self._section(number, text_of(order), text_of(text))
        return True

    def _again(self, number: int, row: Sequence[Any]) -> int | None:
        """The header of the next printed page, or of another list below."""
        for cell in row:
            if cell.__class__ is str and cell[:2] in _HEADS and _NAMES.match(cell):
                break
        else:
            return None
        found = header.at_row(self.layout.rows, self.layout.grid.merged, number, self.answers.headings)
        if found is None or len(found.at) < 3:
            return None
        for one in range(found.first, found.last + 1):
            self._skip(one, "header", " ".join(text for cell in self.layout.rows[one] if (text := text_of(cell))))
        self.layout.head = found
        self._look_at(found)
        self.over = False
        return found.last + 1

    def _other(self, number: int, row: Sequence[Any], *, named: bool) -> None:
        order = text_of(row[self.number]) if self.number is not None else ""
        if _WORDS.search(order) and not lines.is_order(order):
            order = ""  # "II. XÃ …", written into the column of numbers
        texts = [text for cell in row if (text := text_of(cell))]
        name = next((text for at in self.names if (text := text_of(row[at]))), "")
        lead = name or (texts[0] if texts[0] != order or len(order) > 6 else (texts[1:] or [""])[0])
        if not named and self._somebody(row, order) and not lines.is_total(texts[0]):
            self._nameless(number, row)
        elif lines.is_total(lead) or lines.is_total(texts[0]):
            self._total(number, row)
        elif self.over or any(map(lines.is_signature, texts)):
            signed = any(map(lines.is_signature, texts))
            self.over = self.over or not lines.looks_like_section(lead)
            self._closing(number, order, lead, texts, signed=signed)
        elif named or (len(lead) > 6 and lead == texts[0]) or lines.is_order(order):
            self._title(number, row, order, lead if lead != order else "", named=named)
        elif texts != [order]:  # rows that are only numbered wait for people
            self._skip(number, "no_person", " ".join(texts))

    def _somebody(self, row: Sequence[Any], order: str) -> bool:
        """Facts of a person without a name, and no signature that happens to stand in those columns."""
        filled = [name for name in self.proof if row[self.head.at[name]] != ""]
        if _counts(order):
            return bool(filled)
        return not self.over and any(self.person.believes(name, row[self.head.at[name]]) for name in filled)

    def _closing(self, number: int, order: str, lead: str, texts: list[str], *, signed: bool) -> None:
        """After a subtotal another section may come: it is numbered, or people follow; what is no section is a signature."""
        numbered = lines.is_order(order) and lead != order
        if (numbered and (not signed or lines.looks_like_section(lead))) or (
            not signed and self._somebody_follows(number)
        ):
            self.over = False
            self._section(number, order, lead)
        else:
            self._skip(number, "signature", " ".join(texts))

    def _somebody_follows(self, number: int) -> bool:
        """Whether the next row that holds something is a person."""
        row = next((row for row in self.layout.rows[number + 1 :] if any(cell != "" for cell in row)), None)
        return (
            row is not None
            and any(row[at] != "" for at in self.names)
            and (
                any(self.person.believes(name, cell) for name in self.proof if (cell := row[self.head.at[name]]) != "")
            )
        )

    def _title(self, number: int, row: Sequence[Any], order: str, lead: str, *, named: bool) -> None:
        if not lead:
            self._skip(number, "no_person", order)
        elif _counts(order) and not lines.looks_like_section(lead):
            self._only_name(number, row)
        elif (
            lines.is_order(order)
            or not named
            or lines.looks_like_section(lead)
            or lines.category_named(lead)
            or self.sections.names_unit(lead)
            or (len(lead) > 24 and lead.isupper())
        ):
            self._section(number, order, lead)
        else:
            self._only_name(number, row)

    def _section(self, number: int, order: str, text: str) -> None:
        self._skip(number, "section", f"{order} {text}".strip())
        self.person.unit_above = ""
        self.sections.enter(lines.section(order, text))

    def _only_name(self, number: int, row: Sequence[Any]) -> None:
        self.read.errors.append(error_of(self.layout, number, "full_name", row[self.names[0]], says.ONLY_NAME))

    def _nameless(self, number: int, row: Sequence[Any]) -> None:
        formula = any((number, at) in self.layout.grid.formulas for at in self.names)
        self.read.errors.append(
            error_of(self.layout, number, "full_name", "", says.FORMULA if formula else says.NO_NAME)
        )

    def _skip(self, number: int, why: str, text: str) -> None:
        self.read.skipped.append(Skipped(number + 1, why, text[:SHOWN]))


def _counts(cell: Any) -> bool:
    """1, 2, 3: the number of a person."""
    text = text_of(cell).rstrip(".)")
    return text.isascii() and text.isdigit()
