"""A category of staff comes to an end: from that day, whoever is still posted in it is not known until somebody tells the new one."""

import csv
from datetime import date
from pathlib import Path

from lms.kernel import audit
from lms.kernel.clock import now
from lms.kernel.db import db
from lms.kernel.refused import Refused
from lms.kernel.vietnamese import nfc, short_date
from lms.people import rules
from lms.people.categories import category_ends
from lms.people.models import CategoryEnd

COLUMNS = ("category", "on", "legal_basis")


def end_category(category: str, on: date, *, legal_basis: str, by: int | None = None) -> CategoryEnd:
    """No posting is touched: what was true before that day stays as it was."""
    rules.check_category(category)
    if not category:
        raise Refused("Choose a category.")
    if not legal_basis.strip():
        raise Refused("Write by what document the category ends.")
    if ended := category_ends().get(category):
        raise Refused(
            "“%(category)s” ended on %(day)s already. Take that back first.",
            category=category,
            day=short_date(ended.on),
        )
    row = CategoryEnd(category=category, on=on, legal_basis=nfc(legal_basis), recorded_at=now(), recorded_by=by)
    db.session.add(row)
    db.session.flush()
    audit.record("category.ended", "category", row.id, by=by, category=category, on=on)
    return row


def take_back_end(row: CategoryEnd, *, by: int | None = None) -> None:
    """The category goes on as if it had never ended; that we held it ended stays in the history."""
    row.superseded_at = now()
    db.session.flush()
    audit.record("category.not_ended", "category", row.id, by=by, category=row.category)


def load_category_ends(file: Path) -> int:
    """The ends told by a CSV file (category, on, legal_basis) that nobody ever recorded, nor took back; returns how many."""
    held, count = category_ends(also_past=True), 0
    with file.open(encoding="utf-8-sig", newline="") as opened:
        for number, row in enumerate(csv.DictReader(opened), start=2):
            try:
                category, on, basis = row["category"].strip(), date.fromisoformat(row["on"].strip()), row["legal_basis"]
            except (AttributeError, KeyError, TypeError, ValueError):
                raise Refused(
                    "%(place)s: write category, on (a date like 2025-07-01), legal_basis.",
                    place=f"{file.name}:{number}",
                ) from None
            if category not in held:
                end_category(category, on, legal_basis=basis)
                count += 1
    return count
