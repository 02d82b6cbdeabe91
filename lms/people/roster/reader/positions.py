"""From a position as lists write it ("CC VH-XH", "PCT UBND") to a category of staff, by tables the office can edit. Pure but for `load`.

`positions.csv`: a phrase, whether it has to be the whole position or may be a part of it, and its category (empty: nobody can tell
from the position alone). The longest phrase decides; of a person with several positions the first one. `abbreviations.csv`: what
short forms stand for, also when they are glued together (CCVH-XH, BTĐTN).
"""

import csv
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from lms.kernel.refused import Refused
from lms.kernel.vietnamese import alphabet_key, search_key, tidy
from lms.people import rules

FOLDER = Path(__file__).resolve().parents[4] / "courses" / "units"
LONGEST_GLUED = 24  # letters of a word that may be glued together of short forms
_SEVERAL = re.compile(r"\s+kiêm\s+|\s*[;,/\n]\s*|\s+-\s+kiêm\s+", re.IGNORECASE)
_WORD = re.compile(r"[^\W_]+")

Words = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Judged:
    """The category, the phrase that decided, and whether the table knows it as undecidable."""

    category: str = ""
    phrase: str = ""
    unsure: bool = False


@dataclass(frozen=True, slots=True)
class Phrase:
    words: Words
    whole: bool
    category: str


class Positions:
    """Both tables, and what people answered before."""

    def __init__(
        self,
        phrases: Iterable[Phrase],
        short: Mapping[str, str],
        answers: Mapping[str, str] = MappingProxyType({}),
    ) -> None:
        self._short = {search_key(key): tuple(tidy(words).split()) for key, words in short.items()}
        self._phrases: dict[Words, list[Phrase]] = {}
        for phrase in phrases:
            for words in {phrase.words, self._expanded(phrase.words)}:
                kept = Phrase(words, phrase.whole, phrase.category)
                self._phrases.setdefault(_folded(words), []).append(kept)
        self._longest = max(map(len, self._phrases), default=0)
        self._answers = dict(answers)
        self._judged: dict[str, Judged] = {}

    def judge(self, position: str) -> Judged:
        """The category of a position; empty when no phrase of the table is in it."""
        judged = self._judged.get(position)
        if judged is None:
            judged = self._judged[position] = self._judge(position)
        return judged

    def spelled_out(self, text: str) -> str:
        """CBCC as "cán bộ công chức"."""
        return " ".join(self._expanded(tuple(_WORD.findall(tidy(text[:100])))))

    def _judge(self, position: str) -> Judged:
        if (answer := self._answers.get(search_key(position))) is not None:
            return Judged(answer, position)
        for part in _SEVERAL.split(tidy(position[:300])):
            raw = tuple(_WORD.findall(part))
            found = max(
                (one for words in (raw, self._expanded(raw)) for one in self._within(words)),
                key=lambda one: (len(one[1].words), -one[0]),  # of two as long, the one said first
                default=None,
            )
            if found is not None:
                phrase = found[1]
                return Judged(phrase.category, " ".join(phrase.words), unsure=not phrase.category)
        return Judged()

    def _within(self, words: Words) -> Iterator[tuple[int, Phrase]]:
        """Where a phrase begins, and the phrase."""
        folded = _folded(words)
        bare = all(word.isascii() for word in words)
        for start in range(len(words)):
            for end in range(start + 1, min(len(words), start + self._longest) + 1):
                for phrase in self._phrases.get(folded[start:end], ()):
                    whole = (start, end) == (0, len(words))
                    if (whole or not phrase.whole) and (bare or _same(words[start:end], phrase.words)):
                        yield start, phrase

    def _expanded(self, words: Words) -> Words:
        return tuple(one for word in words for one in self._meant(word))

    def _meant(self, word: str) -> Words:
        key = search_key(word)
        return self._short.get(key) or self._unglued(key) or (word,)

    def _unglued(self, key: str) -> Words:
        """ccvh is CC + VH, btdtn is BT + ĐTN: the first short form as long as can be; () when the word is not made of them."""
        if not 4 <= len(key) <= LONGEST_GLUED or any(vowel in key for vowel in "aeio"):
            return ()
        for cut in range(len(key) - 2, 1, -1):
            head, rest = self._short.get(key[:cut]), key[cut:]
            if head and (tail := self._short.get(rest) or self._unglued(rest)):
                return (*head, *tail)
        return ()


def _folded(words: Words) -> Words:
    return tuple(map(search_key, words))


def _same(words: Words, phrase: Words) -> bool:
    """A text that has marks means them: "Trưởng ban" is no "trưởng bản". Three words and more forgive a wrong mark."""
    return len(words) > 2 or [alphabet_key(word) for word in words] == [alphabet_key(word) for word in phrase]


def load(folder: Path = FOLDER, answers: Mapping[str, str] = MappingProxyType({})) -> Positions:
    """Read both tables. Raises `Refused` naming the file and line."""
    phrases = []
    for place, row in _rows(folder / "positions.csv", ("position", "match", "category")):
        if row["category"] not in (*rules.CATEGORIES, "") or row["match"] not in ("part", "whole"):
            raise Refused("%(place)s: write position, part or whole, and a category of the list.", place=place)
        words = tuple(_WORD.findall(tidy(row["position"])))
        phrases.append(Phrase(words, row["match"] == "whole", row["category"]))
    short = {row["short"]: row["words"] for _place, row in _rows(folder / "abbreviations.csv", ("short", "words"))}
    return Positions(phrases, short, answers)


def _rows(file: Path, columns: tuple[str, ...]) -> Iterator[tuple[str, dict[str, str]]]:
    with file.open(encoding="utf-8-sig", newline="") as opened:
        for number, row in enumerate(csv.DictReader(opened), start=2):
            place = f"{file.name}:{number}"
            if any(row.get(column) is None for column in columns):
                raise Refused("%(place)s: expected the columns %(columns)s.", place=place, columns=", ".join(columns))
            yield place, {key: (value or "").strip() for key, value in row.items() if isinstance(key, str)}
