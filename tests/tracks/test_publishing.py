"""Publishing: the same words twice are one edition; whoever has begun keeps their words; rules supersede."""

from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select

from lms.kernel.clock import at_hour, frozen, today
from lms.kernel.db import CURRENT, db
from lms.kernel.refused import Refused
from lms.people import actions as people
from lms.tracks import actions, content, editions, publishing
from lms.tracks.library import files_in
from lms.tracks.models import Edition, Enrolment, Indicator, IndicatorRule, Plan
from tests.tracks.sample import WIDE, indicator_id, plan_over
from tests.world import TODAY, World


def rules_of(slug: str) -> list[tuple[dict, bool]]:
    rows = db.session.scalars(
        select(IndicatorRule).where(IndicatorRule.indicator_id == indicator_id(slug)).order_by(IndicatorRule.id)
    )
    return [(row.rule, row.superseded_at == CURRENT) for row in rows]


def test_published_twice_is_one_edition(world: World, folder: Path) -> None:
    with world.doing():
        assert [edition.number for edition in publishing.publish_courses(content.read(folder))] == [1]
    with world.doing():
        assert publishing.publish_courses(content.read(folder)) == []


def test_who_has_begun_keeps_their_words_and_who_has_not_gets_the_new(world: World, folder: Path) -> None:
    with world.doing():
        publishing.publish_courses(content.read(folder))
        lan = actions.enrol(world.persons["lan"], "chung", on=today())
        actions.enrol(world.persons["pao"], "chung", on=today())
        actions.read_lesson(lan, "mot")
    lesson = folder / "1" / "chung" / "01-mot.md"
    lesson.write_text(lesson.read_text(encoding="utf-8").replace("Bài một", "Bài một, sửa"), encoding="utf-8")

    with world.doing():
        assert [edition.number for edition in publishing.publish_courses(content.read(folder))] == [2]

    with world.doing():
        titles = {
            row.person_id: editions.wording(row.edition_id).lessons[0].title
            for row in db.session.scalars(select(Enrolment))
        }
        assert titles == {world.persons["lan"]: "Bài một", world.persons["pao"]: "Bài một, sửa"}


def test_a_broken_file_publishes_nothing_and_the_last_good_words_stay(world: World, folder: Path) -> None:
    with world.doing():
        publishing.publish_courses(content.read(folder))
    (folder / "1" / "chung" / "course.toml").write_text("hours = ", encoding="utf-8")

    with world.doing(), pytest.raises(content.Broken, match=r"courses/1/chung/course.toml:1: not TOML"):
        publishing.publish_courses(content.read(folder))

    with world.doing():
        assert editions.wording(editions.current("chung").id).lessons[0].slug == "mot"


def test_words_put_back_are_another_edition(world: World, folder: Path) -> None:
    lesson = folder / "1" / "chung" / "01-mot.md"
    first = lesson.read_text(encoding="utf-8")
    for words in (first, first.replace("Bài một", "Bài khác"), first):
        lesson.write_text(words, encoding="utf-8")
        for _time in range(2):  # the second time nothing is new
            with world.doing():
                publishing.publish_courses(content.read(folder))

    with world.doing():
        one, two, three = db.session.scalars(select(Edition).order_by(Edition.number))
        assert one.sha256 == three.sha256 != two.sha256
        assert one.files == three.files == files_in(folder / "1" / "chung")


def test_the_plan_is_loaded_once(world: World, folder: Path) -> None:
    for _time in range(2):
        with world.doing():
            publishing.load_plan(content.read(folder))

    with world.doing():
        counts = [
            db.session.scalar(select(func.count()).select_from(kind)) for kind in (Plan, Indicator, IndicatorRule)
        ]
        assert counts == [1, 1, 1]
        assert db.session.scalars(select(Plan.scope_unit_id)).one() == world.units["province"]


def test_a_changed_rule_supersedes_the_one_that_held(world: World, folder: Path) -> None:
    plan = folder / "plan.toml"
    with world.doing():
        publishing.load_plan(content.read(folder))
        before = db.session.scalars(select(IndicatorRule.recorded_at)).one()
    plan.write_text(plan.read_text(encoding="utf-8").replace('["công chức"]', '["viên chức"]'), encoding="utf-8")

    with world.doing():
        publishing.load_plan(content.read(folder))

    with world.doing():
        assert [(rule["categories"], holds) for rule, holds in rules_of("moi-nguoi")] == [
            (["công chức"], False),
            (["viên chức"], True),
        ]
        assert db.session.scalars(select(IndicatorRule.recorded_at).order_by(IndicatorRule.id)).first() == before


@pytest.mark.parametrize("later", [0, -3600], ids=["at one moment", "by a clock set back"])
def test_rules_changed_again_stay_in_their_order(world: World, later: int) -> None:
    with world.doing(), frozen(at_hour(TODAY)):
        plan_over(world.units["province"])
        indicator = db.session.scalars(select(Indicator.id)).first()
        assert indicator
        for months in (12, 24):
            publishing.set_rule(indicator, WIDE | {"valid_months": months})
    with world.doing(), frozen(at_hour(TODAY) + timedelta(seconds=later)):
        publishing.set_rule(indicator, WIDE | {"valid_months": 36})
        rows = db.session.scalars(
            select(IndicatorRule).where(IndicatorRule.indicator_id == indicator).order_by(IndicatorRule.id)
        ).all()

    assert [row.rule.get("valid_months") for row in rows][1:] == [12, 24, 36]
    assert all(row.recorded_at < row.superseded_at for row in rows)
    assert [row.superseded_at for row in rows] == [*(row.recorded_at for row in rows[1:]), CURRENT]


def test_loading_the_same_file_again_does_not_undo_what_the_office_chose(world: World, folder: Path) -> None:
    with world.doing():
        publishing.load_plan(content.read(folder))
        narrow = {**WIDE, "categories": ["cán bộ"]}
        publishing.set_rule(indicator_id("moi-nguoi"), narrow, why="Công văn số 1", by=world.accounts["dung"])

    with world.doing():
        publishing.load_plan(content.read(folder))

    with world.doing():
        assert [rule["categories"] for rule, holds in rules_of("moi-nguoi") if holds] == [["cán bộ"]]


def test_a_plan_for_a_unit_nobody_knows_is_refused(world: World, folder: Path) -> None:
    plan = folder / "plan.toml"
    plan.write_text(
        plan.read_text(encoding="utf-8").replace('name = "Tỉnh Mẫu"', 'name = "Tỉnh Khác"'), encoding="utf-8"
    )

    with world.doing(), pytest.raises(Refused, match="Tỉnh Khác with code T99"):
        publishing.load_plan(content.read(folder))


def test_another_plan_continues_with_the_same_indicators(world: World) -> None:
    with world.doing():
        plan_over(world.units["province"])
        again = publishing.indicators_of("ke-hoach-mau")
        later = plan_over(world.units["province"], "ke-hoach-sau", indicators=again)

        assert [(one.slug, one.rule) for one in publishing.indicators_of(later.slug)] == [
            (one.slug, one.rule) for one in again
        ]


def test_what_we_ship_is_published_from_the_command_line_twice(app: Flask) -> None:
    said = [app.test_cli_runner().invoke(args=["courses", "publish"]) for _time in range(2)]

    assert [one.exit_code for one in said] == [0, 0], said[0].output
    assert "kien-thuc-chung: edition 1" in said[0].output
    assert "edition" not in said[1].output
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(Edition)) == len(content.read().courses)
        assert people.load_units(content.FOLDER / "units").new == 0


def test_check_prints_what_is_there(app: Flask) -> None:
    said = app.test_cli_runner().invoke(args=["courses", "check"])

    assert said.exit_code == 0
    assert "Nothing is wrong." in said.output
    assert "kien-thuc-chung" in said.output
