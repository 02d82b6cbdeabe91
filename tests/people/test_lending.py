"""Roles: nobody grants more than they hold, a role is lent until a day, successors inherit by date."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from lms.kernel.audit import AuditEntry
from lms.kernel.clock import at_hour, frozen
from lms.kernel.db import CURRENT, STILL, db
from lms.kernel.refused import Refused
from lms.people import actions, lending_rules, queries
from lms.people.models import Account, RoleGrant
from lms.people.roles import Role

TODAY = date(2026, 11, 23)
LOAN = {"last_day": "30/11/2026"}


@pytest.fixture(autouse=True)
def clock():
    with frozen(at_hour(TODAY)):
        yield


def grants(world, who, *, held=True):
    with world.app.app_context():
        query = select(RoleGrant).where(RoleGrant.account_id == world.accounts[who]).order_by(RoleGrant.id)
        return db.session.scalars(query.where(RoleGrant.superseded_at == CURRENT) if held else query).all()


def lend(world, to="lan", lender="my", status=200, **more):
    sent = {"grant": grants(world, lender)[0].id, "account": world.accounts[to], **LOAN, **more}
    return world.client(lender).post("/people/me/loans", sent, status=status)


def test_lent_until_a_day_seen_by_both_and_on_record(world):
    page = lend(world)

    assert "anh/chị giao cho Vàng Thị Lan" in page
    assert "30/11/2026" in page
    lan = world.client("lan")
    assert "Tẩn Thị Mỷ giao cho anh/chị" in lan.get("/people/me/loans")
    assert "Giàng" not in lan.get("/people/")
    with frozen(at_hour(date(2026, 11, 30), 20)):
        world.client("lan").get("/people/")
    with frozen(at_hour(date(2026, 12, 1), 8)):
        world.client("lan").get("/people/", status=404)
        world.client("my").get("/people/")
    assert "do Tẩn Thị Mỷ giao tạm" in world.client("dung").get(f"/people/accounts/{world.accounts['lan']}")
    with world.app.app_context():
        row = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "role.lent")).one()
    assert (row.account_id, row.object_id, row.facts["until"]) == (
        world.accounts["my"],
        str(world.accounts["lan"]),
        "2026-12-01",
    )


@pytest.mark.parametrize("who", ["my", "lan"])
def test_taken_back_or_given_back_it_ends_at_once(world, who):
    lend(world)
    lan = world.client("lan")
    lan.get("/people/")
    loan = grants(world, "lan")[0]
    for other in ("hoa", "dung", "pao"):
        world.client(other).post(f"/people/me/loans/{loan.id}/ends", status=404)

    world.client(who).post(f"/people/me/loans/{loan.id}/ends")

    lan.get("/people/", status=404)
    assert grants(world, "lan") == []


def test_only_to_a_colleague_of_the_same_unit_and_only_ones_own(world):
    assert "Giàng A Páo" not in world.client("my").get("/people/me/loans")
    lend(world, to="pao", status=422)
    lend(world, to="my", status=422)
    lend(world, grant=grants(world, "hoa")[0].id, status=422)
    lend(world, last_day="22/11/2026", status=409)
    assert "chậm nhất" in lend(world, last_day="30/11/2028", status=409)
    lend(world, last_day="31/12/9999", status=422)
    lend(world)
    lan = {"grant": grants(world, "lan")[0].id, "account": world.accounts["hoa"], **LOAN}
    world.client("lan").post("/people/me/loans", lan, status=422)  # lent, so not hers to lend
    assert [len(grants(world, who)) for who in ("pao", "lan", "hoa")] == [0, 1, 1]


@pytest.mark.parametrize("ended", ["role", "account"])
def test_what_the_lender_no_longer_holds_nobody_has_from_them(world, ended):
    lend(world)
    with world.doing():
        if ended == "role":
            actions.end_role(db.session.get(RoleGrant, grants(world, "my")[0].id), on=TODAY)
        else:
            actions.disable_account(db.session.get(Account, world.accounts["my"]))

    world.client("lan").get("/people/", status=404)
    assert grants(world, "lan") == []


def test_with_a_lent_office_nothing_is_granted(world):
    """It would outlast the loan."""
    lend(world, to="quan", lender="dung")
    with world.doing():
        actions.end_role(db.session.get(RoleGrant, grants(world, "quan")[0].id), on=TODAY)  # the admin's own role
    quan = world.client("quan")
    quan.get("/people/reminders")  # he is the office until the day
    sent = {"role": "focal", "unit": world.units["khun_ha"]}

    quan.post(f"/people/accounts/{world.accounts['pao']}/roles", sent, status=422)

    assert grants(world, "pao") == []


ROLES = ("trainer", "focal", "office", "admin")
MAY = {"dung": {"trainer", "focal"}, "quan": set(ROLES)}


@pytest.mark.parametrize("who", ["lan", "hoa", "my", "dung", "quan"])
def test_nobody_grants_more_than_they_hold(world, who):
    """By direct POST, each role over a unit of theirs, over the whole, and over a neighbour's; nothing else is written."""
    with world.doing():
        world.units["other"] = actions.add_unit("Tỉnh Khác", "province", code="T98").id
    client, done = world.client(who), set()
    for role in ROLES:
        for unit in ("binh_lu", "province", "other"):
            before = len(grants(world, "pao"))
            data = {"role": role, "unit": str(world.units[unit]), "csrf_token": client.token()}
            answer = client.raw(f"/people/accounts/{world.accounts['pao']}/roles", "POST", data=data)
            assert (answer.status_code == 303) == (len(grants(world, "pao")) > before)
            if answer.status_code == 303:
                done.add((role, unit))

    assert done == {(role, unit) for role in MAY.get(who, ()) for unit in ("binh_lu", "province")}


def test_a_role_is_granted_until_a_day(world):
    url = f"/people/accounts/{world.accounts['lan']}/roles"
    sent = {"role": "focal", "unit": world.units["binh_lu"], "last_day": "30/11/2026"}
    world.client("dung").post(url, sent)
    assert [row.valid_to for row in grants(world, "lan")] == [date(2026, 12, 1)]
    world.client("lan").get("/people/")
    with frozen(at_hour(date(2026, 12, 1), 8)):
        world.client("lan").get("/people/", status=404)
    world.client("dung").post(url, {**sent, "role": "trainer", "last_day": "22/11/2026"}, status=409)
    world.client("dung").post(url, {**sent, "role": "trainer", "last_day": "31/12/9999"}, status=422)


def test_successors_inherit_by_date(world):
    """From the day a unit passes on, whoever holds a role over the new one has it over the old one's people; not before."""
    with world.doing():
        new = actions.add_unit("Xã Mới Mẫu", "commune", parent_id=world.units["province"], valid_from=TODAY).id
        actions.grant_role(world.accounts["pao"], Role.FOCAL, new)
        with_old = queries.account_scope(world.accounts["pao"], Role.FOCAL)
        assert world.units["binh_lu"] not in with_old
    world.client("pao").get(f"/people/{world.persons['lan']}", status=404)

    with world.doing():
        actions.succeed_unit(world.units["binh_lu"], new, on=TODAY, legal_basis="Quyết định mẫu")

    world.client("pao").get(f"/people/{world.persons['lan']}")
    with world.app.app_context():
        assert world.units["binh_lu"] in queries.account_scope(world.accounts["pao"], Role.FOCAL)


@pytest.mark.parametrize(
    "given, said",
    [
        ({"role": Role.ADMIN}, "admin"),
        ({"lent": True}, "not yours"),
        ({"own": False}, "not yours"),
        ({"to_oneself": True}, "not yourself"),
        ({"until": TODAY}, "later day"),
        ({"ends": TODAY + timedelta(days=2)}, "at the latest"),
        ({"until": TODAY + timedelta(days=185)}, "at the latest"),
    ],
)
def test_what_is_not_lent(given, said):
    right = {"role": Role.FOCAL, "lent": False, "own": True, "to_oneself": False}
    right |= {"until": TODAY + timedelta(days=8), "ends": STILL, "today": TODAY}
    role = right.pop("role")
    lending_rules.check_may_lend(role, **right)

    asked = {**right, **given}
    with pytest.raises(Refused, match=said):
        lending_rules.check_may_lend(asked.pop("role", role), **asked)
