"""What confirming a list would do: who is new, changes or stays, what is asked, who is not in the list any more. Pure."""

import hashlib
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from lms.kernel.vietnamese import search_key
from lms.people import rules
from lms.people.roster.rows import ASKED, TOLD, ReadError, ReadRow

SHOWN = 60  # characters of a value that are shown again
TONES = frozenset("\u0300\u0301\u0303\u0309\u0323")
EXACT = {"day": 10, "month": 7, "year": 4}  # characters of an ISO day


@dataclass(frozen=True, slots=True)
class KnownPosting:
    id: int
    unit_id: int
    category: str
    position: str
    direct_support: bool | None
    valid_from: date
    valid_to: date


@dataclass(slots=True)
class Known:
    """A person of the register, as far as matching needs."""

    id: int
    staff_code: str | None
    full_name: str
    search_key: str
    born: date | None
    precision: str
    sex: str
    phone: str
    postings: list[KnownPosting] = field(default_factory=list)
    birth: str = field(init=False)  # as exact as known: 1985-03-05, 1985-03, 1985 or empty

    def __post_init__(self) -> None:
        self.birth = self.born.isoformat()[: EXACT[self.precision or "day"]] if self.born else ""

    @property
    def birth_words(self) -> str:
        return rules.birth_words(self.born, self.precision)


@dataclass(frozen=True, slots=True)
class Step:
    """What confirming would do for one row."""

    row: ReadRow
    kind: str  # new, changed, same
    unit_id: int
    since: date
    person_id: int | None = None
    facts: dict[str, Any] = field(default_factory=dict)  # of the person, to be corrected
    work: dict[str, Any] = field(default_factory=dict)  # of the posting, from `since` on
    posting: KnownPosting | None = None  # the one that changes; None with `joins`: a new one
    joins: bool = False
    differences: tuple[tuple[str, Any, Any], ...] = ()  # field, before, after


@dataclass(frozen=True, slots=True)
class Question:
    """Is this row one of these people? `like`: perhaps the same as that other row of the list."""

    row: ReadRow
    unit_id: int
    cause: str
    message: str
    values: dict[str, Any]
    candidates: tuple[Known, ...] = ()
    like: ReadRow | None = None

    @property
    def choices(self) -> tuple[str, ...]:
        """What may be answered: a person, the other row, or somebody else."""
        return (*(f"p{one.id}" for one in self.candidates), *(("row",) if self.like else ()), "new")


@dataclass(frozen=True, slots=True)
class Leaver:
    """Somebody who works at a unit of the list, and is not in the list."""

    person: Known
    posting: KnownPosting


@dataclass(slots=True)
class Plan:
    """A whole list, against the register as it is now."""

    steps: list[Step]
    errors: list[ReadError]  # those of the reader too; rows that they refuse or ask about do not go in
    questions: list[Question]
    leavers: list[Leaver]

    def of(self, kind: str) -> list[Step]:
        return [step for step in self.steps if step.kind == kind]

    @property
    def wrong(self) -> list[ReadError]:
        """Errors that keep a row out, by sheet and row."""
        return [one for one in self.errors if one.kind != TOLD]

    @property
    def told(self) -> list[ReadError]:
        return [one for one in self.errors if one.kind == TOLD]

    @property
    def counts(self) -> dict[str, int]:
        wrong = len({(one.sheet, one.row) for one in self.wrong})
        counts = dict.fromkeys(("new", "changed", "same"), 0)
        for step in self.steps:
            counts[step.kind] += 1
        asked = len(self.questions)
        return {"rows": len(self.steps) + wrong + asked, **counts, "wrong": wrong, "asked": asked}

    @property
    def fingerprint(self) -> str:
        """Changes when confirming would do something else than what was shown."""
        told = [(step.row.sheet, step.row.row, step.kind, step.person_id, step.differences) for step in self.steps]
        gone = [one.posting.id for one in self.leavers]
        return hashlib.sha256(repr((told, self.counts, gone)).encode()).hexdigest()[:32]


def birth_words(row: ReadRow) -> str:
    """As exact as the row says it."""
    return rules.birth_words(row.born, row.precision)


def error(row: ReadRow, name: str, cause: str, message: str, /, *, asked: bool = False, **values: Any) -> ReadError:
    """A row that cannot go in as it is, found only beside the register."""
    value = str(getattr(row, {"unit": "unit_text", "birth": "birth_text"}.get(name, name)) or "")
    kind = {"kind": ASKED} if asked else {}
    return ReadError(row.sheet, row.row, "", "", name, value[:SHOWN], cause, message, values, **kind)


def could_be(one: str, other: str) -> bool:
    """Births that do not contradict each other although they are not alike: missing, or less exact, on one side."""
    return one.startswith(other) or other.startswith(one)


def less_said(name: str, known: str) -> bool:
    """The same name with its marks left out, in other capitals, or with a tone on the other vowel (Hòa, Hoà)."""
    return name.casefold() == search_key(name) or _spelt(name) == _spelt(known)


def _spelt(name: str) -> list[tuple[str, str]]:
    words = [unicodedata.normalize("NFD", word) for word in name.casefold().split()]
    return [
        (
            "".join(sign for sign in word if sign not in TONES),
            "".join(sorted(sign for sign in word if sign in TONES)),
        )
        for word in words
    ]


def in_order(found: Sequence[ReadError], sheets: Sequence[str]) -> list[ReadError]:
    """By sheet, as they stand in the workbook, then by row."""
    places = {name: at for at, name in enumerate(sheets)}
    return sorted(found, key=lambda one: (places.get(one.sheet, -1), one.row))
