"""Recordings beside the lessons: `audio/<lesson's slug>.<language>.<kind>` in a course's folder. What may lie there, and in which languages. Pure but for
reading the files.

A recording is no part of the wording: an edition is text, and text stays the twin that everybody can read. Adding a voice makes no new edition.
"""

import hashlib
import re
from collections.abc import Collection
from pathlib import Path

from lms.kernel.i18n import _l
from lms.kernel.said import Said
from lms.tracks.course import Lesson, Sound
from lms.tracks.library import Library

AUDIO = "audio"  # a folder beside the lessons
LARGEST = 2_000_000  # bytes: eleven minutes at 24 kbit/s, mono
# Languages of the district (FACTS 7), by their BCP 47 codes; a collection code where several local forms are spoken.
LANGUAGES = {
    "vi": _l("Vietnamese"),
    "hmn": _l("Mông"),
    "ium": _l("Dao"),
    "tai": _l("Thái"),
    "khb": _l("Lự"),
}
KINDS = {"mp3": "audio/mpeg", "m4a": "audio/mp4", "ogg": "audio/ogg"}
NAME = re.compile(rf"([a-z0-9]+(?:-[a-z0-9]+)*)\.({'|'.join(LANGUAGES)})\.({'|'.join(KINDS)})")


def words_of(lesson: Lesson) -> str:
    """SHA-256 of what a voice reads of a lesson: changed words, another value."""
    return hashlib.sha256("\n".join((lesson.title, lesson.aim, lesson.html, *lesson.remember)).encode()).hexdigest()


def sounds_in(library: Library, folder: Path, lessons: Collection[str]) -> list[Sound]:
    """The recordings of the course in that folder; what is wrong with one is said to the library, with its path."""
    found: dict[tuple[str, str], Sound] = {}
    place = folder / AUDIO
    for path in sorted(place.iterdir()) if place.is_dir() else ():
        sound = _sound(path, lessons)
        if isinstance(sound, Said):
            library.blame(path, 1, sound)
        elif (sound.lesson, sound.language) in found:
            library.blame(path, 1, Said("a second recording of the lesson in this language: expected one"))
        else:
            found[sound.lesson, sound.language] = sound
    return list(found.values())


def _sound(path: Path, lessons: Collection[str]) -> Sound | Said:
    """The recording in that file, or what is wrong with it."""
    named = NAME.fullmatch(path.name)
    if named is None or path.is_symlink() or not path.is_file():
        return Said(
            "expected a file like ten-bai.hmn.mp3: the lesson's slug, one of %(languages)s, one of %(kinds)s",
            languages=", ".join(LANGUAGES),
            kinds=", ".join(KINDS),
        )
    lesson, language, kind = named.groups()
    if lesson not in lessons:
        return Said("no lesson “%(slug)s” in this course", slug=lesson)
    with path.open("rb") as file:
        content = file.read(LARGEST + 1)
    if len(content) > LARGEST:
        return Said("too big: at most %(most)s MB. Save it as mono, 24 kbit/s", most=LARGEST // 1_000_000)
    if not _is(kind, content):
        return Said("no recording of the kind %(kind)s", kind=kind)
    return Sound(lesson, language, kind, content)


def _is(kind: str, content: bytes) -> bool:
    """Whether it begins as such a file does (ID3v2 or an MPEG frame; ISO 14496-12 ftyp; RFC 3533 with Opus or Vorbis in it)."""
    if kind == "mp3":
        return content[:3] == b"ID3" or (len(content) > 4 and content[0] == 0xFF and content[1] & 0xE6 == 0xE2)
    if kind == "m4a":
        return content[4:8] == b"ftyp"
    return content[:4] == b"OggS" and (b"OpusHead" in content[:64] or b"\x01vorbis" in content[:64])
