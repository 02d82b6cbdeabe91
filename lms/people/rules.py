"""What is allowed of units, postings and accounts. Pure."""

from collections.abc import Iterable
from datetime import date

from lms.kernel.refused import Refused
from lms.kernel.spans import STILL
from lms.kernel.vietnamese import search_key, short_date
from lms.people.roles import Role

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
SHORTEST_PASSPHRASE = 15  # characters, where the passphrase is the only factor (NIST SP 800-63B-4)
SHORTEST_REST = 8  # characters left when what anybody could guess is taken out
GUESSED = ("mat khau", "matkhau", "password", "passphrase", "tap huan", "taphuan", "tam duong", "tamduong", "lai chau")
GUESSED += ("laichau", "bao luc", "admin", "qwerty", "abcdef", "0123456789", "123456789", "987654321")
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


def check_still_held(valid_to: date, on: date) -> None:
    """What has ended cannot be changed or ended on a later day."""
    if on >= valid_to:
        raise Refused("This ended on %(day)s already.", day=short_date(valid_to))


def check_no_overlap(valid_from: date, valid_to: date, others: list[tuple[date, date]]) -> None:
    """One person is posted to the same unit once at a time."""
    for start, end in others:
        if valid_from < end and start < valid_to:
            raise Refused(
                "This person is already posted here from %(start)s to %(end)s. End that posting first.",
                start=short_date(start),
                end="…" if end == STILL else short_date(end),
            )


def check_not_held(valid_from: date, valid_to: date, others: list[tuple[date, date]]) -> None:
    """A role over a unit is held once at a time."""
    if any(valid_from < end and start < valid_to for start, end in others):
        raise Refused("This role over this unit is held already.")


def check_category(category: str) -> None:
    if category and category not in CATEGORIES:
        raise Refused("The category “%(category)s” is not known. Choose one of the list.", category=category)


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


def check_passphrase(passphrase: str, known: Iterable[str] = ()) -> None:
    """Long enough, and not made of what others know of us (`known`: own name, user name, units, phone)."""
    if len(passphrase) < SHORTEST_PASSPHRASE:
        raise Refused("A passphrase needs at least %(least)s characters. Four words do it.", least=SHORTEST_PASSPHRASE)
    rest = search_key(passphrase)
    words = {key for text in (*GUESSED, *known) for key in _guesses(text) if len(key) > 2}
    for word in sorted(words, key=len, reverse=True):
        rest = rest.replace(word, "")
    if len(rest.replace(" ", "")) < SHORTEST_REST or len(set(rest)) < 5:
        raise Refused(
            "This passphrase is easy to guess: it is made of names, places or repeats. Take four other words."
        )


def _guesses(text: str) -> set[str]:
    key = search_key(text)
    return {key, key.replace(" ", ""), *key.split()}
