"""What docs/acceptance.md says of each line of TRUST's list: that every line is there once, and every test it names too."""

import re

from tests.test_security import ROOT, collected_from

TABLE = ROOT / "docs" / "acceptance.md"
ROW = re.compile(r"^\| ([\d–]+) \| (.*?) \| (.*) \|$", re.MULTILINE)
NAMED = re.compile(r"`(tests/[\w/]+\.py)(?:::(\w+))?`")
WORDS = ("tested", "partly", "open", "docs/security.md")


def test_each_line_stands_there_once() -> None:
    said: list[int] = []
    for lines, _what, _how in ROW.findall(TABLE.read_text(encoding="utf-8")):
        first, _, last = lines.partition("–")
        said += range(int(first), int(last or first) + 1)

    assert said == list(range(1, 67))


def test_each_test_it_names_is_there_and_what_is_tested_names_one() -> None:
    for line, _what, how in ROW.findall(TABLE.read_text(encoding="utf-8")):
        named = NAMED.findall(how)
        missing = [f"{file}::{name}" for file, name in named if name not in {"", *collected_from(ROOT / file)}]
        absent = [file for file, _name in named if not (ROOT / file).exists()]
        assert missing == absent == [], line
        assert how.startswith(WORDS), line
        assert named or not how.startswith("tested"), line


def test_the_lines_of_security_stand_in_their_own_table() -> None:
    said = re.findall(r"^\| (\d+) \|", (ROOT / "docs" / "security.md").read_text(encoding="utf-8"), re.MULTILINE)

    assert [int(one) for one in said] == list(range(1, 22))
