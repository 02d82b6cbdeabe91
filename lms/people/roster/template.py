"""The spreadsheet a unit fills in: one sheet of headings, one that explains them, one with the lists to choose from."""

import io
from collections.abc import Collection, Mapping, Sequence

import xlsxwriter

from lms.people import rules
from lms.people.roster.columns import HEADINGS

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
ROWS = 2_000  # rows that offer lists to choose from
WIDTHS = {"full_name": 28, "position": 30, "unit": 30, "category": 24, "direct_support": 20}
TEXT_COLUMNS = ("staff_code", "birth", "phone", "valid_from")  # or Excel eats zeros and turns days into American ones

# Explained in Vietnamese whatever language the page has: the people who fill it in read Vietnamese.
HOW_TO = (
    ("Họ và tên", "Bắt buộc. Viết đủ họ, đệm, tên; chữ hoa hay thường đều được."),
    ("Mã cán bộ", "Nếu có. Giúp nhận đúng người khi trùng tên."),
    ("Ngày sinh", "Ví dụ 05/03/1985. Chỉ biết năm thì ghi 1985; biết tháng thì ghi 03/1985."),
    ("Giới tính", "Nam hoặc Nữ."),
    ("Nhóm", "Chọn trong danh sách. Chưa rõ thì để trống."),
    ("Chức vụ", "Ghi tự do, ví dụ: Công chức Văn hóa - Xã hội."),
    (
        "Trực tiếp trợ giúp",
        "Có: người trực tiếp tiếp nhận, tư vấn, hỗ trợ người bị bạo lực. Đây là nhiệm vụ, không phải chức danh. Chưa rõ thì để trống.",
    ),
    ("Đơn vị", "Tên đơn vị như trong danh sách. Để trống nếu cả danh sách cùng một đơn vị (chọn đơn vị khi tải lên)."),
    ("Số điện thoại", "10 số, bắt đầu bằng 0."),
    ("Từ ngày", "Ngày bắt đầu làm việc này ở đơn vị. Để trống thì lấy ngày của danh sách."),
    ("Lưu ý", "Không ghi số CCCD, dân tộc, tình trạng sức khỏe. Ô để trống không xóa thông tin đã có."),
    ("Lưu ý", "Người không còn trong danh sách không bị xóa: hãy ghi thôi công tác trên trang của người đó."),
)


def workbook(unit_names: Sequence[str], ended: Collection[str] = (), people: Sequence[Mapping[str, str]] = ()) -> bytes:
    """The template, with these units to choose from; categories that have ended are not offered. `people`: what its rows say,
    by field; every cell is a text, whatever it begins with."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    head = book.add_format(
        {"bold": True, "bg_color": "#1E2759", "font_color": "#FFFFFF", "border": 1, "text_wrap": True}
    )
    text, wrapped = book.add_format({"num_format": "@"}), book.add_format({"text_wrap": True, "valign": "top"})
    sheet, explained, lists = (book.add_worksheet(name) for name in ("Danh sách", "Hướng dẫn", "Danh mục"))
    for at, (field, heading) in enumerate(HEADINGS.items()):
        sheet.set_column(at, at, WIDTHS.get(field, 16), text if field in TEXT_COLUMNS else None)
        sheet.write_string(0, at, heading, head)
    for at, one in enumerate(people, 1):
        for column, field in enumerate(HEADINGS):
            if value := one.get(field):
                sheet.write_string(at, column, value)
    sheet.freeze_panes(1, 1)
    fields = list(HEADINGS)
    _choose(sheet, fields.index("sex"), ["Nam", "Nữ"])
    _choose(sheet, fields.index("category"), [one for one in rules.CATEGORIES if one not in ended])
    _choose(sheet, fields.index("direct_support"), ["có", "không"])
    for row, name in enumerate(unit_names):
        lists.write_string(row, 0, name)
    lists.set_column(0, 0, 40)
    if unit_names:
        _choose(sheet, fields.index("unit"), f"='Danh mục'!$A$1:$A${len(unit_names)}")
    explained.set_column(0, 0, 22)
    explained.set_column(1, 1, 90, wrapped)
    for row, (name, words) in enumerate(HOW_TO):
        explained.write_string(row, 0, name)
        explained.write_string(row, 1, words, wrapped)
    book.close()
    return out.getvalue()


def _choose(sheet: xlsxwriter.worksheet.Worksheet, column: int, among: list[str] | str) -> None:
    if isinstance(among, list) and sum(len(one) + 1 for one in among) > 250:  # Excel's limit for a list in a rule
        return
    rule = {"validate": "list", "source": among, "error_type": "warning", "error_message": "Hãy chọn trong danh sách."}
    sheet.data_validation(1, column, ROWS, column, rule)
