"""Each role at each distance that the table of doors has no column for: they are answered as the one they are likened to."""

import shutil
from collections.abc import Iterator

import pytest

from lms import create_app
from lms.people import actions as people
from lms.people.roles import Role
from tests.conftest import Peopled, config_for
from tests.doors import Row, Snapshot, knock, word_for
from tests.house import VIEWERS, House, at, house_of
from tests.test_doors import ROWS
from tests.world import TODAY

# who, role, unit, answered as
STRANGERS = (
    ("colleague", None, "binh_lu", "pao"),  # same unit
    ("teacher", Role.TRAINER, "binh_lu", "hien"),  # same unit, another's class
    ("far_learner", None, "other", "pao"),  # other district
    ("far_teacher", Role.TRAINER, "other", "hien"),
    ("far_focal", Role.FOCAL, "other", "sao"),
    ("near_office", Role.OFFICE, "khun_ha", "khoa"),  # sibling unit
    ("near_admin", Role.ADMIN, "khun_ha", "tu"),
)
NAMES = dict(
    zip(
        (key for key, *_rest in STRANGERS),
        (f"Sùng Thị {given}" for given in ["Mai", "Dinh", "Pà", "Sua", "Chứ", "Dợ", "Dê"]),
        strict=True,
    )
)
OWN_CLASS = {
    "GET attendance.show": "ok",
    "POST attendance.join": "go",
    "POST attendance.leave": "go",
}  # of their own commune: they may take a seat
OTHERWISE: dict[str, dict[str, str]] = {
    "colleague": OWN_CLASS,
    "teacher": OWN_CLASS,
    "far_focal": {
        "GET coverage.frozen": "no",
        "GET coverage.frozen_since": "no",
    },  # Mùa A Sào's commune is in those figures
    "near_office": {
        "GET coverage.frozen": "ok",  # the part of their own commune
        "GET coverage.frozen_since": "ok",
        "POST people.preview_reminders": "ok",  # of their own commune
        "POST people.remind": "go",
        "GET gatherings.index": "no",  # a host is a district or a province
        "GET gatherings.start": "no",
        "GET gatherings.slip": "no",
        "POST gatherings.write_down": "no",
        "GET gatherings.figures": "no",
        "POST gatherings.publish": "no",
        "POST people.end_category": "no",  # a category is ended for a province
        "POST people.take_back_end": "no",
        "GET reorganising.show": "ok",  # the old office's only heir is their commune
        "POST reorganising.reverse": "go",
    },
    "near_admin": {
        "POST people.end_category": "no",
        "POST people.take_back_end": "no",
        "GET reorganising.show": "ok",
        "POST reorganising.reverse": "go",
    },
}


@pytest.fixture(scope="module")
def crowd(peopled: Peopled, tmp_path_factory: pytest.TempPathFactory) -> Snapshot:
    """The house with the strangers in it."""
    folder = tmp_path_factory.mktemp("crowd")
    name, built = peopled("sqlite", house_of)
    shutil.copy(name, folder / "lms.sqlite")
    house = built.on(create_app(config_for(f"sqlite:///{folder / 'lms.sqlite'}", folder)))
    with at(TODAY, 7), house.world.doing():
        for key, role, unit, _like in STRANGERS:
            person = people.add_person(NAMES[key])
            people.post_person(person.id, house.world.units[unit], category="công chức", valid_from=TODAY)
            account, _phrase = people.open_account(person, username=key, passphrase=f"bon tu cua {key}")
            if role:
                people.grant_role(account.id, role, house.world.units[unit])
            house.world.accounts[key] = account.id
    with at(TODAY):
        for key, *_rest in STRANGERS:
            client = house.world.client(key)
            house.tokens[key] = client.token()
            cookie = client.http.get_cookie("s")
            assert cookie is not None
            house.cookies[key] = cookie.value
    return Snapshot(house, folder)


@pytest.fixture(autouse=True)
def today() -> Iterator[None]:
    with at(TODAY):
        yield


@pytest.mark.parametrize(("who", "like"), [(who, like) for who, _role, _unit, like in STRANGERS])
def test_a_stranger_is_answered_as_their_like(crowd: Snapshot, who: str, like: str) -> None:
    house: House = crowd.house
    unlike = {}
    for row in ROWS:
        with knock(house, who, row) as answer:
            found = word_for(answer)
        if row.method == "POST" and answer.status_code < 400:
            crowd.put_back()
        if found != wanted(row, who, like):
            unlike[str(row)] = f"{found}, not {wanted(row, who, like)}"

    assert "\n".join(f"{row}: {said}" for row, said in unlike.items()) == ""


def wanted(row: Row, who: str, like: str) -> str:
    return OTHERWISE.get(who, {}).get(str(row), row.expected[VIEWERS.index(like)])
