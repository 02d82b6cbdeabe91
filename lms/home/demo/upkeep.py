"""How the invented register is kept up: a category that ended, lists confirmed on different days, a reminder that waits."""

from datetime import date, timedelta
from random import Random

from sqlalchemy import select

from lms.home.demo import names
from lms.kernel.clock import at_hour, frozen
from lms.kernel.db import db
from lms.people import actions as people
from lms.people import queries
from lms.people.models import Person, Posting
from lms.people.queries import UnitTree
from lms.tracks import content

ENDED, ENDS = "người hoạt động không chuyên trách cấp xã", date(2026, 5, 31)
POSITIONS = ("Phó Chủ tịch Hội Cựu chiến binh xã", "Thủ quỹ, văn thư UBND xã")
TOLD = ("người hoạt động không chuyên trách", "cộng tác viên", "người hoạt động không chuyên trách", "left", "", "")
ASKED, LATE, NEVER = "Xã Bình Lư", "Xã Sin Suối Hồ", "Phường Tân Phong"  # too long ago: reminded, not yet; never
FOCALS = {ASKED: "daumoi", LATE: "daumoi2"}


def keep_up(office: int, day: date) -> None:
    """From the reorganisation to this morning; `office` is an account. Today's focal persons have theirs already."""
    tree = queries.units_at(day)
    _category_ends(tree)
    _except(office, day)
    _confirm(tree, office, day)


def _except(office: int, day: date) -> None:
    """Leaves and an exemption of today, each on an invented paper without a number; one is about to end."""
    women = db.session.scalars(
        select(Posting.person_id)
        .join(Person, Person.id == Posting.person_id)
        .where(Posting.true_on(day), Posting.category == "viên chức", Person.sex == "female")
        .order_by(Posting.person_id)
        .limit(3)
    ).all()
    with frozen(at_hour(day - timedelta(days=100))):
        for person_id, ends in zip(women, (20, 150), strict=False):
            people.except_person(
                person_id,
                "",
                "on_leave",
                reason=names.why_away(person_id, day),
                evidence="Quyết định minh họa, chưa có số",
                valid_from=day - timedelta(days=100),
                valid_to=day + timedelta(days=ends),
                by=office,
            )
        people.except_person(
            women[-1],
            "",
            "exempt",
            reason="Biệt phái đến cơ quan khác",
            evidence="Thông báo minh họa, chưa có số",
            valid_from=day - timedelta(days=100),
            by=office,
        )


def _category_ends(tree: UnitTree) -> None:
    """Two in each commune worked in it; some have a new category since, some left, of some nobody has told."""
    chance = Random(20260531)
    with frozen(at_hour(date(2025, 7, 2))):
        held = [_someone(chance, unit_id, position) for unit_id in _communes(tree) for position in POSITIONS]
    with frozen(at_hour(date(2026, 5, 20))):
        people.load_category_ends(content.FOLDER / "units" / "categories.csv")
    with frozen(at_hour(date(2026, 6, 3))):
        for posting, told in zip(held, TOLD * len(held), strict=False):
            if told == "left":
                people.end_posting(posting, on=ENDS, because="left")
            elif told:
                people.change_posting(posting, on=ENDS, category=told)


def _someone(chance: Random, unit_id: int, position: str) -> Posting:
    full_name, sex = names.invent(chance)
    person = people.add_person(full_name, sex=sex, birth=date(chance.randint(1964, 1999), 1, 1), birth_precision="year")
    return people.post_person(
        person.id,
        unit_id,
        category=ENDED,
        position=position,
        direct_support=False,
        valid_from=date(2025, 7, 1),
        because="roster",
    )


def _confirm(tree: UnitTree, office: int, day: date) -> None:
    """Most lists were confirmed in the last weeks, each on a day of its own."""
    for number, unit_id in enumerate(sorted(tree.versions)):
        name = tree.name(unit_id)
        if name == NEVER:
            continue
        on = day - timedelta(days=400 if name in {ASKED, LATE} else 12 + 9 * (number % 5))
        account = queries.account_of(FOCALS.get(name, ""))
        with frozen(at_hour(on, 16)):
            people.confirm_roster(unit_id, on, by=account.id if account else office)
    with frozen(at_hour(day - timedelta(days=3))):
        people.remind_units([one for one in _communes(tree) if tree.name(one) == ASKED], by=office)


def _communes(tree: UnitTree) -> list[int]:
    return sorted(one for one, version in tree.versions.items() if version.kind in {"commune", "ward"})
