"""The largest flow through a small network, and the cheapest of the largest ones. Pure, and the same every time.

Dinic (1970): blocking flows level by level; costs by successive shortest paths (labels of Bellman and Ford), one blocking
flow for all ways of the same cost.
"""

from collections import deque
from collections.abc import Hashable

BOUNDLESS = 1 << 40


class Net:
    """Nodes are any hashable values; edges carry whole numbers. Flow can be pushed again after capacities were added."""

    def __init__(self) -> None:
        self._at: dict[Hashable, int] = {}
        self._out: list[list[int]] = []  # node -> its edges; edge e and its reverse e ^ 1
        self._to: list[int] = []
        self._room: list[int] = []
        self._cost: list[int] = []

    def edge(self, start: Hashable, end: Hashable, room: int, cost: int = 0) -> int:
        """Add an edge; returns its number."""
        a, b = self._node(start), self._node(end)
        self._to += [b, a]
        self._room += [room, 0]
        self._cost += [cost, -cost]
        self._out[a].append(len(self._to) - 2)
        self._out[b].append(len(self._to) - 1)
        return len(self._to) - 2

    def flow(self, edge: int) -> int:
        """What runs through an edge."""
        return self._room[edge ^ 1]

    def widen(self, edge: int, by: int) -> None:
        self._room[edge] += by

    def push(self, start: Hashable, end: Hashable, most: int = BOUNDLESS) -> int:
        """Push as much more as goes, at most so much; returns how much went."""
        return self._push(self._node(start), self._node(end), most, None)

    def push_cheaply(self, start: Hashable, end: Hashable) -> int:
        """Push all that goes, at the least cost; returns the cost. Costs may be negative where no circle is."""
        source, sink = self._node(start), self._node(end)
        total = 0
        while (far := self._far(source))[sink] < BOUNDLESS:
            total += far[sink] * self._push(source, sink, BOUNDLESS, far)
        return total

    def _push(self, source: int, sink: int, most: int, far: list[int] | None) -> int:
        """Push until nothing more goes; with distances, only along shortest ways."""
        pushed = 0
        while pushed < most and (level := self._levels(source, sink, far)):
            tried = [0] * len(self._out)
            while pushed < most and (path := self._path(source, sink, level, tried, far)):
                room = min(most - pushed, *(self._room[edge] for edge in path))
                for edge in path:
                    self._room[edge] -= room
                    self._room[edge ^ 1] += room
                pushed += room
        return pushed

    def _node(self, name: Hashable) -> int:
        if name not in self._at:
            self._at[name] = len(self._out)
            self._out.append([])
        return self._at[name]

    def _goes(self, edge: int, far: list[int] | None) -> bool:
        if self._room[edge] <= 0:
            return False
        return far is None or far[self._to[edge ^ 1]] + self._cost[edge] == far[self._to[edge]]

    def _levels(self, source: int, sink: int, far: list[int] | None) -> list[int]:
        """How many edges away each node is, -1 beyond the sink; empty when the sink cannot be reached."""
        level = [-1] * len(self._out)
        level[source] = 0
        waiting = deque([source])
        while waiting and level[sink] < 0:
            node = waiting.popleft()
            for edge in self._out[node]:
                end = self._to[edge]
                if level[end] < 0 and self._goes(edge, far):
                    level[end] = level[node] + 1
                    waiting.append(end)
        return level if level[sink] >= 0 else []

    def _path(self, source: int, sink: int, level: list[int], tried: list[int], far: list[int] | None) -> list[int]:
        """Edges from source to sink, each one level further; `tried` remembers what led nowhere."""
        path: list[int] = []
        node = source
        while node != sink:
            edges = self._out[node]
            while tried[node] < len(edges):
                edge = edges[tried[node]]
                if level[self._to[edge]] == level[node] + 1 and self._goes(edge, far):
                    break
                tried[node] += 1
            else:
                if not path:
                    return []
                node = self._to[path.pop() ^ 1]
                tried[node] += 1
                continue
            path.append(edge)
            node = self._to[edge]
        return path

    def _far(self, source: int) -> list[int]:
        """The least cost from the source to each node, `BOUNDLESS` where none leads."""
        far = [BOUNDLESS] * len(self._out)
        far[source] = 0
        waiting, queued = deque([source]), {source}
        while waiting:
            node = waiting.popleft()
            queued.discard(node)
            for edge in self._out[node]:
                end, price = self._to[edge], far[node] + self._cost[edge]
                if self._room[edge] > 0 and price < far[end]:
                    far[end] = price
                    if end not in queued:
                        queued.add(end)
                        waiting.append(end)
        return far
