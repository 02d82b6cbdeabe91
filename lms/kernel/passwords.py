"""Passwords as they are kept: Argon2id, 46 MiB, one pass, one lane (OWASP's first choice; about 50 ms each).

The NFKC form is what is hashed, so that a phone and an old PC that spell "Nguyễn" with different code points open the
same account. Nothing is trimmed or cut.
"""

import unicodedata

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from lms.kernel.refused import Refused

LONGEST = 1024  # characters; longer ones are refused, never cut

_hasher = PasswordHasher(time_cost=1, memory_cost=46 * 1024, parallelism=1)
_nobody = _hasher.hash("")  # what an unknown name is checked against, so that it takes as long as a known one


def make_hash(password: str) -> str:
    """What to keep instead of the password. Raises `Refused` for what no keyboard types."""
    if len(password) > LONGEST or (secret := _bytes(password)) is None:
        raise Refused("This password cannot be used. Please choose another one.")
    return _hasher.hash(secret)


def matches(kept: str | None, password: str) -> bool:
    """Is this the password? Pass None (or "") for an account that has none: the answer is no, after the same time."""
    secret = _bytes(password) if len(password) <= LONGEST else None
    try:
        _hasher.verify(kept or _nobody, secret or b"")
    except (VerificationError, InvalidHashError):
        return False
    return bool(kept) and secret is not None


def outdated(kept: str) -> bool:
    """Was this kept with other settings than today's? Then make a new hash at the next right password."""
    return _hasher.check_needs_rehash(kept)


def _bytes(password: str) -> bytes | None:
    try:
        return unicodedata.normalize("NFKC", password).encode()
    except UnicodeEncodeError:  # half a character: no keyboard types it
        return None
