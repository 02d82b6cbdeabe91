"""What a roll says, who has attended enough, and what is allowed of a class. Pure."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal, get_args

from lms.kernel.refused import Refused

State = Literal["present", "late", "excused", "absent"]
STATES: tuple[State, ...] = get_args(State)
ATTENDED = frozenset({"present", "late"})  # late still counts: they were there for the half-day
HALVES = ("am", "pm")
MOST_SEATS = 500  # the largest class in the district's reports had 250
MOST_PERIODS = 8  # tiết in one half-day

Roll = dict[int, str]  # person id -> state


@dataclass(frozen=True)
class Event:
    """A mark as the fold reads it. `seq` is the server's order, `corrects` whether it came with a reason after closing."""

    seq: int
    person_id: int
    state: str
    corrects: bool = False


@dataclass(frozen=True)
class Tap:
    """A mark as it arrives: the device made its id, and says what its own clock showed."""

    person_id: int
    state: str
    client_id: str
    claimed_at: datetime | None = None


@dataclass(frozen=True)
class Share:
    """How much of a class someone attended, in tiết of 45 minutes."""

    attended: int
    planned: int

    @property
    def percent(self) -> int:
        """Rounded down: 79.9 is not 80."""
        return 100 * self.attended // self.planned if self.planned else 0

    def reaches(self, min_share: int) -> bool:
        return self.planned > 0 and 100 * self.attended >= min_share * self.planned


def fold(events: Iterable[Event]) -> Roll:
    """The roll that these marks say, in whatever order they are given.

    A correction with a reason outranks every plain mark; among equals the one the server received last holds.
    """
    best: dict[int, Event] = {}
    for event in events:
        held = best.get(event.person_id)
        if held is None or (event.corrects, event.seq) > (held.corrects, held.seq):
            best[event.person_id] = event
    return {person_id: event.state for person_id, event in best.items()}


def changed(sent: Mapping[int, str], shown: Mapping[int, str]) -> Roll:
    """What someone marked: where the roll they sent differs from the one they were shown.

    Two trainers with the same roll open thus never undo each other's marks by sending rows they did not touch.
    """
    return {person_id: state for person_id, state in sent.items() if shown.get(person_id) != state}


def share(periods: Mapping[int, int], states: Mapping[int, str]) -> Share:
    """Attended of planned, over all planned half-days and not only those held.

    `periods`: session id -> tiết; `states`: session id -> this person's state there.
    """
    attended = sum(count for session_id, count in periods.items() if states.get(session_id) in ATTENDED)
    return Share(attended, sum(periods.values()))


def count(roll: Mapping[int, str], seated: Collection[int]) -> dict[str, int]:
    """How many are in each state, and under "unmarked" how many in none."""
    totals = dict.fromkeys((*STATES, "unmarked"), 0)
    for person_id in seated:
        totals[roll.get(person_id, "unmarked")] += 1
    return totals


def check_class(title: str, seats: int, min_share: int, sessions: Collection[tuple[date, str, int]]) -> None:
    """A class that can be held: named, with room, and with half-days that do not fall together."""
    if not title.strip():
        raise Refused("A class needs a title.")
    if not 1 <= seats <= MOST_SEATS:
        raise Refused("A class has between 1 and %(most)s seats.", most=MOST_SEATS)
    if not 1 <= min_share <= 100:
        raise Refused("The share that has to be attended lies between 1 and 100 percent.")
    if not sessions:
        raise Refused("A class needs at least one half-day session.")
    taken = set()
    for on, half, periods in sessions:
        check_session(half, periods)
        if (on, half) in taken:
            raise Refused("Two sessions fall on the same half-day, %(day)s.", day=on)
        taken.add((on, half))


def check_session(half: str, periods: int) -> None:
    """A half-day is a morning or an afternoon of a few tiết."""
    if half not in HALVES:
        raise Refused("A session is held in the morning or in the afternoon.")
    if not 1 <= periods <= MOST_PERIODS:
        raise Refused("A half-day session has between 1 and %(most)s periods.", most=MOST_PERIODS)


def check_stands(*, closed: bool, cancelled: bool) -> None:
    """Nothing more is done to a class that was cancelled or closed."""
    if cancelled:
        raise Refused("This class was cancelled.")
    if closed:
        raise Refused("This class is closed: all its rolls are closed.")


def check_called(*, draft: bool) -> None:
    """Nobody was invited to a draft, so there is no roll to keep."""
    if draft:
        raise Refused("This class is still a draft: nobody has been invited. Call it first.")


def check_ahead(days: Collection[date], today: date) -> None:
    """People are invited to what is still to come."""
    if days and min(days) < today:
        raise Refused("This class was planned for %(day)s, which has passed: plan it anew.", day=min(days))


def may_take_seat(*, seats: int, taken: int, wanted: int = 1, closed: bool, cancelled: bool) -> None:
    """Seats are never oversold."""
    check_stands(closed=closed, cancelled=cancelled)
    left = seats - taken
    if left <= 0:
        raise Refused("This class is full: all %(seats)s seats are taken.", seats=seats)
    if wanted > left:
        raise Refused("Only %(left)s seats are left, and %(wanted)s are asked for.", left=left, wanted=wanted)


def may_leave_seat(*, on_closed_roll: bool, closed: bool, cancelled: bool) -> None:
    """Who stands on a closed roll stays in the class: what was closed is not emptied."""
    check_stands(closed=closed, cancelled=cancelled)
    if on_closed_roll:
        raise Refused("This person stands on a roll that is closed, so the seat cannot be given up any more.")


def may_mark(state: str, *, seated: bool, session_on: date, today: date, closed: bool, cancelled: bool) -> None:
    """Freely from the day of the session until its roll is closed."""
    _check_state(state, seated=seated, cancelled=cancelled)
    if session_on > today:
        raise Refused("This session is on %(day)s: its roll opens that day.", day=session_on)
    if closed:
        raise Refused("This roll is closed. Correct it with a reason instead.")


def may_correct(state: str, reason: str, *, seated: bool, closed: bool, cancelled: bool) -> None:
    """After closing, and only with a reason."""
    _check_state(state, seated=seated, cancelled=cancelled)
    if not closed:
        raise Refused("This roll is still open: mark it, there is nothing to correct.")
    if not reason.strip():
        raise Refused("Say why: a correction without a reason cannot be defended.")


def _check_state(state: str, *, seated: bool, cancelled: bool) -> None:
    if state not in STATES:
        raise Refused("Choose one of: present, late, excused, absent.")
    if cancelled:
        raise Refused("This class was cancelled.")
    if not seated:
        raise Refused("This person has no seat in this class. Give them a seat first.")


def may_close(
    roll: Mapping[int, str], seated: Collection[int], *, session_on: date, today: date, cancelled: bool
) -> None:
    """Every seat needs a mark: a roll nobody touched is not a roll where all were present."""
    if cancelled:
        raise Refused("This class was cancelled.")
    if session_on > today:
        raise Refused("This session is on %(day)s: its roll opens that day.", day=session_on)
    if not seated:
        raise Refused("Nobody has a seat in this class, so there is no roll to close.")
    unmarked = sum(person_id not in roll for person_id in seated)
    if unmarked == len(seated):
        raise Refused("Nobody is marked yet. Mark each person, or press “All present” first.")
    if unmarked:
        raise Refused("%(unmarked)s people are not marked yet. Mark everyone, then close the roll.", unmarked=unmarked)
