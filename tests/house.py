"""A house with neighbours, for trying its doors: two communes of one province, and a province next to it; everything in it built
through the real actions and owned by someone (the objects by Lan, by Bình Mẫu, by Hoa's class), so that everybody else is a stranger to it.
"""

import io
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cache
from typing import Self

import xlsxwriter
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from lms.attendance import actions as classes
from lms.attendance import rolls
from lms.certificates import actions as certificates
from lms.confidential import groups
from lms.coverage import freezing
from lms.coverage.listing import courses_of
from lms.coverage.planning import actions as planning
from lms.coverage.planning.terms import Terms
from lms.coverage.question import ask, chosen, plans
from lms.kernel import jobs
from lms.kernel.clock import at_hour, frozen
from lms.kernel.db import db
from lms.people import actions as people
from lms.people.confirmations import roster_seen
from lms.people.factors import losing
from lms.people.factors.models import OidcIdentity, Passkey
from lms.people.models import Account, Person, Posting, RoleGrant, SignIn
from lms.people.queries import scope_of
from lms.people.reorganisation.rules import Draft, OldUnit
from lms.people.rights import actions as rights
from lms.people.roles import Role
from lms.people.roster import actions as rosters
from lms.quizzes import actions as quizzes
from lms.tracks import actions as tracks
from lms.tracks import drafts, due_days, editions, outside, packs, publishing, recordings
from lms.tracks.course import Choice, Course, Lesson, Picture, Question, Quiz, Sound
from lms.tracks.publishing import IndicatorSpec
from tests.tracks.sample import FILES
from tests.tracks.sample import LESSON as LESSON_FILE
from tests.tracks.test_pictures import SOUND
from tests.world import TODAY, World, world_of

PICTURE = Picture("so-do.svg", "<svg/>", 288, 100)
LESSON = Lesson("bai-mot", "Bài một", 3, "Biết gọi ai", "<p>Gọi ai.</p>", ("Nguồn",))
CHOICES = (Choice("a", "Công an", True, "Đúng"), Choice("b", "Không ai", False, "Sai"))
QUIZ = Quiz("Bài kiểm tra", 80, 0, 0, 0, (Question("hoi", "one", "bai-mot", "Gọi ai?", 1, False, "Nguồn", CHOICES),))
RULE = {"reading": "wide", "categories": ["công chức"], "direct_support": False, "courses": ["doc"]}

# who stands at the door; lan, hoa, my, dung are the owners, their neighbours come after them
PEOPLE = (
    ("hien", "Lò Thị Hiền", "khun_ha", Role.TRAINER),
    ("sao", "Mùa A Sào", "khun_ha", Role.FOCAL),
    ("khoa", "Vừ Văn Khoa", "other_province", Role.OFFICE),
    ("tu", "Sùng A Tú", "other_province", Role.ADMIN),
    ("gone", "Hảng Thị Gống", "binh_lu", Role.FOCAL),
)
VIEWERS = ("anonymous", "lan", "pao", "hoa", "hien", "my", "sao", "dung", "khoa", "quan", "tu", "gone")


def course(slug: str, *parts: str) -> Course:
    """A course of one lesson, one question and a class, of which only the named parts have to be done."""
    return Course(
        slug=slug,
        track="1",
        title=f"Khoá {slug}",
        summary="",
        hours=8,
        parts=parts,  # type: ignore[arg-type]
        class_min_share=80,
        certificate=True,
        audience="",
        lessons=(LESSON,),
        quiz=QUIZ if "test" in parts else None,
        guide="<p>Hai buổi.</p>",
        pictures=(PICTURE,),
    )


@dataclass
class House:
    """The world, the ids of its objects by name (they fill `{…}` in an address or a form), and the browser of each viewer."""

    world: World
    ids: dict[str, object] = field(default_factory=dict)
    cookies: dict[str, str] = field(default_factory=dict)  # viewer -> the session cookie of their browser
    tokens: dict[str, str] = field(default_factory=dict)  # viewer -> a CSRF token of that session

    @property
    def app(self) -> Flask:
        return self.world.app

    def on(self, app: Flask) -> Self:
        """The same house on another app, whose database is a copy of this one's; sessions are good there too."""
        return replace(
            self, world=self.world.on(app), ids={**self.ids}, cookies={**self.cookies}, tokens={**self.tokens}
        )

    def browser(self, who: str) -> FlaskClient:
        """The viewer's browser as it was at the start, whatever was done with it meanwhile."""
        http = self.app.test_client()
        http.set_cookie("s", self.cookies[who], httponly=True)
        return http

    def filled(self, text: str) -> str:
        return text.format(**self.ids)


@contextmanager
def at(day: date, hour: int = 9) -> Iterator[None]:
    with frozen(at_hour(day, hour)):
        yield


def house_of(app: Flask) -> House:
    """Built and committed; everybody signed in, then one of them disabled."""
    house = House(world_of(app))
    world = house.world
    with at(date(2026, 1, 6)), world.doing():
        _neighbours(world)
    with at(date(2026, 11, 1)), world.doing():
        _lessons(house)
        _papers(house)
        _register(house)
        _reorganised(house)
    with at(TODAY, 8), world.doing():
        _requests(house)
        _loan(house)
        _classes(house)
        _planned(house)
        _frozen(house)
        _factors(house)
        _written(house)
        _group(house)
        house.ids |= {f"unit_{name}": unit_id for name, unit_id in world.units.items()}
        house.ids |= {"unit": world.units["binh_lu"], "person": world.persons["lan"], "hoa": world.persons["hoa"]}
        house.ids |= {"account": world.accounts["lan"], "hoa_account": world.accounts["hoa"]}
    with at(TODAY):
        for who in VIEWERS:
            client = world.client(None if who == "anonymous" else who)
            house.tokens[who] = client.token()
            cookie = client.http.get_cookie("s")
            assert cookie is not None
            house.cookies[who] = cookie.value
        with world.doing():
            one = select(SignIn.id).where(SignIn.account_id == world.accounts["lan"])
            house.ids["sign_in"] = db.session.scalars(one).first()
            people.disable_account(db.session.get_one(Account, world.accounts["gone"]))
    return house


def _neighbours(world: World) -> None:
    world.units["other_province"] = people.add_unit("Tỉnh Khác", "province", code="T98").id
    world.units["other"] = people.add_unit(
        "Xã Khác", "commune", parent_id=world.units["other_province"], code="T9801"
    ).id
    for key, name, unit, role in PEOPLE:
        world.persons[key] = _person(world, name, unit)
        account, _phrase = people.open_account(
            db.session.get_one(Person, world.persons[key]), username=key, passphrase=f"bon tu cua {key}"
        )
        people.grant_role(account.id, role, world.units[unit])
        world.accounts[key] = account.id
    world.persons["moi"] = _person(world, "Chang Thị Mới", "binh_lu", "MOI1")


def _person(world: World, name: str, unit: str, staff_code: str | None = None) -> int:
    person = people.add_person(name, staff_code=staff_code)
    people.post_person(person.id, world.units[unit], category="công chức", valid_from=date(2026, 1, 1))
    return person.id


def _lessons(house: House) -> None:
    """Lan has begun a test, handed in another, and completed a third course."""
    world = house.world
    for one in (course("mo", "lessons", "test"), course("nop", "lessons", "test"), course("doc", "lessons")):
        editions.publish(one)
    editions.publish(course("tu-nguyen", "lessons"))
    editions.publish(course("lop", "class"))
    begun = tracks.enrol(world.persons["lan"], "mo", on=date(2026, 10, 1))
    tracks.read_lesson(begun, "bai-mot")
    house.ids |= {"picture": PICTURE.file_name, "enrolment": begun.id, "attempt": quizzes.start(begun).id}
    sent = tracks.enrol(world.persons["lan"], "nop", on=date(2026, 10, 1))
    tracks.read_lesson(sent, "bai-mot")
    attempt = quizzes.start(sent)
    quizzes.save_answer(attempt, "hoi", ["b"], counter=1, client_id="b0b0b0b0-0000-4000-8000-000000000001")
    quizzes.submit(attempt)
    house.ids["sent"] = attempt.id
    done = tracks.read_lesson(tracks.enrol(world.persons["lan"], "doc", on=date(2026, 10, 1)), "bai-mot")
    assert done is not None
    certificate = certificates.issue(done)
    house.ids |= {"certificate": certificate.id, "token": certificate.token}
    house.ids["plan"] = publishing.add_plan(
        "mau",
        "Kế hoạch mẫu",
        issuer="Cơ quan mẫu",
        starts_on=date(2026, 1, 1),
        ends_on=date(2026, 12, 31),
        scope_unit_id=world.units["province"],
        indicators=[IndicatorSpec("doc", "100% cán bộ", "Cán bộ", RULE)],
        fictitious=True,
    ).id
    kept = editions.publish(course("kho", "lessons"), {"course.toml": 'slug = "kho"'})
    assert kept is not None
    house.ids["edition"] = kept.id
    shown = {**FILES, "01-mot.md": f"{LESSON_FILE}\n![Sơ đồ](pictures/so-do.svg)\n", "pictures/so-do.svg": SOUND}
    draft = drafts.draft_from_pack(packs.packed("chung", shown), by=world.accounts["dung"])
    read = drafts.checked(draft).course
    assert read is not None
    house.ids |= {"draft": draft.id, "draft_picture": read.pictures[0].file_name}
    recordings.keep(course("mo", "lessons", "test"), [Sound("bai-mot", "hmn", "ogg", b"OggS" + b"OpusHead")])
    house.ids["voice"] = recordings.of_lesson("mo", LESSON)[0].file_name
    house.ids["due_day"] = due_days.set_day(world.units["binh_lu"], "doc", date(2026, 12, 20)).id


def _group(house: House) -> None:
    """The office is to hold a group at the province."""
    world = house.world
    province, by = world.units["province"], world.accounts["dung"]
    house.ids["gathering"] = groups.write_down("green", date(2026, 11, 25), province, "talk", "10_19", by=by).id


def _frozen(house: House) -> None:
    """The office froze the figures of the day before the reorganisation."""
    house.ids["frozen"] = freezing.freeze(
        chosen(plans(), "mau", TODAY), as_of=date(2026, 9, 30), title="Mẫu", by=house.world.accounts["dung"]
    ).id


def _papers(house: House) -> None:
    """A paper of Lan's that waits for the office, and one that it has approved."""
    lan, keeper = house.world.persons["lan"], house.world.accounts["my"]
    paper = {"title": "Lớp của tỉnh", "organiser": "Sở mẫu", "held_on": date(2026, 5, 20), "file": b"%PDF-1.4 mau"}
    house.ids["paper"] = outside.claim(lan, "lop", **paper, by=keeper).id  # type: ignore[arg-type]
    approved = outside.claim(lan, "tu-nguyen", **paper, by=keeper)  # type: ignore[arg-type]
    outside.approve(approved, by=house.world.accounts["dung"])
    house.ids["approved_paper"] = approved.id


def _requests(house: House) -> None:
    """Lan asks to have something corrected."""
    lan = house.world.persons["lan"]
    house.ids["request"] = rights.ask(lan, "correct", "Sai năm sinh", by=house.world.accounts["lan"]).id


def _loan(house: House) -> None:
    """Hoa lends her role to somebody whose account is then disabled."""
    accounts = house.world.accounts
    grant = db.session.scalars(select(RoleGrant).where(RoleGrant.account_id == accounts["hoa"])).one()
    house.ids["loan"] = people.lend_role(grant, accounts["gone"], until=date(2026, 12, 1), by=accounts["hoa"]).id
    house.ids["lan_account"] = accounts["lan"]


def _register(house: House) -> None:
    """A posting, an exception, a role, and a list that waits to be confirmed: all of Bình Mẫu."""
    world, keeper = house.world, house.world.accounts["my"]
    posting = select(Posting.id).where(Posting.person_id == world.persons["lan"])
    role = select(RoleGrant.id).where(RoleGrant.account_id == world.accounts["hoa"])
    standing = people.except_person(
        world.persons["lan"], "", "on_leave", reason="Nghỉ dài", valid_from=date(2026, 3, 1), valid_to=date(2027, 1, 1)
    )
    staged = rosters.stage(
        roster_file(), "danh-sach.xlsx", unit_id=world.units["binh_lu"], on=date(2026, 11, 1), by=keeper
    )
    confirmed = people.confirm_roster(world.units["binh_lu"], date(2026, 10, 1), by=keeper)
    ended = people.end_category("cộng tác viên", date(2026, 10, 1), legal_basis="Văn bản mẫu", by=keeper)
    twin = people.same_person(
        world.persons["lan"], _person(world, "Vàng Thị Lan", "binh_lu"), why="Cùng thẻ", by=keeper
    )
    house.ids |= {
        "same": twin.id,
        "category_end": ended.id,
        "confirmation": confirmed.id,
        "list_seen": roster_seen(world.units["binh_lu"], date(2026, 11, 1)),
        "posting": db.session.scalar(posting),
        "grant": db.session.scalar(role),
        "standing": standing.id,
        "roster": staged.id,
        "seen": rosters.plan_of(staged, scope_of([staged.unit_id]), default_unit=staged.unit_id).fingerprint,
        "moi": world.persons["moi"],
    }


def _factors(house: House) -> None:
    """A screen lock of Hoa's; Lan's account of another house; and the admin has said that Lan lost her phone."""
    world = house.world
    key = Passkey(
        account_id=world.accounts["hoa"], credential_id="aG9h", user_handle="aG9h", public_key=b"", sign_count=0
    )
    key.name, key.synced = "Máy của Hoa", False
    db.session.add(key)
    db.session.flush()
    losing.say_lost(world.accounts["lan"], by=world.accounts["quan"])
    linked = OidcIdentity(account_id=world.accounts["lan"], issuer="https://id.example.vn", subject="1")
    db.session.add(linked)
    db.session.flush()
    house.ids |= {"passkey": key.id, "identity": linked.id}


def _written(house: House) -> None:
    """A list that was confirmed lately, so that it can still be taken back."""
    unit_id, keeper = house.world.units["binh_lu"], house.world.accounts["my"]
    written = rosters.stage(
        roster_file("Tẩn Thị Thử"), "da-nhap.xlsx", unit_id=unit_id, on=date(2026, 11, 20), by=keeper
    )
    rosters.confirm(written, rosters.plan_of(written, scope_of([unit_id]), default_unit=unit_id), by=keeper)
    house.ids["confirmed_roster"] = written.id


def _reorganised(house: House) -> None:
    """An old office of the province that the other commune took over; nothing rests on it."""
    world = house.world
    old = people.add_unit("Trạm Cũ Mẫu", "facility", parent_id=world.units["province"])
    draft = Draft(date(2027, 1, 1), "Quyết định mẫu", (OldUnit(old.id, (0,)),), (world.units["khun_ha"],))
    house.ids["reorganisation"] = people.reorganise(draft).id


def _classes(house: House) -> None:
    """A class of Hoa's today, whose morning roll is not closed; another whose morning roll is; a job of Hoa's that failed."""
    world = house.world
    for name in ("class", "held"):
        row = classes.call_class(
            "lop",
            world.units["binh_lu"],
            "Lớp mẫu",
            "Nhà văn hoá",
            5,
            [(TODAY, "am", 4), (TODAY, "pm", 4)],
            [world.persons["hoa"]],
            by=world.accounts["my"],
        )
        classes.take_seat(row.id, world.persons["lan"])
        first = rolls.sessions_of(row.id)[0].id
        classes.mark_all_present(first, f"tat-ca-{row.id}")
        house.ids |= {name: row.id, f"{name}_session": first}
    classes.close_roll(house.ids["held_session"])  # type: ignore[arg-type]
    failed = jobs.start("certificates.class_pdf", {"class_id": 1, "certificate_ids": []}, by=world.accounts["hoa"])
    failed.state = "failed"
    db.session.add(jobs.JobFile(job_id=failed.id, name="a.pdf", media_type="application/pdf", content=b"%PDF-"))
    house.ids["job"] = failed.id


def _planned(house: House) -> None:
    """A proposal of the office with one class, taught by Hoa in Bình Mẫu."""
    world = house.world
    planned = chosen(plans(), "mau", TODAY)
    question = ask(planned, indicator="doc")
    place, trainer = world.units["binh_lu"], world.persons["hoa"]
    terms = Terms(date(2026, 12, 4), places=(place,), trainers=(trainer,))
    row = planning.make(question, 0, None, courses_of(question), terms, by=world.accounts["dung"])
    slot = terms.slot_from(date(2026, 11, 27), "am", 2)
    planning.edit(row.id, lambda draft: draft.added("doc", place, slot, trainer, 40))
    house.ids["proposal"] = row.id


@cache
def roster_file(name: str = "Lù Thị Đông") -> bytes:
    """A list with one new person."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    page = book.add_worksheet("Danh sách")
    for row, cells in enumerate((("Họ và tên", "Ngày sinh", "Nhóm"), (name, "05/03/1991", "công chức"))):
        for column, cell in enumerate(cells):
            page.write_string(row, column, cell)
    book.close()
    return out.getvalue()
