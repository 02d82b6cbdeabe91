"""A lesson's Markdown made into HTML that may stand on our pages: text in, HTML and faults out. Pure."""

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from html import escape
from itertools import pairwise

import nh3
from markdown_it import MarkdownIt
from markdown_it.token import Token
from markupsafe import Markup

from lms.kernel.said import Said

TAGS = {
    "p", "h2", "h3", "h4", "ul", "ol", "li", "strong", "em", "a", "blockquote", "hr", "br", "code", "pre",
    "table", "thead", "tbody", "tr", "th", "td", "div", "details", "summary", "img",
}  # fmt: skip
ATTRIBUTES = {
    "a": {"href"}, "ol": {"start"}, "div": {"class", "role", "aria-label", "tabindex"},
    "img": {"src", "alt", "width", "height"},
}  # fmt: skip
PICTURE = re.compile(r"pictures/[a-z0-9-]+\.[0-9a-f]{12}\.svg")  # beside the lesson, its content in its name
RAW_HTML = re.compile(r"</?[a-zA-Z][^<>]*>|<!--")
TELEPHONE = re.compile(r"tel:\+?[0-9]{3,15}")
UNREAD_LINK = re.compile(r"\]\([^)]*\)")
FENCE = re.compile(r"(?<!`)(`+)(?!`).*?(?<!`)\1(?!`)")  # words as code, as CommonMark pairs the marks
NO_HEAD = re.compile(
    r"<thead>\s*<tr>(?:\s*<th[^>]*></th>)+\s*</tr>\s*</thead>\n?"
)  # a table of which no column has a name
ASKED, ANSWERED = "**Hỏi:**", "**Đáp:**"  # a check within a text: two paragraphs, the second one folded away
UNFOLD = "Nghĩ xong, xem câu trả lời"
NO_ANSWER = Said(
    "%(asked)s without an answer: expected %(answered)s in the next paragraph", asked=ASKED, answered=ANSWERED
)
CHECK = '<div class="check">'

CHOOSE = "**Chọn:**"  # a case that branches: a question, then a list of what one may do, each with what comes of it
NO_CHOICES = Said("%(choose)s without choices: expected a list of two or more right after it", choose=CHOOSE)
NO_OUTCOME = Said("a choice of which nothing comes: expected a paragraph below it, set in like it")

TOGETHER = re.compile(r"\b(Điều|[Kk]hoản|[Đđ]iểm|số) (?=\d)")  # a line never ends between "Điều" and its number

_markdown = MarkdownIt("commonmark", {"html": False}).enable("table")


@dataclass(frozen=True)
class Fault:
    """What is wrong on a line (counted from 1 in the text that was given), and what was expected."""

    line: int
    message: Said


Pictures = Mapping[str, Mapping[str, str | int]]  # as a text names them: src, width, height as the page does
NO_PICTURES: Pictures = {}


def html_of(body: str, pictures: Pictures = NO_PICTURES) -> str:
    """The body as clean HTML: its uppermost headings are h2, tables can be scrolled on a small screen."""
    tokens = _markdown.parse(TOGETHER.sub("\\1\N{NO-BREAK SPACE}", body))
    for token in tokens:
        token.children = [child for child in token.children or () if _drawn(child, pictures)]
    for _opens, inner in _cases(tokens):
        _branched(inner)
    shift = 2 - min(_levels(tokens), default=2)
    heading = ""
    for place, token in enumerate(tokens):
        if token.type in {"heading_open", "heading_close"}:
            token.tag = f"h{min(int(token.tag[1]) + shift, 4)}"
            if token.type == "heading_open":
                heading = _plain(tokens[place + 1])
        elif token.type == "table_open":
            token.meta["heading"] = heading
    rendered = NO_HEAD.sub("", "".join(_rendered(tokens)))
    return str(cleaned(rendered)).strip()


@lru_cache(maxsize=512)  # lessons: each page of one asks again
def cleaned(html: str) -> Markup:
    """Only what is on the list above is left of the HTML, so that it may stand on a page as it is."""
    clean = nh3.clean(
        html, tags=TAGS, attributes=ATTRIBUTES, attribute_filter=_own, url_schemes={"https", "tel"}, link_rel=None
    )
    return Markup(clean)  # noqa: S704  # the line above is what makes it safe, whoever wrote the text


def _own(tag: str, attribute: str, value: str) -> str | None:
    """A picture comes from beside the lesson or not at all."""
    return None if (tag, attribute) == ("img", "src") and not PICTURE.fullmatch(value) else value


def _drawn(token: Token, pictures: Pictures) -> bool:
    """Whether the page can show this; a picture is told where it stands and how large it is."""
    if token.type == "image":
        known = pictures.get(str(token.attrGet("src")))
        for name, value in (known or {}).items():
            token.attrSet(name, value)
        return known is not None
    return True


def faults(body: str, lessons: Collection[str], pictures: Collection[str] = ()) -> Iterator[Fault]:
    """Everything in the body that the page could not show as meant. `lessons`: slugs that a relative link may lead to;
    `pictures`: what an image may name."""
    if not body.strip():
        yield Fault(1, Said("the lesson has no text: expected Markdown after the second +++ line"))
        return
    tokens = _markdown.parse(body)
    yield from _raw_html(body, tokens)
    yield from _unpaired(tokens)
    yield from _dead_ends(tokens)
    level = None
    for token in tokens:
        line = token.map[0] + 1 if token.map else 1
        if token.type == "heading_open":
            this = int(token.tag[1])
            if level is not None and this > level + 1:
                yield Fault(
                    line,
                    Said(
                        "a heading of level %(this)s under one of level %(above)s: expected level %(wanted)s",
                        this=this,
                        above=level,
                        wanted=level + 1,
                    ),
                )
            level = this
        for child in token.children or ():
            if child.type == "image":
                yield from _unseen(child, line, pictures)
            elif child.type == "text" and (left := UNREAD_LINK.search(child.content)):
                yield Fault(line, _nowhere(left.group()))
            elif child.type == "link_open":
                address = str(child.attrGet("href") or "")
                if not _leads_somewhere(address, lessons):
                    yield Fault(line, _nowhere(address))


def _nowhere(address: str) -> Said:
    """What is wrong with a link that no page may have."""
    return Said(
        "the link “%(address)s” leads nowhere: expected the slug of a lesson of this course, https://… or tel:…",
        address=address,
    )


def _no_picture(address: str, pictures: Collection[str]) -> Said:
    if not pictures:
        return Said("no picture “%(address)s” here: expected words", address=address)
    there = ", ".join(sorted(pictures))
    return Said("no picture “%(address)s” here: expected one of %(there)s", address=address, there=there)


def _unseen(image: Token, line: int, pictures: Collection[str]) -> Iterator[Fault]:
    address = str(image.attrGet("src"))
    if address not in pictures:
        yield Fault(line, _no_picture(address, pictures))
    if not image.content.strip():
        yield Fault(
            line,
            Said(
                "the picture “%(address)s” is not told in words: expected ![what it shows](%(address)s)",
                address=address,
            ),
        )


def _raw_html(body: str, tokens: list[Token]) -> Iterator[Fault]:
    code = {
        line
        for token in tokens
        if token.type in {"fence", "code_block"} and token.map
        for line in range(token.map[0] + 1, token.map[1] + 1)
    }
    for number, text in enumerate(body.splitlines(), start=1):
        found = RAW_HTML.search(FENCE.sub("", text))
        if found and number not in code and not found.group().startswith("<https"):
            yield Fault(number, Said("HTML is not shown (“%(html)s”): expected Markdown only", html=found.group()))


def _unpaired(tokens: list[Token]) -> Iterator[Fault]:
    """A check within the text: its question, and in the next paragraph the answer with its reason."""
    waiting = 0  # the line of a question not answered yet
    for token, after in pairwise([*tokens, Token("", "", 0)]):
        if token.level or token.type.endswith("_close") or token.type == "inline":
            continue
        begins, line = _begins(token, after), token.map[0] + 1 if token.map else 1
        if waiting and begins != ANSWERED:
            yield Fault(waiting, NO_ANSWER)
        if begins == ANSWERED and not waiting:
            yield Fault(
                line,
                Said(
                    "%(answered)s without a question: expected %(asked)s in the paragraph before it",
                    asked=ASKED,
                    answered=ANSWERED,
                ),
            )
        waiting = line if begins == ASKED else 0
    if waiting:
        yield Fault(waiting, NO_ANSWER)


def _cases(tokens: list[Token]) -> Iterator[tuple[Token, list[Token]]]:
    """Each case: the paragraph that asks, and the list of choices that has to follow it at once (nothing: it does not)."""
    for place, (token, after) in enumerate(pairwise(tokens)):
        if token.type == "paragraph_open" and not token.level and after.content.startswith(CHOOSE):
            inner, rest = [], tokens[place + 3 :]
            if rest and rest[0].type == "bullet_list_open":
                end = next(at for at, one in enumerate(rest) if one.type == "bullet_list_close" and not one.level)
                inner = rest[: end + 1]
            yield token, inner


def _branched(case: list[Token]) -> None:
    """Each choice folds what comes of it away, choices that follow from it too; it works without script."""
    for place, token in enumerate(case):
        if token.type in {"bullet_list_open", "bullet_list_close"}:
            token.tag = "div"
        if token.type == "bullet_list_open":
            token.attrSet("class", "case")
        elif token.type in {"list_item_open", "list_item_close"}:
            token.tag = "details"
        elif token.type in {"paragraph_open", "paragraph_close"}:
            first = place - (1 if token.type == "paragraph_open" else 3)
            token.hidden = False
            token.tag = "summary" if case[first].type == "list_item_open" else "p"


def _dead_ends(tokens: list[Token]) -> Iterator[Fault]:
    """What is missing in a case: choices, or what comes of one."""
    for opens, case in _cases(tokens):
        choices = sum(one.type == "list_item_open" and one.level == 1 for one in case)
        if choices < 2:  # one way only is no choice
            yield Fault(opens.map[0] + 1 if opens.map else 1, NO_CHOICES)
        for place, token in enumerate(case):
            if token.type == "list_item_open" and case[min(place + 4, len(case) - 1)].type == "list_item_close":
                yield Fault(token.map[0] + 1 if token.map else 1, NO_OUTCOME)


def _begins(token: Token, after: Token) -> str:
    """With which of the two words a paragraph of the text begins, if with one."""
    words = after.content if token.type == "paragraph_open" and not token.level else ""
    return next((word for word in (ASKED, ANSWERED) if words.startswith(word)), "")


def checks(html: str) -> int:
    """How many checks are within the text."""
    return html.count(CHECK)


def _leads_somewhere(address: str, lessons: Collection[str]) -> bool:
    return address in lessons or address.startswith("https://") or bool(TELEPHONE.fullmatch(address))


def _levels(tokens: list[Token]) -> list[int]:
    return [int(token.tag[1]) for token in tokens if token.type == "heading_open"]


def _plain(inline: Token) -> str:
    return "".join(child.content for child in inline.children or () if child.type in {"text", "code_inline"})


def _rendered(tokens: list[Token]) -> Iterator[str]:
    """Each table in a box that a keyboard can reach and scroll, named after the heading above it; each answer folded away."""
    waiting: list[Token] = []
    folded = False
    for token, after in pairwise([*tokens, Token("", "", 0)]):
        begins = _begins(token, after)
        if begins == ASKED:
            yield _html(waiting) + CHECK
            waiting = []
        elif begins == ANSWERED:
            yield _html(waiting) + f"<details><summary>{UNFOLD}</summary>"
            waiting, folded = [], True
        if token.type == "table_open":
            yield _html(waiting)
            waiting = []
            name = escape(token.meta.get("heading") or "Bảng")
            yield f'<div class="wide" role="region" tabindex="0" aria-label="{name}">'
        waiting.append(token)
        if token.type == "table_close":
            yield _html(waiting) + "</div>"
            waiting = []
        elif folded and token.type == "paragraph_close" and not token.level:
            yield _html(waiting) + "</details></div>"
            waiting, folded = [], False
    yield _html(waiting)


def _html(tokens: list[Token]) -> str:
    return str(_markdown.renderer.render(tokens, _markdown.options, {}))
