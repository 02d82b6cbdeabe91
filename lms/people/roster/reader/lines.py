"""What a row is that is not a person: a section, a total, a signature. Pure."""

import re
from dataclasses import dataclass
from functools import lru_cache

from lms.kernel.vietnamese import nfc, search_key, tidy
from lms.people import rules

_TOTAL = re.compile(
    r"(tổng(\s+(cộng|số))?|cộng|tong (cong|so)|cong)\b\s*[:.(=–-]?.*|(danh sách|ds|ấn định|bằng chữ|số người)\b.*",
    re.IGNORECASE,
)
_COUNT = re.compile(r"(\d{1,6})\s*(?:người|đồng chí|đ/c|cán bộ|nguoi)\b|[:=]\s*(\d{1,6})\s*$", re.IGNORECASE)
_SIGNATURE = re.compile(
    r"(tm|kt|tl|tuq|q)\s*[./].*|(người|can bo|cán bộ) (lập|tổng hợp|ghi)\b.*|(thủ trưởng|chủ tịch|phó chủ tịch|trưởng phòng|giám đốc"
    r"|hiệu trưởng|phó hiệu trưởng|trưởng trạm|bí thư)|.*\bký\b.*(tên|tên,).*|.*(đóng dấu|họ và tên\)|họ tên\)).*|nơi nhận.*|xác nhận\b.*"
    r"|.*ngày\s+\S+\s+tháng\s+\S+\s+năm.*|ghi chú\s*:.*|lưu ?ý\s*:.*|-\s*(như trên|lưu)\b.*",
    re.IGNORECASE,
)
_NUMBERED = re.compile(
    r"^\s*([IVXLC]{1,5}|[A-ZĐ]|\d{1,2}(?:\.\d{1,2})*)\s*[.)/:–-]+\s*(?=\S)|^\s*([IVXLC]{1,5})\s+(?=\S)"
)
_ROMAN = re.compile(r"[IVXLC]{1,6}\.?|[A-ZĐ]\.?|[a-z]\)?")
_BLOCK = re.compile(
    r"(khối|ban|bộ phận|nhóm|tổ|các|đoàn thể|phòng|trường|trạm|trung tâm|hội|ubnd|ủy ban|uỷ ban|đảng|hđnd|mttq|cán bộ|công chức|viên chức"
    r"|nhân viên|cộng tác viên|người hoạt động|không chuyên trách|xã|phường|thị trấn|huyện|thôn|bản|đơn vị|cơ quan|lực lượng|công an|chi (bộ|hội|đoàn|cục)"
    r"|mặt trận|đoàn (thanh|tncs|tn|xã)|văn phòng|thanh tra|đồn|quân sự|trường)\b",
    re.IGNORECASE,
)
_HAMLET = re.compile(r"(bản|thôn|xóm|ấp|buôn|làng|tổ dân phố|tdp|tổ|khu phố|tiểu khu|khu)\b", re.IGNORECASE)
_PERSISTS = re.compile(r"(khối|bộ phận|nhóm|tổ|các|đoàn thể|lực lượng|ban|danh sách)\b", re.IGNORECASE)
_CATEGORY = {search_key(one): one for one in rules.CATEGORIES} | {
    "hoat dong khong chuyen trach": "người hoạt động không chuyên trách",
    "khong chuyen trach": "người hoạt động không chuyên trách",
    "can bo khong chuyen trach": "người hoạt động không chuyên trách",
    "nguoi hoat dong khong chuyen trach thon ban": "người hoạt động không chuyên trách",
    "nguoi hoat dong khong chuyen trach o thon ban": "người hoạt động không chuyên trách",
    "nguoi hoat dong khong chuyen trach o cap xa": "người hoạt động không chuyên trách cấp xã",
    "khong chuyen trach cap xa": "người hoạt động không chuyên trách cấp xã",
    "nhan vien hop dong": "nhân viên",
    "nguoi lao dong": "nhân viên",
    "hop dong lao dong": "nhân viên",
    "hop dong": "nhân viên",
    "lao dong hop dong": "nhân viên",
}
_BEFORE = re.compile(r"^(khoi|nhom|danh sach|doi ngu|doi tuong|la)\s+")


@dataclass(frozen=True, slots=True)
class Section:
    """The words of a section row without their number, and the style of that number (roman, letter, digit, or none)."""

    text: str
    style: str


def is_total(text: str) -> bool:
    return _TOTAL.fullmatch(nfc(text).lstrip("( *-–")) is not None


def total_said(text: str) -> tuple[int, bool] | None:
    """How many people a total says, and whether of the whole list: "Tổng cộng: 23 người" does, "Cộng: 5 người" ends a section."""
    found = _COUNT.search(text)
    return (int(found[1] or found[2]), text.lower().startswith(("tổng", "tong"))) if found else None


def is_signature(text: str) -> bool:
    return _SIGNATURE.fullmatch(nfc(text)) is not None


def is_order(number: str) -> bool:
    """I, II, A, b): what numbers sections."""
    return _ROMAN.fullmatch(number.strip()) is not None


def section(number: str, text: str) -> Section:
    """`number`: what stands in the column of numbers."""
    words, order = tidy(text), tidy(number)
    if not order and (found := _NUMBERED.match(words)):
        order, words = found[1] or found[2], words[found.end() :]
    order = order.strip(".)")
    style = "digit" if order[:1].isdigit() else "roman" if re.fullmatch("[IVX]+", order) else "letter" if order else ""
    return Section(words.strip(" :."), style)


def looks_like_section(text: str) -> bool:
    """Words that head a part of a list and no name."""
    return _BLOCK.match(nfc(text)) is not None or _NUMBERED.match(text) is not None


def persists(text: str) -> bool:
    """Parts within a unit: "Khối Đảng" does not end the unit named above."""
    return _PERSISTS.match(nfc(text)) is not None


def is_hamlet(text: str) -> bool:
    """A part of a commune, which the register does not hold."""
    return _HAMLET.match(nfc(text)) is not None


@lru_cache(1024)  # a list says few things many times
def category_named(text: str) -> str:
    """The category a section or a cell names; empty when none, or several."""
    key = " ".join("".join(sign if sign.isalnum() else " " for sign in search_key(text)).split())
    return _CATEGORY.get(key, "") or _CATEGORY.get(_BEFORE.sub("", key), "") or _PLAIN.get(key, "")


_PLAIN = {" ".join(key.replace(",", " ").split()): one for key, one in _CATEGORY.items()}
