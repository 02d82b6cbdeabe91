"""Wrong tries: strangers stop strangers, a commune behind one address is let in, and waiting has an end."""

import re
from datetime import UTC, datetime, timedelta

from sqlalchemy import select

from lms.kernel import passwords
from lms.kernel.clock import frozen
from lms.kernel.db import db
from lms.people import actions, throttle
from lms.people.door_models import Tries
from lms.people.models import Account, FailedSignIn
from lms.people.throttle import PASSPHRASE, Knock, Wait

START = datetime(2026, 11, 23, 2, tzinfo=UTC)
RIGHT = {"username": "lan", "passphrase": "bon tu cua lan day"}
LAN = Knock(PASSPHRASE, "a1")


def at(**later):
    return frozen(START + timedelta(**later))


def wrong(times, knock=LAN, **later):
    with at(**later):
        for _ in range(times):
            throttle.remember(knock)


def waits(knock=LAN, **later):
    with at(**later):
        return throttle.too_many(knock)


def test_ten_wrong_tries_wait_a_minute_and_then_twice_as_long_each_time(app):
    with app.app_context():
        wrong(9)
        assert waits() is None
        wrong(1)
        assert waits() == Wait(60)
        assert waits(seconds=60) is None

        minute, gone = 1, timedelta(minutes=1)
        for expected in (2, 4, 8, 16, 32, 60, 60):
            wrong(1, seconds=gone.total_seconds())
            assert waits(seconds=gone.total_seconds()) == Wait(60 * expected), minute
            gone += timedelta(minutes=expected)

        wrong(1, hours=gone.total_seconds() / 3600 + 25)  # a quiet day: the ladder begins anew
        assert waits(hours=gone.total_seconds() / 3600 + 25) is None


def test_a_hundred_in_a_row_stop_for_good_until_a_right_one(app):
    with app.app_context():
        for hour in range(99):
            wrong(1, hours=hour)
        assert waits(hours=99) is None  # one an hour never waits …
        wrong(1, hours=99)
        assert waits(days=60).stopped  # … but a hundred are enough

        with at(days=60):
            throttle.forget_account(1, PASSPHRASE)
        assert waits(days=60) is None


def test_devices_doors_and_accounts_are_counted_apart(app):
    with app.app_context():
        wrong(10)
        for other in (Knock(PASSPHRASE, "a1", "d7"), Knock("totp", "a1"), Knock(PASSPHRASE, "a11")):
            assert waits(other) is None
        wrong(10, Knock(PASSPHRASE, "a1", "d7"))
        assert waits(Knock(PASSPHRASE, "a1", "d7")) == Wait(60)

        with at(seconds=0):
            throttle.forget(LAN)
        assert waits() is None
        assert waits(Knock(PASSPHRASE, "a1", "d7")) == Wait(60)


def test_an_address_has_a_generous_ceiling(app):
    with app.app_context():
        for number in range(600):
            knock = Knock(PASSPHRASE, f"a{number}", address="one")
            if number % 100:  # counted as `remember` counts; one transaction instead of 600
                continue
            wrong(1, knock)
        row = db.session.get_one(Tries, "address/one")
        assert row.count == 6
        row.count = 599
        db.session.commit()
        assert waits(Knock(PASSPHRASE, "a9999", address="one")) is None
        wrong(1, Knock(PASSPHRASE, "a600", address="one"))
        assert waits(Knock(PASSPHRASE, "a9999", address="one"), seconds=1) == Wait(599, crowd=True)
        assert waits(Knock(PASSPHRASE, "a9999", address="two")) is None
        assert waits(Knock(PASSPHRASE, "a9999", address="one"), minutes=10) is None


def test_what_was_typed_is_kept_nowhere_and_strangers_are_forgotten(app):
    with app.app_context():
        wrong(1, Knock(PASSPHRASE, throttle.stranger_key("my secret words"), address="one"))
        wrong(1)
        kept = [*db.session.scalars(select(Tries.key)), *db.session.scalars(select(FailedSignIn.username))]
        assert not [one for one in kept if "secret" in one]
        db.session.rollback()
        with at(days=2):
            throttle.forget_old_tries()
        assert db.session.scalars(select(Tries.key)).all() == [LAN.key]
        assert db.session.scalars(select(FailedSignIn)).all() == []


def knock(browser, sent, address="10.0.0.1"):
    """What the front door answers to this form from that address."""
    return browser.raw("/sign-in", "POST", data=sent, environ_overrides={"REMOTE_ADDR": address})


def test_sixty_people_on_one_address_all_get_in(world, quick):
    kept = passwords.make_hash("bon tu cua moi nguoi")
    with world.doing():
        for number in range(60):
            actions.add_account(None, username=f"nguoi{number}", password_hash=kept)
    browsers = [world.client() for _ in range(60)]
    tokens = [browser.token() for browser in browsers]
    answers = []
    for turn, words in enumerate(("mot tu sai", "hai tu sai", "bon tu cua moi nguoi")):
        for number, browser in enumerate(browsers):
            with at(seconds=100 * turn + number):
                sent = {"username": f"nguoi{number}", "passphrase": words, "csrf_token": tokens[number]}
                answers.append(knock(browser, sent).status_code)

    assert answers == [422] * 120 + [303] * 60


def test_a_thousand_guesses_from_a_thousand_addresses_are_stopped_and_the_owner_gets_in(app, world, quick):
    phone, attacker = world.client(), world.client()
    with at(minutes=-5):
        assert knock(phone, {**RIGHT, "csrf_token": phone.token()}, "10.0.0.7").status_code == 303
        phone.raw("/sign-out", "POST", data={"csrf_token": phone.token()})
    token, answers = attacker.token(), []
    for number in range(1000):
        with at(seconds=number):
            sent = {"username": "lan", "passphrase": f"bon tu doan mo {number}", "csrf_token": token}
            answers.append(knock(attacker, sent, f"203.0.{number // 250}.{number % 250}").status_code)

    assert answers.count(422) <= 14  # looked at: ten, and one after each wait of 1, 2, 4, 8 minutes
    assert set(answers) == {422, 429}
    with at(seconds=1000):
        stranger = knock(attacker, {**RIGHT, "csrf_token": token}, "203.0.113.9")
        assert stranger.status_code == 429  # not even the right words, from a device nobody knows
        assert 0 < int(stranger.headers["Retry-After"]) <= 3600
        wrong_once = {**RIGHT, "passphrase": "bon tu cua lan nhe", "csrf_token": phone.token()}
        assert knock(phone, wrong_once, "203.0.113.9").status_code == 422  # her own mistakes are counted apart
        assert knock(phone, {**RIGHT, "csrf_token": phone.token()}, "203.0.113.9").status_code == 303


def test_names_that_nobody_has_wait_just_the_same(world, quick):
    said = []
    for name in ("lan", "khongcoai"):
        browser = world.client()
        token = browser.token()
        sent = {"username": name, "passphrase": "bon tu doan mo", "csrf_token": token}
        with at(seconds=0):
            answers = [knock(browser, sent) for _ in range(11)]
        said.append([(answer.status_code, re.sub('value="[^"]*"', "", answer.text)) for answer in answers])

    assert said[0] == said[1]
    assert [status for status, _page in said[0]] == [422] * 10 + [429]


def test_codes_have_the_same_limits_and_a_new_slip_begins_anew(app, world, quick):
    browser = world.client()
    token = browser.token()

    def guess(code):
        sent = {"username": "lan", "code": code, "csrf_token": token}
        return browser.raw("/sign-in/slip", "POST", data=sent).status_code

    with at(seconds=0):
        assert [guess(f"0000 0000 {number:04}") for number in range(11)] == [422] * 10 + [429]
        secret = actions.new_code()
        with world.doing():
            actions.make_slip(db.session.get_one(Account, world.accounts["lan"]), secret)
        assert guess(secret[0]) == 303


def test_a_forged_address_changes_nothing(world, quick):
    browser = world.client()
    token = browser.token()
    with at(seconds=0):
        for number in range(10):
            sent = {**RIGHT, "passphrase": "bon tu doan mo", "csrf_token": token}
            headers = {"X-Forwarded-For": f"192.0.2.{number}"}
            browser.raw("/sign-in", "POST", data=sent, headers=headers)
        assert knock(browser, {**RIGHT, "csrf_token": token}).status_code == 429
    with world.app.app_context():
        addresses = [key for key in db.session.scalars(select(Tries.key)) if key.startswith("address/")]
    assert len(addresses) == 1
