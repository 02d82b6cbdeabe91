"""Reads `courses/` into plain values, and says of everything that is wrong there in which file and line, and what was expected.

Pages never read these files: they read editions (`tracks.editions`), so a file that breaks while someone edits it breaks no page.
"""

from collections.abc import Collection
from datetime import date
from functools import lru_cache
from pathlib import Path

from lms.kernel import prose
from lms.kernel.said import Said
from lms.tracks import pictures, sounds
from lms.tracks.course import Choice, Course, Lesson, Picture, Question, Quiz
from lms.tracks.library import FOLDER, GLOSSARY, GUIDE, PICTURES, Broken, Fault, Library, shaped, text_of, toml
from lms.tracks.lines import line_of
from lms.tracks.order_faults import order_faults
from lms.tracks.quiz_faults import quiz_faults
from lms.tracks.shapes import CourseShape, HelpNumber, HelpShape, LawsShape, LessonFront, PlanShape, QuizShape

__all__ = ["FOLDER", "Broken", "Fault", "Library", "help_numbers", "read", "read_course"]

FENCE = "+++"


def read(folder: Path = FOLDER) -> Library:
    """Everything under the folder. Nothing is raised: look at `faults`, or ask for `.whole()`."""
    library = Library(folder)
    plan = toml(library, folder / "plan.toml", PlanShape)
    library.plan = plan
    shared = toml(library, folder / "help.toml", HelpShape)
    library.numbers = shared.numbers if shared else ()
    laws = toml(library, folder / "laws.toml", LawsShape) if (folder / "laws.toml").exists() else None
    library.laws = laws.ended if laws else ()
    confidential = {track.slug for track in plan.tracks if track.confidential} if plan else set()
    for course_folder in sorted(path.parent for path in folder.glob("*/*/course.toml")):
        if course_folder.parent.name not in confidential:  # their neutral pages are another room's
            course = read_course(library, course_folder)
            if course:
                library.courses.append(course)
                library.sounds[course.slug] = sounds.sounds_in(library, course_folder, course.by_slug)
    for stray in sorted(folder.glob("*/*/")):
        if stray.parent.name not in confidential | {"units"} and not (stray / "course.toml").exists():
            library.blame(stray, 1, Said("a folder without course.toml: expected one in each folder of a course"))
    _across(library)
    return library


def _across(library: Library) -> None:
    """What only shows when all files are seen together."""
    courses = [path.parent.name for path in library.folder.glob("*/*/course.toml")]
    for slug in sorted({one for one in courses if courses.count(one) > 1}):
        for path in sorted(library.folder.glob(f"*/{slug}/course.toml")):
            library.blame(
                path, 1, Said("the course “%(slug)s” is here twice: expected one folder of that name", slug=slug)
            )
    for course, key, message in order_faults(library.courses, courses):
        path = library.folder / course.track / course.slug / "course.toml"
        library.blame(path, line_of(path.read_text(encoding="utf-8"), (key,)), message)
    plan, path = library.plan, library.folder / "plan.toml"
    if plan is None:
        return
    text = path.read_text(encoding="utf-8")
    tracks = {track.slug for track in plan.tracks}
    for course in library.courses:
        if course.track not in tracks:
            library.blame(
                path,
                1,
                Said(
                    "no track “%(track)s”, which the course “%(slug)s” belongs to", track=course.track, slug=course.slug
                ),
            )
    for place, indicator in enumerate(plan.indicators):
        for slug in indicator.rule.courses:
            if slug not in courses:
                line = line_of(text, ("indicators", place, "rule", "courses"))
                library.blame(
                    path,
                    line,
                    Said("no course “%(slug)s”: expected one of %(there)s", slug=slug, there=", ".join(courses) or "–"),
                )


def read_course(library: Library, folder: Path) -> Course | None:
    """The course of that folder of the library, or None when something in it is wrong; the library says what."""
    before = len(library.faults)
    path = folder / "course.toml"
    shape = toml(library, path, CourseShape)
    if shape:
        text = path.read_text(encoding="utf-8")
        for key, expected in (("slug", folder.name), ("track", folder.parent.name)):
            if getattr(shape, key) != expected:
                library.blame(
                    path,
                    line_of(text, (key,)),
                    Said("%(key)s: expected “%(expected)s”, the name of its folder", key=key, expected=expected),
                )
    drawn = _pictures(library, folder / PICTURES)
    lessons = _lessons(library, folder, drawn)
    aims = {lesson.slug for lesson in lessons}
    unread = len(lessons) < len(_lesson_files(folder))  # said already; do not blame the quiz for it
    quiz = _quiz(library, folder / "quiz.toml", None if unread else aims)
    guide, glossary = (_titled(library, folder / name, aims) for name in (GUIDE, GLOSSARY))
    for one in drawn:
        if not any(one.file_name in lesson.html for lesson in lessons) and not unread:
            library.blame(
                folder / PICTURES / one.name,
                1,
                Said("no lesson shows it: expected ![…](%(path)s)", path=f"{PICTURES}/{one.name}"),
            )
    if shape and not lessons:
        library.blame(path, 1, Said("no lessons: expected files 01-….md, 02-….md … beside it"))
    if shape and ("test" in shape.parts) != (folder / "quiz.toml").exists():
        library.blame(path, 1, Said("the part “test” and a file quiz.toml go together: expected both or neither"))
    if shape is None or len(library.faults) > before:
        return None
    return Course(**shape.model_dump(), lessons=lessons, quiz=quiz, guide=guide, glossary=glossary, pictures=drawn)


def _titled(library: Library, path: Path, lessons: Collection[str]) -> str:
    """The trainer's guide or the glossary as clean HTML, without its title; nothing when there is none."""
    text = text_of(library, path) if path.exists() else None
    if text is None:
        return ""
    title, _, rest = text.partition("\n")
    if not title.startswith("# "):
        library.blame(path, 1, Said("expected a title on the first line: # Hướng dẫn giảng viên, # Từ ngữ"))
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
            library.blame(path, 1, Said("expected a file .svg"))
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
        shape = shaped(library, path, front, LessonFront, ahead=1) if front is not None else None
        if shape:
            read.append((path, body, first_line, shape))
    slugs = [shape.slug for *_, shape in read]
    lessons = []
    for path, body, first_line, shape in read:
        if slugs.count(shape.slug) > 1:
            library.blame(
                path,
                line_of(path.read_text(encoding="utf-8"), ("slug",)),
                Said("slug “%(slug)s” twice: expected one lesson of that name", slug=shape.slug),
            )
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
    text = text_of(library, path)
    if text is None:
        return None, "", 1
    lines = text.splitlines()
    if not lines or lines[0].strip() != FENCE:
        library.blame(path, 1, Said("expected +++ on the first line, then title, aim, minutes…"))
        return None, "", 1
    end = next((number for number, line in enumerate(lines[1:], start=1) if line.strip() == FENCE), None)
    if end is None:
        library.blame(path, len(lines), Said("expected a second +++ line, after which the text begins"))
        return None, "", 1
    return "\n".join(lines[1:end]), "\n".join(lines[end + 1 :]), end + 2


def _quiz(library: Library, path: Path, lessons: Collection[str] | None) -> Quiz | None:
    shape = toml(library, path, QuizShape) if path.exists() else None
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


def help_numbers(on: date, folder: Path = FOLDER) -> tuple[HelpNumber, ...]:
    """The numbers to print on that day. Read when this process first asks; a broken file is refused by `courses check`."""
    return tuple(number for number in _numbers(folder) if number.holds_on(on))


@lru_cache(maxsize=8)
def _numbers(folder: Path) -> tuple[HelpNumber, ...]:
    shape = toml(Library(folder), folder / "help.toml", HelpShape)
    return shape.numbers if shape else ()
