"""A place that loses a trained person is noticed with the cause: transfer, leave, expiry, a completion taken back; a new one closes it."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from sqlalchemy import select

from lms.coverage import alerting
from lms.coverage.alerts import open_alerts
from lms.coverage.models import Alert
from lms.kernel import jobs
from lms.kernel.clock import at_hour, frozen
from lms.kernel.db import db
from lms.people import actions as people
from lms.people.models import Posting, Standing
from lms.tracks import actions as tracks
from lms.tracks.models import Enrolment
from tests.coverage.conftest import Register
from tests.coverage.places import with_places

FALL = date(2025, 11, 12)
NOTICED = date(2025, 11, 21)


def noticed(register: Register, on: date = NOTICED) -> list[Alert]:
    """What is open after the hourly look of that day."""
    with frozen(at_hour(on, 10)), register.app.app_context():
        jobs.chores()
        found = [line.alert for line in open_alerts(None)]
        db.session.expunge_all()
        return found


def moves_away(register: Register) -> None:
    posting = db.session.scalars(select(Posting).where(Posting.person_id == register.persons["phu"])).one()
    people.end_posting(posting, on=FALL)


def goes_on_leave(register: Register) -> None:
    people.except_person(register.persons["phu"], "", "on_leave", reason="Nghỉ", valid_from=FALL)


def is_taken_back(register: Register) -> None:
    enrolment = db.session.scalars(select(Enrolment).where(Enrolment.person_id == register.persons["phu"])).one()
    tracks.retract_part(enrolment, "class", reason="Ghi nhầm")


@pytest.mark.parametrize(
    "happens, why", [(moves_away, "left"), (goes_on_leave, "on_leave"), (is_taken_back, "retracted")]
)
def test_a_place_that_falls_short_says_why(register: Register, happens: Callable[[Register], None], why: str) -> None:
    with_places(register)
    assert noticed(register, date(2025, 11, 10)) == []
    with frozen(at_hour(FALL, 9)), register.doing():
        happens(register)
    (alert,) = noticed(register)

    assert alert.unit_id == register.units["nam_loong"]
    assert (alert.least, alert.had, alert.has, alert.opened_on, alert.closed_on) == (1, 1, 0, FALL, None)
    assert alert.causes == [{"person": register.persons["phu"], "why": why, "on": "2025-11-12"}]
    assert [one.id for one in noticed(register)] == [alert.id]  # told once


def test_training_that_expires_is_noticed_that_day(register: Register) -> None:
    with_places(register, valid_months=4)  # phu: 30/06/2025, so up to 29/10
    assert noticed(register, date(2025, 10, 29)) == []
    (alert,) = noticed(register, date(2025, 10, 30))
    assert (alert.opened_on, alert.causes) == (
        date(2025, 10, 30),
        [{"person": register.persons["phu"], "why": "expired", "on": "2025-10-30"}],
    )


def test_a_new_person_closes_it_and_a_second_fall_is_a_second_alert(register: Register) -> None:
    with_places(register)
    with frozen(at_hour(FALL, 9)), register.doing():
        goes_on_leave(register)
    (first,) = noticed(register)
    register_day = NOTICED + timedelta(days=1)
    with register.doing():
        register.train("hai", register_day)
    assert noticed(register, register_day) == []
    with register.app.app_context():
        kept = db.session.get_one(Alert, first.id)
        assert kept.closed_on == register_day

    later = register_day + timedelta(days=3)
    with frozen(at_hour(later, 8)), register.doing():
        people.except_person(register.persons["hai"], "", "on_leave", reason="Nghỉ", valid_from=later)
    (second,) = noticed(register, later)
    assert second.id != first.id
    assert [cause["person"] for cause in second.causes] == [register.persons["hai"]]


def test_an_open_alert_tells_who_was_lost_since_and_who_is_back(register: Register) -> None:
    with frozen(at_hour(date(2025, 11, 1), 9)), register.doing():
        trained = register.train("hai", date(2025, 11, 1)).id
    with_places(register, least=2)

    def there(on: date) -> Alert:
        (found,) = (one for one in noticed(register, on) if one.unit_id == register.units["nam_loong"])
        return found

    assert noticed(register, date(2025, 11, 10)) == []
    with frozen(at_hour(FALL, 9)), register.doing():
        goes_on_leave(register)
    alert = there(FALL)
    assert (alert.has, [cause["why"] for cause in alert.causes]) == (1, ["on_leave"])

    later = FALL + timedelta(days=3)
    with frozen(at_hour(later, 9)), register.doing():
        enrolment = db.session.get_one(Enrolment, trained)
        tracks.retract_part(enrolment, "class", reason="Ghi nhầm")
    worse = there(later)
    assert (worse.id, worse.has, worse.had, worse.opened_on) == (alert.id, 0, 2, FALL)
    assert {cause["person"]: (cause["why"], cause["on"]) for cause in worse.causes} == {
        register.persons["phu"]: ("on_leave", "2025-11-12"),
        register.persons["hai"]: ("retracted", "2025-11-15"),
    }
    assert there(NOTICED).causes == worse.causes  # the days stay

    with frozen(at_hour(NOTICED, 9)), register.doing():
        leave = db.session.scalars(select(Standing).where(Standing.person_id == register.persons["phu"])).one()
        people.end_exception(leave, on=NOTICED)
    better = there(NOTICED)
    assert (better.has, [cause["person"] for cause in better.causes]) == (1, [register.persons["hai"]])


def test_a_place_that_never_had_enough_is_no_news(register: Register) -> None:
    with_places(register, least=2)
    assert noticed(register) == []
    assert noticed(register) == []


def test_an_indicator_turned_off_closes_its_alerts(register: Register) -> None:
    with_places(register)
    with frozen(at_hour(FALL, 9)), register.doing():
        goes_on_leave(register)
    assert noticed(register)
    with frozen(at_hour(NOTICED, 9)):
        with_places(register, least=0)
    assert noticed(register) == []


def test_the_page_tells_the_cause_and_nobody_elses_places(register: Register) -> None:
    with_places(register)
    lan, nam, mai = (register.client(who) for who in ("lan", "nam", "mai"))
    lan.get("/coverage/alerts")
    assert lan.page
    assert "Không nơi nào thiếu đi" in lan.page.text
    with frozen(at_hour(FALL, 9)), register.doing():
        moves_away(register)
    noticed(register)
    for client in (lan, nam):
        client.get("/coverage/alerts")
        assert client.page
        assert "1 nơi thiếu người được tập huấn" in client.page.text
        assert "Xã Nậm Loỏng" in client.page.text
        assert "0/1" in client.page.text
        assert "1 người chuyển đi ngày 12/11/2025." in client.page.text
        assert "Phàn A Phủ" in client.page.text
    mai.get("/coverage/alerts")
    assert mai.page
    assert "Nậm Loỏng" not in mai.page.text

    with register.doing():
        register.train("hai", NOTICED)
    noticed(register)
    lan.get("/coverage/alerts")
    assert "Đã đủ lại" in lan.page.text


def test_the_look_writes_nothing_when_nothing_changed(register: Register, app: object) -> None:
    with_places(register)
    with register.app.app_context():
        alerting.notice()
        assert not db.session.new
        assert not db.session.dirty
        assert db.session.scalars(select(Alert)).all() == []
