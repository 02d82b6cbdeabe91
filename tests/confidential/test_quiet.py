"""Who reads is never known: nothing is set, stored, logged, counted or named; the gate comes first; an official's session is not read."""

import logging
import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from lms import create_app
from lms.confidential import rules
from lms.confidential.pages import FOLDER, library
from lms.confidential.shelves import SHELVES
from lms.kernel import prose
from lms.kernel.assets import bundled
from lms.kernel.db import Base
from tests.conftest import config_for
from tests.world import Client, World

FIRST = {"c": "1", "k": "11"}  # a page of each shelf
ADDRESSES = (
    "/c/", "/c/1", "/c/1/tiep", "/c/99", "/c/99/tiep", "/c/a/b/c", "/thoat",
    "/k/", "/k/11", "/k/11/tiep", "/k/99", "/k/99/tiep", "/k/a/b/c", "/roi",
)  # fmt: skip
both = pytest.mark.parametrize("shelf", SHELVES)


def reader(app: Flask) -> Client:
    """Someone who has opened the gates."""
    client = Client(app)
    for shelf, page in FIRST.items():
        assert client.raw(f"/{shelf}/{page}/tiep").status_code == 303
    return client


@both
def test_the_gate_comes_first_and_says_what_leaving_cannot_do(client: Client, shelf: str) -> None:
    address, books = f"/{shelf}/{FIRST[shelf]}", library(shelf)
    gate = client.get(address)
    assert books.gate.title in gate
    assert "không xóa" in gate
    assert "phần mềm theo dõi" in gate
    assert "máy khác" in gate
    assert str(books.pages[FIRST[shelf]].body) not in gate

    page = client.get(f"{address}/tiep")
    assert str(books.pages[FIRST[shelf]].body) in page
    assert client.page is not None
    assert client.page.h1 == [books.pages[FIRST[shelf]].title]


def test_the_gate_offers_to_read_first_how_a_phone_gives_away(client: Client) -> None:
    """Not on the other shelf: what it says is of use to whoever looks into another's phone."""
    gate, safety = client.get("/c/1"), library("c").pages["2"]
    assert f'href="/c/2/tiep" rel="nofollow">Đọc trước: {safety.title}</a>' in gate
    assert "Đọc trước" not in client.get("/c/2"), "the gate of that page"
    assert str(safety.body) in client.get("/c/2/tiep")
    assert "Đọc trước" not in client.get("/k/11")


@both
def test_declining_leads_to_the_same_words(app: Flask, shelf: str) -> None:
    """Nothing asks for consent, since nothing is kept. Whoever turns back at the gate, or lets no cookie in, is told the same and called to nothing;
    whoever comes again reads what everybody reads."""
    address = f"/{shelf}/{FIRST[shelf]}"
    willing, unwilling, without = reader(app), Client(app), app.test_client(use_cookies=False)
    gate = unwilling.get(address)
    assert not re.search(r"<form|<input|checked|đồng ý", gate)
    assert f'href="/{shelf}/"' in gate, "not now"
    unwilling.get(f"/{shelf}/")
    assert unwilling.get(address) == gate
    assert without.get(f"{address}/tiep", follow_redirects=True).get_data(as_text=True) == gate
    assert "trình duyệt này đang chặn cookie" in gate, "and why it is the gate again"
    assert unwilling.get(f"{address}/tiep") == willing.get(address)


@both
def test_each_page_checks_within_itself(app: Flask, shelf: str) -> None:
    """A question and, folded away without script, its answer; nothing to send, nothing that leads out of the shelf."""
    client, folder = reader(app), FOLDER / "5" / SHELVES[shelf].folder
    for path in sorted(folder.rglob("*.md")):
        _none, _head, body = path.read_text(encoding="utf-8").split("+++\n", 2)
        assert list(prose.faults(body, library(shelf).pages)) == [], path.name
        assert "](https:" not in body, path.name
    for page in library(shelf).pages.values():
        html = client.get(f"/{shelf}/{page.name}")
        assert bool(page.boxes) or prose.checks(str(page.body)), page.name
        assert not re.search(
            r"<form|<input|<select|contenteditable|formaction|\bname=\"(?!viewport|robots|referrer|color)", html
        )


def test_what_is_filled_in_can_only_be_printed(app: Flask) -> None:
    """No form, no name, nothing that a browser keeps, corrects or suggests; script never reads it but to empty it."""
    client = reader(app)
    html = client.get("/c/7")
    boxes = re.findall(r"<textarea[^>]*>", html)
    assert len(boxes) == len(library("c").pages["7"].boxes) == 7
    for box in boxes:
        assert "name=" not in box.replace("autocomplete=", "")
        for said in ('autocomplete="off"', 'autocorrect="off"', 'spellcheck="false"', 'writingsuggestions="false"'):
            assert said in box
    assert "người khác có thể tìm thấy" in html
    assert "Không lưu, không gửi đi đâu" in html
    script = next(one for one in bundled() if one.name == "quiet.js").content.decode()
    assert re.findall(r"\.value\b[^;]*", script) == ['.value = ""']
    assert not re.search(
        r"[sS]torage|indexedDB|caches|serviceWorker|fetch\(|XMLHttp|sendBeacon|WebSocket|cookie|pushState", script
    )


def test_a_gate_that_offers_nothing_there_is_refused(tmp_path: Path) -> None:
    home = tmp_path / "5" / "a" / "mo-dau"
    home.mkdir(parents=True)
    for name in ("front", "gate"):
        (home / f"{name}.md").write_text('+++\ntitle = "Chào"\nfirst = "2"\n+++\nx\n', encoding="utf-8")
    (tmp_path / "help.toml").write_text("", encoding="utf-8")

    with pytest.raises(ValueError, match="not there"):
        library("c", tmp_path)


@both
def test_the_way_out_closes_the_gate(app: Flask, shelf: str) -> None:
    client = reader(app)
    answer = client.raw(SHELVES[shelf].way_out)

    assert answer.status_code == 303
    assert answer.headers["Location"] == app.config["SETTINGS"].exit_to
    assert "Clear-Site-Data" not in answer.headers
    assert str(library(shelf).pages[FIRST[shelf]].body) not in client.get(f"/{shelf}/{FIRST[shelf]}")
    assert 'rel="nofollow"' in client.get(f"/{shelf}/{FIRST[shelf]}"), "the gate, with its link on"


def addresses_on(app: Flask, shelf: str) -> set[str]:
    """Every address of ours that any page of the shelf leads to or names; the files behind all pages left out."""
    client, found = reader(app), set()
    for address in (f"/{shelf}/", f"/{shelf}/99", *(f"/{shelf}/{name}" for name in library(shelf).pages)):
        for html in (client.raw(address).get_data(as_text=True), Client(app).raw(address).get_data(as_text=True)):
            found |= set(re.findall(r'(?:href|src|action|content)="(/[^"]*)"', html))
    return {address for address in found if not address.startswith("/static/")}


def test_two_shelves_share_no_page_no_path_and_no_link(app: Flask) -> None:
    for name, shelf in SHELVES.items():
        found, mine = addresses_on(app, name), library(name)
        assert sum(not page.boxes for page in mine.pages.values()) == 6
        assert {shelf.way_out, shelf.front} <= found
        assert all(shelf.holds(address) for address in found), "nothing leads to another shelf, or into the site"
        for other in (one for one in SHELVES.values() if one != shelf):
            theirs = library(other.name)
            assert not any(other.holds(address) for address in (*found, shelf.front, shelf.way_out))
            assert not mine.pages.keys() & theirs.pages.keys()
            titles = [[page.title for page in (one.front, *one.pages.values())] for one in (mine, theirs)]
            assert not set(titles[0]) & set(titles[1])
            for page in mine.pages:
                assert app.test_client().get(f"/{other.name}/{page}").status_code == 404
    for address in ("/sign-in", "/help"):
        assert not re.search(r'"/[ck]/', Client(app).raw(address).get_data(as_text=True))


def test_a_gate_opened_here_is_shut_there(app: Flask) -> None:
    for shelf, page in FIRST.items():
        client = Client(app)
        client.raw(f"/{shelf}/{page}/tiep")
        for other, first in FIRST.items():
            read = str(library(other).pages[first].body) in client.get(f"/{other}/{first}")
            assert read == (other == shelf)


def test_one_shelf_has_numbers_of_its_own_and_they_name_nothing(app: Flask) -> None:
    client = reader(app)
    for address, status in (("/k/", 200), ("/k/11", 200), ("/k/99", 404)):
        html = client.get(address, status)
        said = html[html.index('id="help"') :]
        assert re.findall(r'href="tel:(\d+)"', said) == ["113", "115", "111"]
        assert rules.topic_words(said) == []
    assert 'href="tel:1900969680"' in client.get("/c/")


@pytest.mark.parametrize("https", [False, True])
def test_one_cookie_the_same_for_all_and_only_from_the_gate(sqlite_template: Path, tmp_path: Path, https: bool) -> None:
    app = create_app(replace(config_for(f"sqlite:///{sqlite_template}", tmp_path), https=https))
    for address in ADDRESSES:
        name = f"{'__Host-' if https else ''}{'g' if address[1] in 'ct' else 'h'}"
        answer = app.test_client().get(address, base_url=f"http{'s' if https else ''}://localhost")
        cookies = answer.headers.getlist("Set-Cookie")
        if address in {"/c/1/tiep", "/k/11/tiep"}:
            assert cookies == [f"{name}=1; {'Secure; ' if https else ''}HttpOnly; Path=/; SameSite=Lax"]
        elif address in {"/thoat", "/roi"}:
            assert [one.split(";")[0] for one in cookies] == [f"{name}="]
            assert "Max-Age=0" in cookies[0]
        else:
            assert cookies == []


@pytest.mark.parametrize("address", ADDRESSES)
def test_nothing_is_kept_or_found(app: Flask, address: str) -> None:
    headers = reader(app).raw(address).headers

    assert headers["Cache-Control"] == "no-store"
    assert "noindex" in headers["X-Robots-Tag"]
    assert headers["Referrer-Policy"] == "no-referrer"
    assert "ETag" not in headers
    assert "Last-Modified" not in headers


def test_a_signed_in_officials_session_is_not_read(
    world: World, count_queries: Callable[[], AbstractContextManager[list[str]]]
) -> None:
    """Not even their row is looked up, so nothing about the visit can be on it; and their session is as it was."""
    official, stranger = world.client("quan"), Client(world.app)
    for client in (official, stranger):
        client.raw("/c/1/tiep")
        client.raw("/k/11/tiep")
    for address in ("/c/", "/c/1", "/k/", "/k/11"):
        with count_queries() as statements:
            same = official.raw(address)
        assert statements == []
        assert same.data == stranger.raw(address).data
    official.raw("/thoat")
    assert official.raw("/learn/").status_code == 200, "still signed in, unsent work still theirs"


def test_only_reading_is_possible(app: Flask) -> None:
    rules_here = [rule for rule in app.url_map.iter_rules() if rule.endpoint.startswith("confidential.")]

    assert {str(rule) for rule in rules_here if not str(rule).startswith("/<any(c, k):shelf>/")} == {"/thoat", "/roi"}
    assert all((rule.methods or set()) <= {"GET", "HEAD", "OPTIONS"} for rule in rules_here)


def test_no_table_of_this_room_has_a_place_for_a_person(app: Flask) -> None:
    """Groups that met are counts: a day, a host, a kind, a band. Nothing points at anybody, nothing can be written into freely."""
    ours = [mapper for mapper in Base.registry.mappers if mapper.class_.__module__.startswith("lms.confidential")]
    group, seat = {"id", "on", "unit_id", "kind", "band"}, {"id", "group_id", "code"}

    assert {mapper.class_.__name__: {column.name for column in mapper.columns} for mapper in ours} == {
        "GreenGroup": group,
        "BlueGroup": group,
        "GreenSeat": seat,
        "BlueSeat": seat,
    }
    for mapper in ours:
        points_at = {key.column.table.name for column in mapper.columns for key in column.foreign_keys}
        assert points_at == {
            str(mapper.local_table).replace("seat", "group") if "group_id" in mapper.columns else "unit"
        }
    for table in Base.metadata.tables.values():
        if not table.name.startswith(("green_", "blue_")):
            assert not {key.column.table.name for key in table.foreign_keys} & {
                "green_group", "blue_group", "green_seat", "blue_seat",
            }, f"{table.name} points here"  # fmt: skip


def test_who_asks_is_in_no_log_line(app: Flask, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    headers = {"User-Agent": "TestPhone/1.0", "X-Forwarded-For": "203.0.113.9", "Referer": "http://elsewhere.example/"}
    for address in ADDRESSES:
        app.test_client().get(address, headers=headers, environ_base={"REMOTE_ADDR": "203.0.113.7"})
        app.test_client().post(address, headers=headers, environ_base={"REMOTE_ADDR": "203.0.113.7"})
    said = " ".join(record.getMessage() + str(record.__dict__) for record in caplog.records)

    assert not re.search(r"203\.0\.113|TestPhone|elsewhere|/c/|/thoat|/k/|/roi", said)


def test_what_a_passer_by_sees_names_no_topic(app: Flask) -> None:
    client = reader(app)
    for address in ("/c/", "/c/1", "/c/7", "/c/99", "/k/", "/k/11", "/k/99"):
        answer = client.raw(address)
        html = answer.get_data(as_text=True)
        head = html[: html.index("<body")]
        assert rules.topic_words(head) == []
        assert rules.topic_words(str(answer.headers)) == []
        assert not re.search(r"og:|twitter:|manifest|<form|serviceWorker", html)
        for other in re.findall(r'(?:href|src)="([^"]+)"', html):
            assert rules.topic_words(other) == []
            assert other.startswith(("/", "#", "tel:")), "nothing from elsewhere"


def test_nothing_before_the_gate_names_the_topic(app: Flask) -> None:
    for shelf in SHELVES:
        for name in ("", *library(shelf).pages):
            html = Client(app).raw(f"/{shelf}/{name}").get_data(as_text=True)
            assert rules.topic_words(html) == [], f"/{shelf}/{name}"


@pytest.mark.parametrize(
    "text, named",
    [
        ("Kỹ năng sống và sức khỏe gia đình", []),
        ("Phòng, chống BẠO LỰC gia đình", ["bao luc"]),
        ("bao-luc-gia-dinh.html", ["bao luc"]),
        ("Bao lực", ["bao luc"]),  # NFD
        ("Bảo lưu kết quả", []),
    ],
)
def test_topic_words(text: str, named: list[str]) -> None:
    assert rules.topic_words(text) == named


def test_a_title_that_names_the_topic_is_refused(tmp_path: Path) -> None:
    for name in ("mo-dau/front", "mo-dau/gate", "1"):
        path = tmp_path / "5" / "a" / f"{name}.md"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text('+++\nslug = "1"\ntitle = "Nạn nhân"\n+++\nx\n', encoding="utf-8")
    (tmp_path / "help.toml").write_text("", encoding="utf-8")

    with pytest.raises(ValueError, match="nan nhan"):
        library("c", tmp_path)


def test_a_number_of_its_own_that_names_the_topic_is_refused(tmp_path: Path) -> None:
    home = tmp_path / "5" / "b"
    (home / "mo-dau").mkdir(parents=True)
    for name in ("mo-dau/front", "mo-dau/gate"):
        (home / f"{name}.md").write_text('+++\ntitle = "Chào"\n+++\nx\n', encoding="utf-8")
    (home / "help.toml").write_text(
        '[[numbers]]\nnumber = "113"\nwho = "Công an"\nnote = "Có chỗ tạm lánh"\nvalid_from = 2021-01-01\n',
        encoding="utf-8",
    )

    with pytest.raises(ValueError, match="tam lanh"):
        library("k", tmp_path)


def test_whom_to_call_is_on_every_page(app: Flask) -> None:
    client = reader(app)
    for address, status in (("/c/", 200), ("/c/1", 200), ("/c/99", 404)):
        html = client.get(address, status)
        assert 'href="tel:113"' in html
        assert html.count('href="tel:111"') == 1, "the number that holds today, once"


def test_two_hosts_one_for_each_shelf(sqlite_template: Path, tmp_path: Path) -> None:
    config = replace(
        config_for(f"sqlite:///{sqlite_template}", tmp_path),
        trusted_hosts=("hoc.example",),
        confidential_host="suckhoe.example, binhtam.example",
    )
    app = create_app(config)

    def asked(host: str, address: str) -> TestResponse:
        return app.test_client().get(address, base_url=f"http://{host}")

    for host, shelf, other in (("suckhoe.example", "c", "k"), ("binhtam.example", "k", "c")):
        assert len(re.findall(f'href="/{shelf}/\\d+"', asked(host, "/").get_data(as_text=True))) == len(
            library(shelf).pages
        )
        assert asked(host, f"/{shelf}/{FIRST[shelf]}").status_code == 200
        assert asked(host, SHELVES[shelf].way_out).status_code == 303
        for address in (f"/{other}/", SHELVES[other].way_out, "/sign-in"):
            assert asked(host, address).status_code == 404
        for address in (f"/{shelf}/", SHELVES[shelf].way_out):
            assert asked("hoc.example", address).status_code == 404


def test_a_host_of_its_own(sqlite_template: Path, tmp_path: Path) -> None:
    config = replace(
        config_for(f"sqlite:///{sqlite_template}", tmp_path),
        trusted_hosts=("hoc.example",),
        confidential_host="suckhoe.example",
    )
    app = create_app(config)

    def asked(host: str, address: str) -> tuple[int, bytes]:
        answer = app.test_client().get(address, base_url=f"http://{host}")
        return answer.status_code, re.sub(rb'value="[^"]*"', b"", answer.data)  # tokens differ each time

    assert asked("suckhoe.example", "/c/")[0] == 200
    assert asked("suckhoe.example", "/")[1] == asked("suckhoe.example", "/c/")[1]
    assert asked("suckhoe.example", "/thoat")[0] == 303
    assert asked("suckhoe.example", "/sign-in") == asked("suckhoe.example", "/c/99")
    assert asked("suckhoe.example", "/learn/")[0] == 404
    assert asked("hoc.example", "/sign-in")[0] == 200
    for address in ("/c/", "/c/1", "/thoat"):
        assert asked("hoc.example", address) == asked("hoc.example", "/no-such-page")
        assert asked("hoc.example", address)[0] == 404


def test_weight(app: Flask) -> None:
    client = reader(app)
    for address in ("/c/", "/c/1", "/k/", "/k/11"):
        html = client.raw(address, headers={"Accept-Encoding": "gzip"})
        total = len(html.data)
        for asset in re.findall(r'(?:href|src)="(/static/[^"]+)"', client.raw(address).get_data(as_text=True)):
            with client.raw(asset, headers={"Accept-Encoding": "gzip"}) as answer:
                size = len(answer.data)
            assert size <= 2048 or "quiet.js" not in asset
            total += size
        assert total <= 15_000
