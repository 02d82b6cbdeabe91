"""Facts of several records that are one person's, said to the database. Where there are none such, nothing is joined."""

from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, func, literal, or_, select
from sqlalchemy.orm import aliased

from lms.coverage.question import Question, known
from lms.people.models import Posting


class Kept:
    """Whose a fact is: `person` is the id of the record kept, in a select that went through `join`."""

    def __init__(self, question: Question, column: Any) -> None:
        self._column = column
        self._same = question.same_table.alias() if question.same else None
        self.person: Any = column if self._same is None else func.coalesce(self._same.c.kept, column)

    def join(self, found: Select[Any]) -> Select[Any]:
        return found if self._same is None else found.outerjoin(self._same, self._same.c.other == self._column)


def posted_by(question: Question, day: date) -> ColumnElement[bool]:
    """Whether the person of a posting was posted anywhere by that day, under any of their records."""
    before = aliased(Posting)
    then = select(literal(1)).where(before.valid_from <= day, known(before, question.known_at))
    own = then.where(before.person_id == Posting.person_id).correlate(Posting).exists()
    if not question.same:
        return own
    twins = question.twins_table.alias()
    by_another = then.where(before.person_id == twins.c.twin, twins.c.record == Posting.person_id)
    return or_(own, by_another.correlate(Posting).exists())
