"""The second proof: asked for before anything else opens, good once, counted, and taken off by two when it is lost."""

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pyotp
import pytest
from sqlalchemy import func, insert, select, text
from sqlalchemy.exc import IntegrityError
from werkzeug.routing import AnyConverter, IntegerConverter

from lms.kernel import sealing
from lms.kernel.audit import AuditEntry
from lms.kernel.clock import frozen, now
from lms.kernel.db import db
from lms.people import actions
from lms.people.factors import code_app, proving, recovery, rules
from lms.people.factors.models import CodeApp, FactorEvent, FactorLoss, RecoveryCode
from lms.people.models import SignIn
from lms.people.roles import Role

NOON = datetime(2026, 11, 23, 5, 0, 5, tzinfo=UTC)
LATER = NOON + timedelta(minutes=1)
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


def code_at(moment, secret=SECRET):
    return pyotp.TOTP(secret).at(moment)


@pytest.fixture
def required(app):
    """The app of a real installation."""
    app.config["SETTINGS"] = replace(app.config["SETTINGS"], second_factor="required")
    return app


@pytest.fixture
def with_app(world):
    """Somebody gets a code app at noon; the code of noon is spent with that."""

    def give(who, codes=()):
        with frozen(NOON), world.doing():
            account_id = world.accounts[who]
            assert code_app.set_up(account_id, SECRET, code_at(NOON), by=account_id)
            recovery.keep(account_id, list(codes), by=account_id)
        return account_id

    return give


def passphrase_of(world, who):
    """A browser in which the passphrase of somebody was just typed; and where that led."""
    client = world.client()
    sent = {"username": who, "passphrase": f"bon tu cua {who} day", "csrf_token": client.token()}
    return client, client.raw("/sign-in", "POST", data=sent).headers["Location"]


def show(client, typed, url="/sign-in/second", name="code"):
    return client.raw(url, "POST", data={name: typed, "csrf_token": client.token()})


def is_in(client):
    return client.raw("/people/me").status_code == 200


@pytest.mark.parametrize(
    "roles, setting, needed",
    [
        ({Role.LEARNER}, "required", False),
        ({Role.LEARNER, Role.TRAINER}, "required", True),
        ({Role.FOCAL}, "required", True),
        ({Role.OFFICE}, "required", True),
        ({Role.ADMIN}, "required", True),
        ({Role.ADMIN}, "offered", False),
    ],
)
def test_who_needs_one(roles, setting, needed):
    assert rules.needs_second(roles, setting) == needed


@pytest.mark.parametrize(
    "typed, read",
    [
        ("3-KMF7Q-2PABX", (3, "KMF7Q2PABX")),
        (" 10 kmf7q 2pabx", (10, "KMF7Q2PABX")),
        ("3 – kmf7q2pabx", (3, "KMF7Q2PABX")),
        ("KMF7Q-2PABX", None),
        ("3-KMF7Q-2PAB", None),
        ("3-KMF7Q-2PAB0", None),
        ("", None),
        ("9" * 30, None),
    ],
)
def test_a_code_on_paper_is_read_kindly(typed, read):
    assert rules.paper_code(typed) == read


@pytest.mark.parametrize(
    "typed, read", [("123 456", "123456"), ("12345", None), ("１２３４５６", None), ("12345a", None)]
)
def test_six_digits(typed, read):
    assert rules.digits(typed) == read


@pytest.mark.parametrize(
    "kept, said, fine", [(0, 0, True), (0, 1, True), (5, 6, True), (5, 5, False), (5, 4, False), (5, 0, False)]
)
def test_a_counter_moves_on(kept, said, fine):
    assert rules.counts_on(kept, said) == fine


def test_what_is_sealed_is_read_with_the_key_and_for_its_purpose_only(app):
    with app.app_context(), frozen(NOON):
        sealed = sealing.seal("a", {"x": 1})
        assert sealing.opened("a", sealed)["x"] == 1
        assert sealing.opened("b", sealed) is None
        assert sealing.opened("a", "x" + sealed[1:]) is None
        assert sealing.opened("a", "không") is None
        with frozen(NOON + timedelta(seconds=61)):
            assert sealing.opened("a", sealed, seconds=60) is None
        kept = app.config["SECRET_KEY"]
        app.config["SECRET_KEY"] = "n" * 43
        assert sealing.opened("a", sealed) is None
        app.config["SECRET_KEY_FALLBACKS"] = [kept]
        assert sealing.opened("a", sealed)["x"] == 1


def test_whoever_sees_others_sets_one_up_before_anything_opens(required, world):
    with frozen(NOON):
        my, onward = passphrase_of(world, "my")
        assert onward == "/sign-in/set-up"
        page = my.get("/sign-in/set-up")
        secret = re.search(r'class="phrase">([A-Z2-7 ]+)<', page).group(1).replace(" ", "")
        sealed = re.search(r'name="sealed" value="([^"]+)"', page).group(1)
        again = my.post("/sign-in/set-up", {"code": "000000", "sealed": sealed}, status=422)
        assert sealed in again
        assert not is_in(my)

        once = "4f1f7c9e-7c43-4d57-9f3c-0f2f7f0f7d11"
        sheet = my.post("/sign-in/set-up", {"code": code_at(NOON, secret), "sealed": sealed, "_once": once})
        codes = re.findall(r'class="phrase">([0-9A-Z-]+)<', sheet)
        assert len(set(codes)) == 10
        assert is_in(my)
        my.get("/people/")

    with required.app_context():
        kept = "\n".join(
            str(row) for name in db.metadata.tables for row in db.session.execute(text(f'SELECT * FROM "{name}"'))
        )
    assert secret not in kept
    assert not [one for one in codes if one in kept or rules.paper_code(one)[1] in kept]


def test_half_way_in_no_door_opens(required, world, with_app):
    """Each route of the house, asked by somebody whose passphrase was right and who has shown nothing else."""
    with_app("quan")
    with frozen(LATER):
        quan, _onward = passphrase_of(world, "quan")
        token, opened = quan.token(), []
        for rule in required.url_map.iter_rules():
            view = required.view_functions[rule.endpoint]
            url = rule.build({name: converted(rule, name) for name in rule._converters})[1]
            for method in (rule.methods or set()) & {"GET", "POST"}:
                if view.door == "open":
                    continue
                answer = quan.http.open(url, method=method, data={"csrf_token": token} if method == "POST" else None)
                if answer.status_code != 303 or not answer.headers["Location"].startswith("/sign-in"):
                    opened.append((method, url, answer.status_code))
        assert opened == []
        assert quan.raw("/people/me").status_code == 303
        assert show(quan, code_at(LATER)).status_code == 303
        assert is_in(quan)


def converted(rule, name):
    """Something that this part of an address takes."""
    converter = rule._converters[name]
    if isinstance(converter, AnyConverter):
        return min(converter.items)
    return 1 if isinstance(converter, IntegerConverter) else "x"


def test_a_code_is_good_once(world, app, with_app):
    account_id = with_app("lan")
    with frozen(NOON):
        lan, onward = passphrase_of(world, "lan")
        assert onward == "/sign-in/second"
        assert show(lan, code_at(NOON)).status_code == 422  # it proved the set-up already

    with frozen(LATER):
        assert show(lan, code_at(LATER)).status_code == 303
        assert is_in(lan)
        other, _onward = passphrase_of(world, "lan")
        assert show(other, code_at(LATER)).status_code == 422
        assert not is_in(other)
        assert show(other, code_at(LATER + timedelta(seconds=30))).status_code == 303  # a phone's clock is early

    with app.app_context():
        spent = f"code {db.session.scalar(select(CodeApp.id).where(CodeApp.account_id == account_id))} 1"
        assert proving.spend(spent)
        assert not proving.spend(spent)  # the database says no, not a look-up before
        db.session.rollback()


def test_ten_wrong_codes_make_that_account_wait(world, with_app):
    with_app("lan")
    with frozen(LATER):
        lan, _onward = passphrase_of(world, "lan")
        for _ in range(10):
            assert show(lan, "000000").status_code == 422
        answer = show(lan, code_at(LATER))
        assert answer.status_code == 429
        assert int(answer.headers["Retry-After"]) <= 60
        assert show(lan, "3-KMF7Q-2PABX", "/sign-in/second/paper", "paper").status_code == 429
    after = LATER + timedelta(minutes=2)
    with frozen(after):
        assert show(lan, code_at(after)).status_code == 303


def test_a_recovery_code_is_good_once(world, app, with_app):
    codes = recovery.fresh()[:2]
    account_id = with_app("lan", codes)
    paper = ("/sign-in/second/paper", "paper")
    with frozen(LATER):
        lan, _onward = passphrase_of(world, "lan")
        assert show(lan, "1-KMF7Q-2PABX", *paper).status_code == 422
        assert show(lan, codes[0].printed.replace("1-", "2-", 1), *paper).status_code == 422  # another's number
        assert show(lan, codes[0].printed.lower(), *paper).status_code == 303
        other, _onward = passphrase_of(world, "lan")
        assert show(other, codes[0].printed, *paper).status_code == 422
        assert "Đã dùng một mã dự phòng" in lan.get("/people/me/factors")

    with app.app_context():
        row = db.session.scalar(select(RecoveryCode).where(RecoveryCode.number == 1))
        assert not recovery.use(row)
        assert recovery.left(account_id) == 1
        assert row.code_hash.startswith("$argon2id$")


def test_a_role_that_came_later_asks_for_one(required, world):
    lan = world.client("lan")
    assert is_in(lan)
    with world.doing():
        actions.grant_role(world.accounts["lan"], Role.FOCAL, world.units["binh_lu"])

    assert lan.raw("/people/me").headers["Location"].startswith("/sign-in")


def test_mine_set_up_renewed_and_removed(app, world):
    with frozen(NOON):
        lan, phone = world.client("lan"), world.client("lan")
        page = lan.get("/people/me/factors/app")
        secret = re.search(r'class="phrase">([A-Z2-7 ]+)<', page).group(1).replace(" ", "")
        sealed = re.search(r'name="sealed" value="([^"]+)"', page).group(1)
        world.client("pao").post(
            "/people/me/factors/app", {"code": code_at(NOON, secret), "sealed": sealed}, status=422
        )
        sheet = lan.post("/people/me/factors/app", {"code": code_at(NOON, secret), "sealed": sealed})
        assert len(re.findall(r'class="phrase">([0-9A-Z-]+)<', sheet)) == 10
        assert "Đăng xuất mọi nơi" in lan.get("/people/me/factors")
        assert is_in(phone)
        lan.post("/people/me/factors/sign-outs")
        assert is_in(lan)
        assert not is_in(phone)
        with app.app_context():
            events = list(db.session.scalars(select(FactorEvent.id)))
        lan.post("/people/me/factors/readings", {"event": [str(one) for one in events]})
        with app.app_context():
            assert not db.session.scalar(select(func.count()).where(FactorEvent.read_at.is_(None)))
        assert "Đã gỡ" in lan.post("/people/me/factors/app/ends")
        with app.app_context():
            assert db.session.scalars(select(CodeApp.sealed)).all() == [""]


def test_the_last_one_stays_while_the_rule_asks_for_it(required, world, with_app):
    with_app("my")
    my = world.client()
    with world.doing():
        db.session.execute(insert(SignIn).values(**signed(world.accounts["my"])))
    with my.http.session_transaction() as cookie:
        cookie["_user_id"], cookie["_fresh"] = "token", True
    assert "Hãy cài cái khác trước" in my.post("/people/me/factors/app/ends", status=409)


def signed(account_id):
    moment = now()
    digest = "3c469e9d6c5875d37a43f353d4f88e61fcf812c66eee3457465a40b0da4153e0"  # SHA-256 of "token"
    times = {"started_at": moment, "seen_at": moment, "fresh_at": moment}
    return {
        "token_hash": digest,
        "account_id": account_id,
        "second_factor": True,
        "own_device": True,
        "device": "",
        **times,
    }


def test_a_lost_one_is_taken_off_by_two(app, world, with_app):
    account_id = with_app("lan", recovery.fresh()[:1])
    url = f"/people/accounts/{account_id}"
    with frozen(LATER):
        lan, my, dung = world.client("lan"), world.client("my"), world.client("dung")
        world.client("hoa").post(f"{url}/losses", status=404)  # a trainer keeps no accounts
        lan.post(f"{url}/losses", status=404)
        my.post(f"{url}/losses")
        assert "Anh/chị đã báo rồi" in my.post(f"{url}/losses/confirmations", status=409)
        assert is_in(lan)
        assert "Tẩn Thị Mỷ" in dung.get(f"{url}/factors")
        assert "báo rằng anh/chị mất lớp bảo vệ" in lan.get("/people/me/factors")
        dung.post(f"{url}/losses/confirmations")
        dung.post(f"{url}/losses/confirmations", status=404)

        assert not is_in(lan)
        lan, onward = passphrase_of(world, "lan")
        assert not onward.startswith("/sign-in")  # a learner: no second proof is left, none is required
        assert "hai người quản lý tài khoản" in lan.get("/people/me/factors")
    with frozen(LATER + timedelta(hours=1)):
        lan, _onward = passphrase_of(world, "lan")
        assert "đã thay đổi từ lần trước" in lan.get("/people/me")
    with app.app_context():
        told = db.session.execute(
            select(AuditEntry.action, AuditEntry.account_id).order_by(AuditEntry.seq.desc())
        ).all()
        assert ("factor.all_taken_off", world.accounts["dung"]) in [tuple(row) for row in told[:4]]
        assert ("factor.loss_said", world.accounts["my"]) in [tuple(row) for row in told]
        assert recovery.left(account_id) == 0


def test_the_operator_takes_a_lost_one_off(app, world, with_app):
    account_id = with_app("quan")
    assert app.test_cli_runner().invoke(args=["people", "lost-factor", "quan"]).exit_code == 0
    assert app.test_cli_runner().invoke(args=["people", "lost-factor", "nobody"]).exit_code == 1
    with app.app_context():
        assert code_app.of_account(account_id) is None
        told = db.session.scalars(select(FactorEvent.kind).where(FactorEvent.read_at.is_(None))).all()
        assert "taken_off_by_operator" in told


def test_what_the_first_of_the_two_said_holds_for_a_week(world, with_app):
    account_id = with_app("lan")
    url = f"/people/accounts/{account_id}/losses"
    with frozen(LATER):
        world.client("my").post(url)
    with frozen(LATER + timedelta(days=8)):
        world.client("dung").post(f"{url}/confirmations", status=404)
        world.client("dung").post(url)
        world.client("my").post(f"{url}/withdrawals")
        world.client("quan").post(f"{url}/confirmations", status=404)


@pytest.mark.parametrize("asked, confirmed", [("my", "my"), ("lan", "my"), ("my", "lan")])
def test_the_database_wants_two_others(app, world, asked, confirmed):
    values = {"account_id": world.accounts["lan"], "asked_by": world.accounts[asked], "asked_at": NOON}
    with app.app_context(), pytest.raises(IntegrityError):
        db.session.execute(
            insert(FactorLoss).values(**values, confirmed_by=world.accounts[confirmed], confirmed_at=NOON)
        )
