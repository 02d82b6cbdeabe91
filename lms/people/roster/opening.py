"""A spreadsheet from outside, opened with care: a zip of XML that may lie about its size, or carry what we never run.

Everything is looked at before it is read, and what is read is only what was looked at: the checked parts are packed anew and
the reader sees nothing else. Limits: OWASP ASVS 5.0 V5.2; measured on real lists (5,000 rows are 130 KB, 1.8 MB unpacked).
"""

import io
import re
import zipfile
import zlib
from typing import Any
from xml.parsers import expat

from python_calamine import CalamineError, CalamineWorkbook

from lms.kernel.refused import Refused

LARGEST = 5_000_000  # bytes of the file
UNPACKED = 50_000_000
ENTRIES = 200
RATIO = 60  # unpacked to packed, where a part is over a megabyte
ROWS = 20_000
COLUMNS = 60
LONGEST_CELL = 32_767  # what Excel itself allows; shown and judged by its beginning
OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
MACROS = re.compile(r"vbaProject|macrosheets|activeX|\.bin$", re.IGNORECASE)
NEEDED = re.compile(
    r"(\[Content_Types\]\.xml|_rels/\.rels|xl/workbook\.xml|xl/_rels/workbook\.xml\.rels|xl/sharedStrings\.xml"
    r"|xl/styles\.xml|xl/worksheets/[^/]+\.xml)",
)
CELL = re.compile(r"\$?([A-Za-z]{1,3})\$?(\d{1,7})")

Sheet = tuple[str, list[list[Any]]]


def open_workbook(content: bytes) -> list[Sheet]:
    """Name and rows of each sheet; the first row is Excel's row 1. Raises `Refused` with what is wrong with the file."""
    parts = _checked_parts(content)
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_STORED) as clean:
        for name, part in parts.items():
            clean.writestr(name, part)
    packed.seek(0)
    try:
        workbook = CalamineWorkbook.from_filelike(packed)
        return [
            (name, workbook.get_sheet_by_name(name).to_python(skip_empty_area=False)) for name in workbook.sheet_names
        ]
    except (CalamineError, ValueError, KeyError, OSError) as error:
        raise _not_a_spreadsheet() from error


def _not_a_spreadsheet() -> Refused:
    return Refused("This is not an Excel file (.xlsx), or it is damaged. Open it in Excel and save it as .xlsx again.")


def _checked_parts(content: bytes) -> dict[str, bytes]:
    if len(content) > LARGEST:
        raise Refused("The file is bigger than %(most)s MB. Send the list without pictures, or in parts.", most=5)
    if content.startswith(OLD_OFFICE):
        if ENCRYPTED in content:
            raise Refused("The file has a password. Save it without one and send it again.")
        raise Refused("This is an old Excel file (.xls). Open it in Excel and save it as .xlsx.")
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return _looked_at(archive)
    # zipfile says NotImplementedError to an unknown compression and RuntimeError to a password
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError, OSError) as error:
        raise _not_a_spreadsheet() from error


def _looked_at(archive: zipfile.ZipFile) -> dict[str, bytes]:
    entries = archive.infolist()
    if len(entries) > ENTRIES or sum(entry.file_size for entry in entries) > UNPACKED:
        raise _too_big()
    for entry in entries:
        _check_entry(entry)
    wanted = [entry for entry in entries if NEEDED.fullmatch(entry.filename)]
    # At most `file_size` bytes are read of each, and the checksum has to agree.
    parts = {entry.filename: archive.read(entry) for entry in wanted}
    if len(parts) != len(wanted) or not {"[Content_Types].xml", "xl/workbook.xml"} <= parts.keys():
        raise _not_a_spreadsheet()
    if b"macroEnabled" in parts["[Content_Types].xml"]:
        raise _macros()
    _check_xml(parts)
    return parts


def _check_entry(entry: zipfile.ZipInfo) -> None:
    if MACROS.search(entry.filename) and "printerSettings" not in entry.filename:
        raise _macros()
    if "externalLink" in entry.filename:
        raise Refused("The file draws on other files (external links). Paste its cells as values and send it again.")
    if entry.flag_bits & 1:
        raise Refused("The file has a password. Save it without one and send it again.")
    if entry.file_size > 1_000_000 and entry.file_size > RATIO * max(1, entry.compress_size):
        raise _too_big()


def _macros() -> Refused:
    return Refused("The file holds macros. Save it as an ordinary .xlsx and send it again.")


def _too_big() -> Refused:
    return Refused("The file is far bigger inside than a list of people can be. Copy the rows into our template.")


def _check_xml(parts: dict[str, bytes]) -> None:
    """Read every part once: no DOCTYPE, no cell beyond the limits, no text that grows when it is put into its cells."""
    strings = _Strings()
    if shared := parts.get("xl/sharedStrings.xml"):
        strings.read(shared)
    grown = 0
    for name, part in parts.items():
        if name.startswith("xl/worksheets/"):
            cells = _Cells(strings.lengths)
            cells.read(part)
            grown += cells.text
        elif name != "xl/sharedStrings.xml":
            _Part().read(part)
    if grown > UNPACKED:
        raise _too_big()


class _Part:
    """One XML part, read by the parser itself, so that no spelling of XML slips by."""

    def read(self, content: bytes) -> None:
        parser = expat.ParserCreate(namespace_separator=" ")
        parser.buffer_text = True
        parser.StartDoctypeDeclHandler = self._doctype
        parser.StartElementHandler = self.start
        parser.EndElementHandler = self.end
        parser.CharacterDataHandler = self.words
        try:
            parser.Parse(content, True)
        except expat.ExpatError as error:
            raise _not_a_spreadsheet() from error

    def _doctype(self, *_given: object) -> None:
        raise Refused(
            "The file holds a document type definition, which no spreadsheet program writes. It was not read."
        )

    def start(self, name: str, given: dict[str, str]) -> None:
        """An element begins."""

    def end(self, name: str) -> None:
        """An element ends."""

    def words(self, text: str) -> None:
        """Text."""


class _Strings(_Part):
    """The shared strings: how long each is."""

    def __init__(self) -> None:
        self.lengths: list[int] = []

    def start(self, name: str, given: dict[str, str]) -> None:
        if name.endswith(" si") or name == "si":
            self.lengths.append(0)

    def words(self, text: str) -> None:
        if self.lengths:
            self.lengths[-1] += len(text)


class _Cells(_Part):
    """A sheet: where its cells stand, and how much text it will hold."""

    def __init__(self, lengths: list[int]) -> None:
        self.lengths = lengths
        self.text = 0
        self.shared = False
        self.value = ""
        self.row = self.column = 0  # the last ones seen; a row or cell that does not say where it stands comes next

    def start(self, name: str, given: dict[str, str]) -> None:
        kind = name.rpartition(" ")[2]
        if kind == "c":
            self.shared, self.value = given.get("t") == "s", ""
            self._cell(given.get("r"))
        elif kind == "row":
            self.row, self.column = self._number(given["r"]) if "r" in given else self.row + 1, 0

    def _cell(self, place: str | None) -> None:
        self.column += 1
        if place is not None:
            found = CELL.fullmatch(place)
            if found is None:
                raise _not_a_spreadsheet()
            self.row, self.column = self._number(found[2]), 0
            for sign in found[1].upper():
                self.column = self.column * 26 + ord(sign) - 64
        if self.column > COLUMNS:
            raise Refused("The list has more than %(most)s columns. Delete the empty ones on the right.", most=COLUMNS)
        if self.row > ROWS:
            raise Refused("The list has more than %(most)s rows. Send it in parts.", most=ROWS)

    def _number(self, row: str) -> int:
        if not re.fullmatch(r"\d{1,7}", row, re.ASCII):
            raise _not_a_spreadsheet()
        return int(row)

    def words(self, text: str) -> None:
        if self.shared and len(self.value) < 12:
            self.value += text

    def end(self, name: str) -> None:
        if not self.shared or name.rpartition(" ")[2] != "v":
            return
        at = int(self.value) if self.value.isascii() and self.value.isdigit() else -1
        if 0 <= at < len(self.lengths):
            self.text += self.lengths[at]
        if self.text > UNPACKED:
            raise _too_big()
