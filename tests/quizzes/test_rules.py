"""How a test is judged, as tables of cases."""

from datetime import UTC, datetime, timedelta

import pytest

from lms.kernel.refused import Refused
from lms.quizzes import rules
from lms.tracks.course import Quiz
from tests.quizzes.conftest import QUIZ, RIGHT, WRONG, question

ALL = tuple(RIGHT)
NOON = datetime(2026, 11, 23, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    "answers, score, passed, wrong",
    [
        (RIGHT, 100, True, ()),
        (WRONG, 33, False, ("goi-ai", "lam-gi")),
        (RIGHT | {"lam-gi": ["a", "b", "c"]}, 66, False, ("lam-gi",)),  # one too many is not right
        (RIGHT | {"lam-gi": ["a"]}, 66, False, ("lam-gi",)),  # a half-right answer is a wrong answer
        (RIGHT | {"lam-gi": ["b", "a"]}, 100, True, ()),  # the order of ticks is nothing
        ({}, 0, False, ALL),
    ],
)
def test_grade(answers: dict[str, list[str]], score: int, passed: bool, wrong: tuple[str, ...]) -> None:
    assert rules.grade(QUIZ, ALL, answers) == rules.Grade(score, passed, wrong)


def test_just_below_the_mark_is_below() -> None:
    many = Quiz("t", 80, 0, 0, 0, tuple(question(f"q{n}", "one", "a", "a", "b") for n in range(99)))
    answers = {f"q{n}": ["a"] for n in range(79)}  # 79 of 99 is 79.8 %
    assert rules.grade(many, [f"q{n}" for n in range(99)], answers) == rules.Grade(
        79, False, tuple(f"q{n}" for n in range(79, 99))
    )


@pytest.mark.parametrize(
    "slug, chosen, sentence",
    [
        ("goi-ai", [], "Choose an answer"),
        ("goi-ai", ["a", "b"], "one answer only"),
        ("goi-ai", ["z"], "does not belong"),
        ("lam-gi", ["a", "a"], "does not belong"),
        ("dung-sai", ["dung", "sai"], "one answer only"),
    ],
)
def test_choices_that_are_none(slug: str, chosen: list[str], sentence: str) -> None:
    with pytest.raises(Refused, match=sentence):
        rules.check_choice(QUIZ.by_slug[slug], chosen)


@pytest.mark.parametrize(
    "tries, passed, hours_ago, max_tries, retry_hours, sentence",
    [
        (0, False, None, 0, 0, None),
        (9, False, 0.1, 0, 0, None),
        (1, True, 1, 0, 0, "already passed"),
        (2, False, 5, 2, 0, "all 2 tries"),
        (1, False, 1, 0, 24, "24 hours"),
        (1, False, 25, 0, 24, None),
    ],
)
def test_who_may_try(
    tries: int, passed: bool, hours_ago: float | None, max_tries: int, retry_hours: int, sentence: str | None
) -> None:
    quiz = Quiz("t", 80, 0, max_tries, retry_hours, QUIZ.questions)
    last = None if hours_ago is None else NOON - timedelta(hours=hours_ago)
    if sentence is None:
        rules.check_may_try(quiz, tries=tries, passed=passed, last=last, now=NOON)
    else:
        with pytest.raises(Refused, match=sentence):
            rules.check_may_try(quiz, tries=tries, passed=passed, last=last, now=NOON)
