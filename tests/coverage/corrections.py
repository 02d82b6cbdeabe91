"""What may be recorded later about any day: each act draws what it corrects, and does it now."""

from collections.abc import Callable
from datetime import date
from typing import Any

from hypothesis import strategies as st
from sqlalchemy import select

from lms.coverage.question import Planned, chosen, plans
from lms.kernel.clock import now
from lms.kernel.db import CURRENT, STILL, db
from lms.people import actions as people
from lms.people.models import CategoryEnd, Posting, RosterConfirmation, SamePerson, Standing, Succession, UnitVersion
from lms.tracks import actions, publishing
from lms.tracks.models import Completion, Enrolment, Indicator, Plan
from tests.coverage.conftest import MERGER, Register

DAY = date(2025, 10, 31)


def planned() -> Planned:
    return chosen(plans(), "mau", DAY)


def train(person_id: int, on: date, course: str = "chung") -> None:
    """Completed that day, on the record only now."""
    enrolment = actions.enrol(person_id, course, on=on)
    actions.finish_part(enrolment, "class", on=on, evidence={"document": "minh-hoa"})


Act = Callable[[Register, Any, date], None]


def _posting(register: Register, draw: Any, day: date) -> None:
    people.post_person(
        draw.draw(st.sampled_from(sorted(register.persons.values()))),
        draw.draw(st.sampled_from([register.units["nam_loong"], register.units["ta_leng_moi"]])),
        category=draw.draw(st.sampled_from(["công chức", "viên chức", ""])),
        direct_support=draw.draw(st.sampled_from([True, False, None])),
        valid_from=day,
    )


def _held(draw: Any, model: Any) -> Any:
    rows = db.session.scalars(select(model).where(model.superseded_at == CURRENT).order_by(model.id)).all()
    return draw.draw(st.sampled_from(rows)) if rows else None


def _ended(register: Register, draw: Any, day: date) -> None:
    people.end_posting(_held(draw, Posting), on=day, because="correction")


def _changed(register: Register, draw: Any, day: date) -> None:
    people.change_posting(
        _held(draw, Posting), on=day, category=draw.draw(st.sampled_from(["viên chức", "thành viên mô hình"]))
    )


def _withdrawn(register: Register, draw: Any, day: date) -> None:
    row = _held(draw, draw.draw(st.sampled_from([Posting, Standing, UnitVersion, Succession])))
    if row is not None:
        row.superseded_at = now()


def _trained(register: Register, draw: Any, day: date) -> None:
    train(
        draw.draw(st.sampled_from(sorted(register.persons.values()))), day, draw.draw(st.sampled_from(["chung", "sau"]))
    )


def _retracted(register: Register, draw: Any, day: date) -> None:
    row = _held(draw, Completion)
    if row is not None:
        actions.retract_part(db.session.get_one(Enrolment, row.enrolment_id), "class", reason="Điểm danh nhầm")


def _excepted(register: Register, draw: Any, day: date) -> None:
    db.session.add(
        Standing(
            person_id=draw.draw(st.sampled_from(sorted(register.persons.values()))),
            indicator_slug=draw.draw(st.sampled_from(["", "tap-huan"])),
            kind=draw.draw(st.sampled_from(["exempt", "on_leave", "required"])),
            reason="Theo quyết định",
            valid_from=day,
            valid_to=STILL,
            recorded_at=now(),
        )
    )


def _renamed(register: Register, draw: Any, day: date) -> None:
    old = _held(draw, UnitVersion)
    old.superseded_at = now()
    db.session.add(
        UnitVersion(
            unit_id=old.unit_id,
            parent_id=draw.draw(st.sampled_from([old.parent_id, None])),
            name="Xã Khác",
            kind=old.kind,
            code="99999",
            search_key="xa khac",
            valid_from=old.valid_from,
            valid_to=old.valid_to,
            recorded_at=now(),
        )
    )


def _ruled(register: Register, draw: Any, day: date) -> None:
    indicator = draw.draw(st.sampled_from([one.indicator.id for one in planned().ruled]))
    rule = {
        **register.rules[draw.draw(st.sampled_from(sorted(register.rules)))],
        "once": draw.draw(st.sampled_from(["year", "period"])),
        "valid_months": draw.draw(st.sampled_from([0, 6])),
        "grace_days": draw.draw(st.sampled_from([0, 90])),
    }
    publishing.set_rule(indicator, rule, why="Thử")


def _one_person(register: Register, draw: Any, day: date) -> None:
    kept, other = draw.draw(
        st.lists(st.sampled_from(sorted(register.persons.values())), min_size=2, max_size=2, unique=True)
    )
    rows = db.session.scalars(select(SamePerson).where(SamePerson.superseded_at == CURRENT)).all()
    if not {kept, other} & {one for row in rows for one in (row.kept_id, row.other_id)}:
        db.session.add(SamePerson(kept_id=kept, other_id=other, why="Trùng hồ sơ", recorded_at=now()))


def _category_ended(register: Register, draw: Any, day: date) -> None:
    held = select(CategoryEnd.id).where(CategoryEnd.superseded_at == CURRENT, CategoryEnd.category == "công chức")
    if db.session.scalar(held) is None:
        db.session.add(CategoryEnd(category="công chức", on=day, legal_basis="Văn bản mẫu", recorded_at=now()))


def _confirmed(register: Register, draw: Any, day: date) -> None:
    db.session.add(
        RosterConfirmation(unit_id=register.units["nam_loong"], complete_on=day, persons=2, recorded_at=now())
    )


def _reworded(register: Register, draw: Any, day: date) -> None:
    """What has no clock: the plan's own words, an indicator more."""
    plan = db.session.scalars(select(Plan)).one()
    plan.title, plan.ends_on = "Kế hoạch đổi tên", date(2026, 6, 30)
    db.session.scalars(select(Indicator)).first().target = 80  # type: ignore[union-attr]  # there are two
    spec = publishing.IndicatorSpec("them", "Chỉ tiêu thêm", "Thêm", register.rules["tap-huan"])
    specs = publishing.indicators_of("mau")
    publishing.add_plan(
        "mau",
        plan.title,
        issuer=plan.issuer,
        starts_on=plan.starts_on,
        ends_on=plan.ends_on,
        scope_unit_id=plan.scope_unit_id,
        indicators=[*specs, spec],
    )


ACTS: tuple[Act, ...] = (
    _posting,
    _ended,
    _changed,
    _withdrawn,
    _trained,
    _retracted,
    _excepted,
    _renamed,
    _ruled,
    _one_person,
    _category_ended,
    _confirmed,
    _reworded,
)
DAYS = st.sampled_from([date(2024, 2, 1), date(2025, 6, 30), MERGER, DAY, date(2025, 11, 1)])
