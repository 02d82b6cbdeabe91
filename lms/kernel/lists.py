"""Many numbers in one parameter: a list of thousands of ids costs as little to say as a list of one."""

import json
from collections.abc import Collection, Iterable, Mapping
from typing import Any

from sqlalchemy import ColumnElement, FromClause, Integer, bindparam, cast, func, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.sql.elements import Grouping

from lms.kernel.db import db


def one_of(column: Any, ids: Collection[int]) -> ColumnElement[bool]:
    """Whether the column holds one of these numbers."""
    if not _arrays():
        found: ColumnElement[bool] = column.in_(sorted(ids))
        return found
    among: ColumnElement[bool] = column == func.any(_array(sorted(ids)))
    return among


def looked_up(column: Any, found: Mapping[int, int], absent: int = -1) -> ColumnElement[int] | None:
    """What belongs to the number in the column, or `absent`, without a join; None where the database cannot do that.

    An array as long as the greatest number: for numbers given out one after another.
    """
    if not _arrays():
        return None
    by_number = [found.get(one, absent) for one in range(1, max(found, default=0) + 1)]
    return func.coalesce(Grouping(_array(by_number))[column], absent)


def pairs(rows: Iterable[tuple[int, int]], name: str, first: str, second: str) -> FromClause:
    """These pairs as a table of two columns."""
    here = sorted(rows)
    if _arrays():
        both = func.unnest(_array([one for one, _ in here]), _array([two for _, two in here]))
        return both.table_valued(first, second, name=name, joins_implicitly=True).render_derived()
    row = func.json_each(bindparam(None, json.dumps(here), unique=True)).table_valued("value", name=f"{name}_json")
    return (
        select(
            cast(func.json_extract(row.c.value, "$[0]"), Integer).label(first),
            cast(func.json_extract(row.c.value, "$[1]"), Integer).label(second),
        )
        .cte()
        .prefix_with("MATERIALIZED")
    )


def _arrays() -> bool:
    return db.engine.dialect.name == "postgresql"


def _array(ids: list[int]) -> Any:
    return bindparam(None, ids, type_=ARRAY(Integer), unique=True)
