"""Training that has to be done again: each year, or when a completion expires. The old completion stays as it is."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from lms.certificates import actions as certificates
from lms.certificates.models import Certificate
from lms.kernel.clock import at_hour, frozen
from lms.kernel.db import CURRENT, db
from lms.tracks import actions, duties, editions, publishing, rules
from lms.tracks.models import Completion, Enrolment
from lms.tracks.publishing import IndicatorSpec
from lms.tracks.rules import Asked, Period, Taken
from tests.tracks.sample import WIDE, a_course, indicator_id, plan_over
from tests.world import World

Y26, Y27, Y28 = date(2026, 3, 2), date(2027, 3, 1), date(2028, 3, 1)
PLAN = Period("ke-hoach", date(2026, 1, 1), date(2030, 12, 31))


@pytest.mark.parametrize(
    "completed_on, months, gone",
    [
        (date(2026, 3, 2), 12, date(2027, 3, 2)),
        (date(2026, 1, 31), 1, date(2026, 2, 28)),  # clipped to the end of the month
        (date(2024, 2, 29), 12, date(2025, 2, 28)),
        (date(2026, 12, 15), 24, date(2028, 12, 15)),
        (date(2026, 3, 2), 0, None),
    ],
)
def test_the_first_day_on_which_it_no_longer_counts(completed_on: date, months: int, gone: date | None) -> None:
    assert rules.expires_on(completed_on, months) == gone


@given(st.dates(date(2023, 1, 1), date(2032, 12, 31)), st.integers(1, 60))
def test_the_latest_day_that_has_expired(by: date, months: int) -> None:
    day = rules.last_expired(by, months)

    assert rules.expires_on(day, months) <= by < rules.expires_on(day + timedelta(days=1), months)  # type: ignore[operator]


@pytest.mark.parametrize(
    "taken, on, asked, cycle",
    [
        ([], Y26, Asked(), "ke-hoach"),
        ([("ke-hoach", Y26)], Y28, Asked(), "ke-hoach"),  # once is enough
        ([], Y26, Asked(yearly=True), "2026"),
        ([("2026", Y26)], Y26, Asked(yearly=True), "2026"),
        ([("2026", Y26)], Y27, Asked(yearly=True), "2027"),
        ([("2026", None)], Y27, Asked(yearly=True), "2027"),  # a year that was missed is over
        ([("ke-hoach", None)], Y27, Asked(yearly=True), "ke-hoach"),  # begun before the rule changed: it goes on
        ([("ke-hoach", Y26)], Y26, Asked(yearly=True), "ke-hoach"),  # and what was done this year counts
        ([("ke-hoach", Y26)], Y27, Asked(yearly=True), "2027"),
        ([("ke-hoach", Y26)], date(2027, 1, 1), Asked(months=12), "2027"),  # sixty days before 02/03/2027
        ([("ke-hoach", Y26)], date(2026, 12, 31), Asked(months=12), "ke-hoach"),
        ([("2027", None), ("ke-hoach", Y26)], Y27, Asked(months=12), "2027"),
        ([("2027", Y27), ("ke-hoach", Y26)], Y27, Asked(months=12), "2027"),
        (
            [("2027", date(2027, 1, 6)), ("ke-hoach", Y26)],
            date(2027, 11, 8),
            Asked(months=12),
            "2028",
        ),  # 2027 has its own
        ([("2026", None)], Y28, Asked(), "2026"),  # begun for a year that nobody asks for any more
    ],
)
def test_the_cycle_that_training_counts_for(taken: list, on: date, asked: Asked, cycle: str) -> None:
    assert rules.cycle_for([Taken(*one) for one in taken], on, PLAN, asked) == cycle


@pytest.fixture
def ruled(world: World) -> Callable[..., None]:
    """Sets the rule of the one indicator; the plan and its course are there."""
    with frozen(at_hour(date(2026, 1, 5))), world.doing():
        editions.publish(a_course(parts=("lessons",)))
        plan_over(world.units["province"], indicators=[IndicatorSpec("moi-nguoi", "100%", "Cán bộ", WIDE)])

    def rule(**changes: object) -> None:
        with world.doing():
            publishing.set_rule(indicator_id("moi-nguoi"), {**WIDE, **changes}, why="thử")

    return rule


def enrol(world: World, on: date) -> int:
    with frozen(at_hour(on)), world.doing():
        return duties.enrol_required(on)


def finish(world: World, on: date, who: str = "lan", evidence: dict | None = None) -> Completion | None:
    with frozen(at_hour(on)), world.doing():
        enrolment = actions.enrol(world.persons[who], "chung", on=on)
        return actions.finish_part(enrolment, "lessons", on=on, evidence=evidence or {})


def of_lan(world: World) -> list[tuple[str, date | None, date | None]]:
    """(cycle, due, completed) of each enrolment."""
    held = (Completion.enrolment_id == Enrolment.id) & (Completion.superseded_at == CURRENT)
    with world.app.app_context():
        rows = db.session.execute(
            select(Enrolment.cycle, Enrolment.due_on, Completion.completed_on)
            .outerjoin(Completion, held)
            .where(Enrolment.person_id == world.persons["lan"])
            .order_by(Enrolment.id)
        )
        return [tuple(row) for row in rows]


def test_once_in_the_period_is_one_enrolment_for_all_its_years(world: World, ruled: Callable[..., None]) -> None:
    assert enrol(world, Y26) == 6
    assert finish(world, Y26)
    assert enrol(world, Y27) == enrol(world, Y28) == 0
    assert not finish(world, Y28)  # a class they sit in again changes nothing

    assert of_lan(world) == [("ke-hoach-mau", date(2030, 12, 31), Y26)]


def test_each_year_anew_over_three_years(world: World, ruled: Callable[..., None]) -> None:
    ruled(once="year")
    for number, day in enumerate((Y26, Y27, Y28)):
        assert enrol(world, day) == 6
        assert enrol(world, day) == 0
        if number != 1:  # 2027 is missed
            assert finish(world, day)

    assert of_lan(world) == [
        ("2026", date(2026, 12, 1), Y26),
        ("2027", date(2027, 12, 1), None),
        ("2028", date(2028, 12, 1), Y28),
    ]
    with frozen(at_hour(Y28)), world.doing():
        assert certificates.issue_due(on=Y28) == 2  # each completion its own
        assert len({one.number for one in db.session.scalars(select(Certificate))}) == 2
    with frozen(at_hour(Y28)):
        client = world.client("lan")
        client.get("/learn/")
        assert client.page
        assert "02/03/2026" in client.page.text
        assert "01/03/2028" in client.page.text
        assert "2027" not in client.page.text  # what is read, not the random ids of the forms


def test_the_day_by_which_it_is_counted_is_the_day_it_is_due(world: World, ruled: Callable[..., None]) -> None:
    ruled(once="year", count_on="11-30")
    enrol(world, Y26)

    assert of_lan(world) == [("2026", date(2026, 11, 30), None)]


def test_renewed_before_it_expires_over_three_years(world: World, ruled: Callable[..., None]) -> None:
    ruled(valid_months=12)
    assert enrol(world, Y26) == 6
    assert finish(world, Y26)
    assert enrol(world, date(2026, 12, 31)) == 0
    assert enrol(world, date(2027, 1, 1)) == 1  # sixty days before 02/03/2027
    assert enrol(world, date(2027, 2, 1)) == 0
    assert finish(world, date(2027, 1, 6))
    assert enrol(world, date(2027, 11, 7)) == 1  # sixty days before 06/01/2028; 2027 has its own completion already
    assert finish(world, date(2028, 5, 5))  # late

    assert of_lan(world) == [
        ("ke-hoach-mau", date(2030, 12, 31), Y26),
        ("2027", date(2027, 3, 2), date(2027, 1, 6)),
        ("2028", date(2028, 1, 6), date(2028, 5, 5)),
    ]
    with world.app.app_context():
        assert db.session.query(Completion).filter(Completion.superseded_at == CURRENT).count() == 3


def test_nothing_is_renewed_that_holds_to_the_end_of_the_plan(world: World, ruled: Callable[..., None]) -> None:
    ruled(valid_months=12)
    enrol(world, Y26)
    finish(world, date(2030, 2, 1))

    assert enrol(world, date(2030, 12, 30)) == 0


def test_who_began_before_the_rule_changed_goes_on_and_sees_the_new_day(
    world: World, ruled: Callable[..., None]
) -> None:
    enrol(world, Y26)
    ruled(once="year")
    assert enrol(world, date(2026, 4, 1)) == 0
    assert of_lan(world) == [("ke-hoach-mau", date(2026, 12, 1), None)]

    assert finish(world, date(2026, 5, 4))
    assert enrol(world, date(2026, 6, 1)) == 0
    assert enrol(world, Y27) == 1  # the others still have theirs open
    ruled(once="period")
    assert enrol(world, date(2027, 4, 1)) == 0

    assert [one[0] for one in of_lan(world)] == ["ke-hoach-mau", "2027"]


def test_a_proof_that_is_not_accepted_any_more_is_asked_for_again(world: World, ruled: Callable[..., None]) -> None:
    enrol(world, Y26)
    assert finish(world, Y26).grade == "claim"  # type: ignore[union-attr]
    ruled(grades=["test", "roll"])

    assert enrol(world, date(2026, 4, 1)) == 1
    assert [(one[0], one[2]) for one in of_lan(world)] == [("ke-hoach-mau", Y26), ("2026", None)]


def test_the_learner_reads_what_they_completed_before(world: World, ruled: Callable[..., None]) -> None:
    ruled(once="year")
    enrol(world, Y26)
    finish(world, Y26)
    enrol(world, Y27)
    with frozen(at_hour(Y27)):
        lan = world.client("lan")
        assert "Làm lại trong năm 2027. Đã hoàn thành trước đây: 02/03/2026" in lan.get("/learn/")
        with world.app.app_context():
            running = db.session.scalars(select(Enrolment.id).where(Enrolment.cycle == "2027")).all()
            mine = db.session.scalars(
                select(Enrolment.id).where(Enrolment.id.in_(running), Enrolment.person_id == world.persons["lan"])
            ).one()
        assert "Đã hoàn thành trước đây: 02/03/2026" in lan.get(f"/learn/{mine}")
