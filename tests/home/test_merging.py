"""Two records become one person and two again: everything is carried, and everything is as it was, to the byte."""

from datetime import date

import pytest
from sqlalchemy import select

from lms.certificates import actions as certificates
from lms.coverage.queries import coverages
from lms.coverage.question import ask, chosen, plans
from lms.kernel.clock import at_hour, frozen
from lms.kernel.db import db
from lms.people import actions as people
from lms.people.models import SamePerson
from lms.tracks import actions as tracks
from lms.tracks import editions, publishing
from lms.tracks.course import Course, Lesson
from lms.tracks.publishing import IndicatorSpec

TODAY = date(2026, 11, 23)
LEFT_OUT = {"audit_entry", "same_person", "once"}  # docs/decisions/0012
RULE = {"reading": "wide", "categories": ["công chức"], "direct_support": False, "courses": ["doc"]}
LESSON = Lesson("bai-mot", "Bài một", 3, "Biết gọi ai", "<p>Gọi ai.</p>", ("Nguồn",))


@pytest.fixture(autouse=True)
def clock():
    with frozen(at_hour(TODAY)):
        yield


@pytest.fixture
def twin(world):
    """Lan a second time, in Khun Mẫu: what Lan still has to do, completed there, with a certificate, a leave and an account."""
    with world.doing():
        editions.publish(Course("doc", "1", "Khóa Đọc", "", 8, ("lessons",), 80, True, "", (LESSON,), None))
        publishing.add_plan(
            "mau",
            "Kế hoạch mẫu",
            issuer="Cơ quan mẫu",
            starts_on=date(2026, 1, 1),
            ends_on=date(2026, 12, 31),
            scope_unit_id=world.units["province"],
            indicators=[IndicatorSpec("can-bo", "100% cán bộ", "Cán bộ", RULE)],
        )
        person = people.add_person("Vàng Thị Lan", staff_code="M1", birth=date(1991, 1, 1), birth_precision="year")
        people.post_person(person.id, world.units["khun_ha"], category="công chức", valid_from=date(2026, 2, 1))
        people.except_person(person.id, "", "on_leave", reason="Nghỉ dài", valid_from=date(2026, 3, 1), valid_to=TODAY)
        account, _phrase = people.open_account(person, username="lan2", passphrase="bon tu cua lan hai")
        tracks.enrol(world.persons["lan"], "doc", on=date(2026, 10, 1))
        done = tracks.read_lesson(tracks.enrol(person.id, "doc", on=date(2026, 10, 1)), "bai-mot")
        certificates.issue(done)
        world.persons["lan2"], world.accounts["lan2"] = person.id, account.id
    return person.id


def everything(world):
    """Every row of every table as the driver gives it, but for what the decision leaves out."""
    with world.app.app_context(), db.engine.connect() as connection:
        return {
            table.name: [
                tuple(map(repr, row)) for row in connection.execute(select(table).order_by(*table.primary_key.columns))
            ]
            for table in db.metadata.sorted_tables
            if table.name not in LEFT_OUT
        }


def figures(world):
    with world.app.app_context():
        total = coverages(ask(chosen(plans(), "mau", TODAY), granted=frozenset({world.units["province"]})))[0].total
        return total.roster, total.required, total.done


def test_merge_and_undo_restore_every_table_to_the_byte(world, twin):
    lan, dung = world.persons["lan"], world.client("dung")
    before, counted = everything(world), figures(world)

    dung.post(f"/people/{lan}/same", {"other": twin, "why": "Cùng thẻ"})
    assert figures(world) != counted
    with world.app.app_context():
        row = db.session.scalar(select(SamePerson))
    dung.post(f"/people/{lan}/same/{row.id}/ends")

    assert sum(map(len, before.values())) > 40  # it is no empty house that stays the same
    assert everything(world) == before
    assert figures(world) == counted


def test_every_fact_is_carried(world, twin):
    """Counted once, and on the pages of whoever signs in by either account."""
    lan = world.client("lan")
    assert "Hoàn thành" not in lan.get("/learn/")
    roster, required, done = figures(world)

    world.client("dung").post(f"/people/{world.persons['lan']}/same", {"other": twin, "why": "Cùng thẻ"})

    assert figures(world) == (roster - 1, required - 1, done)
    for who in ("lan", "lan2"):
        page = world.client(who)
        courses = page.get("/learn/")
        assert courses.count("Khóa Đọc") == 1, "one course, and it is completed"
        assert "001/2026" in page.get("/certificates/")


def test_the_preview_says_what_goes_where_and_changes_nothing(world, twin):
    dung = world.client("dung")
    before = everything(world)

    page = dung.get(f"/people/{world.persons['lan']}/same?other={twin}")

    for told in ("Xã Bình Mẫu (01/01/2026", "Xã Khun Mẫu (01/02/2026", "Nghỉ dài", "Khóa Đọc (23/11/2026)", "001/2026"):
        assert told in page
    for told in ("lan2", "Không phải học lại", "Xem lại kỹ"):
        assert told.lower() in page.lower()
    assert everything(world) == before
