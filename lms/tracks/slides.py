"""A lesson as slides for a class, made by rule from the words people read: plain values in, HTML of each slide out. Pure.

One heading a slide, letters that are read from the back of a hall, so not everything: of a paragraph its first sentences, of a
list each point's first, of a table every row. What does not fit goes on under the same heading; what leaves room has larger letters.
A check and a case are asked on one slide and answered on the next. The full text stands in the lesson.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from html import escape, unescape
from itertools import groupby, pairwise
from textwrap import wrap
from typing import Literal
from xml.etree.ElementTree import Element, tostring  # a type, and writing; parsing is defusedxml's

from defusedxml import ElementTree
from markupsafe import Markup

from lms.kernel import prose
from lms.tracks.course import Lesson, Picture

EMPTY = Markup()
Kind = Literal["title", "text", "picture", "question", "answer", "remember"]

SIZES = (30, 33, 36, 39, 43, 48)  # points of a letter: at least, at most
HIGH = 430  # points below a heading of one line
LINE = 1.3  # of a letter's size
WIDE, NARROW = 1520, 820  # letters of one point in a line; in a line beside a picture
HEADING = 40  # letters in a line of a heading
TORN = 0.15  # what a torn list costs, beside the square of how full each slide is
WORDS = {"p": 40, "li": 26, "blockquote": 60, "summary": 30}  # taken of each, in whole sentences
_Way = tuple[
    tuple[int, int, float], tuple[int, ...]
]  # sentences left alone, slides, cost; the first piece of each slide
_VOID = re.compile(r"<(br|hr|img)\b([^>]*?)/?>")
_LINK = re.compile(r"</?a\b[^>]*>")
_TAG = re.compile(r"<[^>]+>")
_END = re.compile(r"[.!?…][”\")]*(?:</\w+>)*(?=\s)")
_CHOOSE = re.compile(r"^<strong>[^<]*</strong>\s*")


@dataclass(frozen=True)
class Slide:
    """One sheet. `goes_on`: it continues the one before, under the same heading."""

    kind: Kind
    heading: str
    html: Markup = EMPTY
    picture: Picture | None = None
    goes_on: bool = False
    size: int = SIZES[0]  # points of its letters


@dataclass(frozen=True)
class _Piece:
    """What is never torn: a paragraph, a point of a list, a row of a table. `around`: its list or table."""

    around: str
    html: str
    gap: float  # lines below it
    cells: tuple[str, ...]  # its text; of a row one for each column
    number: int = 1  # of a point in its list
    head: tuple[str, ...] = ()  # of its table

    @property
    def leads(self) -> bool:
        """It ends with a colon: the next piece belongs to it."""
        return not self.around and self.cells[0].endswith(":")


def of_lesson(lesson: Lesson, pictures: Iterable[Picture]) -> tuple[Slide, ...]:
    """The lesson's title and aim, its sections, what to remember."""
    drawn = {f"pictures/{one.file_name}": one for one in pictures}
    slides = [Slide("title", lesson.title, Markup("<p>{}</p>").format(lesson.aim))]
    heading, waiting = lesson.title, list[_Piece]()
    for block in _blocks(lesson.html):
        if block.tag in {"h2", "h3", "h4"}:
            slides += _packed(heading, waiting)
            heading, waiting = _text(block), []
        elif _is(block, "check") or _is(block, "case"):
            asked, told = _check(block) if _is(block, "check") else _case(block)
            if _is(block, "case") and _fits(heading, [*waiting, *asked]):
                asked, waiting = [*waiting, *asked], []  # the story stays beside the question about it
            slides += _packed(heading, waiting)
            slides += _packed(heading, asked, "question") + _packed(heading, told, "answer")
            waiting = []
        elif (image := block.find(".//img")) is not None and image.get("src") in drawn:
            beside, before = (waiting, []) if _fits(heading, waiting, NARROW) else ([], waiting)
            slides += _packed(heading, before)
            shown = _packed(heading, beside, "picture", NARROW) or [Slide("picture", heading)]
            slides.append(replace(shown[0], picture=drawn[image.get("src", "")]))
            waiting = []
        else:
            waiting += _pieces(block)
    slides += _packed(heading, waiting)
    slides += _packed(lesson.title, [_point_piece("ul", str(escape(one))) for one in lesson.remember], "remember")
    return tuple(slides)


def _blocks(html: str) -> list[Element]:
    """The uppermost elements of a lesson's clean HTML."""
    closed = _VOID.sub(r"<\1\2/>", html.replace("&nbsp;", "\N{NO-BREAK SPACE}"))
    return list(ElementTree.fromstring(f"<div>{closed}</div>"))


def _is(block: Element, name: str) -> bool:
    return block.get("class") == name


def _inner(element: Element) -> str:
    """What is within it, without links: nobody follows one on a wall."""
    inside = escape(element.text or "") + "".join(tostring(one, encoding="unicode", method="html") for one in element)
    return _LINK.sub("", inside).strip()


def _text(element: Element) -> str:
    return " ".join("".join(element.itertext()).split())


def _first(html: str, words: int) -> str:
    """The first sentences, as many as have so many words together; one at least. No tag and no quotation is left open."""
    taken = ""
    for end in (*(found.end() for found in _END.finditer(html)), len(html)):
        part = html[:end]
        if part.count("<") != 2 * part.count("</") + part.count("<br") or part.count("“") != part.count("”"):
            continue  # within something bold, or something said
        if taken and len(_TAG.sub("", part).split()) > words:
            break
        taken = part
    return taken or html


def _plain(html: str) -> str:
    return unescape(_TAG.sub("", html))


def _pieces(block: Element) -> Iterator[_Piece]:
    if block.tag in {"ul", "ol"}:
        for number, item in enumerate(block.findall("li"), start=int(block.get("start", "1"))):
            yield _point_piece(block.tag, _first(_point(item), WORDS["li"]), number)
    elif (table := block if block.tag == "table" else block.find("table")) is not None:
        yield from _rows(table)
    elif block.tag == "blockquote":
        html = _first(" ".join(_inner(one) for one in block.findall("p")) or _inner(block), WORDS["blockquote"])
        yield _Piece("", f"<blockquote>{html}</blockquote>", 1, (_plain(html),))
    elif block.tag == "p" and _text(block):
        yield _paragraph(_first(_inner(block), WORDS["p"]))


def _paragraph(html: str) -> _Piece:
    return _Piece("", f"<p>{html}</p>", 0.4, (_plain(html),))


def _point_piece(around: str, html: str, number: int = 1) -> _Piece:
    return _Piece(around, f"<li>{html}</li>", 0.3, (_plain(html),), number)


def _point(item: Element) -> str:
    """A point of a list without what is set in below it."""
    paragraph = item.find("p")
    if paragraph is not None:
        return _inner(paragraph)
    kept = Element("li")
    kept.text = item.text
    kept.extend(one for one in item if one.tag not in {"ul", "ol"})
    return _inner(kept)


def _rows(table: Element) -> Iterator[_Piece]:
    head = tuple(_inner(one) for one in table.findall("./thead/tr/th"))
    for row in table.findall("./tbody/tr"):
        cells = [_inner(one) for one in row.findall("td")]
        html = "".join(f"<td>{one}</td>" for one in cells)
        yield _Piece("table", f"<tr>{html}</tr>", 0.5, tuple(_plain(one) for one in cells), head=head)


def _check(block: Element) -> tuple[list[_Piece], list[_Piece]]:
    """(what is asked, what is answered): the words "Hỏi:" and "Đáp:" give way to the slide's own."""
    asked, told = (
        [_paragraph(_CHOOSE.sub("", _inner(one))) for one in block.findall(path)] for path in ("p", "details/p")
    )
    return asked, told


def _case(block: Element) -> tuple[list[_Piece], list[_Piece]]:
    """(the choices, what comes of each). What a choice leads on to is talked about in the class."""
    asked, told = [], []
    for number, choice in enumerate(block.findall("details"), start=1):
        summary, outcome = choice.find("summary"), choice.find("p")
        html = _first(_inner(summary), WORDS["summary"]) if summary is not None else ""
        asked.append(_point_piece("ol", html, number))
        if outcome is not None:
            told.append(_point_piece("ol", _first(_inner(outcome), WORDS["p"]), number))
    return asked, told


def _packed(heading: str, pieces: Sequence[_Piece], kind: Kind = "text", wide: int = WIDE) -> list[Slide]:
    """As few slides as hold the pieces, each in the largest letters it has room for."""
    above = _lines(f"Ghi nhớ: {heading}" if kind == "remember" else heading, HEADING)
    room = HIGH - SIZES[0] * LINE * (above - 1)
    slides = []
    for number, part in enumerate(_shared(pieces, room, wide)):
        size = max((size for size in SIZES if _high(part, size, wide) <= room), default=SIZES[0])
        slides.append(Slide(kind, heading, _joined(part), None, bool(number), size))
    return slides


def _fits(heading: str, pieces: Sequence[_Piece], wide: int = WIDE) -> bool:
    """Whether there is something, and one slide holds it."""
    return len(_packed(heading, pieces, wide=wide)) == 1


def _shared(pieces: Sequence[_Piece], room: float, wide: int) -> list[Sequence[_Piece]]:
    """The pieces on the fewest slides, in the way that fills them most alike and tears few lists; a sentence stays with the list it leads to."""
    best: list[_Way] = [((0, 0, 0.0), ())]
    for end in range(1, len(pieces) + 1):
        ways: list[_Way] = []
        for start in reversed(range(end)):
            full = _high(pieces[start:end], SIZES[0], wide) / room
            if full > 1 and ways:
                break
            (left, many, cost), starts = best[start]
            before, first = (pieces[start - 1], pieces[start]) if start else (None, pieces[0])
            torn = before is not None and bool(first.around) and before.around == first.around
            left += before is not None and before.leads
            ways.append(((left, many + 1, cost + full**2 + TORN * torn), (*starts, start)))
        best.append(min(ways))
    return [pieces[start:end] for start, end in pairwise((*best[-1][1], len(pieces)))]


def _high(pieces: Sequence[_Piece], size: int, wide: int) -> float:
    """Points that the pieces take in letters of that size."""
    letters, lines = wide / size, 0.0
    for (around, head), group in groupby(pieces, key=lambda one: (one.around, one.head)):
        inside = list(group)
        if around == "table":
            rows = [one.cells for one in inside]
            lines += 0.5 + sum(0.4 + 0.82 * one for one in _row_lines([head, *rows] if head else rows, letters * 1.13))
        else:
            narrower = 3 if around or inside[0].html.startswith("<blockquote") else 0
            lines += sum(one.gap + _lines(one.cells[0], int(letters - narrower)) for one in inside)
    return lines * size * LINE


def _row_lines(rows: Sequence[Sequence[str]], letters: float) -> list[int]:
    """Lines of each row, when the columns share the width as browsers do: the longest word, and more for whoever has more to say."""
    columns = list(zip(*rows, strict=False))
    least = [max(len(word) for cell in column for word in (*cell.split(), "")) for column in columns]
    most = [max(len(cell) for cell in column) for column in columns]
    spare = (letters - 2 * len(columns) - sum(least)) / max(1, sum(most) - sum(least))
    widths = [int(low + (high - low) * min(1, max(0, spare))) for low, high in zip(least, most, strict=True)]
    return [max(_lines(cell, width) for cell, width in zip(row, widths, strict=False)) for row in rows]


@lru_cache(maxsize=4096)
def _lines(text: str, letters: int) -> int:
    return len(wrap(text, max(1, letters))) or 1


def _joined(pieces: Iterable[_Piece]) -> Markup:
    parts = []
    for (around, head), group in groupby(pieces, key=lambda one: (one.around, one.head)):
        inside = list(group)
        html = "".join(one.html for one in inside)
        if around == "table":
            names = f"<thead><tr>{''.join(f'<th>{one}</th>' for one in head)}</tr></thead>" if head else ""
            html = f"<table>{names}<tbody>{html}</tbody></table>"
        elif around:
            start = f' start="{inside[0].number}"' if around == "ol" else ""
            html = f"<{around}{start}>{html}</{around}>"
        parts.append(html)
    return prose.cleaned("".join(parts).replace(" <strong>", "<strong> "))  # else WeasyPrint may end a line too early
