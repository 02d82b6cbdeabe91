"""Migrations and models agree on both engines, and the last migration can be taken back without losing a row."""

from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from flask import Flask
from flask_migrate import downgrade, upgrade
from sqlalchemy import inspect, text

from lms.kernel.backups import rows
from lms.kernel.db import db
from lms.tracks.models import Edition, Enrolment
from tests.world import World


def test_models_and_migrations_agree(app: Flask) -> None:
    with app.app_context(), db.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        differences = compare_metadata(context, db.metadata)
    assert not differences


def test_the_last_migration_can_be_taken_back(world: World) -> None:
    folder = world.app.extensions["migrate"].directory
    with world.doing():  # a table that another refers to cannot be dropped and made anew
        edition = Edition(course_slug="chung", number=1, content_hash="0", content={})
        db.session.add(edition)
        db.session.flush()
        enrolled = Enrolment(
            person_id=world.persons["lan"], course_slug="chung", cycle="2021-2025", edition_id=edition.id
        )
        db.session.add(enrolled)
    with world.app.app_context():
        before = rows()
        db.session.rollback()
        assert before["person"] == 6
        assert before["audit_entry"] > 0

        downgrade(directory=folder)
        upgrade(directory=folder)

        assert rows() == before


def test_every_table_is_ours(app: Flask) -> None:
    with app.app_context():
        there = set(inspect(db.engine).get_table_names())
        assert there == set(db.metadata.tables) | {"alembic_version"}


def test_sqlite_is_set_up_as_promised(app: Flask) -> None:
    with app.app_context():
        if db.engine.dialect.name == "postgresql":
            assert db.session.scalar(text("SHOW TimeZone")) == "UTC"
            return
        asked = ("journal_mode", "synchronous", "foreign_keys", "busy_timeout", "trusted_schema")
        settings = {name: db.session.scalar(text(f"PRAGMA {name}")) for name in asked}
    assert settings == {
        "journal_mode": "wal",
        "synchronous": 2,
        "foreign_keys": 1,
        "busy_timeout": 10_000,
        "trusted_schema": 0,
    }
