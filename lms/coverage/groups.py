"""A roster in groups, each under one number: sorting and hashing by one number is a third cheaper than by five columns, and
PostgreSQL, which cannot foresee how few groups there will be, expects few (docs/bench.md)."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from sqlalchemy import BigInteger, Select, case, cast, func, literal_column, select

from lms.coverage.question import Question
from lms.coverage.standings import roster
from lms.people.rules import SEXES

PLACES = 8  # more than there are states or sexes


class Group(NamedTuple):
    """So many postings at one unit, of one category and sex ("" unless asked for), with these states, one for each indicator."""

    unit: int
    category: str
    sex: str
    how_many: int
    states: tuple[int, ...]


def grouped(
    question: Question,
    wanted: Collection[int] | None = None,
    lines: Mapping[int, int] | None = None,
    *,
    sexes: bool = False,
) -> Select[Any]:
    """(category, number, how many): `groups` reads it."""
    rows = roster(question, wanted, lines=lines, sexes=sexes).subquery()
    number: Any = cast(rows.c.unit_id, BigInteger)
    if sexes:
        number = number * PLACES + case({sex: i for i, sex in enumerate(SEXES)}, value=rows.c.sex)
    for i in range(len(question.ruled)):
        number = number * PLACES + rows.c[f"state_{i}"]
    # With an offset of nothing the states are worked out once for each posting. The quotes matter: PostgreSQL lets several
    # processes read only where it sees at once that the offset is nothing.
    each = select(rows.c.category, number.label("number")).offset(literal_column("'0'")).subquery()
    return select(each.c.category, each.c.number, func.count().label("n")).group_by(each.c.category, each.c.number)


def groups(question: Question, rows: Iterable[Any], *, sexes: bool = False) -> Iterator[Group]:
    """The rows of `grouped`, as what they mean."""
    for category, number, how_many in rows:
        rest, states, sex = number, [], ""
        for _ in question.ruled:
            rest, state = divmod(rest, PLACES)
            states.append(state)
        if sexes:
            rest, at = divmod(rest, PLACES)
            sex = SEXES[at]
        yield Group(rest, category, sex, how_many, tuple(reversed(states)))
