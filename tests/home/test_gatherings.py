"""Groups are counts: nobody is in them, two colours never meet, and only closed quarters are told, once."""

import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Date, Integer, func, inspect, select

import lms
from lms.confidential import groups, seats
from lms.confidential.models import COLOURS, KINDS, BlueGroup, GreenGroup, GreenSeat
from lms.confidential.rules import topic_words
from lms.confidential.small_numbers import Quarter
from lms.home.gatherings import forms
from lms.home.rights import purging
from lms.kernel.audit import AuditEntry
from lms.kernel.clock import at_hour, frozen
from lms.kernel.db import db
from lms.kernel.refused import Refused
from lms.people import actions as people
from lms.people.roles import Role
from tests.world import TODAY, World

ROOM = Path(lms.__file__).parent
SUMMER = date(2026, 9, 1)
Q3 = Quarter(2026, 3)


@pytest.fixture
def held(world: World) -> World:
    """Hoa and Lan hold groups for the province; the office does not."""
    with frozen(at_hour(SUMMER)), world.doing():
        for who in ("hoa", "lan"):
            people.grant_role(world.accounts[who], Role.TRAINER, world.units["province"])
    return world


def write(world: World, who: str, colour: str, on: date, band: str = "10_19") -> None:
    groups.write_down(colour, on, world.units["province"], "talk", band, by=world.accounts[who])


def test_no_column_can_hold_a_person(world: World) -> None:
    with world.app.app_context():
        for model in COLOURS.values():
            columns = {column["name"]: column for column in inspect(db.engine).get_columns(model.__tablename__)}
            assert set(columns) == {"id", "on", "unit_id", "kind", "band"}
            keys = {key["referred_table"] for key in inspect(db.engine).get_foreign_keys(model.__tablename__)}
            assert keys == {"unit"}
            assert isinstance(columns["on"]["type"], Date)
            assert isinstance(columns["unit_id"]["type"], Integer)
    assert tuple(name for name, _words in forms.KINDS) == KINDS


def test_two_colours_never_meet_and_the_refusal_says_nothing(held: World) -> None:
    with frozen(at_hour(SUMMER)), held.doing():
        write(held, "hoa", "green", SUMMER)
        write(held, "hoa", "green", SUMMER)  # one colour may
        said = set()
        for day in range(-7, 8):
            with pytest.raises(Refused) as no:
                write(held, "lan", "blue", SUMMER + timedelta(days=day))
            said.add(str(no.value))
        with pytest.raises(Refused) as no:
            write(held, "hoa", "blue", SUMMER + timedelta(days=30))
        said.add(str(no.value))
        write(held, "lan", "blue", SUMMER + timedelta(days=8))

        assert said == {"This day is not free. Please choose another."}
        with pytest.raises(Refused):
            groups.write_down(
                "green", SUMMER + timedelta(days=8), held.units["binh_lu"], "talk", "10_19", by=held.accounts["hoa"]
            )  # on one day, at no other host either


def test_the_trail_holds_ids_only(held: World) -> None:
    with frozen(at_hour(SUMMER)), held.doing():
        write(held, "hoa", "green", SUMMER)
        entry = db.session.scalars(select(AuditEntry).where(AuditEntry.action == groups.WRITTEN)).one()
        assert (entry.account_id, entry.object_kind, entry.facts) == (held.accounts["hoa"], "green_group", {})


def test_a_facilitator_sees_one_colour(held: World) -> None:
    with frozen(at_hour(TODAY)):
        hoa, lan = held.client("hoa"), held.client("lan")
        typed = {"on": "20/11/2026", "unit": str(held.units["province"]), "kind": "talk", "band": "10_19"}
        hoa.post("/groups/green", typed)
        assert "20/11/2026" in hoa.get("/groups/green")
        assert "20/11/2026" not in lan.get("/groups/green"), "before the first of one's own nothing is listed"
        refused = lan.post("/groups/blue", typed, status=409)
        assert "Ngày này không còn trống. Hãy chọn ngày khác." in refused
        assert "xanh lá" not in refused, "the other colour is not named"
        lan.post("/groups/blue", {**typed, "on": "05/11/2026"})

        assert hoa.raw("/groups/blue").status_code == lan.raw("/groups/green").status_code == 404
        assert hoa.raw("/groups/figures").status_code == 404
        assert held.client("quan").raw("/groups/figures").status_code == 404
        assert held.client("my").raw("/groups/green").status_code == 404
        lan.post("/groups/blue", {**typed, "on": "05/11/2027"}, status=409)
        lan.post("/groups/blue", {**typed, "unit": str(held.units["binh_lu"])}, status=422)


def test_a_quarter_is_published_once(held: World) -> None:
    with frozen(at_hour(SUMMER)), held.doing():
        for day in (0, 1):
            write(held, "hoa", "green", SUMMER + timedelta(days=day), "20_29")
        write(held, "lan", "blue", SUMMER + timedelta(days=9), "under_10")
    province = held.units["province"]
    with frozen(at_hour(date(2026, 10, 14))), held.doing(), pytest.raises(Refused):
        groups.publish_quarter(province, [province], Q3, by=held.accounts["dung"])
    with frozen(at_hour(TODAY)):
        office = held.client("dung")
        office.post("/groups/figures", {"year": "2026", "number": "4"}, status=409)
        page = office.post("/groups/figures", {"year": "2026", "number": "3"})
        assert page.count(">không hiện<") == 2, "five came of one colour, so neither is shown"
        assert ">55<" in page
        with held.doing():
            first = groups.published(province)
            db.session.add(BlueGroup(on=SUMMER, unit_id=province, kind="talk", band="30_on"))
        office.post("/groups/figures", {"year": "2026", "number": "3"})
        with held.doing():
            assert groups.published(province) == first
            with pytest.raises(Refused, match="not closed"):
                write(held, "hoa", "green", SUMMER)


def test_a_past_quarter_is_published_of_the_province_as_it_stood(held: World) -> None:
    """A district that came to it since was counted where it was: one table less the other would tell its few."""
    with frozen(at_hour(TODAY)), held.doing():
        founded = people.add_unit("Tỉnh Mới Lập", "province", valid_from=Q3.after).id
        people.grant_role(held.accounts["pao"], Role.OFFICE, founded)
        joined = people.add_unit("Huyện Mới Về", "district", parent_id=held.units["province"], valid_from=Q3.after).id
        for unit_id, band in ((held.units["province"], "30_on"), (joined, "30_on"), (joined, "30_on")):
            for model in (GreenGroup, BlueGroup):
                db.session.add(model(on=SUMMER, unit_id=unit_id, kind="talk", band=band))
    with frozen(at_hour(TODAY)):
        held.client("dung").post("/groups/figures", {"year": "2026", "number": "3"})
        assert "chưa có trong quý đó" in held.client("pao").post(
            "/groups/figures", {"year": "2026", "number": "3"}, 409
        )
        with held.doing():
            assert groups.published(held.units["province"])[Q3].total == 70, "thirty-five and thirty-five"


def test_a_mistake_is_corrected_until_the_quarter_closes(held: World) -> None:
    """Anew as a first time: the same rules, the same words. The trail says that, by whom, and nothing else."""
    with frozen(at_hour(SUMMER)), held.doing():
        write(held, "hoa", "green", SUMMER)
        write(held, "lan", "blue", SUMMER + timedelta(days=10))
    typed = {"on": "02/09/2026", "unit": str(held.units["province"]), "kind": "skills", "band": "20_29"}
    with frozen(at_hour(date(2026, 10, 14))):  # the last day
        hoa, lan = held.client("hoa"), held.client("lan")
        assert lan.raw("/groups/green/1").status_code == lan.raw("/groups/blue/2").status_code == 404
        assert "01/09/2026" in hoa.get("/groups/green/1")
        hoa.post("/groups/green/1", {**typed, "on": "12/09/2026"}, status=409)
        hoa.post("/groups/green/1", {**typed, "on": "soon"}, status=422)
        assert "02/09/2026" in hoa.post("/groups/green/1", typed)
        lan.post("/groups/blue/1/removals")
        assert "11/09/2026" not in lan.get("/groups/blue")
        assert lan.raw("/groups/green").status_code == 404, "who has held one colour does not change it"
    with frozen(at_hour(date(2026, 10, 15))):
        assert held.client("hoa").raw("/groups/green/1").status_code == 404
        with held.doing():
            row = db.session.get_one(GreenGroup, 1)
            assert (row.on, row.kind, row.band) == (date(2026, 9, 2), "skills", "20_29")
            for act in (
                lambda: groups.correct("green", row, TODAY, row.unit_id, "talk", "10_19", by=held.accounts["hoa"]),
                lambda: groups.remove("green", row, by=held.accounts["hoa"]),
            ):
                with pytest.raises(Refused, match="closed"):
                    act()
            left = db.session.scalars(
                select(AuditEntry).where(AuditEntry.object_kind.in_(["green_group", "blue_group"]))
            )
            assert [(entry.action, entry.facts) for entry in left] == [
                ("group.written", {}), ("group.written", {}), ("group.corrected", {}), ("group.removed", {}),
            ]  # fmt: skip


def test_seats_are_letters_on_paper_and_gone_within_a_week(held: World) -> None:
    typed = {"on": "25/11/2026", "unit": str(held.units["province"]), "kind": "talk", "band": "10_19"}
    with frozen(at_hour(TODAY)):
        hoa = held.client("hoa")
        hoa.post("/groups/green", typed)
        hoa.post("/groups/green/1/seats", {"number": "41"}, status=422)
        first = set(re.findall(r'class="phrase">(\w+)<', hoa.post("/groups/green/1/seats", {"number": "12"})))
        paper = hoa.post("/groups/green/1/seats", {"number": "12"})
        codes = re.findall(r'class="phrase">(\w+)<', paper)
        assert len(set(codes)) == 12
        assert all(re.fullmatch(f"[{seats.LETTERS}]{{6}}", code) for code in codes)
        assert not first & set(codes), "drawn anew"
        main = paper[paper.index("<main") :]
        assert "xanh" not in main
        assert "Mẫu" not in main, "neither colour nor host is on paper"
        lan = held.client("lan")
        assert lan.raw("/groups/seats/1").status_code == 404
        with held.doing():
            assert everywhere(codes[0]) == ["green_seat"]
    with frozen(at_hour(date(2026, 11, 26))):
        held.client("hoa").post("/groups/green/1/seats", {"number": "3"}, status=409)
    for day, left in ((1, 12), (2, 0)):  # the seventh day after is the last one without them
        with frozen(at_hour(date(2026, 12, day))), held.doing():
            assert purging.purge()["seat_codes"] == (0 if left else 1), "of one group; how many seats is told to nobody"
            assert db.session.scalar(select(func.count(GreenSeat.id))) == left
    with frozen(at_hour(date(2026, 12, 2))):
        assert "Không còn mã nào." in held.client("hoa").get("/groups/seats/1")


def everywhere(code: str) -> list[str]:
    """The tables of which some cell holds the code."""
    found = []
    for table in db.metadata.sorted_tables:
        rows = db.session.execute(select(table)).all()
        if any(code in str(cell) for row in rows for cell in row):
            found.append(table.name)
    return found


def test_a_slip_is_the_same_for_all_and_kept_nowhere(
    held: World, count_queries: Callable[[], AbstractContextManager[list[str]]]
) -> None:
    with frozen(at_hour(TODAY)):
        hoa, lan = held.client("hoa"), held.client("lan")
        hoa.post(
            "/groups/green", {"on": "25/11/2026", "unit": str(held.units["province"]), "kind": "talk", "band": "10_19"}
        )
        with count_queries() as statements:
            slip = hoa.get("/groups/slip")
        assert not [one for one in statements if re.match(r"\s*(INSERT|UPDATE|DELETE)", one)]
        main = slip[slip.index("<main") : slip.index("</main>")]
        other = lan.get("/groups/slip")
        assert main == other[other.index("<main") : other.index("</main>")], "whichever group they hold"
        assert "23/11/2026" in main
        assert "xanh" not in main
        assert "<form" not in main
        assert not re.search(r"<input[^>]*\sname=", main)
        title = re.findall(r"<title>(.*?)</title>", slip)[0]
        assert topic_words(main) == topic_words(title) == []


def test_the_menu_leads_each_to_their_own(held: World) -> None:
    """Nobody is led to a colour that is not theirs, or told of one; whoever has none yet says the word they were given."""
    with frozen(at_hour(TODAY)):
        hoa, lan, my, office = (held.client(who) for who in ("hoa", "lan", "my", "dung"))
        assert 'href="/groups"' in hoa.get("/")
        assert 'href="/groups"' not in my.get("/")
        assert hoa.raw("/groups").status_code == 200
        assert "xanh" not in hoa.get("/groups")
        assert "Không có nhóm màu này" in hoa.get("/groups?colour=do", 422)
        assert hoa.raw("/groups?colour=Xanh+l%C3%A1+c%C3%A2y").headers["Location"] == "/groups/green"
        typed = {"on": "25/11/2026", "unit": str(held.units["province"]), "kind": "talk", "band": "10_19"}
        hoa.post("/groups/green", typed)
        for asked in ("/groups", "/groups?colour=xanh+duong", "/groups?colour="):
            assert hoa.raw(asked).headers["Location"] == "/groups/green"
        assert "xanh dương" not in hoa.get("/groups/green").lower()
        assert lan.raw("/groups").status_code == 200
        assert my.raw("/groups").status_code == my.raw("/groups/slip").status_code == 404
        assert office.raw("/groups").headers["Location"] == "/groups/figures"


def test_nobody_whoever_they_are_can_ask_or_say_anything_of_a_commune(held: World) -> None:
    """Not even whether a group met there: none can be written down for one, and no page that anybody opens names one beside a group."""
    communes = ("binh_lu", "khun_ha")
    with frozen(at_hour(TODAY)):
        for who in held.accounts:
            client = held.client(who)
            for colour in COLOURS:
                page = client.raw(f"/groups/{colour}")
                assert page.status_code in {200, 303, 404}
                for commune in communes:
                    assert f'<option value="{held.units[commune]}"' not in page.get_data(as_text=True)
                    typed = {"on": "20/11/2026", "unit": str(held.units[commune]), "kind": "talk", "band": "10_19"}
                    typed["csrf_token"] = client.token()
                    assert client.raw(f"/groups/{colour}", "POST", data=typed).status_code in {404, 422}
            for address in ("/groups/figures", f"/groups/figures?unit={held.units['binh_lu']}"):
                assert "Xã Mẫu" not in client.raw(address).get_data(as_text=True)
        with held.doing():
            assert [db.session.scalar(select(func.count(model.id))) for model in COLOURS.values()] == [0, 0]


def test_nothing_that_is_sent_or_done_later_can_be_about_a_group() -> None:
    """Only the pages and the purge of seat codes know groups; none of them has a job, a chore, a reminder or a mail.

    That no other table can point at a group: tests/confidential/test_quiet.py.
    """
    knows = {
        str(path.relative_to(ROOM)): path.read_text(encoding="utf-8")
        for path in ROOM.rglob("*.py")
        if re.search(r"confidential(\.| import )(groups|seats|models)|COLOURS", path.read_text(encoding="utf-8"))
    }
    own = {name for name in knows if name.startswith(("confidential/", "home/gatherings/"))}

    assert own
    assert set(knows) - own == {"home/rights/purging.py", "registry.py"}
    for name in own:
        assert not re.search(r"\bjobs\b|remind|smtp|mail", knows[name]), name


def test_no_words_that_go_out_name_the_topic(world: World) -> None:
    """What leaves a signed-in page without being asked for: the titles a browser keeps, the slips of paper; no mail and no message is sent."""
    for who in ("lan", "hoa", "my", "dung"):
        client = world.client(who)
        for address in ("/", "/learn/", "/help", "/certificates/"):
            title = re.findall(r"<title>(.*?)</title>", client.get(address), re.DOTALL)[0]
            assert topic_words(title) == [], address
