"""`make bench`: build the crowd, serve it, measure each line beside its own baseline, print the ratios.

`python -m bench quiz paper` measures only those. BENCH_DATABASE_URL chooses an empty PostgreSQL database instead of
SQLite in a temporary folder; TMPDIR chooses the disk.
"""

import os
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from time import perf_counter

from bench import crowd, door, figures, lists, pages, paper, quiz, rolls, slow, statements
from bench.line import Line, table
from bench.million import run as million
from bench.pages import Against
from bench.serving import served
from bench.site import Site

Measure = Callable[[Site, crowd.Crowd, Against], Iterator[Line]]
MEASURES: dict[str, Measure] = {
    "pages": pages.lines,
    "slow": slow.lines,
    "figures": figures.lines,
    "quiz": quiz.lines,
    "door": lambda site, built, _against: door.lines(site, built),
    "paper": lambda site, built, _against: paper.lines(site, built),
    "rolls": lambda site, built, _against: rolls.lines(site, built),
    "statements": lambda site, built, _against: statements.lines(site, built),
    "lists": lambda site, built, _against: lists.lines(site, built),  # last: it adds people
}


def main(wanted: list[str]) -> None:
    """Measure what is wanted, or everything but the million."""
    if wanted == ["million"]:
        begun = perf_counter()
        tell(list(watched(million.lines(say))), begun)
        return
    unknown = set(wanted) - set(MEASURES)
    if unknown:
        raise SystemExit(f"There is no measure {', '.join(sorted(unknown))}: choose among {', '.join(MEASURES)}.")
    begun, found = perf_counter(), []
    with tempfile.TemporaryDirectory(prefix="lms-bench.") as name, ExitStack() as servers:
        folder = Path(name)
        site = Site(folder)
        with site.app.app_context():
            built = crowd.build()
        say(
            f"{crowd.PEOPLE:,} people, {crowd.UNITS} units, {len(built.courses)} courses: {perf_counter() - begun:.0f} s"
        )
        ours = servers.enter_context(served("wsgi:app", site.env, folder / "ours.log"))
        hello = servers.enter_context(served("bench.hello:app", os.environ, folder / "hello.log"))
        against = Against(ours, hello)
        say(f"{site.engine}, {os.cpu_count()} processors, Python {sys.version.split()[0]}")
        found.append(pages.client_is_light(against))
        for measure, lines in MEASURES.items():
            if not wanted or measure in wanted:
                found += watched(lines(site, built, against))
    tell(found, begun)


def watched(lines: Iterator[Line]) -> Iterator[Line]:
    """Each line said as soon as it is there."""
    for line in lines:
        say(f"  {line.what}: {line.ratio} ({line.raw})")
        yield line


def tell(found: list[Line], begun: float) -> None:
    """The table, what missed its target, how long it took."""
    print(table(found))
    missed = [line.what for line in found if line.reached is False]
    print(f"\n{len(missed)} missed: {'; '.join(missed)}" if missed else "\nEvery target is reached.")
    print(f"{perf_counter() - begun:.0f} s in all")


def say(words: str) -> None:
    """Progress goes to standard error; the result alone to standard output."""
    print(words, file=sys.stderr, flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
