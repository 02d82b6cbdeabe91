"""What the page says of how a list was understood: the slugs of the reader in words. Pure."""

from lms.kernel.i18n import N_

FIELDS = {
    "full_name": "Họ và tên",
    "family": "Họ và tên đệm",
    "given": "Tên",
    "staff_code": "Mã cán bộ",
    "birth": "Ngày sinh",
    "birth_male": "Ngày sinh (nam)",
    "birth_female": "Ngày sinh (nữ)",
    "birth_day": "Ngày (sinh)",
    "birth_month": "Tháng (sinh)",
    "birth_year": "Năm (sinh)",
    "sex": "Giới tính",
    "male": "Nam (đánh dấu)",
    "female": "Nữ (đánh dấu)",
    "category": "Nhóm",
    "position": "Chức vụ",
    "position_unit": "Chức vụ, đơn vị",
    "direct_support": "Trực tiếp trợ giúp",
    "unit": "Đơn vị",
    "phone": "Số điện thoại",
    "valid_from": "Từ ngày",
    "number": "Số thứ tự",
    "ethnicity": "Dân tộc (không lưu)",
}
SAID = {
    ("on", "given"): N_("the day that was given"),
    ("on", "title"): N_("the day in the title"),
    ("on", "names"): N_("the last day on which its units were all called so"),
    ("on", "today"): N_("today, because the list names no day"),
    ("unit", "chosen"): N_("the unit that was chosen"),
    ("unit", "title"): N_("named in the title"),
    ("unit", "sheet_name"): N_("named by the sheet"),
    ("column", "heading"): N_("its heading says so"),
    ("column", "remembered"): N_("said before for this unit"),
    ("column", "contents"): N_("by its heading and what stands below"),
    ("column", "not_kept"): N_("we do not keep this"),
    ("column", "unknown"): N_("heading not known"),
    ("row", "title"): N_("title"),
    ("row", "section"): N_("heading of a section"),
    ("row", "total"): N_("total"),
    ("row", "signature"): N_("signature"),
    ("row", "numbering"): N_("numbers of the columns"),
    ("row", "header"): N_("header again"),
    ("row", "no_person"): N_("no name"),
}


def said_of(kind: str, slug: str) -> str:
    """An English source sentence; a slug without words stands for itself."""
    return SAID.get((kind, slug), slug)
