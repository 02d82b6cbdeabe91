"""Which column is which: headers are recognised by their words, in any case, with or without marks. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

from lms.kernel.vietnamese import search_key

# field -> its heading in our template, then other headings under which units write it (folded)
HEADINGS: dict[str, tuple[str, ...]] = {
    "full_name": ("Họ và tên", "ho va ten", "ho ten", "ho ten can bo", "ten can bo"),
    "staff_code": ("Mã cán bộ", "ma can bo", "ma so", "ma cb", "ma nhan vien", "ma cong chuc"),
    "birth": ("Ngày sinh", "ngay sinh", "ngay thang nam sinh", "nam sinh"),
    "sex": ("Giới tính", "gioi tinh", "phai"),
    "category": ("Nhóm", "nhom", "nhom can bo", "doi tuong", "loai can bo"),
    "position": ("Chức vụ", "chuc vu", "chuc danh", "chuc vu chuc danh", "chuc danh chuc vu", "vi tri"),
    "direct_support": ("Trực tiếp trợ giúp", "truc tiep tro giup", "truc tiep tro giup nan nhan", "truc tiep"),
    "unit": ("Đơn vị", "don vi", "don vi cong tac", "noi cong tac", "co quan"),
    "phone": ("Số điện thoại", "so dien thoai", "dien thoai", "so dt", "sdt", "dt"),
    "valid_from": ("Từ ngày", "tu ngay", "ngay bat dau", "cong tac tu ngay"),
}
LOOK_WITHIN = 30  # a header stands among the first rows, below title lines
FEWEST = 2  # columns that make a row a header, the name among them

_FIELD_OF = {search_key(heading): field for field, headings in HEADINGS.items() for heading in headings}


@dataclass(frozen=True)
class Header:
    """Where the header stands (0 is the first row) and which field each column holds."""

    row: int
    fields: dict[int, str]

    def column(self, field: str) -> int | None:
        """The column of a field."""
        return next((at for at, one in self.fields.items() if one == field), None)


def find_header(rows: Sequence[Sequence[str]]) -> Header | None:
    """The first row that reads like a header; None when there is none."""
    for number, row in enumerate(rows[:LOOK_WITHIN]):
        fields: dict[int, str] = {}
        for at, cell in enumerate(row):
            field = _FIELD_OF.get(_folded(cell))
            if field and field not in fields.values():
                fields[at] = field
        if "full_name" in fields.values() and len(fields) >= FEWEST:
            return Header(number, fields)
    return None


def letter(column: int) -> str:
    """The name a spreadsheet gives a column: 0 is A, 26 is AA."""
    name = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        name = chr(65 + rest) + name
    return name


def _folded(cell: str) -> str:
    """ "Ngày, tháng,\nnăm sinh (*)" as "ngay thang nam sinh"."""
    key = search_key(cell[:80]).split("(")[0]
    return " ".join("".join(sign if sign.isalnum() else " " for sign in key).split())
