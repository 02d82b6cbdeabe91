"""The yearly figures of 2025 as the office froze them, and what came to light only in March after."""

import uuid
from datetime import date
from random import Random

from sqlalchemy import select

from lms.attendance import actions as attendance
from lms.attendance.models import ClassSession, RollClosing
from lms.coverage import freezing
from lms.coverage.question import chosen, plans
from lms.home.demo.crowd import FIRST_PLAN, GENERAL, WIDE, Someone
from lms.kernel.clock import at_hour, frozen
from lms.kernel.db import CURRENT, STILL, db
from lms.people import actions as people
from lms.people import queries
from lms.tracks.models import Completion

COUNTED, FROZEN = date(2025, 11, 25), at_hour(date(2025, 11, 26), 15)
FOUND_OUT = at_hour(date(2026, 3, 3), 10)
LEFT = date(2025, 10, 1)


def year_2025(by: int) -> None:
    """Frozen through the action the page uses. To be called last: all that was recorded by that day has to be there."""
    with frozen(FROZEN):
        planned = chosen(plans(), FIRST_PLAN, COUNTED)
        freezing.freeze(
            planned,
            as_of=COUNTED,
            title="Số liệu năm 2025",
            note="Số liệu báo cáo năm, chốt trước ngày 01/12.",
            by=by,
        )


def found_out(crowd: list[Someone], by: int) -> None:
    """Two corrections that concern that day, in the March after."""
    with frozen(FOUND_OUT):
        _had_left(next(one for one in crowd if _may_have_left(one)), by)
        _was_absent(by)


def _may_have_left(one: Someone) -> bool:
    return one.place == "Xã Bình Lư" and one.category in WIDE and not one.direct


def _had_left(one: Someone, by: int) -> None:
    """The unit says only now that somebody left in October."""
    for posting in queries.postings_of(one.id):
        if posting.valid_to == STILL:
            people.end_posting(posting, on=LEFT, because="Đã nghỉ việc từ 01/10/2025, đơn vị báo muộn", by=by)
    one.unit_id = 0


def _was_absent(by: int) -> None:
    """A signature on the sheet turned out to be somebody else's: the roll is corrected, and the completion falls."""
    held = (
        select(Completion)
        .where(Completion.course_slug == GENERAL, Completion.superseded_at == CURRENT)
        .where(Completion.completed_on.between(date(2025, 1, 1), COUNTED), Completion.grade == "test")
        .order_by(Completion.id)
    )
    completion = db.session.scalars(held).first()
    if completion is None:
        return
    class_id = completion.evidence["class"]["class"]
    sessions = select(ClassSession.id).join(RollClosing).where(ClassSession.class_id == class_id)
    session_id = db.session.scalars(sessions.order_by(ClassSession.id)).first()
    if session_id is not None:
        attendance.correct_mark(
            session_id,
            completion.person_id,
            "absent",
            str(uuid.UUID(int=Random("vang-mat").getrandbits(128))),
            reason="Đối chiếu tờ ký tên: chữ ký không phải của học viên",
            by=by,
        )
