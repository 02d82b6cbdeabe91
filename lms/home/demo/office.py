"""A rule of the invented plan that the office changed with a reason, and papers of training elsewhere: two approved, one waiting."""

import struct
import zlib
from dataclasses import replace
from datetime import date, timedelta

from sqlalchemy import select

from lms.home.demo.crowd import GENERAL, WIDE, Someone
from lms.kernel.clock import at_hour, frozen
from lms.kernel.db import CURRENT, db
from lms.people import queries
from lms.tracks import outside, ruling
from lms.tracks.models import Indicator, IndicatorRule, OutsideTraining, Plan
from lms.tracks.rules import PopulationRule

PLAN, INDICATOR = "minh-hoa-2026-2030", "nguoi-truc-tiep-tro-giup"
GRACE = 30  # days
WHY = "Người mới đến cần thời gian để học: cuộc họp minh họa tháng 3/2026 thống nhất tính sau 30 ngày."
WIDTH, HEIGHT = 420, 300  # of the scan, in points


def rules_and_papers(crowd: list[Someone], office: int, day: date) -> None:
    """Of this year; `office` is an account. Whoever enters the waiting paper is the focal person of xã Bình Lư."""
    with frozen(at_hour(min(day, date(2026, 3, 2)), 10)):
        _grace(office)
    left = [
        one for one in crowd if one.unit_id and one.category in WIDE and GENERAL not in one.trained and not one.reading
    ]
    near = [one for one in left if one.place == "Xã Bình Lư"]
    for one in [one for one in left if one not in near][-2:]:
        with frozen(at_hour(day - timedelta(days=20), 9)):
            row = _claim(one, day, office)
        with frozen(at_hour(day - timedelta(days=18), 15)):
            outside.approve(row, by=office)
        one.trained.add(GENERAL)
    focal = queries.account_of("daumoi")
    with frozen(at_hour(day, 7)):
        _claim(near[-1], day, focal.id if focal else office)


def _grace(office: int) -> None:
    held = db.session.execute(
        select(Indicator, IndicatorRule.rule)
        .join(Plan, Plan.id == Indicator.plan_id)
        .join(IndicatorRule, IndicatorRule.indicator_id == Indicator.id)
        .where(Plan.slug == PLAN, Indicator.slug == INDICATOR, IndicatorRule.superseded_at == CURRENT)
    ).one()
    rule = replace(PopulationRule.of(held.rule), grace_days=GRACE)
    ruling.change_rule(held.Indicator, rule, why=WHY, by=office)


def _claim(one: Someone, day: date, by: int) -> OutsideTraining:
    return outside.claim(
        one.id,
        GENERAL,
        title="Lớp tập huấn kiến thức chung (minh họa)",
        organiser="Đơn vị tổ chức minh họa (không có thật)",
        held_on=max(date(2026, 1, 12), day - timedelta(days=210)),
        file=_scan(),
        file_name="giay-minh-hoa.png",
        by=by,
    )


def _scan() -> bytes:
    """A PNG of a paper on which nothing can be read: grey lines on white."""
    dark, rows = set(range(60, 240)), []
    for y in range(HEIGHT):
        inked = y in dark and y % 24 < 6
        rows.append(b"\0" + bytes(0x99 if inked and 50 < x < WIDTH - 50 - (y * 7 % 90) else 0xFF for x in range(WIDTH)))
    header = struct.pack(">IIBBBBB", WIDTH, HEIGHT, 8, 0, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(b"".join(rows), 9)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data)) for kind, data in chunks
    )
