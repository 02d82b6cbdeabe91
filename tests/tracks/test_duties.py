"""Who is enrolled because an indicator asks for it: exactly those, no one else, and only once."""

from datetime import date

import pytest
from sqlalchemy import select

from lms.kernel import jobs
from lms.kernel.clock import at_hour, frozen
from lms.kernel.db import db
from lms.people import actions as people
from lms.people.models import Posting
from lms.people.rules import CATEGORIES
from lms.tracks import actions, duties, editions
from lms.tracks.duties import Duty
from lms.tracks.models import Enrolment, Indicator, Plan
from lms.tracks.publishing import IndicatorSpec
from lms.tracks.rules import PopulationRule
from tests.tracks.sample import DIRECT, WIDE, a_course, plan_over
from tests.world import TODAY, World

WHEN = date(2026, 3, 1)


def enrolled(world: World, course: str = "chung") -> set[str]:
    """Keys of the persons enrolled in the course."""
    keys = {person_id: key for key, person_id in world.persons.items()}
    with world.app.app_context():
        return {
            keys[one] for one in db.session.scalars(select(Enrolment.person_id).where(Enrolment.course_slug == course))
        }


def newcomer(world: World, key: str, unit: str = "binh_lu", **posting: object) -> int:
    given = {"category": "công chức", "direct_support": False, "valid_from": date(2026, 2, 1), **posting}
    person = people.add_person("Lù Thị Mẫu")
    people.post_person(person.id, world.units[unit], **given)  # type: ignore[arg-type]
    world.persons[key] = person.id
    return person.id


def test_exactly_those_whom_the_rules_bind(learning: World) -> None:
    with learning.doing():
        newcomer(learning, "unknown", category="")
        newcomer(learning, "mo_hinh", category="thành viên mô hình")
        newcomer(learning, "gone", valid_to=date(2026, 2, 20))
        newcomer(learning, "later", valid_from=date(2026, 4, 1))
        people.except_person(newcomer(learning, "exempt"), "moi-nguoi", "exempt", reason="Đã học", valid_from=WHEN)
        people.except_person(newcomer(learning, "other"), "truc-tiep", "exempt", reason="Khác", valid_from=WHEN)
        people.except_person(newcomer(learning, "leave"), "", "on_leave", reason="Thai sản", valid_from=WHEN)
        back = newcomer(learning, "back")
        people.except_person(back, "", "on_leave", reason="Ốm", valid_from=date(2026, 2, 1), valid_to=WHEN)
        asked = newcomer(learning, "asked", category="thành viên mô hình")
        people.except_person(asked, "moi-nguoi", "required", reason="Văn phòng yêu cầu", valid_from=WHEN)

    with learning.doing():
        count = duties.enrol_required(WHEN)

    assert enrolled(learning) == {"lan", "pao", "hoa", "my", "dung", "quan", "other", "back", "asked"}
    assert enrolled(learning, "khan-cap") == {"lan"}  # the one who directly assists
    assert count == 10


def test_enrolled_with_the_rule_that_asks_and_by_when(learning: World) -> None:
    with learning.doing():
        duties.enrol_required(WHEN)

    with learning.doing():
        row = db.session.scalars(select(Enrolment).where(Enrolment.course_slug == "khan-cap")).one()
        assert (row.person_id, row.cycle, row.due_on) == (learning.persons["lan"], "ke-hoach-mau", date(2030, 12, 31))
        assert db.session.get_one(Indicator, row.indicator_id).slug == "truc-tiep"
        assert row.enrolled_at == at_hour(TODAY)
        assert row.edition_id == editions.current("khan-cap").id


def test_twice_changes_nothing(learning: World) -> None:
    with learning.doing():
        assert duties.enrol_required(WHEN) == 7
    with learning.doing():
        assert duties.enrol_required(WHEN) == 0


def test_who_began_by_their_own_wish_goes_on_and_learns_why(learning: World) -> None:
    with learning.doing():
        own = actions.enrol(learning.persons["lan"], "chung", on=WHEN).id
    with learning.doing():
        duties.enrol_required(WHEN)

    with learning.doing():
        row = db.session.get_one(Enrolment, own)
        assert row.indicator_id is not None
        assert row.due_on == date(2030, 12, 31)


def test_outside_the_plan_nobody(learning: World) -> None:
    with learning.doing():
        assert duties.enrol_required(date(2031, 1, 1)) == 0
        plan = db.session.scalars(select(Plan)).one()
        plan.scope_unit_id = learning.units["khun_ha"]
    with learning.doing():
        duties.enrol_required(WHEN)

    assert enrolled(learning) == {"pao"}


def test_duties_pass_to_the_unit_that_succeeds(learning: World) -> None:
    """The plan was for khun_ha alone; on 1 July another commune, outside it until then, took it over with its people."""
    with learning.doing():
        db.session.scalars(select(Plan)).one().scope_unit_id = learning.units["khun_ha"]
        new = people.add_unit("Xã Mới", "commune", parent_id=learning.units["province"], valid_from=date(2026, 7, 1))
        learning.units["moi"] = new.id
        people.succeed_unit(learning.units["khun_ha"], new.id, on=date(2026, 7, 1), legal_basis="Nghị quyết mẫu")
        people.move_people(learning.units["khun_ha"], new.id, on=date(2026, 7, 1))
        newcomer(learning, "sau", unit="moi", valid_from=date(2026, 8, 1))

    with learning.doing():
        assert duties.enrol_required(date(2026, 6, 30)) == 1  # pao, still at the old unit
    with learning.doing():
        assert duties.enrol_required(date(2026, 8, 1)) == 1  # the newcomer; pao is enrolled for the cycle already
    assert enrolled(learning) == {"pao", "sau"}


def test_any_course_of_several_is_enough(world: World) -> None:
    rule = {**WIDE, "courses": ["chung", "khan-cap"], "courses_needed": "any"}
    with frozen(at_hour(TODAY)), world.doing():
        for slug in ("chung", "khan-cap"):
            editions.publish(a_course(slug))
        plan = plan_over(
            world.units["province"], indicators=[IndicatorSpec("moi-nguoi", "100% cán bộ", "Cán bộ", rule)]
        )
        actions.enrol(world.persons["lan"], "khan-cap", on=TODAY)
        assert duties.enrol_required(TODAY) == 5
        assert plan.slug == "ke-hoach-mau"

    assert "lan" not in enrolled(world)
    assert "pao" in enrolled(world)


def test_an_unpublished_course_waits(world: World) -> None:
    with frozen(at_hour(TODAY)), world.doing():
        plan_over(world.units["province"])
        assert duties.enrol_required(TODAY) == 0


@pytest.mark.parametrize("rule", [WIDE, DIRECT, {**WIDE, "categories": []}])
def test_the_database_reads_a_rule_as_the_rule_does(learning: World, rule: dict) -> None:
    with learning.doing():
        for number, category in enumerate(("", *CATEGORIES)):
            for direct in (True, False, None):
                newcomer(learning, f"{number}-{direct}", category=category, direct_support=direct)
        plan = db.session.scalars(select(Plan)).one()
        duty = Duty(plan, db.session.scalars(select(Indicator)).first(), PopulationRule.of(rule))

        found = set(db.session.scalars(duties.bound(duty, WHEN)))

        assert found == {
            one.person_id
            for one in db.session.scalars(select(Posting))
            if duty.rule.binds(one.category, one.direct_support)
        }


def test_the_chore_enrols_newcomers_within_a_minute_and_rests_when_nothing_changed(
    learning: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    with learning.app.app_context():
        jobs.chores()
    assert enrolled(learning) == {"lan", "pao", "hoa", "my", "dung", "quan"}

    days = []
    real = duties.enrol_required
    monkeypatch.setattr(duties, "enrol_required", lambda on: days.append(on) or real(on))
    with learning.app.app_context():
        jobs.chores()
    assert days == []

    with learning.doing():
        newcomer(learning, "new")
    with learning.app.app_context():
        jobs.chores()
    assert days == [TODAY]
    assert "new" in enrolled(learning)


def test_from_the_command_line(learning: World) -> None:
    said = learning.app.test_cli_runner().invoke(args=["courses", "enrol"])

    assert said.output == "7 enrolled.\n"
    assert "pao" in enrolled(learning)
