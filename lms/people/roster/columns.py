"""The columns of our template: field and heading. What other headings mean, `reader/headings.py` knows."""

HEADINGS: dict[str, str] = {
    "full_name": "Họ và tên",
    "staff_code": "Mã cán bộ",
    "birth": "Ngày sinh",
    "sex": "Giới tính",
    "category": "Nhóm",
    "position": "Chức vụ",
    "direct_support": "Trực tiếp trợ giúp",
    "unit": "Đơn vị",
    "phone": "Số điện thoại",
    "valid_from": "Từ ngày",
}
