"""A phone number as it arrives: without its zero, with dots, +84, two in one cell, under a prefix of before 2018. Pure."""

import re
from dataclasses import dataclass

from lms.people import rules

# 11-digit mobile numbers became 10-digit ones from 15/09/2018 (plan of the Ministry of Information and Communications of 2018)
_OLD = dict(
    zip(
        [
            "0120",
            "0121",
            "0122",
            "0126",
            "0128",
            "0123",
            "0124",
            "0125",
            "0127",
            "0129",
            "0162",
            "0163",
            "0164",
            "0165",
            "0166",
            "0167",
            "0168",
            "0169",
            "0186",
            "0188",
            "0199",
        ],
        [
            "070",
            "079",
            "077",
            "076",
            "078",
            "083",
            "084",
            "085",
            "081",
            "082",
            "032",
            "033",
            "034",
            "035",
            "036",
            "037",
            "038",
            "039",
            "056",
            "058",
            "059",
        ],
        strict=True,
    )
)
_BETWEEN = re.compile(r"\s*[/;,|\n]\s*|\s+(?:-|–|hoặc|và)\s+")
_WORDS = re.compile(r"[a-zà-ỹđ():*_]+", re.IGNORECASE)
_GROUPED = re.compile(r"\d{1,4}(?:,\d{3}){2,3}", re.ASCII)  # 912,345,678
_SCIENTIFIC = re.compile(r"\d[.,]\d{7,9}E\+?0?[89]", re.IGNORECASE | re.ASCII)  # with every digit still there
_SOMEWHERE = re.compile(r"(?<!\d)0\d{9}(?!\d)", re.ASCII)


@dataclass(frozen=True, slots=True)
class Phone:
    number: str  # digits from 0
    why: str = ""  # zero, country, two, old_prefix


def read_phone(cell: object) -> Phone | None:
    """None: not a phone number."""
    if isinstance(cell, float):
        cell = str(int(cell)) if cell.is_integer() else str(cell)
    text = str(cell).strip().lstrip("'`´’")
    if _SCIENTIFIC.fullmatch(text):
        text = str(round(float(text.replace(",", "."))))
    elif _GROUPED.fullmatch(text):
        text = text.replace(",", "")
    if (number := _one(text)) is not None:
        return Phone(number[0], number[1])
    for part in _BETWEEN.split(text):
        if (number := _one(_WORDS.sub("", part))) is not None:
            return Phone(number[0], "two" if _BETWEEN.search(text) else number[1])
    if len(several := _SOMEWHERE.findall(text)) > 1:  # 0912000001 0912000002
        return Phone(several[0], "two")
    return None


def _one(text: str) -> tuple[str, str] | None:
    text = re.sub(
        r"^\(?(?:\+|00)?84\)?[\s.-]*(?:\(0\)|0)(?=(?:[\s.-]*\d){9,10}$)", "0", text.strip()
    )  # +84 0912…, +84 (0)912…
    text = re.sub(r"^(?:00|\(?0)84\)?[\s.-]*(?=(?:[\s.-]*\d){9}$)", "+84", text)  # 0084 912…, (084) 912…
    number = rules.read_phone(re.sub(r"\.0$", "", text) if re.fullmatch(r"\d{9,11}\.0", text, re.ASCII) else text)
    digits = re.sub(r"\D", "", text)
    if number is None and (f"0{digits}"[:4] in _OLD or digits[:1] == "2"):
        number = rules.read_phone(f"0{digits}")  # an old or a landline number whose zero is lost
    if number is None:
        return None
    if len(number) == 11 and number[:4] in _OLD:
        return _OLD[number[:4]] + number[4:], "old_prefix"
    if digits == number:
        return number, ""
    return number, "zero" if f"0{digits}" == number else "country"
