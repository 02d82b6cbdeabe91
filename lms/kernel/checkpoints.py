"""The end of the audit chain, once a day, where whoever rewrites the database does not reach.

A file a day in AUDIT_CHECKPOINT_DIR (a disk or a share of another machine), else in `DATA_DIR/checkpoints`, which has not left
this machine. A file is written once and never again, so a database put back to an older state cannot write over what was seen
of the newer one. There is no mail in this system, so none is sent.
"""

import logging
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from flask import current_app
from sqlalchemy import select

from lms.kernel import audit, jobs
from lms.kernel.audit import AuditEntry, Head
from lms.kernel.clock import local, now, today
from lms.kernel.db import db
from lms.kernel.refused import Refused

log = logging.getLogger(__name__)

ENDING = ".txt"
KNOWN = 60  # of the newest files that are looked at: two months


@dataclass(frozen=True)
class Kept:
    """What is kept elsewhere, as the daily page tells it."""

    folder: Path
    away: bool  # somebody named the folder; whether it is on another machine only they know
    newest: date | None  # the day of the newest checkpoint
    disagrees: date | None  # the newest day whose checkpoint the chain no longer agrees with


def folder() -> Path:
    """Where the daily files go."""
    return _named() or Path(current_app.config["DATA_DIR"]) / "checkpoints"


def _named() -> Path | None:
    named: Path | None = current_app.config["SETTINGS"].audit_checkpoint_dir
    return named


def write(day: date | None = None) -> Path | None:
    """Write the end of the chain into the day's file; None when there is one. Raises OSError where it cannot be written."""
    place = folder()
    if not _named():  # a folder somebody named and that is not there is a share that was not mounted
        place.mkdir(exist_ok=True)
    file, last = place / f"{(day or today()).isoformat()}{ENDING}", audit.head()
    try:
        with file.open("x", encoding="ascii") as page:
            page.write(f"{last.seq}:{last.hash} {local(now()).isoformat(timespec='seconds')}\n")
    except FileExistsError:
        return None
    return file


@jobs.every(minutes=5)
def daily_checkpoint() -> None:
    """Once a day, soon after midnight, and says aloud when the chain is not the one an earlier file saw."""
    if not (folder() / f"{today().isoformat()}{ENDING}").exists():
        wrong = disagreement(_files())
        if wrong:
            log.critical("the audit chain is not the one the checkpoint of %s saw: run `audit verify`", wrong)
        write()


def kept() -> Kept:
    """How it stands with the daily files."""
    files = _files()
    return Kept(
        folder(), _named() is not None, date.fromisoformat(files[-1].stem) if files else None, disagreement(files)
    )


def disagreement(files: Iterable[Path]) -> date | None:
    """The newest day whose row is no longer in the chain as it was seen; None when all agree. One look-up."""
    seen = {file.stem: heads for file in files if (heads := _readable(file))}
    wanted = {head.seq for heads in seen.values() for head in heads if head.seq}
    found = select(AuditEntry.seq, AuditEntry.hash).where(AuditEntry.seq.in_(wanted))
    there = {row.seq: row.hash for row in db.session.execute(found)}
    wrong = [day for day, heads in seen.items() if any(head.seq and there.get(head.seq) != head.hash for head in heads)]
    return max((date.fromisoformat(day) for day in wrong), default=None)


def read(given: str) -> list[Head]:
    """`SEQ:HASH`, a file of such lines, or a folder of such files. Raises `Refused` for anything else."""
    place = Path(given)
    if place.is_dir():
        found = [head for file in sorted(place.glob(f"*{ENDING}")) for head in _lines(file)]
    elif place.is_file():
        found = _lines(place)
    else:
        found = [_head(given)]
    if not found:
        raise Refused("There is no checkpoint in %(place)s.", place=given)
    return found


def _files() -> list[Path]:
    return sorted(folder().glob(f"????-??-??{ENDING}"))[-KNOWN:]


def _readable(file: Path) -> list[Head]:
    try:
        return _lines(file)
    except (OSError, Refused):
        log.error("the checkpoint %s cannot be read", file)
        return []


def _lines(file: Path) -> list[Head]:
    lines = file.read_text(encoding="utf-8", errors="replace").splitlines()
    return [_head(line.split()[0]) for line in lines if line.strip() and not line.startswith("#")]


def _head(text: str) -> Head:
    seq, _, digest = text.strip().partition(":")
    if not (seq.isascii() and seq.isdigit() and len(digest) == len(audit.START)):
        raise Refused("%(text)s is no checkpoint: one is SEQ:HASH, as `audit head` prints it.", text=text)
    return Head(int(seq), digest)
