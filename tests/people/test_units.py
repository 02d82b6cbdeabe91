"""Units from files: dated, found by code and day, loaded twice without a change."""

import shutil
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import func, select

from lms.kernel.db import db
from lms.kernel.refused import Refused
from lms.people import actions, queries
from lms.people.models import Succession, Unit, UnitVersion

FILES = Path(__file__).resolve().parents[2] / "courses" / "units"
BEFORE, AFTER = date(2025, 6, 30), date(2025, 7, 1)


@pytest.fixture
def loaded(app):
    with app.app_context():
        counts = actions.load_units(FILES)
        db.session.commit()
    return counts


def test_the_district_of_2025_and_what_followed(app, loaded):
    assert (loaded.new, loaded.changed, loaded.same, loaded.successions) == (30, 0, 0, 13)
    with app.app_context():
        before, after = queries.units_at(BEFORE), queries.units_at(AFTER)
        district = queries.unit_by_code("106", BEFORE)

        communes = [one for one in before.children(district) if before.version(one).code]
        assert len(communes) == 13
        assert len(before.children(district)) == 13 + 9
        assert district not in after
        assert len(after.children(after.roots[0])) == 6


def test_reused_codes_and_names_are_separate_units(app, loaded):
    with app.app_context():
        before, after = queries.units_at(BEFORE), queries.units_at(AFTER)
        giang_ma, new_ta_leng = queries.unit_by_code("03405", BEFORE), queries.unit_by_code("03405", AFTER)
        old_ta_leng = queries.unit_by_code("03400", BEFORE)

        assert before.name(giang_ma) == "Xã Giang Ma"
        assert after.name(new_ta_leng) == before.name(old_ta_leng) == "Xã Tả Lèng"
        assert len({giang_ma, new_ta_leng, old_ta_leng}) == 3
        old = {step.old_unit_id for step in queries.successions() if step.new_unit_id == new_ta_leng}
        assert old == {giang_ma, old_ta_leng, queries.unit_by_code("03406", BEFORE)}


def test_loading_twice_changes_nothing(app, loaded):
    with app.app_context():
        again = actions.load_units(FILES)
        db.session.commit()

        assert (again.new, again.changed, again.same, again.successions) == (0, 0, 30, 0)
        assert db.session.scalar(select(func.count()).select_from(Unit)) == 30
        assert db.session.scalar(select(func.count()).select_from(Succession)) == 13


def test_a_corrected_name_supersedes_and_keeps_the_unit(app, loaded, tmp_path):
    shutil.copytree(FILES, tmp_path / "units")
    file = tmp_path / "units" / "units.csv"
    file.write_text(file.read_text(encoding="utf-8").replace("Xã Bản Hon", "Xã Bản Hôn"), encoding="utf-8")
    with app.app_context():
        unit_id = queries.unit_by_code("03421", BEFORE)
        counts = actions.load_units(tmp_path / "units")
        db.session.commit()

        assert (counts.new, counts.changed) == (0, 1)
        assert queries.unit_by_code("03421", BEFORE) == unit_id
        assert queries.units_at(BEFORE).name(unit_id) == "Xã Bản Hôn"
        versions = select(func.count()).select_from(UnitVersion).where(UnitVersion.unit_id == unit_id)
        assert db.session.scalar(versions) == 2


@pytest.mark.parametrize(
    "line, said",
    [
        ("Xã Lạ,commune,1,Huyện Không Có,,", "units.csv:3"),
        ("Xã Lạ,commune,1,,hôm qua,", "hôm qua"),
    ],
)
def test_a_wrong_line_is_named_and_nothing_is_kept(app, tmp_path, line, said):
    head = "name,kind,code,parent,valid_from,valid_to\nTỉnh Mẫu,province,9,,,\n"
    (tmp_path / "units.csv").write_text(head + line + "\n", encoding="utf-8")

    result = app.test_cli_runner().invoke(args=["people", "load-units", str(tmp_path)])

    assert result.exit_code == 1
    assert said in result.output
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(Unit)) == 0


def test_the_command_loads_what_ships(app):
    result = app.test_cli_runner().invoke(args=["people", "load-units"])

    assert result.exit_code == 0, result.output
    assert "30 new" in result.output
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(Unit)) == 30


def test_ends_and_overlaps_are_refused_in_words(app):
    with app.app_context():
        unit = actions.add_unit("Xã Mẫu", "commune", code="1")
        person = actions.add_person("Lò Thị Mẫu")
        posting = actions.post_person(person.id, unit.id, valid_from=date(2025, 1, 1), valid_to=date(2026, 1, 1))
        with pytest.raises(Refused, match="posted here"):
            actions.post_person(person.id, unit.id, valid_from=date(2025, 6, 1))
        with pytest.raises(Refused, match="01/01/2026 already"):
            actions.end_posting(posting, on=date(2026, 2, 1))
