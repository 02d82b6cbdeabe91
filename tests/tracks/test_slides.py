"""Slides made of a lesson: few and full, in letters as large as there is room for; what belongs together stays together."""

from lms.kernel import prose
from lms.tracks import slides
from tests.tracks.sample import lesson

SENTENCE = "Hỏi riêng, hỏi thẳng, giọng đều, không phán xét ai. "


def made(body: str) -> list[slides.Slide]:
    """The slides between the title and what to remember."""
    return list(slides.of_lesson(lesson(1, html=prose.html_of(body)), ()))[1:-1]


def test_a_short_thought_has_the_largest_letters() -> None:
    assert [one.size for one in made("## Hỏi\n\nHỏi riêng, hỏi thẳng.")] == [slides.SIZES[-1]]


def test_what_is_long_goes_on_and_no_slide_is_left_half_empty() -> None:
    long = made("## Hỏi\n\n" + "\n\n".join(f"{n} {SENTENCE * 3}" for n in range(4)))

    assert [one.goes_on for one in long] == [False, True]
    assert all(one.size > slides.SIZES[0] for one in long), "half of the words each, in larger letters"


def test_a_list_is_torn_only_when_it_has_to_be() -> None:
    before = f"## Hỏi\n\n{SENTENCE * 3}\n\n{SENTENCE * 2}\n\nHỏi ba điều:\n\n"
    points = "\n".join(f"- {n} {SENTENCE}" for n in range(3))

    first, second = made(before + points)

    assert "<li>" not in first.html
    assert second.html.count("<li>") == 3
    assert "Hỏi ba điều:" in second.html, "the sentence that leads to a list stays with it"


def test_every_row_and_its_head_count() -> None:
    rows = "\n".join(f"| Nhóm {n} | {SENTENCE * 2}|" for n in range(7))
    parts = made(f"## Bảng\n\n| Ai | Làm gì |\n|---|---|\n{rows}\n")

    assert sum(one.html.count("<td>") for one in parts) == 14
    assert all("<th>Ai</th>" in one.html for one in parts)
