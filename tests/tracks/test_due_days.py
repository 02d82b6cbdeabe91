"""A unit has its own day for a course: it holds for its people and the units below, until it is dropped; others keep the plan's."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from lms.kernel.audit import AuditEntry
from lms.kernel.clock import at_hour, frozen
from lms.kernel.db import db
from lms.kernel.refused import Refused
from lms.tracks import due_days, duties
from lms.tracks.models import DueDay, Enrolment
from tests.world import TODAY, World

PLANS, SOON, LATER = date(2030, 12, 31), date(2026, 12, 15), date(2027, 3, 31)


@pytest.fixture
def enrolled(learning: World) -> World:
    with learning.doing():
        duties.enrol_required(TODAY)
    return learning


def days(world: World, course: str = "chung") -> dict[str, date | None]:
    """Whose enrolment in the course is due by when; only two of each commune."""
    names = {person: key for key, person in world.persons.items() if key in {"lan", "my", "pao", "dung"}}
    with world.doing():
        duties.enrol_required(TODAY)
        rows = db.session.scalars(select(Enrolment).where(Enrolment.course_slug == course))
        return {names[row.person_id]: row.due_on for row in rows if row.person_id in names}


def test_the_nearest_units_day_holds_and_others_keep_the_plans(enrolled: World) -> None:
    with enrolled.doing():
        due_days.set_day(enrolled.units["province"], "chung", LATER)
        due_days.set_day(enrolled.units["binh_lu"], "chung", SOON)
    assert days(enrolled) == {"lan": SOON, "my": SOON, "pao": LATER, "dung": LATER}
    assert days(enrolled, "khan-cap") == {"lan": PLANS}

    with enrolled.doing():
        for row in db.session.scalars(select(DueDay).where(DueDay.unit_id == enrolled.units["province"])):
            due_days.drop(row)
            due_days.drop(row)
    assert days(enrolled) == {"lan": SOON, "my": SOON, "pao": PLANS, "dung": PLANS}


def test_the_focal_person_sets_a_day_and_it_shows_at_once(enrolled: World) -> None:
    my, lan = enrolled.client("my"), enrolled.client("lan")
    sent = {"unit_id": enrolled.units["binh_lu"], "course": "chung", "due_on": "15/12/2026"}
    assert "chưa đặt hạn nào" in my.get("/learn/due-days").lower()

    for _time in range(2):
        page = my.post("/learn/due-days", sent)
    assert page.count("15/12/2026") == 1
    assert "Hạn 15/12/2026" in lan.get("/")
    assert "Hạn 15/12/2026" not in enrolled.client("pao").get("/")

    page = my.post("/learn/due-days", {**sent, "due_on": "01/01/2031"}, status=409)
    assert "31/12/2030" in page
    assert "01/01/2031" in page, "what was typed is still there"
    my.post("/learn/due-days", {**sent, "unit_id": enrolled.units["khun_ha"]}, status=422)
    with enrolled.app.app_context():
        mine = db.session.scalars(select(DueDay.id)).one()
    my.post(f"/learn/due-days/{mine}/ending")
    assert "Hạn 31/12/2030" in lan.get("/")
    with enrolled.app.app_context():
        acts = db.session.scalars(select(AuditEntry.action).where(AuditEntry.action.startswith("due_day")))
        assert list(acts) == ["due_day.set", "due_day.dropped"]


def test_who_comes_after_the_day_and_who_has_completed_are_left_alone(enrolled: World) -> None:
    with enrolled.doing():
        due_days.set_day(enrolled.units["province"], "chung", SOON)
        late = db.session.scalars(select(Enrolment).where(Enrolment.person_id == enrolled.persons["pao"])).one()
        late.enrolled_at = at_hour(SOON + timedelta(days=1))
    assert days(enrolled)["pao"] == PLANS
    assert days(enrolled)["lan"] == SOON


def test_only_what_a_plan_asks_for_and_only_within_its_days(enrolled: World) -> None:
    with enrolled.doing():
        for course, day, said in (
            ("khong-ai-doi", SOON, "No plan in force"),
            ("chung", TODAY - timedelta(days=1), "Choose a day"),
            ("chung", PLANS + timedelta(days=1), "Choose a day"),
        ):
            with pytest.raises(Refused, match=said):
                due_days.set_day(enrolled.units["province"], course, day)


def test_the_chore_sees_that_a_day_was_set(enrolled: World) -> None:
    with enrolled.app.app_context():
        duties.enrol_newcomers()
    with enrolled.doing():
        due_days.set_day(enrolled.units["binh_lu"], "chung", SOON)
    with enrolled.app.app_context(), frozen(at_hour(TODAY)):
        duties.enrol_newcomers()
        due = select(Enrolment.due_on).where(
            Enrolment.person_id == enrolled.persons["lan"], Enrolment.course_slug == "chung"
        )
        assert db.session.scalars(due).one() == SOON
