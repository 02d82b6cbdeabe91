"""By which names one signs in, how long that lasts, where it is ended, and what is asked again before a sensitive act."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from lms.kernel import access
from lms.kernel.clock import frozen
from lms.kernel.db import db, reading
from lms.people import actions, half, queries, sign_in
from lms.people.models import Account, Person, SignIn

START = datetime(2026, 11, 23, 2, tzinfo=UTC)


def at(**later):
    return frozen(START + timedelta(**later))


@pytest.fixture
def named(world):
    """Lan has a staff code and a phone of her own; Pao and Hoa share one."""
    with world.doing():
        for key, code, phone in (
            ("lan", "CB-017", "0900000001"),
            ("pao", None, "0900000002"),
            ("hoa", "", "0900000002"),
        ):
            person = db.session.get_one(Person, world.persons[key])
            person.staff_code, person.phone = code or None, phone


@pytest.mark.parametrize(
    "typed, who",
    [
        ("lan", "lan"),
        ("CB-017", "lan"),
        (" cb-017 ", "lan"),
        ("0900 000 001", "lan"),
        ("+84900000001", "lan"),
        ("0900000002", None),  # two persons' phone says nobody's name
        ("0900000009", None),
        ("", None),
        ("pao", "pao"),
    ],
)
def test_user_name_staff_code_or_a_phone_of_ones_own(world, named, typed, who):
    with world.app.app_context():
        found = queries.account_named(typed)
        assert (found.username if found else None) == who


def test_a_shared_phone_is_told_apart_once_one_of_the_two_is_disabled(world, named):
    with world.doing():
        actions.disable_account(db.session.get_one(Account, world.accounts["hoa"]))
    with world.app.app_context():
        assert queries.account_named("0900000002").username == "pao"


def test_a_shared_phone_and_a_wrong_word_hear_the_same(world, named):
    said = set()
    for name, words in (("0900000002", "bon tu cua pao day"), ("0900000001", "sai"), ("0900000009", "sai")):
        page = world.client().post("/sign-in", {"username": name, "passphrase": words}, status=422)
        said.add(re.sub('value="[^"]*"', "", page))
    assert len(said) == 1
    assert "tên đăng nhập" in said.pop()


@pytest.mark.parametrize(
    "who, own_device, idle, absolute",
    [
        ("lan", True, 12 * 60, 30 * 24 * 60),
        ("lan", False, 20, 4 * 60),
        ("my", True, 30, 12 * 60),
        ("my", False, 20, 4 * 60),
    ],
)
def test_a_sign_in_ends_by_itself(world, who, own_device, idle, absolute):
    with world.app.app_context():
        with at(seconds=0):
            token = sign_in.start(db.session.get_one(Account, world.accounts[who]), own_device=own_device)
            db.session.commit()

        def holds(**later):
            db.session.rollback()
            with at(**later), reading():  # as a request that reads; that they were seen is written aside
                found = sign_in.viewer_of(token)
                db.session.rollback()
            return found is not None

        assert holds(minutes=idle)
        assert not holds(minutes=2 * idle + 1)
        row = db.session.scalars(select(SignIn)).one()
        row.seen_at = START + timedelta(minutes=absolute)  # used up to the last minute
        db.session.commit()
        assert holds(minutes=absolute)
        assert not holds(minutes=absolute + 1)


def test_on_a_shared_computer_the_cookie_goes_with_the_browser(world):
    sent = {"username": "lan", "passphrase": "bon tu cua lan day"}
    for ticked, kept in (({}, False), ({"own_device": "y"}, True)):
        browser = world.client()
        answer = browser.raw("/sign-in", "POST", data={**sent, **ticked, "csrf_token": browser.token()})
        cookies = {one.split("=")[0]: one for one in answer.headers.getlist("Set-Cookie")}
        assert ("Expires" in cookies["s"]) == kept
        assert "Path=/sign-in;" in cookies["d"]
        assert all("HttpOnly" in one and "SameSite=Lax" in one for one in cookies.values())


def test_half_way_in_opens_no_door(world):
    with world.app.test_request_context("/sign-in"):
        from_slip = half.begin(
            db.session.get_one(Account, world.accounts["quan"]), "factor", own_device=True, onward="/people/"
        )
        assert half.waiting("factor").id == from_slip.id
        assert half.waiting("passphrase") is None
        assert not sign_in.viewer_of(half.session[half.COOKIE])
        sign_in.end_all(world.accounts["quan"])
        assert half.waiting("factor") is None


def test_signing_in_anew_ends_what_was_in_this_browser(world):
    browser = world.client("pao")
    token = browser.token  # of a signed-in page
    with browser.http.session_transaction() as cookie:
        old = cookie["_user_id"]
    sent = {"username": "lan", "passphrase": "bon tu cua lan day", "csrf_token": token()}
    assert browser.raw("/sign-in", "POST", data=sent).status_code == 303
    with world.app.app_context():
        assert sign_in.viewer_of(old) is None


def test_a_keeper_ends_one_sign_in_or_all(world):
    my, lan, phone = world.client("my"), world.client("lan"), world.client("lan")
    address = f"/people/accounts/{world.accounts['lan']}"
    first = re.search(r'name="sign_in" value="(\d+)"', my.get(address)).group(1)
    world.client("hoa").post(f"{address}/sign-ins/ends", status=404)
    my.post(f"/people/accounts/{world.accounts['my']}/sign-ins/ends", status=404)
    my.post(f"{address}/sign-ins/ends", {"sign_in": "999999"}, status=404)
    my.post(f"{address}/sign-ins/ends", {"sign_in": first})
    assert [one.raw("/people/me").status_code for one in (lan, phone)].count(200) == 1
    my.post(f"{address}/sign-ins/ends")
    assert [one.raw("/people/me").status_code for one in (lan, phone)] == [303, 303]


def test_all_my_other_devices_are_ended_by_me(world):
    lan, phone = world.client("lan"), world.client("lan")
    lan.post("/people/me/sign-ins/others/ends")
    assert phone.raw("/people/me").status_code == 303
    lan.get("/people/me")


def test_who_they_are_is_asked_again_and_nothing_typed_is_lost(world):
    with at(seconds=0):
        quan = world.client("quan")
    roles = f"/people/accounts/{world.accounts['pao']}/roles"
    sent = {"role": "focal", "unit": str(world.units["khun_ha"])}
    with at(minutes=16):
        asked = quan.post(roles, sent, status=403)
        then, carried = fields(asked)
        wrong = quan.post("/sign-in/again", {"passphrase": "sai", "then": then, "carried": carried}, status=422)
        assert fields(wrong) == (then, carried)
        with quan.http.session_transaction() as cookie:
            old = cookie["_user_id"]
        right = {"passphrase": "bon tu cua quan day", "then": then, "carried": carried}
        once_more = quan.post("/sign-in/again", right)
        with quan.http.session_transaction() as cookie:
            assert cookie["_user_id"] != old  # a new reference
        assert f'action="{roles}"' in once_more
        form = quan.page.forms[1]["fields"] if quan.page.forms[0]["action"] != roles else quan.page.forms[0]["fields"]
        assert {**sent}.items() <= form.items()
        quan.post(roles, form)
    with world.app.app_context():
        assert [row.role for row in queries.grants_of(world.accounts["pao"])] == ["focal"]


def fields(html):
    """What the page that asks carries: where to, and what."""
    found = {name: re.search(rf'name="{name}" type="hidden" value="([^"]*)"', html) for name in ("then", "carried")}
    return tuple(one.group(1).replace("&#34;", '"').replace("&amp;", "&") for one in found.values())


@pytest.mark.parametrize("then", ["//evil.example", "/\\evil.example", "https://evil.example", "javascript:x"])
def test_after_proving_nobody_is_led_elsewhere(world, then):
    lan = world.client("lan")
    sent = {"passphrase": "bon tu cua lan day", "then": then, "carried": "[", "csrf_token": lan.token()}
    answer = lan.raw("/sign-in/again", "POST", data=sent)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/")


def test_more_than_fifty_persons_leave_only_with_who_is_fresh(world, crowd, monkeypatch):
    monkeypatch.setattr(access, "MANY", 3)
    crowd(3)
    with at(seconds=0):
        my = world.client("my")
    found = [rule.rule for rule in world.app.url_map.iter_rules() if rule.endpoint == "people.unit_people"]
    address = f"{found[0]}?unit={world.units['binh_lu']}"
    with at(minutes=1):
        assert my.raw(address).status_code == 200
    with at(minutes=16):
        assert my.raw(address).headers["Location"].startswith("/sign-in/again?next=")


def test_another_phone_number_of_somebody_who_signs_in_is_a_sensitive_act(world):
    with at(seconds=0):
        my = world.client("my")
    facts = {"full_name": "Vàng Thị Lan", "birth": "1990", "sex": "female"}
    address = f"/people/{world.persons['lan']}/facts"
    with at(minutes=16):
        my.post(address, {**facts, "phone": "0900000005"}, status=403)
        my.post(address, facts)
    with world.app.app_context():
        assert db.session.get_one(Person, world.persons["lan"]).phone == ""
