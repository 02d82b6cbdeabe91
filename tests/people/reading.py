"""What the tests of reading share: workbooks made on the spot in every format, and a small district. All invented."""

import io
import zipfile
from collections.abc import Callable, Sequence
from datetime import date
from html import escape
from typing import Any

import xlsxwriter
import xlwt

from lms.people.roster.opening import open_file
from lms.people.roster.reader import positions
from lms.people.roster.reader.book import read_book
from lms.people.roster.reader.unit_names import NamedUnit, UnitNames
from lms.people.roster.rows import Answers, ReadBook

TODAY = date(2026, 11, 23)
MERGER, BEGINNING, STILL = date(2025, 7, 1), date(1900, 1, 1), date(9999, 1, 1)
PROVINCE, DISTRICT, TOWN, BINH, KHUN, TA_NEW, SCHOOLS, HEALTH = range(1, 9)
UNITS = [
    NamedUnit(PROVINCE, "Tỉnh Mẫu Sơn", "province", "M1", None, BEGINNING, STILL),
    NamedUnit(DISTRICT, "Huyện Mẫu Đường", "district", "M2", PROVINCE, BEGINNING, MERGER),
    NamedUnit(TOWN, "Thị trấn Mẫu Đường", "township", "M3", DISTRICT, BEGINNING, MERGER),
    NamedUnit(BINH, "Xã Bình Mẫu", "commune", "M4", DISTRICT, BEGINNING, MERGER),
    NamedUnit(KHUN, "Xã Khun Mẫu", "commune", "M5", DISTRICT, BEGINNING, MERGER),
    NamedUnit(TA_NEW, "Xã Khun Mẫu", "commune", "M4", PROVINCE, MERGER, STILL),
    NamedUnit(SCHOOLS, "Phòng Giáo dục và Đào tạo", "agency", "", DISTRICT, BEGINNING, MERGER),
    NamedUnit(HEALTH, "Trung tâm Y tế", "facility", "", DISTRICT, BEGINNING, MERGER),
]
TABLE = positions.load()
HEAD = ["STT", "Họ và tên", "Giới tính", "Ngày sinh", "Chức vụ", "Đơn vị", "Điện thoại"]

Row = Sequence[Any]


def understood(content: bytes, name: str = "ds.xlsx", **more: Any) -> ReadBook:
    """That file, beside the small district."""
    more.setdefault("today", TODAY)
    answers = more.get("answers", Answers())
    return read_book(open_file(content, name), UnitNames(UNITS, answers.units), TABLE, **more)


def xlsx(*sheets: tuple[str, Sequence[Row]], touch: Callable[[Any, Any], None] | None = None) -> bytes:
    """Texts, numbers and dates as they are given; `touch(book, last sheet)` does the rest."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    day = book.add_format({"num_format": "dd/mm/yyyy"})
    for name, rows in sheets:
        page = book.add_worksheet(name)
        for number, row in enumerate(rows):
            for column, cell in enumerate(row):
                if isinstance(cell, date):
                    page.write_datetime(number, column, cell, day)
                elif isinstance(cell, str):
                    page.write_string(number, column, cell)
                elif cell is not None:
                    page.write_number(number, column, cell)
    if touch is not None:
        touch(book, page)
    book.close()
    return out.getvalue()


def xls(name: str, rows: Sequence[Row], *, font: str = "", hidden: Sequence[int] = ()) -> bytes:
    """An old Excel file."""
    book = xlwt.Workbook(encoding="utf-8")
    page, style = book.add_sheet(name), xlwt.XFStyle()
    if font:
        style.font = xlwt.Font()
        style.font.name = font
    for number, row in enumerate(rows):
        for column, cell in enumerate(row):
            page.write(number, column, cell, style)
    for number in hidden:
        page.row(number).hidden = True
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def ods(name: str, rows: Sequence[Row], *, before: str = "", hidden: Sequence[int] = ()) -> bytes:
    """OpenDocument; `before` stands before the rows."""
    body = before
    for number, row in enumerate(rows):
        cells = "".join(
            f'<table:table-cell office:value-type="string"><text:p>{escape(str(cell))}</text:p></table:table-cell>'
            if cell not in ("", None)
            else "<table:table-cell/>"
            for cell in row
        )
        body += f"<table:table-row{' table:visibility=' + chr(34) + 'collapse' + chr(34) if number in hidden else ''}>{cells}</table:table-row>"
    spaces = " ".join(
        f'xmlns:{one}="urn:oasis:names:tc:opendocument:xmlns:{one}:1.0"' for one in ("office", "table", "text")
    )
    content = (
        f'<?xml version="1.0" encoding="UTF-8"?><office:document-content {spaces} office:version="1.2"><office:body><office:spreadsheet>'
        f'<table:table table:name="{escape(name)}">{body}<table:table-row table:number-rows-repeated="1048000">'
        '<table:table-cell table:number-columns-repeated="16384"/></table:table-row></table:table>'
        "</office:spreadsheet></office:body></office:document-content>"
    )
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("content.xml", content)
        archive.writestr("META-INF/manifest.xml", "<manifest/>")
    return out.getvalue()
