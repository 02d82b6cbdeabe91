"""The operator's commands come in groups; a database without tables is said in one sentence, not in a traceback."""

from typing import Any

import click
from flask.cli import AppGroup, ScriptInfo
from sqlalchemy import inspect
from sqlalchemy.exc import DatabaseError

from lms.kernel.db import db


class Commands(AppGroup):
    """A group of commands of `flask --app wsgi`."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except DatabaseError:
            with ctx.ensure_object(ScriptInfo).load_app().app_context():
                if not without_tables():
                    raise
        raise click.ClickException("The database has no tables yet: run `flask --app wsgi db upgrade` first.")


def without_tables() -> bool:
    """Whether nobody has made the tables yet. Asks on a connection of its own."""
    return not inspect(db.engine).get_table_names()
