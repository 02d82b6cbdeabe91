"""What a certificate says, when it may be given or taken back, and what a stranger may read of it. Pure."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from lms.kernel.refused import Refused
from lms.kernel.vietnamese import search_key, tidy
from lms.tracks.course import Course

CONFIDENTIAL = "5"  # the track that knows no persons
TITLE = "GIẤY CHỨNG NHẬN"
KINDS = ("Thành phố", "Thị trấn", "Thị xã", "Tỉnh", "Huyện", "Phường", "Xã")  # words before the name of a place
GOVERNED = frozenset({"province", "district", "township", "commune", "ward"})  # units that have a people's committee
COMMITTEE = "Ủy ban nhân dân"
_NUMBER = re.compile(r"0*(\d{1,9}) ?/ ?(\d{4}) ?/ ?(\S{1,40})")
_WHAT_WAS_SAID = ("full_name", "birth", "birth_precision", "position", "unit", "course", "hours")


class State(StrEnum):
    """What is true of a certificate now. `LAPSED`: what it rests on was retracted, and the office has not revoked it yet."""

    VALID = "valid"
    REPLACED = "replaced"
    REVOKED = "revoked"
    LAPSED = "lapsed"


@dataclass(frozen=True)
class Place:
    """A unit as it stood on a day."""

    kind: str
    name: str


@dataclass(frozen=True)
class Issuer:
    """The block at the top left of the paper (NĐ 30/2020, Phụ lục I): the agency above, the agency, and its seat."""

    above: str
    name: str
    seat: str


def state(*, revoked: bool, replaced: bool, lapsed: bool) -> State:
    """A revocation is the office's word and comes first; a replaced one stays replaced whatever becomes of the next."""
    if revoked:
        return State.REVOKED
    if replaced:
        return State.REPLACED
    return State.LAPSED if lapsed else State.VALID


def register_number(number: int, year: int, series: str) -> str:
    """
    >>> register_number(1, 2026, "GCN-BLG")
    '001/2026/GCN-BLG'
    """
    return f"{number:03}/{year}/{series}"


def read_number(text: str) -> tuple[int, int, str] | None:
    """(number, year, series) as somebody typed them, in any case, with or without zeros in front."""
    found = _NUMBER.fullmatch(tidy(text).upper())
    return (int(found[1]), int(found[2]), found[3]) if found else None


def gives_certificate(course: Course) -> bool:
    """The course says so itself; track 5 never does, whatever its file says (TRUST 2.3: no person, no register)."""
    return course.certificate and course.track != CONFIDENTIAL


def check_may_issue(*, holds: bool, gives_certificate: bool, outside: bool, completed_on: date, on: date) -> None:
    """Refuse what was not earned, or not yet."""
    if not holds:
        raise Refused("The completion was retracted: there is nothing to certify.")
    if not gives_certificate:
        raise Refused("This course gives no certificate.")
    if outside:
        raise Refused("It rests on training taken elsewhere, which has its own paper: no certificate is issued here.")
    if on < completed_on:
        raise Refused("A certificate cannot be older than the completion it certifies.")


def check_may_revoke(now: State, reason: str) -> None:
    """Only one that still counts can be taken back, and only with a reason."""
    if now is State.REVOKED:
        raise Refused("This certificate was revoked already.")
    if now is State.REPLACED:
        raise Refused("This certificate was replaced by another one. Revoke that one.")
    if not tidy(reason):
        raise Refused("Say why the certificate is revoked: the register keeps the reason.")


def check_may_reissue(now: State, before: dict[str, object], after: dict[str, object]) -> None:
    """A second one is for words that changed; for a lost paper, print the same one again."""
    if now is State.REPLACED:
        raise Refused("This certificate was replaced by another one already.")
    if now is not State.VALID:
        raise Refused("This certificate no longer holds: it cannot be issued again.")
    if all(before.get(name) == after.get(name) for name in _WHAT_WAS_SAID):
        raise Refused("Nothing on it has changed. If the paper was lost, print the same certificate again.")


def check_may_print(now: State) -> None:
    """What does not hold is not printed."""
    if now is not State.VALID:
        raise Refused("This certificate no longer holds, so it is not printed any more.")


def issuer_of(
    *, plan_issuer: str, scope: Place | None, offices: Sequence[str], governed_by: Sequence[Place], site: str
) -> Issuer:
    """Who issues. `scope`: the plan's unit if it still stood that day, `offices`: those below it; `governed_by`: the
    person's unit and those above it that day, nearest first.

    While the plan's unit stands, its office issues under the plan's issuer; once it has ended (the districts, on
    01/07/2025), the people's committee nearest to the person does.
    """
    if scope is not None and plan_issuer:
        seat = seat_of(scope.name)
        return Issuer(plan_issuer, offices[0], seat) if offices else Issuer("", plan_issuer, seat)
    for place in governed_by:
        if place.kind in GOVERNED:
            return Issuer("", f"{COMMITTEE} {place.name[:1].lower()}{place.name[1:]}", seat_of(place.name))
    return Issuer("", plan_issuer or site, "")


def seat_of(name: str) -> str:
    """ "Xã Bình Lư" is dated at Bình Lư."""
    for kind in KINDS:
        if name.startswith(f"{kind} "):
            return name.removeprefix(f"{kind} ")
    return name


def posting_on(day: date, postings: Sequence[tuple[date, date, int, str]]) -> tuple[int, str] | None:
    """(unit id, position) held that day, out of (from, to, unit id, position); else the last one before, else the first after."""
    held = [one for one in postings if one[0] <= day < one[1]]
    before = [one for one in postings if one[0] <= day]
    if held or before:
        _from, _to, unit_id, position = max(held or before)
        return unit_id, position
    if postings:
        _from, _to, unit_id, position = min(postings)
        return unit_id, position
    return None


def masked(full_name: str) -> str:
    """What a stranger reads before showing that they hold the paper.

    >>> masked("Vàng Thị Lan")
    'V. T. L***'
    """
    letters = [word[0].upper() for word in tidy(full_name).split()]
    return " ".join([*(f"{letter}." for letter in letters[:-1]), f"{letters[-1]}***"]) if letters else "***"


def knows(typed: str, *, number: tuple[int, int, str], birth: str | None) -> bool:
    """Whether what was typed is the register number or the year of birth: then the checker has the paper or the person."""
    year, _numbers, _rest = (birth or "").partition("-")
    given = tidy(typed)
    series = number[2].upper()
    return (bool(year) and given == year) or read_number(given) == (number[0], number[1], series)


def same_name(typed: str, name: str) -> bool:
    """Marks and case do not count; order and letters do."""
    return bool(search_key(typed)) and search_key(typed) == search_key(name)
