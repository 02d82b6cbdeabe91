"""Passwords: kept so that a stolen database does not give them away, and right however they were typed."""

import unicodedata

import pytest
from argon2 import PasswordHasher

from lms.kernel import passwords
from lms.kernel.refused import Refused

SECRET = "Nguyễn đi chợ phiên"


def test_the_right_password_opens_and_no_other():
    kept = passwords.make_hash(SECRET)

    assert passwords.matches(kept, SECRET)
    assert not passwords.matches(kept, SECRET + " ")
    assert not passwords.matches(kept, SECRET.lower())
    assert not passwords.matches(kept, "")
    assert not passwords.matches(None, SECRET)
    assert not passwords.matches(None, "")
    assert not passwords.matches("", "")
    assert not passwords.matches("not a hash", SECRET)


def test_however_the_keyboard_spells_it():
    kept = passwords.make_hash(unicodedata.normalize("NFD", SECRET))

    assert passwords.matches(kept, unicodedata.normalize("NFC", SECRET))


def test_it_is_kept_as_owasp_asks_and_never_twice_the_same():
    kept = passwords.make_hash(SECRET)

    assert kept.startswith("$argon2id$v=19$m=47104,t=1,p=1$")
    assert kept != passwords.make_hash(SECRET)
    assert not passwords.outdated(kept)
    assert passwords.outdated(PasswordHasher(time_cost=1, memory_cost=19 * 1024, parallelism=1).hash(SECRET))


@pytest.mark.parametrize("password", ["half a character \ud800 inside", "x" * 1025])
def test_what_no_keyboard_types_is_refused_in_words_and_opens_nothing(password):
    with pytest.raises(Refused, match="choose another"):
        passwords.make_hash(password)

    assert not passwords.matches(passwords.make_hash("x" * 1024), password)
    assert not passwords.matches(passwords.make_hash(""), password)


def test_nothing_is_cut():
    kept = passwords.make_hash("x" * 1024)

    assert not passwords.matches(kept, "x" * 1023)
