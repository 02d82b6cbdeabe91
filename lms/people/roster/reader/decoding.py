"""Every cell of a sheet in Unicode: by its font, by its text, and by what most of the sheet is written in."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

from lms.people.roster.reader.grid import Grid, Place
from lms.people.roster.reader.old_fonts import TCVN3, VNI, mended, only_in

_ETH = str.maketrans("ÐðƉ", "ĐđĐ")  # letters of Iceland and Africa that look like Đ; the old codes do not use them
SURE = (
    0.6  # share of a sheet's marked cells, but for those that can be either, from which on these are read the same way
)


def decoded(grid: Grid) -> tuple[list[list[Any]], dict[str, int]]:
    """The rows, and how many cells of each old encoding were converted."""
    found: dict[str, int] = {}
    changed: dict[Place, str] = {}
    doubtful: list[Place] = []  # as they stand they are Vietnamese, but so they might be in the old encoding too
    memory: dict[tuple[str, str], tuple[str, str]] = {}
    order = _likelier(grid)
    for place, cell in _marked(grid):
        hint = grid.fonts.get(place, "") if grid.fonts else ""
        if not _ETH.keys().isdisjoint(map(ord, cell)):
            cell = changed[place] = cell.translate(_ETH)
        said = memory.get((cell, hint))
        if said is None:
            said = memory[cell, hint] = mended(cell, hint, order)
        if said[1]:
            changed[place] = said[0]
            found[said[1]] = found.get(said[1], 0) + 1
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


def _likelier(grid: Grid) -> tuple[str, ...]:
    """Both encodings, the one first in which more cells are that can be in no other: “Toå” alone might be either."""
    votes = Counter(only_in(cell) for cell in {cell for place, cell in _marked(grid) if place not in grid.fonts})
    return (VNI, TCVN3) if votes[VNI] > votes[TCVN3] else (TCVN3, VNI)


def _marked(grid: Grid) -> Iterator[tuple[Place, str]]:
    """Cells of text that is not plain ASCII."""
    for number, row in enumerate(grid.rows):
        for column, cell in enumerate(row):
            if cell.__class__ is str and not cell.isascii():
                yield (number, column), cell
