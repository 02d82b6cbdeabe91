"""Two people do the same thing at the same moment: one effect, and a sentence for the other. On both engines."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from time import sleep
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from lms.coverage import freezing
from lms.coverage.models import FrozenPeriod
from lms.coverage.question import chosen, plans
from lms.home import reorganising
from lms.kernel.db import CURRENT, db
from lms.kernel.refused import Refused
from lms.people import actions as people
from lms.people.models import (
    Person,
    Posting,
    Reorganisation,
    Roster,
    RosterConfirmation,
    SamePerson,
    Standing,
    UnitVersion,
)
from lms.people.queries import scope_of
from lms.people.reorganisation.rules import Draft, NewUnit, OldUnit
from lms.people.roster import actions as rosters
from lms.tracks import editions, outside, publishing, ruling
from lms.tracks.models import Indicator, IndicatorRule, OutsideTraining
from lms.tracks.rules import PopulationRule
from tests.house import at, course, roster_file
from tests.world import TODAY, World

Act = Callable[[], Any]
HELD = 0.4  # seconds: the second begins while the first is not committed


def in_turn(app: Flask, first: Act, second: Act) -> Any:
    """The second begins when the first has done everything but commit. What the second is told: its answer, or the refusal."""

    def other() -> Any:
        with app.app_context(), at(TODAY):
            try:
                answer = second()
                db.session.commit()
            except (Refused, IntegrityError) as refused:
                db.session.rollback()
                return refused
            return answer

    with app.app_context(), at(TODAY), ThreadPoolExecutor(1) as pool:
        first()
        waiting = pool.submit(other)
        sleep(HELD)
        db.session.commit()
        return waiting.result(timeout=30)


def count(app: Flask, model: Any, *where: Any) -> int:
    with app.app_context():
        return db.session.scalar(select(func.count()).select_from(model).where(*where)) or 0


@pytest.fixture
def twins(world: World) -> list[int]:
    """Four more records at Bình Mẫu."""
    with world.doing():
        found = [people.add_person("Vàng Thị Lan", staff_code=f"M{n}").id for n in range(4)]
        for one in found:
            people.post_person(one, world.units["binh_lu"], valid_from=date(2026, 2, 1))
    return found


def test_the_same_two_records_each_way_make_no_circle(app: Flask, twins: list[int]) -> None:
    a, b, c, d = twins

    said = in_turn(app, lambda: people.same_person(a, b, why="x"), lambda: people.same_person(b, a, why="x"))
    assert isinstance(said, Refused)
    with app.app_context():
        people.same_person(c, d, why="x")
        db.session.commit()
    said = in_turn(app, lambda: people.same_person(b, c, why="x"), lambda: people.same_person(d, a, why="x"))
    assert isinstance(said, Refused)
    assert count(app, SamePerson, SamePerson.superseded_at == CURRENT) == 3


def merged(world: World) -> Draft:
    olds = tuple(OldUnit(world.units[name], (0,)) for name in ("binh_lu", "khun_ha"))
    return Draft(
        date(2026, 12, 1), "Nghị quyết mẫu", olds, (NewUnit("Xã Mới", "commune", "T9909", world.units["province"]),)
    )


def test_a_reorganisation_is_done_once(app: Flask, world: World) -> None:
    said = in_turn(app, lambda: reorganising.reorganise(merged(world)), lambda: reorganising.reorganise(merged(world)))

    assert isinstance(said, Refused)
    assert count(app, Reorganisation) == 1
    assert count(app, UnitVersion, UnitVersion.code == "T9909") == 1


def test_a_reorganisation_is_reversed_once(app: Flask, world: World) -> None:
    with app.app_context(), at(TODAY):
        number = reorganising.reorganise(merged(world)).id
        db.session.commit()

    def reverse() -> None:
        reorganising.reverse(db.session.get_one(Reorganisation, number), why="Ghi nhầm")

    said = in_turn(app, reverse, reverse)

    assert isinstance(said, Refused)
    at_old = (
        Posting.unit_id == world.units["binh_lu"],
        Posting.superseded_at == CURRENT,
        Posting.valid_to > date(2027, 1, 1),
    )
    with app.app_context():
        persons = db.session.scalars(select(Posting.person_id).where(*at_old)).all()
    assert sorted(persons) == sorted(set(persons))


def test_who_is_posted_to_a_unit_while_it_ends_goes_with_it(app: Flask, world: World, twins: list[int]) -> None:
    with world.doing():
        new = people.add_person("Lò Văn Mới").id

    in_turn(
        app,
        lambda: people.post_person(new, world.units["binh_lu"], valid_from=date(2026, 3, 1)),
        lambda: reorganising.reorganise(merged(world)),
    )

    left = (Posting.superseded_at == CURRENT, Posting.valid_to > date(2026, 12, 1))
    assert count(app, Posting, Posting.unit_id == world.units["binh_lu"], *left) == 0
    assert count(app, Posting, Posting.person_id == new, *left) == 1


def test_somebody_is_posted_once(app: Flask, world: World) -> None:
    with world.doing():
        new = people.add_person("Lò Văn Mới").id

    def post() -> None:
        people.post_person(new, world.units["binh_lu"], valid_from=date(2026, 3, 1))

    assert isinstance(in_turn(app, post, post), Refused)
    assert count(app, Posting, Posting.person_id == new) == 1


def test_a_posting_is_corrected_once(app: Flask, world: World) -> None:
    def correct(position: str) -> None:
        posting = db.session.scalars(select(Posting).where(Posting.id == number)).one()
        work = {"category": "viên chức", "position": position, "direct_support": False}
        people.correct_posting(posting, **work, valid_from=date(2026, 1, 1), why="Ghi nhầm")

    with app.app_context():
        number = db.session.scalars(select(Posting.id).where(Posting.person_id == world.persons["lan"])).one()
    said = in_turn(app, lambda: correct("A"), lambda: correct("B"))

    assert isinstance(said, Refused)
    assert count(app, Posting, Posting.person_id == world.persons["lan"], Posting.superseded_at == CURRENT) == 1


def test_an_exception_is_made_corrected_and_ended_once(app: Flask, world: World) -> None:
    lan = world.persons["lan"]

    def make() -> None:
        people.except_person(lan, "", "exempt", reason="Nghỉ", valid_from=date(2026, 5, 1))

    assert isinstance(in_turn(app, make, make), Refused)
    held = (Standing.person_id == lan, Standing.superseded_at == CURRENT)
    assert count(app, Standing, *held) == 1

    def correct() -> None:
        row = db.session.scalars(select(Standing).where(Standing.id == number)).one()
        people.correct_exception(row, indicator_slug="", kind="exempt", reason="Khác", valid_from=date(2026, 6, 1))

    with app.app_context():
        number = db.session.scalars(select(Standing.id).where(*held)).one()
    assert isinstance(in_turn(app, correct, correct), Refused)
    assert count(app, Standing, *held) == 1

    def end() -> None:
        row = db.session.scalars(select(Standing).where(Standing.id == number)).one()
        people.end_exception(row, on=date(2026, 11, 1))

    with app.app_context():
        number = db.session.scalars(select(Standing.id).where(*held)).one()
    in_turn(app, end, end)
    assert count(app, Standing, *held) == 1


def test_a_confirmation_and_its_withdrawal_are_one(app: Flask, world: World) -> None:
    unit = world.units["binh_lu"]

    def confirm() -> None:
        people.confirm_roster(unit, date(2026, 11, 1))

    in_turn(app, confirm, confirm)
    held = (RosterConfirmation.unit_id == unit, RosterConfirmation.superseded_at == CURRENT)
    assert count(app, RosterConfirmation, *held) == 1

    def withdraw() -> None:
        people.withdraw_confirmation(db.session.get_one(RosterConfirmation, number), why="Thiếu")

    with app.app_context():
        number = db.session.scalars(select(RosterConfirmation.id).where(*held)).one()
    assert isinstance(in_turn(app, withdraw, withdraw), Refused)


def test_a_list_is_confirmed_once(app: Flask, world: World) -> None:
    unit = world.units["binh_lu"]
    with world.doing(), at(TODAY):
        number = rosters.stage(roster_file(), "a.xlsx", unit_id=unit, on=date(2026, 11, 1)).id

    def confirm() -> None:
        roster = db.session.get_one(Roster, number)
        rosters.confirm(roster, rosters.plan_of(roster, scope_of([unit]), default_unit=unit))

    assert isinstance(in_turn(app, confirm, confirm), Refused)
    assert count(app, Person, Person.full_name == "Lù Thị Đông") == 1


@pytest.fixture
def lop(world: World) -> None:
    with world.doing():
        editions.publish(course("lop", "class"))


def test_a_paper_is_entered_and_approved_once(app: Flask, world: World, lop: None) -> None:
    paper = {"title": "Lớp", "organiser": "Sở mẫu", "held_on": date(2026, 5, 20), "document": "1/QĐ mẫu"}

    def claim() -> None:
        outside.claim(world.persons["lan"], "lop", **paper)  # type: ignore[arg-type]

    assert isinstance(in_turn(app, claim, claim), Refused)
    assert count(app, OutsideTraining) == 1

    def approve() -> None:
        outside.approve(db.session.scalars(select(OutsideTraining)).one(), by=world.accounts["dung"])

    assert isinstance(in_turn(app, approve, approve), Refused)
    assert isinstance(in_turn(app, lambda: None, approve), Refused)


@pytest.fixture
def plan(world: World, lop: None) -> None:
    """A plan with one indicator."""
    rule = {"reading": "wide", "categories": ["công chức"], "courses": ["lop"], "courses_needed": "all"}
    with world.doing():
        publishing.add_plan(
            "mau", "Kế hoạch mẫu", issuer="Cơ quan mẫu", starts_on=date(2026, 1, 1), ends_on=date(2026, 12, 31),
            scope_unit_id=world.units["province"],
            indicators=[publishing.IndicatorSpec("lop", "Học lớp", "Học lớp", rule)],
        )  # fmt: skip


def test_a_rule_holds_alone(app: Flask, world: World, plan: None) -> None:
    def change(days: int) -> None:
        held = db.session.scalars(select(IndicatorRule).where(IndicatorRule.superseded_at == CURRENT)).one()
        rule = PopulationRule.of({**held.rule, "grace_days": days})
        ruling.change_rule(db.session.scalars(select(Indicator)).one(), rule, why="x")

    in_turn(app, lambda: change(10), lambda: change(20))

    assert count(app, IndicatorRule, IndicatorRule.superseded_at == CURRENT) == 1


def test_two_freezings_are_two_numbers(app: Flask, world: World, plan: None) -> None:
    def freeze() -> None:
        freezing.freeze(chosen(plans(), "mau", TODAY), as_of=date(2026, 11, 22), title="Mẫu", by=None)

    in_turn(app, freeze, freeze)

    with app.app_context():
        numbers = db.session.scalars(select(FrozenPeriod.number).order_by(FrozenPeriod.number)).all()
    assert list(numbers) == list(range(1, len(numbers) + 1))
    assert numbers
