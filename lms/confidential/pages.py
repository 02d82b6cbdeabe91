"""Reads a shelf of `courses/5/`: its front, its gate, its pages, and whom its readers can call. Plain values."""

import tomllib
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

from markupsafe import Markup

from lms.confidential.rules import check_neutral
from lms.confidential.shelves import SHELVES
from lms.kernel import prose

FOLDER = Path(__file__).resolve().parents[2] / "courses"
FENCE = "+++\n"


@dataclass(frozen=True)
class Box:
    """Something to fill in on the page or by hand. What is typed stays there."""

    title: str
    hint: str


@dataclass(frozen=True)
class Page:
    """One text. `name` is its address: a number; `first`, of a gate: the page about reading safely, offered before any other."""

    name: str
    title: str
    body: Markup
    minutes: int = 0
    aim: str = ""
    warning: str = ""
    remember: tuple[str, ...] = ()
    boxes: tuple[Box, ...] = ()
    first: str = ""


@dataclass(frozen=True)
class HelpNumber:
    """Whom one can call, from a day and up to another."""

    number: str
    name: str
    note: str
    valid_from: date
    valid_to: date | None

    def holds_on(self, day: date) -> bool:
        return self.valid_from <= day and (self.valid_to is None or day < self.valid_to)


@dataclass(frozen=True)
class Library:
    """All that is on one shelf."""

    front: Page
    gate: Page
    pages: dict[str, Page]
    numbers: tuple[HelpNumber, ...]

    def numbers_on(self, day: date) -> list[HelpNumber]:
        return [number for number in self.numbers if number.holds_on(day)]


@lru_cache(maxsize=8)
def library(shelf: str = "c", folder: Path = FOLDER) -> Library:
    """Read once per process. Raises ValueError with the file's name when a file is not as expected.

    A shelf with a help.toml of its own prints those numbers only, and they name no topic either; any other prints the shared ones.
    """
    home = folder / "5" / SHELVES[shelf].folder
    texts = [_page(path) for path in sorted(home.glob("*.md"))]
    pages = {page.name: page for page in texts}
    if len(pages) < len(texts):
        raise ValueError(f"{home}: two pages have one slug")
    front, gate = _page(home / "mo-dau" / "front.md"), _page(home / "mo-dau" / "gate.md")
    if gate.first and gate.first not in pages:
        raise ValueError(f"{home}: the gate offers the page “{gate.first}”, which is not there")
    printed = (words for page in texts for box in page.boxes for words in (box.title, box.hint))
    check_neutral([front.title, gate.title, *(words for page in texts for words in (page.name, page.title)), *printed])
    own = home / "help.toml"
    numbers = _numbers(own if own.exists() else folder / "help.toml")
    if own.exists():
        check_neutral(words for line in numbers for words in (line.name, line.note))
    return Library(front, gate, pages, numbers)


def _page(path: Path) -> Page:
    before, *parted = path.read_text(encoding="utf-8").split(FENCE, 2)
    if before.strip() or len(parted) < 2:
        raise ValueError(f"{path}: expected keys between two lines of +++, then the text")
    head: dict[str, Any] = tomllib.loads(parted[0])
    return Page(
        name=str(head.get("slug", "")),
        title=str(head["title"]),
        body=prose.cleaned(prose.html_of(parted[1])),
        minutes=int(head.get("minutes", 0)),
        aim=str(head.get("aim", "")),
        warning=str(head.get("warning", "")),
        remember=tuple(head.get("remember", ())),
        boxes=tuple(Box(box["title"], box.get("hint", "")) for box in head.get("boxes", ())),
        first=str(head.get("first", "")),
    )


def _numbers(path: Path) -> tuple[HelpNumber, ...]:
    lines = tomllib.loads(path.read_text(encoding="utf-8")).get("numbers", [])
    return tuple(
        HelpNumber(line["number"], line["who"], line.get("note", ""), line["valid_from"], line.get("valid_to"))
        for line in lines
    )
