"""Errors of one cause stand together, with what mends them all at once where something does. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from dataclasses import field as made

from lms.kernel.i18n import N_
from lms.kernel.vietnamese import search_key
from lms.people.roster.rows import ReadError, kept_as, may_lack

MOST = 40  # values asked about at once

# What mends a cause for every row: say which unit or category is meant, or in which order days are written.
FIXES = {
    "unit_unknown": "unit",
    "unit_not_then": "unit",
    "unit_several": "unit",
    "position_unknown": "position",
    "month_first": "month_first",
    "perhaps_swapped": "month_first",
}
TITLES = {
    "unit_not_then": N_("A unit was called so at another time, not on the day of the list"),
    "category_unknown": N_("Not one of the categories"),
    "hidden_row": N_("Hidden in the file"),
    "too_long": N_("Too long"),
    "total_differs": N_("The total in the list is another than the people found"),
    "twice": N_("The same person stands twice in the list"),
    "unit_unknown": N_("No unit of yours is called so"),
    "no_unit": N_("The unit is missing"),
    "category_ended": N_("This category has ended"),
    "code_elsewhere": N_("The staff code belongs to somebody outside your units"),
}


@dataclass
class Group:
    """Errors of one cause in one field."""

    cause: str
    field: str
    kind: str
    title: str  # an English source sentence, with the values of the first when it has none of its own
    values: dict[str, object]
    errors: list[ReadError] = made(default_factory=list)
    fix: str = ""  # unit, position, month_first; empty: to be mended in the file
    asked: dict[str, tuple[str, int]] = made(default_factory=dict)  # folded words -> as written, in how many rows

    @property
    def rows(self) -> int:
        return len({(one.sheet, one.row) for one in self.errors})

    @property
    def without(self) -> str:
        """The field that may be left empty in all these rows instead; empty: none may."""
        return kept_as(self.field) if may_lack(self.field, self.cause) and self.cause not in FIXES else ""

    @property
    def alike(self) -> bool:
        """One sentence is true of all of them."""
        return len({one.said for one in self.errors}) == 1


def grouped(errors: Iterable[ReadError], words: Mapping[tuple[str, int, str], str]) -> list[Group]:
    """The largest group first. `words`: (sheet, row, field) -> the whole of a value that an error may show cut short."""
    found: dict[tuple[str, str], Group] = {}
    for one in errors:
        group = found.get((one.cause, one.field))
        if group is None:
            title = TITLES.get(one.cause, one.message)
            values = {} if one.cause in TITLES else dict(one.values)
            group = Group(one.cause, one.field, one.kind, title, values)
            group.fix = FIXES.get(one.cause, "")
            found[one.cause, one.field] = group
        group.errors.append(one)
        if group.fix in {"unit", "position"}:
            text = words.get((one.sheet, one.row, one.field)) or one.value
            key = search_key(text)
            if key:
                written, rows = group.asked.get(key, (text, 0))
                group.asked[key] = (written, rows + 1)
    for group in found.values():
        group.asked = dict(sorted(group.asked.items(), key=lambda item: -item[1][1])[:MOST])
        if group.fix in {"unit", "position"} and not group.asked:
            group.fix = ""
    return sorted(found.values(), key=lambda group: (group.kind == "told", -group.rows))
