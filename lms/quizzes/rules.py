"""How a test is judged, and who may try. Pure: no Flask, no database, no clock."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from lms.kernel.refused import Refused
from lms.tracks.course import Question, Quiz

Answers = Mapping[str, Sequence[str]]  # question slug -> chosen slugs


@dataclass(frozen=True)
class Grade:
    """Percent, rounded down; the slugs of the questions that were not right."""

    score: int
    passed: bool
    wrong: tuple[str, ...]


def is_right(question: Question, chosen: Sequence[str]) -> bool:
    """A question counts only when exactly the right choices are ticked."""
    return frozenset(chosen) == question.correct


def grade(quiz: Quiz, drawn: Sequence[str], answers: Answers) -> Grade:
    """Judge the questions of one attempt by the answers that were saved. 79.9 is not 80."""
    wrong = tuple(slug for slug in drawn if not is_right(quiz.by_slug[slug], answers.get(slug, ())))
    score = 100 * (len(drawn) - len(wrong)) // len(drawn) if drawn else 0
    return Grade(score, passed=score >= quiz.pass_mark, wrong=wrong)


def check_choice(question: Question, chosen: Sequence[str]) -> None:
    """What was ticked has to be of this question, and one only where one is asked for."""
    known = {choice.slug for choice in question.choices}
    if not set(chosen) <= known or len(set(chosen)) != len(chosen):
        raise Refused("This answer does not belong to the question. Load the page again.")
    if not chosen:
        raise Refused("Choose an answer first.")
    if question.kind != "several" and len(chosen) > 1:
        raise Refused("Choose one answer only.")


def check_may_try(quiz: Quiz, *, tries: int, passed: bool, last: datetime | None, now: datetime) -> None:
    """Whether another attempt may begin."""
    if passed:
        raise Refused("You have already passed this test.")
    if quiz.max_tries and tries >= quiz.max_tries:
        raise Refused("You have used all %(n)s tries. Please ask your trainer.", n=quiz.max_tries)
    if last is not None and quiz.retry_hours and now - last < timedelta(hours=quiz.retry_hours):
        raise Refused(
            "Read the lessons again first: the next try opens %(n)s hours after the last one.", n=quiz.retry_hours
        )
