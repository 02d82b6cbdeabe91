"""How much memory the job needs that reads the longest and widest list there may be: a process of its own, its high-water mark.

`python -m bench.list_memory FILE UNIT` is that process.
"""

import os
import resource
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from random import Random

import xlsxwriter

from bench.crowd import Crowd
from bench.line import Line
from bench.site import Site
from lms import create_app
from lms.home.demo.names import invent
from lms.kernel.clock import today
from lms.kernel.db import db
from lms.people.roster import actions

ROWS, COLUMNS = 19_990, 60  # 20,000 rows with the header and some room
MOST = 512  # MB


def lines(site: Site, crowd: Crowd, folder: Path) -> Iterator[Line]:
    """Three cells of four hold something: all of them would unpack to more than is opened at all."""
    file = folder / "widest.xlsx"
    _write(file)
    command = [sys.executable, "-m", "bench.list_memory", str(file), str(crowd.import_unit)]
    said = subprocess.run(command, env=site.env, capture_output=True, text=True, check=True).stdout
    megabytes, rows = map(int, said.split())
    size = file.stat().st_size / 1_000_000
    yield Line(
        "import of 20,000 rows x 60: memory",
        f"{megabytes} MB",
        f"<= {MOST} MB",
        megabytes <= MOST,
        f"{rows:,} rows read from {size:.1f} MB; the whole process, with the app",
    )


def _write(file: Path) -> None:
    chance = Random(11)
    with xlsxwriter.Workbook(file, {"constant_memory": True}) as book:
        sheet = book.add_worksheet("Danh sách")
        heads = ["Họ và tên", "Ngày sinh", "Chức vụ", "Số điện thoại"]
        sheet.write_row(0, 0, [*heads, *(f"Cột {n}" for n in range(COLUMNS - len(heads)))])
        for n in range(ROWS):
            born = f"{n % 28 + 1:02}/{n % 12 + 1:02}/{1960 + n % 40}"
            more = [f"x{(n * 7 + at) % 9}" if (n + at) % 4 else None for at in range(COLUMNS - len(heads))]
            sheet.write_row(n + 1, 0, [invent(chance)[0], born, "Giáo viên", f"09{n:08}", *more])


def _read(file: Path, unit_id: int) -> None:
    with create_app().app_context():
        roster = actions.stage(file.read_bytes(), file.name, unit_id=unit_id, on=today(), wait=True)
        print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024, len(roster.rows))
        db.session.rollback()


if __name__ == "__main__":
    os.environ.setdefault("SECOND_FACTOR", "offered")
    _read(Path(sys.argv[1]), int(sys.argv[2]))
