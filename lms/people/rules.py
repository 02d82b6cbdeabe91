"""What is allowed of units, postings and accounts. Pure."""

from datetime import date

from lms.kernel.refused import Refused
from lms.kernel.spans import STILL

CATEGORIES = (
    "cán bộ",
    "công chức",
    "viên chức",
    "nhân viên",
    "cộng tác viên",
    "người hoạt động không chuyên trách",
    "công an, biên phòng",
    "thành viên mô hình",
)
SEXES = ("female", "male", "")


def check_interval(valid_from: date, valid_to: date) -> None:
    """Half-open: the first day counts, the last does not."""
    if valid_from >= valid_to:
        raise Refused(
            "The end (%(to)s) has to come after the beginning (%(start)s).",
            to=valid_to.strftime("%d/%m/%Y"),
            start=valid_from.strftime("%d/%m/%Y"),
        )


def check_no_overlap(valid_from: date, valid_to: date, others: list[tuple[date, date]]) -> None:
    """One person is posted to the same unit once at a time."""
    for start, end in others:
        if valid_from < end and start < valid_to:
            until = "" if end == STILL else end.strftime("%d/%m/%Y")
            raise Refused(
                "This person is already posted here from %(start)s to %(end)s. End that posting first.",
                start=start.strftime("%d/%m/%Y"),
                end=until or "…",
            )


def check_category(category: str) -> None:
    if category and category not in CATEGORIES:
        raise Refused("The category “%(category)s” is not known. Choose one of the list.", category=category)


def username_from(search_key: str, taken: set[str]) -> str:
    """A user name made of the folded name: given name and initials ("vang thi my" -> "myvt"), numbered when taken."""
    words = search_key.split() or ["nguoi"]
    base = words[-1] + "".join(word[0] for word in words[:-1])
    base = "".join(letter for letter in base if letter.isascii() and letter.isalnum()) or "nguoi"
    name, count = base, 1
    while name in taken:
        count += 1
        name = f"{base}{count}"
    return name
