"""Exceptions: with reason, dates and document; corrected and ended without losing what stood before; a unit's list of them."""

from datetime import date

import pytest
from sqlalchemy import select

from lms.kernel.clock import at_hour, frozen
from lms.kernel.db import CURRENT, db
from lms.people import actions as people
from lms.people.models import Standing
from lms.tracks import editions, publishing
from lms.tracks.course import Course
from lms.tracks.publishing import IndicatorSpec

TODAY = date(2026, 11, 23)
LEAVE = {"kind": "on_leave", "reason": "Nghỉ thai sản", "evidence": "Quyết định mẫu", "valid_from": "01/08/2026"}
RULE = {"reading": "wide", "categories": ["công chức"], "direct_support": False, "courses": ["chung"]}


@pytest.fixture(autouse=True)
def clock():
    with frozen(at_hour(TODAY)):
        yield


@pytest.fixture
def planned(world):
    with world.doing():
        editions.publish(Course("chung", "1", "Khóa Chung", "", 8, ("class",), 80, True, "", (), None))
        publishing.add_plan(
            "mau",
            "Kế hoạch mẫu",
            issuer="Cơ quan mẫu",
            starts_on=date(2026, 1, 1),
            ends_on=date(2026, 12, 31),
            scope_unit_id=world.units["province"],
            indicators=[IndicatorSpec("can-bo", "100% cán bộ", "Cán bộ", RULE)],
        )
    return world


def rows(world, *, held=True):
    with world.app.app_context():
        query = select(Standing).order_by(Standing.id)
        return db.session.scalars(query.where(Standing.superseded_at == CURRENT) if held else query).all()


def url(world, who="lan"):
    return f"/people/{world.persons[who]}/standings"


def test_an_exception_of_one_indicator_with_its_document(planned):
    page = planned.client("my").post(
        url(planned), {**LEAVE, "kind": "exempt", "reason": "Nghỉ hưu", "indicator": "can-bo"}
    )

    assert "Quyết định mẫu" in page
    row = rows(planned)[0]
    assert (row.kind, row.indicator_slug, row.evidence, row.valid_to.year) == (
        "exempt",
        "can-bo",
        "Quyết định mẫu",
        9999,
    )
    assert "Cán bộ" in planned.client("my").get("/people/standings")


def test_only_the_office_names_somebody_as_required(planned):
    named = {**LEAVE, "kind": "required", "indicator": "can-bo"}
    planned.client("my").post(url(planned), named, status=422)
    page = planned.client("dung").post(url(planned), named)
    assert "được nêu là phải tập huấn" in page
    row_id = rows(planned)[0].id
    planned.client("my").get(f"{url(planned)}/{row_id}", status=404)
    planned.client("my").post(f"{url(planned)}/{row_id}/ends", status=404)


def test_overlapping_exceptions_of_a_kind_are_refused_in_a_sentence(planned):
    my = planned.client("my")
    my.post(url(planned), {**LEAVE, "valid_to": "01/02/2027"})

    page = my.post(url(planned), {**LEAVE, "valid_from": "31/01/2027", "reason": "Nghỉ tiếp"}, status=409)
    assert "Đã có một trường hợp cùng loại từ 01/08/2026 đến 01/02/2027" in page
    assert "Nghỉ tiếp" in page
    my.post(url(planned), {**LEAVE, "indicator": "can-bo"}, status=409)  # one for every indicator holds already
    my.post(url(planned), {**LEAVE, "valid_from": "01/02/2027", "reason": "Nghỉ tiếp"})  # half-open: no overlap
    my.post(url(planned), {**LEAVE, "kind": "exempt"})  # another kind
    assert len(rows(planned)) == 3


@pytest.mark.parametrize(
    "wrong, status, said",
    [
        ({"reason": " "}, 422, "Hãy nhập"),
        ({"valid_from": "x"}, 422, "ví dụ 05/01/2026"),
        ({"valid_to": "01/08/2026"}, 409, "phải sau"),
        ({"indicator": "khong-co"}, 422, "Hãy chọn"),
        ({"kind": "vua"}, 422, "Hãy chọn"),
    ],
)
def test_a_wrong_form_is_said_in_a_sentence_and_stays_typed(planned, wrong, status, said):
    page = planned.client("my").post(url(planned), {**LEAVE, **wrong}, status=status)

    assert said in page
    assert "Quyết định mẫu" in page
    assert rows(planned) == []


def test_a_correction_supersedes(planned):
    my = planned.client("my")
    my.post(url(planned), LEAVE)
    first = rows(planned)[0]
    page = my.get(f"{url(planned)}/{first.id}")
    assert "Nghỉ thai sản" in page

    my.post(f"{url(planned)}/{first.id}/corrections", {**LEAVE, "valid_from": "01/09/2026", "valid_to": "01/12/2026"})

    before, after = rows(planned, held=False)
    assert before.superseded_at != CURRENT
    assert (before.valid_from, after.valid_from, after.valid_to) == (
        date(2026, 8, 1),
        date(2026, 9, 1),
        date(2026, 12, 1),
    )
    my.post(f"{url(planned)}/{first.id}/corrections", LEAVE, status=404)  # no longer what holds
    assert len(rows(planned)) == 1


def test_a_refused_correction_changes_nothing(planned):
    my = planned.client("my")
    my.post(url(planned), {**LEAVE, "valid_to": "01/10/2026"})
    my.post(url(planned), {**LEAVE, "valid_from": "01/10/2026"})
    second = rows(planned)[1]

    page = my.post(f"{url(planned)}/{second.id}/corrections", {**LEAVE, "valid_from": "30/09/2026"}, status=409)

    assert "cùng loại" in page
    assert [row.id for row in rows(planned)] == [rows(planned)[0].id, second.id]


def test_the_list_of_a_unit_has_the_first_to_end_first(planned):
    with planned.doing():
        for who, kind, until in (
            ("lan", "exempt", None),
            ("my", "on_leave", date(2026, 12, 20)),
            ("hoa", "on_leave", date(2026, 11, 1)),
            ("pao", "on_leave", date(2027, 3, 1)),
        ):
            more = {"valid_to": until} if until else {}
            people.except_person(planned.persons[who], "", kind, reason="Lý do", valid_from=date(2026, 8, 1), **more)
    my, dung = planned.client("my"), planned.client("dung")

    page = my.get("/people/standings")
    assert page.index("Tẩn Thị Mỷ</a>") < page.index("Vàng Thị Lan")
    assert page.count("sắp hết") == 1
    assert "Đặng Thị Hoa" not in page  # has ended
    assert "Giàng A Páo" not in page  # another unit's
    assert "Đặng Thị Hoa" in my.get("/people/standings?past=1")
    assert "Giàng A Páo" in dung.get("/people/standings")
    assert "Giàng A Páo" not in dung.get(f"/people/standings?unit={planned.units['binh_lu']}")
    my.get(f"/people/standings?unit={planned.units['khun_ha']}", status=404)
    my.get(url(planned, "pao"), status=404)
    planned.client("lan").get("/people/standings", status=404)
