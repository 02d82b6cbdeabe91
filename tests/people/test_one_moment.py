"""What stands for a row is held from the very moment at which that row no longer is: in between nobody would know either."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from sqlalchemy import select

from lms.kernel.db import CURRENT, db
from lms.people import actions
from lms.people.models import Posting, RoleGrant, RosterConfirmation, Standing, UnitVersion
from lms.people.roles import Role
from lms.tracks import publishing, receiving
from lms.tracks.models import IndicatorRule, ReceivingOffice
from tests.tracks.sample import plan_over

SINCE, ON, LATER = date(2025, 1, 1), date(2026, 3, 1), date(2026, 6, 1)
World = Any


def posting(world: World) -> Posting:
    person = actions.add_person("Người Thử")
    return actions.post_person(person.id, world.units["binh_lu"], category="công chức", valid_from=SINCE)


def standing(world: World) -> Standing:
    person = posting(world).person_id
    return actions.except_person(person, "", "on_leave", reason="Nghỉ thai sản", valid_from=SINCE)


def end_role(world: World) -> None:
    account, _ = actions.open_account(None, username="thu-vai")
    actions.end_role(actions.grant_role(account.id, Role.FOCAL, world.units["binh_lu"], valid_from=SINCE), on=ON)


def corrected(world: World) -> None:
    row = posting(world)
    actions.correct_posting(row, category="viên chức", position="", direct_support=None, valid_from=SINCE, why="nhầm")


def excepted_anew(world: World) -> None:
    facts = {"indicator_slug": "", "kind": "exempt", "reason": "Đổi", "valid_from": SINCE}
    actions.correct_exception(standing(world), **facts)


def moved(world: World) -> None:
    posting(world)
    actions.move_people(world.units["binh_lu"], world.units["khun_ha"], on=ON)


def renamed(world: World) -> None:
    actions.version_unit(
        world.units["binh_lu"], "Xã Khác", "commune", parent_id=world.units["province"], code="T1", valid_from=ON
    )


def confirmed_again(world: World) -> None:
    for _ in range(2):
        actions.confirm_roster(world.units["binh_lu"], ON)


def ruled_anew(world: World) -> None:
    plan_over(world.units["province"])
    row = db.session.scalars(select(IndicatorRule).where(IndicatorRule.superseded_at == CURRENT).limit(1)).one()
    publishing.set_rule(row.indicator_id, {**row.rule, "grace_days": 7}, why="thử")


def received_elsewhere(world: World) -> None:
    plan = plan_over(world.units["province"])
    for unit, on in (("province", plan.starts_on), ("binh_lu", plan.starts_on.replace(day=28))):
        steps = receiving.set_receiving_office(plan.id, world.units[unit], on=on, because="Quyết định mẫu")
    receiving.take_back(steps)


ACTS: list[tuple[type[Any], Callable[[World], Any]]] = [
    (Posting, lambda world: actions.end_posting(posting(world), on=ON)),
    (Posting, lambda world: actions.change_posting(posting(world), on=ON, category="viên chức")),
    (Posting, corrected),
    (Posting, moved),
    (Standing, lambda world: actions.end_exception(standing(world), on=ON)),
    (Standing, excepted_anew),
    (UnitVersion, renamed),
    (RoleGrant, end_role),
    (RosterConfirmation, confirmed_again),
    (IndicatorRule, ruled_anew),
    (ReceivingOffice, received_elsewhere),
]


@pytest.mark.parametrize("model, act", ACTS)
def test_one_moment_ends_the_one_and_begins_the_other(world: World, model: Any, act: Callable[[World], Any]) -> None:
    with world.app.app_context():
        before = set(db.session.scalars(select(model.id).where(model.superseded_at != CURRENT)))
        act(world)
        rows = db.session.scalars(select(model)).all()
        ended = {row.superseded_at for row in rows if row.superseded_at != CURRENT and row.id not in before}
        assert ended
        assert ended <= {row.recorded_at for row in rows}
        if model is Posting:  # none of its parts comes a moment later than the others
            last = max(ended)
            assert not [row.id for row in rows if row.recorded_at > last]
        db.session.rollback()
