"""Reads `courses/` into plain values, and says of everything that is wrong there in which file and line, and what was expected.

Pages never read these files: they read editions (`tracks.editions`), so a file that breaks while someone edits it breaks no page.
"""

import re
import tomllib
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ValidationError

from lms.kernel import prose
from lms.kernel.vietnamese import nfc
from lms.tracks import pictures
from lms.tracks.course import Choice, Course, Lesson, Picture, Question, Quiz
from lms.tracks.lines import line_of
from lms.tracks.quiz_faults import quiz_faults
from lms.tracks.shapes import (
    CourseShape,
    EndedLaw,
    HelpNumber,
    HelpShape,
    LawsShape,
    LessonFront,
    PlanShape,
    QuizShape,
)  # fmt: skip

FOLDER = Path(__file__).resolve().parents[2] / "courses"
FENCE = "+++"
PICTURES = "pictures"  # a folder beside the lessons
GUIDE, GLOSSARY = "guide.md", "glossary.md"  # beside the lessons: for whoever teaches the class; for the handout
AT_LINE = re.compile(r"\(at line (\d+), column \d+\)")
S = TypeVar("S", bound=BaseModel)


@dataclass(frozen=True, order=True)
class Fault:
    """Something wrong in a file."""

    path: str
    line: int
    message: str

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
    plan: PlanShape | None = None
    numbers: tuple[HelpNumber, ...] = ()
    laws: tuple[EndedLaw, ...] = ()
    faults: list[Fault] = field(default_factory=list)

    def blame(self, path: Path, line: int, message: str) -> None:
        """Note a fault; reading goes on, so that all of them are said at once."""
        self.faults.append(Fault(str(path.relative_to(self.folder.parent)), line, message))

    def whole(self) -> "Library":
        """This library, if nothing is wrong with it; else raises `Broken`."""
        if self.faults:
            raise Broken(self.faults)
        return self


def read(folder: Path = FOLDER) -> Library:
    """Everything under the folder. Nothing is raised: look at `faults`, or ask for `.whole()`."""
    library = Library(folder)
    plan = _toml(library, folder / "plan.toml", PlanShape)
    library.plan = plan
    shared = _toml(library, folder / "help.toml", HelpShape)
    library.numbers = shared.numbers if shared else ()
    laws = _toml(library, folder / "laws.toml", LawsShape) if (folder / "laws.toml").exists() else None
    library.laws = laws.ended if laws else ()
    confidential = {track.slug for track in plan.tracks if track.confidential} if plan else set()
    for course_folder in sorted(path.parent for path in folder.glob("*/*/course.toml")):
        if course_folder.parent.name not in confidential:  # their neutral pages are another room's
            course = _course(library, course_folder)
            if course:
                library.courses.append(course)
    for stray in sorted(folder.glob("*/*/")):
        if stray.parent.name not in confidential | {"units"} and not (stray / "course.toml").exists():
            library.blame(stray, 1, "a folder without course.toml: expected one in each folder of a course")
    _across(library)
    return library


def _across(library: Library) -> None:
    """What only shows when all files are seen together."""
    courses = [path.parent.name for path in library.folder.glob("*/*/course.toml")]
    for slug in sorted({one for one in courses if courses.count(one) > 1}):
        for path in sorted(library.folder.glob(f"*/{slug}/course.toml")):
            library.blame(path, 1, f"the course “{slug}” is here twice: expected one folder of that name")
    plan, path = library.plan, library.folder / "plan.toml"
    if plan is None:
        return
    text = path.read_text(encoding="utf-8")
    tracks = {track.slug for track in plan.tracks}
    for course in library.courses:
        if course.track not in tracks:
            library.blame(path, 1, f"no track “{course.track}”, which the course “{course.slug}” belongs to")
    for place, indicator in enumerate(plan.indicators):
        for slug in indicator.rule.courses:
            if slug not in courses:
                line = line_of(text, ("indicators", place, "rule", "courses"))
                library.blame(path, line, f"no course “{slug}”: expected one of {', '.join(courses) or 'none yet'}")


def _course(library: Library, folder: Path) -> Course | None:
    before = len(library.faults)
    path = folder / "course.toml"
    shape = _toml(library, path, CourseShape)
    if shape:
        text = path.read_text(encoding="utf-8")
        for key, expected in (("slug", folder.name), ("track", folder.parent.name)):
            if getattr(shape, key) != expected:
                library.blame(path, line_of(text, (key,)), f"{key}: expected “{expected}”, the name of its folder")
    drawn = _pictures(library, folder / PICTURES)
    lessons = _lessons(library, folder, drawn)
    aims = {lesson.slug for lesson in lessons}
    unread = len(lessons) < len(_lesson_files(folder))  # said already; do not blame the quiz for it
    quiz = _quiz(library, folder / "quiz.toml", None if unread else aims)
    guide, glossary = (_titled(library, folder / name, aims) for name in (GUIDE, GLOSSARY))
    for one in drawn:
        if not any(one.file_name in lesson.html for lesson in lessons) and not unread:
            library.blame(folder / PICTURES / one.name, 1, f"no lesson shows it: expected ![…]({PICTURES}/{one.name})")
    if shape and not lessons:
        library.blame(path, 1, "no lessons: expected files 01-….md, 02-….md … beside it")
    if shape and ("test" in shape.parts) != (folder / "quiz.toml").exists():
        library.blame(path, 1, "the part “test” and a file quiz.toml go together: expected both or neither")
    if shape is None or len(library.faults) > before:
        return None
    return Course(**shape.model_dump(), lessons=lessons, quiz=quiz, guide=guide, glossary=glossary, pictures=drawn)


def _titled(library: Library, path: Path, lessons: Collection[str]) -> str:
    """The trainer's guide or the glossary as clean HTML, without its title; nothing when there is none."""
    text = _text(library, path) if path.exists() else None
    if text is None:
        return ""
    title, _, rest = text.partition("\n")
    if not title.startswith("# "):
        library.blame(path, 1, "expected a title on the first line: # Hướng dẫn giảng viên, # Từ ngữ")
    body = f"\n{rest}"  # the title's line stays, so that lines are counted as in the file
    for fault in prose.faults(body, lessons):
        library.blame(path, fault.line, fault.message)
    return prose.html_of(body)


def _lesson_files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.glob("*.md") if path.name not in {GUIDE, GLOSSARY})


def _pictures(library: Library, folder: Path) -> tuple[Picture, ...]:
    drawn = []
    for path in sorted(folder.iterdir()) if folder.is_dir() else ():
        if path.is_symlink() or not path.is_file():
            library.blame(path, 1, "expected a file .svg")
            continue
        with path.open("rb") as file:
            found, wrong = pictures.picture(path.name, file.read(pictures.LARGEST + 1))
        for line, message in wrong:
            library.blame(path, line, message)
        drawn += [found] if found else []
    return tuple(drawn)


def _lessons(library: Library, folder: Path, drawn: tuple[Picture, ...]) -> tuple[Lesson, ...]:
    shown: prose.Pictures = {
        f"{PICTURES}/{one.name}": {"src": f"{PICTURES}/{one.file_name}", "width": one.width, "height": one.height}
        for one in drawn
    }
    read: list[tuple[Path, str, int, LessonFront]] = []
    for path in _lesson_files(folder):
        front, body, first_line = _parted(library, path)
        shape = _shaped(library, path, front, LessonFront, ahead=1) if front is not None else None
        if shape:
            read.append((path, body, first_line, shape))
    slugs = [shape.slug for *_, shape in read]
    lessons = []
    for path, body, first_line, shape in read:
        if slugs.count(shape.slug) > 1:
            library.blame(path, line_of(path.read_text(encoding="utf-8"), ("slug",)), f"slug “{shape.slug}” twice")
        for fault in prose.faults(body, slugs, shown):
            library.blame(path, first_line + fault.line - 1, fault.message)
        lessons.append(
            Lesson(
                slug=shape.slug,
                title=shape.title,
                minutes=shape.minutes,
                aim=shape.aim,
                html=prose.html_of(body, shown),
                sources=shape.sources,
                remember=shape.remember,
                warning=shape.warning or "",
                law_dates=tuple(day.isoformat() for day in shape.law_dates),
            )
        )
    return tuple(lessons)


def _parted(library: Library, path: Path) -> tuple[str | None, str, int]:
    """(front matter, body, the line the body begins on) of a lesson."""
    text = _text(library, path)
    if text is None:
        return None, "", 1
    lines = text.splitlines()
    if not lines or lines[0].strip() != FENCE:
        library.blame(path, 1, f"expected {FENCE} on the first line, then title, aim, minutes…")
        return None, "", 1
    end = next((number for number, line in enumerate(lines[1:], start=1) if line.strip() == FENCE), None)
    if end is None:
        library.blame(path, len(lines), f"expected a second {FENCE} line, after which the text begins")
        return None, "", 1
    return "\n".join(lines[1:end]), "\n".join(lines[end + 1 :]), end + 2


def _quiz(library: Library, path: Path, lessons: Collection[str] | None) -> Quiz | None:
    shape = _toml(library, path, QuizShape) if path.exists() else None
    if shape is None:
        return None
    text = path.read_text(encoding="utf-8")
    for loc, message in quiz_faults(shape, lessons):
        library.blame(path, line_of(text, loc), message)
    questions = tuple(
        Question(**{**one.model_dump(), "choices": tuple(Choice(**choice.model_dump()) for choice in one.choices)})
        for one in shape.questions
    )
    return Quiz(**{**shape.model_dump(), "questions": questions})


def _toml(library: Library, path: Path, shape: type[S]) -> S | None:
    text = _text(library, path)
    return _shaped(library, path, text, shape) if text is not None else None


def _text(library: Library, path: Path) -> str | None:
    try:
        return nfc(path.read_text(encoding="utf-8-sig"))
    except FileNotFoundError:
        library.blame(path, 1, "not there: expected this file")
    except UnicodeDecodeError as error:
        line = path.read_bytes()[: error.start].count(b"\n") + 1
        library.blame(path, line, "not UTF-8: save the file as UTF-8")
    return None


def _shaped(library: Library, path: Path, text: str, shape: type[S], ahead: int = 0) -> S | None:
    """The text as that shape; `ahead` lines of the file come before it."""
    try:
        return shape.model_validate(tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        found = AT_LINE.search(str(error))
        line = int(found.group(1)) if found else len(text.splitlines())
        library.blame(path, line + ahead, f"not TOML: {AT_LINE.sub('', str(error)).strip()}")
    except ValidationError as error:
        for one in error.errors(include_url=False):
            message = one["msg"].removeprefix("Value error, ")
            where = ".".join(str(step + 1) if isinstance(step, int) else step for step in one["loc"])
            library.blame(
                path, line_of(text, one["loc"]) + ahead, f"{where}: {_expected(message)}" if where else message
            )
    return None


def _expected(message: str) -> str:
    return {
        "Field required": "missing: expected this key",
        "Extra inputs are not permitted": "unknown key: expected one of those in the format",
    }.get(message, message)


def help_numbers(on: date, folder: Path = FOLDER) -> tuple[HelpNumber, ...]:
    """The numbers to print on that day. Read when this process first asks; a broken file is refused by `courses check`."""
    return tuple(number for number in _numbers(folder) if number.holds_on(on))


@lru_cache(maxsize=8)
def _numbers(folder: Path) -> tuple[HelpNumber, ...]:
    shape = _toml(Library(folder), folder / "help.toml", HelpShape)
    return shape.numbers if shape else ()
