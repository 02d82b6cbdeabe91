"""The register on paper and as a workbook: sổ cấp giấy chứng nhận, with the columns offices use (no ethnicity: FACTS 4.3, 6).

It is a paper of the office, so its words are Vietnamese whatever the pages speak.
"""

from collections.abc import Iterable
from io import BytesIO

import xlsxwriter

from lms.certificates.paper import held
from lms.certificates.queries import Row
from lms.certificates.rules import State
from lms.kernel.vietnamese import short_date

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
TITLE = "Sổ cấp giấy chứng nhận"
COLUMNS = (
    "STT",
    "Họ và tên",
    "Ngày sinh",
    "Giới tính",
    "Chức vụ, đơn vị",
    "Tên lớp/khóa, thời gian",
    "Xếp loại",
    "Số hiệu",
    "Số vào sổ",
    "Ngày cấp",
    "QĐ công nhận số",
    "Ký nhận",
    "Ghi chú",
)
WIDTHS = (5, 24, 12, 9, 34, 44, 9, 12, 18, 12, 16, 14, 40)
SEX = {"female": "Nữ", "male": "Nam"}


def lines(rows: Iterable[Row]) -> list[tuple[str, ...]]:
    """Each row of the register as its thirteen cells; what is filled in by hand is empty."""
    return [
        (
            str(place),
            row.facts["full_name"],
            birth(row),
            SEX.get(row.facts["sex"], ""),
            ", ".join(part for part in (row.facts["position"], row.facts["unit"]) if part),
            f"{row.facts['course']}. {held(row.facts)[0]}",
            "",
            "",
            row.number,
            short_date(row.certificate.issued_on),
            "",
            "",
            note(row),
        )
        for place, row in enumerate(rows, 1)
    ]


def birth(row: Row) -> str:
    """As exactly as it is known: 05/01/1990, 01/1990, 1990."""
    day, precision = row.day("birth"), row.facts["birth_precision"]
    if day is None:
        return ""
    return short_date(day)[{"year": 6, "month": 3}.get(precision, 0) :]


def note(row: Row) -> str:
    """What happened to it since: the void keeps its number, and says why."""
    words = []
    if row.replaces:
        words.append(f"Cấp lại, thay cho {row.replaces_number}")
    if row.revocation and row.revoked_on:
        decision = f" theo {row.revocation.decision}" if row.revocation.decision else ""
        words.append(f"Thu hồi ngày {short_date(row.revoked_on)}{decision}: {row.revocation.reason}")
    elif row.state is State.REPLACED:
        words.append(f"Đã thay thế bằng {row.replaced_by_number}")
    elif row.state is State.LAPSED:
        words.append("Không còn hiệu lực, chờ thu hồi")
    return ". ".join(words)


def workbook(rows: Iterable[Row], year: int | None) -> bytes:
    """The register as a file; every cell is text, whatever it begins with."""
    file = BytesIO()
    book = xlsxwriter.Workbook(file, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    page = book.add_worksheet("Sổ cấp")
    bold = book.add_format({"bold": True, "text_wrap": True, "border": 1, "valign": "vcenter"})
    plain = book.add_format({"text_wrap": True, "border": 1, "valign": "top"})
    page.write_string(0, 0, f"{TITLE}{f' năm {year}' if year else ''}", book.add_format({"bold": True}))
    for place, (name, width) in enumerate(zip(COLUMNS, WIDTHS, strict=True)):
        page.set_column(place, place, width)
        page.write_string(2, place, name, bold)
    for at, cells in enumerate(lines(rows), 3):
        for place, cell in enumerate(cells):
            page.write_string(at, place, cell, plain)
    page.freeze_panes(3, 2)
    page.set_landscape()
    page.set_paper(9)
    page.fit_to_pages(1, 0)
    page.repeat_rows(2)
    book.close()
    return file.getvalue()
