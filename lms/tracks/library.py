"""The files under `courses/` one by one: found, read, brought into their shape; and what is wrong in them, with file and line."""

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from lms.kernel.said import Said
from lms.kernel.vietnamese import nfc
from lms.tracks.course import Course, Sound
from lms.tracks.lines import line_of
from lms.tracks.shapes import EndedLaw, HelpNumber, PlanShape

FOLDER = Path(__file__).resolve().parents[2] / "courses"
PICTURES = "pictures"  # a folder beside the lessons
GUIDE, GLOSSARY = "guide.md", "glossary.md"  # beside the lessons: for whoever teaches the class; for the handout
COURSE, QUIZ = "course.toml", "quiz.toml"
LESSON = re.compile(r"[0-9]{2}-[a-z0-9]+(-[a-z0-9]+)*\.md")
DRAWING = re.compile(rf"{PICTURES}/[a-z0-9]+(-[a-z0-9]+)*\.svg")
AT_LINE = re.compile(r"\(at line (\d+), column \d+\)")
S = TypeVar("S", bound=BaseModel)


def belongs(path: str) -> bool:
    """Whether a course's folder may hold a file of that name, written with / as seen from the folder."""
    return path in {COURSE, QUIZ, GUIDE, GLOSSARY} or bool(LESSON.fullmatch(path) or DRAWING.fullmatch(path))


def decoded(content: bytes) -> str:
    """A file as it is read and kept: UTF-8 with or without a mark, line ends and accents in one form. Raises UnicodeDecodeError."""
    return normal(content.decode("utf-8-sig"))


def normal(text: str) -> str:
    """The same of a text that is one already."""
    return nfc(text.replace("\r\n", "\n").replace("\r", "\n"))


def files_in(folder: Path) -> dict[str, str]:
    """path -> text of the files of one course; what else lies there is no part of it."""
    found = {path.relative_to(folder).as_posix(): path for path in sorted(folder.rglob("*")) if path.is_file()}
    return {name: decoded(path.read_bytes()) for name, path in found.items() if belongs(name)}


def write(folder: Path, files: Mapping[str, str]) -> None:
    """The files of one course into a new, empty folder. Their names are looked at again: none leads out of it."""
    for name, text in files.items():
        if not belongs(name):
            raise ValueError(f"{name!r} is no file of a course")
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="\n")


@dataclass(frozen=True, order=True)
class Fault:
    """Something wrong in a file."""

    path: str
    line: int
    message: Said

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.message}"


class Broken(Exception):
    """The files cannot be used as they are; `faults` says why, each with file and line."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = tuple(sorted(faults))
        super().__init__("\n".join(map(str, self.faults)))


@dataclass
class Library:
    """All that `courses/` holds, and all that is wrong with it."""

    folder: Path
    courses: list[Course] = field(default_factory=list)
    sounds: dict[str, list[Sound]] = field(default_factory=dict)  # course -> its recordings
    plan: PlanShape | None = None
    numbers: tuple[HelpNumber, ...] = ()
    laws: tuple[EndedLaw, ...] = ()
    faults: list[Fault] = field(default_factory=list)

    def blame(self, path: Path, line: int, message: Said) -> None:
        """Note a fault; reading goes on, so that all of them are said at once."""
        self.faults.append(Fault(str(path.relative_to(self.folder.parent)), line, message))

    def whole(self) -> "Library":
        """This library, if nothing is wrong with it; else raises `Broken`."""
        if self.faults:
            raise Broken(self.faults)
        return self


def toml(library: Library, path: Path, shape: type[S]) -> S | None:
    text = text_of(library, path)
    return shaped(library, path, text, shape) if text is not None else None


def text_of(library: Library, path: Path) -> str | None:
    try:
        return nfc(path.read_text(encoding="utf-8-sig"))
    except FileNotFoundError:
        library.blame(path, 1, Said("not there: expected this file"))
    except UnicodeDecodeError as error:
        line = path.read_bytes()[: error.start].count(b"\n") + 1
        library.blame(path, line, Said("not UTF-8: save the file as UTF-8"))
    return None


def shaped(library: Library, path: Path, text: str, shape: type[S], ahead: int = 0) -> S | None:
    """The text as that shape; `ahead` lines of the file come before it."""
    try:
        return shape.model_validate(tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        found = AT_LINE.search(str(error))
        line = int(found.group(1)) if found else len(text.splitlines())
        library.blame(path, line + ahead, Said("not TOML: %(error)s", error=AT_LINE.sub("", str(error)).strip()))
    except ValidationError as error:
        for one in error.errors(include_url=False):
            where = ".".join(str(step + 1) if isinstance(step, int) else step for step in one["loc"])
            what = _expected(one)
            message = Said("%(where)s: %(what)s", where=where, what=what) if where else what
            library.blame(path, line_of(text, one["loc"]) + ahead, message)
    return None


def _expected(error: ErrorDetails) -> Said:
    """In words what pydantic found. Its own, in English, of what no file of ours can run into."""
    context = error.get("ctx", {})
    kind, given = error["type"], context.get("error")
    if given is not None and given.args and isinstance(given.args[0], Said):
        return given.args[0]
    if kind == "literal_error":
        return Said("expected one of %(there)s", there=str(context["expected"]).replace(" or ", ", "))
    said = {
        "missing": Said("missing: expected this key"),
        "extra_forbidden": Said("unknown key: expected one of those in the format"),
        "string_type": Said("expected words in quotation marks"),
        "int_type": Said("expected a whole number"),
        "bool_type": Said("expected true or false"),
        "tuple_type": Said("expected a list in square brackets"),
        "too_short": Said("expected %(n)s at least", n=context.get("min_length")),
        "greater_than_equal": Said("expected %(n)s or more", n=context.get("ge")),
        "less_than_equal": Said("expected %(n)s or less", n=context.get("le")),
        "date_type": Said("expected a day like 2026-11-23"),
        "model_type": Said("expected a table"),
    }
    return said.get(kind) or Said("%(what)s", what=error["msg"].removeprefix("Value error, "))
