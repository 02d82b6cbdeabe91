"""Where a person stands for an indicator, and how persons add up. Pure."""

from calendar import monthrange
from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import IntEnum

from lms.kernel.refused import Refused
from lms.kernel.vietnamese import short_date
from lms.tracks.rules import GRADES


class State(IntEnum):
    """Where someone on the roster stands. Ordered: of several postings the highest holds (`combined`)."""

    EXEMPT = 1  # outside the rule, or excepted with a reason
    UNKNOWN = 2  # what the rule would need to know is missing
    ON_LEAVE = 3
    NOT_DONE = 4  # required, not trained
    DONE = 5  # required and trained


class Excepted(IntEnum):
    """A dated exception that holds for a person; of several at once the highest holds (none of them: 0)."""

    REQUIRED = 1
    EXEMPT = 2
    ON_LEAVE = 3


def state(binds: bool | None, exception: int, done: bool) -> State:
    """One posting: what the rule says of it (None: cannot tell), the person's exception, whether the person is trained.

    An exemption always holds. Whom the rule does not bind is outside it, on leave or not, unless named as required. Leave
    comes before not knowing: whoever is away is not asked today.
    """
    if exception == Excepted.EXEMPT or (binds is False and exception != Excepted.REQUIRED):
        return State.EXEMPT
    if exception == Excepted.ON_LEAVE:
        return State.ON_LEAVE
    if binds is None and exception != Excepted.REQUIRED:
        return State.UNKNOWN
    return State.DONE if done else State.NOT_DONE


def combined(states: Iterable[State]) -> State:
    """A person with several postings: required in one of them is required; then on leave, unknown, exempt."""
    return max(states)


def window(starts_on: date, ends_on: date, as_of: date, once: str = "period") -> tuple[date, date]:
    """First and last day on which a completion counts: the plan's period so far, or of that year alone when asked for each year."""
    last = min(as_of, ends_on)
    return (max(starts_on, date(last.year, 1, 1)) if once == "year" else starts_on), last


def after_months(day: date, months: int) -> date:
    """The same day so many months later; the month's last day where it has no such day."""
    whole = day.year * 12 + day.month - 1 + months
    year, month = divmod(whole, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def valid_since(as_of: date, months: int) -> date:
    """The first day whose training still counts on `as_of` when it is valid for so many months (0: for ever)."""
    if not months:
        return date.min
    day = after_months(as_of, -months)
    while after_months(day, months) > as_of:
        day -= timedelta(days=1)
    while after_months(day, months) <= as_of:
        day += timedelta(days=1)
    return day


def accepted(grades: Iterable[str], at_least: str | None) -> tuple[str, ...]:
    """Of the proofs that a rule accepts, those at least as good as asked for; the best first."""
    good = GRADES if at_least is None else GRADES[: GRADES.index(at_least) + 1]
    accepts = set(grades)
    return tuple(one for one in good if one in accepts)


def kept_for(pairs: Iterable[tuple[int, int]]) -> dict[int, int]:
    """From (kept, other) pairs: other record -> the one that stands for it in the end; of a circle the first record stands."""
    onward: dict[int, int] = {}
    for kept, other in sorted(pairs):
        onward.setdefault(other, kept)
    found: dict[int, int] = {}
    for start in onward:
        way = [start]
        while (there := onward.get(way[-1])) is not None and there not in way:
            way.append(there)
        end = way[-1] if there is None else min(way[way.index(there) :])
        if end != start:
            found[start] = end
    return found


def check_dates(as_of: date, starts_on: date, today: date) -> None:
    """A day that can be counted: not before the plan, not after today."""
    if as_of > today:
        raise Refused("%(day)s has not come yet: choose today or an earlier day.", day=short_date(as_of))
    if as_of < starts_on:
        raise Refused(
            "The plan begins on %(start)s: there is nothing to count on %(day)s.",
            start=short_date(starts_on),
            day=short_date(as_of),
        )


@dataclass(frozen=True)
class Figures:
    """How many persons stand where. What is required and what is on the roster follow, so they always add up."""

    done: int = 0
    not_done: int = 0
    exempt: int = 0
    on_leave: int = 0
    unknown: int = 0

    @property
    def required(self) -> int:
        return self.done + self.not_done

    @property
    def roster(self) -> int:
        return self.required + self.exempt + self.on_leave + self.unknown

    @classmethod
    def of(cls, counts: Mapping[int, int]) -> "Figures":
        """From how many are in each state."""
        return cls(**{one.name.lower(): counts.get(one, 0) for one in State})

    def as_dict(self) -> dict[str, int]:
        """The JSON shape, documented in docs/coverage-json.md."""
        names = ("roster", "required", "done", "not_done", "exempt", "on_leave", "unknown")
        return {name: getattr(self, name) for name in names}


Place = tuple[int, str, int]  # unit, category, state: one posting


class Tally:
    """Persons under each key (a unit and all above it, a category, the total), each person once under each."""

    def __init__(self, keys_of: Callable[[int, str], Iterable[Hashable]]) -> None:
        self._keys_of = keys_of
        self._counts: defaultdict[Hashable, Counter[int]] = defaultdict(Counter)

    def postings(self, unit: int, category: str, one: int, how_many: int) -> None:
        """So many postings, of whomever."""
        for key in self._keys_of(unit, category):
            self._counts[key][one] += how_many

    def person(self, postings: Iterable[Place]) -> None:
        """Someone whose postings were all counted by `postings`: once under each key from now on, where they stand highest."""
        once: dict[Hashable, int] = {}
        for unit, category, one in postings:
            for key in self._keys_of(unit, category):
                held = once.get(key)
                if held is not None:  # counted there already: the lower of the two goes
                    self._counts[key][min(one, held)] -= 1
                once[key] = one if held is None else max(one, held)

    def figures(self) -> dict[Hashable, Figures]:
        return {key: Figures.of(counter) for key, counter in self._counts.items()}


def thousandths(n: int, of: int) -> float | None:
    """The share as `kernel.vietnamese.percent` shows it, as a number: rounded down to a tenth of a percent."""
    return (1000 * n // of) / 1000 if of else None


def month_ends(starts_on: date, last: date) -> list[date]:
    """The last day of each whole month from the first day to the last."""
    days: list[date] = []
    year, month = starts_on.year, starts_on.month
    while True:
        year, month = (year + 1, 1) if month == 12 else (year, month + 1)
        end = date(year, month, 1) - timedelta(days=1)
        if end > last:
            return days
        days.append(end)
