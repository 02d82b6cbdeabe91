"""The names units have or had, as the register holds them now: what lists are matched against."""

from collections.abc import Collection, Mapping
from types import MappingProxyType
from typing import Any

from sqlalchemy import select

from lms.kernel.db import CURRENT, db
from lms.people.models import UnitVersion
from lms.people.roster.reader.unit_names import NamedUnit, UnitNames

_COLUMNS = ("unit_id", "name", "kind", "code", "parent_id", "valid_from", "valid_to")


def unit_names(scope: Collection[int] | None = None, answers: Mapping[str, int] = MappingProxyType({})) -> UnitNames:
    """Names of these units (None: of all), of every time. One statement."""
    query = select(*(getattr(UnitVersion, name) for name in _COLUMNS)).where(UnitVersion.superseded_at == CURRENT)
    rows: Any = db.session.execute(query.order_by(UnitVersion.valid_from, UnitVersion.id))
    named = (NamedUnit(*row) for row in rows)
    return UnitNames((one for one in named if scope is None or one.unit_id in scope), answers)
