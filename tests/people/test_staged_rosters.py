"""A list is answered about, confirmed, sent again, taken back; what rests on a row keeps it."""

from datetime import date

import pytest
from sqlalchemy import select

from lms.kernel.db import CURRENT, db
from lms.people.models import Person, Posting, Roster
from lms.people.queries import scope_of
from lms.people.roster import actions as rosters
from tests.people.conftest import row, sheet

ON = date(2026, 11, 1)


@pytest.fixture
def staged(world):
    """Stage a list of Bình Mẫu, without a browser; gives its id."""

    def _staged(*lines, on=ON, **more):
        content = lines[0] if isinstance(lines[0], bytes) else sheet(*lines)
        unit = world.units["binh_lu"]
        return rosters.stage(content, "a.xlsx", unit_id=unit, on=on, by=world.accounts["my"], **more).id

    return _staged


def plan(number):
    roster = db.session.get_one(Roster, number)
    return roster, rosters.plan_of(roster, scope_of([roster.unit_id]), default_unit=roster.unit_id)


def confirm(number, **more):
    roster, found = plan(number)
    return rosters.confirm(roster, found, **more)


def register(app):
    """What the register says now: facts of whoever works somewhere, and the postings that hold."""
    there = select(Posting).where(Posting.superseded_at == CURRENT)
    postings = sorted(
        (one.person_id, one.unit_id, one.category, one.position, one.direct_support, one.valid_from, one.valid_to)
        for one in db.session.scalars(there)
    )
    ids = {one[0] for one in postings}
    persons = sorted(
        (
            one.id,
            one.full_name,
            one.search_key,
            one.sort_key,
            one.staff_code,
            one.sex,
            one.birth,
            one.birth_precision,
            one.phone,
        )
        for one in db.session.scalars(select(Person))
        if one.id in ids
    )
    return postings, persons


def test_a_list_is_taken_back(app, world, staged):
    with world.doing():
        before = register(app)
        number = staged(
            row(full_name="Sùng Thị Dở", birth="05/03/1991", staff_code="DO-1"),
            row(full_name="Vàng Thị Lan", birth="1990", category="cán bộ", phone="0987654321"),
        )
        confirm(number)
        assert register(app) != before

    with world.doing():
        found = rosters.undo(db.session.get_one(Roster, number))
        assert (len(found.steps), found.kept) == (2, [])
        assert register(app) == before
        assert not rosters.may_undo(db.session.get_one(Roster, number))
