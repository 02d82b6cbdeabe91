"""Long lists: every row on exactly one page, and no address breaks them."""

import pytest
from flask import Flask
from sqlalchemy import event, select

from lms.kernel.db import db, listen
from lms.kernel.once import Once
from lms.kernel.paging import page_of


@pytest.fixture
def rows(tmp_path):
    """Seven rows in a real database."""
    app = Flask("paging")
    app.config["SQLALCHEMY_DATABASE_URI"] = f"sqlite:///{tmp_path / 'paging.sqlite'}"
    db.init_app(app)
    with app.app_context():
        listen(db.engine)
        Once.__table__.create(db.engine)
        db.session.add_all([Once(id=f"{n}", endpoint="a" if n < 6 else "b") for n in range(7)])
        db.session.commit()
        yield select(Once).order_by(Once.id)
        db.session.remove()
        db.engine.dispose()


@pytest.mark.parametrize(
    "page, ids, shown",
    [
        (1, "012", 1),
        ("2", "345", 2),
        ("3", "6", 3),
        ("4", "6", 3),
        ("999999999", "6", 3),
        ("9" * 5000, "012", 1),
        ("0", "012", 1),
        ("-1", "012", 1),
        ("٢", "012", 1),
        ("2 OR 1=1", "012", 1),
        ("\0", "012", 1),
        ("\ud800", "012", 1),
        ("", "012", 1),
        (None, "012", 1),
    ],
)
def test_whatever_the_address_says_there_is_a_page(rows, page, ids, shown):
    found = page_of(rows, page=page, per_page=3)

    assert "".join(row.id for row in found.rows) == ids
    assert (found.page, found.pages, found.total, found.per_page) == (shown, 3, 7, 3)


def test_every_row_is_on_exactly_one_page(rows):
    pages = [page_of(rows, page=n, per_page=2) for n in range(1, 5)]

    assert [row.id for page in pages for row in page.rows] == list("0123456")
    assert [(page.first, page.last) for page in pages] == [(1, 2), (3, 4), (5, 6), (7, 7)]
    assert [(page.before, page.after) for page in pages] == [(None, 2), (1, 3), (2, 4), (3, None)]


def test_an_empty_list_has_one_empty_page(rows):
    page = page_of(rows.where(Once.endpoint == "nothing"), page="5")

    assert (list(page.rows), page.page, page.pages, page.total, page.first, page.last) == ([], 1, 1, 0, 0, 0)


def test_several_columns_are_tuples_and_groups_are_counted_as_groups(rows):
    columns = page_of(select(Once.id, Once.endpoint).order_by(Once.id), page=1, per_page=1)
    groups = page_of(select(Once.endpoint).group_by(Once.endpoint).order_by(Once.endpoint), page=1)

    assert [tuple(row) for row in columns.rows] == [("0", "a")]
    assert (list(groups.rows), groups.total) == (["a", "b"], 2)


def test_a_page_takes_two_queries_however_long_it_is(rows):
    asked = []
    event.listen(db.engine, "before_cursor_execute", lambda *args: asked.append(args[2]))

    page_of(rows, page=1, per_page=7)

    assert [statement.split()[0] for statement in asked if not statement.startswith(("BEGIN", "PRAGMA"))] == [
        "SELECT",
        "SELECT",
    ]
