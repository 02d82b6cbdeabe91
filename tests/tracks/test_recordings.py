"""Lessons read aloud: which files may lie beside them, how they are kept, who hears them.

`recordings/tone.ogg` and `tone.mp3` are three seconds of a tone, made with sox, opusenc and lame for these tests.
"""

from pathlib import Path

import pytest

from lms.kernel.clock import at_hour, frozen
from lms.kernel.vietnamese import megabytes
from lms.tracks import actions, content, editions, publishing, recordings, sounds
from tests.tracks.sample import a_course, lesson
from tests.world import TODAY, World

TONES = Path(__file__).with_name("recordings")
OGG, MP3 = (TONES / "tone.ogg").read_bytes(), (TONES / "tone.mp3").read_bytes()


def beside(folder: Path, name: str, file: bytes) -> Path:
    """The file in the audio folder of the sample course."""
    path = folder / "1" / "chung" / "audio" / name
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(file)
    return path


def test_recordings_are_found_beside_their_lessons(folder: Path) -> None:
    beside(folder, "mot.hmn.ogg", OGG)
    beside(folder, "hai.vi.mp3", MP3)
    read = content.read(folder)

    assert read.faults == []
    assert [(one.lesson, one.language, one.kind) for one in read.sounds["chung"]] == [
        ("hai", "vi", "mp3"),
        ("mot", "hmn", "ogg"),
    ]


@pytest.mark.parametrize(
    "name, file, words",
    [
        ("mot.mp3", MP3, "expected a file like ten-bai.hmn.mp3"),
        ("mot.fr.mp3", MP3, "one of vi, hmn, ium, tai, khb"),
        ("mot.vi.wav", MP3, "one of mp3, m4a, ogg"),
        ("ba.vi.mp3", MP3, "no lesson “ba”"),
        ("mot.vi.mp3", OGG, "no recording of the kind mp3"),
        ("mot.vi.ogg", MP3, "no recording of the kind ogg"),
        ("mot.vi.m4a", b"<html>", "no recording of the kind m4a"),
        ("mot.vi.mp3", b"", "no recording of the kind mp3"),
        ("mot.vi.mp3", MP3 + bytes(sounds.LARGEST), "too big: at most 2 MB"),
    ],
)
def test_what_is_no_recording_of_a_lesson_is_named(folder: Path, name: str, file: bytes, words: str) -> None:
    beside(folder, name, file)
    (fault,) = content.read(folder).faults

    assert fault.path == f"courses/1/chung/audio/{name}"
    assert words in str(fault.message)


def test_links_and_second_recordings_are_refused(folder: Path) -> None:
    beside(folder, "mot.vi.mp3", MP3)
    beside(folder, "mot.vi.ogg", OGG)
    beside(folder, "hai.vi.mp3", MP3).unlink()
    (folder / "1" / "chung" / "audio" / "hai.vi.mp3").symlink_to("/etc/passwd")
    said = [str(fault) for fault in content.read(folder).faults]

    assert len(said) == 2
    assert "hai.vi.mp3:1: expected a file like" in said[0]
    assert "mot.vi.ogg:1: a second recording" in said[1]


def test_a_voice_is_no_new_edition_and_the_newer_file_is_heard(folder: Path, learning: World) -> None:
    with learning.doing(), frozen(at_hour(TODAY)):
        publishing.publish_courses(content.read(folder))
        course = editions.wording(editions.current("chung").id)
        assert recordings.of_lesson("chung", course.by_slug["mot"]) == []
    beside(folder, "mot.hmn.ogg", OGG)
    beside(folder, "mot.vi.mp3", MP3)
    with learning.doing(), frozen(at_hour(TODAY)):
        assert publishing.publish_courses(content.read(folder)) == []
        found = recordings.of_lesson("chung", course.by_slug["mot"])
        assert [(one.language, one.media_type, one.size, one.older) for one in found] == [
            ("vi", "audio/mpeg", len(MP3), False),
            ("hmn", "audio/ogg", len(OGG), False),
        ]
        assert recordings.keep(course, content.read(folder).sounds["chung"]) == 0
    beside(folder, "mot.vi.mp3", MP3 + MP3)
    (folder / "1" / "chung" / "audio" / "mot.hmn.ogg").unlink()
    with learning.doing(), frozen(at_hour(TODAY)):
        publishing.publish_courses(content.read(folder))
        assert [(one.language, one.size) for one in recordings.of_lesson("chung", course.by_slug["mot"])] == [
            ("vi", 2 * len(MP3))
        ]


def test_a_recording_of_earlier_words_says_so(learning: World) -> None:
    with learning.doing():
        course = a_course()
        recordings.keep(course, [sounds.Sound(course.lessons[0].slug, "vi", "mp3", MP3)])
        (voice,) = recordings.of_lesson(course.slug, lesson(1, html="<p>Lời mới.</p>"))

    assert voice.older


def test_a_learner_hears_whole_files_and_pieces(learning: World) -> None:
    with learning.doing(), frozen(at_hour(TODAY)):
        enrolment = actions.enrol(learning.persons["lan"], "chung", on=TODAY)
        course = editions.wording(enrolment.edition_id)
        recordings.keep(course, [sounds.Sound(course.lessons[0].slug, "hmn", "ogg", OGG)])
        file_name = recordings.of_lesson("chung", course.lessons[0])[0].file_name
    lan = learning.client("lan")
    page = lan.get(f"/learn/{enrolment.id}/{course.lessons[0].slug}")
    address = f"/learn/{enrolment.id}/audio/{file_name}"

    assert f'src="{address}"' in page
    assert 'preload="none"' in page
    assert f"Tiếng Mông · {megabytes(len(OGG))}" in page
    whole = lan.raw(address)
    assert (whole.status_code, whole.get_data(), whole.mimetype) == (200, OGG, "audio/ogg")
    assert "Content-Encoding" not in whole.headers
    piece = lan.raw(address, headers={"Range": "bytes=10-19"})
    assert (piece.status_code, piece.get_data()) == (206, OGG[10:20])
    assert piece.headers["Content-Range"] == f"bytes 10-19/{len(OGG)}"
    assert lan.raw(address.replace(file_name[:4], "0000")).status_code == 404
