"""Content files: every fault is said with its file and line, and what we ship has none."""

from datetime import date
from pathlib import Path

import pytest

from lms.kernel import prose
from lms.tracks import content
from lms.tracks.course import Course
from tests.pace import assert_grows_evenly
from tests.tracks.sample import LESSON

COURSE, QUIZ, FIRST, SECOND = (f"1/chung/{name}" for name in ("course.toml", "quiz.toml", "01-mot.md", "02-hai.md"))

BROKEN = [
    # file, what stands there, what comes instead, the line that is named, words of the message
    ("plan.toml", 'starts_on = 2026-01-01', 'starts_on = 2031-01-01', 1, "ends_on comes before starts_on"),
    ("plan.toml", '["công chức"]', '["công chúc"]', 28, "unknown category “công chúc”"),
    ("plan.toml", 'courses = ["chung"]', 'courses = ["rieng"]', 30, "no course “rieng”"),
    ("plan.toml", 'code = "T99"', "", 9, "scope_unit.code: missing"),
    ("help.toml", '"113"', '"1-1-3"', 3, "numbers.1.number"),
    (COURSE, 'slug = "chung"', 'slug = "khac"', 1, "expected “chung”"),
    (COURSE, 'track = "1"', 'track = "2"', 2, "expected “1”"),
    (COURSE, "hours = 8", 'hours = "tám"', 5, "hours: expected a whole number"),
    (COURSE, '["lessons", "test"]', '["test", "lessons"]', 1, "in this order: lessons, test, class"),
    (COURSE, '["lessons", "test"]', '["lessons"]', 1, "“test” and a file quiz.toml go together"),
    (COURSE, 'title = "Kiến', 'title = Kiến', 3, "not TOML"),
    (QUIZ, "draw = 1", "draw = 2", 2, "only 1 questions"),
    (QUIZ, 'aim = "mot"', 'aim = "ba"', 7, "aim “ba”"),
    (QUIZ, 'slug = "cau-1"', 'slug = "Câu 1"', 5, "a slug is lower-case"),
    (QUIZ, "right = false", "right = true", 6, "exactly one right choice"),
    (QUIZ, 'kind = "one"', 'kind = "several"', 6, "at least two right choices"),
    (QUIZ, 'kind = "one"', 'kind = "essay"', 6, "questions.1.kind"),
    (QUIZ, 'slug = "b"', 'slug = "a"', 20, "choice “a” twice"),
    (QUIZ, 'reason = "Vì không."', "", 19, "questions.1.choices.2.reason: missing"),
    (QUIZ, 'reason = "Vì không."', 'reason = "  "', 23, "write something here"),
    (QUIZ, "situation = false", 'situation = "no"', 10, "questions.1.situation"),
    (FIRST, "minutes = 5", "minutes = 16", 4, "minutes: expected 15 or less"),
    (FIRST, "minutes = 5", "minutes = 0", 4, "minutes: expected 1 or more"),
    (FIRST, 'sources = ["Luật 13/2022/QH15"]', "sources = []", 6, "sources"),
    (FIRST, 'aim = "Sau bài này, anh/chị biết."', "", 2, "aim: missing"),
    (FIRST, "minutes = 5", "minutes = 5\nphut = 5", 5, "phut: unknown key"),
    (FIRST, 'slug = "mot"', 'slug = "test"', 2, "an address of its own"),
    (FIRST, "+++\nslug", "slug", 1, "expected +++ on the first line"),
    (FIRST, "QH15\"]\n+++", "QH15\"]", 15, "expected a second +++ line"),
    (FIRST, 'title = "Bài một"', 'title = "Bài một', 3, "not TOML"),
    (FIRST, "(hai)", "(bai-hai)", 10, "the link “bai-hai” leads nowhere"),
    (FIRST, "(hai)", "(http://vi.du/)", 10, "leads nowhere"),
    (FIRST, "(hai)", "(javascript:alert(1))", 10, "leads nowhere"),
    (FIRST, "[bài hai](hai)", "![ảnh](a.png)", 10, "no picture “a.png” here: expected words"),
    (FIRST, "Chữ ở đây", "Chữ <b>ở</b> đây", 10, "HTML is not shown (“<b>”)"),
    (FIRST, "### Mục con", "#### Mục con", 12, "expected level 3"),
    (FIRST, "Chữ ở đây", "**Hỏi:** Chữ ở đây", 10, "expected **Đáp:** in the next paragraph"),
    (FIRST, "### Mục con", "**Hỏi:** Ai?", 12, "expected **Đáp:** in the next paragraph"),
    (FIRST, "Chữ ở đây", "**Đáp:** Chữ ở đây", 10, "expected **Hỏi:** in the paragraph before"),
    (FIRST, "Chữ ở đây", "**Chọn:** Làm gì?\n\nChữ ở đây", 10, "expected a list of two or more"),
    (FIRST, "### Mục con", "**Chọn:** Làm gì?\n\n- Đi\n\n  Được.\n\n- Ở\n", 18, "of which nothing comes"),
    (SECOND, 'slug = "hai"', 'slug = "mot"', 2, "slug “mot” twice"),
]  # fmt: skip


@pytest.mark.parametrize("file, here, instead, line, words", BROKEN)
def test_a_fault_names_its_file_and_line(
    folder: Path, file: str, here: str, instead: str, line: int, words: str
) -> None:
    path = folder / file
    text = path.read_text(encoding="utf-8")
    assert here in text
    path.write_text(text[::-1].replace(here[::-1], instead[::-1], 1)[::-1], encoding="utf-8")

    said = [str(fault) for fault in content.read(folder).faults]

    assert any(one.startswith(f"courses/{file}:{line}: ") and words in one for one in said), said


def test_every_fault_is_said_at_once(folder: Path) -> None:
    for file in (QUIZ, FIRST):
        path = folder / file
        path.write_text(path.read_text(encoding="utf-8").replace("= 1\n", "= 9\n").replace("= 5", "= 99"))

    with pytest.raises(content.Broken) as broken:
        content.read(folder).whole()

    assert {fault.path for fault in broken.value.faults} == {f"courses/{QUIZ}", f"courses/{FIRST}"}


def test_a_missing_file_and_a_strange_one_are_named(folder: Path) -> None:
    (folder / "help.toml").unlink()
    (folder / FIRST).write_bytes(LESSON.encode().replace("Chữ".encode(), b"\xff\xfe"))
    (folder / "1" / "nua-chung").mkdir()

    said = "\n".join(str(fault) for fault in content.read(folder).faults)

    assert "courses/help.toml:1: not there" in said
    assert f"courses/{FIRST}:10: not UTF-8" in said
    assert "courses/1/nua-chung:1: a folder without course.toml" in said


def test_a_trainers_guide_is_no_lesson_and_has_faults_of_its_own(folder: Path) -> None:
    guide = folder / "1" / "chung" / "guide.md"
    guide.write_text("# Hướng dẫn\n\nXem [bài hai](hai).\n", encoding="utf-8")
    course = content.read(folder).whole().courses[0]

    assert [lesson.slug for lesson in course.lessons] == ["mot", "hai"]
    assert course.guide == '<p>Xem <a href="hai">bài hai</a>.</p>'
    assert Course.from_content(course.as_content()) == course

    guide.write_text("Hướng dẫn\n\n<b>Đậm</b>\n", encoding="utf-8")
    said = "\n".join(map(str, content.read(folder).faults))
    assert "courses/1/chung/guide.md:1: expected a title on the first line" in said
    assert "courses/1/chung/guide.md:3: HTML is not shown" in said


def test_a_glossary_is_no_lesson_and_a_course_without_one_keeps_its_words(folder: Path) -> None:
    plain = content.read(folder).whole().courses[0]
    assert "glossary" not in plain.as_content(), "or every course would become a new edition"

    words = folder / "1" / "chung" / "glossary.md"
    words.write_text("# Từ ngữ\n\n- **LIVES**: năm việc\n", encoding="utf-8")
    course = content.read(folder).whole().courses[0]
    assert "<strong>LIVES</strong>: năm việc" in course.glossary
    assert len(course.lessons) == len(plain.lessons)
    assert Course.from_content(course.as_content()) == course

    words.write_text("Từ ngữ\n", encoding="utf-8")
    assert "courses/1/chung/glossary.md:1: expected a title" in "\n".join(map(str, content.read(folder).faults))


def test_text_is_kept_composed_whatever_was_typed(folder: Path) -> None:
    path = folder / FIRST
    path.write_text(path.read_text(encoding="utf-8").replace("Bài một", "Ba\u0300i mô\u0323t"), encoding="utf-8")

    assert content.read(folder).courses[0].lessons[0].title == "Bài một"


@pytest.mark.parametrize(
    "markdown, html",
    [
        ("# Một\n\n## Hai", "<h2>Một</h2>\n<h3>Hai</h3>"),  # the page's own h1 stays alone
        ("### Một", "<h2>Một</h2>"),
        ("<script>alert(1)</script>", "&lt;script&gt;alert(1)&lt;/script&gt;"),
        ("[x](javascript:alert)", "[x](javascript:alert)"),
        ("theo Điều 3, khoản 1", "<p>theo Điều&nbsp;3, khoản&nbsp;1</p>"),
        ("![x](https://vi.du/a.png)", "<p></p>"),
        ("![x](pictures/a.svg)", "<p></p>"),
        ("[gọi](tel:113)", '<p><a href="tel:113">gọi</a></p>'),
    ],
)
def test_markdown_becomes_clean_html(markdown: str, html: str) -> None:
    assert html in prose.html_of(markdown)


def test_a_table_can_be_scrolled_by_keyboard_and_is_named_by_its_heading() -> None:
    html = prose.html_of('## A & "B"\n\n| x | y |\n|---|---:|\n| 1 | 2 |')

    assert '<div class="wide" role="region" tabindex="0" aria-label="A &amp; &quot;B&quot;"><table>' in html
    assert html.endswith("</table>\n</div>")
    assert "style" not in html


def test_a_table_without_names_of_columns_has_no_empty_row() -> None:
    assert "<thead>" not in prose.html_of("| | |\n|---|---:|\n| Số người | 20 |")
    assert "<thead>" in prose.html_of("| | Ai |\n|---|---|\n| 1 | 2 |")


def test_a_check_folds_its_answer_away() -> None:
    html = prose.html_of(
        "## Tự kiểm tra\n\n**Hỏi:** Đợi *chồng* không?\n\n**Đáp:** Không. **Gọi 113.**\n\nVà đọc tiếp."
    )

    assert prose.checks(html) == 1
    assert (
        '<div class="check"><p><strong>Hỏi:</strong> Đợi <em>chồng</em> không?</p>\n'
        "<details><summary>Nghĩ xong, xem câu trả lời</summary><p><strong>Đáp:</strong> Không. <strong>Gọi 113.</strong></p>\n"
        "</details></div><p>Và đọc tiếp.</p>"
    ) in html


def test_a_case_branches_without_script() -> None:
    html = prose.html_of(
        "**Chọn:** Làm gì?\n\n- Gọi *trạm*.\n\n  Hỏi gì?\n\n  - Hỏi hết.\n\n    Thừa.\n\n  - Hỏi ít.\n\n    Đúng.\n\n- Đợi.\n\n  Muộn.\n\n- a\n"
    )

    flat = html.replace("\n", "")
    assert flat.startswith(
        '<p><strong>Chọn:</strong> Làm gì?</p><div class="case"><details><summary>Gọi <em>trạm</em>.</summary>'
    )
    inner = '<div class="case"><details><summary>Hỏi hết.</summary><p>Thừa.</p></details><details>'
    assert f"<p>Hỏi gì?</p>{inner}" in flat
    assert "<details><summary>Đợi.</summary><p>Muộn.</p></details>" in flat
    assert flat.count("<details>") == flat.count("</details>") == 5
    assert "<li>" in prose.html_of("Chọn đi.\n\n- a\n- b"), "any other list stays one"


def test_what_is_already_html_is_cleaned_again_when_shown() -> None:
    shown = prose.cleaned('<p onclick="x()">a</p><script>b</script><a href="javascript:c">d</a>')

    assert shown == "<p>a</p><a>d</a>"


def test_help_numbers_hold_on_their_days() -> None:
    children = {
        day: [one.who for one in content.help_numbers(day) if one.number == "111"]
        for day in (date(2025, 9, 18), date(2025, 9, 19))
    }

    assert children == {
        date(2025, 9, 18): ["Tổng đài quốc gia bảo vệ trẻ em"],
        date(2025, 9, 19): ["Tổng đài bảo vệ trẻ em và phòng, chống mua bán người"],
    }


def test_what_we_ship_has_no_fault_and_is_enough() -> None:
    library = content.read()

    assert [str(fault) for fault in library.faults] == []
    first = next(course for course in library.courses if course.track == "1")
    assert len(first.lessons) >= 6
    assert first.quiz is not None
    assert len(first.quiz.questions) >= 30
    for course in library.courses:
        assert Course.from_content(course.as_content()) == course


def test_marks_without_end_take_no_time() -> None:
    assert list(prose.faults("`" * 60_000, ())) == []
    assert_grows_evenly(lambda many: list(prose.faults("`" * many, ())), 240_000)
