"""Which categories of staff have ended, and whether one can still be chosen."""

from datetime import date

from sqlalchemy import select

from lms.kernel.db import CURRENT, db
from lms.people import rules
from lms.people.models import CategoryEnd


def category_ends(*, also_past: bool = False) -> dict[str, CategoryEnd]:
    """Category -> its end as known now; `also_past`: ends that were taken back, too. One statement."""
    query = select(CategoryEnd).order_by(CategoryEnd.id)
    if not also_past:
        query = query.where(CategoryEnd.superseded_at == CURRENT)
    return {row.category: row for row in db.session.scalars(query)}


def check_open(category: str, on: date) -> None:
    """Nobody is posted in a category from a day on which there is no such category any more."""
    rules.check_category(category)
    if category and (end := category_ends().get(category)):
        rules.check_category_open(category, on, end.on)
