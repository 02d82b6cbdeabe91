"""Vietnamese writing: however a name was typed it is found, and lists stand in the order people expect."""

import random
import unicodedata
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.kernel import vietnamese as vi

WORDS = st.text(st.sampled_from("aăâbcdđeêghiklmnoôơpqrstuưvxyàảãáạằẩễốợữỳ"), min_size=1, max_size=7)
NAMES = st.lists(WORDS, min_size=1, max_size=5).map(" ".join)

# Each line stands before the next. Alphabet, then tones, then middle names, then family names.
IN_ORDER = [
    "Lò Thị An",
    "Lê Văn Ản",
    "Vàng Thị Án",
    "Giàng A Ăn",
    "Giàng A Ân",
    "Lù Thị Ban",
    "Lù Thị Bàn",
    "Lù Thị Bản",
    "Lù Thị Bãn",
    "Lù Thị Bán",
    "Lù Thị Bạn",
    "Lù Thị Băn",
    "Lù Thị Bân",
    "Trần Văn Cường",
    "Trần Văn Dung",
    "Trần Văn Dũng",
    "Trần Văn Đa",
    "Sùng A Đếnh",
    "Chang A Eng",
    "Chang A Ên",
    "Nguyễn Bá Hà",
    "Nguyễn Thị Hà",
    "Vàng Thị Hà",
    "Nguyễn Thị Minh Hà",
    "Lò Văn Hạ",
    "Lò Văn Hoa",
    "Lò Văn Hoà",
    "Lò Văn Hô",
    "Lò Văn Hơ",
    "Tẩn Mỷ",
    "Tẩn Thị Mỷ",
    "Phàn Lở Mẩy Nga",
    "Đặng Thị Tu",
    "Đặng Thị Tư",
    "Hoàng Văn Uyên",
    "Đặng Thị Ửng",
    "Lý Thị Xanh",
    "Lý Thị Yến",
]


def test_names_stand_in_the_order_of_the_alphabet_then_tones_then_middle_then_family():
    shuffled = random.Random(7).sample(IN_ORDER, len(IN_ORDER))

    assert sorted(shuffled, key=vi.sort_key) == IN_ORDER


def test_the_alphabet_is_in_order():
    alphabet = "aăâbcdđeêfghijklmnoôơpqrstuưvwxyz"

    assert "".join(sorted(random.Random(7).sample(alphabet, 33), key=vi.sort_key)) == alphabet


def test_other_scripts_and_signs_have_a_place_too():
    assert vi.sort_key("H'Hen Niê") == vi.sort_key("HHen Niê")
    assert vi.sort_key("An") < vi.sort_key("Zu") < vi.sort_key("ລາວ")
    assert vi.alphabet_key("Bản 2") != vi.alphabet_key("Bản 3")


@given(st.text(max_size=60))
def test_keys_can_be_made_of_anything_and_stay_plain(text):
    assert vi.sort_key(text).isascii()
    assert vi.sort_key(text).isprintable()
    assert len(vi.sort_key(text * 3)) <= vi.LONGEST_KEY
    assert vi.search_key(vi.search_key(text)) == vi.search_key(text)
    assert vi.tidy(vi.tidy(text)) == vi.tidy(text)
    vi.search_key(text).encode()  # a lone surrogate would not pass


@given(NAMES)
def test_however_a_name_was_typed_it_has_one_search_key(name):
    bare = "".join(c for c in unicodedata.normalize("NFD", name) if not unicodedata.combining(c)).replace("đ", "d")
    spaced = "\u00a0 " + name.replace(" ", "\u200b\u00a0\t ") + "\ufeff"

    typed = [unicodedata.normalize("NFD", name), unicodedata.normalize("NFC", name), name.upper(), bare, spaced]

    assert {vi.search_key(way) for way in typed} == {vi.search_key(name)}
    assert vi.search_key(name) == bare


@given(NAMES)
def test_however_a_name_was_typed_it_has_one_place_in_the_list(name):
    typed = [unicodedata.normalize("NFD", name), name.upper(), f"  {name.replace(' ', chr(0xA0) * 2)}"]

    assert {vi.sort_key(way) for way in typed} == {vi.sort_key(name)}


@given(WORDS, WORDS, NAMES)
def test_the_given_name_decides_first(one, other, rest):
    if vi.alphabet_key(one) != vi.alphabet_key(other):
        first = vi.sort_key(f"{rest} {one}") < vi.sort_key(f"{rest} {other}")

        assert first == (vi.alphabet_key(one) < vi.alphabet_key(other))


@pytest.mark.parametrize(
    "typed, key",
    [
        ("  Đặng\u00a0Thị   ỬNG ", "dang thi ung"),
        ("Nguye\u0302\u0303n", "nguyen"),
        ("Hòa", "hoa"),
        ("Hoà", "hoa"),
        ("Lò\u200bVăn", "lovan"),
        ("", ""),
    ],
)
def test_search_key(typed, key):
    assert vi.search_key(typed) == key


@pytest.mark.parametrize(
    "full_name, given", [("Tẩn Thị Mỷ", "Mỷ"), ("Mỷ", "Mỷ"), ("Lò\u00a0Văn\u00a0 An ", "An"), ("", "")]
)
def test_given_name(full_name, given):
    assert vi.given_name(full_name) == given


def test_tidy_keeps_the_words_and_drops_what_nobody_sees():
    assert vi.tidy("\ufeff Nguye\u0302\u0303n\u00a0\u00a0Va\u0306n\u200d\tAn\u202e ") == "Nguyễn Văn An"


@pytest.mark.parametrize(
    "day, words",
    [
        (date(2026, 1, 5), "ngày 05 tháng 01 năm 2026"),
        (date(2026, 2, 10), "ngày 10 tháng 02 năm 2026"),
        (date(2025, 3, 9), "ngày 09 tháng 3 năm 2025"),
        (date(2025, 12, 31), "ngày 31 tháng 12 năm 2025"),
    ],
)
def test_date_words_follow_decree_30(day, words):
    assert vi.date_words(day) == words


def test_dates_on_screen():
    assert vi.short_date(date(2026, 1, 5)) == "05/01/2026"
    assert vi.short_datetime(datetime(2025, 12, 31, 17, 30, tzinfo=UTC)) == "01/01/2026 00:30"
    assert vi.clock_time(datetime(2025, 12, 31, 1, 5, tzinfo=UTC)) == "08:05"
    assert vi.weekday(date(2026, 1, 5)) == "Thứ Hai"
    assert vi.weekday(date(2026, 1, 11)) == "Chủ nhật"


@pytest.mark.parametrize(
    "typed", ["05/01/2026", "5/1/2026", "5.1.2026", "5-1-2026", "2026-01-05", " 5 / 1 / 2026\u00a0", "2026-1-5"]
)
def test_dates_are_read_however_people_write_them(typed):
    assert vi.read_date(typed) == date(2026, 1, 5)


@pytest.mark.parametrize(
    "typed",
    ["", "31/02/2026", "1/13/2026", "05/01/26", "5/1", "٠٥/٠١/٢٠٢٦", "00/00/0000", "5/1/20266", "mai", "9" * 10_000],
)
def test_what_is_no_day_is_not_guessed(typed):
    assert vi.read_date(typed) is None


@given(st.dates())
def test_a_date_we_wrote_is_read_back(day):
    assert vi.read_date(vi.short_date(day)) == day
    assert vi.read_date(day.isoformat()) == day


@pytest.mark.parametrize(
    "n, decimals, shown",
    [
        (0, 0, "0"),
        (1234, 0, "1.234"),
        (1234567.5, 1, "1.234.567,5"),
        (Decimal("2.345"), 2, "2,35"),
        (-1234, 0, "-1.234"),
        (0.5, 0, "1"),
    ],
)
def test_number(n, decimals, shown):
    assert vi.number(n, decimals) == shown


@pytest.mark.parametrize(
    "n, of, shown",
    [
        (16, 17, "94,1\u00a0%"),
        (9996, 10000, "99,9\u00a0%"),
        (99999, 100000, "99,9\u00a0%"),
        (5, 5, "100\u00a0%"),
        (0, 5, "0\u00a0%"),
        (1, 2, "50,0\u00a0%"),
        (1, 100000, "<\u00a00,1\u00a0%"),
        (0, 0, None),
    ],
)
def test_percent_never_promises_more_than_there_is(n, of, shown):
    assert vi.percent(n, of) == shown


@given(st.integers(1, 10**6), st.integers(1, 10**6))
def test_only_all_of_them_reads_100_percent(n, of):
    if n < of:
        assert not vi.percent(n, of).startswith("100")
