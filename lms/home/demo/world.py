"""The demo world: a district from 2021 to 2025, its reorganisation, and an invented plan after it, up to today.

Built through the real actions with the clock set back, so that every page, date and figure of it is as it would be. The names are
invented; the units, their dates and their successions are real (courses/units). The same day gives the same world.
"""

from collections.abc import Callable
from datetime import date, timedelta
from random import Random

from sqlalchemy import select

from lms.certificates import actions as certificates
from lms.certificates.models import Certificate
from lms.home.demo import names
from lms.home.demo.crowd import ADVICE, CALLED, GENERAL, URGENT, WIDE, Someone, newcomers, settle
from lms.home.demo.desks import Desk, Desks
from lms.home.demo.frozen import found_out, year_2025
from lms.home.demo.office import rules_and_papers
from lms.home.demo.present import year_of_today
from lms.home.demo.reorganised import LABOUR, REORGANISED, in_july, in_march, offices_beside
from lms.home.demo.training import FEWER, SEATS, Teaching, even_groups
from lms.home.demo.upkeep import keep_up
from lms.kernel.clock import at_hour, frozen, today
from lms.kernel.db import STILL, db
from lms.people import actions as people
from lms.people import queries
from lms.people.queries import UnitTree
from lms.tracks import content, duties, publishing

# How far each commune had come at the end of 2022, 2023, 2024 and in June 2025: some ahead, some far behind.
PACE = {
    "Thị trấn Tam Đường": (0.50, 0.80, 0.90, 0.97),
    "Xã Bình Lư": (0.55, 0.85, 0.95, 1.00),
    "Xã Sơn Bình": (0.40, 0.70, 0.85, 0.92),
    "Xã Tả Lèng": (0.20, 0.35, 0.50, 0.60),
    "Xã Giang Ma": (0.30, 0.55, 0.75, 0.86),
    "Xã Hồ Thầu": (0.30, 0.50, 0.80, 0.88),
    "Xã Bản Hon": (0.25, 0.50, 0.70, 0.80),
    "Xã Khun Há": (0.20, 0.40, 0.60, 0.72),
    "Xã Bản Bo": (0.60, 0.90, 1.00, 1.00),
    "Xã Nà Tăm": (0.35, 0.60, 0.78, 0.88),
    "Xã Nùng Nàng": (0.15, 0.30, 0.45, 0.55),
    "Xã Bản Giang": (0.30, 0.60, 0.75, 0.85),
    "Xã Thèn Sin": (0.10, 0.25, 0.40, 0.48),
}
AGENCY_KINDS = ("office", "agency", "facility", "organisation")
AGENCIES = (0.50, 0.75, 0.90, 0.95)
DIRECT = (0.00, 0.45, 0.75, 0.90)  # those who directly assist, in the courses for them
LATER = {GENERAL: 0, URGENT: 35, ADVICE: 49}  # days after the year's first classes
DAYS = (date(2022, 9, 20), date(2023, 6, 13), date(2024, 5, 21), date(2025, 4, 22))


def build(say: Callable[[str], None]) -> list[Desk]:
    """Build the world in an empty database and commit it. `say` hears how far it is."""
    chance, day, library = Random(20210406), today(), content.read()
    say("Units, plan and courses…")
    with frozen(at_hour(date(2021, 4, 6))):
        people.load_units(content.FOLDER / "units", before=REORGANISED)
        publishing.publish_courses(library)
        publishing.load_plan(library)
    tree = queries.units_at(date(2021, 5, 1))
    places, agencies = _of_kind(tree, "commune", "township"), _of_kind(tree, *AGENCY_KINDS)
    say("People…")
    with frozen(at_hour(date(2021, 5, 1))):
        crowd = settle(chance, places, agencies)
        receiver = offices_beside(agencies, tree)
    desks = Desks(crowd, receiver)
    with frozen(at_hour(date(2022, 1, 10))):
        desks.open_first()
        duties.enrol_required(date(2022, 1, 10))
    db.session.commit()
    teaching = Teaching(chance, desks.trainers, desks.office)
    host = agencies[LABOUR]
    for step, on in enumerate(DAYS):
        say(f"{on.year}…")
        with frozen(at_hour(date(on.year, 2, 1))):
            crowd += newcomers(chance, places, date(on.year, 2, 1), 6)
            _someone_leaves(crowd, chance, date(on.year, 2, 1))
            duties.enrol_required(date(on.year, 2, 1))
        if on.year == 2025:
            host = in_march(crowd, places, agencies, desks.office)
        _train(teaching, crowd, step, on, host)
        db.session.commit()
    _revoke_one(desks.office)
    say("01/07/2025: thirteen units become six…")
    in_july(crowd, agencies, desks.province, receiver, desks.office)
    found_out(crowd, desks.office)
    db.session.commit()
    say("2026…")
    year_of_today(teaching, crowd, desks.province, receiver, day)
    with frozen(at_hour(day, 6)):
        opened = desks.open_today(crowd)
    _office_work(crowd, desks.office, day)
    db.session.commit()
    return opened


def _office_work(crowd: list[Someone], office: int, day: date) -> None:
    """What the office keeps up; the frozen year comes last, so that it holds."""
    keep_up(office, day)
    rules_and_papers(crowd, office, day)
    year_2025(office)


def _of_kind(tree: UnitTree, *kinds: str) -> dict[str, int]:
    """Units of these kinds by name."""
    return {version.name: unit_id for unit_id, version in tree.versions.items() if version.kind in kinds}


def _train(teaching: Teaching, crowd: list[Someone], step: int, on: date, host: int) -> None:
    """One year: whoever is to be trained by its end studies, and comes to a class of forty at the most."""
    lists = {
        GENERAL: [
            one
            for one in crowd
            if one.category in WIDE and _is_due(teaching, one, PACE.get(one.place, AGENCIES)[step], GENERAL)
        ],
        URGENT: [one for one in crowd if one.direct and _is_due(teaching, one, DIRECT[step], URGENT)],
        ADVICE: [one for one in crowd if one.direct and _is_due(teaching, one, DIRECT[step], ADVICE)],
    }
    for course_slug, people_due in lists.items():
        teaching.chance.shuffle(people_due)
        for number, group in enumerate(even_groups(people_due, FEWER.get(course_slug, SEATS)), start=1):
            day = on + timedelta(days=14 * number + LATER[course_slug])
            for one in group:
                teaching.study(one.id, course_slug, day - timedelta(days=teaching.chance.randint(7, 25)))
                one.trained.add(course_slug)
            teaching.hold(
                course_slug,
                host,
                f"{CALLED[course_slug]} – lớp {number}/{day.year}",
                "Hội trường UBND huyện Tam Đường",
                day,
                [one.id for one in group],
            )


def _is_due(teaching: Teaching, one: Someone, share: float, course_slug: str) -> bool:
    return course_slug not in one.trained and one.unit_id != 0 and Random(f"{one.id}-{course_slug}").random() < share


def _someone_leaves(crowd: list[Someone], chance: Random, on: date) -> None:
    """Four retire or move away each year; one goes on a long leave."""
    for one in chance.sample([one for one in crowd if one.unit_id], 4):
        for posting in queries.postings_of(one.id):
            if posting.valid_to == STILL:
                people.end_posting(posting, on=on, because="left")
        one.unit_id = 0
    away = chance.choice([one for one in crowd if one.unit_id and not one.trained])
    people.except_person(
        away.id,
        "",
        "on_leave",
        reason=names.why_away(away.id, on),
        evidence="Quyết định minh họa, chưa có số",
        valid_from=on,
        valid_to=on + timedelta(days=180),
    )


def _revoke_one(by: int) -> None:
    """One certificate of 2024 was given in error."""
    with frozen(at_hour(date(2024, 10, 8), 15)):
        given = select(Certificate).where(Certificate.year == 2024).order_by(Certificate.number).limit(1)
        certificates.revoke(
            db.session.scalars(given).one(), reason="Cấp nhầm: học viên chưa dự đủ số tiết của lớp", decision="", by=by
        )
