"""What is typed and what follows: travel groups, deadlines, places within reach, costs, the projection; a draft written and read is the same."""

from dataclasses import replace
from datetime import date

import pytest

from lms.coverage.planning import draft as drafts
from lms.coverage.planning import terms as rules
from lms.coverage.planning import worth
from lms.coverage.planning.draft import Draft, Planned
from lms.coverage.planning.terms import Terms
from lms.coverage.planning.timetable import Taken, half_number
from lms.coverage.planning.worth import Before
from lms.kernel.refused import Refused
from lms.tracks.rules import PopulationRule

UNITS = {
    1: ("Xã Tả Lèng", "03405"),
    2: ("Xã Khun Há", "03430"),
    3: ("Phường Tân Phong", "03408"),
    4: ("Xã Khun Há", "9"),
}
TERMS = Terms(date(2026, 12, 15), places=(1, 3), groups=((1, 2),), trainers=(90, 91))
MONDAY = (half_number(date(2026, 11, 30), "am"), half_number(date(2026, 11, 30), "pm"))
TUESDAY = (half_number(date(2026, 12, 1), "am"), half_number(date(2026, 12, 1), "pm"))
TODAY = date(2026, 11, 23)


@pytest.mark.parametrize(
    "typed, groups",
    [
        ("Tả Lèng, tan phong", ((1, 3),)),
        ("xã tả lèng;03430\n\n Phường Tân Phong ,", ((1, 2), (3,))),
        ("Xã Khun Há (9), Tả Lèng, Tả Lèng", ((4, 1),)),
        ("", ()),
    ],
)
def test_groups_are_read_by_name_or_code(typed: str, groups: tuple[tuple[int, ...], ...]) -> None:
    assert rules.read_groups(typed, UNITS) == groups


@pytest.mark.parametrize("typed, said", [("Khun Há", "Several units"), ("Bản Bo", "none of the units")])
def test_a_name_that_is_none_or_two_is_refused(typed: str, said: str) -> None:
    with pytest.raises(Refused, match=said):
        rules.read_groups(typed, UNITS)


def test_groups_written_are_read_the_same() -> None:
    groups = ((1, 2), (3,), (4,))
    assert rules.read_groups(rules.written_groups(groups, UNITS), UNITS) == groups


def test_people_reach_home_and_where_their_group_goes() -> None:
    assert [TERMS.reach(home) for home in (1, 2, 3, 4)] == [(1,), (1,), (3,), ()]


@pytest.mark.parametrize(
    "count_on, today, ends_on, expected",
    [
        ("", date(2026, 11, 23), date(2030, 12, 31), date(2026, 11, 30)),  # the day before the report
        ("", date(2026, 11, 29), date(2030, 12, 31), date(2027, 11, 30)),  # too near: the next
        ("12-31", date(2026, 11, 23), date(2030, 12, 31), date(2026, 12, 31)),
        ("02-29", date(2026, 11, 23), date(2030, 12, 31), date(2027, 2, 28)),
        ("", date(2026, 12, 10), date(2026, 12, 20), date(2026, 12, 20)),  # the plan ends first
    ],
)
def test_the_deadline_that_is_offered(count_on: str, today: date, ends_on: date, expected: date) -> None:
    rule = PopulationRule.of({"courses": [], "count_on": count_on})
    assert rules.default_deadline(rule, "12-01", ends_on, today) == expected


@pytest.mark.parametrize("hours, half_days", [(8, 2), (6, 2), (4, 1), (1, 1), (0, 1), (9, 3)])
def test_four_tiet_are_a_half_day(hours: int, half_days: int) -> None:
    assert TERMS.half_days_of(hours) == half_days
    assert replace(TERMS, half_days=5).half_days_of(hours) == 5


def a_draft() -> Draft:
    """Two classes: 1 and 2 of commune 1 with 3 of commune 2 on Monday; 4 of commune 3 on Tuesday; 5 waits, 6 studies online, 7 has a seat."""
    homes = {("c", person): home for person, home in ((1, 1), (2, 1), (3, 2), (4, 3), (5, 2))}
    classes = (Planned(1, "c", 1, MONDAY, 40, 90, (1, 2, 3)), Planned(2, "c", 3, TUESDAY, 40, 91, (4,)))
    return Draft(
        TERMS,
        {"c": 2},
        homes,
        classes,
        {("c", 5): "too_few"},
        (("c", 6),),
        {("c", 7): date(2026, 11, 27)},
        {"c": (2, True)},
    )


def test_a_draft_that_was_written_is_read_the_same() -> None:
    found = a_draft()
    assert drafts.read(*drafts.written(found)) == found
    drafts.check(found, Taken(), TODAY)


def test_costs_add_up_by_class_half_day_participant_and_traveller() -> None:
    found = a_draft()
    assert worth.total_cost(found) == 0
    dear = replace(TERMS, per_class=1000, per_trainer_half_day=100, per_participant_day=10, per_traveller_day=1)
    found = replace(found, terms=dear)
    assert [worth.cost(found, one) for one in found.classes] == [1000 + 200 + 30 + 1, 1000 + 200 + 10 + 0]
    assert worth.total_cost(found) == 2441


def test_the_projection_counts_each_person_on_the_day_they_are_done() -> None:
    before = Before(done=3, required=10, target=80)
    steps = worth.projected(a_draft(), before)
    assert [(step.on.day, step.done, step.likely) for step in steps] == [
        (27, 4, None),
        (30, 7, None),
        (1, 8, None),
        (15, 9, None),
    ]
    assert worth.reached_on(steps, before) == date(2026, 12, 1)
    assert worth.reached_on(steps, replace(before, target=100)) is None

    told = replace(before, classes=3, seated=40, attended=20)
    assert [step.likely for step in worth.projected(a_draft(), told)] == [3, 5, 5, 6]


def test_who_lacks_two_courses_is_done_with_the_later() -> None:
    found = a_draft()
    both = replace(found, online=(*found.online, ("d", 1)), left={**found.left, ("d", 2): "no_day"})
    steps = worth.projected(both, Before(0, 10, 100))
    assert [(step.on.day, step.done) for step in steps] == [(27, 1), (30, 2), (1, 3), (15, 5)]  # 2 never, 1 on the 15th


@pytest.mark.parametrize(
    "standing, said",
    [
        (Taken(busy={90: {MONDAY[1]}}), "this trainer teaches"),
        (Taken(busy={3: {MONDAY[0]}}), "somebody of this class"),
    ],
)
def test_nobody_is_planned_into_what_stands_already(standing: Taken, said: str) -> None:
    with pytest.raises(Refused, match=said):
        drafts.check(a_draft(), standing, TODAY)


def test_a_hall_that_is_taken_and_a_trainer_who_teaches_enough_are_refused() -> None:
    hall = Taken()
    hall.held[1, MONDAY[0]] = 1
    with pytest.raises(Refused, match="already holds another class"):
        drafts.check(a_draft(), hall, TODAY)
    weeks = Taken()
    weeks.taught[90, (2026, 49)] = 3
    with pytest.raises(Refused, match="teaches enough"):
        drafts.check(a_draft(), weeks, TODAY)
