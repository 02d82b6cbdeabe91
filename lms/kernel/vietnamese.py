"""Vietnamese writing: one spelling to store, keys to search and to sort by, and how dates and numbers look.

Pure: no Flask, no database, no clock. Sources: Unicode CLDR collation `vi` for the order of letters and tones;
Nghị định 30/2020/NĐ-CP, Phụ lục I, for dates on paper.
"""

import re
import unicodedata
from collections.abc import Callable
from datetime import date, datetime, timedelta, timezone
from decimal import ROUND_FLOOR, ROUND_HALF_UP, Decimal

LONGEST_KEY = 200  # characters of a stored sort key; a name of 60 letters fits, a longer one is placed by its beginning
VIETNAM = timezone(timedelta(hours=7))  # no summer time since 1975

_BREVE, _CIRCUMFLEX, _HORN = "\u0306", "\u0302", "\u031b"
_TONES = {"\u0300": "1", "\u0309": "2", "\u0303": "3", "\u0301": "4", "\u0323": "5"}  # huyền hỏi ngã sắc nặng
# "~" stands after every letter and digit in ASCII, so "a" < "az" < "a~" (ă) < "a~~" (â) < "b".
_VOWEL_MARKS = {
    ("a", _BREVE): "~",
    ("a", _CIRCUMFLEX): "~~",
    ("e", _CIRCUMFLEX): "~",
    ("o", _CIRCUMFLEX): "~",
    ("o", _HORN): "~~",
    ("u", _HORN): "~",
}
_WEEKDAYS = ("Thứ Hai", "Thứ Ba", "Thứ Tư", "Thứ Năm", "Thứ Sáu", "Thứ Bảy", "Chủ nhật")
_DAY_FIRST = re.compile(r"(\d{1,2}) ?[/.-] ?(\d{1,2}) ?[/.-] ?(\d{4})", re.ASCII)
_YEAR_FIRST = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})", re.ASCII)
_LETTERS = "ÀÁÂÃÈÉÊÌÍÒÓÔÕÙÚÝàáâãèéêìíòóôõùúýĂăĐđĨĩŨũƠơƯư\u1ea0-\u1ef9"  # composed, besides ASCII
_TIDY = re.compile(f"(?:[!-~{_LETTERS}]+(?: [!-~{_LETTERS}]+)*)?")  # most of what is typed
_INVISIBLE = {"Cf", "Cs", "Cn", "Co"}  # zero-width and direction controls, lone surrogates, unassigned, private


def nfc(text: str) -> str:
    """The one spelling we store: composed letters, whatever keyboard typed them."""
    return unicodedata.normalize("NFC", text)


def tidy(text: str) -> str:
    """NFC, nothing invisible, every run of spaces, tabs and no-break spaces one space, none at the ends."""
    if _TIDY.fullmatch(text):
        return text
    seen = (" " if unicodedata.category(c) == "Cc" else c for c in text if unicodedata.category(c) not in _INVISIBLE)
    return nfc(" ".join("".join(seen).split()))


def search_key(text: str) -> str:
    """Lower case, no marks, đ as d, single spaces: "Đặng  Thị ỬNG" and "dang thi ung" give the same key.

    Compare keys with keys. SQLite's own `lower()` and `LIKE` know only ASCII.
    """
    return " ".join(_letters(text).translate(_BARE).split())


def sort_key(full_name: str) -> str:
    """A plain ASCII string whose byte order is the order of a Vietnamese list of names.

    Given name first, then the middle names, then the family name. Within each: the alphabet
    a ă â b c d đ e ê … first, then the tones none, huyền, hỏi, ngã, sắc, nặng. Store it in a column
    with binary collation (SQLite's default; COLLATE "C" on PostgreSQL).
    """
    family, middle, given = _name_parts(full_name)
    return " ".join((alphabet_key(given), alphabet_key(middle), alphabet_key(family)))[:LONGEST_KEY]


def alphabet_key(text: str) -> str:
    """The key of words in reading order, for names of places and things; letters first, tones after."""
    words = [_word_key(word) for word in _letters(text).split()]
    words = [(letters, tones) for letters, tones in words if letters]
    # A space sorts before everything, "!" before every letter: "thi" < "thi minh" < "thim".
    return "!".join(letters for letters, _ in words) + " " + "".join(tones or "0" for _, tones in words)


def given_name(full_name: str) -> str:
    """The last word, by which a person is greeted ("Chào chị Mỷ")."""
    return _name_parts(full_name)[2]


def short_date(day: date) -> str:
    """05/01/2026."""
    return f"{day.day:02}/{day.month:02}/{day.year:04}"


def short_datetime(moment: datetime) -> str:
    """05/01/2026 14:30, in Vietnam's time."""
    there = moment.astimezone(VIETNAM)
    return f"{short_date(there)} {there.hour:02}:{there.minute:02}"


def clock_time(moment: datetime) -> str:
    """14:30, in Vietnam's time."""
    return short_datetime(moment)[-5:]


def date_words(day: date) -> str:
    """ngày 05 tháng 01 năm 2026: days below 10 and the months 1 and 2 take a zero (NĐ 30/2020, Phụ lục I, mục II.4)."""
    return f"ngày {day.day:02} {month_words(day)}"


def month_words(day: date) -> str:
    """tháng 01 năm 2026; tháng 3 năm 2026."""
    month = f"{day.month:02}" if day.month <= 2 else str(day.month)
    return f"tháng {month} năm {day.year}"


def weekday(day: date) -> str:
    """Thứ Hai … Chủ nhật."""
    return _WEEKDAYS[day.weekday()]


def read_date(text: str) -> date | None:
    """The day somebody wrote: 5/1/2026, 05.01.2026, 5-1-2026 or 2026-01-05; None when it is no day of a calendar."""
    typed = tidy(text)
    if found := _DAY_FIRST.fullmatch(typed):
        day, month, year = found.groups()
    elif found := _YEAR_FIRST.fullmatch(typed):
        year, month, day = found.groups()
    else:
        return None
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        return None


def number(n: int | float | Decimal, decimals: int = 0) -> str:
    """1.234,5: dots between thousands, a comma before decimals, halves rounded away from zero."""
    if isinstance(n, int) and not decimals:  # as most are, some hundred on a page of figures
        return f"{n:,}".replace(",", ".")
    exact = Decimal(str(n)).quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP)
    return f"{exact:,f}".translate(str.maketrans(",.", ".,"))


def megabytes(size: int) -> str:
    """0,9 MB, of bytes; never less than 0,1."""
    return f"{number(max(size / 1_000_000, 0.1), 1)}\u00a0MB"


def percent(n: int, of: int) -> str | None:
    """94,1 %: one decimal, rounded down, so that only n == of reads 100 %, kept on one line; None when there is nothing to divide by.

    Something that is not nothing never reads as 0: below a tenth of a percent it is "< 0,1 %".
    """
    if of == 0:
        return None
    if n in (0, of):
        return "100\u00a0%" if n else "0\u00a0%"
    share = (Decimal(100 * n) / Decimal(of)).quantize(Decimal("0.1"), rounding=ROUND_FLOOR)
    return f"{number(share, 1)}\u00a0%" if share else "<\u00a00,1\u00a0%"


def _letters(text: str) -> str:
    """Lower case and taken apart: base letters each followed by their marks, nothing invisible; đ has no parts."""
    return unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold()).translate(_SEEN)


class _Table(dict[int, int | None]):
    """What becomes of each sign, worked out when it is first met: tens of thousands of names are folded in one list."""

    def __init__(self, becomes: Callable[[str], str | None]) -> None:
        super().__init__()
        self.becomes = becomes

    def __missing__(self, code: int) -> int | None:
        found = self.becomes(chr(code))
        self[code] = kept = ord(found) if found else None
        return kept


def _visible(c: str) -> str | None:
    category = unicodedata.category(c)
    return " " if category == "Cc" else None if category in _INVISIBLE else c


def _unmarked(c: str) -> str | None:
    return None if unicodedata.category(c).startswith("M") else "d" if c == "đ" else c


_SEEN, _BARE = _Table(_visible), _Table(_unmarked)


def _word_key(word: str) -> tuple[str, str]:
    """The letters and the tones of one word; hòa and hoà are the same word, so a tone's place does not count."""
    letters, tones, vowel = "", "", ""
    for c in word:
        if c in _TONES:
            tones += _TONES[c]
        elif (vowel, c) in _VOWEL_MARKS:
            letters += _VOWEL_MARKS[vowel, c]
        elif c == "đ":
            letters += "d~"
        elif c.isalnum():
            vowel = c
            letters += c if c.isascii() else f"{{{ord(c):06x}"  # "{" stands after z: other scripts come last
    return letters, tones


def _name_parts(full_name: str) -> tuple[str, str, str]:
    """Family name, middle names, given name; a single word is a given name."""
    words = tidy(full_name).split()
    if len(words) < 2:
        return "", "", "".join(words)
    return words[0], " ".join(words[1:-1]), words[-1]
