"""The register in small with twelve more people in Nậm Loỏng, two trainers, and an office of another province."""

from datetime import date
from typing import Any

import pytest
from flask import Flask

from lms.kernel.clock import at_hour, frozen
from lms.kernel.db import db
from lms.people import actions as people
from lms.people.models import Person
from lms.people.roles import Role
from tests.conftest import Building
from tests.coverage.conftest import Register, register_of

GIVEN = ("Bạn", "Cày", "Dín", "Gấu", "Hừ", "Kía", "Lử", "Mai", "Nênh", "Páo", "Sèng", "Tỏa")


def planned_of(app: Flask) -> Register:
    """Missing in "tap-huan": binh, chu, hai, moi in Tả Lèng and the twelve in Nậm Loỏng. It is Thursday 20/11/2025."""
    register = register_of(app)
    with app.app_context(), frozen(at_hour(date(2025, 10, 1))):
        for name in GIVEN:
            person = people.add_person(f"Lò Thị {name}", sex="female")
            people.post_person(
                person.id, register.units["nam_loong"], category="công chức", valid_from=date(2024, 1, 1)
            )
            register.persons[name] = person.id
        account, _phrase = people.open_account(
            db.session.get_one(Person, register.persons["Bạn"]), username="ban", passphrase="bon tu cua ban day"
        )
        register.accounts["ban"] = account.id
        for key, name in (("hoa", "Đặng Thị Hoa"), ("que", "Hoàng Văn Quế")):
            _trainer(register, key, name)
        other = people.add_unit("Tỉnh Khác", "province", code="K9").id
        account, _phrase = people.open_account(None, username="khoa", passphrase="bon tu cua khoa day")
        people.grant_role(account.id, Role.OFFICE, other)
        register.accounts["khoa"] = account.id
        account, _phrase = people.open_account(None, username="xa", passphrase="bon tu cua xa day")
        people.grant_role(account.id, Role.OFFICE, register.units["nam_loong"])
        register.accounts["xa"] = account.id
        db.session.commit()
    return register


@pytest.fixture
def building(building: Building | None, request: pytest.FixtureRequest) -> Building | None:
    return planned_of if "register" in request.fixturenames else building


def _trainer(register: Register, key: str, name: str) -> None:
    person = people.add_person(name)
    people.post_person(
        person.id, register.units["ta_leng_moi"], category="thành viên mô hình", valid_from=date(2024, 1, 1)
    )
    account, _phrase = people.open_account(person, username=key, passphrase=f"bon tu cua {key} day")
    people.grant_role(account.id, Role.TRAINER, register.units["province"])
    register.persons[key], register.accounts[key] = person.id, account.id


@pytest.fixture
def typed(register: Register) -> dict[str, Any]:
    """What the office types: both communes together, until 30/11."""
    return {
        "deadline": "30/11/2025",
        "seats": "40",
        "groups": "Tả Lèng, Nậm Loỏng",
        "fewest": "3",
        "half_days": "",
        "notice": "3",
        "weekdays": ["0", "1", "2", "3", "4"],
        "places": [str(register.units["ta_leng_moi"]), str(register.units["nam_loong"])],
        "at_once": "1",
        "trainers": [str(register.persons["hoa"]), str(register.persons["que"])],
        "weekly": "3",
        "per_class": "1.000.000",
        "per_trainer_half_day": "100000",
        "per_participant_day": "50000",
        "per_traveller_day": "20000",
    }
