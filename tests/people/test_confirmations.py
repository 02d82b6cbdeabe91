"""A roster is confirmed as of a day, by whoever answers for the unit; taken back with a reason; both clocks."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from lms.kernel.audit import AuditEntry
from lms.kernel.clock import at_hour, frozen
from lms.kernel.db import db
from lms.kernel.refused import Refused
from lms.people import actions, queries
from lms.people.confirmations import confirmations, roster_seen
from lms.people.models import RosterConfirmation

TODAY = date(2026, 11, 23)


@pytest.fixture(autouse=True)
def clock():
    with frozen(at_hour(TODAY)):
        yield


@pytest.fixture
def url(world):
    return f"/people/units/{world.units['binh_lu']}/list"


def confirm(client, world, on, *, status=200):
    day = date(int(on[6:]), int(on[3:5]), int(on[:2]))
    with world.app.app_context():
        seen = roster_seen(world.units["binh_lu"], day)
    return client.post(
        f"/people/units/{world.units['binh_lu']}/list/confirmations", {"on": on, "seen": seen}, status=status
    )


def test_a_focal_person_confirms_the_list_and_everybody_sees_until_when(world, url):
    my = world.client("my")
    assert "Chưa xác nhận" in my.get(url)

    page = confirm(my, world, "30/10/2026")

    assert "3 người, danh sách đủ đến 30/10/2026" in page
    for who in ("my", "dung"):
        assert "Đã xác nhận đủ đến 30/10/2026" in world.client(who).get(f"/people/?unit={world.units['binh_lu']}")
    assert "đủ đến 30/10/2026" in world.client("quan").get("/people/units")
    with world.app.app_context():
        row = db.session.scalars(select(RosterConfirmation)).one()
        assert (row.complete_on, row.persons, row.recorded_by) == (date(2026, 10, 30), 3, world.accounts["my"])
        trail = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "roster.complete")).one()
        assert trail.facts == {"on": "2026-10-30", "persons": 3}


def test_who_came_who_left_and_what_is_missing_is_seen_before(world, url):
    my = world.client("my")
    confirm(my, world, "01/02/2026")
    with world.doing():
        new = actions.add_person("Sùng Thị Mới")
        actions.post_person(new.id, world.units["binh_lu"], valid_from=date(2026, 3, 1))
        actions.end_posting(queries.postings_of(world.persons["lan"])[0], on=date(2026, 4, 1))

    page = my.get(url)

    assert my.page is not None
    text = my.page.text
    assert "So với danh sách 01/02/2026 (3 người)" in text
    assert "mới đến: Sùng Thị Mới" in text
    assert "đã đi: Vàng Thị Lan" in text
    assert "1 người còn thiếu thông tin" in text
    assert "nhóm; có trực tiếp trợ giúp" in text.replace(" ;", ";")
    assert "Vẫn xác nhận được" in text
    assert 'name="seen"' in page
    assert "Đã xác nhận: 3 người" in confirm(my, world, "23/11/2026")


@pytest.mark.parametrize(
    "on, said",
    [
        ("24/11/2026", "24/11/2026 chưa đến"),
        ("31/02/2026", "ví dụ 05/01/2026"),
        ("", "Hãy nhập"),
        ("01/05/2026", "Đơn vị bắt đầu từ 01/06/2026"),
        ("01/10/2026", "Đơn vị đã kết thúc từ 01/09/2026"),
    ],
)
def test_a_wrong_day_is_said_in_a_sentence_and_stays_typed(world, on, said):
    with world.doing():
        unit = actions.add_unit(
            "Xã Mẫu",
            "commune",
            parent_id=world.units["province"],
            valid_from=date(2026, 6, 1),
            valid_to=date(2026, 9, 1),
        ).id
    dung = world.client("dung")

    answer = dung.raw(
        f"/people/units/{unit}/list/confirmations", "POST", data={"on": on, "csrf_token": dung.token(), "seen": "x"}
    )

    assert answer.status_code in (409, 422)
    assert said in answer.get_data(as_text=True)
    assert f'value="{on}"' in answer.get_data(as_text=True)
    if on:
        assert said in dung.raw(f"/people/units/{unit}/list?on={on}").get_data(as_text=True)
    with world.app.app_context():
        assert db.session.scalars(select(RosterConfirmation)).all() == []


def test_a_list_that_changed_meanwhile_is_looked_at_again(world, url):
    my = world.client("my")
    with world.app.app_context():
        seen = roster_seen(world.units["binh_lu"], TODAY)
    with world.doing():
        new = actions.add_person("Sùng Thị Mới")
        actions.post_person(new.id, world.units["binh_lu"], valid_from=date(2026, 3, 1))

    page = my.post(f"{url}/confirmations", {"on": "23/11/2026", "seen": seen}, status=409)

    assert "đã thay đổi từ lúc" in page
    assert "Sùng Thị Mới" in page
    my.post(f"{url}/confirmations", {"on": "23/11/2026"}, status=409)


def test_what_is_taken_back_needs_a_reason_and_stays_in_the_history(world, url):
    my = world.client("my")
    confirm(my, world, "30/10/2026")
    with world.app.app_context():
        row_id = db.session.scalars(select(RosterConfirmation.id)).one()

    assert "Hãy nhập" in my.post(f"{url}/confirmations/{row_id}/ends", {"why": ""}, status=422)
    page = my.post(f"{url}/confirmations/{row_id}/ends", {"why": "Sót một người"})

    assert "đã rút lại: Sót một người" in page
    assert "Chưa xác nhận" in page
    assert "đã được rút lại" in my.post(f"{url}/confirmations/{row_id}/ends", {"why": "Lại"}, status=409)


def test_it_is_nobody_elses_to_see_or_to_confirm(world, url):
    with world.doing():
        actions.grant_role(world.accounts["pao"], "focal", world.units["khun_ha"], valid_from=date(2026, 1, 1))
        row = actions.confirm_roster(world.units["binh_lu"], TODAY)
        row_id = row.id
    neighbour = world.client("pao")
    own = f"/people/units/{world.units['khun_ha']}/list"

    neighbour.get(own)
    neighbour.get(url, status=404)
    neighbour.get("/people/units/999999/list", status=404)
    neighbour.post(f"{url}/confirmations", {"on": "23/11/2026"}, status=404)
    neighbour.post(f"{url}/confirmations/{row_id}/ends", {"why": "x"}, status=404)
    neighbour.post(f"{own}/confirmations/{row_id}/ends", {"why": "x"}, status=404)  # another unit's, under the own one
    for who in ("lan", "hoa", "quan"):
        world.client(who).get(url, status=404)


def test_what_holds_is_the_latest_as_known_and_at_most_a_year_old(world):
    unit = world.units["binh_lu"]
    with world.doing():
        for day, recorded in ((date(2026, 2, 1), date(2026, 2, 2)), (date(2026, 10, 1), date(2026, 10, 5))):
            with frozen(at_hour(recorded)):
                actions.confirm_roster(unit, day)
    with world.app.app_context():
        assert confirmations(TODAY) == {unit: date(2026, 10, 1)}
        assert confirmations(date(2026, 9, 30)) == {unit: date(2026, 2, 1)}
        assert confirmations(TODAY, at_hour(date(2026, 10, 4))) == {unit: date(2026, 2, 1)}
        assert confirmations(date(2026, 10, 1) + timedelta(days=366)) == {unit: date(2026, 10, 1)}
        assert confirmations(date(2026, 10, 1) + timedelta(days=367)) == {}
    with world.doing():
        latest = db.session.scalars(select(RosterConfirmation).order_by(RosterConfirmation.id.desc())).first()
        actions.withdraw_confirmation(latest, why="Sót người")
    with world.app.app_context():
        assert confirmations(TODAY) == {unit: date(2026, 2, 1)}
        assert confirmations(TODAY, at_hour(date(2026, 11, 1))) == {unit: date(2026, 10, 1)}  # as it was known then


def test_the_same_day_again_supersedes(world):
    with world.doing():
        first = actions.confirm_roster(world.units["binh_lu"], TODAY)
        again = actions.confirm_roster(world.units["binh_lu"], TODAY)
        assert first.id != again.id
    with world.app.app_context():
        held = db.session.scalars(select(RosterConfirmation).where(RosterConfirmation.why_superseded == "")).all()
        assert [row.id for row in held] == [again.id]
        with pytest.raises(Refused, match="Say why"):
            actions.withdraw_confirmation(held[0], why=" ")
