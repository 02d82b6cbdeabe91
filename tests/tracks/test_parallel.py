"""Papers drawn by one blueprint: for each try another, and two for a class that share nothing and weigh the same."""

from collections import Counter
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.kernel.refused import Refused
from lms.tracks import content, parallel
from lms.tracks.course import Question, Quiz

Sizes = list[tuple[int, int]]  # of each aim: situations, others
SIZES = st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4)).filter(any), min_size=1, max_size=8)


def bank(sizes: Sizes, draw: int, seed: int = 0) -> Quiz:
    chance = Random(seed)
    questions = tuple(
        Question(f"q{aim}-{n}", "one", f"aim{aim}", "Hỏi?", chance.randint(1, 3), n < size[0], "Luật", ())
        for aim, size in enumerate(sizes)
        for n in range(sum(size))
    )
    return Quiz("t", 80, draw, 0, 0, questions)


@given(st.integers(0, 1000), SIZES, st.integers(0, 30))
def test_a_draw_is_spread_over_the_aims(seed: int, sizes: Sizes, draw: int) -> None:
    quiz = bank(sizes, draw)
    wanted = min(draw or len(quiz.questions), len(quiz.questions))

    drawn = parallel.drawn(quiz, Random(seed))

    assert len(drawn) == len(set(drawn)) == wanted
    per_aim = Counter(quiz.by_slug[slug].aim for slug in drawn)
    for aim in range(len(sizes)):  # no aim has two more than another that still had questions
        for other, size in enumerate(sizes):
            if per_aim[f"aim{other}"] < sum(size):
                assert per_aim[f"aim{aim}"] <= per_aim[f"aim{other}"] + 1


def test_situations_are_drawn_in_proportion_and_every_question_has_its_turn() -> None:
    quiz = bank([(2, 3)] * 10, 12)
    draws = [parallel.drawn(quiz, Random(seed)) for seed in range(200)]
    assert {sum(quiz.by_slug[slug].situation for slug in drawn) for drawn in draws} == {5}  # of 12, where 2 in 5 are
    assert {slug for drawn in draws for slug in drawn} == set(quiz.by_slug)


@given(st.integers(0, 1000), SIZES, st.integers(1, 20))
def test_two_papers_share_nothing_and_are_made_up_alike_or_are_refused(seed: int, sizes: Sizes, draw: int) -> None:
    quiz = bank(sizes, draw, seed)
    room = sum(situations // 2 + others // 2 for situations, others in sizes)
    if room < min(draw, len(quiz.questions)):
        with pytest.raises(Refused, match="too few questions for 2 papers"):
            parallel.two(quiz, str(seed))
        return
    try:
        before, after = parallel.two(quiz, str(seed))
    except Refused as refused:
        why = str(refused)
    else:
        why = ""
    if why:
        assert "too unlike" in why
        return

    assert not {one.slug for one in before.questions} & {one.slug for one in after.questions}
    assert len(before.questions) == len(after.questions) == min(draw, len(quiz.questions))
    assert _made_up(before) == _made_up(after)
    assert abs(before.difficulty - after.difficulty) <= 0.1
    assert parallel.two(quiz, str(seed)) == (before, after)


def _made_up(paper: parallel.Paper) -> Counter[tuple[str, bool]]:
    return Counter((one.aim, one.situation) for one in paper.questions)


def test_every_course_we_ship_has_two_papers() -> None:
    for course in content.read().courses:
        assert course.quiz
        pairs = {parallel.two(course.quiz, f"{course.slug}:{number}") for number in range(1, 10)}
        assert len(pairs) == 9, "another number, other papers"
        assert {len(paper.questions) for pair in pairs for paper in pair} == {course.quiz.draw}
