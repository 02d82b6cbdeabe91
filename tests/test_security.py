"""What docs/security.md promises and no room tests for itself; and that each test it names is there."""

import ast
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select

from lms import create_app
from lms.kernel.db import db
from lms.people import actions as people
from lms.people.models import Account, SignIn
from tests.conftest import config_for
from tests.doors import Row, Snapshot, knock, word_for
from tests.house import VIEWERS, House, at
from tests.test_doors import ROWS, house, kept, owner_of  # noqa: F401 – fixtures
from tests.world import TODAY, Client, Page, World

ROOT = Path(__file__).resolve().parent.parent
TABLE = ROOT / "docs" / "security.md"
ORIGIN = "https://taphuan.example.vn"


@pytest.fixture(autouse=True)
def today() -> Iterator[None]:
    with at(TODAY):
        yield


@pytest.fixture
def served(world: World, tmp_path: Path) -> Iterator[Flask]:
    """The same database as it is served in earnest: https, one host name, one proxy, errors on a page."""
    settings = config_for(world.app.config["SQLALCHEMY_DATABASE_URI"], tmp_path)
    hosts = ("taphuan.example.vn",)
    app = create_app(replace(settings, https=True, trusted_hosts=hosts, proxies=1, testing=False))
    yield app
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


def test_each_test_named_in_the_table_is_there() -> None:
    named = set(re.findall(r"`(tests/[\w/]+\.py)(?:::(\w+))?`", TABLE.read_text(encoding="utf-8")))
    missing = [f"{file}::{name}" for file, name in named if name not in {"", *collected_from(ROOT / file)}]

    assert len(named) > 80
    assert missing == []


def collected_from(file: Path) -> set[str]:
    """The tests that pytest collects from it (all of ours are plain functions)."""
    body = ast.parse(file.read_text(encoding="utf-8")).body if file.exists() else []
    return {one.name for one in body if isinstance(one, ast.FunctionDef) and one.name.startswith("test_")}


def test_each_requirement_is_answered_once() -> None:
    """70 of level 1 and 183 of level 2, as counted from the CSV of 5.0.0."""
    said: list[str] = []
    for cell in re.findall(r"^\| ([\d., –]+) \|.*\|.*\|$", TABLE.read_text(encoding="utf-8"), re.MULTILINE):
        for part in cell.split(", "):
            first, _, last = part.strip().partition("–")
            head, _, number = first.rpartition(".")
            if head.count(".") == 1:
                said += [f"{head}.{n}" for n in range(int(number), int((last or first).rpartition(".")[2]) + 1)]

    assert len(said) == len(set(said)) == 253


def test_every_answer_of_every_door_carries_its_headers(house: House) -> None:  # noqa: F811
    """And no page has a script, a style or a handler within."""
    for row in ROWS:
        if row.method == "GET" and not row.endpoint.startswith("confidential"):
            with knock(house, owner_of(row), row) as answer:
                csp = answer.headers["Content-Security-Policy"]
                assert "unsafe" not in csp, row
                assert "Access-Control-Allow-Origin" not in answer.headers, row
                assert answer.headers["X-Content-Type-Options"] == "nosniff", row
                assert answer.headers["Referrer-Policy"] == "no-referrer", row
                if answer.mimetype == "text/html":
                    assert answer.headers["Content-Type"] == "text/html; charset=utf-8", row
                    assert all(f"{name} 'none'" in csp for name in ("object-src", "base-uri", "frame-ancestors")), row
                    assert Page(answer.get_data(as_text=True)).faults == [], row


def test_every_file_has_a_name_of_ours(house: House) -> None:  # noqa: F811
    for row in ROWS:
        if row.method == "GET":
            with knock(house, owner_of(row), row) as answer:
                given = answer.headers.get("Content-Disposition")
                assert given is None or re.fullmatch(r'(attachment|inline); filename="?[\w.-]+"?', given), (row, given)


def test_every_cookie_is_a_host_cookie(served: Flask, world: World) -> None:
    browser = served.test_client()
    answer = browser.get("/sign-in", base_url=ORIGIN)
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', answer.get_data(as_text=True))
    assert token
    sent = {"csrf_token": token[1], "username": "lan", "passphrase": "bon tu cua lan day"}
    into = browser.post("/sign-in", base_url=ORIGIN, data=sent)
    cookies = [*answer.headers.getlist("Set-Cookie"), *into.headers.getlist("Set-Cookie")]

    assert into.status_code == 303
    assert cookies
    for cookie in cookies:
        # the device cookie is sent to the front door only, and a __Host- cookie would go everywhere
        assert cookie.startswith("__Host-") or (cookie.startswith("__Secure-d=") and "; Path=/sign-in;" in cookie)
        assert all(word in cookie for word in ("; Secure", "; HttpOnly", "; Path=/", "; SameSite=")), cookie
        assert "Domain" not in cookie
    assert answer.headers["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains"


@pytest.mark.parametrize(
    "host", ["evil.example", "taphuan.example.vn.evil.example", "taphuan.example.vn:1@evil.example"]
)
def test_a_forged_host_is_not_answered(served: Flask, world: World, host: str) -> None:
    assert served.test_client().get("/sign-in", base_url=ORIGIN, headers={"Host": host}).status_code == 400
    forged = {"X-Forwarded-Host": host, "Host": "taphuan.example.vn"}
    answer = served.test_client().get("/", base_url=ORIGIN, headers=forged)
    assert answer.status_code == 400 or "evil" not in answer.headers["Location"]


def test_trace_is_no_method(client: Client) -> None:
    answer = client.raw("/sign-in", "TRACE", headers={"X-Secret": "geheim"})
    assert answer.status_code == 404
    assert b"geheim" not in answer.data


def test_no_account_exists_after_install(app: Flask) -> None:
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(Account)) == 0


def test_a_session_is_256_random_bits(world: World) -> None:
    tokens = []
    for _one in range(2):
        with world.client("lan").http.session_transaction() as cookie:
            tokens.append(str(cookie["_user_id"]))
    assert len(set(tokens)) == 2
    assert all(len(token) >= 43 for token in tokens)  # 32 bytes in base64
    with world.app.app_context():
        kept_rows = repr([vars(row) for row in db.session.scalars(select(SignIn))])
    assert not any(token in kept_rows for token in tokens)  # only its hash is in the database


def test_sign_out_clears_the_browser(world: World) -> None:
    lan = world.client("lan")
    answer = lan.raw("/sign-out", "POST", data={"csrf_token": lan.token()})
    assert answer.headers["Clear-Site-Data"]
    assert lan.raw("/learn/").status_code == 303


def test_an_error_says_a_number_and_nothing_else(served: Flask, world: World, caplog: pytest.LogCaptureFixture) -> None:
    def broken() -> str:
        raise ZeroDivisionError("geheim")

    broken.door = "open"  # type: ignore[attr-defined]
    served.add_url_rule("/broken", "broken", broken)
    answer = served.test_client().get("/broken", base_url=ORIGIN)

    assert answer.status_code == 500
    assert b"<h1>" in answer.data
    assert b"geheim" not in answer.data
    assert b"Traceback" not in answer.data
    assert "geheim" in caplog.text


def test_a_suspended_person_is_a_stranger_at_every_door(house: House, kept: Snapshot) -> None:  # noqa: F811
    """Lan herself, to whom the objects belong, with the browser that was signed in."""
    with house.app.app_context():
        people.disable_account(db.session.get_one(Account, house.world.accounts["lan"]))
        db.session.commit()
    found = {}
    for row in ROWS:
        with knock(house, "lan", row) as answer:
            found[str(row)] = word_for(answer)
    unlike = {str(row): found[str(row)] for row in ROWS if found[str(row)] != expected(row, "anonymous")}

    assert unlike == {"POST sign_in.enter": "422"}  # at the front door the name is one that may not come in


def expected(row: Row, who: str) -> str:
    return row.expected[VIEWERS.index(who)]
