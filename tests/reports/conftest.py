"""The register of the coverage tests, with a class of two half-days that nam_loong holds."""

from datetime import date

import pytest

from lms.attendance import actions, rolls
from lms.attendance.rules import Tap
from lms.kernel.clock import at_hour, frozen
from tests.coverage.conftest import Register, building, register

__all__ = ["building", "held", "register"]

DAY = date(2025, 10, 7)


@pytest.fixture
def held(register: Register) -> Register:
    """hai comes morning and afternoon and so completes, phu in the morning only, moi is absent."""
    who = register.persons
    with register.doing(), frozen(at_hour(DAY)):
        row = actions.call_class(
            "chung",
            register.units["nam_loong"],
            title="Lớp Nậm Loỏng",
            place="Nhà văn hóa",
            seats=10,
            sessions=[(DAY, "am", 4), (DAY, "pm", 4)],
            trainer_ids=[],
        )
        actions.take_seats(row.id, [who["hai"], who["phu"], who["moi"]])
        came = {
            "am": {"hai": "present", "phu": "late", "moi": "absent"},
            "pm": {"hai": "present", "phu": "excused", "moi": "absent"},
        }
        for session in rolls.sessions_of(row.id):
            taps = [Tap(who[key], state, f"{session.half}-{key}") for key, state in came[session.half].items()]
            actions.save_roll(session.id, taps)
            actions.close_roll(session.id)
    return register
