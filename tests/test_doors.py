"""Every door of the house, as each of twelve people finds it (tests/doors.txt)."""

import re
import shutil
from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy import String, select

from lms import create_app
from lms.kernel.db import db
from tests.conftest import Peopled, cloned, config_for
from tests.doors import PostgresSnapshot, Row, Snapshot, knock, rows, word_for
from tests.house import VIEWERS, House, at, house_of
from tests.world import TODAY

ROWS = rows()
POSTS = [row for row in ROWS if row.method == "POST"]
OWNERS = ("lan", "hoa", "my", "dung", "quan", "anonymous")  # who asks when the question is not who asks
EXTRA = {
    "role": "admin",
    "roles": "admin",
    "unit_id": "4",
    "score": "100",
    "passed": "1",
    "status": "done",
    "state": "done",
    "person_id": "2",
    "account_id": "2",
    "enrolment_id": "2",
    "by": "2",
    "id": "2",
    "completed_on": "2020-01-01",
    "submitted_at": "2020-01-01",
    "superseded_at": "2020-01-01",
    "closed_at": "2020-01-01",
    "disabled_at": "",
    "is_admin": "1",
    "grade": "test",
    "number": "99",
    "sha256": "0" * 64,
    "known_at": "2020-01-01",
    "recorded_at": "2020-01-01",
    "recorded_by": "2",
    "decided_by": "2",
    "decided_at": "2020-01-01",
    "frozen_by": "2",
    "made_by": "2",
    "called_at": "2020-01-01",
    "draft": "",
    "kept_id": "2",
    "indicator_id": "2",
    "figures": "{}",
    "classes": "[]",
    "inputs": "{}",
    "because": "x",
}


@pytest.fixture(scope="module")
def kept(peopled: Peopled, tmp_path_factory: pytest.TempPathFactory) -> Snapshot:
    """The house on SQLite, with what puts it back as it was."""
    folder = tmp_path_factory.mktemp("house")
    name, built = peopled("sqlite", house_of)
    shutil.copy(name, folder / "lms.sqlite")
    return Snapshot(built.on(create_app(config_for(f"sqlite:///{folder / 'lms.sqlite'}", folder))), folder)


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def either(
    request: pytest.FixtureRequest, peopled: Peopled, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Snapshot]:
    """The house on one engine, then on the other."""
    if request.param == "sqlite":
        yield request.getfixturevalue("kept")
        return
    template, built = peopled("postgresql", house_of)
    with cloned(template) as (name, url):
        snapshot = PostgresSnapshot(built.on(create_app(config_for(url, tmp_path_factory.mktemp("house-pg")))), name)
        yield snapshot
        snapshot.close()


@pytest.fixture
def house(kept: Snapshot) -> Iterator[House]:
    yield kept.house
    kept.put_back()


@pytest.fixture(autouse=True)
def today() -> Iterator[None]:
    with at(TODAY):
        yield


def owner_of(row: Row) -> str:
    """Somebody to whom this door is open."""
    answers = dict(zip(VIEWERS, row.expected, strict=True))
    return next((who for who in OWNERS if answers[who] not in {"no", "in", "422"}), "lan")


def test_every_route_is_in_the_table(house: House) -> None:
    routes = {
        (rule.endpoint, method)
        for rule in house.app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }
    table = [(row.endpoint, row.method) for row in ROWS]

    assert routes - set(table) == set(), "a route without a row in tests/doors.txt"
    assert set(table) - routes == set(), "a row without a route"
    assert len(table) == len(set(table)), "a row twice"


@pytest.mark.parametrize("row", ROWS, ids=str)
def test_each_is_answered_as_the_table_says(either: Snapshot, row: Row) -> None:
    found = []
    for who in VIEWERS:
        with knock(either.house, who, row) as answer:
            found.append(word_for(answer))
        if row.method == "POST" and answer.status_code < 400:
            either.put_back()
    if not isinstance(either, PostgresSnapshot):  # other tests of this file go through the same house
        either.put_back()

    assert dict(zip(VIEWERS, found, strict=True)) == dict(zip(VIEWERS, row.expected, strict=True))


HIDDEN = [row for row in ROWS if "{" in row.address and "no" in row.expected]


@pytest.mark.parametrize("row", HIDDEN, ids=str)
def test_hidden_reads_like_missing(house: House, row: Row) -> None:
    """What is there and not theirs, what is not there, and what is no address at all."""
    nothing = {name: "00000000000000000000000000000000" if name in {"token", "job"} else 999_999 for name in house.ids}
    for who, expected in zip(VIEWERS, row.expected, strict=True):
        if expected == "no":
            hidden = knock(house, who, row)
            ids, house.ids = house.ids, {**house.ids, **nothing}
            missing = knock(house, who, row)
            house.ids = ids
            assert hidden.status_code == missing.status_code == 404
            assert told(hidden.data) == told(missing.data)
            assert {*hidden.headers.keys()} == {*missing.headers.keys()}


def told(body: bytes) -> str:
    """What is on the page, without tokens and without the address that was asked for."""
    return re.sub(r'value="[^"]*"', "", body.decode())


@pytest.mark.parametrize("row", POSTS, ids=str)
def test_nothing_happens_without_a_token(house: House, row: Row) -> None:
    before = everything(house.app)
    http = house.browser(owner_of(row))
    sent = {name: value for name, value in row.fields(house).items(multi=True) if value != "@"}
    for data in (sent, {**sent, "csrf_token": "x"}, {**sent, "csrf_token": house.tokens["tu"]}):
        answer = http.post(house.filled(row.address), data=data)
        assert answer.status_code == 400

    assert everything(house.app) == before


@pytest.mark.parametrize("row", POSTS, ids=str)
def test_only_the_fields_of_the_form_count(house: House, kept: Snapshot, row: Row) -> None:
    """Twice as meant shows which cells are drawn by chance; then with more than was asked for."""
    who, plain = owner_of(row), row.fields(house)
    left = []
    more = {name: value for name, value in EXTRA.items() if name not in plain}
    for fields in (plain, plain, type(plain)([*plain.items(multi=True), *more.items()])):
        answer = knock(house, who, row, fields)
        left.append((answer.status_code, everything(house.app)))
        kept.put_back()
    (status, first), (_again, second), (with_more, third) = left

    assert with_more == status
    assert first.keys() == second.keys()
    chance = {cell for cell in first if first[cell] != second[cell]}
    assert {cell: third.get(cell) for cell in first if cell not in chance} == {
        cell: first[cell] for cell in first if cell not in chance
    }
    assert third.keys() == first.keys()


def everything(app: Flask) -> dict[tuple[str, int, str], object]:
    """Every cell of the database: (table, row, column) -> value."""
    cells = {}
    with app.app_context(), db.engine.connect() as connection:
        for table in db.metadata.sorted_tables:
            found = connection.execute(select(table).order_by(*table.primary_key.columns)).mappings().all()
            if isinstance(table.primary_key.columns[0].type, String):  # drawn by chance: in the order of what they say
                found = sorted(found, key=lambda row: [str(row[one.name]) for one in table.c if not one.primary_key])
            for number, values in enumerate(found):
                cells |= {(table.name, number, name): value for name, value in values.items()}
    return cells
