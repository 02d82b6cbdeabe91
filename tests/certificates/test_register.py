"""The register: one certificate for a completion, numbers without gap or double, revocation and re-issue."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from lms.certificates import actions, queries, work
from lms.certificates.models import Certificate, RegisterCounter
from lms.certificates.rules import State
from lms.kernel import audit
from lms.kernel.clock import at_hour, frozen
from lms.kernel.db import db
from lms.kernel.refused import Refused
from lms.people import actions as people
from lms.people.models import Person, Posting
from lms.tracks.models import Completion
from tests.certificates.conftest import CLASS, QUIET, READ, WITHOUT, Earned
from tests.world import TODAY, World


def numbers(world: World, year: int = 2026) -> list[int]:
    with world.app.app_context():
        rows = select(Certificate.number).where(Certificate.year == year).order_by(Certificate.number)
        return list(db.session.scalars(rows))


def read(world: World, certificate_id: int) -> Certificate:
    with world.app.app_context():
        return db.session.get_one(Certificate, certificate_id)


def state(world: World, certificate_id: int) -> State:
    with world.app.app_context():
        return queries.state_of(db.session.get_one(Certificate, certificate_id))


def revoke(world: World, certificate_id: int, reason: str = "Cấp nhầm") -> None:
    with world.doing():
        actions.revoke(db.session.get_one(Certificate, certificate_id), reason=reason, by=world.accounts["dung"])


def rename(world: World, who: str, name: str) -> None:
    with world.doing():
        person = db.session.get_one(Person, world.persons[who])
        people.correct_person(
            person,
            full_name=name,
            staff_code=person.staff_code,
            sex=person.sex,
            birth=person.birth,
            birth_precision=person.birth_precision,
            phone=person.phone,
        )


def test_the_facts_are_those_of_the_day_of_completion(world: World, earned: Earned) -> None:
    done = earned.complete("lan", on=date(2026, 3, 2))
    with world.doing():
        posting = db.session.scalars(select(Posting).where(Posting.person_id == world.persons["lan"])).one()
        people.end_posting(posting, on=date(2026, 6, 1))
        people.post_person(
            world.persons["lan"], world.units["khun_ha"], position="Phó phòng", valid_from=date(2026, 6, 1)
        )
    facts = read(world, earned.issue(done)).facts

    assert facts["full_name"] == "Vàng Thị Lan"
    assert (facts["unit"], facts["position"]) == ("Xã Bình Mẫu", "Công chức Văn hóa - Xã hội")
    assert (facts["birth"], facts["birth_precision"]) == ("1990-01-01", "year")
    assert (facts["course"], facts["hours"], facts["edition"]) == (READ.title, 8, 1)
    assert (facts["completed_on"], facts["class_id"]) == ("2026-03-02", None)
    assert facts["issuer"] == {"above": "", "name": "Ủy ban nhân dân xã Bình Mẫu", "seat": "Bình Mẫu"}


def test_a_class_gives_its_dates_and_place(world: World, earned: Earned) -> None:
    class_id = earned.held_class([world.persons["lan"]])
    with world.doing():
        assert actions.issue_due() == 1
    with world.app.app_context():
        facts = db.session.scalars(select(Certificate)).one().facts

    assert (facts["class_id"], facts["course"]) == (class_id, CLASS.title)
    assert (facts["class_from"], facts["class_to"]) == (TODAY.isoformat(), TODAY.isoformat())
    assert facts["class_place"] == "Nhà văn hoá Xã Bình Mẫu"


def test_issuing_twice_gives_the_same_certificate(world: World, earned: Earned) -> None:
    done = earned.complete()

    first, second = earned.issue(done), earned.issue(done)

    assert first == second
    assert numbers(world) == [1]


def test_the_token_is_128_random_bits(world: World, earned: Earned) -> None:
    tokens = {read(world, earned.certificate(who)).token for who in ("lan", "pao", "my")}

    assert len(tokens) == 3
    assert all(len(bytes.fromhex(token)) == 16 for token in tokens)


def test_eight_threads_give_numbers_without_gap_or_double(world: World, earned: Earned) -> None:
    done = [earned.complete(person) for person in earned.crowd(24)]

    def one(completion_id: int) -> int:
        with frozen(at_hour(TODAY)), world.doing():
            return actions.issue(db.session.get_one(Completion, completion_id)).id

    with ThreadPoolExecutor(8) as pool:
        ids = list(pool.map(one, done + done[:8]))  # some are asked for twice

    assert len(set(ids)) == 24
    assert numbers(world) == list(range(1, 25))


def test_threads_that_issue_what_is_due_do_not_issue_it_twice(world: World, earned: Earned) -> None:
    for person in earned.crowd(12):
        earned.complete(person)

    def all_due(_n: int) -> int:
        with frozen(at_hour(TODAY)), world.doing():
            return actions.issue_due(limit=5)

    with ThreadPoolExecutor(4) as pool:
        counts = list(pool.map(all_due, range(8)))

    assert sum(counts) == 12
    assert numbers(world) == list(range(1, 13))


def test_a_rollback_leaves_no_gap(world: World, earned: Earned) -> None:
    first, second = earned.complete("lan"), earned.complete("pao")
    with world.app.app_context():
        assert actions.issue(db.session.get_one(Completion, first)).number == 1
        db.session.rollback()

    assert read(world, earned.issue(second)).number == 1
    assert numbers(world) == [1]


def test_each_year_begins_at_one(world: World, earned: Earned) -> None:
    december, january = date(2026, 12, 31), date(2027, 1, 1)
    earned.issue(earned.complete("lan", on=december), on=december)
    earned.issue(earned.complete("pao", on=december), on=january)

    assert (numbers(world, 2026), numbers(world, 2027)) == ([1], [1])


def test_the_year_is_that_of_the_day_in_viet_nam(world: World, earned: Earned) -> None:
    done = earned.complete()
    with frozen(at_hour(date(2027, 1, 1), 3)), world.doing():  # still 2026 in UTC
        certificate = actions.issue(db.session.get_one(Completion, done))

        assert (certificate.year, certificate.issued_on) == (2027, date(2027, 1, 1))


def test_the_database_itself_refuses_a_number_twice(world: World, earned: Earned) -> None:
    earned.certificate("lan")
    done = earned.complete("pao")
    with world.doing():  # a counter that was set back by hand
        db.session.get_one(RegisterCounter, ("GCN-BLG", 2026)).last = 0

    with pytest.raises(IntegrityError):
        earned.issue(done)


@pytest.mark.parametrize("course", [WITHOUT.slug, QUIET.slug])
def test_some_courses_give_none(world: World, earned: Earned, course: str) -> None:
    done = earned.complete(course=course)

    with pytest.raises(Refused, match="gives no certificate"):
        earned.issue(done)
    with world.doing():
        assert actions.issue_due() == 0


def test_a_retracted_completion_gives_none(world: World, earned: Earned) -> None:
    done = earned.complete()
    earned.retract(done)

    with pytest.raises(Refused, match="retracted"):
        earned.issue(done)
    with world.doing():
        assert actions.issue_due() == 0


def test_none_before_the_completion(earned: Earned) -> None:
    done = earned.complete(on=date(2026, 5, 5))

    with pytest.raises(Refused, match="older"):
        earned.issue(done, on=date(2026, 5, 4))


def test_what_is_due_is_issued_within_a_minute(world: World, earned: Earned) -> None:
    for who in ("pao", "lan"):
        earned.complete(who)
    with world.app.app_context():
        work.issue_due()
        db.session.commit()

    assert numbers(world) == [1, 2]


def test_nothing_due_costs_one_statement(world: World, earned: Earned, statements) -> None:
    earned.certificate()
    with world.doing(), statements() as seen:
        assert actions.issue_due() == 0

    assert len([one for one in seen if not one.startswith(("BEGIN", "PRAGMA"))]) == 1


def test_many_cost_as_many_look_ups_as_one(world: World, earned: Earned, statements) -> None:
    def look_ups(people_ids: list[int]) -> int:
        for person in people_ids:
            earned.complete(person)
        with world.doing(), statements() as seen:
            assert actions.issue_due() == len(people_ids)
        return len(
            [one for one in seen if one.startswith("SELECT") and "audit" not in one and "pg_advisory" not in one]
        )

    assert look_ups(earned.crowd(1)) == look_ups(earned.crowd(20))


def test_a_revoked_one_keeps_its_number(world: World, earned: Earned) -> None:
    first = earned.certificate("lan")
    revoke(world, first)

    assert state(world, first) is State.REVOKED
    assert read(world, earned.certificate("pao")).number == 2
    with pytest.raises(Refused, match="revoked already"):
        revoke(world, first)


def test_revoking_needs_a_reason(world: World, earned: Earned) -> None:
    first = earned.certificate("lan")

    with pytest.raises(Refused, match="Say why"):
        revoke(world, first, "  ")
    assert state(world, first) is State.VALID


def test_a_corrected_name_is_issued_again_and_replaces(world: World, earned: Earned) -> None:
    first = earned.certificate("lan")
    rename(world, "lan", "Vàng Thị Lành")
    with world.doing():
        second = actions.reissue(db.session.get_one(Certificate, first), by=world.accounts["dung"]).id

    old, new = read(world, first), read(world, second)
    assert (old.facts["full_name"], new.facts["full_name"]) == ("Vàng Thị Lan", "Vàng Thị Lành")
    assert (old.version, new.version, new.number) == (1, 2, 2)
    assert (state(world, first), state(world, second)) == (State.REPLACED, State.VALID)
    with pytest.raises(Refused, match="replaced"):
        revoke(world, first)
    with world.doing(), pytest.raises(Refused, match="replaced"):
        actions.reissue(db.session.get_one(Certificate, first))


def test_nothing_changed_is_not_issued_again(world: World, earned: Earned) -> None:
    first = earned.certificate("lan")

    with world.doing(), pytest.raises(Refused, match="Nothing on it has changed"):
        actions.reissue(db.session.get_one(Certificate, first))
    revoke(world, first)
    rename(world, "lan", "Vàng Thị Lành")
    with world.doing(), pytest.raises(Refused, match="no longer holds"):
        actions.reissue(db.session.get_one(Certificate, first))


def test_a_retraction_ends_what_rested_on_it(world: World, earned: Earned) -> None:
    done = earned.complete()
    certificate = earned.issue(done)
    earned.retract(done)

    assert state(world, certificate) is State.LAPSED


def test_every_verb_is_in_the_trail_without_names(world: World, earned: Earned) -> None:
    first = earned.certificate("lan")
    rename(world, "lan", "Vàng Thị Lành")
    with world.doing():
        actions.reissue(db.session.get_one(Certificate, first))
    revoke(world, earned.certificate("pao"))
    with world.app.app_context():
        entries = db.session.scalars(select(audit.AuditEntry)).all()
        said = [entry.action for entry in entries if entry.object_kind == "certificate"]

        assert said == ["certificate.issued", "certificate.reissued", "certificate.issued", "certificate.revoked"]
        assert "Lan" not in str([entry.facts for entry in entries if entry.object_kind == "certificate"])
        assert list(audit.faults()) == []
