"""One row of a list, understood as one person, or refused with every reason at once. Pure."""

from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Any

from lms.people import rules
from lms.people.roster.reader import lines, marks, says
from lms.people.roster.reader.fields import NOTHING, Fields, Said, birth_of_parts, text_of
from lms.people.roster.reader.header import Header
from lms.people.roster.reader.layout import Layout
from lms.people.roster.reader.outcome import SheetRead, error_of
from lms.people.roster.reader.positions import Positions
from lms.people.roster.reader.says import Problem
from lms.people.roster.reader.sections import Sections
from lms.people.roster.reader.unit_names import Found, UnitNames
from lms.people.roster.rows import ASKED, REFUSED, TOLD, Note, ReadRow, kept_as, may_lack

_DITTO = ("position", "position_unit", "unit", "category", "ethnicity", "sex", "direct_support", "valid_from")
_PARTS = ("birth_day", "birth_month", "birth_year")


def _unit_said_once(layout: Layout, head: Header) -> bool:
    """The unit stands beside the first of its people alone, as cells merged down look where merging is lost: whoever has none is of the
    unit above."""
    at, names = head.at.get("unit"), [head.at[name] for name in ("full_name", "family") if name in head.at]
    if at is None:
        return False
    units = [row[at] for row in layout.rows[head.last + 1 :] if any(row[one] != "" for one in names)]
    said = [unit for unit in units if unit != ""]
    if not said or units[0] == "" or len(said) * 2 > len(units):
        return False
    return not any(one == other for one, other in pairwise(said))


class PersonReader:
    """Reads the persons of one sheet, one after another: a row may say "as above"."""

    def __init__(
        self,
        fields: Fields,
        units: UnitNames,
        positions: Positions,
        ticks: dict[str, dict[str, bool]],
        default: Found,
        without: frozenset[str] = frozenset(),
    ) -> None:
        self.fields, self.units, self.positions, self.ticks, self.without = fields, units, positions, ticks, without
        self.default = default  # the unit of the sheet, or the one that was chosen
        self.above: dict[str, Any] = {}
        self.unit_above = ""

    def columns(self, layout: Layout, head: Header) -> None:
        """What the columns of this header hold."""
        read, at = self.fields, head.at
        self.layout = layout
        plain: dict[str, Callable[[Any], Said]] = {
            "phone": read.phone,
            "sex": read.sex,
            "staff_code": read.code,
            "valid_from": read.since,
            "direct_support": read.direct,
            **({"category": read.category} if layout.ours else {}),
            "ethnicity": read.people,
            "position": read.position,
        }
        at_position = at.get("position", at.get("position_unit", -1))
        where = {**at, "position": at_position} if at_position >= 0 else at
        self.plain = [
            (name, where[name], reader, read.memory(reader)) for name, reader in plain.items() if name in where
        ]
        self.category = None if layout.ours else at.get("category")
        self.name = at.get("full_name")
        self.parts = [at[name] for name in ("family", "given") if name in at]
        self.births = [(at[name], name[6:]) for name in ("birth", "birth_male", "birth_female") if name in at]
        self.birth_parts = {name: at[name] for name in _PARTS if name in at}
        self.halves = [(at[name], name) for name in ("male", "female") if name in at]
        self.unit, self.unit_beside = at.get("unit"), at.get("position_unit")
        self.ditto = [(name, at[name]) for name in _DITTO if name in at]
        self.fills = _unit_said_once(layout, head)
        self.no_support = self.ticks["direct_support"].get(layout.key("direct_support"), False)
        self.other_half = self._other_half(layout)
        self.hidden, self.formulas = layout.grid.hidden_rows, layout.grid.formulas

    def _other_half(self, layout: Layout) -> str:
        """Where only women are ticked, whoever is not is a man."""
        if len(self.halves) != 1:
            return ""
        name = self.halves[0][1]
        other = {"female": "male", "male": "female"}[name]
        return other if self.ticks[name].get(layout.key(name)) else ""

    def believes(self, name: str, cell: Any) -> bool:
        """Whether the cell holds what its column is for."""
        reader = {"sex": self.fields.sex, "phone": self.fields.phone}.get(name)
        if name.startswith("birth"):
            reader = self.fields.birth
        return reader is not None and self.fields.read(reader, cell).problem is None

    def read(self, number: int, row: Sequence[Any], sections: Sections, out: SheetRead) -> None:
        self.wrong: list[tuple[str, Any, Problem]] = []
        row = self._resolved(row)
        values: dict[str, Any] = {}
        notes: tuple[Note, ...] = ()
        name = self._name(number, row)
        notes += name.notes
        for field, at, reader, memory in self.plain:
            cell = row[at]
            if cell == "":
                values[field] = ""
                continue
            said = self.fields.read(reader, cell, memory)
            if said.problem is not None:
                self.wrong.append((field, cell, said.problem))
            values[field] = said.value
            if said.notes:
                notes += said.notes
        if self.no_support and values.get("direct_support") == "":
            values["direct_support"] = False
        elif values.get("direct_support") == "":
            values["direct_support"] = None
        birth, sex = self._birth(row)
        notes += birth.notes
        values["sex"] = self._sex(row, values.get("sex") or "", sex, name.more)
        unit, unit_text = self._unit(row, sections)
        notes += self._category(row, values, sections)
        self.wrong = [(field, cell, self._left_out(field, problem)) for field, cell, problem in self.wrong]
        for field, cell, problem in self.wrong:
            out.errors.append(error_of(self.layout, number, field, cell, problem))
        if any(problem.kind == REFUSED for _field, _cell, problem in self.wrong):
            return
        out.rows.append(
            ReadRow(
                self.layout.name,
                number + 1,
                name.value,
                birth=birth.value,
                precision=birth.more,
                birth_text=self.birth_text,
                unit=unit.name or unit_text,
                unit_id=unit.unit_id,
                unit_text=unit_text,
                hidden=number in self.hidden,
                notes=notes,
                **values,
            )
        )
        if number in self.hidden:
            out.errors.append(error_of(self.layout, number, "", name.value, says.HIDDEN))

    def _left_out(self, field: str, problem: Problem) -> Problem:
        """Somebody said that such a value may be left empty."""
        told = problem.kind == REFUSED and kept_as(field) in self.without and may_lack(field, problem.cause)
        return problem._replace(kind=TOLD) if told else problem

    def _resolved(self, row: Sequence[Any]) -> Sequence[Any]:
        """ "nt" replaced by what stands above it."""
        changed: list[Any] | None = None
        for field, at in self.ditto:
            cell = row[at]
            if cell.__class__ is str and len(cell) < 16 and marks.is_ditto(cell):
                above = self.above.get(field, "")
                if above == "":
                    self.wrong.append((field, cell, says.DITTO))
                changed = changed or list(row)
                changed[at] = above
            else:
                self.above[field] = cell
        return changed or row

    def _said(self, field: str, cell: Any, reader: Callable[[Any], Said]) -> Said:
        if cell == "":
            return NOTHING
        said = self.fields.read(reader, cell)
        if said.problem is not None:
            self.wrong.append((field, cell, said.problem))
        return said

    def _name(self, number: int, row: Sequence[Any]) -> Said:
        if self.name is not None:
            cell: Any = row[self.name]
        else:
            cell = " ".join(text for at in self.parts if (text := text_of(row[at])))
        if self.formulas and any((number, at) in self.formulas for at in (self.name, *self.parts)):
            self.wrong.append(("full_name", cell, says.COMPUTED))
        return self._said("full_name" if self.name is not None else "given", cell, self.fields.name)

    def _birth(self, row: Sequence[Any]) -> tuple[Said, str]:
        """The birth, and the sex that its column says."""
        said, sex, count = NOTHING, "", 0
        self.birth_text = ""
        for at, half in self.births:
            cell = row[at]
            if cell == "":
                continue
            said = self._said(f"birth_{half}" if half else "birth", cell, self.fields.birth)
            self.birth_text, sex = text_of(cell), half
            count += bool(half)
        if count > 1:
            self.wrong.append(("birth_male", self.birth_text, says.BOTH_SEXES))
        if self.birth_parts and not self.birth_text:
            self.birth_text = birth_of_parts({name: row[at] for name, at in self.birth_parts.items()})
            said = self._said("birth_year", self.birth_text, self.fields.birth)
        return said, sex

    def _sex(self, row: Sequence[Any], said: str, by_birth: str, by_title: str) -> str:
        ticked = [half for at, half in self.halves if row[at] != "" and marks.read_yes(row[at]) is not False]
        if len(ticked) > 1 or (ticked and by_birth and ticked[0] != by_birth):
            self.wrong.append((ticked[0], "", says.BOTH_SEXES))
        return said or by_birth or (ticked[0] if ticked else self.other_half) or by_title

    def _unit(self, row: Sequence[Any], sections: Sections) -> tuple[Found, str]:
        text = text_of(row[self.unit]) if self.unit is not None else ""
        self.unit_above = text = text or (self.unit_above if self.fills else "")
        if not text and self.unit_beside is not None:
            beside = self.units.find(text_of(row[self.unit_beside]), self.fields.on)
            if beside.unit_id is not None:
                return beside, text_of(row[self.unit_beside])
        around, said = (sections.found, sections.text) if sections.found is not None else (self.default, "")
        if not text:
            found, text = around, said
        else:
            found = self.units.find(text, self.fields.on)
            if found.problem == "unknown" and around.unit_id is not None and lines.is_hamlet(text):
                return around, text
        if found.unit_id is None and text:
            self.wrong.append(("unit", text, self._unit_problem(found)))
        return found, text

    def _unit_problem(self, found: Found) -> Problem:
        cause, message = {"not_then": says.UNIT_THEN, "several": says.UNITS}.get(found.problem, says.UNIT)
        return Problem(cause, message, ASKED, {"day": self.fields.on.strftime("%d/%m/%Y")})

    def _category(self, row: Sequence[Any], values: dict[str, Any], sections: Sections) -> tuple[Note, ...]:
        """What the list says itself, else the section, else the table of positions."""
        if values.get("category"):
            return ()
        if said := self._short_category(row):
            values["category"] = said
            return ()
        if sections.category:
            values["category"] = sections.category
            return (Note("category", "section", sections.category),)
        position = values.get("position") or ""
        judged = self.positions.judge(position)
        values["category"] = judged.category
        if position and not judged.category:
            self.wrong.append(("position", position, says.POSITION))
        return (Note("category", "position", judged.phrase),) if judged.category else ()

    def _short_category(self, row: Sequence[Any]) -> str:
        """What a column of somebody else's list says of the category: in their words, so that what is not ours refuses nobody."""
        text = text_of(row[self.category]) if self.category is not None else ""
        if not text:
            return ""
        named = lines.category_named(text) or lines.category_named(self.positions.spelled_out(text))
        if not named:
            cause, message = says.CATEGORY
            values = {"known": "; ".join(rules.CATEGORIES)}
            self.wrong.append(("category", text, Problem(cause, message, TOLD, values)))
        return named
