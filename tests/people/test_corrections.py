"""A posting that was written down wrongly is corrected from its beginning, and what was held stays known."""

from datetime import date

import pytest
from sqlalchemy import select

from lms.kernel.clock import at_hour, frozen
from lms.kernel.db import CURRENT, STILL, db
from lms.kernel.refused import Refused
from lms.people import actions, queries
from lms.people.models import Posting
from tests.world import TODAY


@pytest.fixture(autouse=True)
def _today():
    with frozen(at_hour(TODAY)):
        yield


@pytest.fixture
def address(world):
    with world.app.app_context():
        posting = queries.postings_of(world.persons["lan"])[0]
        return f"/people/{world.persons['lan']}/postings/{posting.id}"


def sent(**changes):
    return {
        "category": "viên chức", "position": "Y sĩ", "direct_support": "yes", "valid_from": "01/02/2026",
        "valid_to": "", "why": "Nhập nhầm nhóm",
    } | changes  # fmt: skip


def test_it_is_corrected_from_the_beginning(world, address):
    keeper = world.client("my")
    keeper.get(f"{address}/correction")
    page = keeper.post(f"{address}/corrections", sent())
    assert "Y sĩ" in page
    with world.app.app_context():
        held = queries.postings_of(world.persons["lan"])
        assert [(one.category, one.valid_from, one.valid_to) for one in held] == [
            ("viên chức", date(2026, 2, 1), STILL)
        ]
        assert held[0].because == "correction: Nhập nhầm nhóm"
        old = db.session.scalars(select(Posting).where(Posting.superseded_at != CURRENT)).one()
        assert (old.category, old.valid_from) == ("công chức", date(2026, 1, 1)), "what was held stays known"


BAD = [
    ({"valid_from": ""}, 422),
    ({"valid_from": "hôm qua"}, 422),
    ({"why": ""}, 422),
    ({"why": "x" * 201}, 422),
    ({"category": "vua"}, 422),
    ({"valid_to": "01/01/2026"}, 409),  # ends before it begins
    (
        {"category": "công chức", "position": "Công chức Văn hóa - Xã hội", "valid_from": "01/01/2026"},
        409,
    ),  # nothing new
]


@pytest.mark.parametrize("change, status", BAD)
def test_bad_corrections_get_a_sentence_and_lose_nothing(world, address, change, status):
    page = world.client("my").post(f"{address}/corrections", sent(**change), status=status)
    if "position" not in change:
        assert "Y sĩ" in page
    with world.app.app_context():
        assert len(db.session.scalars(select(Posting).where(Posting.superseded_at != CURRENT)).all()) == 0


def test_no_correction_makes_two_postings_of_one_time(world):
    with world.app.app_context():
        first = queries.postings_of(world.persons["lan"])[0]
        changed = actions.change_posting(first, on=date(2026, 6, 1), category="viên chức")
        work = {"category": "viên chức", "position": "", "direct_support": None, "why": "Nhầm ngày"}
        with pytest.raises(Refused, match="posted here from 01/01/2026"):
            actions.correct_posting(changed, **work, valid_from=date(2026, 5, 1))
        actions.correct_posting(changed, **work, valid_from=date(2026, 7, 1))
        actions.post_person(world.persons["lan"], world.units["khun_ha"], valid_from=date(2026, 3, 1))
        with pytest.raises(Refused, match="posted here since"):
            actions.move_people(world.units["binh_lu"], world.units["khun_ha"], on=date(2026, 8, 1))


@pytest.mark.parametrize("who", ["lan", "pao", "hoa"])
def test_only_who_keeps_the_register_corrects(world, address, who):
    world.client(who).get(f"{address}/correction", status=404)
    world.client(who).post(f"{address}/corrections", sent(), status=404)
