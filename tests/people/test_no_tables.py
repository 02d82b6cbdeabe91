"""A database in which nobody has made the tables yet: commands say so, and a dry run needs none."""

import json
import uuid

import pytest
from psycopg import sql
from sqlalchemy import inspect
from sqlalchemy.engine import make_url

from lms import create_app
from lms.kernel.db import db
from tests.conftest import POSTGRES, admin, config_for, sqlalchemy
from tests.people.reading import xlsx

LIST = [
    ["STT", "Họ và tên", "Giới tính", "Ngày sinh", "Chức vụ", "Đơn vị", "Điện thoại"],
    [1, "Lò Thị Hoa", "Nữ", "5/3/1988", "CC VH-XH", "Xã Giang Ma", 987000001],
]


@pytest.fixture
def bare(engine_name, tmp_path, request):
    """An app on an empty database of that engine."""
    name = f"lms_bare_{uuid.uuid4().hex[:8]}"
    url = f"sqlite:///{tmp_path / 'lms.sqlite'}"
    if engine_name == "postgresql":
        request.getfixturevalue("postgres_template")  # skips where there is no server
        admin(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        url = sqlalchemy(make_url(POSTGRES).set(database=name))
    app = create_app(config_for(url, tmp_path))
    yield app
    with app.app_context():
        db.session.remove()
        db.engine.dispose()
    if engine_name == "postgresql":
        admin(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


def tables(app):
    with app.app_context():
        return inspect(db.engine).get_table_names()


def test_a_dry_run_makes_the_tables_it_needs_and_leaves_none(bare, tmp_path):
    file = tmp_path / "ds.xlsx"
    file.write_bytes(xlsx(("Giang Ma", LIST)))
    result = bare.test_cli_runner().invoke(args=["people", "import", str(file), "--dry-run", "--json"])

    assert result.exit_code == 0, result.output
    said = json.loads(result.output)
    assert [(row["full_name"], row["unit"]) for row in said["rows"]] == [("Lò Thị Hoa", "Xã Giang Ma")]
    assert said["units"] == "courses/units"
    assert tables(bare) == []


@pytest.mark.parametrize(
    "command",
    [
        ["coverage", "show", "--json"],
        ["people", "sign-in-code", "ai-do"],
        ["audit", "verify"],
        ["certificates", "check", __file__],
        ["courses", "publish"],
    ],
    ids=" ".join,
)
def test_other_commands_say_what_to_do_first(bare, command):
    result = bare.test_cli_runner().invoke(args=command)

    assert result.exit_code == 1
    assert result.output == "Error: The database has no tables yet: run `flask --app wsgi db upgrade` first.\n"
