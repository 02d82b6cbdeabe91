"""Alembic's way in: run by `flask --app wsgi db …`, on the app's own engine."""

from alembic import context
from flask import current_app
from sqlalchemy import Connection

from lms.kernel.db import db


def run(connection: Connection) -> None:
    context.configure(
        connection=connection,
        target_metadata=db.metadata,
        render_as_batch=connection.dialect.name == "sqlite",
        compare_type=True,
        transaction_per_migration=True,
    )
    with context.begin_transaction():
        context.run_migrations()


if context.is_offline_mode():
    context.configure(
        url=str(current_app.config["SQLALCHEMY_DATABASE_URI"]), target_metadata=db.metadata, literal_binds=True
    )
    with context.begin_transaction():
        context.run_migrations()
else:
    given = context.config.attributes.get("connection")
    if given is not None:
        run(given)
    else:
        with db.engine.connect() as connection:
            run(connection)
