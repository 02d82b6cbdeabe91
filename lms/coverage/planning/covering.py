"""Who can be taken in where: communes that reach the same places are one source, places reached by the same are one choice. Pure."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from lms.coverage.planning.flows import BOUNDLESS, Net

MOST_WORK = 6_000_000  # edges looked at while improving: about a second
NOT_TOGETHER = 1_000_000  # what leaving a class below the fewest people costs, in journeys

Numbers = tuple[int, ...]  # of classes, choice by choice


@dataclass(frozen=True)
class Cover:
    """Sources of people and choices of places. Reads `numbers` of classes as how many people they can take in."""

    seats: int
    fewest: int
    supply: tuple[int, ...]
    choices: tuple[tuple[int, ...], ...]  # the places any of which will do
    reach: tuple[tuple[int, ...], ...]  # source -> choices
    limits: tuple[int, ...]  # choice -> classes that its places can hold

    @cached_property
    def most(self) -> Numbers:
        """More classes than these are of no use at a choice."""
        near = [sum(n for n, reach in zip(self.supply, self.reach, strict=True) if i in reach) for i in self.indices]
        return tuple(
            min(limit, -(-n // self.seats), n // self.fewest) for n, limit in zip(near, self.limits, strict=True)
        )

    @property
    def indices(self) -> range:
        return range(len(self.choices))

    @property
    def tries(self) -> int:
        """How many changes may be tried: the larger the network, the fewer."""
        nodes = len(self.supply) + len(self.choices)
        return MOST_WORK // (nodes * (nodes + sum(len(reach) for reach in self.reach)))

    @property
    def full_classes(self) -> int:
        """Fewer cannot take in everyone."""
        return -(-sum(self.supply) // self.seats)

    @cached_property
    def parts(self) -> list[tuple[int, ...]]:
        """The choices that have people in common, together."""
        parts: list[set[int]] = []
        for reach in self.reach:
            joined = set(reach).union(*(part for part in parts if not part.isdisjoint(reach)))
            parts = [part for part in parts if part.isdisjoint(reach)] + [joined]
        return sorted(tuple(sorted(part)) for part in parts)

    def taken_in(self, numbers: Sequence[int]) -> int:
        """How many people these classes can take in; -1 when not every class gets its fewest people."""
        net, ends = Net(), {}
        for i, n in enumerate(self.supply):
            net.edge("start", ("from", i), n)
            for choice in self.reach[i]:
                if numbers[choice]:
                    net.edge(("from", i), choice, BOUNDLESS)
        for choice in self.indices:
            if numbers[choice]:
                ends[choice] = net.edge(choice, "end", self.fewest * numbers[choice])
        least = self.fewest * sum(numbers)
        if net.push("start", "end") < least:
            return -1
        for choice, edge in ends.items():
            net.widen(edge, (self.seats - self.fewest) * numbers[choice])
        return least + net.push("start", "end")


def covering(
    counts: Mapping[int, int], reach: Mapping[int, Collection[int]], limits: Mapping[int, int], seats: int, fewest: int
) -> Cover:
    """Communes that reach the same places as one source, places that the same communes reach as one choice."""
    near = {home: tuple(sorted(place for place in reach[home] if limits[place])) for home in counts if counts[home]}
    sources = sorted({places for places in near.values() if places})
    supply = [sum(counts[home] for home, places in near.items() if places == source) for source in sources]
    by: dict[tuple[int, ...], list[int]] = {}
    for place in sorted({place for source in sources for place in source}):
        by.setdefault(tuple(i for i, source in enumerate(sources) if place in source), []).append(place)
    choices = tuple(tuple(places) for places in by.values())
    return Cover(
        seats,
        fewest,
        tuple(supply),
        choices,
        tuple(tuple(j for j, places in enumerate(choices) if places[0] in source) for source in sources),
        tuple(sum(limits[place] for place in places) for places in choices),
    )


def spread(
    classes: Mapping[int, int], counts: Mapping[int, int], reach: Mapping[int, Collection[int]], seats: int, fewest: int
) -> tuple[dict[tuple[int, int], int], int]:
    """How many of each commune go to each place, as many as there is room for, with the fewest journeys: (flows, journeys)."""
    net, edges = Net(), {}
    for home in sorted(counts):
        net.edge("start", ("from", home), counts[home])
        for place in sorted(reach[home]):
            if classes.get(place):
                edges[home, place] = net.edge(("from", home), place, BOUNDLESS, int(home != place))
    for place in sorted(classes):
        net.edge(place, "end", fewest * classes[place], -NOT_TOGETHER)
        net.edge(place, "end", (seats - fewest) * classes[place])
    net.push_cheaply("start", "end")
    flows = {pair: net.flow(edge) for pair, edge in edges.items() if net.flow(edge)}
    return flows, sum(n for (home, place), n in flows.items() if home != place)
