"""Grace, ended categories, validity, proofs, two records of one person: what changes in the figures, and what the list says of it."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import date
from typing import Any

from lms.coverage.listing import Line, Wanted, lines, listed
from lms.coverage.queries import Coverage, coverages
from lms.coverage.question import Question, ask, chosen, plans
from lms.coverage.rules import Figures, State
from lms.kernel.clock import at_hour, frozen
from lms.kernel.db import db
from lms.people import actions as people
from lms.people.models import CategoryEnd, Posting, SamePerson
from lms.tracks.models import Completion
from tests.coverage.conftest import NOW, Register

TODAY = date(2025, 11, 20)
Counting = Callable[[], AbstractContextManager[list[str]]]


def question(as_of: date = TODAY, rule: dict[str, Any] | None = None, **narrowed: Any) -> Question:
    """With the first indicator's rule changed for this question."""
    planned = chosen(plans(narrowed.get("known_at")), "mau", TODAY)
    first, second = planned.ruled
    changed = replace(first, rule=replace(first.rule, **(rule or {})))
    return ask(replace(planned, ruled=(changed, second)), as_of=as_of, **narrowed)


def figures(*args: Any, **kwargs: Any) -> Coverage:
    return coverages(question(*args, **kwargs))[0]


def people_of(asked: Question) -> dict[str, Line]:
    rows = db.session.execute(listed(asked, 0, Wanted())).all()
    return {line.person.full_name: line for line in lines(asked, 0, rows, {})}


ALL = Figures(done=2, not_done=4, unknown=1, exempt=1, on_leave=1)  # of 20/11/2025


def test_a_newcomer_is_not_asked_yet(register: Register) -> None:
    with register.doing():
        assert figures().total == ALL
        asked = question(rule={"grace_days": 90})
        assert coverages(asked)[0].total == replace(ALL, not_done=3, exempt=2)
        assert (people_of(asked)["Hạng A Mới"].why, people_of(asked)["Hạng A Mới"].detail) == ("newcomer", "90")
        # came on 01/09/2025: the 80th day is the last of 80 days of grace
        assert figures(date(2025, 11, 19), rule={"grace_days": 80}).total.exempt == 2
        assert figures(date(2025, 11, 20), rule={"grace_days": 80}).total.exempt == 1


def test_a_newcomer_named_by_the_office_is_asked(register: Register) -> None:
    with register.doing():
        who = register.persons["moi"]
        people.except_person(who, "", "required", reason="Trực tiếp phụ trách", valid_from=date(2025, 9, 1))
        assert figures(rule={"grace_days": 90}).total == ALL


def test_a_category_that_ended_tells_nothing(register: Register) -> None:
    with register.doing():
        db.session.add(CategoryEnd(category="viên chức", on=date(2025, 11, 1), legal_basis="mẫu"))
        asked = question()
        found = coverages(asked)[0]
        assert found.total == replace(ALL, not_done=3, unknown=2)  # Bình; Nghi is on leave
        line = people_of(asked)["Vàng A Bình"]
        assert (line.state, line.why, line.detail) == (State.UNKNOWN, "category_ended", "viên chức")
        assert found.category("viên chức") == Figures()
        assert figures(date(2025, 10, 31)).total == ALL  # the day before
        assert figures(known_at=at_hour(date(2025, 11, 19))).total == ALL  # not known then


def test_training_expires(register: Register) -> None:
    with register.doing():  # an is trained on 10/05/2024, phu on 30/06/2025
        assert figures(date(2025, 5, 9), rule={"valid_months": 12}).total.done == 1
        assert figures(date(2025, 5, 10), rule={"valid_months": 12}).total.done == 0
        assert figures(rule={"valid_months": 12}).total == replace(ALL, done=1, not_done=5)


def test_only_good_proofs_count(register: Register) -> None:
    with register.doing():
        db.session.query(Completion).filter_by(person_id=register.persons["phu"]).update({"grade": "document"})
        db.session.query(Completion).filter_by(person_id=register.persons["an"]).update({"grade": "claim"})
        done = {grade: figures(grade=grade).total.done for grade in (None, "claim", "document", "roll", "test")}
        assert done == {None: 2, "claim": 2, "document": 1, "roll": 0, "test": 0}
        assert figures(rule={"grades": ("test", "claim")}).total.done == 1
        assert figures(rule={"grades": ("test", "claim")}, grade="roll").total.done == 0


def test_an_indicator_without_a_course(register: Register) -> None:
    with register.doing():
        asked = question(rule={"courses": ()})
        assert coverages(asked)[0].total == replace(ALL, done=0, not_done=6)
        assert people_of(asked)["Lò Thị An"].lacks == []


def doubled(register: Register) -> int:
    """A second record of Chu, posted in the other commune; that it is one person is known since today."""
    with frozen(at_hour(date(2025, 10, 1))):
        other = people.add_person("Giàng Chu", sex="male")
        people.post_person(
            other.id,
            register.units["nam_loong"],
            category="công chức",
            direct_support=True,
            valid_from=date(2025, 10, 1),
        )
    db.session.add(SamePerson(kept_id=register.persons["chu"], other_id=other.id, why="thử", recorded_at=NOW))
    db.session.flush()
    return other.id


def test_two_records_count_once(register: Register, count_queries: Counting) -> None:
    with register.doing():
        other = doubled(register)
        with count_queries() as sent:
            asked = question()
            found = coverages(asked)[0]
        assert len(sent) <= 7  # with the plans and their rules, the units and their successions
        assert found.total == ALL
        assert found.unit(register.units["nam_loong"]).roster == 3
        assert "Giàng Chu" not in people_of(asked)
        line = people_of(asked)["Giàng A Chu"]
        assert [posting.unit_id for posting in line.postings] == [
            register.units["ta_leng_moi"],
            register.units["nam_loong"],
        ]
        before = figures(known_at=at_hour(date(2025, 11, 19))).total  # two persons, as far as we knew
        assert before == replace(ALL, not_done=5)
        assert db.session.query(Posting).filter_by(person_id=other).count() == 1  # no fact was moved


def test_what_either_record_did_counts(register: Register) -> None:
    with register.doing():
        register.persons["doubled"] = doubled(register)
        register.train("doubled", date(2025, 11, 2))
        assert figures().total == replace(ALL, done=3, not_done=3)
        assert people_of(question())["Giàng A Chu"].done_on == date(2025, 11, 2)

        people.except_person(register.persons["doubled"], "", "on_leave", reason="Đi học", valid_from=date(2025, 11, 1))
        assert figures().total == replace(ALL, not_done=3, on_leave=2)
        line = people_of(question())["Giàng A Chu"]
        assert (line.why, line.detail) == ("on_leave", "Đi học")
