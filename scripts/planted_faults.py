"""Plants known faults in a copy of the source, one at a time, and runs the property tests of coverage on each: they have to go red.

    .venv/bin/python scripts/planted_faults.py [words of a fault's name]

Unchanged they have to be green. A fault whose text is not found any more is an error: it has to be planted anew. Not part of
`make test`: it takes a few minutes.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TESTS = ("tests/coverage/test_replay.py", "-k", "not postgresql", "-q", "-x", "--no-header", "--tb=line")
LEFT_BEHIND = shutil.ignore_patterns(".git", ".venv", "instance", ".cache", ".*_cache", "__pycache__", ".hypothesis")


@dataclass(frozen=True)
class Fault:
    """What is wrong, and the text that makes it so."""

    name: str
    file: str
    right: str
    wrong: str


FAULTS = (
    Fault(
        "two records of one person count twice",
        "lms/coverage/records.py",
        "column if self._same is None else func.coalesce(self._same.c.kept, column)",
        "column",
    ),
    Fault(
        "a person posted in two units that merge counts twice above them",
        "lms/coverage/queries.py",
        "            tally.person((row[1], row[2], row[i]) for row in of_one)\n",
        "            list(of_one)\n",
    ),
    Fault(
        "today's tree for a past date",
        "lms/coverage/question.py",
        "    here = stage(changes.found, plan.scope_unit_id, seen, as_of, tree_at)\n",
        "    here = stage(changes.found, plan.scope_unit_id, seen, as_of, today())\n",
    ),
    Fault(
        "a superseded row still counts (now)",
        "lms/coverage/question.py",
        "        held: ColumnElement[bool] = model.superseded_at == CURRENT\n",
        "        held: ColumnElement[bool] = model.superseded_at <= CURRENT\n",
    ),
    Fault(
        "a superseded row still counts (as known then)",
        "lms/coverage/question.py",
        "    return and_(model.recorded_at <= known_at, known_at < model.superseded_at)\n",
        "    return model.recorded_at <= known_at\n",
    ),
    Fault(
        "those of whom nothing is known are dropped",
        "lms/coverage/rules.py",
        "            self._counts[key][one] += how_many\n",
        "            self._counts[key][one] += how_many if one != State.UNKNOWN else 0\n",
    ),
    Fault(
        "those of whom nothing is known are taken for exempt",
        "lms/coverage/standings.py",
        "(and_(unknown, ~named), literal(int(State.UNKNOWN)))",
        "(and_(unknown, ~named), literal(int(State.EXEMPT)))",
    ),
    Fault(
        "the day on which something ends still counts",
        "lms/kernel/db.py",
        "return and_(cls.valid_from <= day, day < cls.valid_to, known)",
        "return and_(cls.valid_from <= day, day <= cls.valid_to, known)",
    ),
    Fault(
        "a unit stands on the day on which it ends",
        "lms/coverage/stage.py",
        " if row.valid_from <= tree_at < row.valid_to}",
        " if row.valid_from <= tree_at <= row.valid_to}",
    ),
    Fault(
        "training counts on the day on which it expires",
        "lms/coverage/rules.py",
        "    while after_months(day, months) <= as_of:\n",
        "    while after_months(day, months) < as_of:\n",
    ),
    Fault(
        "the last day of grace is taken away",
        "lms/coverage/standings.py",
        "    return and_(Posting.valid_from > settled_by, not_(posted_by(question, settled_by)))\n",
        "    return and_(Posting.valid_from >= settled_by, not_(posted_by(question, settled_by - timedelta(days=1))))\n",
    ),
)


def main(words: str) -> int:
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "copy"
        shutil.copytree(ROOT, copy, ignore=LEFT_BEHIND)
        chosen = [None, *FAULTS] if not words else [fault for fault in FAULTS if words in fault.name]
        caught = [_tried(copy, fault) for fault in chosen]
    print(f"{sum(caught)} of {len(caught)} runs as they have to be")
    return 0 if all(caught) else 1


def _tried(copy: Path, fault: Fault | None) -> bool:
    """Whether the tests said what they have to say of the source with this fault in it."""
    if fault is None:
        green, said = _tested(copy)
        print(f"{'green' if green else 'RED: ' + said}  unchanged", flush=True)
        return green
    file = copy / fault.file
    source = file.read_text()
    if source.count(fault.right) != 1:
        raise SystemExit(f"{fault.name}: the text to change is not in {fault.file} exactly once")
    file.write_text(source.replace(fault.right, fault.wrong))
    green, said = _tested(copy)
    file.write_text(source)
    print(f"{'NOT CAUGHT' if green else 'caught'}  {fault.name}{'' if green else f' – {said}'}", flush=True)
    return not green


def _tested(copy: Path) -> tuple[bool, str]:
    """Whether the property tests pass; else what they found first. Anything but a failed assertion is no finding."""
    run = subprocess.run(
        [sys.executable, "-m", "pytest", *TESTS, "--hypothesis-profile=faults", "-p", "no:cacheprovider"],
        cwd=copy,
        env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    if run.returncode == 0:
        return True, ""
    found = [line for line in run.stdout.splitlines() if "AssertionError" in line or line.startswith("E ")]
    if run.returncode != 1 or not found:
        raise SystemExit(f"The tests could not be run:\n{run.stdout[-3000:]}{run.stderr[-2000:]}")
    return False, found[0].strip()[:110]


if __name__ == "__main__":
    sys.exit(main(" ".join(sys.argv[1:])))
