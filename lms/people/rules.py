"""What is allowed of units, postings and accounts. Pure."""

import re
import unicodedata
from collections.abc import Iterable
from datetime import date, timedelta

from zxcvbn import zxcvbn

from lms.kernel.refused import Refused
from lms.kernel.spans import STILL
from lms.kernel.vietnamese import read_date, search_key, short_date
from lms.people.roles import Role

CATEGORIES = (
    "cán bộ",
    "công chức",
    "viên chức",
    "nhân viên",
    "cộng tác viên",
    "người hoạt động không chuyên trách",
    "người hoạt động không chuyên trách cấp xã",
    "công an, biên phòng",
    "thành viên mô hình",
)
LONGEST_NAME = 100
SEXES = ("female", "male", "")
SHORTEST_PASSPHRASE = 15  # characters, where the passphrase is the only factor (NIST SP 800-63B-4)
FEWEST_GUESSES = 10**12  # four words of ours stand 10^14 and more by the same measure
LONGEST_GUESSED = 72  # characters that are looked at; what is longer is only better
SHORTEST_REST = 8  # characters left when what anybody could guess is taken out
GUESSED: tuple[str, ...] = (
    "mat khau",
    "matkhau",
    "password",
    "passphrase",
    "tap huan",
    "taphuan",
    "tam duong",
    "tamduong",
    "lai chau",
)
GUESSED += ("laichau", "bao luc", "admin", "qwerty", "abcdef", "0123456789", "123456789", "987654321")
EARLIEST, AHEAD = date(1945, 9, 2), timedelta(days=3 * 366)
GRANTABLE_BY_OFFICE = frozenset({Role.FOCAL, Role.TRAINER})
GRANTABLE = frozenset(Role) - {Role.LEARNER}


def check_interval(valid_from: date, valid_to: date) -> None:
    """Half-open: the first day counts, the last does not."""
    if valid_from >= valid_to:
        raise Refused(
            "The end (%(to)s) has to come after the beginning (%(start)s).",
            to=short_date(valid_to),
            start=short_date(valid_from),
        )


def day_after(last: date) -> date:
    """The first day that no longer counts."""
    return last + timedelta(days=1)


def check_still_held(valid_to: date, on: date) -> None:
    """What has ended cannot be changed or ended on a later day."""
    if on >= valid_to:
        raise Refused("This ended on %(day)s already.", day=short_date(valid_to))


def check_begun(valid_from: date, on: date) -> None:
    """Nothing changes or ends before it begins; what ends on its first day never was."""
    if on < valid_from:
        raise Refused("This begins on %(day)s only: choose that day or a later one.", day=short_date(valid_from))


def check_day(day: date, today: date) -> None:
    """A day on which somebody may begin to work: no slip of the year."""
    if not EARLIEST <= day <= today + AHEAD:
        raise Refused("%(day)s cannot be right. Check the year.", day=short_date(day))


def check_confirmed_day(on: date, *, today: date, began: date, ended: date) -> None:
    """A list is complete as of a day that has come, on which the unit stood."""
    if on > today:
        raise Refused("%(day)s has not come yet: choose today or an earlier day.", day=short_date(on))
    if on < began:
        raise Refused("The unit began on %(day)s: choose that day or a later one.", day=short_date(began))
    if on >= ended:
        raise Refused("The unit ended on %(day)s: choose a day before.", day=short_date(ended))


def check_no_overlap(valid_from: date, valid_to: date, others: list[tuple[date, date]]) -> None:
    """One person is posted to the same unit once at a time."""
    for start, end in others:
        if valid_from < end and start < valid_to:
            if end == STILL:
                raise Refused(
                    "This person is posted here since %(start)s. Correct or end that posting first.",
                    start=short_date(start),
                )
            raise Refused(
                "This person is posted here from %(start)s to %(end)s. Correct or end that posting first.",
                start=short_date(start),
                end=short_date(end),
            )


def check_not_excepted(valid_from: date, valid_to: date, others: list[tuple[date, date]]) -> None:
    """An exception of one kind holds once at a time."""
    for start, end in others:
        if valid_from < end and start < valid_to:
            raise Refused(
                "There is an exception of this kind from %(start)s to %(end)s already. Correct or end that one.",
                start=short_date(start),
                end="…" if end == STILL else short_date(end),
            )


def check_not_held(valid_from: date, valid_to: date, others: list[tuple[date, date]]) -> None:
    """A role over a unit is held once at a time."""
    if any(valid_from < end and start < valid_to for start, end in others):
        raise Refused("This role over this unit is held already.")


def read_birth(text: str) -> tuple[date, str] | None:
    """A day (5/3/1985), a month (03/1985) or a year (1985), with how exact it is; a month or year is kept as its first day."""
    if day := read_date(text):
        return day, "day"
    if found := re.fullmatch(r"(?:(\d{1,2}) ?[/.-] ?)?(\d{4})", text.strip(), re.ASCII):
        month, year = int(found[1] or 1), int(found[2])
        if 1 <= month <= 12 and year:
            return date(year, month, 1), "month" if found[1] else "year"
    return None


def birth_words(birth: date | None, precision: str) -> str:
    """As exact as we know it: 05/03/1985, 03/1985 or 1985; empty when unknown."""
    if birth is None:
        return ""
    return {"year": f"{birth.year}", "month": f"{birth.month:02}/{birth.year}"}.get(precision, short_date(birth))


def check_birth(birth: date, on: date) -> None:
    """Someone on a staff list is between 14 and 100 years old."""
    if not 14 <= on.year - birth.year <= 100:
        raise Refused("Nobody on a staff list was born in %(year)s. Check the year.", year=birth.year)


def check_name(name: str) -> None:
    """A name is made of letters: markup, formulas and words in an old font (TCVN3, VNI) are not names."""
    if not name:
        raise Refused("A person needs a name.")
    if len(name) > LONGEST_NAME:
        raise Refused("The name is longer than %(most)s letters.", most=LONGEST_NAME)
    if not all(_of_a_name(letter) for letter in unicodedata.normalize("NFD", name)):
        raise Refused("The name holds signs that no name has. Is it typed in an old font (.VnTime, VNI)?")


def read_phone(text: str) -> str | None:
    """Ten digits from 0, eleven of a landline or an old mobile; +84 and a 0 that a spreadsheet dropped are mended. None: not a phone number."""
    digits = re.sub(r"[\s.()-]", "", text)
    digits = re.sub(r"^\+?84(?=\d{9}$)", "0", digits)
    digits = f"0{digits}" if re.fullmatch(r"[1-9]\d{8}", digits, re.ASCII) else digits
    return digits if re.fullmatch(r"0\d{9}|0[12]\d{9}", digits, re.ASCII) else None


def _of_a_name(letter: str) -> bool:
    return letter in " .'’-đĐ" or (letter.isascii() and letter.isalpha()) or unicodedata.category(letter) == "Mn"


def check_category(category: str) -> None:
    if category and category not in CATEGORIES:
        raise Refused("The category “%(category)s” is not known. Choose one of the list.", category=category)


def check_category_open(category: str, on: date, ended: date) -> None:
    """From the day a category ended, nobody is posted in it anew."""
    if on >= ended:
        raise Refused(
            "The category “%(category)s” ended on %(day)s. Choose another, or “not known yet”.",
            category=category,
            day=short_date(ended),
        )


def check_grantable(role: Role) -> None:
    if role not in GRANTABLE:
        raise Refused("Everyone with an account is a learner: there is nothing to grant.")


def may_grant(role: Role, unit_id: int, *, admin_over: frozenset[int], office_over: frozenset[int]) -> bool:
    """An admin grants any role over units they hold; an office grants focal and trainer over its own. Nobody grants more."""
    return role in GRANTABLE and (unit_id in admin_over or (role in GRANTABLE_BY_OFFICE and unit_id in office_over))


def may_handle_account(
    held: Iterable[tuple[Role, int]], *, admin_over: frozenset[int], office_over: frozenset[int]
) -> bool:
    """Whoever renews a passphrase could use it: so only of accounts that hold nothing one could not grant oneself."""
    return all(may_grant(role, unit_id, admin_over=admin_over, office_over=office_over) for role, unit_id in held)


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


def check_passphrase(passphrase: str, known: Iterable[str] = (), places: Iterable[str] = ()) -> None:
    """Long enough, none of those tried first, and not made of what others know of us.

    `known`: own name, user name, phone, birth: each word of them is taken out; `places`: names of units, taken out whole.
    What is left has to be something, and the whole has to stand 10^12 guesses by whoever begins with the passwords that were
    stolen elsewhere, words, names, dates and keyboard walks (zxcvbn, whose lists of 30,000 passwords come with it; NIST
    SP 800-63B-4, 3.1.1.2). The phone and the birth day count as such a word too.
    """
    if len(passphrase) < SHORTEST_PASSPHRASE:
        raise Refused("A passphrase needs at least %(least)s characters. Four words do it.", least=SHORTEST_PASSPHRASE)
    words = {key for text in (*GUESSED, *known) for key in _guesses(text)} | {
        key for text in places for key in _place(text)
    }
    words = {word for word in words if len(word) > 2}
    rest = whole = search_key(passphrase)
    for word in sorted(words, key=len, reverse=True):
        rest = rest.replace(word, "")
    little = len(rest.replace(" ", "")) < SHORTEST_REST or len(set(rest)) < 5
    if little or zxcvbn(whole[:LONGEST_GUESSED], sorted(words))["guesses"] < FEWEST_GUESSES:
        raise Refused(
            "This passphrase is easy to guess: it is made of names, places, dates or repeats, or many people use it. "
            "Take four other words."
        )


def _guesses(text: str) -> set[str]:
    key = search_key(text)
    return {key, key.replace(" ", ""), *key.split()}


def _place(name: str) -> set[str]:
    """ "Xã Bình Lư" is guessed with and without its kind and its spaces."""
    key = search_key(name)
    bare = key.partition(" ")[2]
    return {form for one in (key, bare) for form in (one, one.replace(" ", "")) if len(form) > 4}
