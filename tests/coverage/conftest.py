"""The reorganisation of 01/07/2025 in small: two old communes come together under the code of one of them; people, courses, a plan."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import pytest
from flask import Flask

from lms.kernel.clock import at_hour, frozen
from lms.kernel.db import STILL, db
from lms.people import actions as people
from lms.people.roles import Role
from lms.tracks import actions, editions, publishing
from lms.tracks.course import Course
from lms.tracks.models import Enrolment
from tests.conftest import Building, Peopled
from tests.world import World

NOW = at_hour(date(2025, 11, 20), 15)
MERGER = date(2025, 7, 1)
OFFICIALS = ["công chức", "viên chức"]


@dataclass
class Register(World):
    """Province > district > (ta_leng, giang_ma, nam_loong) until 01/07/2025; then province > (ta_leng_moi with giang_ma's old code, nam_loong)."""

    rules: dict[str, Any] = field(default_factory=dict)

    def train(self, who: str, on: date, course: str = "chung") -> Enrolment:
        """The person completes the course that day, on the record that evening."""
        with frozen(at_hour(on, 18)):
            enrolment = actions.enrol(self.persons[who], course, on=on)
            assert actions.finish_part(enrolment, "class", on=on, evidence={"document": "minh-hoa"})
        return enrolment


PEOPLE = (
    # key, name, sex, unit, category, direct support
    ("an", "Lò Thị An", "female", "ta_leng", "công chức", True),
    ("binh", "Vàng A Bình", "male", "ta_leng", "viên chức", False),
    ("chu", "Giàng A Chu", "male", "giang_ma", "công chức", None),
    ("dua", "Sùng Thị Dua", "female", "giang_ma", "", False),
    ("em", "Tẩn Thị Em", "female", "giang_ma", "thành viên mô hình", True),
    ("phu", "Phàn A Phủ", "male", "nam_loong", "công chức", False),
    ("hai", "Lý A Hai", "male", "ta_leng", "công chức", False),  # and posted to nam_loong too
    ("nghi", "Chẻo Thị Nghi", "female", "giang_ma", "viên chức", False),  # on leave
)


def course(slug: str) -> Course:
    return Course(slug, "1", f"Khóa {slug}", "", 8, ("class",), 80, True, "", (), None)


def built(app: Flask) -> Register:
    world = Register(app)
    units = world.units
    units["province"] = people.add_unit("Tỉnh Mẫu", "province", code="T9").id
    units["district"] = people.add_unit(
        "Huyện Mẫu", "district", parent_id=units["province"], code="H9", valid_to=MERGER
    ).id
    for key, name, code in (
        ("ta_leng", "Xã Tả Lèng", "03400"),
        ("giang_ma", "Xã Giang Ma", "03405"),
        ("nam_loong", "Xã Nậm Loỏng", "03410"),
    ):
        units[key] = people.add_unit(
            name, "commune", parent_id=units["district"], code=code, valid_to=STILL if key == "nam_loong" else MERGER
        ).id
    units["ta_leng_moi"] = people.add_unit(
        "Xã Tả Lèng", "commune", parent_id=units["province"], code="03405", valid_from=MERGER
    ).id
    people.version_unit(
        units["nam_loong"], "Xã Nậm Loỏng", "commune", parent_id=units["province"], code="03410", valid_from=MERGER
    )
    for old in ("ta_leng", "giang_ma"):
        people.succeed_unit(units[old], units["ta_leng_moi"], on=MERGER, legal_basis="Nghị quyết mẫu")
    for key, name, sex, unit, category, direct in PEOPLE:
        person = people.add_person(name, sex=sex)
        world.persons[key] = person.id
        people.post_person(
            person.id, units[unit], category=category, direct_support=direct, valid_from=date(2024, 1, 1)
        )
    people.post_person(
        world.persons["hai"], units["nam_loong"], category="công chức", direct_support=True, valid_from=date(2024, 1, 1)
    )
    people.except_person(world.persons["nghi"], "", "on_leave", reason="Nghỉ thai sản", valid_from=date(2025, 1, 1))
    world.rules = {
        "tap-huan": {"reading": "wide", "categories": OFFICIALS, "courses": ["chung"], "courses_needed": "all"},
        "tro-giup": {"reading": "narrow", "categories": [], "direct_support": True, "courses": ["chung", "sau"]},
    }
    for slug in ("chung", "sau"):
        editions.publish(course(slug))
    publishing.add_plan(
        "mau",
        "Kế hoạch mẫu 2024 – 2025",
        issuer="UBND huyện Mẫu",
        starts_on=date(2024, 1, 1),
        ends_on=date(2025, 12, 31),
        scope_unit_id=units["district"],
        indicators=[publishing.IndicatorSpec(slug, slug, slug, rule) for slug, rule in world.rules.items()],
    )
    return world


def register_of(app: Flask) -> Register:
    """Built through the real actions, and committed. an and phu are trained in chung; an in sau."""
    with app.app_context():
        with frozen(at_hour(date(2024, 1, 2))):
            world = built(app)
            desks = (
                ("lan", Role.OFFICE, "province"),
                ("mai", Role.FOCAL, "ta_leng_moi"),
                ("nam", Role.FOCAL, "nam_loong"),
                ("teo", Role.TRAINER, "province"),
            )
            for key, role, unit in desks:
                account, _phrase = people.open_account(None, username=key, passphrase=f"bon tu cua {key} day")
                people.grant_role(account.id, role, world.units[unit])
                world.accounts[key] = account.id
            db.session.flush()
        world.train("an", date(2024, 5, 10))
        world.train("an", date(2025, 3, 10), "sau")
        world.train("phu", date(2025, 6, 30))
        with frozen(at_hour(MERGER)):
            for old in ("ta_leng", "giang_ma"):
                people.move_people(world.units[old], world.units["ta_leng_moi"], on=MERGER)
        with frozen(at_hour(date(2025, 9, 1))):
            newcomer = people.add_person("Hạng A Mới", sex="male")
            people.post_person(
                newcomer.id,
                world.units["ta_leng_moi"],
                category="công chức",
                direct_support=False,
                valid_from=date(2025, 9, 1),
            )
            world.persons["moi"] = newcomer.id
        db.session.commit()
    return world


@pytest.fixture
def building(building: Building | None, request: pytest.FixtureRequest) -> Building | None:
    return register_of if "register" in request.fixturenames else building


@pytest.fixture
def register(app: Flask, engine_name: str, building: Building, peopled: Peopled) -> Iterator[Register]:
    """The people of `register_of`; the clock stands at 20/11/2025."""
    with frozen(NOW):
        yield peopled(engine_name, building)[1].on(app)  # type: ignore[misc]  # what was built is a Register
