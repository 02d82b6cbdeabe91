"""Paper slips: printed by whoever may, used once within seven days, and never a way round the second factor."""

import io
import re
from datetime import timedelta

import pypdf
import pytest
from sqlalchemy import func, select

from lms.kernel import passphrases
from lms.kernel.clock import frozen, now
from lms.kernel.db import db
from lms.kernel.refused import Refused
from lms.people import actions, rules, throttle
from lms.people.actions import slips
from lms.people.door_models import HalfSignIn, SlipCode
from lms.people.factors import telling
from lms.people.factors.models import Passkey
from lms.people.models import Account, Person, SignIn

NEW = "mot hai ba bon nam sau"
GIVEN = ("Đào", "Mai", "Lan", "Huệ", "Cúc", "Sen")
CODE = re.compile(r"\d{4} \d{4} \d{4}")


@pytest.fixture
def slip(world):
    """A code for Lan."""
    secret = actions.new_code()
    with world.doing():
        actions.make_slip(db.session.get_one(Account, world.accounts["lan"]), secret)
    return passphrases.shown_code(secret[0])


def held(app, model=SignIn):
    with app.app_context():
        return db.session.scalar(select(func.count()).select_from(model).where(model.ended_at.is_(None)))


@pytest.mark.parametrize("door, field", [("/sign-in/slip", "code"), ("/sign-in", "passphrase")])
def test_a_code_leads_to_a_passphrase_and_in(app, world, slip, door, field):
    old = world.client("lan")
    lan = world.client()
    page = lan.post(door, {"username": "lan", field: slip, "next": "/classes/", "own_device": "y"})
    assert "Mật khẩu của anh/chị từ nay" in page
    assert held(app) == 1  # half-way in is not in
    assert lan.raw("/people/me").status_code == 303
    suggestion = re.search(r'class="phrase">([a-z ]+)<', page).group(1)

    lan.post("/sign-in/new-passphrase", {"new": suggestion})
    lan.get("/people/me")
    assert old.raw("/people/me").status_code == 303  # every device of before is signed out
    again = world.client()
    again.post(door, {"username": "lan", field: slip}, status=422)
    again.post("/sign-in", {"username": "lan", "passphrase": "bon tu cua lan day"}, status=422)
    again.post("/sign-in", {"username": "lan", "passphrase": suggestion})
    again.get("/people/me")


@pytest.mark.parametrize("days, status", [(6.99, 200), (7.01, 422)])
def test_a_slip_holds_for_seven_days(world, slip, days, status):
    with frozen(now() + timedelta(days=days)):
        world.client().post("/sign-in/slip", {"username": "lan", "code": slip}, status=status)


def test_of_two_slips_the_newer_counts_and_of_two_who_hold_it_the_first(app, world, slip):
    secret = actions.new_code()
    with world.doing():
        actions.make_slip(db.session.get_one(Account, world.accounts["lan"]), secret)
    first, second = world.client(), world.client()
    first.post("/sign-in/slip", {"username": "lan", "code": slip}, status=422)
    for browser in (first, second):
        browser.post("/sign-in/slip", {"username": "lan", "code": secret[0]})
    first.post("/sign-in/new-passphrase", {"new": NEW})
    assert held(app) == 1
    assert "Vào bằng phiếu giấy" in second.post("/sign-in/new-passphrase", {"new": "sau nam bon ba hai mot"})

    with app.app_context():
        why = db.session.scalars(select(SlipCode.why_ended).order_by(SlipCode.id)).all()
    assert why == ["replaced", "used"]
    world.client().post("/sign-in", {"username": "lan", "passphrase": NEW})


def test_a_code_is_used_once_even_by_two_at_the_same_moment(world, slip):
    with world.app.app_context():
        account = db.session.get_one(Account, world.accounts["lan"])
        row = db.session.scalars(select(SlipCode)).one()
        with frozen(now() + timedelta(days=8)), pytest.raises(Refused, match="used already"):
            actions.use_slip(account, row.id, "late")
        actions.use_slip(account, row.id, "first")
        with pytest.raises(Refused, match="used already"):
            actions.use_slip(account, row.id, "second")
        assert account.password_hash == "first"


def test_a_bad_choice_uses_nothing_up(app, world, slip):
    lan = world.client()
    lan.post("/sign-in/slip", {"username": "lan", "code": slip})
    for bad in ("ngan", "vang thi lan binh mau", "password password", "tamduong123456789"):
        lan.post("/sign-in/new-passphrase", {"new": bad}, status=409)
    lan.post("/sign-in/new-passphrase", {"new": ""}, status=422)

    assert held(app) == 0
    lan.post("/sign-in/new-passphrase", {"new": NEW})
    assert held(app) == 1


def test_nobody_takes_what_everybody_guesses(world):
    for bad in (
        "passwordpassword",
        "matkhau123456789",
        "qwertyuiopasdfgh",
        "xa binh mau 1990",
        "khun mau khun mau",  # the commune next door
        "0900000000 0900000000",
        "01/01/1990 01/01/1990",
        "vang thi lan 01011990",
        "taphuan tamduong 2026",
        "aaaaaaaaaaaaaaaaaa",
    ):
        with pytest.raises(Refused, match="easy to guess"):
            rules.check_passphrase(
                bad, ["lan", "Vàng Thị Lan", "0900000000", "01/01/1990"], ["Xã Bình Mẫu", "Xã Khun Mẫu"]
            )
    for good in ("trâu đen qua suối cạn", "correct horse battery", "T9-kla!pp2 wq77 Zz", "con trau an co non"):
        rules.check_passphrase(good, ["lan"], ["Xã Bình Mẫu"])


def test_a_slip_is_no_way_round_the_second_factor(app, world, slip):
    with world.doing():
        key = {"credential_id": "aG9h", "user_handle": "aG9h", "public_key": b"", "sign_count": 0, "name": "Máy"}
        db.session.add(Passkey(account_id=world.accounts["lan"], synced=False, **key))
    lan = world.client()
    lan.post("/sign-in/slip", {"username": "lan", "code": slip})
    answer = lan.raw("/sign-in/new-passphrase", "POST", data={"new": NEW, "csrf_token": lan.token()})

    assert answer.headers["Location"] == "/sign-in/second"
    assert held(app) == 0
    assert held(app, HalfSignIn) == 1


def test_the_disabled_and_the_wrong_hear_the_same(world, slip):
    said = set()
    with world.doing():
        actions.disable_account(db.session.get_one(Account, world.accounts["lan"]))
    for name, code in (("lan", slip), ("pao", slip), ("khongcoai", "1234 5678 9012")):
        page = world.client().post("/sign-in/slip", {"username": name, "code": code}, status=422)
        said.add(re.sub('value="[^"]*"', "", page))
    assert len(said) == 1


def test_a_reset_in_person_opens_what_was_stopped(world, slip):
    with world.app.app_context():
        knock = throttle.Knock(throttle.PASSPHRASE, throttle.account_key(world.accounts["lan"]))
        for _ in range(100):
            throttle.remember(knock)
    stopped = world.client().post("/sign-in", {"username": "lan", "passphrase": "bon tu cua lan day"}, status=429)
    assert "phiếu mới" in stopped
    lan = world.client()
    lan.post("/sign-in/slip", {"username": "lan", "code": slip})
    lan.post("/sign-in/new-passphrase", {"new": NEW})
    world.client().post("/sign-in", {"username": "lan", "passphrase": NEW})


def test_sixty_slips_fit_on_six_sheets(world, quick):
    with world.doing():
        ids = []
        for number in range(60):
            person = actions.add_person(
                f"Lù Thị {'ABCDEFGHIJ'[number % 10]}ông {['Đào', 'Mai', 'Lan', 'Huệ', 'Cúc', 'Sen'][number // 10]}"
            )
            actions.post_person(person.id, world.units["binh_lu"], valid_from=rules.EARLIEST.replace(year=2026))
            ids.append(person.id)
    my = world.client("my")
    sent = {"person": ids, "as": "pdf", "csrf_token": my.token()}
    answer = my.raw("/people/accounts", "POST", data=sent)
    pages = [page.extract_text() for page in pypdf.PdfReader(io.BytesIO(answer.data)).pages]

    assert answer.mimetype == "application/pdf"
    assert answer.headers["Cache-Control"] == "no-store"
    codes = CODE.findall("\n".join(pages))
    assert len(set(codes)) == 60
    assert len(pages) == 6
    with world.app.app_context():
        assert db.session.scalar(select(func.count()).select_from(SlipCode)) == 60


def test_a_code_that_ran_out_is_over(world, slip):
    with world.app.app_context():
        for days, why in ((6, ""), (8, "expired")):
            with frozen(now() + timedelta(days=days)):
                slips.end_what_ran_out()
            assert db.session.scalars(select(SlipCode.why_ended)).one() == why


def test_the_holder_is_told_of_a_slip_they_may_not_have_asked_for(world, slip, newcomer):
    lan = world.client("lan")
    assert "phiếu đặt mật khẩu mới" in lan.get("/people/me")
    with world.app.app_context():
        assert [event.kind for event in telling.unread(world.accounts["lan"])] == ["slip_made"]
    with world.doing():
        account = actions.add_account(db.session.get_one(Person, newcomer))
        actions.make_slip(account, actions.new_code())
        assert telling.unread(account.id) == []  # how one first comes in is no news


def test_a_slip_of_a_disabled_account_stays_worth_nothing(world, slip):
    for change in (actions.disable_account, actions.enable_account):
        with world.doing():
            change(db.session.get_one(Account, world.accounts["lan"]))
    world.client().post("/sign-in/slip", {"username": "lan", "code": slip}, status=422)


def test_many_accounts_failing_within_an_hour_are_told_to_the_log(app, caplog):
    with app.app_context():
        for number in range(30):
            throttle.remember(throttle.Knock(throttle.PASSPHRASE, f"a{number}"))
    assert [one.args for one in caplog.records if "wrong tries" in one.msg] == [(30,)]
