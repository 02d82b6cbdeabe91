"""The front door: who gets in, for how long, and what a wrong passphrase costs."""

import unicodedata
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from lms.kernel.clock import frozen, now
from lms.kernel.db import db
from lms.people import actions
from lms.people.door_models import Tries
from lms.people.models import Account, SignIn

RIGHT = {"username": "lan", "passphrase": "bon tu cua lan day"}
WRONG = {"username": "lan", "passphrase": "bon tu cua ai day"}


def signed_in(app, key="lan"):
    with app.app_context():
        held = select(func.count()).select_from(SignIn).join(Account).where(Account.username == key)
        return db.session.scalar(held.where(SignIn.ended_at.is_(None)))


def test_lan_signs_in_and_out(app, world, client):
    answer = client.raw("/sign-in", "POST", data={**RIGHT, "csrf_token": client.token()})
    assert answer.status_code == 303
    assert signed_in(app) == 1

    answer = client.raw("/sign-out", "POST", data={"csrf_token": client.token()})
    assert answer.status_code == 303
    assert answer.headers["Clear-Site-Data"] == '"cache"'
    assert signed_in(app) == 0


@pytest.mark.parametrize("typed", ["LAN", "  lan ", unicodedata.normalize("NFD", "Lan")])
def test_the_user_name_is_read_kindly(app, world, client, typed):
    answer = client.raw("/sign-in", "POST", data={**RIGHT, "username": typed, "csrf_token": client.token()})

    assert answer.status_code == 303


@pytest.mark.parametrize("sent", [WRONG, {**WRONG, "username": "nobody"}, {**RIGHT, "passphrase": "x" * 5000}])
def test_wrong_is_one_sentence_whoever_it_is(app, world, client, sent):
    page = client.post("/sign-in", sent, status=422)

    assert "không đúng" in page or "Dài quá" in page
    assert sent["passphrase"] not in page
    assert signed_in(app) == 0


def test_ten_wrong_tries_stop_that_account_for_a_while_and_no_other(app, world, client):
    for _ in range(10):
        client.post("/sign-in", WRONG, status=422)
    client.post("/sign-in", RIGHT, status=429)

    other = {"username": "pao", "passphrase": "bon tu cua pao day"}
    assert world.client().raw("/sign-in", "POST", data={**other, "csrf_token": client.token()}).status_code != 429
    with frozen(now() + timedelta(minutes=16)):
        assert client.raw("/sign-in", "POST", data={**RIGHT, "csrf_token": client.token()}).status_code == 303
    with app.app_context():
        kept = db.session.scalars(select(Tries.key)).all()
        assert [key.split("/")[0] for key in kept] == ["address"]


def test_disabling_ends_every_device_at_once(app, world):
    lan = world.client("lan")
    assert lan.raw("/people/me").status_code == 200
    with world.doing():
        actions.disable_account(db.session.get_one(Account, world.accounts["lan"]))

    assert lan.raw("/people/me").status_code == 303
    fresh = world.client()
    fresh.post("/sign-in", RIGHT, status=422)


def test_the_page_is_small(app, world, client):
    html = client.raw("/sign-in", headers={"Accept-Encoding": "br"})
    weight = len(html.data)
    for part in client.get("/sign-in").split('"'):
        if part.startswith("/static/"):
            with client.raw(part, headers={"Accept-Encoding": "br"}) as answer:
                weight += len(answer.data)

    assert weight <= 20_000
