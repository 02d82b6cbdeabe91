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
from bench.site import Browser, Site
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
TRIES = 3  # of each the fastest counts, of ours and of the baseline alike


def lines(site: Site, crowd: Crowd) -> Iterator[Line]:
    """Through the pages a focal person uses; the office may send for any unit."""
    file, browser = _file(), site.browser(crowd.desks["office"])
    bare_read, bare_write = min((_bare(site, file) for _ in range(TRIES)), key=sum)
    bare = bare_read + bare_write
    previews = [_preview(site, browser, file, crowd.import_unit) for _ in range(TRIES)]
    looked = min(taken for taken, _address, _seen in previews)
    _taken, address, seen = previews[-1]
    begun = perf_counter()
    with site.counted() as statements:
        browser.post(f"{address}/confirmations", {"seen": seen, "skip_bad": "y", "_once": str(uuid.uuid4())})
    done = looked + perf_counter() - begun
    understood = min(_understood(site, file) for _ in range(TRIES))
    yield times(
        "import of 10,000 rows: understood",
        understood,
        bare,
        3,
        f"{understood:.2f} s: header, names, births, categories, units; {_said(bare_read, bare_write)}",
    )
    yield times(
        "import of 10,000 rows: understood and previewed",
        looked,
        bare,
        3,
        f"{looked:.2f} s: sent, read by the job, looked at; {_said(bare_read, bare_write)}",
    )
    yield times(
        "import of 10,000 rows: preview and confirm",
        done,
        bare,
        None,
        f"{done:.1f} s, {len(statements)} SQL statements to confirm; {_said(bare_read, bare_write)}",
    )
    with TemporaryDirectory(prefix="lms-bench.") as folder:
        yield from list_memory.lines(site, crowd, Path(folder))


def _preview(site: Site, browser: Browser, file: bytes, unit_id: int) -> tuple[float, str, str]:
    """Seconds from sending the file to the page that shows what it would change; the page's address and fingerprint."""
    form = {"unit": unit_id, "on": short_date(today()), "_once": str(uuid.uuid4())}
    begun = perf_counter()
    sent = browser.post("/people/rosters", {"file": (io.BytesIO(file), "danh-sach.xlsx"), **form})
    with site.app.app_context():
        jobs.work_off()  # a list this long is read by a job
    page = browser.get(sent.headers["Location"]).get_data(as_text=True)
    taken = perf_counter() - begun
    found = re.search(r'name="seen"[^>]*value="([^"]+)"', page)
    if found is None:
        raise RuntimeError("the page offers nothing to confirm")
    return taken, sent.headers["Location"], found[1]


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
