"""A spreadsheet from outside, opened with care, whatever program wrote it: .xlsx, .xls, .ods, or rows of text (.csv).

What a file is, its first bytes say; its name is not asked. Each kind has its module under `reader/`, with the same limits.
"""

import io
import zipfile
from pathlib import PurePath
from typing import Any

from lms.people.roster.reader.csv_text import open_csv
from lms.people.roster.reader.grid import LARGEST, Grid, not_a_spreadsheet, too_heavy
from lms.people.roster.reader.ods import open_ods
from lms.people.roster.reader.xls import OLD_OFFICE, open_xls
from lms.people.roster.reader.xlsx import open_xlsx

__all__ = ["LARGEST", "Sheet", "open_file", "open_workbook"]

Sheet = tuple[str, list[list[Any]]]


def open_file(content: bytes, file_name: str = "") -> list[Grid]:
    """Every sheet. Raises `Refused` with what is wrong with the file."""
    if len(content) > LARGEST:
        raise too_heavy()
    if content.startswith(OLD_OFFICE):
        return open_xls(content)
    if content.startswith(b"PK"):
        return open_ods(content) if _is_ods(content) else open_xlsx(content)
    return open_csv(content, PurePath(file_name).stem[:60] or "CSV")


def open_workbook(content: bytes) -> list[Sheet]:
    """Name and rows of each sheet; the first row is Excel's row 1."""
    return [(grid.name, grid.rows) for grid in open_file(content)]


def _is_ods(content: bytes) -> bool:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return "content.xml" in archive.namelist()
    except (zipfile.BadZipFile, OSError, ValueError) as error:
        raise not_a_spreadsheet() from error
