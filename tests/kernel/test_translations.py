"""The whole house speaks Vietnamese: nothing untranslated, nothing forgotten, nothing worded twice."""

from functools import cache

import pytest

from lms.kernel import catalogues


@cache
def problems():
    return catalogues.problems()


@pytest.mark.parametrize("room", catalogues.rooms())
def test_every_message_of_the_room_is_translated(room):
    assert [line for line in problems() if line.startswith((f"{room}:", f"templates/{room}/"))] == []


def test_nothing_is_left_over():
    rooms = catalogues.rooms()
    named = tuple(start for room in rooms for start in (f"{room}:", f"templates/{room}/"))

    assert [line for line in problems() if not line.startswith(named)] == []
