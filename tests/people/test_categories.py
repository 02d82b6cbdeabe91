"""A category of staff comes to an end: said by a document, looked at before, taken back; forms and lists ask for another."""

from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import select

from lms.kernel.clock import at_hour, frozen
from lms.kernel.db import CURRENT, db
from lms.kernel.refused import Refused
from lms.people import actions, queries
from lms.people.models import CategoryEnd
from tests.people.conftest import row, sheet

TODAY = date(2026, 11, 23)
URL = "/people/categories"
ENDED = "người hoạt động không chuyên trách cấp xã"
END = {"category": ENDED, "on": "31/05/2026", "legal_basis": "Văn bản mẫu"}
FILE = Path(__file__).resolve().parents[2] / "courses" / "units" / "categories.csv"


@pytest.fixture(autouse=True)
def clock():
    with frozen(at_hour(TODAY)):
        yield


def add(world, category=ENDED, since=date(2026, 2, 1)):
    person = actions.add_person("Lù Văn Tài")
    return actions.post_person(person.id, world.units["binh_lu"], category=category, valid_from=since)


def ends(world):
    with world.app.app_context():
        return [(one.category, one.on, one.superseded_at == CURRENT) for one in db.session.scalars(select(CategoryEnd))]


def test_the_office_sees_what_follows_before_a_category_ends(world):
    with world.doing():
        add(world)
    dung = world.client("dung")

    page = dung.post(f"{URL}/ends", END)
    assert "kết thúc từ 31/05/2026" in page
    assert ">1</b>" in page
    assert ends(world) == []

    page = dung.post(f"{URL}/ends", {**END, "seen": "1"})
    assert "31/05/2026" in page
    assert "Văn bản mẫu (Lò Văn Dũng)" in page
    assert ends(world) == [(ENDED, date(2026, 5, 31), True)]
    assert "đã kết thúc từ 31/05/2026" in dung.post(f"{URL}/ends", {**END, "seen": "1"}, status=409)


def test_more_people_than_were_seen_is_shown_again(world):
    with world.doing():
        add(world)
    page = world.client("dung").post(f"{URL}/ends", {**END, "seen": "0"})

    assert 'name="seen" value="1"' in page
    assert ends(world) == []


@pytest.mark.parametrize(
    "wrong, said",
    [
        ({"category": "vua"}, "Hãy chọn"),
        ({"category": ""}, "Hãy chọn"),
        ({"on": "hôm qua"}, "ví dụ 05/01/2026"),
        ({"legal_basis": " "}, "Hãy nhập"),
    ],
)
def test_a_wrong_form_is_said_in_a_sentence(world, wrong, said):
    page = world.client("dung").post(f"{URL}/ends", {**END, "seen": "0", **wrong}, status=422)

    assert said in page
    assert ends(world) == []


def test_taken_back_it_goes_on_and_the_history_stays(world):
    with world.doing():
        end_id = actions.end_category(ENDED, date(2026, 5, 31), legal_basis="Văn bản mẫu").id
    dung = world.client("dung")

    assert "tiếp tục" in dung.post(f"{URL}/ends/{end_id}/withdrawals")
    assert ends(world) == [(ENDED, date(2026, 5, 31), False)]
    dung.post(f"{URL}/ends/{end_id}/withdrawals", status=404)
    with world.doing():
        add(world, since=TODAY)


def test_only_who_answers_for_the_top_ends_a_category(world):
    with world.doing():
        actions.grant_role(world.accounts["pao"], "office", world.units["khun_ha"], valid_from=date(2026, 1, 1))
        end_id = actions.end_category("nhân viên", date(2026, 5, 31), legal_basis="Văn bản mẫu").id
    below = world.client("pao")

    assert "nhân viên" in below.get(URL)
    assert "Một nhóm kết thúc" not in below.get(URL)
    below.post(f"{URL}/ends", {**END, "seen": "0"}, status=404)
    below.post(f"{URL}/ends/{end_id}/withdrawals", status=404)
    world.client("my").get(URL, status=404)
    assert "Một nhóm kết thúc" in world.client("quan").get(URL)


def test_forms_ask_for_another_category_from_that_day(world):
    with world.doing():
        actions.end_category(ENDED, date(2026, 5, 31), legal_basis="Văn bản mẫu")
        held = add(world)
        posting_id, person_id = held.id, held.person_id
    my = world.client("my")
    new = {"full_name": "Sùng Thị Dở", "unit": world.units["binh_lu"], "category": ENDED}

    for day in ("31/05/2026", "01/06/2026"):
        page = my.post("/people/new", {**new, "valid_from": day}, status=409)
        assert "đã kết thúc từ 31/05/2026" in page
        assert "Sùng Thị Dở" in page
    my.post("/people/new", {**new, "valid_from": "30/05/2026"})  # it still was one
    change = f"/people/{person_id}/postings/{posting_id}/changes"
    my.post(change, {"category": ENDED, "position": "Khác", "on": "01/07/2026"}, status=409)
    my.post(change, {"category": "cộng tác viên", "on": "01/06/2026"})
    with world.app.app_context():
        assert [one.category for one in queries.postings_of(person_id)] == ["cộng tác viên", ENDED]


def test_a_list_is_asked_for_another_category(world, send):
    with world.doing():
        actions.end_category(ENDED, date(2026, 5, 31), legal_basis="Văn bản mẫu")
    content = sheet(row(full_name="Sùng Thị Dở", category=ENDED), row(full_name="Lù A Cở", category="cán bộ"))
    my = world.client("my")

    page = send(my, content, on="31/05/2026")
    assert "Nhóm này đã kết thúc từ 31/05/2026" in page
    assert "1 mới" in page
    assert "đã kết thúc" not in send(my, content, on="30/05/2026")


def test_the_known_end_ships_and_is_loaded_once(app, world):
    run = app.test_cli_runner()
    with world.doing():
        assert actions.load_category_ends(FILE) == 1
        assert actions.load_category_ends(FILE) == 0
    assert ends(world) == [(ENDED, date(2026, 5, 31), True)]
    assert "Categories ended: 0 new" in run.invoke(args=["people", "load-units"]).output
    with world.doing():
        actions.take_back_end(db.session.scalars(select(CategoryEnd)).one())
        assert actions.load_category_ends(FILE) == 0  # what the office took back stays so


def test_a_wrong_line_of_the_file_is_named(app, tmp_path):
    file = tmp_path / "categories.csv"
    file.write_text("category,on,legal_basis\nnhân viên,hôm qua,Văn bản\n", encoding="utf-8")
    with app.app_context(), pytest.raises(Refused, match=r"categories\.csv:2"):
        actions.load_category_ends(file)
