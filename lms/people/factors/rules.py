"""Who needs a second factor, and when a shown proof counts. Pure: no Flask, no database, no clock."""

import re
from collections.abc import Iterable
from datetime import datetime, timedelta

from lms.kernel.refused import Refused
from lms.people.roles import Role

SEES_OTHERS = frozenset({Role.TRAINER, Role.FOCAL, Role.OFFICE, Role.ADMIN})
STEP = 30  # seconds a code of an app holds (RFC 6238)
DRIFT = 1  # steps that a phone's clock may be early or late
LOSS_HOLDS = timedelta(days=7)  # two people see somebody in the same week, or ask again
LINK_HOLDS = timedelta(days=7)
MOST_PASSKEYS = 10
LETTERS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"  # of codes on paper: none that looks like another (0 O, 1 I L)
CODE_LENGTH = 10  # 31 letters: 49.5 bits, kept under argon2id, and each wrong try is counted


def needs_second(roles: Iterable[Role], setting: str) -> bool:
    """Whether the rule asks a second factor of somebody with these roles (ASVS 5.0 6.3.3; docs/operate.md)."""
    return setting == "required" and not SEES_OTHERS.isdisjoint(roles)


def digits(typed: str) -> str | None:
    """Six digits as an app shows them, whatever spaces were typed; else None."""
    tight = re.sub(r"[\s.-]", "", typed)
    return tight if re.fullmatch(r"[0-9]{6}", tight) else None


def paper_code(typed: str) -> tuple[int, str] | None:
    """ "3-kmf7q 2pabx" as (3, "KMF7Q2PABX"); None when it cannot be a code on paper."""
    tight = re.sub(r"[^0-9A-Z]", " ", typed.upper()).strip()
    found = re.fullmatch(rf"([0-9]{{1,9}}) ([ {LETTERS}]+)", tight)
    code = found[2].replace(" ", "") if found else ""
    return (int(found[1]), code) if found and len(code) == CODE_LENGTH else None


def printed(number: int, code: str) -> str:
    """A code as it stands on paper: "3-KMF7Q-2PABX"."""
    half = CODE_LENGTH // 2
    return f"{number}-{code[:half]}-{code[half:]}"


def steps_at(moment: datetime) -> tuple[int, ...]:
    """The steps whose codes count at that moment, the likeliest first."""
    present = int(moment.timestamp()) // STEP
    return (present, *(present + sign * by for by in range(1, DRIFT + 1) for sign in (-1, 1)))


def counts_on(kept: int, said: int) -> bool:
    """Whether a passkey's counter moved on. Many never count and always say 0; one that goes back may have been copied."""
    return said > kept or (kept == 0 and said == 0)


def check_one_more(passkeys: int) -> None:
    """More of them than one person has devices are a mistake, or somebody else's."""
    if passkeys >= MOST_PASSKEYS:
        raise Refused("There are %(most)s already. Remove one that you no longer use.", most=MOST_PASSKEYS)


def check_may_take_off(*, only_one: bool, needed: bool) -> None:
    """The last second factor stays while the rule asks for one."""
    if only_one and needed:
        raise Refused(
            "You see other people's data, so you need a second factor. Set up another one first, then remove this one."
        )


def check_has_second(has: bool) -> None:
    """Recovery codes stand in for a second factor; without one they would be for nothing."""
    if not has:
        raise Refused("Set up an app or a screen lock first. The recovery codes come with it.")


def check_may_confirm(asked_by: int, asked_at: datetime, by: int, moment: datetime) -> None:
    """The second of the two who have seen the person (TRUST 6.4.4: in person, two accounts)."""
    if asked_by == by:
        raise Refused(
            "You have said so already. Somebody else has to see them too, and confirm it from an account of their own."
        )
    if moment - asked_at > LOSS_HOLDS:
        raise Refused("The first of the two said so more than 7 days ago. Begin again.")
