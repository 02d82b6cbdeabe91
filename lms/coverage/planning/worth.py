"""What a draft costs, and what the coverage would be after each of its classes. Pure."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from lms.coverage.planning.draft import Draft, Planned

ENOUGH_CLASSES, ENOUGH_PEOPLE = 3, 30  # past classes from which a share of attendance is worth saying


@dataclass(frozen=True)
class Step:
    """After the classes (or the online study) that end that day: how many trained if all come, how many if as many come as before."""

    on: date
    done: int
    likely: int | None


@dataclass(frozen=True)
class Before:
    """How it stands: trained, required, the target in percent; of past classes how many people had seats and attended enough."""

    done: int
    required: int
    target: int
    classes: int = 0
    seated: int = 0
    attended: int = 0

    @property
    def told(self) -> bool:
        """Enough past classes to tell a share."""
        return self.classes >= ENOUGH_CLASSES and self.seated >= ENOUGH_PEOPLE

    def reaches(self, done: int) -> bool:
        return self.required > 0 and 100 * done >= self.target * self.required


def cost(draft: Draft, one: Planned) -> int:
    """A class in đồng: hall and the like, the trainer's half-days, each participant's days, each traveller's days."""
    terms = draft.terms
    return (
        terms.per_class
        + terms.per_trainer_half_day * len(one.slot)
        + terms.per_participant_day * len(one.people) * one.days
        + terms.per_traveller_day * one.travellers(draft.homes) * one.days
    )


def total_cost(draft: Draft) -> int:
    return sum(cost(draft, one) for one in draft.classes)


def projected(draft: Draft, before: Before) -> list[Step]:
    """Day by day on which somebody becomes trained. Whoever is invited is taken to come and to finish what is left online;
    whoever only studies online, to have finished on the deadline. Who is left out stays untrained."""
    ready: dict[int, date] = {}
    waiting = {person for _course, person in draft.left}
    days: dict[tuple[str, int], date] = {
        **draft.seated,
        **dict.fromkeys(draft.online, draft.terms.deadline),
        **{(one.course, person): one.last_day for one in draft.classes for person in one.people},
    }
    for (_course, person), day in days.items():
        if person not in waiting:
            ready[person] = max(day, ready.get(person, day))
    steps, done = [], before.done
    for day, n in sorted(Counter(ready.values()).items()):
        done += n
        new = done - before.done
        likely = before.done + new * before.attended // before.seated if before.told else None
        steps.append(Step(day, done, likely))
    return steps


def reached_on(steps: list[Step], before: Before) -> date | None:
    """The first day on which the target would be reached, if all come."""
    return next((step.on for step in steps if before.reaches(step.done)), None)


def split_over(draft: Draft) -> Mapping[tuple[str, int], int]:
    """(course, commune) -> over how many classes its people are spread."""
    return Counter((one.course, home) for one in draft.classes for home in one.by_home(draft.homes))
