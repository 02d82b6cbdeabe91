"""`python -m bench million`: three countries, their screens, one completion recorded, the memory of the web process."""

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

from bench.line import Line
from bench.million import memory, recording, screens
from bench.million.world import world

SIZES = (1_000, 20_000, 1_000_000)


def lines(say: object) -> Iterator[Line]:
    """Each line as it is measured."""
    if "TEST_POSTGRES_URL" in os.environ:  # of scripts/postgres.sh
        os.environ.setdefault("BENCH_DATABASE_URL", os.environ["TEST_POSTGRES_URL"])
    if "BENCH_DATABASE_URL" not in os.environ:
        raise SystemExit("The million needs PostgreSQL: run `make bench-million`, or set BENCH_DATABASE_URL.")
    with tempfile.TemporaryDirectory(prefix="lms-million.") as name:
        folder = Path(name)
        small, middling, large = (world(folder, people, say) for people in SIZES)
        yield from screens.lines(large)
        yield from recording.lines(small, large)
        yield from memory.lines(folder, (small, middling, large))
