"""Two records of one person: chains lead to the last kept one, circles are refused, and it can be undone."""

from datetime import date

import pytest
from sqlalchemy import select

from lms.kernel.audit import AuditEntry
from lms.kernel.db import CURRENT, db
from lms.kernel.refused import Refused
from lms.people import actions
from lms.people.models import SamePerson


@pytest.fixture
def twins(world):
    """Four more records of Bình Mẫu and Khun Mẫu, by letter."""
    found = {}
    with world.doing():
        for letter, unit in zip("abcd", ("binh_lu", "khun_ha", "khun_ha", "khun_ha"), strict=True):
            person = actions.add_person("Vàng Thị Lan", staff_code=f"M{letter}")
            actions.post_person(person.id, world.units[unit], category="viên chức", valid_from=date(2026, 2, 1))
            found[letter] = person.id
    return found


def held(app):
    with app.app_context():
        rows = db.session.scalars(select(SamePerson).where(SamePerson.superseded_at == CURRENT).order_by(SamePerson.id))
        return [(row.kept_id, row.other_id) for row in rows]


def test_a_chain_leads_to_the_last_kept_record(app, world, twins):
    a, b, c, d = (twins[letter] for letter in "abcd")
    with world.doing():
        actions.same_person(b, a, why="x")
        actions.same_person(c, b, why="x")
        actions.same_person(a, d, why="x")  # a counts as b's, b as c's: so d counts as c's

    assert held(app) == [(b, a), (c, b), (c, d)]


def test_circles_oneself_and_doubles_are_refused(app, world, twins):
    a, b, c, d = (twins[letter] for letter in "abcd")
    with world.doing():
        actions.same_person(b, a, why="x")
        actions.same_person(c, b, why="x")
        for kept, other, said in (
            (a, a, "the same one"),
            (a, c, "one person already"),
            (c, a, "one person already"),
            (b, c, "one person already"),
            (d, a, "somebody else's"),
        ):
            with pytest.raises(Refused, match=said):
                actions.same_person(kept, other, why="x")
        with pytest.raises(Refused, match="Say how"):
            actions.same_person(a, d, why=" ")

    assert held(app) == [(b, a), (c, b)]


def test_undone_they_are_two_again_and_the_trail_has_both(app, world, twins):
    with world.doing():
        row = actions.same_person(twins["b"], twins["a"], why="x", by=world.accounts["dung"])
        actions.different_after_all(row, by=world.accounts["dung"])
        with pytest.raises(Refused, match="undone already"):
            actions.different_after_all(row)
        actions.same_person(twins["a"], twins["b"], why="the other way round")

    assert held(app) == [(twins["a"], twins["b"])]
    with app.app_context():
        kinds = db.session.scalars(select(AuditEntry.action).where(AuditEntry.action.like("person.%"))).all()
        assert kinds == ["person.same", "person.different", "person.same"]


def test_the_office_finds_the_other_record_compares_and_says_why(app, world, twins):
    dung, lan = world.client("dung"), world.persons["lan"]

    page = dung.get(f"/people/{lan}/same")
    assert page.count("same?other=") == 4  # of the same name
    assert "Giàng A Páo" in dung.get(f"/people/{lan}/same?q=pao")
    beside = dung.get(f"/people/{lan}/same?other={twins['b']}")
    for told in ("Xã Bình Mẫu", "Xã Khun Mẫu", "Mb", "1990", "Không có gì bị chuyển hay bị xóa"):
        assert told in beside
    assert "Hãy nhập" in dung.post(f"/people/{lan}/same", {"other": twins["b"], "why": ""}, status=422)
    assert held(app) == []

    page = dung.post(f"/people/{lan}/same", {"other": twins["b"], "why": "Cùng thẻ"})

    assert "Hai hồ sơ được tính là một người" in page
    assert "Cùng thẻ" in page
    assert held(app) == [(lan, twins["b"])]
    assert "Cùng một người với hồ sơ" in dung.get(f"/people/{twins['b']}")
    assert "đã là cùng một người" in dung.post(f"/people/{twins['b']}/same", {"other": lan, "why": "x"}, status=409)
    focal = world.client("my").get(f"/people/{lan}")
    assert "hồ sơ của đơn vị khác" in focal  # not hers to open
    assert "Hồ sơ khác của cùng người" not in focal


def test_undo_on_either_page_is_for_who_answers_for_both(app, world, twins):
    lan = world.persons["lan"]
    with world.doing():
        row_id = actions.same_person(lan, twins["b"], why="x").id
        actions.grant_role(world.accounts["pao"], "office", world.units["khun_ha"], valid_from=date(2026, 1, 1))
    below = world.client("pao")

    below.get(f"/people/{twins['b']}")
    below.post(f"/people/{twins['b']}/same/{row_id}/ends", status=404)
    below.get(f"/people/{twins['b']}/same?other={lan}", status=404)
    below.post(f"/people/{twins['c']}/same", {"other": lan, "why": "x"}, status=404)
    world.client("my").post(f"/people/{lan}/same/{row_id}/ends", status=404)
    assert held(app) == [(lan, twins["b"])]

    assert "tính là hai người" in world.client("dung").post(f"/people/{twins['b']}/same/{row_id}/ends")
    assert held(app) == []


def test_the_constraint_stands_behind(app, twins):
    with app.app_context():
        for kept in (twins["b"], twins["c"]):
            db.session.add(SamePerson(kept_id=kept, other_id=twins["a"]))
        with pytest.raises(Exception, match=r"(?i)unique"):
            db.session.flush()
        db.session.rollback()
