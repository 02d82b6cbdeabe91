"""A zip of XML from outside (.xlsx, .ods), looked at before it is read: it may lie about its size, or carry what we never run.

What is read is only what was looked at: the checked parts are packed anew and the reader sees nothing else. Limits: OWASP ASVS 5.0
V5.2; measured on real lists (5,000 rows are 130 KB, 1.8 MB unpacked).
"""

import io
import re
import zipfile
import zlib
from typing import Any
from xml.parsers import expat

from lms.kernel.refused import Refused
from lms.people.roster.reader.grid import UNPACKED, has_macros, has_password, not_a_spreadsheet, too_big

ENTRIES = 200
RATIO = 60  # unpacked to packed, where a part is over a megabyte
_MACROS = re.compile(r"vbaProject|macrosheets|activeX|^Basic/|^Scripts/|\.bin$", re.IGNORECASE)


def parts_of(content: bytes, wanted: re.Pattern[str]) -> dict[str, bytes]:
    """The parts whose names match, read within the limits. Raises `Refused`."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            entries = archive.infolist()
            if len(entries) > ENTRIES or sum(entry.file_size for entry in entries) > UNPACKED:
                raise too_big()
            for entry in entries:
                _check_entry(entry)
            chosen = [entry for entry in entries if wanted.fullmatch(entry.filename)]
            # At most `file_size` bytes are read of each, and the checksum has to agree.
            parts = {entry.filename: archive.read(entry) for entry in chosen}
    # zipfile says NotImplementedError to an unknown compression and RuntimeError to a password
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError, OSError) as error:
        raise not_a_spreadsheet() from error
    if len(parts) != len(chosen):
        raise not_a_spreadsheet()
    return parts


def packed(parts: dict[str, bytes]) -> io.BytesIO:
    """These parts alone, as a file for the reader."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as clean:
        for name, part in parts.items():
            clean.writestr(name, part)
    out.seek(0)
    return out


def _check_entry(entry: zipfile.ZipInfo) -> None:
    if _MACROS.search(entry.filename) and "printerSettings" not in entry.filename:
        raise has_macros()
    if "externalLink" in entry.filename:
        raise Refused("The file draws on other files (external links). Paste its cells as values and send it again.")
    if entry.flag_bits & 1:
        raise has_password()
    if entry.file_size > 1_000_000 and entry.file_size > RATIO * max(1, entry.compress_size):
        raise too_big()


class Part:
    """One XML part, read by the parser itself, so that no spelling of XML slips by. Subclasses say what they look for."""

    texts = False  # whether `end` and `words` are called

    def read(self, content: bytes) -> None:
        parser = expat.ParserCreate(namespace_separator=" ")
        parser.buffer_text = True
        parser.ordered_attributes = True
        parser.StartDoctypeDeclHandler = self._doctype
        parser.StartElementHandler = self.start
        if self.texts:
            parser.EndElementHandler = self.end
            parser.CharacterDataHandler = self.words
        try:
            parser.Parse(content, True)
        except (expat.ExpatError, ValueError) as error:
            raise not_a_spreadsheet() from error

    def _doctype(self, *_given: Any) -> None:
        raise Refused(
            "The file holds a document type definition, which no spreadsheet program writes. It was not read."
        )

    def start(self, name: str, given: list[str]) -> None:
        """An element begins; its name ends with a space and the local name, `given` is name, value, name, value…"""

    def end(self, name: str) -> None:
        """An element ends."""

    def words(self, text: str) -> None:
        """Text."""


def local(name: str) -> str:
    """The name without its namespace."""
    return name.rpartition(" ")[2]


def attributes(given: list[str]) -> dict[str, str]:
    """By local name."""
    return {local(given[at]): given[at + 1] for at in range(0, len(given), 2)}
