"""Files that are no lists, or lie about themselves, in every format: refused in words, at once, before the reader sees them."""

import io
import struct
import zipfile

import pytest
import xlwt

from lms.kernel.refused import Refused
from lms.people.roster.opening import open_file
from lms.people.roster.reader.grid import COLUMNS, ROWS
from tests.people.reading import ods, xls, xlsx

CELL = '<table:table-cell office:value-type="string"{}><text:p>{}</text:p></table:table-cell>'


def repeated(rows, columns, text="x"):
    cell = CELL.format(f' table:number-columns-repeated="{columns}"', text)
    return f'<table:table-row table:number-rows-repeated="{rows}">{cell}</table:table-row>'


def far(row, column):
    book = xlwt.Workbook()
    book.add_sheet("x").write(row, column, 1)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def parts(content, **more):
    """The same archive with other parts."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            if name not in more:
                new.writestr(name, old.read(name))
        for name, part in more.items():
            new.writestr(name, part)
    return out.getvalue()


def locked():
    """A workbook stream that begins with a password."""
    content = bytearray(xls("x", [["a", "b"]]))
    at = content.index(struct.pack("<HH", 0x0042, 2))  # CODEPAGE becomes FILEPASS
    content[at : at + 2] = struct.pack("<H", 0x002F)
    return bytes(content)


OLD = xls("x", [["Họ và tên", "Năm sinh"]] * 40)
SMALL = ods("x", [["a", "b"]])


@pytest.mark.parametrize(
    "content, said",
    [
        (ods("x", [], before=repeated(1_000_000, 50)), "rows"),
        (ods("x", [], before=repeated(1, 16_000)), "columns"),
        (ods("x", [], before=repeated(15_000, 50, "y" * 500)), "far bigger"),
        (parts(SMALL, **{"content.xml": '<!DOCTYPE x [<!ENTITY a "ha">]><x>&a;</x>'}), "document type"),
        (parts(SMALL, **{"content.xml": "<x>"}), "not a spreadsheet"),
        (parts(SMALL, **{"META-INF/manifest.xml": "<x><encryption-data/></x>"}), "password"),
        (parts(SMALL, **{"Basic/Standard/Module1.xml": "<x/>"}), "macros"),
        (parts(SMALL, mimetype="application/vnd.oasis.opendocument.text"), "not a spreadsheet"),
        (far(ROWS, 0), "rows"),
        (far(0, COLUMNS), "columns"),
        (locked(), "password"),
        (OLD.replace("Workbook".encode("utf-16-le"), "Workbuch".encode("utf-16-le")), "damaged"),
        (OLD[:600], "damaged"),
        (OLD[:512] + b"\xff" * 4000, "damaged"),
        (b"\x89PNG\r\n,,,\n,,,", "not a spreadsheet"),
        (b"<html><table><tr><td>a,b</td></tr></table>", "not a spreadsheet"),
        (b"chi mot dong chu", "not a spreadsheet"),
        (b"a,b\x00c\n1,2\n", "not a spreadsheet"),
        (("a;b\n" * (ROWS + 1)).encode(), "rows"),
        ((";".join("x" * 100) + "\n").encode(), "columns"),
        (b"x" * 5_000_001, "bigger than"),
    ],
)
def test_it_is_refused_in_words(content, said):
    with pytest.raises(Refused, match=said):
        open_file(content)


def test_many_sheets_of_two_far_corners_do_not_fill_the_memory():
    corners = [["a"], *([[]] * (ROWS - 2)), [*([None] * (COLUMNS - 1)), "z"]]
    with pytest.raises(Refused, match="far bigger"):
        open_file(xlsx(*((f"s{n}", corners) for n in range(4))))


@pytest.mark.parametrize("content", [OLD, SMALL, xlsx(("x", [["Họ và tên", "Năm sinh"]] * 3))])
def test_a_damaged_file_never_breaks_the_reader(content):
    """Cut short or with bytes turned over anywhere, it opens or is refused; nothing else."""
    for at in range(8, len(content), max(1, len(content) // 60)):
        for hurt in (content[:at], content[:at] + bytes([content[at] ^ 0xFF]) + content[at + 1 :]):
            try:
                open_file(hurt)
            except Refused:
                continue
