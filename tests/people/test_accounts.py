"""Ways in: slips shown once and kept nowhere; nobody hands out more than they hold."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import func, select, text

from lms.kernel import passwords
from lms.kernel.clock import today
from lms.kernel.db import db
from lms.kernel.refused import Refused
from lms.people import actions, queries, rules
from lms.people.door_models import SlipCode
from lms.people.models import Account, RoleGrant, SignIn
from lms.people.roles import Role

NEW = "mot hai ba bon nam sau"


def everything_kept(app):
    """Every value of every table, as one text."""
    with app.app_context():
        names = db.metadata.tables.keys()
        return "\n".join(str(row) for name in names for row in db.session.execute(text(f'SELECT * FROM "{name}"')))


ONCE = {"_once": "4f1f7c9e-7c43-4d57-9f3c-0f2f7f0f7d11"}


def code_on(sheet: str) -> str:
    return re.search(r"\d{4} \d{4} \d{4}", sheet).group()


def test_a_slip_is_shown_once_and_kept_nowhere(app, world, newcomer):
    my = world.client("my")
    sheet = my.post("/people/accounts", {"person": newcomer, "as": "page", **ONCE})
    code = code_on(sheet)

    assert "dost" in sheet  # Sùng Thị Dở
    kept = everything_kept(app)
    assert code not in kept
    assert code.replace(" ", "") not in kept
    again = my.post("/people/accounts", {"person": newcomer, "as": "page", **ONCE}, status=409)
    assert not re.search(r"\d{4} \d{4} \d{4}", again)
    with app.app_context():
        account = db.session.scalar(select(Account).where(Account.person_id == newcomer))
        assert passwords.matches(db.session.scalar(select(SlipCode.code_hash)), code.replace(" ", ""))
        assert account.password_hash == ""


def test_who_signs_in_already_gets_no_first_slip(app, world):
    world.client("my").post("/people/accounts", {"person": world.persons["lan"]}, status=409)
    world.client("my").post("/people/accounts", {"person": world.persons["hoa"]}, status=404)  # not hers to handle

    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(SlipCode)) == 0


@pytest.mark.parametrize("sent, status", [({}, 422), ({"person": ["x"]}, 422), ({"person": ["999999"]}, 404)])
def test_only_people_of_the_own_units_get_accounts(app, world, sent, status):
    world.client("my").post("/people/accounts", sent, status=status)
    world.client("lan").post("/people/accounts", sent, status=404)

    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(Account)) == 6


def test_a_sibling_units_people_get_none_from_here(app, world):
    with world.doing():
        person = actions.add_person("Sùng A Dế")
        actions.post_person(person.id, world.units["khun_ha"], valid_from=today() - timedelta(days=30))

    world.client("my").post("/people/accounts", {"person": person.id}, status=404)
    world.client("my").get(f"/people/accounts/{world.accounts['pao']}", status=404)


@pytest.mark.parametrize(
    "who, whose, status",
    [
        ("my", "lan", 200),
        ("my", "hoa", 404),  # a trainer: a focal person could not make one
        ("my", "my", 404),
        ("my", "pao", 404),
        ("dung", "my", 200),
        ("dung", "quan", 404),  # an admin's passphrase in the office's hand would be the admin's power
        ("quan", "dung", 200),
        ("lan", "lan", 404),
    ],
)
def test_who_prints_whose_slip(app, world, who, whose, status):
    account_id = world.accounts[whose]
    world.client(who).post(f"/people/accounts/{account_id}/slips", status=status)

    with app.app_context():
        made = db.session.scalar(select(func.count()).where(SlipCode.account_id == account_id))
        assert made == (1 if status == 200 else 0)
        assert db.session.get_one(Account, account_id).password_hash  # goes on working until the slip is used


def test_disabled_and_enabled(app, world):
    my, lan, account = world.client("my"), world.client("lan"), world.accounts["lan"]
    my.post(f"/people/accounts/{account}/disablings")
    assert lan.raw("/people/me").status_code == 303
    my.post(f"/people/accounts/{account}/enablings")
    with app.app_context():
        assert db.session.get_one(Account, account).disabled_at is None
        assert (
            db.session.scalar(select(func.count()).where(SignIn.account_id == account, SignIn.ended_at.is_(None))) == 0
        )


@pytest.mark.parametrize(
    "who, role, unit, status",
    [
        ("dung", "focal", "khun_ha", 200),
        ("dung", "trainer", "province", 200),
        ("dung", "admin", "khun_ha", 422),  # not on the list of the office
        ("dung", "office", "khun_ha", 422),
        ("dung", "learner", "khun_ha", 422),
        ("quan", "office", "khun_ha", 200),
        ("my", "trainer", "binh_lu", 404),
        ("lan", "admin", "province", 404),
    ],
)
def test_nobody_grants_more_than_they_hold(app, world, who, role, unit, status):
    sent = {"role": role, "unit": world.units[unit], "account_id": world.accounts[who], "valid_to": "2030-01-01"}
    world.client(who).post(f"/people/accounts/{world.accounts['pao']}/roles", sent, status=status)

    with app.app_context():
        held = [(row.role, row.unit_id) for row in queries.grants_of(world.accounts["pao"])]
        assert held == ([(Role(role), world.units[unit])] if status == 200 else [])
        assert len(queries.grants_of(world.accounts[who])) == (0 if who == "lan" else 1)


def test_an_office_of_one_unit_grants_nothing_elsewhere(app, world):
    with world.doing():
        actions.grant_role(world.accounts["lan"], Role.OFFICE, world.units["binh_lu"])
    lan = world.client("lan")
    lan.post(f"/people/accounts/{world.accounts['pao']}/roles", {"role": "focal", "unit": 1}, status=404)
    sent = {"role": "focal", "unit": world.units["khun_ha"]}
    lan.post(f"/people/accounts/{world.accounts['hoa']}/roles", sent, status=422)

    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(RoleGrant)) == 5


def test_a_role_ends_at_once(app, world):
    with app.app_context():
        grant_id = queries.grants_of(world.accounts["my"])[0].id
    my = world.client("my")
    my.get("/people/")
    world.client("hoa").post(f"/people/accounts/{world.accounts['my']}/roles/{grant_id}/ends", status=404)
    world.client("dung").post(f"/people/accounts/{world.accounts['my']}/roles/{grant_id}/ends")

    my.get("/people/", status=404)


def test_my_page_changes_the_passphrase_and_signs_others_out(app, world):
    lan, other = world.client("lan"), world.client("lan")
    sent = {"current": "bon tu cua lan day", "new": NEW}
    page = lan.post("/people/me/passphrase", sent)

    assert "Đã đổi" in page
    assert other.raw("/people/me").status_code == 303
    fresh = world.client()
    sent = {"username": "lan", "passphrase": NEW, "csrf_token": fresh.token()}
    assert fresh.raw("/sign-in", "POST", data=sent).status_code == 303


@pytest.mark.parametrize(
    "current, new, status",
    [
        ("wrong wrong wrong", NEW, 422),
        ("", NEW, 422),
        ("bon tu cua lan day", "ngan qua", 409),
        ("bon tu cua lan day", "vang thi lan binh mau", 409),  # own name and unit
        ("bon tu cua lan day", "tamduong123456789", 409),
        ("bon tu cua lan day", "aaaaaaaaaaaaaaaaaaaa", 409),
    ],
)
def test_a_bad_change_changes_nothing(app, world, current, new, status):
    lan = world.client("lan")
    page = lan.post("/people/me/passphrase", {"current": current, "new": new}, status=status)

    assert new not in page.split("gợi ý")[0]
    fresh = world.client()
    sent = {"username": "lan", "passphrase": "bon tu cua lan day", "csrf_token": fresh.token()}
    assert fresh.raw("/sign-in", "POST", data=sent).status_code == 303


def test_only_own_devices_are_signed_out(app, world):
    lan, phone, pao = world.client("lan"), world.client("lan"), world.client("pao")
    with app.app_context():
        ids = {
            key: list(
                db.session.scalars(
                    select(SignIn.id).where(SignIn.account_id == world.accounts[key]).order_by(SignIn.id)
                )
            )
            for key in ("lan", "pao")
        }
    lan.post(f"/people/me/sign-ins/{ids['pao'][0]}/ends", status=404)
    lan.post(f"/people/me/sign-ins/{ids['lan'][1]}/ends")

    assert phone.raw("/people/me").status_code == 303
    assert pao.raw("/people/me").status_code == 200


def test_the_terminal_makes_the_first_admin_once(app):
    run = app.test_cli_runner().invoke
    run(args=["people", "load-units"])
    first = run(args=["people", "first-admin", "--username", "quantri"])
    assert first.exit_code == 0, first.output
    assert "quantri" in first.output

    second = run(args=["people", "first-admin"])
    assert second.exit_code == 1
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(Account)) == 1
        assert [grant.role for grant in queries.grants_of(queries.account_of("quantri").id)] == [Role.ADMIN]


def test_the_terminal_prints_a_code_and_grants(app, world):
    run = app.test_cli_runner().invoke
    said = run(args=["people", "sign-in-code", "LAN"]).output
    fresh = world.client()
    fresh.post("/sign-in/slip", {"username": "lan", "code": code_on(said)})
    fresh.post("/sign-in/new-passphrase", {"new": NEW})
    fresh.get("/people/me")

    assert run(args=["people", "grant", "lan", "focal", "T9901"]).exit_code == 0
    world.client("lan").get("/people/")
    assert run(args=["people", "grant", "lan", "focal", "no-such-unit"]).exit_code == 1
    assert run(args=["people", "grant", "nobody", "focal", "T9901"]).exit_code == 1


def test_generated_phrases_pass_our_own_rule():
    refused = 0
    for _ in range(300):
        try:
            rules.check_passphrase(actions.accounts.passphrases.generate(), ["lan", "Vàng Thị Lan", "Xã Bình Mẫu"])
        except Refused:
            refused += 1
    assert refused <= 6
