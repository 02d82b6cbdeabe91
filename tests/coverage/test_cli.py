"""`coverage show`: figures that add up, as documented in docs/coverage-json.md; one sentence for what cannot be answered."""

import json
from datetime import date
from typing import Any

import pytest
from click.testing import Result

from lms.coverage import rules
from lms.kernel.db import db
from lms.people.models import RosterConfirmation
from tests.coverage.conftest import Register

FIGURES = ("roster", "required", "done", "not_done", "exempt", "on_leave", "unknown")


def show(register: Register, *options: str) -> Result:
    return register.app.test_cli_runner().invoke(args=["coverage", "show", *options])


def told(register: Register, *options: str) -> dict[str, Any]:
    result = show(register, "--json", *options)
    assert result.exit_code == 0, result.output
    return dict(json.loads(result.output))


@pytest.mark.parametrize(
    "options",
    [
        (),
        ("--as-of", "2025-06-30"),
        ("--as-of", "2025-07-01", "--tree-at", "2025-06-30"),
        ("--as-of", "30/06/2025", "--tree-at", "2026-01-01"),
        ("--known-at", "2025-06-01T08:00"),
    ],
)
def test_everything_adds_up(register: Register, options: tuple[str, ...]) -> None:
    answer = told(register, *options)

    assert [one["slug"] for one in answer["indicators"]] == ["tap-huan", "tro-giup"]
    for indicator in answer["indicators"]:
        assert indicator["rule"]["courses"]
        rows = [indicator["totals"], indicator["not_restated"], *indicator["units"], *indicator["categories"]]
        for row in rows:
            assert row["required"] == row["done"] + row["not_done"]
            assert row["roster"] == row["required"] + row["exempt"] + row["on_leave"] + row["unknown"]
        leaves = [one for one in indicator["units"] if one["leaf"]]
        here = sum(one["roster"] for one in leaves) + indicator["not_restated"]["roster"]
        assert here == indicator["totals"]["roster"] + 1  # hai works in two units
        for unit in indicator["units"]:  # a unit is those at the unit itself and those below
            own = unit if unit["leaf"] else unit["own"]
            below = [one["roster"] for one in indicator["units"] if one["parent_id"] == unit["id"]]
            assert unit["roster"] <= own["roster"] + sum(below) <= unit["roster"] + 1


def test_one_unit_and_what_is_printed_for_people(register: Register) -> None:
    unit = register.units["nam_loong"]
    answer = told(register, "--unit", str(unit))
    assert {name: answer["indicators"][0]["totals"][name] for name in FIGURES} == {
        "roster": 2, "required": 2, "done": 1, "not_done": 1, "exempt": 0, "on_leave": 0, "unknown": 0,
    }  # fmt: skip
    assert [one["id"] for one in answer["indicators"][0]["units"]] == [unit]
    assert "tap-huan: 1/2 (50,0\u00a0%)" in show(register, "--unit", str(unit)).output


@pytest.mark.parametrize(
    "options",
    [
        ("--as-of", "31/02/2025"),
        ("--as-of", "2030-01-01"),
        ("--as-of", "2020-01-01"),
        ("--known-at", "2030-01-01"),
        ("--known-at", "nay"),
        ("--tree-at", "x"),
        ("--plan", "khac"),
        ("--unit", "99999"),
        ("--grade", "best"),
        ("--sex", "x"),
    ],
)
def test_one_sentence_and_exit_code_2(register: Register, options: tuple[str, ...]) -> None:
    result = show(register, *options)

    assert result.exit_code == 2
    assert len(result.output.strip().splitlines()) == 1, result.output


def test_the_plan_of_the_counted_day(register: Register) -> None:
    assert told(register, "--as-of", "2024-03-01")["plan"]["slug"] == "mau"


def test_narrowed_by_sex_and_by_proof(register: Register) -> None:
    totals = {sex: told(register, "--sex", sex)["indicators"][0]["totals"]["roster"] for sex in ("female", "male", "-")}
    assert totals == {"female": 4, "male": 5, "-": 0}
    assert told(register)["indicators"][0]["totals"]["done"] == 2
    assert told(register, "--grade", "test")["indicators"][0]["totals"]["done"] == 0  # both proved by a closed roll


def test_a_confirmed_roster_is_told(register: Register) -> None:
    unit = register.units["nam_loong"]
    with register.doing():
        confirmed = RosterConfirmation(unit_id=unit, complete_on=date(2025, 11, 1), persons=2)
        db.session.add(confirmed)

    units = {one["id"]: one["confirmed_on"] for one in told(register)["indicators"][0]["units"]}
    assert units == {unit: "2025-11-01", register.units["ta_leng_moi"]: None}
    assert told(register, "--as-of", "2025-10-31")["indicators"][0]["units"][0]["confirmed_on"] is None


@pytest.mark.parametrize(
    "options", [(), ("--as-of", "2025-06-30"), ("--as-of", "2025-07-01", "--tree-at", "2025-06-30")]
)
def test_counted_twice(register: Register, options: tuple[str, ...]) -> None:
    result = register.app.test_cli_runner().invoke(args=["coverage", "check", *options])
    assert result.exit_code == 0, result.output
    assert "tap-huan: " in result.output
    assert "figures equal" in result.output


def test_a_count_that_differs_is_said(register: Register, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rules.Tally, "person", lambda _self, _postings: None)  # two postings count twice
    result = register.app.test_cli_runner().invoke(args=["coverage", "check", "--json"])
    assert result.exit_code == 1
    first, _second = json.loads(result.output)
    assert first["differences"][0].startswith("total: {'roster': 10")
