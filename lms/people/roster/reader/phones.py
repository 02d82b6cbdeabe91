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
_WORDS = re.compile(r"[a-zà-ỹđ():]+", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Phone:
    number: str  # digits from 0
    why: str = ""  # zero, country, two, old_prefix


def read_phone(cell: object) -> Phone | None:
    """None: not a phone number."""
    if isinstance(cell, float):
        cell = str(int(cell)) if cell.is_integer() else str(cell)
    text = str(cell).strip().lstrip("'`´’")
    if (number := _one(text)) is not None:
        return Phone(number[0], number[1])
    for part in _BETWEEN.split(text):
        if (number := _one(_WORDS.sub("", part))) is not None:
            return Phone(number[0], "two" if _BETWEEN.search(text) else number[1])
    return None


def _one(text: str) -> tuple[str, str] | None:
    text = re.sub(r"^\(?\+?84\)?[\s.-]*(?:\(0\)|0)(?=[\s.-]*\d)", "0", text.strip())  # +84 0912…, +84 (0)912…
    number = rules.read_phone(re.sub(r"\.0$", "", text) if re.fullmatch(r"\d{9,11}\.0", text, re.ASCII) else text)
    if number is None:
        return None
    if len(number) == 11 and number[:4] in _OLD:
        return _OLD[number[:4]] + number[4:], "old_prefix"
    digits = re.sub(r"\D", "", text)
    if digits == number:
        return number, ""
    return number, "zero" if f"0{digits}" == number else "country"
