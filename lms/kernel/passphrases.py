"""Passphrases that can be handed over on paper and typed on any phone: four short Vietnamese words without marks.

The list (`passphrase_words.txt`) holds 1,027 words of 3 to 6 letters, so four drawn by chance hold
4 × log2(1027) = 40.0 bits: at the sign-in page's limit of tries nobody guesses one, and a stolen hash (Argon2id, about
50 ms a guess) takes one core some 900 years on average. They are drawn with `secrets`, never chosen.

No word of the list changes under a Telex keyboard (no s f r x j w z after the first vowel, no a e o d twice), so what is
printed is what is typed, whether the keyboard is switched to Vietnamese or not.
"""

import re
import secrets
from pathlib import Path

COUNT = 4
WORDS = tuple(Path(__file__).with_name("passphrase_words.txt").read_text("ascii").split())


def generate() -> str:
    """Four words with spaces between: "suoi nang tre xanh"."""
    return " ".join(secrets.choice(WORDS) for _ in range(COUNT))


# One-time codes of paper slips: twelve digits, 12 × log2(10) = 39.9 bits, typed on the number keys of any phone. Kept under
# argon2id for a week at the most; the door that takes them lets 10 wrong ones pass in 15 minutes, 100 in all.
DIGITS, GROUP = 12, 4


def generate_code() -> str:
    """Twelve digits: "482910573361"."""
    return "".join(secrets.choice("0123456789") for _ in range(DIGITS))


def shown_code(code: str) -> str:
    """As it stands on paper: "4829 1057 3361"."""
    return " ".join(code[at : at + GROUP] for at in range(0, DIGITS, GROUP))


def read_code(typed: str) -> str | None:
    """The digits of a code however it was typed; None when it cannot be one. No passphrase can be taken for one: it is too short."""
    tight = re.sub(r"[\s.–-]", "", typed[:60])
    return tight if re.fullmatch(rf"[0-9]{{{DIGITS}}}", tight, re.ASCII) else None
