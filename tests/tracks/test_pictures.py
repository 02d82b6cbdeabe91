"""Which drawings may stand in a lesson, and how they are served."""

from pathlib import Path

import pytest

from lms.tracks import actions, content, editions, pictures
from tests.tracks.sample import a_course, lesson
from tests.world import TODAY, World

SOUND = """<svg xmlns="http://www.w3.org/2000/svg" width="288" height="100" viewBox="0 0 288 100">
<title>Đường đi</title><!-- ghi chú -->
<defs><marker id="den"><path d="M0 0 L8 4"/></marker></defs>
<line x1="0" y1="1" x2="9" y2="1" marker-end="url(#den)"/>
<g font-size="15"><text x="1" y="20">Nghe</text></g>
</svg>
"""

HOSTILE = [
    # what stands there, what comes instead, the line that is named, words of the message
    ("<text x=", "<script>alert(1)</script><text x=", 5, "<script> may not"),
    ("<text x=", '<text onclick="x()" x=', 5, "onclick=“x()” may not"),
    ("<text x=", "<foreignObject/><text x=", 5, "<foreignObject> may not"),
    ("<text x=", '<image href="https://vi.du/a.png"/><text x=', 5, "<image> may not"),
    ("<text x=", '<a xmlns:x="http://www.w3.org/1999/xlink" x:href="https://vi.du"/><text x=', 5, "href=“https://vi.du”"),
    ("<text x=", "<style>@import 'a'</style><text x=", 5, "<style> may not"),
    ("<text x=", '<set attributeName="fill" to="red"/><text x=', 5, "<set> may not"),
    ("<text x=", '<text style="fill:url(https://vi.du)" x=', 5, "style="),
    ("<text x=", '<text fill="url(https://vi.du/a)" x=', 5, "refers to something outside"),
    ("<text x=", '<text fill="u\\72l(a)" x=', 5, "refers to something outside"),
    ("<text x=", '<b xmlns="http://www.w3.org/1999/xhtml">x</b><text x=', 5, "<b> may not"),
    ('url(#den)', 'url(b.svg#den)', 4, "refers to something outside"),
    ("<svg xmlns", '<!DOCTYPE svg [<!ENTITY a "aa">]><svg xmlns', 1, "cannot be read safely"),
    ('xmlns="http://www.w3.org/2000/svg"', "", 1, 'expected <svg xmlns="http'),
    ("</g>", "", 6, "not XML"),
    ("<title>Đường đi</title>", "", 1, "no <title>"),
    ('width="288" ', "", 1, "expected width, height and viewBox"),
    ('viewBox="0 0 288 100"', "", 1, "expected width, height and viewBox"),
    ('viewBox="0 0 288 100"', 'viewBox="0 0 288 nan"', 1, "expected width, height and viewBox"),
    ('width="288"', 'width="300"', 1, "another shape"),
    ('font-size="15"', 'font-size="13"', 5, "letters of 13.0 px"),
    ('<g font-size="15">', "<g>", 5, "letters of 0.0 px"),
    ('width="288" height="100" viewBox="0 0 288 100"', 'width="576" height="200" viewBox="0 0 576 200"', 5, "letters of 7.5 px"),
]  # fmt: skip


@pytest.mark.parametrize("here, instead, line, words", HOSTILE)
def test_a_drawing_that_could_do_something_is_refused(here: str, instead: str, line: int, words: str) -> None:
    assert here in SOUND
    found, wrong = pictures.picture("a.svg", SOUND.replace(here, instead, 1).encode())

    assert found is None
    assert any(at == line and words in message for at, message in wrong), wrong


def test_what_was_looked_at_is_what_is_kept() -> None:
    found, wrong = pictures.picture("a.svg", b'<?xml version="1.0"?><?xml-stylesheet href="a.css"?>\n' + SOUND.encode())

    assert wrong == []
    assert found
    assert (found.width, found.height) == (288, 100)
    assert "stylesheet" not in found.svg
    assert "ghi chú" not in found.svg
    assert '<text x="1" y="20">Nghe</text>' in found.svg
    assert pictures.picture("a.svg", b"<svg" + b" " * 20_000)[1] == [(1, "20004 bytes: expected 20000 at most")]
    assert "expected a name" in pictures.picture("A b.svg", SOUND.encode())[1][0][1]


def test_faults_of_a_picture_and_of_its_lesson_name_the_file(folder: Path) -> None:
    course, first = folder / "1" / "chung", folder / "1" / "chung" / "01-mot.md"
    (course / "pictures").mkdir()
    (course / "pictures" / "di.svg").write_text(SOUND, encoding="utf-8")
    (course / "pictures" / "thua.svg").write_text(SOUND, encoding="utf-8")
    (course / "pictures" / "xau.svg").write_text(SOUND.replace("<g ", "<script/><g "), encoding="utf-8")
    (course / "pictures" / "noi.svg").symlink_to("/etc/passwd")
    words = first.read_text(encoding="utf-8")
    first.write_text(words + "\n![](pictures/di.svg)\n", encoding="utf-8")

    said = "\n".join(map(str, content.read(folder).faults))

    assert "chung/pictures/xau.svg:5: <script> may not" in said
    assert "chung/pictures/noi.svg:1: expected a file .svg" in said
    assert "chung/pictures/thua.svg:1: no lesson shows it" in said
    assert f"chung/01-mot.md:{words.count(chr(10)) + 2}: the picture “pictures/di.svg” is not told in words" in said

    for name in ("thua", "xau", "noi"):
        (course / "pictures" / f"{name}.svg").unlink()
    first.write_text(words + "\n![Đường đi](pictures/di.svg)\n", encoding="utf-8")
    read = content.read(folder).whole().courses[0]
    assert (
        f'<img src="pictures/{read.pictures[0].file_name}" alt="Đường đi" width="288" height="100">'
        in read.lessons[0].html
    )
    assert type(read).from_content(read.as_content()) == read


def test_a_picture_is_served_with_the_edition_it_belongs_to(learning: World) -> None:
    drawn, changed = (pictures.picture("a.svg", SOUND.replace("Nghe", word).encode())[0] for word in ("Nghe", "Hỏi"))
    assert drawn
    assert changed
    html = f'<p><img src="pictures/{drawn.file_name}" alt="Đường"><img src="https://vi.du/a.png" alt="Lạ"></p>'
    with learning.doing():
        first = lesson(1, html=html)
        editions.publish(a_course("ve", lessons=(first,), parts=("lessons",), pictures=(drawn,)))
        mine = actions.enrol(learning.persons["lan"], "ve", on=TODAY).id
        editions.publish(a_course("ve", lessons=(first,), parts=("lessons",), pictures=(changed,)))
    lan = learning.client("lan")

    page = lan.get(f"/learn/{mine}/bai-1")
    assert f'src="pictures/{drawn.file_name}"' in page
    assert "vi.du" not in page
    served = lan.raw(f"/learn/{mine}/pictures/{drawn.file_name}")
    assert served.mimetype == "image/svg+xml"
    assert "immutable" in served.headers["Cache-Control"]
    assert "script-src 'self'" in served.headers["Content-Security-Policy"]
    assert "Nghe" in served.text
    lan.get(f"/learn/{mine}/pictures/{changed.file_name}", 404)
    learning.client("pao").get(f"/learn/{mine}/pictures/{drawn.file_name}", 404)
