"""An invented plan 2026–2030 keeps today's screens alive: classes behind us, one today, one to come."""

from datetime import date, timedelta
from random import Random

from lms.home.demo.crowd import CALLED, FIRST_PLAN, FOR_DIRECT, GENERAL, WIDE, Someone
from lms.home.demo.fallen import WHERE, a_place_falls_short
from lms.home.demo.training import FEWER, SEATS, Teaching, working_day
from lms.kernel.clock import at_hour, frozen
from lms.kernel.db import db
from lms.people import queries
from lms.tracks import duties, publishing, receiving

HALL = "Hội trường UBND xã Bình Lư"

# How far the communes of today have come this year.
PACE_NOW = {
    "Xã Bình Lư": 0.78,
    "Xã Tả Lèng": 0.42,
    "Xã Khun Há": 0.50,
    "Xã Bản Bo": 0.90,
    "Phường Tân Phong": 0.66,
    "Xã Sin Suối Hồ": 0.30,
}
DIRECT_PACE_NOW = {WHERE: 0.45}  # 0.7 elsewhere


def year_of_today(teaching: Teaching, crowd: list[Someone], province: int, receiver: int, day: date) -> None:
    """From January to this morning. `receiver`: the office that receives the reports."""
    begin = date(2026, 1, 5)
    with frozen(at_hour(begin)):
        plan = publishing.add_plan(
            "minh-hoa-2026-2030",
            "Kế hoạch minh họa 2026–2030",
            issuer="Cơ quan minh họa (không có thật)",
            starts_on=date(2026, 1, 1),
            ends_on=date(2030, 12, 31),
            scope_unit_id=province,
            indicators=publishing.indicators_of(FIRST_PLAN),
            fictitious=True,
        )
        receiving.set_receiving_office(plan.id, receiver, on=plan.starts_on, because="Minh họa", by=teaching.by)
        duties.enrol_required(begin)
    host = queries.unit_called("Xã Bình Lư", begin) or province
    for number, months in enumerate((8, 6, 4, 2), start=1):
        on = working_day(day - timedelta(days=30 * months))
        if on <= begin + timedelta(days=60):
            continue
        for course_slug, called in CALLED.items():
            on = working_day(on + timedelta(days=2)) if course_slug in FOR_DIRECT else on
            group = [one for one in crowd if _is_due_now(one, course_slug, number)][: FEWER.get(course_slug, SEATS)]
            for one in group:
                teaching.study(one.id, course_slug, on - timedelta(days=teaching.chance.randint(8, 30)))
                one.trained.add(course_slug)
            if group:
                title = f"{called} – lớp {number}/{on.year}"
                teaching.hold(course_slug, host, title, HALL, on, [one.id for one in group])
        db.session.commit()
    _today(teaching, crowd, host, day)
    a_place_falls_short(host, day, teaching.by)


def _is_due_now(one: Someone, course_slug: str, number: int) -> bool:
    if not one.unit_id or course_slug in one.trained:
        return False
    direct = course_slug in FOR_DIRECT
    bound, pace = (bool(one.direct), DIRECT_PACE_NOW) if direct else (one.category in WIDE, PACE_NOW)
    share = pace.get(one.place, 0.7) * number / 4
    return bound and Random(f"{one.id}-{course_slug}-now").random() < share


def _today(teaching: Teaching, crowd: list[Someone], host: int, day: date) -> None:
    """Some are in the middle of the lessons; a class is on today, its roll not yet taken; another has free seats."""
    left = [
        one
        for one in crowd
        if one.unit_id and one.category in WIDE and GENERAL not in one.trained and one.id not in teaching.trainers
    ]
    for one in left[:28]:
        teaching.study(one.id, GENERAL, day - timedelta(days=teaching.chance.randint(16, 24)))
    for one in left[28:50]:
        one.reading = True
        teaching.study(
            one.id, GENERAL, day - timedelta(days=teaching.chance.randint(1, 9)), lessons=teaching.chance.randint(1, 9)
        )
    in_class = [one.id for one in left[:24]]
    teaching.call(
        GENERAL,
        host,
        f"Kiến thức chung – lớp 5/{day.year}",
        HALL,
        day,
        in_class,
        seats=30,
        trainer=teaching.trainers[0],
    )
    later = working_day(day + timedelta(days=8))
    teaching.call(
        GENERAL, host, f"Kiến thức chung – lớp 6/{later.year}", HALL, later, [one.id for one in left[24:28]], seats=40
    )
