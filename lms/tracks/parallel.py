"""One blueprint of a test, and papers drawn by it: what is asked before a class and after it, or online, is made up alike. Pure.

The blueprint follows from the bank: as many questions about each aim as about any other, as many situations among them as the
bank has in proportion. Two papers share no question and are about equally hard.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from random import Random

from lms.kernel.refused import Refused
from lms.tracks.course import Question, Quiz

EVEN = 0.1  # of the mean difficulties of two papers, 1 to 3: farther apart they are not parallel
DRAWS = 50  # of two papers, until two are


@dataclass(frozen=True)
class Portion:
    """How many questions about an aim one paper has, and how many of them are situations."""

    aim: str
    questions: int
    situations: int


@dataclass(frozen=True)
class Paper:
    """The questions of one paper, in their order."""

    questions: tuple[Question, ...]

    @property
    def difficulty(self) -> float:
        """The mean, from 1 to 3."""
        return sum(one.difficulty for one in self.questions) / len(self.questions)


def blueprint(quiz: Quiz, chance: Random, papers: int = 1) -> tuple[Portion, ...]:
    """What each paper is made up of, if so many are to share no question. Chance decides about which aims there is one more.

    Raises `Refused` when the bank is too small.
    """
    bank = Counter((one.aim, one.situation) for one in quiz.questions)
    size = Counter(one.aim for one in quiz.questions)
    aims = list(size)
    room = {aim: bank[aim, True] // papers + bank[aim, False] // papers for aim in aims}
    whole = len(quiz.questions) if papers == 1 else len(aims)
    wanted = min(quiz.draw, len(quiz.questions)) or whole
    if sum(room.values()) < wanted:
        raise Refused(
            "This test has too few questions for %(papers)s papers of %(wanted)s that share none. Write more questions.",
            papers=papers,
            wanted=wanted,
        )
    chance.shuffle(aims)
    counts = dict.fromkeys(aims, 0)
    for _ in range(wanted):
        counts[min((aim for aim in aims if counts[aim] < room[aim]), key=lambda aim: counts[aim])] += 1
    situations = {aim: max(0, counts[aim] - bank[aim, False] // papers) for aim in aims}
    most = {aim: min(counts[aim], bank[aim, True] // papers) for aim in aims}
    asked = round(wanted * sum(one.situation for one in quiz.questions) / len(quiz.questions))
    while sum(situations.values()) < min(asked, sum(most.values())):
        short = {
            aim: counts[aim] * bank[aim, True] / size[aim] - situations[aim] + chance.random()
            for aim in aims
            if situations[aim] < most[aim]
        }
        situations[max(short, key=lambda aim: short[aim])] += 1
    return tuple(Portion(aim, counts[aim], situations[aim]) for aim in aims if counts[aim])


def drawn(quiz: Quiz, chance: Random) -> tuple[str, ...]:
    """The slugs of one paper: for each person and each try another, all made up alike."""
    slugs = [one.slug for pool, wanted in _cells(quiz, blueprint(quiz, chance)) for one in chance.sample(pool, wanted)]
    chance.shuffle(slugs)
    return tuple(slugs)


def two(quiz: Quiz, seed: str) -> tuple[Paper, Paper]:
    """Two papers that share no question, made up alike and about equally hard. The same seed, the same papers.

    Raises `Refused` when the bank is too small, or too uneven, for that.
    """
    chance = Random(seed)  # noqa: S311  # no secret: whoever holds the number of the papers is to find them again
    for _ in range(DRAWS):
        before, after = _drawn_apart(quiz, chance)
        if abs(before.difficulty - after.difficulty) <= EVEN:
            return before, after
    raise Refused(
        "The questions of this test are too unlike for two papers that are equally hard. Write more questions."
    )


def _drawn_apart(quiz: Quiz, chance: Random) -> tuple[Paper, Paper]:
    cells = _cells(quiz, blueprint(quiz, chance, 2))
    couples = [couple for pool, wanted in cells for couple in _alike(pool, wanted, chance)]
    chance.shuffle(couples)
    couples.sort(key=lambda couple: couple[0].difficulty - couple[1].difficulty)  # the most unlike first
    before, after = [], []
    ahead = 0  # by how much the questions before are harder than those after
    for easy, hard in couples:
        swap = ahead < 0 or (ahead == 0 and chance.random() < 0.5)
        first, second = (hard, easy) if swap else (easy, hard)
        before.append(first)
        after.append(second)
        ahead += first.difficulty - second.difficulty
    chance.shuffle(before)
    chance.shuffle(after)
    return Paper(tuple(before)), Paper(tuple(after))


def _cells(quiz: Quiz, plan: Sequence[Portion]) -> list[tuple[list[Question], int]]:
    """(questions about an aim that are situations, or that are none; how many of them a paper has)."""
    return [
        ([one for one in quiz.questions if one.aim == portion.aim and one.situation == situation], wanted)
        for portion in plan
        for situation, wanted in ((True, portion.situations), (False, portion.questions - portion.situations))
    ]


def _alike(pool: Sequence[Question], wanted: int, chance: Random) -> list[tuple[Question, Question]]:
    """So many couples, each as near in difficulty as the pool allows, the easier one first."""
    left, couples = list(pool), []
    for _ in range(wanted):
        chance.shuffle(left)
        easy, hard = min(
            (sorted(couple, key=lambda one: one.difficulty) for couple in combinations(left, 2)),
            key=lambda couple: couple[1].difficulty - couple[0].difficulty,
        )
        left = [one for one in left if one not in (easy, hard)]
        couples.append((easy, hard))
    return couples
