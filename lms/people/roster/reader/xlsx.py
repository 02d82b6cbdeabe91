"""Excel's own files: every part is read once by the parser before the reader sees it. What the reader does not tell is found on the
way: hidden rows, formulas, and cells in an old font."""

import posixpath
import re
from typing import Any

from python_calamine import CalamineWorkbook, SheetTypeEnum

from lms.people.roster.reader.archive import Part, attributes, local, packed, parts_of
from lms.people.roster.reader.calamine import grid_of, kept_in_place
from lms.people.roster.reader.grid import (
    AREA,
    COLUMNS,
    ROWS,
    UNPACKED,
    Grid,
    Place,
    has_macros,
    letter,
    not_a_spreadsheet,
    too_big,
    too_long,
    too_wide,
)
from lms.people.roster.reader.old_fonts import encoding_of_font

NEEDED = re.compile(
    r"(\[Content_Types\]\.xml|_rels/\.rels|xl/workbook\.xml|xl/_rels/workbook\.xml\.rels|xl/sharedStrings\.xml"
    r"|xl/styles\.xml|xl/worksheets/[^/]+\.xml)",
)
_COLUMN = {letter(at): at for at in range(COLUMNS)}
_CELL = re.compile(r"\$?([A-Za-z]{1,3})\$?(\d{1,7})", re.ASCII)
_QUIET = frozenset({"v", "t", "is", "sheetData"})
_SMALLEST_CELL = 12  # bytes: <c><v>0</v>


def open_xlsx(content: bytes) -> list[Grid]:
    """Every worksheet. Raises `Refused`."""
    parts = parts_of(content, NEEDED)
    if not {"[Content_Types].xml", "xl/workbook.xml"} <= parts.keys():
        raise not_a_spreadsheet()
    if b"macroEnabled" in parts["[Content_Types].xml"]:
        raise has_macros()
    seen = _looked_at(parts)
    clean = packed(parts)
    parts.clear()  # or a big list is held twice
    with kept_in_place(not_a_spreadsheet):
        workbook = CalamineWorkbook.from_filelike(clean)
        return [_grid(workbook, sheet, seen) for sheet in workbook.sheets_metadata if sheet.typ == _SHEET]


_SHEET = SheetTypeEnum.WorkSheet


def _grid(workbook: CalamineWorkbook, sheet: Any, seen: dict[str, "_Cells"]) -> Grid:
    grid = grid_of(workbook, sheet)
    if (cells := seen.get(sheet.name)) is not None:
        grid.hidden_rows, grid.formulas = frozenset(cells.hidden), frozenset(cells.formulas)
        grid.fonts = cells.fonts
    return grid


def _looked_at(parts: dict[str, bytes]) -> dict[str, "_Cells"]:
    """Read every part: no DOCTYPE, no cell beyond the limits, no text that grows when it is put into its cells."""
    strings, styles, book, targets = _Strings(), _Styles(), _Book(), _Targets()
    readers = {
        "xl/sharedStrings.xml": strings,
        "xl/styles.xml": styles,
        "xl/workbook.xml": book,
        "xl/_rels/workbook.xml.rels": targets,
    }
    for name, part in parts.items():
        if not name.startswith("xl/worksheets/"):
            readers.get(name, Part()).read(part)
    by_part = {name: _Cells(strings, styles.old) for name in parts if name.startswith("xl/worksheets/")}
    most_cells = sum(len(parts[name]) for name in by_part) // _SMALLEST_CELL
    area = text = 0
    for name, cells in by_part.items():
        cells.texts = strings.longest * most_cells > UNPACKED or bool(strings.old)
        cells.read(parts[name])
        area, text = area + cells.area, text + cells.text
        if area > AREA or text > UNPACKED:
            raise too_big()
    files = {sheet: targets.parts.get(number, "") for sheet, number in book.sheets.items()}
    paths = {sheet: posixpath.normpath(posixpath.join("/xl", file)).lstrip("/") for sheet, file in files.items()}
    return {sheet: by_part[path] for sheet, path in paths.items() if path in by_part}


class _Strings(Part):
    """The shared strings: how long each is, and which are written in an old font inside their cell."""

    texts = True

    def __init__(self) -> None:
        self.lengths: list[int] = []
        self.old: dict[int, str] = {}

    @property
    def longest(self) -> int:
        return max(self.lengths, default=0)

    def start(self, name: str, given: list[str]) -> None:
        kind = local(name)
        if kind == "si":
            self.lengths.append(0)
        elif kind == "rFont" and (old := encoding_of_font(attributes(given).get("val", ""))):
            self.old[len(self.lengths) - 1] = old

    def words(self, text: str) -> None:
        if self.lengths:
            self.lengths[-1] += len(text)


class _Styles(Part):
    """Which cell formats are in an old font."""

    def __init__(self) -> None:
        self.fonts: list[str] = []
        self.old: dict[str, str] = {}
        self.inside, self.formats = "", 0

    def start(self, name: str, given: list[str]) -> None:
        kind = local(name)
        if kind in ("fonts", "cellXfs", "cellStyleXfs", "dxfs", "fills"):
            self.inside = kind
        elif kind == "font" and self.inside == "fonts":
            self.fonts.append("")
        elif kind == "name" and self.inside == "fonts" and self.fonts:
            self.fonts[-1] = encoding_of_font(attributes(given).get("val", ""))
        elif kind == "xf" and self.inside == "cellXfs":
            font = attributes(given).get("fontId", "")
            at = int(font) if font.isascii() and font.isdigit() else -1
            if 0 <= at < len(self.fonts) and self.fonts[at]:
                self.old[str(self.formats)] = self.fonts[at]
            self.formats += 1


class _Book(Part):
    def __init__(self) -> None:
        self.sheets: dict[str, str] = {}  # name -> number of its relation

    def start(self, name: str, given: list[str]) -> None:
        if local(name) == "sheet":
            of = attributes(given)
            self.sheets[of.get("name", "")] = of.get("id", "")


class _Targets(Part):
    def __init__(self) -> None:
        self.parts: dict[str, str] = {}

    def start(self, name: str, given: list[str]) -> None:
        if local(name) == "Relationship":
            of = attributes(given)
            self.parts[of.get("Id", "")] = of.get("Target", "")


class _Cells(Part):
    """A sheet: where its cells stand, how much text it will hold, what is hidden, computed, or in an old font."""

    def __init__(self, strings: _Strings, old: dict[str, str]) -> None:
        self.strings, self.old = strings, old
        self.text = 0
        self.shared, self.value = False, ""
        self.row = self.column = -1  # the last ones seen; a row or cell that does not say where it stands comes next
        self.hidden: set[int] = set()
        self.formulas: set[Place] = set()
        self.fonts: dict[Place, str] = {}
        self.kinds: dict[str, str] = {}
        self.last_row = self.last_column = -1
        self.digits = ""  # the number of the row, as its cells say it

    @property
    def area(self) -> int:
        return (self.last_row + 1) * (self.last_column + 1)

    def start(self, name: str, given: list[str]) -> None:
        kind = self.kinds.get(name)
        if kind is None:
            kind = self.kinds[name] = local(name)
        if kind == "c":
            self._cell(given)
        elif kind in _QUIET:
            return
        elif kind == "row":
            self._row(attributes(given))
        elif kind == "f":
            self.formulas.add((self.row, self.column))
        elif kind == "rFont" and (old := encoding_of_font(attributes(given).get("val", ""))):
            self.fonts[self.row, self.column] = old

    def _cell(self, given: list[str]) -> None:
        if not given or given[0] != "r":
            given = _sorted(given)
        place = given[1] if given else ""
        letters = place.rstrip("0123456789")
        column = _COLUMN.get(letters)
        if column is None or place[len(letters) :] != self.digits:
            column = self._stand(place)
        self.column = column
        if column > self.last_column:
            if column >= COLUMNS:
                raise too_wide()
            self.last_column = column
        if self.old or self.texts:
            self._look(given)

    def _look(self, given: list[str]) -> None:
        self.value, self.shared = "", False
        for at in range(2, len(given), 2):
            if given[at] == "t":
                self.shared = given[at + 1] == "s"
            elif given[at] == "s" and (old := self.old.get(given[at + 1])):
                self.fonts[self.row, self.column] = old

    def _stand(self, place: str) -> int:
        """Where a cell stands that is not simply the next in its row."""
        if not place:
            return self.column + 1
        column, digits = _unusual(place)
        self._at_row(int(digits) - 1)
        return column

    def _at_row(self, number: int) -> None:
        if not 0 <= number < ROWS:
            raise too_long()
        self.row, self.last_row = number, max(number, self.last_row)

    def _row(self, of: dict[str, str]) -> None:
        number = of.get("r")
        if number is not None and not re.fullmatch(r"\d{1,7}", number, re.ASCII):
            raise not_a_spreadsheet()
        self._at_row(self.row + 1 if number is None else int(number) - 1)
        self.digits = str(self.row + 1)
        self.column = -1
        if of.get("hidden") in ("1", "true") or of.get("ht") in ("0", "0.0"):
            self.hidden.add(self.row)

    def words(self, text: str) -> None:
        if self.shared and len(self.value) < 12:
            self.value += text

    def end(self, name: str) -> None:
        if not self.shared or local(name) != "v":
            return
        at = int(self.value) if self.value.isascii() and self.value.isdigit() else -1
        if 0 <= at < len(self.strings.lengths):
            self.text += self.strings.lengths[at]
            if old := self.strings.old.get(at):
                self.fonts[self.row, self.column] = old
        if self.text > UNPACKED:
            raise too_big()


def _sorted(given: list[str]) -> list[str]:
    """With the place first, where there is one."""
    of = attributes(given)
    first = ["r", of["r"]] if "r" in of else ["", ""]
    return [*first, *(part for key, value in of.items() if key != "r" for part in (key, value))]


def _unusual(place: str) -> tuple[int, str]:
    """$A$1, a1, or a column beyond the limit."""
    found = _CELL.fullmatch(place)
    if found is None:
        raise not_a_spreadsheet()
    column = 0
    for sign in found[1].upper():
        column = column * 26 + ord(sign) - 64
    return column - 1, found[2]
