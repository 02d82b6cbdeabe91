"""Vietnamese spelling of the files under `courses/`. Vietnamese is written in syllables, so a list of them checks nearly every word.

The list is Debian's hunspell-vi, looked at where it is installed and never kept here; `courses/words.txt` has what it does not
know. The dictionary sets the tone on the last vowel of an open syllable (hoà, thuỷ), the house on the first (hòa, thủy).
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from lms.kernel.said import Said
from lms.kernel.vietnamese import alphabet_key, nfc

DICTIONARY = Path("/usr/share/hunspell/vi_VN.dic")
NOT_CHECKED = "spelling not checked: apt install hunspell-vi"
WORDS = "words.txt"  # beside plan.toml: one word a line
CHECKED = (".md", ".toml", ".svg")

_WORD = re.compile(r"[^\W\d_]+")
_OPEN = re.compile("(o(?=[ae])|(?<!q)u(?=y))([aey])([\u0300\u0301\u0303\u0309\u0323])$", re.IGNORECASE)  # decomposed
_NO_PROSE = re.compile(
    r"`[^`]*`"  # a name of a program
    r"|\]\([^)\s]*\)|https?://\S+|[\w./-]+\.(?:md|toml|svg|vn)\b"  # addresses and files
    r'|"[a-z0-9_]+(?:-[a-z0-9]+)*"'  # a slug
    r"|^[a-z_]+\s*[=:](?:\s*(?:true|false))?"  # a key
    r"|^\[+[a-z_.]+\]+"  # a table of TOML
)
_COMMENT = re.compile(r"(?:^|\s)#\s.*")
_DRAWN = re.compile(r"<[^>]*>")


@dataclass(frozen=True)
class Misspelt:
    """A word on a line (from 1) of a file, and what may have been meant."""

    line: int
    word: str
    house: str = ""  # as the house writes it

    def __str__(self) -> str:
        return self.said

    @property
    def said(self) -> Said:
        if self.house:
            return Said("“%(word)s”: the house writes “%(house)s”", word=self.word, house=self.house)
        return Said("“%(word)s”: no such syllable", word=self.word)


@lru_cache(maxsize=20_000)
def house_style(word: str) -> str:
    """The tone of an open syllable on its first vowel: hoà is hòa."""
    return nfc(_OPEN.sub(r"\1\3\2", unicodedata.normalize("NFD", word)))


@lru_cache(maxsize=4)
def syllables(dictionary: Path = DICTIONARY) -> frozenset[str]:
    """All that the dictionary knows, in the spelling of the house; empty when it is not installed."""
    if not dictionary.exists():
        return frozenset()
    _count, *words = nfc(dictionary.read_text(encoding="utf-8")).split("\n")
    return frozenset(house_style(word.partition("/")[0].strip()) for word in words if word.strip())


def own_words(folder: Path) -> tuple[str, ...]:
    """The project's word list, as it stands."""
    path = folder / WORDS
    return tuple(nfc(path.read_text(encoding="utf-8")).split()) if path.exists() else ()


def misspelt(name: str, text: str, own: Iterable[str] = (), dictionary: Path = DICTIONARY) -> Iterator[Misspelt]:
    """Every word that is neither in the dictionary nor in the own list. Without a dictionary only the place of tones is looked at."""
    known, own = syllables(dictionary), frozenset(own)
    for line, word in words(name, text):
        if word in own or word.lower() in own or len(word) == 1:
            continue
        if (house := house_style(word)) != word:
            yield Misspelt(line, word, house)
        elif known and not {word, word.lower()} & known:
            yield Misspelt(line, word)


def words(name: str, text: str) -> Iterator[tuple[int, str]]:
    """(line, word) of what people read in the file."""
    for number, line in enumerate(nfc(text).splitlines(), start=1):
        if name.endswith(".svg"):
            line = _DRAWN.sub(" ", line)
        else:
            line = _NO_PROSE.sub(" ", _COMMENT.sub(" ", line) if name.endswith(".toml") else line)
        for found in _WORD.finditer(line):
            yield number, found[0]


def of_folder(folder: Path) -> Iterator[str]:
    """Everything misspelt under `courses/`, with file and line; and words of the own list that nothing uses or that stand twice."""
    own = own_words(folder)
    used: set[str] = set()
    for path in sorted(folder.rglob("*")):
        if path.suffix in CHECKED and path.is_file():
            text = path.read_text(encoding="utf-8", errors="replace")
            used.update(word for _, word in words(path.name, text))
            for one in misspelt(path.name, text, own):
                yield f"{path.relative_to(folder.parent)}:{one.line}: {one}"
    used |= {word.lower() for word in used}
    for number, word in enumerate(own, start=1):
        if word not in used or word in own[: number - 1]:
            yield f"{folder.name}/{WORDS}:{number}: “{word}” is used nowhere, or stands here twice"
    if list(own) != sorted(own, key=lambda word: (alphabet_key(word), word)):
        yield f"{folder.name}/{WORDS}:1: expected the words in the order of the alphabet"
