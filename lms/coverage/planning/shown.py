"""A proposal as its pages, its list and its workbook show it: names, sentences, costs, what the coverage would become."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from lms.coverage.models import Proposal
from lms.coverage.planning import draft as drafts
from lms.coverage.planning import queries, words, worth
from lms.coverage.planning.draft import Draft, Planned
from lms.coverage.planning.queries import Invitee
from lms.coverage.planning.worth import Before, Step
from lms.people.queries import latest_versions
from lms.tracks.course import Course


@dataclass(frozen=True)
class Group:
    """People of one commune, in a class or waiting for one."""

    home: int
    name: str
    people: list[Invitee]
    why: str = ""  # in no class because


@dataclass(frozen=True)
class Shown:
    """All that is told of a draft."""

    draft: Draft
    courses: Mapping[str, Course]
    names: dict[int, str]  # of units
    before: Before
    steps: list[Step]

    @property
    def cost(self) -> int:
        return worth.total_cost(self.draft)

    @property
    def reached_on(self) -> date | None:
        return worth.reached_on(self.steps, self.before)

    @property
    def last_day(self) -> date | None:
        return max((one.last_day for one in self.draft.classes), default=None)

    @property
    def done(self) -> int:
        """How many would be trained in the end."""
        return self.steps[-1].done if self.steps else self.before.done

    @property
    def several_courses(self) -> bool:
        return len(self.draft.half_days) > 1

    @property
    def bounds(self) -> list[str]:
        return [words.bound(self.draft, course) for course in self.draft.at_least]

    @property
    def left(self) -> list[tuple[str, str, int]]:
        """(commune, why, how many people) of those in no class."""
        found = Counter((self.draft.homes[pair], why) for pair, why in self.draft.left.items())
        return [(self.name(home), words.left(why), n) for (home, why), n in sorted(found.items())]

    def name(self, unit: int) -> str:
        return self.names.get(unit, "")

    def course(self, slug: str) -> str:
        return self.courses[slug].title if slug in self.courses else slug

    def cost_of(self, one: Planned) -> int:
        return worth.cost(self.draft, one)

    def why(self, one: Planned) -> list[str]:
        return words.why(self.draft, one, self.names, self._over)

    @cached_property
    def _over(self) -> Mapping[tuple[str, int], int]:
        return worth.split_over(self.draft)

    def communes(self, one: Planned) -> str:
        return ", ".join(f"{self.name(home)} ({len(group)})" for home, group in one.by_home(self.draft.homes).items())


def shown(row: Proposal, courses: Mapping[str, Course], before: Before) -> Shown:
    found = drafts.read(row.inputs, row.classes)
    names = {unit: version.name for unit, version in latest_versions().items()}
    return Shown(found, courses, names, before, worth.projected(found, before))


def groups(found: Draft, one: Planned, names: Mapping[int, str]) -> list[Group]:
    """The people of a class, commune by commune."""
    told = queries.invitees(one.people)
    return [
        Group(home, names.get(home, ""), by_name([told[person] for person in people]))
        for home, people in one.by_home(found.homes).items()
    ]


def waiting(found: Draft, course: str, names: Mapping[int, str]) -> list[Group]:
    """Who is in no class of this course, commune by commune, and why."""
    pairs = [(pair[1], why) for pair, why in found.left.items() if pair[0] == course]
    told = queries.invitees(person for person, _why in pairs)
    by: dict[tuple[int, str], list[Invitee]] = {}
    for person, why in pairs:
        by.setdefault((found.homes[course, person], why), []).append(told[person])
    return [
        Group(home, names.get(home, ""), by_name(people), words.left(why)) for (home, why), people in sorted(by.items())
    ]


def by_name(people: list[Invitee]) -> list[Invitee]:
    """In the order of a Vietnamese list."""
    return sorted(people, key=lambda one: (one.person.sort_key, one.person.id))
