"""Every cell of a sheet in Unicode: by its font, by its text, and by what most of the sheet is written in."""

import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

from lms.people.roster.reader.grid import Grid, Place
from lms.people.roster.reader.old_fonts import TCVN3, VNI, mended, only_in

_ETH = str.maketrans("ÐðƉ", "ĐđĐ")  # letters of Iceland and Africa that look like Đ; the old codes do not use them
_ETHS = re.compile("[ÐðƉ]")
SURE = (
    0.6  # share of a sheet's marked cells, but for those that can be either, from which on these are read the same way
)


def decoded(grid: Grid) -> tuple[list[list[Any]], dict[str, int]]:
    """The rows, and how many cells of each old encoding were converted."""
    found: dict[str, int] = {}
    changed: dict[Place, str] = {}
    doubtful: list[Place] = []  # as they stand they are Vietnamese, but so they might be in the old encoding too
    memory: dict[tuple[str, str], tuple[str, str]] = {}
    marked = list(_marked(grid))
    order = _likelier({cell for place, cell in marked if place not in grid.fonts})
    for place, cell in marked:
        hint = grid.fonts.get(place, "") if grid.fonts else ""
        said = memory.get((cell, hint))
        if said is None:
            said = memory[cell, hint] = mended(cell.translate(_ETH) if _ETHS.search(cell) else cell, hint, order)
        text, encoding = said
        if text is not cell and text != cell:
            changed[place] = text
        if encoding:
            found[encoding] = found.get(encoding, 0) + 1
        elif not hint:
            doubtful.append(place)
    if found:
        encoding, count = max(found.items(), key=lambda one: one[1])
        either = {place: text for place in doubtful if (text := _else(grid.rows[place[0]][place[1]], encoding))}
        if count > SURE * (count + len(doubtful) - len(either)):
            changed |= either
    if not changed:
        return grid.rows, found
    rows = [list(row) for row in grid.rows]
    for (number, column), text in changed.items():
        rows[number][column] = text
    return rows, found


def _else(cell: str, encoding: str) -> str:
    """What a readable cell would say in that encoding; empty when it cannot be in it."""
    text, was = mended(cell, encoding) if max(cell) < "\u0100" else (cell, "")
    return text if was else ""


def _likelier(cells: set[str]) -> tuple[str, ...]:
    """Both encodings, the one first in which more cells are that can be in no other: “Toå” alone might be either."""
    votes = Counter(only_in(cell) for cell in cells if max(cell) < "\u0100")
    return (VNI, TCVN3) if votes[VNI] > votes[TCVN3] else (TCVN3, VNI)


def _marked(grid: Grid) -> Iterator[tuple[Place, str]]:
    """Cells of text that is not plain ASCII."""
    for number, row in enumerate(grid.rows):
        for column, cell in enumerate(row):
            if cell.__class__ is str and not cell.isascii():
                yield (number, column), cell
