"""Small cells: ticks, yes and no, sex, ethnicity, "as above". Pure."""

import re
from functools import lru_cache

from lms.kernel.vietnamese import search_key, tidy

TICKS = frozenset({"x", "xx", "v", "+", "✓", "✔", "☑", "√", "1", "*", "ü"})  # "ü" is the tick of the font Wingdings
YES, NO = (
    frozenset({"co", "yes", "y", "true", "dung"}),
    frozenset({"khong", "ko", "k", "no", "n", "0", "false", "-", "o"}),
)
_NOTHING = re.compile(
    r"[-–—./_?*…\s]+|0+|(khong|chua|ko|k|o)( (co|ro|biet|nho|xac dinh|cung cap))?|n/?a|null|none|trong", re.IGNORECASE
)
_SEXES = {"nam": "male", "male": "male", "m": "male", "trai": "male", "nu": "female", "female": "female", "f": "female"}
_SEXES |= {
    "gai": "female",
    "ba": "female",
    "ong": "male",
    "nu gioi": "female",
    "nam gioi": "male",
    "♀": "female",
    "♂": "male",
}
_DITTO = re.compile(
    r"[-–(\s\"“”]*(?:n\s?[./]?\s?t|nh[uư]\s*tr[eê]n|ditto|[\"“”„″〃]+(?:\s*[\"“”„″〃]+)*|(?:'{2}\s*)+|,,|-{2,}|//)[-–)\s\"“”.]*",
    re.IGNORECASE,
)
# Spellings met in lists, to the name in the national list of ethnic groups
_PEOPLES = {
    "hmong": "Mông", "mong": "Mông", "meo": "Mông", "h mong": "Mông", "h'mong": "Mông",
    "lu": "Lự", "giay": "Giáy", "day": "Giáy", "kho mu": "Khơ Mú", "ha nhi": "Hà Nhì", "kinh": "Kinh", "viet": "Kinh",
    "thai": "Thái", "dao": "Dao", "lao": "Lào", "tay": "Tày", "nung": "Nùng", "muong": "Mường", "la hu": "La Hủ",
    "si la": "Si La", "cong": "Cống", "mang": "Mảng", "khang": "Kháng", "la ha": "La Ha", "san chay": "Sán Chay",
    "san diu": "Sán Dìu", "phu la": "Phù Lá", "lo lo": "Lô Lô", "hoa": "Hoa", "pa then": "Pà Thẻn", "co lao": "Cơ Lao",
    "la chi": "La Chí", "bo y": "Bố Y", "pu peo": "Pu Péo", "tho": "Thổ", "xinh mun": "Xinh Mun", "ngai": "Ngái",
}  # fmt: skip

_NATIONAL = frozenset(_PEOPLES.values())


def word(cell: object) -> str:
    """What a small cell says, folded."""
    if isinstance(cell, bool):
        return "x" if cell else ""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return search_key(str(cell)).strip(" .;:,()[]")


def is_tick(cell: object) -> bool:
    return word(cell) in TICKS


@lru_cache(1024)  # a list says few things many times
def is_ditto(cell: object) -> bool:
    """nt, n.t, -nt-, như trên, quotation marks."""
    return isinstance(cell, str) and len(cell) < 16 and _DITTO.fullmatch(cell.strip()) is not None


def is_nothing(cell: object) -> bool:
    """-, không có, chưa rõ: somebody filled in that there is nothing."""
    text = str(int(cell)) if isinstance(cell, float) and cell.is_integer() else str(cell)
    return len(text) < 24 and _NOTHING.fullmatch(search_key(text)) is not None


def read_sex(cell: object) -> str | None:
    """male, female, empty; None when it is neither."""
    said = word(cell)
    return _SEXES.get(said) if said else ""


def read_yes(cell: object) -> bool | None:
    """True, False; None when the cell says neither."""
    said = word(cell)
    if said in TICKS or said in YES:
        return True
    return False if said in NO else None


def is_people(cell: object) -> bool:
    """An ethnic group of the table."""
    return isinstance(cell, str) and read_people(cell) in _NATIONAL


def read_people(cell: object) -> str:
    """The name of an ethnic group; what is not in the table stays as it is written."""
    text = tidy(str(cell)) if cell != "" else ""
    bare = re.sub(r"^(?:dân tộc|dt\.?)\s+", "", text, flags=re.IGNORECASE)
    return _PEOPLES.get(search_key(bare).replace("’", "'").strip("."), bare.capitalize() if bare.isupper() else bare)
