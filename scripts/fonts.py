"""Count the Vietnamese letters in the fonts that documents are set in; package names have promised too much before.

Run: python scripts/fonts.py. Prints nothing and exits 0 when each font has every letter; otherwise one sentence, exit 1.
"""

import sys
import unicodedata
from pathlib import Path

from fontTools.ttLib import TTFont

FOLDERS = (Path("/usr/share/fonts"), Path("/usr/local/share/fonts"), Path.home() / ".local/share/fonts")
FACES = ("Regular", "Bold", "Italic", "BoldItalic")
TONES = ("", "\N{COMBINING GRAVE ACCENT}", "\N{COMBINING HOOK ABOVE}", "\N{COMBINING TILDE}")
TONES += ("\N{COMBINING ACUTE ACCENT}", "\N{COMBINING DOT BELOW}")


def accented_letters() -> frozenset[str]:
    """The 134 letters of Vietnamese that ASCII lacks: 12 vowels × 6 tones, less the 6 plain ones, and đ; both cases."""
    small = {unicodedata.normalize("NFC", vowel + tone) for vowel in "aăâeêioôơuưy" for tone in TONES}
    small = {letter for letter in small if not letter.isascii()} | {"đ"}
    return frozenset(small | {letter.upper() for letter in small})


def letters_missing(font: Path) -> str:
    """The accented letters that the font file has no glyph for, in order."""
    with TTFont(font) as opened:
        has = opened.getBestCmap()
    return "".join(sorted(letter for letter in accented_letters() if ord(letter) not in has))


def complaint() -> str | None:
    """What is wrong with the installed Liberation fonts, as a sentence; None when a complete set is there."""
    found = [font for folder in FOLDERS for font in sorted(folder.rglob("Liberation*-*.ttf"))]
    for family in ("Serif", "Sans"):
        for face in FACES:
            files = [font for font in found if font.name == f"Liberation{family}-{face}.ttf"]
            if not files:
                return f"No font Liberation {family} {face} is installed: documents would be set in whatever is there."
            lacks = min((letters_missing(font) for font in files), key=len)
            if lacks:
                return f"Liberation {family} {face} lacks {len(lacks)} Vietnamese letters ({lacks}): install version 2 of it."
    return None


if __name__ == "__main__":
    if sentence := complaint():
        sys.exit(sentence)
