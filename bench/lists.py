"""A list of 10,000 people from a spreadsheet: sent, looked at, confirmed. Against reading the file and one bulk insert."""

import io
import re
import uuid
from collections.abc import Iterator
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from time import perf_counter

import xlsxwriter
from python_calamine import CalamineWorkbook
from sqlalchemy import insert

from bench import list_memory
from bench.crowd import Crowd
from bench.line import Line, times
from bench.site import Site
from lms.home.demo.names import invent
from lms.kernel import jobs
from lms.kernel.clock import today
from lms.kernel.db import db
from lms.kernel.vietnamese import short_date
from lms.people.models import Person
from lms.people.roster.columns import HEADINGS
from lms.people.roster.known_units import unit_names
from lms.people.roster.opening import open_file
from lms.people.roster.reader import positions
from lms.people.roster.reader.book import read_book
from lms.people.rules import CATEGORIES

ROWS = 10_000


def lines(site: Site, crowd: Crowd) -> Iterator[Line]:
    """Through the pages a focal person uses; the office may send for any unit."""
    file, browser = _file(), site.browser(crowd.desks["office"])
    bare_read, bare_write = _bare(site, file)
    begun = perf_counter()
    sent = browser.post(
        "/people/rosters",
        {
            "file": (io.BytesIO(file), "danh-sach.xlsx"),
            "unit": crowd.import_unit,
            "on": short_date(today()),
            "_once": str(uuid.uuid4()),
        },
    )
    with site.app.app_context():
        jobs.work_off()  # a list this long is read by a job
    page = browser.get(sent.headers["Location"])
    looked = perf_counter()
    seen = re.search(r'name="seen"[^>]*value="([^"]+)"', page.get_data(as_text=True))
    with site.counted() as statements:
        browser.post(
            f"{sent.headers['Location']}/confirmations",
            {"seen": seen[1] if seen else "", "skip_bad": "y", "_once": str(uuid.uuid4())},
        )
    done = perf_counter()
    bare = bare_read + bare_write
    understood = min(_understood(site, file) for _ in range(3))
    yield times(
        "import of 10,000 rows: understood",
        understood,
        bare,
        3,
        f"{understood:.2f} s: header, names, births, categories, units; {_said(bare_read, bare_write)}",
    )
    yield times(
        "import of 10,000 rows: preview",
        looked - begun,
        bare,
        None,
        f"{looked - begun:.1f} s; {_said(bare_read, bare_write)}",
    )
    yield times(
        "import of 10,000 rows: preview and confirm",
        done - begun,
        bare,
        None,
        f"{done - begun:.1f} s, {len(statements)} SQL statements to confirm; {_said(bare_read, bare_write)}",
    )
    with TemporaryDirectory(prefix="lms-bench.") as folder:
        yield from list_memory.lines(site, crowd, Path(folder))


def _said(bare_read: float, bare_write: float) -> str:
    return f"calamine reads it in {bare_read:.2f} s, bulk insert {bare_write:.2f} s"


def _understood(site: Site, file: bytes) -> float:
    """Seconds from the bytes of the file to rows as understood, beside the names of all units; nobody matched, nothing kept."""
    with site.app.app_context():
        names, table = unit_names(), positions.load()
        begun = perf_counter()
        book = read_book(open_file(file, "danh-sach.xlsx"), names, table, today=today(), on=today())
        taken = perf_counter() - begun
    if len(book.rows) != ROWS:
        raise RuntimeError(f"{len(book.rows)} rows of {ROWS} were understood")
    return taken


def _file() -> bytes:
    chance, out = Random(7), io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    sheet = book.add_worksheet("Danh sách")
    fields = ("full_name", "staff_code", "birth", "sex", "category", "position", "direct_support")
    sheet.write_row(0, 0, [HEADINGS[field] for field in fields])
    for n in range(ROWS):
        name, sex = invent(chance)
        born = f"{chance.randint(1, 28):02}/{chance.randint(1, 12):02}/{chance.randint(1966, 2003)}"
        category = CATEGORIES[n % len(CATEGORIES)]
        row = [name, f"DO{n:05}", born, "Nữ" if sex == "female" else "Nam", category, "Cán bộ", "không"]
        sheet.write_row(n + 1, 0, row)
    book.close()
    return out.getvalue()


def _bare(site: Site, file: bytes) -> tuple[float, float]:
    """Seconds to read the file, and to insert as many persons in one transaction (rolled back)."""
    begun = perf_counter()
    rows = CalamineWorkbook.from_filelike(io.BytesIO(file)).get_sheet_by_index(0).to_python()[1:]
    read = perf_counter()
    with site.app.app_context():
        names = ({"full_name": row[0], "search_key": row[0], "sort_key": row[0]} for row in rows)
        db.session.execute(insert(Person), list(names))
        db.session.rollback()
    return read - begun, perf_counter() - read
