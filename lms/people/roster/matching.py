"""Who of a list is already known, what is new, what changes; doubt is a question, never a merge. Pure."""

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType
from typing import Any

from lms.kernel.i18n import N_
from lms.kernel.vietnamese import search_key
from lms.people import rules
from lms.people.roster.columns import HEADINGS
from lms.people.roster.reading import SHOWN, Fault, Line

PERSON_FACTS = ("full_name", "staff_code", "birth", "sex", "phone")
POSTING_FACTS = ("category", "position", "direct_support")

CODE_ELSEWHERE = N_(
    "This staff code belongs to somebody outside your units. If they moved here, ask the office to post them; else check the code."
)
CODE_OTHER_NAME = N_("This staff code belongs to %(name)s. Check the code or the name.")
CODE_DIFFERS = N_("Somebody of this name and birth is here with the staff code %(code)s. Is it the same person?")
NOT_SURE = N_("Somebody of this name is here, born %(birth)s. Write the whole day of birth or the staff code.")
SEVERAL = N_("%(count)s persons of this name and birth are here. Write the staff code.")
ELSEWHERE = N_(
    "Somebody of this name and birth works at another unit of yours. Write the staff code, or post them there."
)
TWICE = N_("The same person stands in row %(other)s of sheet %(sheet)s.")
PERHAPS_TWICE = N_(
    "Perhaps the same person as in row %(other)s of sheet %(sheet)s: write the whole day of birth or the staff code."
)
NO_UNIT = N_("Write the unit: the list does not say where this person works.")
ENDED = N_("This category ended on %(day)s. Write the category they are in now, or leave it empty.")
UNKNOWN_UNIT = N_("No unit of yours was called so on %(day)s.")


@dataclass(frozen=True)
class KnownPosting:
    id: int
    unit_id: int
    category: str
    position: str
    direct_support: bool | None
    valid_from: date
    valid_to: date


@dataclass
class Known:
    """A person of the register, as far as matching needs."""

    id: int
    staff_code: str | None
    full_name: str
    search_key: str
    birth: date | None
    birth_precision: str
    sex: str
    phone: str
    postings: list[KnownPosting] = field(default_factory=list)


@dataclass(frozen=True)
class Step:
    """What confirming would do for one line."""

    line: Line
    kind: str  # new, changed, same
    unit_id: int
    since: date
    person_id: int | None = None
    facts: dict[str, Any] = field(default_factory=dict)  # of the person, to be corrected
    work: dict[str, Any] = field(default_factory=dict)  # of the posting, from `since` on
    posting: KnownPosting | None = None  # the one that changes; None with `joins`: a new one
    joins: bool = False
    differences: tuple[tuple[str, Any, Any], ...] = ()  # field, before, after


@dataclass
class Plan:
    """A whole list, against the register as it is now."""

    steps: list[Step]
    faults: list[Fault]

    def of(self, kind: str) -> list[Step]:
        return [step for step in self.steps if step.kind == kind]

    @property
    def counts(self) -> dict[str, int]:
        wrong = len({(fault.sheet, fault.row) for fault in self.faults})
        counts = {kind: len(self.of(kind)) for kind in ("new", "changed", "same")}
        return {"rows": len(self.steps) + wrong, **counts, "wrong": wrong}

    @property
    def fingerprint(self) -> str:
        """Changes when confirming would do something else than what was shown."""
        told = [(step.line.sheet, step.line.row, step.kind, step.person_id, step.differences) for step in self.steps]
        return hashlib.sha256(repr((told, self.counts)).encode()).hexdigest()[:32]


class Matcher:
    """Judges lines one after another, remembering who was met."""

    def __init__(
        self,
        known: Iterable[Known],
        codes_elsewhere: frozenset[str],
        unit_of: Callable[[str], int | None],
        default_unit: int | None,
        on: date,
        ended: Mapping[str, date] = MappingProxyType({}),
    ) -> None:
        self.by_code: dict[str, Known] = {}
        self.by_name: dict[str, list[Known]] = {}
        for one in known:
            if one.staff_code:
                self.by_code[one.staff_code.upper()] = one
            self.by_name.setdefault(one.search_key, []).append(one)
        self.codes_elsewhere, self.unit_of, self.default_unit, self.on = codes_elsewhere, unit_of, default_unit, on
        self.ended = ended  # category -> from which day there is none
        self.met: dict[object, Line] = {}
        self.namesakes: dict[tuple[str, int], list[Line]] = {}

    def plan(self, lines: Sequence[Line], faults: Sequence[Fault]) -> Plan:
        plan = Plan([], list(faults))
        for line in lines:
            judged = self._judge(line)
            if isinstance(judged, Fault):
                plan.faults.append(judged)
            else:
                plan.steps.append(judged)
        plan.faults.sort(key=lambda fault: (fault.sheet, fault.row))
        return plan

    def _judge(self, line: Line) -> Step | Fault:
        unit_id = self.unit_of(line.unit) if line.unit else self.default_unit
        if unit_id is None and not line.unit:
            return _fault(line, "unit", NO_UNIT)
        if unit_id is None:
            return _fault(line, "unit", UNKNOWN_UNIT, day=self.on.strftime("%d/%m/%Y"))
        if line.category in self.ended and self.on >= self.ended[line.category]:
            return _fault(line, "category", ENDED, day=self.ended[line.category].strftime("%d/%m/%Y"))
        person = self._find(line, unit_id)
        if isinstance(person, Fault):
            return person
        first = self._first_met(line, unit_id, person)
        if first is not None:
            return _fault(line, "full_name", TWICE, other=first.row, sheet=first.sheet)
        since = date.fromisoformat(line.valid_from) if line.valid_from else self.on
        if person is None and (other := self._namesake(line, unit_id)) is not None:
            return _fault(line, "birth", PERHAPS_TWICE, other=other.row, sheet=other.sheet)
        if person is None:
            return Step(line, "new", unit_id, since)
        return _compared(line, person, unit_id, since)

    def _first_met(self, line: Line, unit_id: int, person: Known | None) -> Line | None:
        """The earlier line about the same person, if there is one."""
        keys: list[object] = [person.id] if person else [(search_key(line.full_name), line.birth, unit_id)]
        if line.staff_code:
            keys = [*keys, ("code", line.staff_code)] if person else [("code", line.staff_code)]
        for key in keys:
            first = self.met.setdefault(key, line)
            if first is not line:
                return first
        return None

    def _namesake(self, line: Line, unit_id: int) -> Line | None:
        """An earlier new line of the same name and unit whose birth is missing, or less or more exact."""
        earlier = self.namesakes.setdefault((search_key(line.full_name), unit_id), [])
        unsure = [one for one in earlier if not (one.staff_code and line.staff_code)]
        found = next((one for one in unsure if _could_be(one.birth, one.birth_precision, line)), None)
        earlier.append(line)
        return found

    def _find(self, line: Line, unit_id: int) -> Known | Fault | None:
        if line.staff_code:
            if line.staff_code in self.codes_elsewhere:
                return _fault(line, "staff_code", CODE_ELSEWHERE)
            if known := self.by_code.get(line.staff_code):
                same = known.search_key == search_key(line.full_name)
                return known if same else _fault(line, "staff_code", CODE_OTHER_NAME, name=known.full_name)
        namesakes = self.by_name.get(search_key(line.full_name), [])
        here = [one for one in namesakes if any(row.unit_id == unit_id for row in one.postings)]
        if (found := self._among(line, here)) is not None:
            return found
        exact = line.birth_precision == "day" and not line.staff_code
        if exact and any(_birth(one) == line.birth for one in namesakes if one not in here):
            return _fault(line, "full_name", ELSEWHERE)
        return None

    def _among(self, line: Line, here: list[Known]) -> Known | Fault | None:
        alike = [one for one in here if (_birth(one), one.birth_precision) == (line.birth, line.birth_precision)]
        if line.staff_code:
            coded = [one for one in alike if one.staff_code]
            if coded:  # of the same code they would have been found before
                return _fault(line, "staff_code", CODE_DIFFERS, code=coded[0].staff_code)
        if len(alike) > 1:
            return _fault(line, "full_name", SEVERAL, count=len(alike))
        if alike:
            return alike[0]
        for one in here:
            if _could_be(_birth(one), one.birth_precision, line):
                return _fault(line, "birth", NOT_SURE, birth=rules.birth_words(one.birth, one.birth_precision) or "?")
        return None


def _compared(line: Line, person: Known, unit_id: int, since: date) -> Step:
    facts = {
        name: value
        for name in PERSON_FACTS
        if (value := getattr(line, name)) and value != (_birth(person) if name == "birth" else getattr(person, name))
    }
    if facts.get("full_name", "").casefold() == person.full_name.casefold():
        facts.pop("full_name", None)  # only capitals differ
    before = {name: getattr(person, name) for name in facts}
    after = dict(facts)
    if "birth" in facts:
        before["birth"], after["birth"] = rules.birth_words(person.birth, person.birth_precision), line.birth_shown
        facts["birth_precision"] = line.birth_precision
    posting = _held(person, unit_id, since)
    said = {name: value for name in POSTING_FACTS if (value := getattr(line, name)) not in ("", None)}
    if posting is None:
        differences = (*((name, before[name], after[name]) for name in before), ("unit", "", line.unit))
        return Step(line, "changed", unit_id, since, person.id, facts, said, None, True, differences)
    work = {name: value for name, value in said.items() if value != getattr(posting, name)}
    changed = [(name, before[name], after[name]) for name in before]
    changed += [(name, getattr(posting, name), value) for name, value in work.items()]
    kind = "changed" if changed else "same"
    start = max(since, posting.valid_from)
    return Step(line, kind, unit_id, start, person.id, facts, work, posting if work else None, False, tuple(changed))


def _held(person: Known, unit_id: int, since: date) -> KnownPosting | None:
    """The posting at that unit that reaches beyond that day."""
    there = [row for row in person.postings if row.unit_id == unit_id and row.valid_to > since]
    return max(there, key=lambda row: row.valid_from, default=None)


def _could_be(birth: str | None, precision: str, line: Line) -> bool:
    """A birth that is missing, or less exact, on one side."""
    if line.birth is None or birth is None:
        return True
    return line.birth_precision != precision and line.birth[:4] == birth[:4]


def _birth(one: Known) -> str | None:
    return one.birth.isoformat() if one.birth else None


def _fault(line: Line, name: str, message: str, /, **values: Any) -> Fault:
    value = str(getattr(line, name) or "")
    return Fault(line.sheet, line.row, HEADINGS[name][0], value[:SHOWN], message, values)
