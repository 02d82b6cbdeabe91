"""Twenty at once for five seats: exactly five, on each engine. This is what BEGIN IMMEDIATE and row locks are for."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from flask import Flask
from sqlalchemy import func, select

from lms.kernel.db import db
from lms.people.models import Unit

THREADS, SEATS = 20, 5


def take(app: Flask, gate: Barrier) -> bool:
    """Count, then take: the very pattern that oversells when a transaction begins too late."""
    with app.app_context():
        gate.wait()
        if db.engine.dialect.name == "postgresql":  # there the lock is on a row, as in `attendance.actions.take_seat`
            db.session.execute(select(Unit).where(Unit.id == 1).with_for_update())
        taken = db.session.scalar(select(func.count()).select_from(Unit).where(Unit.id > 1)) or 0
        if taken >= SEATS:
            db.session.rollback()
            return False
        db.session.add(Unit())
        db.session.commit()
        return True


def test_five_seats_are_five(app: Flask) -> None:
    with app.app_context():
        db.session.add(Unit(id=1))
        db.session.commit()
        if db.engine.dialect.name == "postgresql":
            db.session.execute(select(func.setval("unit_id_seq", 1)))
            db.session.commit()
    gate = Barrier(THREADS)
    with ThreadPoolExecutor(THREADS) as pool:
        sold = sum(pool.map(lambda _n: take(app, gate), range(THREADS)))
    with app.app_context():
        assert sold == SEATS
        assert db.session.scalar(select(func.count()).select_from(Unit).where(Unit.id > 1)) == SEATS
