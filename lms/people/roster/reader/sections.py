"""Rows between the people that say where the next ones belong: "A. XÃ …", "II. Công chức". Pure."""

from datetime import date

from lms.people.roster.reader import lines
from lms.people.roster.reader.lines import Section
from lms.people.roster.reader.unit_names import Found, UnitNames


class Sections:
    """What holds for the rows below: the unit and the category named last."""

    def __init__(self, units: UnitNames, on: date) -> None:
        self.units, self.on = units, on
        self.text = ""
        self.found: Found | None = None
        self.category = ""
        self._style: str | None = None  # of the section that named the unit

    def names_unit(self, text: str) -> bool:
        found = self.units.find(lines.section("", text).text, self.on)
        return found.unit_id is not None or found.problem == "not_then"

    def enter(self, section: Section) -> None:
        """A part within a unit keeps the unit; one as high as the part that named the unit ends it."""
        self.category = lines.category_named(section.text)
        found = self.units.find(section.text, self.on)
        if found.unit_id is not None or found.problem in ("not_then", "several"):
            self.text, self.found, self._style = section.text, found, section.style
        elif self._style == section.style and not self.category and not lines.persists(section.text):
            self.text, self.found = section.text, found
