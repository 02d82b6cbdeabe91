"""Doors fail closed; what is not yours is not there; nothing unsafe without a token."""

import re

import pytest
from flask import Flask
from sqlalchemy import select

from lms.kernel.access import local_path
from lms.kernel.clock import now
from lms.kernel.db import db
from lms.people import actions as people
from lms.people.models import Account, Person, SignIn
from tests.world import Client, World


def test_every_view_wears_a_door(app: Flask) -> None:
    bare = [name for name, view in app.view_functions.items() if getattr(view, "door", None) is None]
    assert not bare


def test_a_view_without_a_door_does_not_open(app: Flask) -> None:
    app.add_url_rule("/forgotten", "forgotten", lambda: "secret")
    with pytest.raises(RuntimeError, match="has no door"):
        app.test_client().get("/forgotten")


@pytest.mark.parametrize("address", ["/sign-out", "/language", "/sign-in"])
def test_without_a_token_nothing_unsafe_happens(world: World, address: str) -> None:
    answer = world.client("lan").raw(address, "POST", data={"locale": "en"})
    assert answer.status_code == 400


def test_missing_and_hidden_answer_alike(world: World) -> None:
    lan = world.client("lan")
    number = re.compile(r"[0-9a-f-]{36}|value=\"[^\"]+\"|name=\"next\"[^>]*")
    nowhere = lan.raw("/jobs/00000000-0000-0000-0000-000000000000")
    unknown = lan.raw("/jobs/11111111-1111-1111-1111-111111111111")

    assert nowhere.status_code == unknown.status_code == 404
    assert number.sub("", nowhere.get_data(as_text=True)) == number.sub("", unknown.get_data(as_text=True))


def test_signing_out_ends_the_device_everywhere(world: World) -> None:
    lan = world.client("lan")
    cookie = lan.http.get_cookie("s")
    assert cookie is not None
    assert lan.post("/sign-out")

    thief = Client(world.app)
    thief.http.set_cookie("s", cookie.value)
    assert thief.raw("/jobs/00000000-0000-0000-0000-000000000000").headers["Location"].startswith("/sign-in")


def test_disabling_ends_every_device_at_once(world: World) -> None:
    phone, office = world.client("lan"), world.client("lan")
    with world.doing():
        people.disable_account(db.session.get_one(Account, world.accounts["lan"]))

    for browser in (phone, office):
        assert browser.raw("/jobs/00000000-0000-0000-0000-000000000000").status_code == 303
    form = {"username": "lan", "passphrase": "bon tu cua lan day"}
    assert "Location" not in Client(world.app).raw("/sign-in", "POST", data=form).headers


def test_a_request_that_reads_cannot_write(app: Flask, world: World) -> None:
    def wicked() -> str:
        db.session.add(Person(full_name="X", search_key="x", sort_key="x"))
        db.session.flush()
        return "written"

    wicked.door = "open"  # type: ignore[attr-defined]
    app.add_url_rule("/wicked", "wicked", wicked)
    with pytest.raises(RuntimeError, match="Writing needs POST"):
        app.test_client().get("/wicked")


def test_an_answer_of_400_or_more_leaves_nothing(app: Flask, world: World) -> None:
    def half_done() -> tuple[str, int]:
        db.session.add(Person(full_name="X", search_key="x", sort_key="x"))
        db.session.flush()
        return "no", 409

    half_done.door = "open"  # type: ignore[attr-defined]
    app.add_url_rule("/half-done", "half_done", half_done, methods=["POST"])
    browser = world.client("lan")
    browser.raw("/half-done", "POST", data={"csrf_token": browser.token()})
    with app.app_context():
        assert db.session.scalar(select(Person).where(Person.full_name == "X")) is None


def test_what_was_done_is_committed(app: Flask, world: World) -> None:
    browser = world.client()
    browser.raw(
        "/sign-in", "POST", data={"csrf_token": browser.token(), "username": "lan", "passphrase": "bon tu cua lan day"}
    )
    with app.app_context():
        assert db.session.scalar(
            select(SignIn).where(SignIn.account_id == world.accounts["lan"], SignIn.started_at <= now())
        )


@pytest.mark.parametrize(
    "address, path",
    [
        ("/learn/3?a=b", "/learn/3?a=b"),
        ("//evil.example", None),
        ("/\\evil.example", None),
        ("https://evil.example", None),
        ("/ok\r\nSet-Cookie: x", None),
        ("", None),
        (None, None),
    ],
)
def test_only_plain_paths_are_followed(address: str | None, path: str | None) -> None:
    assert local_path(address) == path


def test_every_answer_carries_its_headers(client: Client) -> None:
    headers = client.raw("/sign-in").headers
    assert headers["Content-Security-Policy"].startswith("default-src 'none'")
    assert "unsafe" not in headers["Content-Security-Policy"]
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "no-referrer"


def test_signed_in_pages_are_kept_nowhere(world: World) -> None:
    assert world.client("lan").raw("/jobs/00000000-0000-0000-0000-000000000000").headers["Cache-Control"] == "no-store"
