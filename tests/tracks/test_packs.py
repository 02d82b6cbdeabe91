"""Packs: what goes out comes in again as it was; what was made to do harm stays outside, with words that say what to do."""

import random
import re
import stat
import struct
import zipfile
from io import BytesIO
from pathlib import Path

import pytest
from flask import Flask

from lms.kernel.refused import Refused
from lms.tracks import checking, content, editions, library, packs
from lms.tracks.course import digest
from tests.tracks.sample import COURSE, FILES, LESSON
from tests.tracks.test_pictures import SOUND
from tests.world import World

FOLDERS = sorted(path.parent for path in library.FOLDER.glob("[1-4]/*/course.toml"))
CONTENT = {f"chung/{path}": text.encode() for path, text in FILES.items()}


def zipped(entries: dict[str, bytes], **named: object) -> bytes:
    """A zip of these; `named` are attributes of the last entry."""
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for place, (name, text) in enumerate(entries.items(), 1):
            entry = zipfile.ZipInfo("x")
            entry.filename, entry.compress_type = name, zipfile.ZIP_DEFLATED
            for attribute, value in named.items() if place == len(entries) else ():
                setattr(entry, attribute, value)
            archive.writestr(entry, text)
    return out.getvalue()


def with_one(name: str, text: bytes = b"x", **named: object) -> bytes:
    return zipped({**CONTENT, name: text}, **named)


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda path: path.name)
def test_every_course_goes_out_and_comes_in_as_it_was(folder: Path) -> None:
    files = library.files_in(folder)
    pack = packs.packed(folder.name, files)

    assert packs.unpacked(pack) == (folder.name, files)
    assert packs.packed(folder.name, dict(reversed(files.items()))) == pack
    read = checking.checked(folder.name, files)
    ours = content.read_course(content.Library(library.FOLDER), folder)
    assert ours
    assert read.course
    assert digest(read.course.as_content()) == digest(ours.as_content())


SCRIPT = SOUND.replace("<text x=", "<script>alert(1)</script><text x=").encode()
LINK = (stat.S_IFLNK | 0o777) << 16
LONG = random.Random(5).randbytes(75_000).hex(" ", 800).replace(" ", "\n").encode()
HOSTILE = {
    "no zip": (b"GIF89a", "no zip file"),
    "nothing": (b"", "no zip file"),
    "cut off": (zipped(CONTENT)[:-40], "no zip file"),
    "outside": (with_one("../chung/03-ba.md"), "leads out of the course's folder"),
    "outside, further in": (with_one("chung/pictures/../../a.md"), "leads out"),
    "absolute": (with_one("/etc/cron.d/a"), "leads out"),
    "a drive": (with_one("C:/a.md"), "leads out"),
    "backslashes": (with_one("chung\\..\\..\\a.md"), "leads out"),
    "junk outside": (with_one("../.DS_Store"), "leads out"),
    "symlink": (with_one("chung/03-ba.md", b"/etc/passwd", external_attr=LINK), "is a link"),
    "device": (with_one("chung/03-ba.md", external_attr=(stat.S_IFCHR | 0o666) << 16), "is a link"),
    "another folder": (with_one("chung/anh/03-ba.md"), "is no file of a course"),
    "empty folder": (with_one("chung/anh/", b""), "is no file of a course"),
    "a folder named as a file": (with_one("chung/guide.md/", b""), "“guide.md/” is no file"),
    "a program": (with_one("chung/cai-dat.exe"), "is no file of a course"),
    "beside": (with_one("guide.md"), "lies beside the course's folder"),
    "marks in a name": (with_one("chung/03-bài.md"), "is no file of a course"),
    "twice": (with_one("chung/./course.toml", COURSE.encode()), "twice"),
    "two courses": (with_one("khac/course.toml", COURSE.encode()), "several courses"),
    "no course": (zipped({"chung/01-mot.md": b"x"}), "no course.toml"),
    "nameless": (zipped({"course.toml": b"title = 'x'"}), "does not say which course"),
    "quiet pages": (zipped({"a/course.toml": COURSE.replace('"1"', '"5"').encode()}), "quiet pages never"),
    "not UTF-8": (with_one("chung/guide.md", "# Hướng dẫn\nBài".encode("utf-16")), "line 1 is not UTF-8"),
    "no text": (with_one("chung/guide.md", b"# A\n\0"), "line 2: a character"),
    "SVG with script": (with_one("chung/pictures/a.svg", SCRIPT), "pictures/a.svg”, line 5: <script> may not"),
    "SVG too big": (with_one("chung/pictures/a.svg", SOUND.encode() + b" " * 20_000), "too big: at most 20 KB"),
    "a long text": (with_one("chung/guide.md", b"xy z\n" * 50_000), "too big: at most 200 KB"),
    "a long line": (with_one("chung/guide.md", b"# A\n" + b"`" * 2_501), "line 2 is too long: at most 2500 letters"),
    "pressed": (with_one("chung/guide.md", b"x\n" * 95_000), "pressed so hard"),
    "long in all": (zipped(CONTENT | {f"chung/{n}-a.md": LONG for n in range(10, 18)}), "course is too big"),
    "many": (zipped({f"{n}.md": b"" for n in range(201)}), "more than 200 files"),
    "odd pressing": (with_one("chung/03-ba.md", b"x" * 99, compress_type=zipfile.ZIP_BZIP2), "unusual way"),
}


@pytest.mark.parametrize("what", HOSTILE)
def test_a_pack_made_to_do_harm_is_refused_in_words(what: str) -> None:
    pack, words = HOSTILE[what]
    with pytest.raises(Refused, match=re.escape(words)):
        packs.unpacked(pack)


def test_a_locked_pack_is_refused() -> None:
    pack = bytearray(zipped(CONTENT))
    for mark, flags in ((b"PK\3\4", 6), (b"PK\1\2", 8)):
        pack[pack.index(mark) + flags] |= 1

    with pytest.raises(Refused, match="locked with a password"):
        packs.unpacked(bytes(pack))


def test_a_picture_of_a_gigabyte_is_not_read_to_its_end(monkeypatch: pytest.MonkeyPatch) -> None:
    read = 0
    original = zipfile.ZipExtFile.read

    def counted(file: zipfile.ZipExtFile, n: int | None = -1) -> bytes:
        nonlocal read
        content = original(file, n)
        read += len(content)
        return content

    monkeypatch.setattr(zipfile.ZipExtFile, "read", counted)
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        archive.writestr("chung/course.toml", COURSE)
        with archive.open("chung/pictures/a.svg", "w", force_zip64=True) as picture:
            for _megabyte in range(64):
                picture.write(bytes(1_000_000))
    pack = bytearray(out.getvalue())
    assert len(pack) < 100_000

    with pytest.raises(Refused, match="too big"):
        packs.unpacked(bytes(pack))
    assert read < 100_000


@pytest.mark.parametrize("said", [3, 2**31])
def test_what_the_header_says_of_a_size_is_not_believed(said: int) -> None:
    pack = bytearray(with_one("chung/guide.md", b"# A\n" + b"xy z" * 200_000))
    at = pack.rindex(b"PK\1\2") + 24
    pack[at : at + 4] = struct.pack("<L", said)

    with pytest.raises(Refused, match=r"damaged|too big"):
        packs.unpacked(bytes(pack))


def test_what_other_systems_make_of_a_folder_is_taken() -> None:
    notepad = {name: b"\xef\xbb\xbf" + text.replace(b"\n", b"\r\n") for name, text in CONTENT.items()}
    junk = {
        "chung/": b"",
        "chung/.DS_Store": b"\0\1",
        "__MACOSX/chung/._course.toml": b"\0",
        "chung/Thumbs.db": b"\xd0",
    }

    assert packs.unpacked(zipped({**notepad, **junk})) == ("chung", FILES)
    assert packs.unpacked(zipped({f"chung (1)/{path}": text.encode() for path, text in FILES.items()}))[1] == FILES
    assert packs.unpacked(zipped({path: text.encode() for path, text in FILES.items()})) == ("chung", FILES)


def test_a_broken_file_is_named_with_its_line() -> None:
    broken = {
        **CONTENT,
        "chung/course.toml": b'slug = "chung"\nhours = \n',
        "chung/01-mot.md": b"+++\nslug = 1\n+++\n<b>",
    }
    slug, files = packs.unpacked(zipped(broken))

    said = checking.checked(slug, files)

    assert said.course is None
    lines = [str(fault) for fault in said.faults]
    assert any(line.startswith("course.toml:2: not TOML") for line in lines), lines
    assert "01-mot.md:2: slug: expected words in quotation marks" in lines


def test_a_track_that_knows_no_persons_is_refused_in_a_draft_too() -> None:
    said = checking.checked("chung", {**FILES, "course.toml": COURSE.replace('"1"', '"5"')})

    assert [(one.path, one.line) for one in said.faults] == [("course.toml", 2)]


def test_a_course_cannot_write_outside_its_folder(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="no file of a course"):
        library.write(tmp_path / "a", {"../b.md": LESSON})
    assert list(tmp_path.iterdir()) == []


def test_packs_from_the_command_line(world: World, app: Flask, tmp_path: Path) -> None:
    course = checking.checked("chung", FILES).course
    assert course
    with world.doing():
        editions.publish(course, FILES)
    out = tmp_path / "chung.zip"
    runner = app.test_cli_runner()

    assert runner.invoke(args=["courses", "pack", "chung", "-o", str(out)]).exit_code == 0
    assert packs.unpacked(out.read_bytes()) == ("chung", FILES)
    assert "2 lessons: the track asks for 10" in runner.invoke(args=["courses", "check", str(out)]).output
    assert runner.invoke(args=["courses", "pack", "chung", "--edition", "2", "-o", str(out)]).exit_code == 1
    out.write_bytes(HOSTILE["symlink"][0])
    assert "is a link" in runner.invoke(args=["courses", "check", str(out)]).output
