"""The register: who sees whom, how people are found, and that nothing is edited in place."""

import unicodedata
from datetime import date

import pytest
from sqlalchemy import func, select

from lms.kernel.clock import today
from lms.kernel.db import CURRENT, db
from lms.people import actions, queries
from lms.people.models import Account, Person, Posting, RoleGrant, Standing

NEW = {
    "full_name": "Sùng Thị Dở",
    "birth": "1991",
    "sex": "female",
    "phone": "0912 345 678",
    "category": "viên chức",
    "position": "Giáo viên",
    "direct_support": "no",
    "valid_from": "01/09/2026",
}


@pytest.mark.parametrize(
    "typed", ["lan", "LAN", "Vàng Thị Lan", unicodedata.normalize("NFD", "Vàng"), "vang  lan", "Thị Vang"]
)
def test_a_name_is_found_however_it_is_typed(world, typed):
    page = world.client("my").get("/people/", query_string={"q": typed})

    assert "Vàng Thị Lan" in page
    assert "Đặng Thị Hoa" not in page or typed == "Thị Vang"


@pytest.mark.parametrize(
    "typed", ["%", "_", "\\", "x' OR 1=1 --", "\x00", "a" * 5000, "\ud800".encode("utf-8", "surrogatepass")]
)
def test_no_typing_breaks_the_search_or_finds_everybody(world, typed):
    page = world.client("my").get(
        "/people/",
        status=404 if typed == "\x00" else 200,  # an address with a NUL in it leads nowhere (kernel.access)
        query_string={"q": typed, "unit": "9" * 30, "category": "?", "page": "-1"},
    )

    assert "Vàng Thị Lan" not in page


def test_the_list_is_in_the_order_of_given_names(world):
    with world.doing():
        for name in ("Lò Thị Ạnh", "Lò Thị Anh", "Lò Thị Ân", "Lò Thị Ăn", "Vàng Đa", "Vàng Dung"):
            person = actions.add_person(name)
            actions.post_person(person.id, world.units["binh_lu"], valid_from=date(2026, 1, 1))

    page = world.client("my").get("/people/").split("<table")[1]

    names = ["Thị Anh<", "Thị Ạnh<", "Thị Ăn<", "Thị Ân<", "Vàng Dung<", "Vàng Đa<", "Thị Hoa<", "Thị Lan<", "Thị Mỷ<"]
    assert sorted(names, key=page.index) == names


def seen(client, url):
    client.get(url, status=404)
    return client.page.text


def test_a_focal_person_sees_the_own_unit_only(world):
    my = world.client("my")
    page = my.get("/people/")

    assert "Vàng Thị Lan" in page
    assert "Páo" not in page
    assert "Khun" not in page + my.get("/people/units") + my.get("/people/accounts") + my.get("/people/rosters")
    assert "3 người" in page  # lan, hoa, my
    hidden, never = f"/people/{world.persons['pao']}", "/people/999999"
    assert seen(my, hidden) == seen(my, never)
    my.get(f"/people/?unit={world.units['khun_ha']}", status=404)


def test_the_office_sees_all_below_and_everybody_else_has_no_register(world):
    page = world.client("dung").get("/people/")
    assert "Páo" in page
    assert "Vàng Thị Lan" in page
    for who in ("lan", "hoa"):
        world.client(who).get("/people/", status=404)
        world.client(who).get(f"/people/{world.persons['pao']}", status=404)


@pytest.mark.parametrize("path", ["facts", "postings", "standings", "postings/1/changes", "postings/1/ends"])
def test_a_sibling_unit_cannot_be_written_to(world, path):
    my, pao = world.client("my"), world.persons["pao"]
    with world.doing():
        posting_id = queries.postings_of(pao)[0].id
    path = path.replace("/1/", f"/{posting_id}/")

    my.post(f"/people/{pao}/{path}", {**NEW, "unit": world.units["binh_lu"], "on": "01/02/2026"}, status=404)

    with world.doing():
        assert db.session.get_one(Person, pao).full_name == "Giàng A Páo"
        assert len(queries.postings_of(pao)) == 1


def test_someone_new_and_only_with_the_fields_of_the_form(app, world):
    more = {
        "id": "1",
        "recorded_by": "999",
        "valid_to": "2026-10-01",
        "role": "admin",
        "staff_code": "A1",
        "search_key": "z",
    }
    page = world.client("my").post("/people/new", {**NEW, "unit": world.units["binh_lu"], **more})

    assert "Sùng Thị Dở" in page
    with app.app_context():
        person = db.session.scalar(select(Person).where(Person.full_name == "Sùng Thị Dở"))
        posting = queries.postings_of(person.id)[0]
        assert (person.birth, person.birth_precision, person.phone) == (date(1991, 1, 1), "year", "0912345678")
        assert (person.search_key, person.recorded_by) == ("sung thi do", world.accounts["my"])
        assert (posting.valid_from, posting.valid_to.year, posting.direct_support) == (date(2026, 9, 1), 9999, False)
        assert db.session.scalar(select(func.count()).select_from(RoleGrant)) == 4


@pytest.mark.parametrize(
    "wrong, said",
    [
        ({"unit": "khun_ha"}, "Hãy chọn"),
        ({"birth": "31/02/1990"}, "1985"),
        ({"full_name": "=HYPERLINK(1)"}, "ký tự"),
        ({"phone": "12"}, "10"),
        ({"valid_from": ""}, "Hãy"),
    ],
)
def test_a_wrong_form_comes_back_with_all_that_was_typed(app, world, wrong, said):
    sent = {**NEW, "unit": world.units["binh_lu"], **wrong}
    if "unit" in wrong:
        sent["unit"] = world.units[wrong["unit"]]
    page = world.client("my").post("/people/new", sent, status=422)

    assert said in page
    assert "Giáo viên" in page
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(Person)) == 6


def test_the_same_person_twice_is_a_question(app, world):
    my, sent = world.client("my"), {**NEW, "unit": world.units["binh_lu"]}
    my.post("/people/new", sent)
    page = my.post("/people/new", sent, status=409)
    assert 'name="another"' in page

    my.post("/people/new", {**sent, "another": "y"})
    with app.app_context():
        assert db.session.scalar(select(func.count()).where(Person.full_name == "Sùng Thị Dở")) == 2


def test_a_changed_posting_keeps_what_was_true_before(app, world):
    lan = world.persons["lan"]
    with app.app_context():
        posting_id = queries.postings_of(lan)[0].id
    change = {"category": "cán bộ", "position": "Phó Chủ tịch", "direct_support": "yes", "on": "01/07/2026"}
    world.client("my").post(f"/people/{lan}/postings/{posting_id}/changes", change)

    with app.app_context():
        spans = [(row.valid_from, row.valid_to, row.category) for row in queries.postings_of(lan)]
        assert spans == [
            (date(2026, 7, 1), date(9999, 12, 31), "cán bộ"),
            (date(2026, 1, 1), date(2026, 7, 1), "công chức"),
        ]
        assert db.session.scalar(select(func.count()).where(Posting.person_id == lan)) == 3
    history = world.client("dung").get(f"/people/{lan}")
    assert "Tẩn Thị Mỷ" in history  # who wrote it
    assert "Mọi điều đã ghi" in history
    assert "Mọi điều đã ghi" not in world.client("my").get(f"/people/{lan}")


def test_an_ended_posting_leaves_the_list_and_stays_in_the_register(app, world):
    lan, my = world.persons["lan"], world.client("my")
    with app.app_context():
        posting_id = queries.postings_of(lan)[0].id
    my.post(f"/people/{lan}/postings/{posting_id}/ends", {"on": "01/10/2026", "because": "nghỉ hưu"})

    assert "Vàng Thị Lan" not in my.get("/people/")
    assert "Vàng Thị Lan" in my.get("/people/?past=1")
    my.post(f"/people/{lan}/postings/{posting_id}/ends", {"on": "01/11/2026"}, status=404)  # superseded
    with app.app_context():
        again = queries.postings_of(lan)[0].id
    my.post(f"/people/{lan}/postings/{again}/ends", {"on": "01/11/2026"}, status=409)


@pytest.mark.parametrize(
    ("what", "sent"),
    [
        ("ends", {"on": "01/01/2020"}),
        ("changes", {"category": "cán bộ", "position": "Phó Chủ tịch", "on": "01/01/2020"}),
    ],
)
def test_no_posting_ends_or_changes_before_it_begins(app, world, what, sent):
    lan, my = world.persons["lan"], world.client("my")
    with app.app_context():
        before = [(row.id, row.valid_from, row.valid_to) for row in queries.postings_of(lan)]

    page = my.post(f"/people/{lan}/postings/{before[0][0]}/{what}", sent, status=409)

    assert "01/01/2026" in page
    assert 'value="01/01/2020"' in page
    with app.app_context():
        assert [(row.id, row.valid_from, row.valid_to) for row in queries.postings_of(lan)] == before


@pytest.mark.parametrize("day", ["01/01/1930", "01/01/2062"])
def test_no_posting_begins_in_a_year_that_cannot_be(world, day):
    sent = {"unit": world.units["binh_lu"], "valid_from": day}
    assert "xem lại năm" in world.client("my").post(f"/people/{world.persons['lan']}/postings", sent, status=409)


def test_a_year_of_birth_that_cannot_be_is_a_sentence(world):
    sent = {"full_name": "Vàng Thị Lan", "birth": "1885"}
    page = world.client("my").post(f"/people/{world.persons['lan']}/facts", sent, status=422)
    assert "Năm sinh 1885 không hợp lý" in page


def test_an_exception_needs_a_reason_and_ends(app, world):
    lan, my = world.persons["lan"], world.client("my")
    sent = {"kind": "on_leave", "reason": "", "valid_from": "01/08/2026", "valid_to": "01/02/2027"}
    my.post(f"/people/{lan}/standings", sent, status=422)
    my.post(f"/people/{lan}/standings", {**sent, "kind": "required", "reason": "x"}, status=422)

    page = my.post(f"/people/{lan}/standings", {**sent, "reason": "Nghỉ thai sản"})

    assert "Nghỉ thai sản" in page
    with app.app_context():
        row = db.session.scalar(select(Standing))
        assert (row.valid_from, row.valid_to) == (date(2026, 8, 1), date(2027, 2, 1))
    my.post(f"/people/{lan}/standings/{row.id}/ends")
    with app.app_context():
        held = db.session.scalars(select(Standing).where(Standing.superseded_at == CURRENT)).one()
        assert (held.valid_from, held.valid_to) == (date(2026, 8, 1), today())


def test_a_unit_is_shown_with_the_name_it_had_and_what_it_became(world):
    with world.doing():
        old = actions.add_unit("Xã Cũ", "commune", parent_id=world.units["province"], valid_to=date(2026, 6, 1)).id
        actions.succeed_unit(old, world.units["binh_lu"], on=date(2026, 6, 1), legal_basis="Nghị quyết mẫu")

    my = world.client("my")
    assert "thành Xã Bình Mẫu ngày 01/06/2026" in my.get("/people/units?on=01/05/2026")
    today = my.get("/people/units")
    assert "từ Xã Cũ" in today
    assert "Nghị quyết mẫu" not in today


@pytest.mark.parametrize(
    "url", ["/people/", "/people/accounts", "/people/units", "/people/units/2/list", "/people/standings"]
)
def test_one_row_or_thirty_take_the_same_number_of_queries(world, crowd, count_queries, url):
    my = world.client("my")
    my.get(url)
    with count_queries() as few:
        my.get(url)
    crowd(30)
    with count_queries() as many:
        my.get(url)

    assert len(many) == len(few) <= 14


def test_markup_in_names_of_units_and_positions_is_text(world):
    with world.doing():
        posting = queries.postings_of(world.persons["lan"])[0]
        actions.change_posting(posting, on=date(2026, 2, 1), position="<script>alert(1)</script>{{ 7*7 }}")

    page = world.client("my").get("/people/")

    assert "&lt;script&gt;alert(1)" in page
    assert "<script>alert" not in page
    assert "{{ 7*7 }}" in page


def test_accounts_are_not_touched_by_any_of_this(app, world):
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(Account)) == 6


def test_of_an_office_that_went_to_several_communes_each_sees_who_went_on_there(world):
    ended, began = date(2026, 6, 1), date(2026, 1, 1)
    with world.doing():
        office = actions.add_unit("Phòng Cũ", "office", parent_id=world.units["province"], valid_to=ended).id
        persons = {}
        for name, there in (("Ánh", "binh_lu"), ("Chứ", "khun_ha"), ("Dở", None)):
            one = persons[name] = actions.add_person(f"Giàng Thị {name}").id
            actions.post_person(one, office, valid_from=began, valid_to=ended)
            if there:
                actions.post_person(one, world.units[there], valid_from=ended)
        for there in ("binh_lu", "khun_ha"):
            actions.succeed_unit(office, world.units[there], on=ended, legal_basis="Nghị quyết mẫu")

    my, dung = world.client("my"), world.client("dung")
    my.get(f"/people/{persons['Ánh']}")
    for name in ("Chứ", "Dở"):
        my.get(f"/people/{persons[name]}", status=404)
        my.get(f"/people/{persons[name]}/facts", status=404)
        dung.get(f"/people/{persons[name]}")
    listed = my.get("/people/?past=1") + my.get(f"/people/?past=1&unit={office}")
    assert "Giàng Thị Ánh" in listed
    assert "Giàng Thị Chứ" not in listed
    assert "Giàng Thị Dở" not in listed
    assert "Giàng Thị Dở" in dung.get("/people/?past=1")


def test_offices_of_the_same_name_are_told_apart(world):
    with world.doing():
        for there in ("binh_lu", "khun_ha"):
            unit_id = actions.add_unit("Phòng Chung", "office", parent_id=world.units[there]).id
            actions.post_person(world.persons["lan"], unit_id, valid_from=date(2026, 2, 1))
    page = world.client("dung").get(f"/people/{world.persons['lan']}")
    assert "Phòng Chung (Xã Bình Mẫu)" in page
