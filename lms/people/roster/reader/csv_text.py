"""Rows of text between commas, semicolons or tabs, in any encoding a Vietnamese machine writes. Pure.

UTF-8 and UTF-16 say what they are; else the bytes are Windows' Vietnamese (cp1258), or Latin letters that stand for TCVN3 or VNI: the
one that reads as Vietnamese.
"""

import csv
import io
import re

from lms.kernel.vietnamese import nfc
from lms.people.roster.reader.grid import Grid, capped, not_a_spreadsheet
from lms.people.roster.reader.old_fonts import from_tcvn3, from_vni
from lms.people.roster.reader.syllables import plausible

DELIMITERS = ";,\t|"
_OTHERS = (b"%PDF", b"{\\rtf", b"<", b"PK", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"Rar!", b"7z")
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f]")
_WORD = re.compile(r"[^\W\d_]{2,}")


def open_csv(content: bytes, name: str = "CSV") -> list[Grid]:
    """One sheet. Raises `Refused` when it is no text, or nothing is separated in it."""
    if not content.strip() or content.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(_OTHERS):
        raise not_a_spreadsheet()
    text = decoded(content)
    if _CONTROL.search(text):
        raise not_a_spreadsheet()
    lines = text.splitlines()
    if lines and (said := re.fullmatch(r"sep=(.)", lines[0].strip(), re.IGNORECASE)):
        text, delimiter = "\n".join(lines[1:]), said[1]
    else:
        delimiter = _delimiter(lines[:50])
    if not delimiter:
        raise not_a_spreadsheet()
    try:
        rows = [
            [cell.strip() for cell in row] for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
        ]
    except csv.Error as error:
        raise not_a_spreadsheet() from error
    width = max((len(row) for row in rows), default=0)
    return [Grid(name, capped([row + [""] * (min(width, 80) - len(row)) for row in rows]))]


def decoded(content: bytes) -> str:
    """The text; legacy bytes come back as they are written in a font of today or, of TCVN3 and VNI, as their old codes."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return content.decode("utf-16", errors="replace")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        pass
    latin = content.decode("latin-1")
    windows = nfc(content.decode("cp1258", errors="replace"))
    readings = [(windows, windows), (latin, from_tcvn3(latin)), (latin, from_vni(latin)), (latin, latin)]
    return max(readings, key=lambda reading: _share(reading[1]))[0]


def _share(text: str) -> float:
    """How much of what is not ASCII reads as Vietnamese."""
    words = [word for word in _WORD.findall(text[:200_000]) if not word.isascii()]
    good = sum(len(word) for word in words if plausible(word))
    return good / (1 + sum(1 for sign in text[:200_000] if not sign.isascii()))


def _delimiter(lines: list[str]) -> str:
    """The sign that parts most lines into the same number of columns; empty when none does."""
    best, most = "", 0
    for sign in DELIMITERS:
        counts = [line.count(sign) for line in lines if line.strip()]
        often = max(set(counts), key=lambda n: (n > 0, counts.count(n), n), default=0)
        if often and counts.count(often) * often > most:
            best, most = sign, counts.count(often) * often
    return best
