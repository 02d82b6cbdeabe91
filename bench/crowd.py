"""The crowd of the bench: 20,000 invented people in 13 units, 5 courses each, 60 % completed. Always the same.

Units, plan, courses, the accounts of the desks, the class and the certificate are made by the app's own actions; the crowd
alone is written in bulk, because it is only there to fill the tables.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from random import Random
from typing import Any

from sqlalchemy import func, insert, select, text

from lms.attendance import actions as attendance
from lms.attendance import rolls
from lms.certificates import actions as certificates
from lms.home.demo.names import invent
from lms.kernel.clock import at_hour, today
from lms.kernel.db import CURRENT, STILL, Base, db
from lms.kernel.vietnamese import search_key, sort_key
from lms.people import actions as people
from lms.people.models import Account, Person, Posting
from lms.people.roles import Role
from lms.people.rules import CATEGORIES
from lms.quizzes.models import Attempt
from lms.tracks import content, editions, publishing
from lms.tracks.course import Course
from lms.tracks.models import Completion, Enrolment, LessonRead, PartDone

PEOPLE = 20_000
UNITS = 13
SMALL = {12: 30, 13: 1}  # two units of known size: the same page with thirty rows and with one
COMPLETED = 0.6
GENERATED = 3  # courses beside the shipped ones
MAIN = "kien-thuc-chung"
ON_A_ROLL = 40
CHUNK = 10_000


@dataclass
class Crowd:
    """Whom the bench sends to the pages. Accounts by desk; learners as (account, enrolment in the main course)."""

    desks: dict[str, int] = field(default_factory=dict)
    readers: list[tuple[int, int]] = field(default_factory=list)  # half-way through the lessons
    takers: list[tuple[int, int]] = field(default_factory=list)  # all lessons read, the test not taken
    class_id: int = 0
    session_ids: list[int] = field(default_factory=list)
    seated: list[int] = field(default_factory=list)
    certificate_id: int = 0
    import_unit: int = 0
    courses: list[str] = field(default_factory=list)


def build() -> Crowd:
    """Fill an empty, migrated database and commit."""
    chance, crowd = Random(20210406), Crowd()
    units = _units()
    editions_of = _courses()
    crowd.courses = [course.slug for course, _ in editions_of]
    _plan(units[0])
    _desks(crowd, units)
    db.session.commit()
    _fill(crowd, chance, units, editions_of)
    _class(crowd, units)
    certified = select(Completion).where(Completion.course_slug == MAIN).order_by(Completion.id).limit(1)
    crowd.certificate_id = certificates.issue(db.session.scalars(certified).one()).id
    crowd.import_unit = units[1]
    db.session.commit()
    with db.engine.connect() as connection:
        connection.exec_driver_sql("ANALYZE")
        connection.commit()
    return crowd


def _units() -> list[int]:
    district = people.add_unit("Huyện Đo", "district", code="T90").id
    return [
        district,
        *(
            people.add_unit(f"Xã Đo {n:02}", "commune", parent_id=district, code=f"T90{n:02}").id
            for n in range(1, UNITS + 1)
        ),
    ]


def _courses() -> list[tuple[Course, int]]:
    """The shipped courses, and as many more of the same size as make five."""
    shipped = content.read().whole().courses
    courses = [*shipped]
    for n in range(GENERATED):
        like = shipped[n % len(shipped)]
        courses.append(replace(like, slug=f"{like.slug}-{n + 2}", title=f"{like.title} ({n + 2})"))
    for course in courses:
        editions.publish(course)
    return [(course, editions.current(course.slug).id) for course in courses]


def _plan(district: int) -> None:
    shape = content.read().whole().plan
    assert shape is not None
    publishing.add_plan(
        "do",
        "Kế hoạch đo (dữ liệu giả định)",
        issuer="Ủy ban nhân dân huyện Đo",
        starts_on=date(today().year - 2, 1, 1),
        ends_on=date(today().year + 2, 12, 31),
        scope_unit_id=district,
        fictitious=True,
        indicators=[
            publishing.IndicatorSpec(one.slug, one.title, one.short_title, one.rule.model_dump(mode="json"))
            for one in shape.indicators
        ],
    )


def _desks(crowd: Crowd, units: Sequence[int]) -> None:
    """One of each: office over everything, focal persons of a middling unit and of the two small ones, a trainer."""
    for name, role, unit in (
        ("office", Role.OFFICE, units[0]),
        ("focal", Role.FOCAL, units[1]),
        ("focal-30", Role.FOCAL, units[12]),
        ("focal-1", Role.FOCAL, units[13]),
        ("trainer", Role.TRAINER, units[0]),
    ):
        person = people.add_person("Người Đo", sex="female")
        account, _ = people.open_account(person, username=name, passphrase=f"bon tu cua {name}")
        people.grant_role(account.id, role, unit)
        crowd.desks[name] = account.id


def _fill(crowd: Crowd, chance: Random, units: Sequence[int], courses: Sequence[tuple[Course, int]]) -> None:
    first = (db.session.scalar(select(func.max(Person.id))) or 0) + 1
    spare = (db.session.scalar(select(func.max(Account.id))) or 0) + 1
    began = today() - timedelta(days=600)
    moment = at_hour(began)
    rows: dict[type[Base], list[dict[str, Any]]] = {
        model: [] for model in (Person, Posting, Account, Enrolment, LessonRead, PartDone, Attempt, Completion)
    }
    for n, unit in enumerate(_homes(units)):
        person_id, account_id = first + n, spare + n
        name, sex = invent(chance)
        rows[Person].append(
            {
                "id": person_id,
                "full_name": name,
                "search_key": search_key(name),
                "sort_key": sort_key(name),
                "sex": sex,
                "birth": date(chance.randint(1966, 2003), chance.randint(1, 12), chance.randint(1, 28)),
                "birth_precision": "day",
                "recorded_at": moment,
            }
        )
        for at in {unit, chance.choice(units[1:12])} if unit in units[1:12] and chance.random() < 0.02 else {unit}:
            rows[Posting].append(
                {
                    "person_id": person_id,
                    "unit_id": at,
                    "category": chance.choice(CATEGORIES) if chance.random() < 0.97 else "",
                    "position": "Cán bộ",
                    "direct_support": chance.choices((True, False, None), (20, 75, 5))[0],
                    "valid_from": began,
                    "valid_to": STILL,
                    "recorded_at": moment,
                    "superseded_at": CURRENT,
                }
            )
        rows[Account].append(
            {"id": account_id, "person_id": person_id, "username": f"n{n}", "password_hash": "-", "opened_at": moment}
        )
        for place, (course, edition_id) in enumerate(courses):
            enrolment_id = n * len(courses) + place + 1
            rows[Enrolment].append(
                {
                    "id": enrolment_id,
                    "person_id": person_id,
                    "course_slug": course.slug,
                    "cycle": "do",
                    "edition_id": edition_id,
                    "indicator_id": place + 1 if place < 2 else None,
                    "enrolled_at": moment,
                    "due_on": today() + timedelta(days=200),
                }
            )
            kind = _learns(rows, chance, course, edition_id, enrolment_id, person_id, began)
            if course.slug == MAIN and unit in units[1:12]:
                (crowd.readers if kind == "reading" else crowd.takers if kind == "ready" else []).append(
                    (account_id, enrolment_id)
                )
        if len(rows[Enrolment]) >= CHUNK:
            _write(rows)
    _write(rows)
    if db.engine.dialect.name == "postgresql":  # the ids were ours: the next ones are the database's again
        for model in rows:
            table = model.__tablename__
            db.session.execute(text(f"SELECT setval('{table}_id_seq', (SELECT max(id) FROM {table}))"))
    db.session.commit()


def _homes(units: Sequence[int]) -> Iterable[int]:
    """The unit of each person: the small ones filled exactly, the others evenly."""
    small = [unit for n, size in SMALL.items() for unit in [units[n]] * size]
    return [*small, *(units[1 + n % (UNITS - len(SMALL))] for n in range(PEOPLE - len(small)))]


def _learns(
    rows: dict[type[Base], list[dict[str, Any]]],
    chance: Random,
    course: Course,
    edition_id: int,
    enrolment_id: int,
    person_id: int,
    began: date,
) -> str:
    """How far this one came: completed, ready (for the test) or reading."""
    draw = chance.random()
    kind = "completed" if draw < COMPLETED else "ready" if draw < COMPLETED + 0.2 else "reading"
    on = began + timedelta(days=chance.randint(30, 500))
    lessons = course.lessons if kind != "reading" else course.lessons[: len(course.lessons) // 2]
    moment = at_hour(on)
    rows[LessonRead] += [
        {"enrolment_id": enrolment_id, "lesson_slug": lesson.slug, "read_at": moment} for lesson in lessons
    ]
    parts = {"completed": course.parts, "ready": ("lessons",), "reading": ()}[kind]
    held = {"recorded_at": moment, "superseded_at": CURRENT}
    rows[PartDone] += [
        {"enrolment_id": enrolment_id, "part": part, "on": on, "evidence": {"bench": 1}, **held} for part in parts
    ]
    if kind == "completed":
        rows[Attempt].append(
            {
                "enrolment_id": enrolment_id,
                "person_id": person_id,
                "course_slug": course.slug,
                "edition_id": edition_id,
                "number": 1,
                "questions": [question.slug for question in course.quiz.questions[: course.quiz.draw]]
                if course.quiz
                else [],
                "started_at": moment,
                "submitted_at": moment,
                "score": 95,
                "passed": True,
            }
        )
        rows[Completion].append(
            {
                "person_id": person_id,
                "course_slug": course.slug,
                "cycle": "do",
                "enrolment_id": enrolment_id,
                "edition_id": edition_id,
                "completed_on": on,
                "evidence": {part: {"on": on.isoformat()} for part in parts},
                **held,
            }
        )
    return kind


def _write(rows: dict[type[Base], list[dict[str, Any]]]) -> None:
    for model, some in rows.items():
        if some:
            db.session.execute(insert(model), some)
            some.clear()


def _class(crowd: Crowd, units: Sequence[int]) -> None:
    """A class of forty, today, with both its half-days; for the small units as many as they have."""
    trainer = db.session.get_one(Account, crowd.desks["trainer"]).person_id or 0
    here = select(Posting.person_id).where(Posting.unit_id == units[1]).order_by(Posting.person_id).limit(ON_A_ROLL)
    crowd.seated = list(db.session.scalars(here))
    halves = [(today(), "am", 4), (today(), "pm", 4)]
    row = attendance.call_class(MAIN, units[1], "Lớp đo", "Hội trường", ON_A_ROLL, halves, [trainer])
    attendance.take_seats(row.id, crowd.seated)
    crowd.class_id = row.id
    crowd.session_ids = [session.id for session in rolls.sessions_of(row.id)]
    for unit, classes in ((units[12], 30), (units[13], 1)):
        for n in range(classes):
            attendance.call_class(MAIN, unit, f"Lớp {n + 1}", "Hội trường", 30, halves, [trainer])
