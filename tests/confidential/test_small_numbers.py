"""No small number can be counted out of what is published: the attacker here tries every table that fits, not intervals."""

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lms.confidential.small_numbers import LEAST, TOTAL, Published, Quarter, protected, publish, rounded

MOST = 400  # numbers the attacker considers: 0…399
EVERY = (1 << MOST) - 1
Q3 = Quarter(2026, 3)


def fits(shown: int | None) -> int:
    """The numbers that would be shown so, as bits."""
    if shown is None:
        return EVERY
    return sum(1 << n for n in range(LEAST, MOST) if rounded(n) == shown)


def sums(masks: list[int]) -> int:
    """All sums of one number from each."""
    found = 1
    for mask in masks:
        found = sum_of_two(found, mask)
    return found


def sum_of_two(one: int, other: int) -> int:
    small, large = sorted((one, other), key=int.bit_count)
    found = 0
    for n in range(MOST):
        if small >> n & 1:
            found |= large << n
    return found & EVERY


def possible(published: Published, address: tuple[str, str]) -> list[int]:
    """Every value the number can have in a table that would be published just so."""
    ways = {way: [fits(shown) for shown in parts.values()] for way, parts in published.ways.items()}
    totals = fits(published.total)
    for way, masks in ways.items():
        if way != address[0]:
            totals &= sums(masks)
    if address == TOTAL:
        return [n for n in range(MOST) if totals >> n & 1]
    beside = sums([fits(shown) for part, shown in published.ways[address[0]].items() if part != address[1]])
    own = fits(published.ways[address[0]][address[1]])
    return [n for n in range(MOST) if own >> n & 1 and (beside << n) & totals]


def pinned(published: Published) -> list[tuple[str, str]]:
    """Hidden numbers that can be told more narrowly than the threshold."""
    found = []
    for address, shown in published.cells():
        values = possible(published, address) if shown is None else []
        if shown is None and max(values) - min(values) < LEAST:
            found.append(address)
    return found


@st.composite
def tables(draw: st.DrawFn) -> dict[str, dict[str, int]]:
    """Up to five hosts, and how many of all of them were of one colour."""
    numbers = draw(
        st.lists(st.integers(0, 9) | st.sampled_from([0, 10, 12, 13]) | st.integers(0, 45), min_size=1, max_size=5)
    )
    green = draw(st.integers(0, sum(numbers)))
    return {
        "host": {str(place): n for place, n in enumerate(numbers)},
        "colour": {"green": green, "blue": sum(numbers) - green},
    }


@settings(max_examples=60, deadline=None)
@given(tables())
def test_no_hidden_number_can_be_told(ways: dict[str, dict[str, int]]) -> None:
    published = protected(ways)

    assert pinned(published) == []
    for way, parts in ways.items():
        for part, n in parts.items():
            shown = published.ways[way][part]
            assert shown is None or (n >= LEAST and n != sum(parts.values()) and shown == rounded(n))
            assert shown is not None or n in possible(published, (way, part)), "the attacker looks past the truth"


@settings(max_examples=30, deadline=None)
@given(tables(), st.integers(0, 4), st.sampled_from([-1, 1]))
def test_a_correction_of_one_person_shows_nowhere(ways: dict[str, dict[str, int]], which: int, by: int) -> None:
    day = date(2026, 10, 20)
    first = publish({}, Q3, ways, day)
    corrected = {way: dict(parts) for way, parts in ways.items()}
    for parts in corrected.values():
        part = list(parts)[which % len(parts)]
        parts[part] = max(0, parts[part] + by)

    assert publish({Q3: first}, Q3, corrected, day) == first
    assert Published.from_json(first.as_json()) == first


def test_the_attacker_is_one() -> None:
    only_the_small = Published(40, {"host": {"a": None, "b": 35}})  # 40 and 35, to the nearest five

    assert pinned(only_the_small) == [("host", "a")]
    assert protected({"host": {"a": 4, "b": 36}}).ways == {"host": {"a": None, "b": None}}


def test_what_can_be_shown_is_shown() -> None:
    assert protected({"host": {"a": 21, "b": 48}}) == Published(70, {"host": {"a": 20, "b": 50}})
    assert protected({"host": {"a": 4, "b": 12, "c": 48}}).ways == {"host": {"a": None, "b": None, "c": 50}}


@pytest.mark.parametrize("numbers", [{"a": 0, "b": 0}, {"a": 30}, {"a": 30, "b": 0}, {"a": 3, "b": 4}])
def test_nothing_and_all_are_hidden(numbers: dict[str, int]) -> None:
    assert set(protected({"host": numbers}).ways["host"].values()) == {None}


def test_ways_that_do_not_agree_are_refused() -> None:
    with pytest.raises(ValueError, match="same total"):
        protected({"host": {"a": 20}, "colour": {"green": 19}})


def test_a_quarter_closes_two_weeks_after_its_end() -> None:
    assert (Q3.first, Q3.after, Q3.before) == (date(2026, 7, 1), date(2026, 10, 1), Quarter(2026, 2))
    assert Quarter(2026, 4).after == date(2027, 1, 1)
    assert [Quarter.of(date(2026, month, 28)).number for month in (1, 3, 4, 12)] == [1, 1, 2, 4]
    assert not Q3.is_closed(date(2026, 10, 14))
    assert Q3.is_closed(date(2026, 10, 15))
    with pytest.raises(ValueError, match="not closed"):
        publish({}, Q3, {"host": {"a": 20}}, date(2026, 10, 14))
