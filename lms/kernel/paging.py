"""A long list, a page at a time."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from sqlalchemy import Select, func, select

from lms.kernel.db import db

Row = TypeVar("Row")
PER_PAGE = 30


@dataclass(frozen=True)
class Page(Generic[Row]):
    """One page of a list, and where it stands in it."""

    rows: Sequence[Row]
    page: int  # 1 is the first
    pages: int  # at least 1, also for an empty list
    total: int  # rows on all pages
    per_page: int

    @property
    def first(self) -> int:
        """The number, in the whole list, of this page's first row; 0 when the list is empty."""
        return (self.page - 1) * self.per_page + 1 if self.rows else 0

    @property
    def last(self) -> int:
        """The number, in the whole list, of this page's last row."""
        return (self.page - 1) * self.per_page + len(self.rows)

    @property
    def before(self) -> int | None:
        """The page before, if there is one."""
        return self.page - 1 if self.page > 1 else None

    @property
    def after(self) -> int | None:
        """The page after, if there is one."""
        return self.page + 1 if self.page < self.pages else None


def page_of(query: Select[*tuple[Any, ...]], *, page: object = 1, per_page: int = PER_PAGE) -> Page[Any]:
    """Two queries: count, then the rows of one page (`query` says the order).

    `page` may be what stands in the address (`request.args.get("page")`): what is no page is the first one, what lies
    beyond the end is the last. Rows are objects when the query selects one thing, tuples when it selects several.
    """
    total = db.session.scalar(select(func.count()).select_from(query.order_by(None).subquery())) or 0
    pages = max(1, -(-total // per_page))
    shown = min(asked(page), pages)
    result = db.session.execute(query.limit(per_page).offset((shown - 1) * per_page))
    rows = result.scalars().all() if len(query.column_descriptions) == 1 else result.all()
    return Page(rows, shown, pages, total, per_page)


def slice_of(rows: Sequence[Row], page: object = 1, per_page: int = PER_PAGE) -> Page[Row]:
    """One page of a list that is in memory already."""
    pages = max(1, -(-len(rows) // per_page))
    shown = min(asked(page), pages)
    return Page(rows[(shown - 1) * per_page : shown * per_page], shown, pages, len(rows), per_page)


def asked(page: object) -> int:
    """The page number somebody asked for; 1 when it is not one."""
    text = str(page)
    return max(1, int(text)) if re.fullmatch(r"\d{1,9}", text, re.ASCII) else 1
