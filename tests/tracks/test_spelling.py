"""Every word of the courses is one that Vietnamese has, or one we listed; the tone stands where the house sets it."""

from pathlib import Path

import pytest

from lms.tracks import content, spelling
from tests.conftest import IN_CI

QUIZ = 'aim = "bao-luc"  # tờ giấyy\ntext = "Chị Mỷ bị thuơng ở `courses`."\nright = true'
DRAWN = '<svg xmlns="http://www.w3.org/2000/svg"><title>Bốnn cửa</title></svg>'


@pytest.fixture
def dictionary(tmp_path: Path) -> Path:
    path = tmp_path / "vi.dic"
    path.write_text("6\nchị\nbị\nở\nhoà\nthuỷ\nbốn\ncửa\nquý\n", encoding="utf-8")
    return path


@pytest.mark.parametrize(
    "name, text, own, said",
    [
        ("a.md", "Hòa hoà.\nThuỷ, thủy, quý; HOÀ", (), [(1, "hoà", "hòa"), (2, "Thuỷ", "Thủy"), (2, "HOÀ", "HÒA")]),
        ("a.md", 'title = "Chị bịi"\n[chị](xyz-abc), `xyz`', (), [(1, "bịi", "")]),
        ("quiz.toml", QUIZ, ("Mỷ",), [(2, "thuơng", "")]),
        ("a.svg", DRAWN, (), [(1, "Bốnn", "")]),
        ("a.md", "LIVES lives", ("LIVES",), [(1, "lives", "")]),
        ("a.md", "Ho\u0300a", (), []),
    ],
)
def test_a_word_is_known_or_said(
    dictionary: Path, name: str, text: str, own: tuple[str, ...], said: list[tuple[int, str, str]]
) -> None:
    found = [(one.line, one.word, one.house) for one in spelling.misspelt(name, text, own, dictionary)]
    assert found == said


def test_without_a_dictionary_only_tones_are_looked_at(tmp_path: Path) -> None:
    found = spelling.misspelt("a.md", "Xyz khoá", dictionary=tmp_path / "none.dic")
    assert [(one.word, one.house) for one in found] == [("khoá", "khóa")]


def test_the_list_keeps_no_word_it_does_not_need(folder: Path) -> None:
    (folder / "words.txt").write_text("zz\nXe\nKiểm\n", encoding="utf-8")
    said = "\n".join(spelling.of_folder(folder))
    for words in ("words.txt:1: “zz” is used nowhere", "words.txt:2: “Xe” is used", "order of the alphabet"):
        assert words in said
    assert "“Kiểm”" not in said


def test_what_we_ship_is_spelt_right() -> None:
    if not spelling.syllables():
        assert not IN_CI, "CI has to check the spelling: apt install hunspell-vi"
        pytest.skip(spelling.NOT_CHECKED)
    assert list(spelling.of_folder(content.FOLDER)) == []
