"""One course, looked at by itself as `courses check` looks at all of them: a draft of the office, or a pack."""

import re
import tomllib
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from lms.kernel.clock import today
from lms.kernel.said import Said
from lms.tracks import content, library, spelling, standard
from lms.tracks.course import Course
from lms.tracks.library import Fault, Library
from lms.tracks.lines import line_of
from lms.tracks.order_faults import order_faults
from lms.tracks.shapes import SLUG, LawsShape, PlanShape

TRACK = re.compile(r'^\s*track\s*=\s*"([a-z0-9-]{1,40})"', re.MULTILINE)


@dataclass(frozen=True)
class Checked:
    """What a course is worth as it stands. `course` is None while a fault keeps it from being read; a fault's path is that of the
    file within the course's folder. `shortfalls` do not keep it from being published: on the command line they are printed, in the browser whoever publishes ticks
    that they have read them."""

    course: Course | None
    faults: tuple[Fault, ...]
    shortfalls: tuple[Said, ...] = ()


def checked(
    slug: str, files: Mapping[str, str], others: Collection[Course] = (), beside: Path = library.FOLDER
) -> Checked:
    """The course of these files (path in its folder -> text). `others`: the courses of today that it may ask for, when they are known;
    `beside`: the `courses/` whose plan, laws and words hold for it."""
    known = Library(beside)
    plan = library.toml(known, beside / "plan.toml", PlanShape)
    laws = library.toml(known, beside / "laws.toml", LawsShape) if (beside / "laws.toml").exists() else None
    track = track_of(files.get(library.COURSE, "")) or "0"
    with TemporaryDirectory(prefix="course-") as temporary:
        root = Path(temporary) / "courses"
        folder = root / track / slug
        folder.mkdir(parents=True)
        library.write(folder, files)
        shown = Library(root)
        course = content.read_course(shown, folder)
    faults = [Fault(_within(fault.path, track, slug), fault.line, fault.message) for fault in shown.faults]
    open_tracks = {one.slug: one for one in plan.tracks if not one.confidential} if plan else {}
    if course and plan and course.track not in open_tracks:
        line = line_of(files[library.COURSE], ("track",))
        faults.append(
            Fault(library.COURSE, line, Said("track: expected one of %(there)s", there=", ".join(open_tracks)))
        )
    if course and others:
        everyone = [*others, course]
        for one, key, message in order_faults(everyone, [one.slug for one in everyone]):
            if one is course:
                faults.append(Fault(library.COURSE, line_of(files[library.COURSE], (key,)), message))
    if course is None or faults:
        return Checked(None, tuple(sorted(faults)))
    short = standard.shortfalls(course, open_tracks.get(course.track), laws.ended if laws else (), today(), files)
    return Checked(course, (), (*short, *_misspelt(files, beside)))


def _misspelt(files: Mapping[str, str], beside: Path) -> Iterator[Said]:
    own = spelling.own_words(beside)
    for name, text in files.items():
        for one in spelling.misspelt(name, text, own):
            yield Said("%(where)s: %(what)s", where=f"{name}:{one.line}", what=one.said)


def track_of(course_toml: str) -> str:
    """The track that course.toml names, also while something else in it is broken; nothing when it names none."""
    try:
        named = tomllib.loads(course_toml).get("track", "")
    except tomllib.TOMLDecodeError:
        found = TRACK.search(course_toml)
        named = found.group(1) if found else ""
    return named if isinstance(named, str) and SLUG.fullmatch(named) else ""


def _within(path: str, track: str, slug: str) -> str:
    return path.removeprefix(f"courses/{track}/{slug}").lstrip("/") or library.COURSE
