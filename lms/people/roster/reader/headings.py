"""What a heading means, by its words in any case and order of levels: "Ngày, tháng,\\nnăm sinh (*)" over "Nam". Pure.

The first rule that fits decides; of two columns for one field the one with the earlier rule is taken.
"""

import re
import unicodedata

from lms.kernel.vietnamese import search_key

NOT_KEPT = "not kept"  # understood, and deliberately left out
_HALVED = re.compile(r"([^:(\[–-]+?)\s*[:(\[–-]\s*(nam|nữ|nu)\s*[)\]]?\s*", re.IGNORECASE)
_BOTH = re.compile(r"\bnam\b.*\bn[ữu]\b|\bn[ữu]\b.*\bnam\b", re.IGNORECASE)
_NO = str.maketrans({"#": " no ", "°": "o", "º": "o"})
_BRACKETS = re.compile(r"\([^)]*\)|\[[^\]]*\]|[*:]")

_RULES: tuple[tuple[str, str], ...] = (
    ("number", r"(s ?t ?t|tt|so tt|so thu tu|thu tu|no|stt \w+)"),
    (NOT_KEPT, r".*\b(vo|chong|cha|me|nguoi than|chu ho|phu huynh|con)\b.*"),
    (NOT_KEPT, r".*\b(cccd|cmnd|cmtnd|can cuoc|chung minh|dinh danh|ma so thue|bhxh|bao hiem|ho chieu)\b.*"),
    (NOT_KEPT, r"(ngay |nam )?(vao|ket nap) (dang|doan)\b.*|.*\b(dang vien|llct|ly luan)\b.*"),
    (NOT_KEPT, r".*\b(id card|identity|education|degree|signature|remarks?|notes?|address|age)\b.*"),
    ("staff_code", r"(staff|employee|personnel) (code|id|no|number)|code"),
    (
        "staff_code",
        r"(ma|so hieu)( so)?( dinh danh)? ?(can bo|cb|cc|vc|cbcc|cbccvc|cong chuc|vien chuc|nhan vien|nv|nhan su|ho so)\b.*",
    ),
    ("staff_code", r"ma( so)?|so hieu|ma hoc vien"),
    ("family", r"ho( va)?( ten)?( chu)? ?(dem|lot)|ho va dem|ho dem|ho|last name|surname|family( and middle)? name"),
    ("given", r"ten( goi| rieng)?|(first|given) name"),
    ("full_name", r"full ?name|name( and surname)?|hovaten|h ten|ong( hoac)?( ba)?"),
    ("full_name", r"(ho va ten|ho ten|hoten|ho,? chu dem,? va ten|ho dem va ten|ho chu dem va ten)\b.*"),
    (
        "full_name",
        r"ten (can bo|cb|cong chuc|vien chuc|nhan vien|hoc vien|dai bieu|nguoi|nhan su)\b.*|danh tinh|ho va ten.*",
    ),
    (NOT_KEPT, r".*\b(noi sinh|que quan|nguyen quan|khai sinh|hoc sinh|sinh hoat|ve sinh|sinh song|sinh con)\b.*"),
    (
        "birth",
        r"(ngay|nam|thang|ngay thang)( thang)?( nam)? ?sinh\b.*|sinh (ngay|nam)\b.*|ntns|ns|n ?t ?n ?sinh|nam ?sinh.*|ngay ?sinh.*",
    ),
    (
        "birth",
        r"n ?sinh|ng ?sinh|dob|(date|year|day) of birth|birth( ?(date|day|year))?|born",
    ),
    ("sex", r"gioi tinh|phai|gioi|nam (hay |hoac )?nu|gt|g tinh|sex|gender"),
    ("ethnicity", r"dan toc|d toc|thanh phan dan toc|ethnic(ity|( minority)? group)?"),
    ("phone", r".*\b(di dong|dtdd|sdt|so dien thoai|so dt)\b.*"),
    ("phone", r".*\b(dien thoai|zalo|so may|so lien lac|so lien he)\b.*|lien (he|lac)|d thoai|dt( dd| lien he| lh)?"),
    ("phone", r"(phone|mobile|tel|telephone|cell|contact)( phone)?( no| number)?"),
    ("direct_support", r"direct(ly)? (support|assist|assists|supports)( victims| survivors)?"),
    ("direct_support", r".*\btruc tiep\b.*\b(tro giup|ho tro|giup|nan nhan|tu van|lam viec)\b.*|truc tiep"),
    ("direct_support", r".*\b(tro giup|ho tro)\b.*\b(nan nhan|nguoi bi|truc tiep)\b.*"),
    (
        "valid_from",
        r"(cong tac )?tu ngay|ngay bat dau.*|cong tac tu( ngay)?|(ngay|thoi gian) (ve|nhan|den) (don vi|co quan|cong tac|nhan viec)",
    ),
    ("position", r"(job )?(position|title)( held)?|job|role|post|occupation"),
    ("unit", r"(name of )?(unit|agency|office|organi[sz]ation|workplace|department|commune|place of work)( name)?"),
    ("unit", r"dia chi (co quan|don vi|cong tac|noi lam viec)"),
    ("position", r"(chuc vu|chuc danh)( chuc vu| chuc danh)?( hien nay| hien tai| chinh quyen| dang giu| cong tac)?"),
    ("position_unit", r"(chuc vu|chuc danh).*\b(don vi|noi cong tac|co quan)\b.*"),
    (
        "unit",
        r"(ten )?don vi( cong tac| dang cong tac| lam viec| hien nay| quan ly)?|(noi|co quan|dia diem) (dang )?(cong tac|lam viec)",
    ),
    ("unit", r"(ten )?(co quan|don vi|noi cong tac|noi lam viec|phong ban|truong|co quan don vi)\b(?! tinh).*"),
    ("unit", r"d ?vi?|dvct|thuoc don vi|(d ?vi?|noi|don vi) (cong tac|ct)|d ?vi? lam viec"),
    ("unit", r"(ten )?xa( phuong)?( thi tran| tt)?|dia phuong|dia ban( cong tac)?"),
    (
        "category",
        r"nhom( can bo| doi tuong)?|doi tuong( can bo| tap huan)?|(phan )?loai can bo|loai hinh( can bo| lao dong)?|(thuoc )?dien( can bo)?",
    ),
    ("category", r"category|(can bo|cb)( cong chuc| cc)( vien chuc| vc)|cbcc ?vc"),
    ("position", r"(vi tri|chuc vu|chuc danh|chuc trach|nhiem vu|nghe nghiep|cong tac|cv|vtvl)\b(?!.*\bdang\b).*"),
    ("position", r"chuc vu.*|cong viec\b.*|(c|ch) vu"),
    (
        NOT_KEPT,
        (
            r".*\b(trinh do|hoc van|chuyen mon|ngoai ngu|tin hoc|cho o|noi o|thuong tru|tam tru|dia chi|email|e mail|thu dien tu|ghi chu|luong"
            r"|ngach|bac|he so|ton giao|hon nhan|tai khoan|ngan hang|suc khoe|ky (ten|nhan)|chu ky|anh|bang cap|tuoi|khen thuong|ky luat|ho khau|ngay cap|noi cap|tuyen dung|chuyen nganh|tdcm)\b.*"
        ),
    ),
)
_COMPILED = [(field, re.compile(rule)) for field, rule in _RULES]
_BIRTH_PARTS = {"ngay": "birth_day", "thang": "birth_month", "nam": "birth_year"}


def field_of(levels: tuple[str, ...]) -> tuple[str, int]:
    """The field below these headings (topmost first) and the rank of the rule; an empty field when nothing is known."""
    said = [level for level in levels if level.strip()]
    if not said:
        return "", 0
    top, leaf = " ".join(said[:-1]), said[-1]
    if half := _half(leaf):
        return half, 0
    if top:
        above = field_of((top,))[0]
        if above == "birth" and (part := _BIRTH_PARTS.get(folded(leaf))):
            return part, 0
        both, rank = _ruled(folded(f"{top} {leaf}"))
        alone, own = _ruled(folded(leaf))
        if alone and alone != NOT_KEPT:
            return alone, own
        return (both, rank) if both else (above, rank + 1)
    return _ruled(folded(leaf))


def halved(levels: tuple[str, ...]) -> tuple[str, ...]:
    """ "Năm sinh (nữ)" and "Sinh năm: Nam" as if "Nam" and "Nữ" stood below."""
    found = _HALVED.fullmatch(levels[0]) if len(levels) == 1 else None
    return (found[1], found[2]) if found and field_of((found[1],))[0] == "birth" else levels


def folded(heading: str) -> str:
    """ "Ngày, tháng,\nnăm sinh (*)" as "ngay thang nam sinh"."""
    heading = heading[:120].translate(_NO)
    key = search_key(heading if _BOTH.search(heading) and len(heading) < 16 else _BRACKETS.sub(" ", heading))
    return " ".join("".join(sign if sign.isalnum() else " " for sign in key).split())


def key_of(levels: tuple[str, ...]) -> str:
    """Under which a mapping is remembered."""
    return " / ".join(folded(level) for level in levels if level.strip())


def _half(leaf: str) -> str:
    """ "Nam" (male) and "Năm" (year) differ by one mark, so marks count here. "Nam (nữ)" is neither half."""
    if _BOTH.search(leaf):
        return ""
    bare = unicodedata.normalize("NFC", _BRACKETS.sub("", leaf)).strip(" .,;").casefold()
    if bare == "nam":
        return "male"
    return "female" if bare in ("nữ", "nu", "nử") else ""


def _ruled(key: str) -> tuple[str, int]:
    for rank, (field, rule) in enumerate(_COMPILED):
        if rule.fullmatch(key):
            return field, rank
    return "", 0
