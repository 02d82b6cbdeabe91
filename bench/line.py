"""One line of the result: what was measured, against what, the ratio, whether it reaches its target, the raw numbers."""

from collections.abc import Callable
from dataclasses import dataclass
from statistics import median
from time import perf_counter


@dataclass(frozen=True)
class Line:
    """`reached` is None where no target was set."""

    what: str
    ratio: str
    target: str
    reached: bool | None
    raw: str

    @property
    def verdict(self) -> str:
        return {True: "ok", False: "MISS", None: ""}[self.reached]


def share_of(what: str, ours: float, hello: float, least: int | None, raw: str) -> Line:
    """Requests a second as a share of the bare page's: 1/n, the smaller n the better."""
    reached = ours * least >= hello if least else None
    return Line(what, f"1/{hello / ours:.1f} of hello", f">= 1/{least}" if least else "", reached, raw)


def times(what: str, ours: float, baseline: float, most: float | None, raw: str) -> Line:
    """Time as a multiple of the baseline's."""
    ratio = ours / baseline
    return Line(what, f"{ratio:.2f} x", f"<= {most:g} x" if most else "", ratio <= most if most else None, raw)


def side_by_side(ours: Callable[[], object], baseline: Callable[[], object], rounds: int) -> tuple[float, float]:
    """Median milliseconds of each, taken in turns so that a noisy moment meets both; one unmeasured turn first."""
    ours(), baseline()
    taken: tuple[list[float], list[float]] = ([], [])
    for _ in range(rounds):
        for work, kept in zip((ours, baseline), taken, strict=True):
            begun = perf_counter()
            work()
            kept.append(1000 * (perf_counter() - begun))
    return median(taken[0]), median(taken[1])


def table(lines: list[Line]) -> str:
    """For a terminal, and for docs/bench.md."""
    heads = Line("what", "ratio", "target", None, "raw")
    rows = [(one.what, one.ratio, one.target, one.verdict, one.raw) for one in [heads, *lines]]
    widths = [max(len(row[at]) for row in rows) for at in range(4)]
    return "\n".join("  ".join([*(row[at].ljust(widths[at]) for at in range(4)), row[4]]).rstrip() for row in rows)
