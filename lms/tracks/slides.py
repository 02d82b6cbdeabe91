"""A lesson as slides for a class, made by rule from the words people read: plain values in, HTML of each slide out. Pure.

One heading a slide, letters that are read from the back of a hall, so not everything: of a paragraph its first sentences, of a
list each point's first, of a table every row; what does not fit goes on under the same heading. A check and a case are asked on
one slide and answered on the next. The full text stands in the lesson.
"""

import math
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from html import escape
from itertools import groupby
from typing import Literal
from xml.etree.ElementTree import Element, tostring  # a type, and writing; parsing is defusedxml's

from defusedxml import ElementTree
from markupsafe import Markup

from lms.kernel import prose
from lms.tracks.course import Lesson, Picture

EMPTY = Markup()
Kind = Literal["title", "text", "picture", "question", "answer", "remember"]

LINES, LETTERS = 9.5, 58  # on a slide below its heading; in a line
FEW = 4.5  # lines: such a slide has larger letters
WORDS = {"p": 40, "li": 26, "blockquote": 60, "summary": 30}  # taken of each, in whole sentences
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
    large: bool = False


@dataclass(frozen=True)
class _Piece:
    """What is never torn: a paragraph, a point of a list, a row of a table. `around`: its list or table."""

    around: str
    html: str
    lines: float
    number: int = 1  # of a point in its list
    head: str = ""  # of its table
    leads: bool = False  # it ends with a colon: the next piece belongs to it


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
            if _is(block, "case") and waiting and sum(one.lines for one in (*waiting, *asked)) <= LINES:
                asked, waiting = [*waiting, *asked], []  # the story stays beside the question about it
            slides += _packed(heading, waiting)
            slides += _packed(heading, asked, "question") + _packed(heading, told, "answer")
            waiting = []
        elif (image := block.find(".//img")) is not None and image.get("src") in drawn:
            slides += _packed(heading, waiting)
            slides.append(Slide("picture", heading, picture=drawn[image.get("src", "")]))
            waiting = []
        else:
            waiting += _pieces(block)
    slides += _packed(heading, waiting)
    if lesson.remember:
        points = Markup().join(Markup("<li>{}</li>").format(one) for one in lesson.remember)
        slides.append(Slide("remember", lesson.title, Markup("<ul>{}</ul>").format(points)))
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


def _height(html: str, width: int = LETTERS) -> float:
    return float(math.ceil(max(1, len(_TAG.sub("", html))) / width))


def _pieces(block: Element) -> Iterator[_Piece]:
    if block.tag in {"ul", "ol"}:
        for number, item in enumerate(block.findall("li"), start=int(block.get("start", "1"))):
            html = _first(_point(item), WORDS["li"])
            yield _Piece(block.tag, f"<li>{html}</li>", _height(html, LETTERS - 4) + 0.3, number)
    elif (table := block if block.tag == "table" else block.find("table")) is not None:
        yield from _rows(table)
    elif block.tag == "blockquote":
        html = _first(" ".join(_inner(one) for one in block.findall("p")) or _inner(block), WORDS["blockquote"])
        yield _Piece("", f"<blockquote>{html}</blockquote>", _height(html, LETTERS - 4) + 0.6)
    elif block.tag == "p" and _text(block):
        html = _first(_inner(block), WORDS["p"])
        yield _Piece("", f"<p>{html}</p>", _height(html) + 0.4, leads=html.endswith(":"))


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
    head = "".join(f"<th>{_inner(one)}</th>" for one in table.findall("./thead/tr/th"))
    for row in table.findall("./tbody/tr"):
        cells = [_inner(one) for one in row.findall("td")]
        width = max(6, (LETTERS + 6) // max(1, len(cells)))
        lines = max(_height(one, width) for one in cells) + 0.5
        yield _Piece("table", f"<tr>{''.join(f'<td>{one}</td>' for one in cells)}</tr>", lines, head=head)


def _check(block: Element) -> tuple[list[_Piece], list[_Piece]]:
    """(what is asked, what is answered): the words "Hỏi:" and "Đáp:" give way to the slide's own."""
    asked = [_Piece("", f"<p>{_CHOOSE.sub('', _inner(one))}</p>", _height(_inner(one))) for one in block.findall("p")]
    told = [
        _Piece("", f"<p>{_CHOOSE.sub('', _inner(one))}</p>", _height(_inner(one))) for one in block.findall("details/p")
    ]
    return asked, told


def _case(block: Element) -> tuple[list[_Piece], list[_Piece]]:
    """(the choices, what comes of each). What a choice leads on to is talked about in the class."""
    asked, told = [], []
    for number, choice in enumerate(block.findall("details"), start=1):
        summary, outcome = choice.find("summary"), choice.find("p")
        html = _first(_inner(summary), WORDS["summary"]) if summary is not None else ""
        asked.append(_Piece("ol", f"<li>{html}</li>", _height(html, LETTERS - 4) + 0.4, number))
        if outcome is not None:
            html = _first(_inner(outcome), WORDS["p"])
            told.append(_Piece("ol", f"<li>{html}</li>", _height(html, LETTERS - 4) + 0.4, number))
    return asked, told


def _packed(heading: str, pieces: Sequence[_Piece], kind: Kind = "text") -> list[Slide]:
    """As few slides as hold the pieces, filled alike."""
    fewest = len(_filled(pieces, LINES))
    limit = sum(one.lines for one in pieces) / max(1, fewest)
    while len(_filled(pieces, limit)) > fewest:
        limit += 0.5
    return [
        Slide(kind, heading, _joined(one), None, bool(number), sum(piece.lines for piece in one) <= FEW)
        for number, one in enumerate(_filled(pieces, limit))
    ]


def _filled(pieces: Sequence[_Piece], limit: float) -> list[list[_Piece]]:
    """Slides of so many lines at most; a sentence that leads to a list stays with it."""
    slides: list[list[_Piece]] = []
    for place, piece in enumerate(pieces):
        needed = piece.lines + (pieces[place + 1].lines if piece.leads and place + 1 < len(pieces) else 0)
        if not slides or sum(one.lines for one in slides[-1]) + needed > limit:
            slides.append([])
        slides[-1].append(piece)
    return slides


def _joined(pieces: Iterable[_Piece]) -> Markup:
    parts = []
    for (around, head), group in groupby(pieces, key=lambda one: (one.around, one.head)):
        inside = list(group)
        html = "".join(one.html for one in inside)
        if around == "table":
            names = f"<thead><tr>{head}</tr></thead>" if head else ""
            html = f"<table>{names}<tbody>{html}</tbody></table>"
        elif around:
            start = f' start="{inside[0].number}"' if around == "ol" else ""
            html = f"<{around}{start}>{html}</{around}>"
        parts.append(html)
    return prose.cleaned("".join(parts))
