"""A course's folder as one zip, in and out. What comes in was made by anybody: everything in it is measured while it is read, nothing
its own headers say is believed, and nothing is written to disk."""

import re
import stat
import struct
import tomllib
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from io import BytesIO
from pathlib import PurePosixPath

from lms.kernel.refused import Refused
from lms.tracks import library, pictures
from lms.tracks.checking import track_of
from lms.tracks.course import CONFIDENTIAL
from lms.tracks.shapes import SLUG

LARGEST = 4_000_000  # bytes of a pack
LARGEST_FILE = 200_000  # bytes of a file in it; the longest of ours has 80 000
LARGEST_WHOLE = 1_000_000  # bytes of all of them; the longest course of ours has 240 000
LONGEST_LINE = 2_500  # letters; Markdown takes four times as long for a line twice as long
MOST = 200  # files
MOST_PRESSED = 200  # times; text shrinks to a tenth
JUNK = frozenset({"__MACOSX", ".DS_Store", "Thumbs.db", "desktop.ini"})  # what systems add by themselves
ENCRYPTED = 0x1 | 0x40 | 0x2000  # flags of an entry
UNREADABLE = (
    zipfile.BadZipFile, zlib.error, struct.error, EOFError, OSError, NotImplementedError, RuntimeError, ValueError,
    OverflowError,
)  # fmt: skip
SLUG_LINE = re.compile(r'^\s*slug\s*=\s*"([a-z0-9-]{1,80})"', re.MULTILINE)
CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
BEGINNING_OF_TIME = (1980, 1, 1, 0, 0, 0)  # zip knows none before; the same files give the same bytes


def unpacked(data: bytes) -> tuple[str, dict[str, str]]:
    """(slug, path in the course's folder -> text). Refused with what to do, whatever is wrong with the pack as a pack; what is wrong
    with the words in it is for `checking.checked` to say."""
    if len(data) > LARGEST:
        raise Refused("The pack is too big: at most %(most)s MB.", most=LARGEST // 1_000_000)
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            entries = archive.infolist()
            if len(entries) > MOST:
                raise Refused(
                    "There are more than %(most)s files in the pack. Zip the folder of one course.", most=MOST
                )
            for entry in entries:
                _check_entry(entry)
            read = dict(_read(archive, entries))
    except UNREADABLE as error:
        raise Refused(
            "This is no zip file, or a damaged one. Zip the course's folder again and send that in."
        ) from error
    files = {path: checked_text(path, _text(path, content)) for path, content in read.items()}
    slug = _slug(files[library.COURSE], _base(entries))
    if track_of(files[library.COURSE]) == CONFIDENTIAL:
        raise Refused("The quiet pages never come as a pack: they stand in the files of this installation only.")
    return slug, dict(sorted(files.items()))


def packed(slug: str, files: Mapping[str, str]) -> bytes:
    """The zip of these files in a folder of that name. The same files give the same bytes."""
    out = BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for path, text in sorted(files.items()):
            entry = zipfile.ZipInfo(f"{slug}/{path}", BEGINNING_OF_TIME)
            entry.compress_type, entry.create_system, entry.external_attr = zipfile.ZIP_DEFLATED, 3, 0o100644 << 16
            archive.writestr(entry, text.encode(), compresslevel=9)
    return out.getvalue()


def checked_text(path: str, text: str) -> str:
    """The words of one file as they are kept. Refused: no file of a course, too long, no text, a picture that could do harm."""
    if not library.belongs(path):
        raise _no_file(path)
    if len(text.encode()) > LARGEST_FILE:
        raise Refused("“%(path)s” is too big: at most %(most)s KB.", path=path, most=LARGEST_FILE // 1000)
    for number, words in enumerate(text.split("\n") if not path.endswith(".svg") else (), 1):
        if len(words) > LONGEST_LINE:
            raise Refused(
                "“%(path)s”, line %(line)s is too long: at most %(most)s letters. Begin a new paragraph.",
                path=path,
                line=number,
                most=LONGEST_LINE,
            )
    if found := CONTROL.search(text):
        line = text.count("\n", 0, found.start()) + 1
        raise Refused(
            "“%(path)s”, line %(line)s: a character that is no text. Type the line again.", path=path, line=line
        )
    text = library.normal(text)
    if path.endswith(".svg"):
        _found, wrong = pictures.picture(PurePosixPath(path).name, text.encode())
        for line, what in wrong:
            raise Refused("“%(path)s”, line %(line)s: %(what)s", path=path, line=line, what=what)
    return text


def _no_file(path: str) -> Refused:
    return Refused(
        "“%(path)s” is no file of a course. Expected: course.toml, quiz.toml, guide.md, glossary.md, lessons like 01-ten-bai.md, pictures/ten-hinh.svg; names in lower case without marks.",
        path=path[-80:],
    )


def check_whole(files: Mapping[str, str]) -> None:
    """As many files and as long a course as a pack may hold."""
    if len(files) > MOST or sum(len(text.encode()) for text in files.values()) > LARGEST_WHOLE:
        raise Refused(
            "The course is too big: at most %(most)s files and %(size)s MB.", most=MOST, size=LARGEST_WHOLE // 1_000_000
        )


def _check_entry(entry: zipfile.ZipInfo) -> None:
    """Nothing that leads out of the folder, is no plain file, or cannot be looked into."""
    name = entry.orig_filename
    parts = name.split("/")
    if "\\" in name or ":" in name or "\0" in name or name.startswith("/") or ".." in parts:
        raise Refused("“%(path)s” leads out of the course's folder. Zip the folder itself again.", path=name[:80])
    kind = stat.S_IFMT(entry.external_attr >> 16)
    if kind not in {0, stat.S_IFREG, stat.S_IFDIR}:
        raise Refused("“%(path)s” is a link, not a file. Put the file itself in its place.", path=name[:80])
    if entry.flag_bits & ENCRYPTED:
        raise Refused("The pack is locked with a password. Zip the folder without one.")
    if entry.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}:
        raise Refused("The pack is pressed in an unusual way. Zip the folder with the tool of your system.")


def _parts(entry: zipfile.ZipInfo) -> tuple[str, ...]:
    return tuple(part for part in entry.filename.split("/") if part not in {"", "."})


def _is_junk(parts: tuple[str, ...]) -> bool:
    return any(part in JUNK or part.startswith("._") for part in parts)


def _base(entries: list[zipfile.ZipInfo]) -> tuple[str, ...]:
    """The folder in the pack that is the course's: where course.toml lies."""
    found = [_parts(one)[:-1] for one in entries if _parts(one)[-1:] == (library.COURSE,) and not _is_junk(_parts(one))]
    if not found:
        raise Refused("There is no course.toml in the pack. Zip the folder of the course, with course.toml in it.")
    if len(set(found)) > 1:
        raise Refused("There are several courses in the pack. Send in each by itself.")
    return found[0]


def _read(archive: zipfile.ZipFile, entries: list[zipfile.ZipInfo]) -> Iterator[tuple[str, bytes]]:
    """(path in the course's folder, content), never more of either than is allowed."""
    base, whole, seen = _base(entries), 0, set()
    for entry in entries:
        parts = _parts(entry)
        if _is_junk(parts) or (entry.is_dir() and parts in {base[: len(parts)], (*base, library.PICTURES)}):
            continue
        if parts[: len(base)] != base:
            raise Refused(
                "“%(path)s” lies beside the course's folder. Zip that folder alone.", path=entry.filename[-80:]
            )
        path = "/".join(parts[len(base) :])
        if entry.is_dir() or not library.belongs(path):
            raise _no_file(f"{path}/" if entry.is_dir() else path)
        if path in seen:
            raise Refused("“%(path)s” is in the pack twice. Zip the folder again.", path=path)
        seen.add(path)
        content = _measured(archive, entry, path)
        whole += len(content)
        if whole > LARGEST_WHOLE:
            raise Refused(
                "The course is too big: at most %(most)s files and %(size)s MB.",
                most=MOST,
                size=LARGEST_WHOLE // 1_000_000,
            )
        yield path, content


def _measured(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, path: str) -> bytes:
    """The file, read no further than it may be long."""
    most = pictures.LARGEST if path.endswith(".svg") else LARGEST_FILE
    with archive.open(entry) as file:
        content = file.read(most + 1)
    if len(content) > most:
        raise Refused("“%(path)s” is too big: at most %(most)s KB.", path=path, most=most // 1000)
    if len(content) > MOST_PRESSED * max(entry.compress_size, 50):
        raise Refused("“%(path)s” is pressed so hard that it is no text. Zip the folder again.", path=path)
    return content


def _text(path: str, content: bytes) -> str:
    try:
        return library.decoded(content)
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise Refused(
            "“%(path)s”, line %(line)s is not UTF-8. Save the file as UTF-8.", path=path, line=line
        ) from error


def _slug(course_toml: str, base: tuple[str, ...]) -> str:
    """Which course it is, also while course.toml cannot be read: then the folder's name."""
    try:
        named = tomllib.loads(course_toml).get("slug", "")
    except tomllib.TOMLDecodeError:
        found = SLUG_LINE.search(course_toml)
        named = found.group(1) if found else base[-1] if base else ""
    if not isinstance(named, str) or len(named) > 80 or not SLUG.fullmatch(named):
        raise Refused('course.toml does not say which course this is. Expected a line like: slug = "ten-khoa-hoc"')
    return named
