"""Passphrases that can be handed over on paper and typed on any phone: four short Vietnamese words without marks.

The list (`passphrase_words.txt`) holds 1,027 words of 3 to 6 letters, so four drawn by chance hold
4 × log2(1027) = 40.0 bits: at the sign-in page's limit of tries nobody guesses one, and a stolen hash (Argon2id, about
50 ms a guess) takes one core some 900 years on average. They are drawn with `secrets`, never chosen.

No word of the list changes under a Telex keyboard (no s f r x j w z after the first vowel, no a e o d twice), so what is
printed is what is typed, whether the keyboard is switched to Vietnamese or not.
"""

import secrets
from pathlib import Path

COUNT = 4
WORDS = tuple(Path(__file__).with_name("passphrase_words.txt").read_text("ascii").split())


def generate() -> str:
    """Four words with spaces between: "suoi nang tre xanh"."""
    return " ".join(secrets.choice(WORDS) for _ in range(COUNT))
