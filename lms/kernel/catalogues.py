"""The rooms' catalogues as files: what the code says, what the catalogue answers, and where the two disagree.

A room's messages stand in `lms/<room>/**.py` and `templates/<room>/**` (or a folder named after views of the room);
everything else (layouts, components, errors, the app itself) belongs to the kernel. No Flask request is needed for any of this.
"""

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import click
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract
from babel.messages.pofile import read_po, write_po
from flask.cli import AppGroup
from jinja2 import Environment
from jinja2.ext import babel_extract

ROOT = Path(__file__).resolve().parents[2]
LANGUAGE = "vi"
KEYWORDS: dict[str, Any] = {
    **dict.fromkeys(("_", "gettext", "lazy_gettext", "_l", "N_", "Refused", "Said")),
    "ngettext": (1, 2),
    "Nn_": (1, 2),
}
HEADER = r"""msgid ""
msgstr ""
"Language: vi\n"
"MIME-Version: 1.0\n"
"Content-Type: text/plain; charset=utf-8\n"
"Content-Transfer-Encoding: 8bit\n"
"Plural-Forms: nplurals=1; plural=0;\n"

"""
PLACE = re.compile(r"%\((\w+)\)[sd]")
AS_IS = "{# as is:"  # a template that says why its words are the same in every language
SPOKEN = {
    "title",
    "alt",
    "placeholder",
    "aria-label",
    "aria-description",
    "label",
}  # attributes that people read or hear
NOT_WORDS = {"style", "body_class", "paper", "lang"}  # blocks of the layouts that hold names and CSS, not words
Key = str | tuple[str, str]

cli = AppGroup("i18n", help="The catalogues of translations.")


def rooms(root: Path = ROOT) -> list[str]:
    """The kernel first: its wording of a message comes before a room's."""
    found = {folder.name for folder in (root / "lms").iterdir() if folder.is_dir() and folder.name.isidentifier()}
    return ["kernel", *sorted(found - {"kernel", "__pycache__"})]


def catalogue(room: str, root: Path = ROOT) -> Catalog:
    """A room's catalogue as written; empty when it has none yet. Raises `PoFileError` on a broken file."""
    path = _path(room, root)
    if not path.exists():
        return Catalog(locale=LANGUAGE)
    with path.open("rb") as file:
        return read_po(file, locale=LANGUAGE, abort_invalid=True)


def merged(root: Path = ROOT) -> Catalog:
    """All rooms' finished translations in one."""
    whole = Catalog(locale=LANGUAGE)
    for room in rooms(root):
        for message in catalogue(room, root):
            if message.id and not message.fuzzy and message.id not in whole:
                whole.add(message.id, message.string)
    return whole


def spoken(room: str, root: Path = ROOT) -> dict[Key, list[str]]:
    """Every message the room's code and templates say, with the files that say it."""
    said: dict[Key, list[str]] = {}
    for path in _sources(room, root):
        name = path.relative_to(root).as_posix()
        method: Any = "python" if path.suffix == ".py" else babel_extract
        with path.open("rb") as file:
            for _line, message, _comments, _context in extract(method, file, KEYWORDS, (), {"silent": "false"}):
                key: Key = message if isinstance(message, str) else (message[0], message[1])
                files = said.setdefault(key, [])
                if name not in files:
                    files.append(name)
    return said


def update(room: str, root: Path = ROOT, *, drop: bool = False) -> tuple[int, int]:
    """Write the room's catalogue anew: what is said now, with the translations there are.

    What is no longer said is kept as a comment until `drop`. Returns (messages, of these untranslated).
    """
    known = _known(room, root)
    new = Catalog(locale=LANGUAGE)
    for key, files in spoken(room, root).items():
        string, fuzzy = known.pop(_id(key), ("", False))
        new.add(key, _fitting(key, string), locations=[(name, 0) for name in files], flags={"fuzzy"} if fuzzy else ())
    own = catalogue(room, root)
    kept = {} if drop else {_id(m.id): m for m in [*own, *own.obsolete.values()] if m.id and _id(m.id) in known}
    new.obsolete.update((_id(key), message) for key, message in kept.items())
    if new or kept:
        path = _path(room, root)
        path.parent.mkdir(exist_ok=True)
        with path.open("wb") as file:
            file.write(HEADER.encode())
            write_po(file, new, width=120, omit_header=True, sort_output=True, include_lineno=False)
    return len(new), sum(1 for message in new if message.id and not _translated(message))


def problems(root: Path = ROOT) -> list[str]:
    """One line for everything that would show a reader English, a bare place, or two wordings of one thing."""
    found: list[str] = []
    wordings: dict[str, tuple[str, Any]] = {}
    for room in rooms(root):
        written = catalogue(room, root)
        said = spoken(room, root)
        messages = {_id(message.id): message for message in written if message.id}
        for key, files in said.items():
            message = messages.pop(_id(key), None)
            if message is None:
                found.append(
                    f"{room}: not in the catalogue (run: flask --app wsgi i18n update): {_id(key)!r} in {files[0]}"
                )
                continue
            found += [f"{room}: {wrong}: {_id(key)!r} in {files[0]}" for wrong in _wrong(key, message)]
            first_room, wording = wordings.setdefault(_id(key), (room, message.string))
            if wording != message.string and _translated(message):
                found.append(f"{room}: translated otherwise in {first_room}: {_id(key)!r}")
        gone = [*messages, *(_id(key) for key in written.obsolete)]
        found += [f"{room}: no longer said (run: flask --app wsgi i18n update --drop): {key!r}" for key in gone]
        for path in _sources(room, root):
            if path.suffix == ".html":
                found += [
                    f"{path.relative_to(root)}: untranslatable text: {text!r}"
                    for text in bare_text(path.read_text("utf-8"))
                ]
    return found


def bare_text(template: str) -> list[str]:
    """Words of a template that stand outside `_()`, so that they would be the same in every language.

    A template whose words are meant to be so says why in a comment: `{# as is: official form, NĐ 30/2020 #}`.
    """
    if AS_IS in template:
        return []
    page = "".join(text if kind == "data" else "\ufffc" for kind, text in _pieces(template))
    reader = _Reader()
    reader.feed(page)
    reader.close()
    return reader.found


@cli.command("update")
@click.option("--room", "only", help="Only this room.")
@click.option("--drop", is_flag=True, help="Forget translations of what is no longer said.")
def update_command(only: str | None, drop: bool) -> None:
    """Add what the code says to the catalogues."""
    for room in [only] if only else rooms():
        messages, untranslated = update(room, drop=drop)
        click.echo(f"{room}: {messages} messages, {untranslated} untranslated")


@cli.command("check")
@click.option("--room", "only", help="Only this room.")
def check_command(only: str | None) -> None:
    """List what is untranslated, fuzzy, obsolete or worded twice; fail if anything is."""
    found = [line for line in problems() if not only or line.startswith((f"{only}:", f"templates/{only}/"))]
    for line in found:
        click.echo(line)
    if found:
        raise SystemExit(1)
    click.echo("Every message is translated.")


class _Reader(HTMLParser):
    """Collects words between tags and in the attributes that people read."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[str] = []
        self._skipped: str | None = None  # inside a style, or words said to be of one language (the language switch)

    def handle_data(self, data: str) -> None:
        if not self._skipped:
            self._look(data)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if self._skipped is None and (tag in {"style", "script"} or (tag != "html" and "lang" in dict(attrs))):
            self._skipped = tag
        for name, value in attrs:
            if name in SPOKEN and value:
                self._look(value)

    def handle_endtag(self, tag: str) -> None:
        if tag == self._skipped:
            self._skipped = None

    def _look(self, text: str) -> None:
        for piece in text.split("\ufffc"):
            if re.search(r"[^\W\d_]{2}", piece):
                self.found.append(" ".join(piece.split()))


def _pieces(template: str) -> Iterator[tuple[str, str]]:
    """The template's own text as "data", everything computed or styling as "code"."""
    blocks: list[str] = []
    words: list[str] | None = None  # of the tag being read
    for _line, kind, text in Environment(autoescape=True).lex(template):
        if kind.endswith("_begin"):
            words = []
            yield "code", text
        elif kind.endswith("_end"):
            if words and words[0] == "block":
                blocks.append(words[1])
            elif words and words[0] == "endblock":
                blocks.pop()
            words = None
        elif words is not None:
            words += [text] if kind == "name" else []
        elif kind == "data" and NOT_WORDS.isdisjoint(blocks):
            yield kind, text


def _sources(room: str, root: Path) -> list[Path]:
    code, pages = root / "lms", root / "templates"
    files = [*(code / room).rglob("*.py"), *(code.glob("*.py") if room == "kernel" else ())]
    for folder in pages.iterdir() if pages.exists() else ():
        if _owner(folder.name, root) == room:
            files += [path for path in folder.rglob("*") if path.is_file()]
    return sorted(files)


def _owner(folder: str, root: Path) -> str:
    """Whose templates these are: the room of that name, the room with views of that name (sign_in: people), the kernel."""
    names = rooms(root)
    if folder in names:
        return folder
    views = (f"{folder}.py", f"{folder}_views.py", f"views/{folder}.py")
    return next((room for room in names if any((root / "lms" / room / view).exists() for view in views)), "kernel")


def _path(room: str, root: Path) -> Path:
    return root / "lms" / room / "translations" / f"{LANGUAGE}.po"


def _known(room: str, root: Path) -> dict[str, tuple[Any, bool]]:
    """Translations by message: the room's own, then anybody else's for the same words."""
    known: dict[str, tuple[Any, bool]] = {}
    for name in [room, *(other for other in rooms(root) if other != room)]:
        written = catalogue(name, root)
        for message in [*written, *written.obsolete.values()]:
            if message.id and _translated(message):
                known.setdefault(_id(message.id), (message.string, message.fuzzy))
    return known


def _id(key: Any) -> str:
    return key if isinstance(key, str) else key[0]


def _translated(message: Message) -> bool:
    return all(message.string) if isinstance(message.string, (tuple, list)) else bool(message.string)


def _fitting(key: Key, string: Any) -> Any:
    """A translation in the shape its message needs: one string, or a tuple with Vietnamese's one plural form."""
    one = string[0] if isinstance(string, (tuple, list)) else string
    return one if isinstance(key, str) else (one,)


def _wrong(key: Key, message: Message) -> Iterator[str]:
    asked = key if isinstance(key, str) else key[1]
    answer = message.string if isinstance(message.string, str) else "".join(message.string or ())
    if not _translated(message):
        yield "untranslated"
    elif message.fuzzy:
        yield "fuzzy"
    elif set(PLACE.findall(asked)) != set(PLACE.findall(answer)):
        yield f"other %(places)s than in {answer!r}"
    for text in {asked, answer}:
        if "%" in PLACE.sub("", text).replace("%%", ""):
            yield f"a bare percent sign (write %% or %(name)s) in {text!r}"
