"""The pages of frozen periods, as the office and the focal persons see them."""

import json
import re
from collections.abc import Iterator
from datetime import date, timedelta
from io import BytesIO

import pytest
from flask import Flask
from python_calamine import CalamineWorkbook
from sqlalchemy import select, text

from lms.coverage.frozen_sheet import SHARE
from lms.coverage.models import FrozenPeriod
from lms.kernel.clock import at_hour, frozen
from lms.kernel.db import CURRENT, STILL, db
from lms.people import actions as people
from lms.people.models import Posting
from lms.tracks import actions as tracks
from lms.tracks.models import Completion, Enrolment
from tests.coverage.conftest import NOW, Register
from tests.coverage.corrections import train
from tests.world import Client

FORM = {"plan": "mau", "as_of": "31/10/2025", "title": "Số liệu <b>năm 2025</b>", "note": "Đã rà soát"}
HASH = re.compile(r"SHA-256</dt><dd>([0-9a-f]{64})")
ONCE = "6f1c0a52-0f2b-4c6e-9d0a-2f1f3f0a5b11"
OTHER = "6f1c0a52-0f2b-4c6e-9d0a-2f1f3f0a5b12"
AFTER = NOW + timedelta(days=30)


@pytest.fixture
def lan(register: Register) -> Client:
    return register.client("lan")


@pytest.fixture
def period(lan: Client) -> int:
    """Frozen through the form; its id."""
    lan.post("/coverage/frozen", FORM)
    with lan.app.app_context():
        return db.session.scalars(select(FrozenPeriod.id)).one()


@pytest.fixture
def corrected(register: Register, period: int) -> Iterator[None]:
    """A month later: binh had been trained, phu's training is withdrawn, hai had left Nậm Loỏng."""
    with frozen(AFTER):
        with register.doing():
            account = register.accounts["lan"]
            train(register.persons["binh"], date(2025, 10, 1))
            phu = select(Enrolment).where(Enrolment.person_id == register.persons["phu"])
            tracks.retract_part(db.session.scalars(phu).one(), "class", reason="Điểm danh nhầm", by=account)
            there = (Posting.unit_id == register.units["nam_loong"], Posting.superseded_at == CURRENT)
            hai = select(Posting).where(Posting.person_id == register.persons["hai"], *there)
            people.end_posting(db.session.scalars(hai).one(), on=date(2025, 9, 1), because="correction", by=account)
        yield


def rows(html: str) -> list[list[str]]:
    """The cells of every row of every table."""
    found = (re.findall(r"<t[hd] [^>]*data-label=.*?>(.*?)</t[hd]>", row, re.DOTALL) for row in html.split("<tr")[1:])
    return [[re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", cell)).strip() for cell in one] for one in found if one]


def test_the_office_freezes_a_period(register: Register, lan: Client) -> None:
    assert "Chưa chốt kỳ số liệu nào" in lan.get("/coverage/frozen")
    html = lan.get("/coverage/frozen/new?as_of=31/10/2025")
    assert ["tap-huan", "2/6 (33,3 %)", "4", "1"] in rows(html)
    assert "đơn vị chưa xác nhận danh sách" in html

    html = lan.post("/coverage/frozen", FORM)
    assert "Đã chốt thành kỳ số 1" in html
    assert "tính lại: khớp" in html
    assert "Số liệu &lt;b&gt;năm 2025&lt;/b&gt;" in html
    assert ["Cộng", "6", "2", "4", "33,3 %", "1", "1", "1", "9"] in rows(html)
    with register.doing():
        kept = db.session.scalars(select(FrozenPeriod)).one()
        assert HASH.findall(html) == [kept.sha256]
        assert kept.sha256[:12] in lan.get("/coverage/frozen")
        assert kept.frozen_by == register.accounts["lan"]


def test_the_day_proposed_is_the_count_day_or_today(lan: Client) -> None:
    assert 'value="20/11/2025"' in lan.get("/coverage/frozen/new")


@pytest.mark.parametrize(
    "change, status, words",
    [
        ({"title": " "}, 422, "Hãy nhập tên kỳ số liệu"),
        ({"title": "x" * 121}, 422, "tối đa 120"),
        ({"as_of": "31/02/2025"}, 422, ""),
        ({"as_of": "21/11/2025"}, 409, "chưa đến"),
        ({"as_of": "31/12/2023"}, 409, "01/01/2024"),
        ({"plan": "khac"}, 404, ""),
        ({"plan": ""}, 404, ""),
    ],
)
def test_what_cannot_be_frozen_is_said(
    register: Register, lan: Client, change: dict[str, str], status: int, words: str
) -> None:
    html = lan.post("/coverage/frozen", {**FORM, **change}, status=status)
    assert words in html
    if status == 422:
        assert "Đã rà soát" in html  # what was typed is still there
    with register.doing():
        assert db.session.scalar(select(FrozenPeriod.id)) is None


@pytest.mark.parametrize("query", ["as_of=21/11/2025", "as_of=31/12/2023"])
def test_a_day_without_figures_has_no_button(lan: Client, query: str) -> None:
    html = lan.get(f"/coverage/frozen/new?{query}")
    assert 'action="/coverage/frozen"' not in html
    assert 'role="alert"' in html


def test_what_was_corrected_since(lan: Client, period: int, corrected: None, register: Register) -> None:
    lan = register.client("lan")  # a month later she signs in anew
    html = lan.get(f"/coverage/frozen/{period}/since")
    assert lan.page
    told = rows(html)
    assert ["tap-huan", "2/6 (33,3 %)", "2/6 (33,3 %)", "không khác"] in told
    nam_loong = next(row for row in told if row[0] == "Xã Nậm Loỏng")
    assert nam_loong[1:3] == ["1/2 (50,0 %)", "0/1 (0 %)"]
    assert "3 đính chính" in lan.page.text
    assert "Điểm danh nhầm" in lan.page.text
    for name in ("Vàng A Bình", "Phàn A Phủ", "Lý A Hai"):
        assert name in lan.page.text
    frozen_page = lan.get(f"/coverage/frozen/{period}")
    assert "tính lại: khớp" in frozen_page
    assert ["Cộng", "6", "2", "4", "33,3 %", "1", "1", "1", "9"] in rows(frozen_page)


def test_nothing_was_corrected(lan: Client, period: int, register: Register) -> None:
    """A posting that ends after the day is rewritten, and reads the same on that day."""
    with register.doing(), frozen(AFTER):
        posting = db.session.scalars(
            select(Posting).where(Posting.superseded_at == CURRENT, Posting.valid_to == STILL)
        ).first()
        assert posting is not None
        people.end_posting(posting, on=date(2025, 12, 1))
    with frozen(AFTER):
        lan = register.client("lan")
        assert "Không có đính chính nào" in lan.get(f"/coverage/frozen/{period}/since")


def test_a_focal_person_sees_own_rows_and_counts_the_rest(
    register: Register, lan: Client, period: int, corrected: None
) -> None:
    mai = register.client("mai")
    assert "Số liệu &lt;b&gt;năm 2025&lt;/b&gt;" in mai.get("/coverage/frozen")
    assert "Chốt số liệu</a>" not in mai.get("/coverage/frozen")
    html = mai.get(f"/coverage/frozen/{period}")
    assert mai.page
    assert "Nậm Loỏng" not in mai.page.text
    assert "Tả Lèng" in mai.page.text
    assert ["Cộng", "5", "1"] in [row[:3] for row in rows(html)]
    html = mai.get(f"/coverage/frozen/{period}/since")
    assert mai.page
    assert "Phàn A Phủ" not in mai.page.text
    assert "Nậm Loỏng" not in re.sub(r"Lý A Hai.*?</tr>", "", html, flags=re.DOTALL)
    assert "Ngoài phạm vi của anh/chị: 1." in mai.page.text
    assert mai.raw("/coverage/frozen/new").status_code == 404
    nam, other = register.units["nam_loong"], register.units["ta_leng_moi"]
    assert mai.raw(f"/coverage/frozen/{period}?unit={nam}").status_code == 404
    assert mai.raw(f"/coverage/frozen/{period}?unit={other}").status_code == 200
    assert mai.raw(f"/coverage/frozen/{period}/sheet.xlsx?unit={nam}").status_code == 404


@pytest.mark.parametrize("page", ["", "/print", "/sheet.xlsx", "/since"])
def test_what_is_not_there_is_not_there(register: Register, lan: Client, period: int, page: str) -> None:
    assert lan.raw(f"/coverage/frozen/{period + 1}{page}").status_code == 404
    assert register.client("teo").raw(f"/coverage/frozen/{period}{page}").status_code == 404


def test_screen_paper_and_workbook_are_equal(lan: Client, period: int) -> None:
    screen = [row for row in rows(lan.get(f"/coverage/frozen/{period}")) if len(row) == 9]
    assert [row for row in rows(lan.get(f"/coverage/frozen/{period}/print")) if len(row) == 9] == screen
    raw = lan.raw(f"/coverage/frozen/{period}/sheet.xlsx").data
    book = CalamineWorkbook.from_filelike(BytesIO(raw))
    sheets = [book.get_sheet_by_name(name).to_python() for name in book.sheet_names]
    assert [_as_shown(row) for sheet in sheets for row in sheet[7:]] == screen
    assert sheets[0][0][0] == "Kỳ số liệu đã chốt số 1: Số liệu <b>năm 2025</b>"


def _as_shown(row: list[object]) -> list[str]:
    return [_cell(cell, share=place == SHARE) for place, cell in enumerate(row)]


def _cell(cell: object, *, share: bool) -> str:
    if not isinstance(cell, float | int):
        return str(cell)
    if not share:
        return str(int(cell))
    return f"{100 * cell:.0f} %" if cell in (0, 1) else f"{100 * cell:.1f} %".replace(".", ",")


def test_the_command_line_verifies(period: int, app: Flask) -> None:
    with frozen(AFTER):
        good = app.test_cli_runner().invoke(args=["coverage", "frozen"])
        told = app.test_cli_runner().invoke(args=["coverage", "frozen", "--json", "--number", "1"])
    assert good.exit_code == told.exit_code == 0, good.output
    assert "mau 1  31/10/2025" in good.stdout
    assert [one["holds"] for one in json.loads(told.stdout)] == [True]


def test_a_broken_period_is_told(register: Register, lan: Client, period: int) -> None:
    """Somebody with the database file in hand removes the triggers and mends a figure; or plants a fact under an old moment."""
    with register.doing():
        train(register.persons["binh"], date(2025, 10, 1))
        db.session.scalars(
            select(Completion).where(Completion.person_id == register.persons["binh"])
        ).one().recorded_at = at_hour(date(2025, 10, 2))
    assert "tính lại: không khớp" in lan.get(f"/coverage/frozen/{period}")
    result = register.app.test_cli_runner().invoke(args=["coverage", "frozen"])
    assert result.exit_code == 1
    assert "/indicators/0/totals/done" in result.stdout
    with register.doing():
        _without_triggers()
        kept = db.session.scalars(select(FrozenPeriod)).one()
        kept.sha256 = "0" * 64
    assert "không khớp mã băm" in lan.get(f"/coverage/frozen/{period}")


def _without_triggers() -> None:
    if db.engine.dialect.name == "postgresql":
        db.session.execute(text("ALTER TABLE frozen_period DISABLE TRIGGER ALL"))
        return
    for verb in ("update", "delete"):
        db.session.execute(text(f"DROP TRIGGER frozen_period_no_{verb}"))


def test_posting_twice_freezes_twice_numbers_without_gap(lan: Client, register: Register) -> None:
    for once in (ONCE, ONCE, OTHER):
        lan.post("/coverage/frozen", {**FORM, "_once": once})
    with register.doing():
        assert list(db.session.scalars(select(FrozenPeriod.number).order_by(FrozenPeriod.id))) == [1, 2]
