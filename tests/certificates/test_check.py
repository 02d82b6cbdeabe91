"""The page a stranger opens: one answer, and nothing that the paper does not say."""

import secrets
from datetime import timedelta

import pytest

from lms.certificates import actions, rules
from lms.certificates.models import Certificate
from lms.certificates.pace import Pace
from lms.certificates.views import check
from lms.kernel.clock import frozen, now
from lms.kernel.db import db
from tests.certificates.conftest import READ, Earned
from tests.certificates.test_register import read, rename, revoke
from tests.world import World


@pytest.fixture(autouse=True)
def fresh_pace(monkeypatch: pytest.MonkeyPatch) -> None:
    """Counted anew in each test."""
    monkeypatch.setattr(check, "ADDRESSES", Pace(check.ADDRESSES.most, check.ADDRESSES.span))
    monkeypatch.setattr(check, "GUESSES", Pace(check.GUESSES.most, check.GUESSES.span))


def url(world: World, certificate_id: int) -> str:
    return f"/check/{read(world, certificate_id).token}"


def heading(client) -> str:
    return " ".join(client.page.h1[0].split())


def test_valid(world: World, earned: Earned) -> None:
    client = world.client()
    page = client.get(url(world, earned.certificate("lan")))

    assert heading(client) == "Hợp lệ"
    for words in (READ.title, "Ủy ban nhân dân xã Bình Mẫu", "23/11/2026", "V. T. L***"):
        assert words in page
    for hidden in ("001/2026/GCN-BLG", "Vàng", "Lan", "1990", "Công chức Văn hóa", "Xã Bình Mẫu<"):
        assert hidden not in page


def test_replaced(world: World, earned: Earned) -> None:
    first = earned.certificate("lan")
    rename(world, "lan", "Vàng Thị Lành")
    with world.doing():
        second = actions.reissue(db.session.get_one(Certificate, first)).id
    client = world.client()

    page = client.get(url(world, first))
    assert heading(client) == "Đã thay thế"
    assert "002/2026" not in page
    client.get(url(world, second))
    assert heading(client) == "Hợp lệ"


def test_revoked(world: World, earned: Earned) -> None:
    certificate = earned.certificate("lan")
    revoke(world, certificate, "Chưa dự đủ số tiết")
    client = world.client()

    page = client.get(url(world, certificate))
    assert heading(client) == "Đã thu hồi"
    assert "Chưa dự đủ" not in page


def test_no_longer_in_force(world: World, earned: Earned) -> None:
    done = earned.complete("lan")
    certificate = earned.issue(done)
    earned.retract(done)
    client = world.client()

    client.get(url(world, certificate))
    assert heading(client) == "Không còn hiệu lực"


def body(answer) -> str:
    """Without what is new on every page."""
    lines = answer.get_data(as_text=True).splitlines()
    return "\n".join(line for line in lines if 'type="hidden"' not in line)


def test_unknown_and_malformed_read_alike(world: World, earned: Earned) -> None:
    token = read(world, earned.certificate("lan")).token
    client = world.client()
    client.get("/check/%00", status=404)  # refused before the room sees it, whatever certificates there are
    client.get(f"/check/{'0' * 32}", status=404)
    assert heading(client) == "Không tìm thấy"
    unknown = [
        secrets.token_hex(16),
        "x",
        token.upper(),
        token[:-1],
        token + "0",
        "001-2026-GCN-BLG",
        "' OR 1=1",
    ]

    answers = {(client.raw(f"/check/{one}").status_code, body(client.raw(f"/check/{one}"))) for one in unknown}

    assert len(answers) == 1
    assert next(iter(answers))[0] == 404


@pytest.mark.parametrize("known", ["1990", "001/2026/GCN-BLG", " 1/2026/gcn-blg "])
def test_the_name_is_shown_to_who_holds_the_paper(world: World, earned: Earned, known: str) -> None:
    client = world.client()
    page = client.get(f"{url(world, earned.certificate('lan'))}?known={known}")

    assert "Vàng Thị Lan" in page
    assert "Sinh" not in page


@pytest.mark.parametrize("known", ["1991", "002/2026/GCN-BLG", "Vàng Thị Lan", "90", "x"])
def test_the_name_stays_masked_for_a_guess(world: World, earned: Earned, known: str) -> None:
    client = world.client()
    page = client.get(f"{url(world, earned.certificate('lan'))}?known={known}")

    assert "V. T. L***" in page
    assert "<dd>Vàng" not in page
    assert "Không khớp" in page


def test_years_of_birth_cannot_be_tried_one_by_one(world: World, earned: Earned) -> None:
    address = url(world, earned.certificate("lan"))
    client = world.client()
    for year in range(1960, 1970):
        client.get(f"{address}?known={year}")

    assert "Vàng" not in client.get(f"{address}?known=1990")
    with frozen(now() + timedelta(minutes=11)):
        assert "Vàng" in client.get(f"{address}?known=1990")


def test_an_address_that_asks_too_often_waits(world: World, earned: Earned, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(check, "ADDRESSES", Pace(3, timedelta(minutes=10)))
    client = world.client()
    address = url(world, earned.certificate("lan"))

    assert [client.raw(address).status_code for _ in range(5)] == [200, 200, 200, 429, 429]


def test_it_is_for_no_search_engine_and_no_cache(world: World, earned: Earned) -> None:
    answer = world.client().raw(url(world, earned.certificate("lan")))

    assert answer.headers["X-Robots-Tag"] == "noindex, nofollow"
    assert answer.headers["Cache-Control"] == "no-store"
    assert 'name="robots" content="noindex' in answer.get_data(as_text=True)


@pytest.mark.parametrize(
    ("number", "name"), [("001/2026/GCN-BLG", "Vàng Thị Lan"), ("1/2026/gcn-blg", "vang thi  LAN")]
)
def test_number_and_name_together_find_it(world: World, earned: Earned, number: str, name: str) -> None:
    earned.certificate("lan")
    client = world.client()
    client.get("/check")

    page = client.post("/check", {"number": number, "name": name})
    assert heading(client) == "Hợp lệ"
    assert "Vàng Thị Lan" in page


def test_all_failures_of_number_and_name_read_alike(world: World, earned: Earned) -> None:
    earned.certificate("lan")
    client = world.client()
    wrong = [
        ("001/2026/GCN-BLG", "Vàng Thị Lành"),
        ("001/2026/GCN-BLG", "Lan"),
        ("002/2026/GCN-BLG", "Vàng Thị Lan"),
        ("abc", "Vàng Thị Lan"),
        ("001/2026/XXX", "%"),
    ]
    token = client.token()
    answers = [
        client.raw("/check", "POST", data={"csrf_token": token, "number": number, "name": name})
        for number, name in wrong
    ]

    assert {answer.status_code for answer in answers} == {404}
    assert len({body(answer) for answer in answers}) == 1


@pytest.mark.parametrize(
    ("name", "shown"), [("Vàng Thị Lan", "V. T. L***"), ("Lan", "L***"), ("  Đặng  Ửng ", "Đ. Ử***"), ("", "***")]
)
def test_masked(name: str, shown: str) -> None:
    assert rules.masked(name) == shown


@pytest.mark.parametrize(
    ("typed", "read_as"),
    [
        ("001/2026/GCN-BLG", (1, 2026, "GCN-BLG")),
        (" 1 / 2026 / gcn-blg", (1, 2026, "GCN-BLG")),
        ("1234/2026/GCN-BLG", (1234, 2026, "GCN-BLG")),
        ("1/26/GCN-BLG", None),
        ("", None),
        ("9" * 30 + "/2026/GCN-BLG", None),
    ],
)
def test_read_number(typed: str, read_as: tuple[int, int, str] | None) -> None:
    assert rules.read_number(typed) == read_as


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ((False, False, False), "valid"),
        ((False, True, False), "replaced"),
        ((False, True, True), "replaced"),
        ((True, False, True), "revoked"),
        ((False, False, True), "lapsed"),
    ],
)
def test_states(facts: tuple[bool, bool, bool], expected: str) -> None:
    revoked, replaced, lapsed = facts
    assert rules.state(revoked=revoked, replaced=replaced, lapsed=lapsed) == expected
