"""When the office has to answer a request, and how a request stands. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from lms.kernel.refused import Refused

FIRST_ANSWER = 2  # working days (Law 91/2025/QH15 and NĐ 356/2025/NĐ-CP: first answer, with how it goes on)
LONGEST = 2_000  # letters of a request or an answer
KINDS = ("correct", "delete", "limit", "other")
OUTCOMES = ("working", "done", "refused")
OVER = frozenset({"done", "refused", "withdrawn"})


@dataclass(frozen=True)
class Holidays:
    """Days nobody works: each year on (month, day), and on days of one year."""

    yearly: frozenset[tuple[int, int]]
    once: frozenset[date]

    def __contains__(self, day: date) -> bool:
        return (day.month, day.day) in self.yearly or day in self.once


def is_working_day(day: date, holidays: Holidays) -> bool:
    """Monday to Friday, and no holiday."""
    return day.weekday() < 5 and day not in holidays


def due_on(made_on: date, holidays: Holidays, days: int = FIRST_ANSWER) -> date:
    """The last day for an answer: so many working days, the first of them after the day it was made."""
    day = made_on
    while days:
        day += timedelta(days=1)
        days -= is_working_day(day, holidays)
    return day


def state(outcomes: Sequence[str], *, withdrawn: bool, due: date, today: date) -> str:
    """waiting, late, working, done, refused or withdrawn; `outcomes`: of the answers, first to last."""
    if withdrawn:
        return "withdrawn"
    if outcomes:
        return outcomes[-1]
    return "late" if today > due else "waiting"


def check_open(state: str) -> None:
    if state in OVER:
        raise Refused("This request is closed already. Make a new one.")


def check_words(words: str) -> None:
    if not words.strip():
        raise Refused("Say it in a sentence.")
    if len(words) > LONGEST:
        raise Refused("This is longer than %(most)s letters.", most=LONGEST)
