"""Signing in with a screen lock, as a device would answer: only here, only once, only with its counter moving on."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from lms.kernel.clock import frozen
from lms.kernel.db import db
from lms.people.factors import passkeys
from lms.people.factors.models import FactorEvent, Passkey
from lms.people.models import Account
from tests.people.device import Device

NOON = datetime(2026, 11, 23, 5, 0, 5, tzinfo=UTC)
MINE = "/people/me/factors/passkeys"


def asked(client, url):
    reply = client.raw(url, "POST", headers={"X-CSRFToken": client.token()})
    assert reply.status_code == 200
    return reply.get_json()


def add(client, device, status=200, name="Máy của tôi"):
    question = asked(client, f"{MINE}/question")
    assert question["kind"] == "create"
    sent = {"sealed": question["sealed"], "answer": device.make(question["options"]), "name": name}
    return client.post(MINE, sent, status=status)


def enter(client, device, question=None, answer=None):
    """Whether the screen lock signs in."""
    question = question or asked(client, "/sign-in/passkey/question")
    sent = {"sealed": question["sealed"], "answer": answer or device.show(question["options"]), "own_device": "y"}
    reply = client.raw("/sign-in/passkey", "POST", data={**sent, "csrf_token": client.token()})
    assert reply.status_code == 303
    return not reply.headers["Location"].startswith("/sign-in")


@pytest.fixture
def given(world):
    """Somebody's device, with its screen lock added."""

    def give(who, device):
        with world.doing():
            account = db.session.get_one(Account, world.accounts[who])
            question = passkeys.ask_new(account, who, "browser")
            made = passkeys.proved(account.id, question.sealed, device.make(question.options), "browser")
            passkeys.keep(account.id, made, "Máy của tôi")
        return device

    return give


@pytest.fixture
def device(given):
    """Lan's phone."""
    return given("lan", Device())


def test_a_screen_lock_signs_in_without_a_name(app, world):
    device, fresh = Device(), world.client()
    assert "Mã dự phòng" in add(world.client("lan"), device)
    question = asked(fresh, "/sign-in/passkey/question")
    assert question["options"]["allowCredentials"] == []
    assert question["options"]["userVerification"] == "required"
    assert enter(fresh, device, question)
    assert "Vàng Thị Lan" in fresh.get("/people/me")
    with app.app_context():
        row = db.session.scalars(select(Passkey)).one()
        assert (row.sign_count, row.name) == (device.counter, "Máy của tôi")


def test_each_question_is_answered_once_by_the_browser_that_asked(world, device):
    fresh, other = world.client(), world.client()
    question = asked(fresh, "/sign-in/passkey/question")
    answer = device.show(question["options"])
    assert not enter(other, device, question, answer)  # another browser's cookie
    assert enter(fresh, device, question, answer)
    again = world.client()
    assert not enter(again, device, question, answer)

    late = world.client()
    with frozen(NOON):
        question = asked(late, "/sign-in/passkey/question")
    with frozen(NOON + timedelta(minutes=11)):
        assert not enter(late, device, question)


def test_the_same_browser_cannot_answer_twice(world, given):
    other, fresh = given("lan", Device(counts=False)), world.client()
    question = asked(fresh, "/sign-in/passkey/question")
    answer = other.show(question["options"])
    with fresh.http.session_transaction() as cookie:
        kept = dict(cookie)
    assert enter(fresh, other, question, answer)
    with fresh.http.session_transaction() as cookie:  # whoever stole the cookie of before and the answer
        cookie.clear()
        cookie.update(kept)
    assert not enter(fresh, other, question, answer)


@pytest.mark.parametrize(
    "wrong", [{"origin": "http://localhost.example.vn"}, {"origin": "https://localhost:8000"}, {"verifies": False}]
)
def test_only_from_our_own_address_and_with_the_lock_opened(world, device, wrong):
    assert not enter(world.client(), replace(device, **wrong))


def test_a_stranger_s_key_opens_nothing(world, device):
    stranger = Device(handle=device.handle)
    assert not enter(world.client(), stranger)
    fresh = world.client()
    question = asked(fresh, "/sign-in/passkey/question")
    forged = json.loads(stranger.show(question["options"])) | {"id": json.loads(device.show(question["options"]))["id"]}
    assert not enter(fresh, device, question, json.dumps(forged))


def test_a_counter_that_goes_back_is_refused_and_told(app, world, device):
    assert enter(world.client(), device)
    device.counter -= 1  # a copy, made before
    assert not enter(world.client(), device)
    with app.app_context():
        assert "passkey_counter" in db.session.scalars(select(FactorEvent.kind)).all()
    assert "số đếm" in world.client("lan").get("/people/me/factors")
    assert enter(world.client(), device)  # the owner's own went on


def test_a_device_that_does_not_count(world, given):
    phone = given("lan", Device(counts=False))
    assert enter(world.client(), phone)
    assert enter(world.client(), phone)


def test_it_is_the_second_proof_too(world, device, given):
    lan = world.client()
    sent = {"username": "lan", "passphrase": "bon tu cua lan day", "csrf_token": lan.token()}
    assert lan.raw("/sign-in", "POST", data=sent).headers["Location"] == "/sign-in/second"
    pao = given("pao", Device())
    for phone, opens in ((pao, False), (device, True)):
        question = asked(lan, "/sign-in/second/passkey/question")
        answer = {"sealed": question["sealed"], "answer": phone.show(question["options"]), "csrf_token": lan.token()}
        led = lan.raw("/sign-in/second/passkey", "POST", data=answer).headers["Location"]
        assert led.startswith("/sign-in") != opens
    assert lan.raw("/people/me").status_code == 200


def test_listed_renamed_and_removed_by_its_owner_alone(app, world, device):
    lan, pao = world.client("lan"), world.client("pao")
    with app.app_context():
        number = db.session.scalar(select(Passkey.id))
    pao.post(f"{MINE}/{number}/name", {"name": "Của Páo"}, status=404)
    pao.post(f"{MINE}/{number}/ends", status=404)
    assert "Samsung" in lan.post(f"{MINE}/{number}/name", {"name": "Samsung"})
    add(lan, device, status=422)  # it is there already
    lan.post(f"{MINE}/{number}/ends")
    assert not enter(world.client(), device)


def test_what_is_no_answer_is_a_sentence(world, device):
    fresh, lan = world.client(), world.client("lan")
    into, new = asked(fresh, "/sign-in/passkey/question"), asked(lan, f"{MINE}/question")
    for answer in ("x", "{}", "[]", '{"id": 1}', '{"id": "\\u0000", "response": {}}', "[" * 9000, "x" * 30_000):
        assert not enter(fresh, device, into, answer)
        lan.post(MINE, {"sealed": new["sealed"], "answer": answer, "name": "Máy"}, status=422)
    assert "Chưa cài được" in lan.post(MINE, {"sealed": new["sealed"], "answer": "{}", "name": "Máy"}, status=422)
    assert enter(fresh, device, into)


def test_the_account_of_a_screen_lock_may_be_disabled(world, device):
    world.client("my").post(f"/people/accounts/{world.accounts['lan']}/disablings")
    assert not enter(world.client(), device)
