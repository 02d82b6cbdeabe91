"""Passphrases: strong enough, easy enough, and typed the same on every keyboard."""

import math
import re

from lms.kernel import passphrases
from lms.kernel.passphrases import COUNT, WORDS, generate


def test_four_words_hold_forty_bits():
    assert len(set(WORDS)) == len(WORDS) >= 1024
    assert COUNT * math.log2(len(WORDS)) >= 40
    assert f"{len(WORDS):,} words" in passphrases.__doc__


def test_every_word_is_short_and_typed_the_same_on_a_telex_keyboard():
    for word in WORDS:
        assert re.fullmatch(r"[a-z]{3,6}", word), word
        rest = word[re.search("[aeiouy]", word).start() :]
        assert not re.search("[sfrxjwz]", rest), word
        assert max(word.count(letter) for letter in "aeod") < 2, word


def test_no_word_hurts():
    """Readings (with any marks) that would be rude, violent or a party to a case."""
    hurtful = "cut cac lon buoi dit deo dam hiep danh chem giet chet mau ngu dien khung dui nguc bat dao sung tu bao nan meo man moi"

    assert not set(WORDS) & set(hurtful.split())


def test_phrases_are_drawn_by_chance_from_the_whole_list():
    phrases = [generate() for _ in range(7500)]
    drawn = {word for phrase in phrases for word in phrase.split(" ")}

    assert all(len(phrase.split(" ")) == COUNT and len(phrase) >= 15 for phrase in phrases)
    assert len(set(phrases)) == len(phrases)
    assert drawn == set(WORDS)  # 30,000 draws leave one of 1,027 words out once in billions of runs
