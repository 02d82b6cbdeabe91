"""Whatever is thrown at a door is answered in words: never a 5xx, never a page without a sentence (ASVS 15.3.5, 15.3.7)."""

import re
from collections.abc import Iterator
from urllib.parse import parse_qsl, quote

import pytest
from flask import Flask

from tests import thrown
from tests.conftest import Building, Peopled
from tests.house import House, at, house_of
from tests.test_doors import POSTS, ROWS, house, kept, owner_of  # noqa: F401 – fixtures
from tests.thrown import LONG, THROWN, throw, throws, watched
from tests.world import TODAY


@pytest.fixture(autouse=True)
def today() -> Iterator[None]:
    with at(TODAY):
        yield


@pytest.fixture
def all_of_it(request: pytest.FixtureRequest) -> bool:
    """pytest --hypothesis-profile=nightly"""
    return bool(request.config.getoption("--hypothesis-profile") == "nightly")


@pytest.fixture
def building(request: pytest.FixtureRequest) -> Building | None:
    return house_of if "battered" in request.fixturenames else None


@pytest.fixture
def battered(app: Flask, engine_name: str, peopled: Peopled) -> House:
    """A house on each engine, to be thrown at."""
    watched(app)
    return peopled(engine_name, house_of)[1].on(app)


def test_whatever_is_in_the_address_is_answered_in_words(battered: House, engine_name: str, all_of_it: bool) -> None:
    """At each page, in each parameter that the page reads."""
    faults: list[str] = []
    tried: dict[str, set[str]] = {}
    for row in ROWS:
        http, (address, _, query) = battered.browser(owner_of(row)), battered.filled(row.address).partition("?")
        if row.method != "GET":
            throw(http, "GET", address, [("page", "²")], faults)
            continue
        thrown.read.clear()
        throw(http, "GET", address, parse_qsl(query), faults)
        names = sorted(thrown.read | dict(parse_qsl(query)).keys())
        tried[row.endpoint] = set(names)
        for pairs in throws(row, names, engine=engine_name, all_of_it=all_of_it, long=LONG[:3_000], query=True):
            others = [pair for pair in parse_qsl(query) if pair[0] not in dict(pairs)]
            throw(http, "GET", address, [*others, *pairs], faults)

    assert "\n".join(faults) == ""
    assert {"q", "unit", "page"} <= tried["people.index"]  # what is read is seen
    assert {"plan", "indicator", "unit", "as_of", "tree_at"} <= tried["coverage.people"]


def test_whatever_is_in_the_path_is_answered_in_words(battered: House) -> None:
    faults: list[str] = []
    for row in ROWS:
        pieces = re.findall(r"\{(\w+)\}", row.address)
        if "/bai-mot" in row.address:
            pieces.append("bai-mot")
        for piece in pieces:
            for value in ("\x00", "9" * 30, "²", "-1", "A" * 5_000, "../.."):
                ids = {**battered.ids, piece: quote(value.encode("utf-8", "surrogatepass"), safe="")}
                address = row.address.format(**ids).replace("bai-mot", str(ids.get("bai-mot", "bai-mot")))
                pairs = [("csrf_token", battered.tokens[owner_of(row)])] if row.method == "POST" else []
                throw(battered.browser(owner_of(row)), row.method, address, pairs, faults)

    assert "\n".join(faults) == ""


def test_whatever_is_typed_is_answered_in_words(battered: House, engine_name: str, all_of_it: bool) -> None:
    """In each form, in each field that it has or reads."""
    faults: list[str] = []
    for row in POSTS:
        who, address = owner_of(row), battered.filled(row.address)
        http, token = battered.browser(who), ("csrf_token", battered.tokens[who])
        typed = [(name, value) for name, value in row.fields(battered).items(multi=True) if value != "@"]
        thrown.read.clear()
        throw(http, "POST", address, [token, *((name, "\x00") for name, _value in typed)], faults)
        known = dict.fromkeys(name for name, _value in typed if not re.search("-[2-5]-", name))
        names = [*known, *sorted(thrown.read - known.keys() - {"csrf_token"})]
        for pairs in throws(row, names, engine=engine_name, all_of_it=all_of_it, long=LONG):
            others = [pair for pair in typed if pair[0] not in dict(pairs)]
            throw(http, "POST", address, [token, *others, *pairs], faults)

    assert "\n".join(faults) == ""


def test_a_token_may_be_anything(house: House) -> None:  # noqa: F811
    faults: list[str] = []
    for value in (*THROWN, LONG):
        for address in ("/sign-in", "/people/me/passphrase"):
            throw(house.browser("lan"), "POST", address, [("csrf_token", value)], faults)

    assert "\n".join(faults) == ""


def test_a_nul_is_nowhere(house: House) -> None:  # noqa: F811
    """In any query it is the 404 of what is not there, before any page is asked."""
    for row in ROWS:
        if row.method == "GET":
            address = house.filled(row.address).split("?")[0]
            assert house.browser(owner_of(row)).get(f"{address}?x=%00").status_code == 404


def test_a_megabyte_is_too_much_and_said_so(house: House) -> None:  # noqa: F811
    sent = {"csrf_token": house.tokens["lan"], "current": "x" * 1_000_001}
    answer = house.browser("lan").post("/people/me/passphrase", data=sent)
    assert answer.status_code == 413
    assert b"<h1>" in answer.data
