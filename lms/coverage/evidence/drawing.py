"""A draw that anybody can repeat: people are ranked by the SHA-256 of "seed:id" and the first n are taken. Pure.

So the draw does not depend on the order of the list, on this program or on its language: `printf '%s' 7:123 | sha256sum` says where
person 123 stands in the draw of seed 7.
"""

import hashlib
from collections.abc import Iterable

MOST = 50
LARGEST_SEED = 999_999_999


def rank(seed: int, person_id: int) -> str:
    """Where somebody stands in the draw; the smallest are drawn."""
    return hashlib.sha256(f"{seed}:{person_id}".encode()).hexdigest()


def drawn(persons: Iterable[int], n: int, seed: int) -> list[int]:
    """The ids of at most n of them, in the order drawn."""
    return sorted(set(persons), key=lambda one: rank(seed, one))[:n]
