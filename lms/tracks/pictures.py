"""Our own drawings in lessons: which SVG may stand on a page. What was looked at is what is served: written anew from the tree. Pure.

Only what is on the lists is let in, so nothing that runs, moves, loads or refers outside has a name here.
"""

import math
import re
from collections.abc import Iterator
from xml.etree.ElementTree import Element, ParseError, register_namespace  # types; parsing is defusedxml's

from defusedxml import DefusedXmlException, ElementTree

from lms.kernel.said import Said
from lms.kernel.vietnamese import nfc
from lms.tracks.course import Picture

LARGEST = 20_000  # bytes
NARROWEST = 288  # px: what a text has of a screen of 320
SMALLEST = 14  # px of letters there
SVG = "{http://www.w3.org/2000/svg}"
NAME = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*\.svg")
ELEMENTS = frozenset({
    "svg", "g", "defs", "title", "desc", "path", "rect", "circle", "ellipse", "line", "polyline", "polygon", "text",
    "tspan", "marker",
})  # fmt: skip
ATTRIBUTES = frozenset({
    "id", "width", "height", "viewBox", "x", "y", "x1", "y1", "x2", "y2", "cx", "cy", "r", "rx", "ry", "dx", "dy", "d",
    "points", "transform", "fill", "fill-opacity", "stroke", "stroke-width", "stroke-linecap", "stroke-linejoin",
    "stroke-dasharray", "opacity", "font-family", "font-size", "font-weight", "text-anchor", "marker-end",
    "marker-start", "markerWidth", "markerHeight", "refX", "refY", "orient", "role", "lang",
})  # fmt: skip
_OWN = re.compile(r"url\(#[a-zA-Z0-9-]+\)")
_LOADS = re.compile(r"url\s*\(|:|\\|@", re.IGNORECASE)

register_namespace("", SVG[1:-1])


def picture(name: str, content: bytes) -> tuple[Picture | None, list[tuple[int, Said]]]:
    """The picture, or (line, what is wrong) of everything that keeps it off a page."""
    if not NAME.fullmatch(name):
        return None, [(1, Said("expected a name of lower-case letters without marks, digits and hyphens, then .svg"))]
    if len(content) > LARGEST:
        return None, [(1, Said("%(size)s bytes: expected %(most)s at most", size=len(content), most=LARGEST))]
    try:
        root = ElementTree.fromstring(nfc(content.decode("utf-8-sig")), forbid_dtd=True)
    except ParseError as error:
        return None, [(error.position[0], Said("not XML: %(error)s", error=error))]
    except (DefusedXmlException, UnicodeDecodeError, ValueError) as error:
        return None, [(1, Said("cannot be read safely: %(error)s", error=type(error).__name__))]
    source = content.decode("utf-8-sig")
    wrong = [(_line(source, near), message) for near, message in _faults(root)]
    if wrong:
        return None, wrong
    drawn = ElementTree.tostring(root, encoding="unicode")
    return Picture(name, drawn, round(float(root.get("width", 0))), round(float(root.get("height", 0)))), []


def _line(source: str, near: str) -> int:
    """The line on which that stands for the first time."""
    at = source.find(near)
    return source.count("\n", 0, at) + 1 if at >= 0 else 1


def _faults(root: Element) -> Iterator[tuple[str, Said]]:
    """(what to look for in the file, what is wrong)."""
    if root.tag != f"{SVG}svg":
        yield "<", Said('expected <svg xmlns="http://www.w3.org/2000/svg"> around everything')
        return
    yield from _frame(root)
    first = root[0] if len(root) else root
    if first.tag != f"{SVG}title" or not (first.text or "").strip():
        yield "<svg", Said("no <title> as the first thing within <svg>: expected what the picture shows")
    for element in root.iter():
        name = str(element.tag).removeprefix(SVG)
        if name not in ELEMENTS:
            plain = name.rpartition("}")[2]
            yield (
                f"<{plain}",
                Said(
                    "<%(name)s> may not be in a picture: expected one of %(there)s",
                    name=plain,
                    there=", ".join(sorted(ELEMENTS)),
                ),
            )
        for key, value in element.items():
            plain = key.rpartition("}")[2]
            if key not in ATTRIBUTES:
                yield (
                    f"{plain}=",
                    Said(
                        "%(name)s=“%(value)s” may not be in a picture: it can run, load or restyle",
                        name=plain,
                        value=value[:40],
                    ),
                )
            elif _LOADS.search(_OWN.sub("", value)):
                yield (
                    value,
                    Said("%(name)s=“%(value)s” refers to something outside the picture", name=key, value=value[:40]),
                )


def _frame(root: Element) -> Iterator[tuple[str, Said]]:
    """Its size, so that the page does not jump, and its letters, so that they can be read on the smallest phone."""
    width, height = _number(root.get("width")), _number(root.get("height"))
    box = [_number(one) for one in root.get("viewBox", "").split()]
    if len(box) != 4 or not width or not height or not box[2] or not box[3]:
        yield "<svg", Said("expected width, height and viewBox of <svg> in plain numbers")
        return
    if abs(width / height - box[2] / box[3]) > 0.01:
        yield "viewBox", Said("width and height have another shape than viewBox: expected the same")
    for size, near in _letters(root, 0.0):
        shown = size * min(1.0, NARROWEST / width) * width / box[2]
        if shown < SMALLEST:
            yield (
                near,
                Said(
                    "letters of %(shown)s px on the smallest phone: expected %(least)s at least",
                    shown=f"{shown:.1f}",
                    least=SMALLEST,
                ),
            )


def _letters(element: Element, inherited: float) -> Iterator[tuple[float, str]]:
    size = _number(element.get("font-size")) if "font-size" in element.keys() else inherited  # noqa: SIM118  # an Element is no dict
    if element.tag in {f"{SVG}text", f"{SVG}tspan"} and "".join(element.itertext()).strip():
        yield size, (element.text or "").strip() or "<text"
    for child in element:
        yield from _letters(child, size)


def _number(text: str | None) -> float:
    """A plain, finite number of at least nought; nought for anything else."""
    try:
        number = float(text or 0)
    except ValueError:
        return 0.0
    return number if math.isfinite(number) and number > 0 else 0.0
