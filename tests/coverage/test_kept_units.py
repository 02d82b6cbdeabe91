"""Units are kept in memory while none changes: whatever is recorded, anywhere, no figure is ever counted under older ones."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Integer, delete, func, inspect, select, update

from lms import create_app
from lms.coverage import replay_queries
from lms.coverage.queries import coverages
from lms.coverage.question import ask
from lms.coverage.rules import Figures
from lms.kernel.clock import at_hour, frozen, now
from lms.kernel.db import CURRENT, STILL, db, reading
from lms.kernel.refused import Refused
from lms.people import actions as people
from lms.people import ground
from lms.people.models import Reorganisation, Succession, Unit, UnitVersion
from lms.people.reorganisation.rules import Draft, NewUnit, OldUnit
from tests.conftest import config_for
from tests.coverage import corrections
from tests.coverage.conftest import MERGER, NOW, Register

LATER = at_hour(date(2026, 3, 2))
NEXT = date(2025, 11, 1)
HELD = UnitVersion.superseded_at == CURRENT
DAYS = (date(2025, 6, 30), MERGER, NEXT)


def _succeeded(register: Register, draw: Any, day: date) -> None:
    old, new = draw.draw(
        st.lists(st.sampled_from(sorted(register.units.values())), min_size=2, max_size=2, unique=True)
    )
    people.succeed_unit(old, new, on=day, legal_basis="Nghị quyết mẫu")


def _versioned(register: Register, draw: Any, day: date) -> None:
    unit = register.units[draw.draw(st.sampled_from(["nam_loong", "ta_leng_moi"]))]
    parent = draw.draw(st.sampled_from([register.units["province"], register.units["nam_loong"], None]))
    people.version_unit(unit, "Xã Đổi", "commune", parent_id=parent, code="03499", valid_from=day)


def _reorganised(register: Register, draw: Any, day: date) -> None:
    units = register.units
    new = NewUnit("Xã Mới", "commune", "09999", units["province"])
    people.reorganise(Draft(NEXT, "Nghị quyết mẫu", (OldUnit(units["nam_loong"], (0,)),), (new,)))


def _reversed(register: Register, draw: Any, day: date) -> None:
    row = db.session.scalars(select(Reorganisation).where(Reorganisation.reversed_at.is_(None))).first()
    if row is not None:
        people.reverse(row, why="Thử")


def _both_at_once(register: Register, draw: Any, day: date) -> None:
    """One row gives way and another comes, and goes again, within one instant."""
    _reorganised(register, draw, day)
    _reversed(register, draw, day)


UNITS = (corrections._withdrawn, corrections._renamed, _succeeded, _versioned, _reorganised, _reversed, _both_at_once)
PEOPLE = (corrections._posting, corrections._trained, corrections._one_person, corrections._category_ended)
ACTS = st.sampled_from([*UNITS, *UNITS, *PEOPLE])


@pytest.fixture
def elsewhere(app: Flask, database_url: str, tmp_path: Path) -> Iterator[Flask]:
    """A second process on the same database."""
    second = create_app(config_for(database_url, tmp_path))
    yield second
    with second.app_context():
        db.session.remove()
        db.engine.dispose()


@contextmanager
def process(app: Flask, kept: dict[str, Any]) -> Iterator[None]:
    """Inside, the memory is this process's own."""
    ours, ground._kept = ground._kept, kept
    try:
        with app.app_context():
            yield
    finally:
        ground._kept = ours


def look(as_of: date, tree_at: date, known_at: datetime | None = None) -> None:
    """The figures equal the replay of all that is committed; nothing that is kept was changed."""
    with frozen(LATER), reading():
        question = ask(corrections.planned(), as_of=as_of, known_at=known_at, tree_at=tree_at)
        every = replay_queries.events_of(question.plan)
        for found in coverages(question, sexes=True):
            told = replay_queries.replayed(found, every)
            differ = [name for name, fast, slow in replay_queries.figures(found, told) if fast != slow]
            assert not differ
            by_sex = {every.sexes[stand.person] for stand in told.stands}
            assert {sex for sex, _ in found.sexes()} == by_sex
            assert _summed(found.sexes()) == told.total
        kept = ground.ground()
        rows = {row.id: tuple(row) for row in db.session.execute(select(UnitVersion.__table__).where(HELD))}
        columns = UnitVersion.__table__.columns.keys()
        assert {one.id: tuple(getattr(one, name) for name in columns) for one in kept.versions} == rows
        assert not [one for one in kept.versions if inspect(one).modified or inspect(one).session]
        assert kept is ground.ground()


def _summed(parts: list[tuple[str, Figures]]) -> Figures:
    names = ("done", "not_done", "exempt", "on_leave", "unknown")
    return Figures(**{name: sum(getattr(figures, name) for _, figures in parts) for name in names})


@contextmanager
def undone(app: Flask) -> Iterator[None]:
    """Afterwards the database is as it was: what came is gone, what was superseded is held."""
    tables = [
        table
        for table in db.metadata.sorted_tables
        if "id" in table.c and isinstance(table.c.id.type, Integer) and table.name != "audit_entry"
    ]
    with app.app_context():
        last = {table: db.session.scalar(select(func.max(table.c.id))) or 0 for table in tables}
        held = {
            table: list(db.session.scalars(select(table.c.id).where(table.c.superseded_at == CURRENT)))
            for table in tables
            if "superseded_at" in table.c
        }
        db.session.rollback()
    try:
        yield
    finally:
        with app.app_context():
            db.session.remove()
            for table in reversed(tables):
                db.session.execute(delete(table).where(table.c.id > last[table]))
            for table, ids in held.items():
                db.session.execute(update(table).where(table.c.id.in_(ids)).values(superseded_at=CURRENT))
            db.session.commit()


@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_no_figure_is_counted_under_older_units(register: Register, elsewhere: Flask, data: Any) -> None:
    """Two processes record and look in turns, in requests of their own and in one that goes on; some take back what they did."""
    here: dict[str, Any] = {}
    there: dict[str, Any] = {}
    both = [(register.app, here), (elsewhere, there)]
    with undone(register.app), process(register.app, here):
        moment = NOW
        look(*DAYS[:2])
        for _ in range(data.draw(st.integers(1, 4), "acts")):
            moment += timedelta(minutes=data.draw(st.sampled_from([0, 0, 1]), "minutes later"))
            with process(*data.draw(st.sampled_from(both), "where")):
                _recorded(data.draw(ACTS), register, data, moment)
            days: Any = [data.draw(st.sampled_from(DAYS)) for _ in range(2)]
            days.append(data.draw(st.sampled_from([None, None, NOW, moment]), "known at"))
            db.session.rollback()  # the transaction ends, the session goes on
            look(*days)
            with process(*data.draw(st.sampled_from(both), "who looks")):
                look(*days)


def _recorded(act: Callable[[Register, Any, date], None], register: Register, data: Any, moment: Any) -> None:
    try:
        with frozen(moment):
            act(register, data, data.draw(st.sampled_from(DAYS)))
            db.session.flush()
    except Refused:
        db.session.rollback()
    else:
        if data.draw(st.sampled_from([True, True, False]), "kept"):
            db.session.commit()
        else:
            with reading():  # whoever looks before it is committed keeps nothing of it
                ground.ground()
            db.session.rollback()


def trees() -> tuple[int, int]:
    with reading():
        found = ground.ground()
        return len(found.versions), len(found.hops)


@pytest.mark.parametrize("kept", [True, False])
def test_one_session_that_looks_writes_and_looks_again(register: Register, kept: bool) -> None:
    with register.app.app_context(), frozen(LATER):
        before = trees()
        assert db.session.info[ground.LOOKED]
        db.session.rollback()
        _versioned(register, _First(), NEXT)
        unit = db.session.scalars(select(Unit.id)).first()
        db.session.add(
            Succession(
                old_unit_id=unit, new_unit_id=register.units["nam_loong"], on=NEXT, legal_basis="", recorded_at=now()
            )
        )
        db.session.flush()
        assert trees() == (before[0] + 1, before[1] + 1), "in its own transaction it sees what it did"
        assert ground._kept[str(db.engine.url)].stamp != (), "and nobody keeps that"
        (db.session.commit if kept else db.session.rollback)()
        assert trees() == ((before[0] + 1, before[1] + 1) if kept else before)
        db.session.rollback()


class _First:
    """Draws the first of what there is."""

    def draw(self, strategy: Any) -> Any:
        return strategy.elements[0]


def test_what_is_looked_at_in_a_transaction_that_writes_is_not_kept(register: Register) -> None:
    with register.app.app_context(), frozen(LATER):
        ground._kept.pop(str(db.engine.url), None)
        people.add_unit("Xã Thoáng Qua", "commune", parent_id=register.units["province"], valid_to=STILL)
        trees()
        assert str(db.engine.url) not in ground._kept
        db.session.rollback()
        trees()
        assert str(db.engine.url) in ground._kept
