"""Who of a list is already known, what is new, what changes; doubt is a question, never a merge. Pure."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import lru_cache
from typing import Any

from lms.kernel.i18n import N_
from lms.kernel.vietnamese import search_key, short_date
from lms.people.roster.plan import (
    Known,
    KnownPosting,
    Leaver,
    Plan,
    Question,
    Step,
    birth_words,
    could_be,
    error,
    less_said,
)
from lms.people.roster.rows import ReadBook, ReadError, ReadRow

PERSON_FACTS = ("full_name", "staff_code", "birth", "sex", "phone")
POSTING_FACTS = ("category", "position", "direct_support")

CODE_ELSEWHERE = N_(
    "This staff code belongs to somebody outside your units. If they moved here, ask the office to post them; else check the code."
)
CODE_OTHER_NAME = N_("This staff code belongs to %(name)s. Is it the same person?")
CODE_DIFFERS = N_("Somebody of this name and birth is here with the staff code %(code)s. Is it the same person?")
NOT_SURE = N_("Somebody of this name is here, born %(birth)s. Is it the same person?")
SEVERAL = N_("%(count)s persons of this name and birth are here. Which of them is it?")
ELSEWHERE = N_("Somebody of this name and birth works at another unit of yours. Is it the same person?")
TWICE = N_("The same person stands in row %(other)s of sheet %(sheet)s.")
PERHAPS_TWICE = N_("Perhaps the same person as in row %(other)s of sheet %(sheet)s. Is it the same person?")
NO_UNIT = N_("Write the unit: the list does not say where this person works.")
NOT_YOURS = N_("No unit of yours was called so on %(day)s.")
ENDED = N_("This category ended on %(day)s. Write the category they are in now, or leave it empty.")


@dataclass(frozen=True)
class Circle:
    """What rows are judged against: the register of the units of whoever sent the list.

    `known` may leave out who has no code of the list, never worked at its units, and shares no row's name and birth.
    """

    known: Sequence[Known]
    codes_elsewhere: frozenset[str]
    scope: frozenset[int]
    default_unit: int | None
    on: date
    days: Mapping[str, date] = field(default_factory=dict)  # sheet -> the day it shows, where that is another
    ended: Mapping[str, date] = field(default_factory=dict)  # category -> from which day there is none
    telling: frozenset[str] = frozenset()  # sheets with a column for the category: an empty cell there is left empty
    leads: Mapping[int, int] = field(default_factory=dict)  # records that turned out to be another's -> that one's id
    answers: Mapping[str, str] = field(default_factory=dict)  # `key_of` -> one of Question.choices
    remembered: Mapping[str, str] = field(default_factory=dict)  # `digest_of` -> the same


_key = lru_cache(64)(search_key)  # of one row it is asked several times


def key_of(row: ReadRow) -> str:
    """Under which a question about a row is answered."""
    return f"{hashlib.sha256(row.sheet.encode()).hexdigest()[:8]}-{row.row}"


def digest_of(row: ReadRow, unit_id: int) -> str:
    """Under which an answer is remembered: who stands there, as the list says it."""
    said = (_key(row.full_name), row.birth, row.staff_code, unit_id)
    return hashlib.sha256(repr(said).encode()).hexdigest()[:32]


def asks_elsewhere(row: ReadRow) -> bool:
    """Whether somebody of that name and birth at another unit may be meant: only what is exact, and no code, says so."""
    return row.precision == "day" and not row.staff_code


class Matcher:
    """Judges rows one after another, remembering who was met."""

    def __init__(self, circle: Circle) -> None:
        self.circle = circle
        self.by_code: dict[str, Known] = {}
        self.by_unit: dict[tuple[str, int], list[Known]] = {}  # with the folded name
        self.by_birth: dict[tuple[str, str], list[Known]] = {}  # the same
        for one in circle.known:
            if one.staff_code:
                self.by_code[one.staff_code.upper()] = one
            for unit_id in {held.unit_id for held in one.postings}:
                self.by_unit.setdefault((one.search_key, unit_id), []).append(one)
            self.by_birth.setdefault((one.search_key, one.birth), []).append(one)
        self.met: dict[object, ReadRow] = {}
        self.namesakes: dict[tuple[str, int], tuple[list[ReadRow], list[ReadRow]]] = {}  # all, those without a code

    def plan(self, book: ReadBook, *, whole: bool = True, refused: Iterable[str] = ()) -> Plan:
        """`whole`: the list means to name everybody of its units, so whoever is missing may have left; not those who bear a name
        of a row that was refused (folded)."""
        plan = Plan([], list(book.errors), [], [])
        doubtful, good = set(refused), book.good
        for row in good:
            judged = self._judge(row)
            doubtful.add(_key(row.full_name))
            if isinstance(judged, Step):
                plan.steps.append(judged)
            elif isinstance(judged, Question):
                plan.questions.append(judged)
            else:
                plan.errors.append(judged)
        if whole:
            doubtful |= {_key(name) for name in {row.full_name for row in book.rows} - {row.full_name for row in good}}
            plan.leavers = list(self._leavers(plan.steps, doubtful))
        return plan

    def _judge(self, row: ReadRow) -> Step | Question | ReadError:
        unit_id = row.unit_id or (None if row.unit_text else self.circle.default_unit)
        on = self.circle.days.get(row.sheet, self.circle.on)
        if unit_id is None and not row.unit_text:
            return error(row, "unit", "no_unit", NO_UNIT)
        if unit_id is None or unit_id not in self.circle.scope:
            return error(row, "unit", "unit_unknown", NOT_YOURS, asked=True, day=short_date(on))
        ended = self.circle.ended.get(row.category)
        if ended is not None and on >= ended:
            return error(row, "category", "category_ended", ENDED, day=short_date(ended))
        if row.staff_code in self.circle.codes_elsewhere and row.staff_code not in self.by_code:
            return error(row, "staff_code", "code_elsewhere", CODE_ELSEWHERE)
        found = self._find(row, unit_id)
        answer = ""
        if isinstance(found, Question):
            answer = self._answer(found)
            if not answer:
                return found
            if answer == "new" and found.cause == "code_other_name":
                row = replace(row, staff_code="")
            found = next((one for one in found.candidates if f"p{one.id}" == answer), None)
        return self._step(row, unit_id, found, sure=answer == "new")

    def _step(self, row: ReadRow, unit_id: int, person: Known | None, *, sure: bool) -> Step | Question | ReadError:
        first = self._first_met(row, unit_id, person)
        if first is not None:
            alike = replace(first, row=row.row, sheet=row.sheet, birth_text=row.birth_text, notes=row.notes)
            if person is not None or _said(alike) == _said(row) or row.staff_code:
                return error(row, "full_name", "twice", TWICE, other=first.row, sheet=first.sheet)
        since = (
            date.fromisoformat(row.valid_from) if row.valid_from else self.circle.days.get(row.sheet, self.circle.on)
        )
        if person is not None:
            return _compared(self._as_told(row), person, unit_id, since)
        other = first or self._namesake(row, unit_id)
        if other is not None and not sure:
            values = {"other": other.row, "sheet": other.sheet}
            asked = Question(row, unit_id, "perhaps_twice", PERHAPS_TWICE, values, (), other)
            answer = self._answer(asked)
            if answer != "new":
                return Step(row, "same", unit_id, since) if answer else asked
        return Step(row, "new", unit_id, since)

    def _as_told(self, row: ReadRow) -> ReadRow:
        """A category that was only concluded from the position changes nothing where the list has a column for it."""
        concluded = any(note.field == "category" for note in row.notes)
        return replace(row, category="") if concluded and row.sheet in self.circle.telling else row

    def _answer(self, asked: Question) -> str:
        answer = self.circle.answers.get(key_of(asked.row), "")
        if answer not in asked.choices:
            answer = self.circle.remembered.get(digest_of(asked.row, asked.unit_id), "")
        return answer if answer in asked.choices else ""

    def _first_met(self, row: ReadRow, unit_id: int, person: Known | None) -> ReadRow | None:
        """The earlier row about the same person, if there is one."""
        keys: list[object] = [person.id] if person else [(_key(row.full_name), row.birth, unit_id)]
        if row.staff_code:
            keys = [*keys, ("code", row.staff_code)] if person else [("code", row.staff_code)]
        for key in keys:
            first = self.met.setdefault(key, row)
            if first is not row:
                return first
        return None

    def _namesake(self, row: ReadRow, unit_id: int) -> ReadRow | None:
        """An earlier new row of the same name and unit whose birth is missing, or less or more exact."""
        earlier, uncoded = self.namesakes.setdefault((_key(row.full_name), unit_id), ([], []))
        unsure = uncoded if row.staff_code else earlier  # two codes are two persons
        found = next((one for one in unsure if could_be(one.birth, row.birth)), None)
        earlier.append(row)
        if not row.staff_code:
            uncoded.append(row)
        return found

    def _find(self, row: ReadRow, unit_id: int) -> Known | Question | None:
        if row.staff_code and (known := self.by_code.get(row.staff_code)):
            if known.search_key == _key(row.full_name):
                return known
            return Question(row, unit_id, "code_other_name", CODE_OTHER_NAME, {"name": known.full_name}, (known,))
        here = self.by_unit.get((_key(row.full_name), unit_id), [])
        if here and (found := self._among(row, unit_id, here)) is not None:
            return found
        if not asks_elsewhere(row):
            return None
        away = [one for one in self.by_birth.get((_key(row.full_name), row.birth), []) if one not in here]
        there = self._one_each(away)
        return Question(row, unit_id, "works_elsewhere", ELSEWHERE, {}, tuple(there)) if there else None

    def _among(self, row: ReadRow, unit_id: int, here: list[Known]) -> Known | Question | None:
        alike = self._one_each([one for one in here if one.birth == row.birth and (row.birth or _one_phone(row, one))])
        coded = [one for one in alike if one.staff_code]
        if row.staff_code and coded:  # of the same code they would have been found before
            values = {"code": coded[0].staff_code}
            return Question(row, unit_id, "code_differs", CODE_DIFFERS, values, tuple(coded))
        alike = _told_apart(row, alike)
        if len(alike) > 1:
            return Question(row, unit_id, "several", SEVERAL, {"count": len(alike)}, tuple(alike))
        if alike:
            return alike[0]
        unsure = self._one_each([one for one in here if could_be(one.birth, row.birth)])
        if unsure:
            values = {"birth": unsure[0].birth_words or "?"}
            return Question(row, unit_id, "not_sure", NOT_SURE, values, tuple(unsure))
        return None

    def _one_each(self, found: list[Known]) -> list[Known]:
        """Records that turned out to be one person's stand for one: the one that is kept, if it is among them."""
        kept: dict[int, Known] = {}
        for one in found:
            last = one.id
            while last in self.circle.leads:
                last = self.circle.leads[last]
            if last not in kept or one.id == last:
                kept[last] = one
        return list(kept.values())

    def _leavers(self, steps: Iterable[Step], doubtful: set[str]) -> Iterable[Leaver]:
        """Whoever works that day at a unit of the list and stands in no row, not even in one that is wrong."""
        on, units = self.circle.on, {step.unit_id for step in steps}
        there = {step.person_id for step in steps}
        for one in self.circle.known:
            if one.id in there or one.search_key in doubtful or one.id in self.circle.leads:
                continue
            for held in one.postings:
                if held.unit_id in units and held.valid_from < on < held.valid_to:
                    yield Leaver(one, held)


def _said(row: ReadRow) -> tuple[Any, ...]:
    """All that two rows about one person may differ in."""
    return tuple(getattr(row, name) for name in (*PERSON_FACTS, *POSTING_FACTS, "unit_text"))


def _one_phone(row: ReadRow, one: Known) -> bool:
    """Where neither says a birth: at least not of two phones."""
    return len({row.phone, one.phone} - {""}) < 2


def _told_apart(row: ReadRow, alike: list[Known]) -> list[Known]:
    """Of several alike, the one with the phone or the position of the row, if there is just one."""
    if len(alike) < 2:
        return alike
    for same in (
        [one for one in alike if row.phone and one.phone == row.phone],
        [one for one in alike if row.position and any(held.position == row.position for held in one.postings)],
    ):
        if len(same) == 1:
            return same
    return alike


def _compared(row: ReadRow, person: Known, unit_id: int, since: date) -> Step:
    facts: dict[str, Any] = {
        name: value for name in PERSON_FACTS if (value := getattr(row, name)) and value != getattr(person, name)
    }
    if "full_name" in facts and less_said(row.full_name, person.full_name):
        facts.pop("full_name")
    if "birth" in facts and person.birth.startswith(row.birth):
        facts.pop("birth")  # less exact than what is known
    before = {name: getattr(person, name) for name in facts}
    after = dict(facts)
    if "birth" in facts:
        before["birth"], after["birth"] = person.birth_words, birth_words(row)
    posting = _held(person, unit_id, since)
    said = {name: value for name in POSTING_FACTS if (value := getattr(row, name)) not in ("", None)}
    if posting is None:
        differences = (*((name, before[name], after[name]) for name in before), ("unit", "", row.unit))
        return Step(row, "changed", unit_id, since, person.id, facts, said, None, True, differences)
    work = {name: value for name, value in said.items() if value != getattr(posting, name)}
    changed = [(name, before[name], after[name]) for name in before]
    changed += [(name, getattr(posting, name), value) for name, value in work.items()]
    kind = "changed" if changed else "same"
    start = max(since, posting.valid_from)
    return Step(row, kind, unit_id, start, person.id, facts, work, posting if work else None, False, tuple(changed))


def _held(person: Known, unit_id: int, since: date) -> KnownPosting | None:
    """The posting at that unit that reaches beyond that day."""
    there = [row for row in person.postings if row.unit_id == unit_id and row.valid_to > since]
    return max(there, key=lambda row: row.valid_from, default=None)
