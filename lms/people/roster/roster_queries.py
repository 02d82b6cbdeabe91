"""The lists a viewer may see: those of units whose register they keep."""

from typing import Any

from sqlalchemy import Row, Select, select

from lms.kernel.access import missing
from lms.kernel.db import db
from lms.people.models import Roster
from lms.people.register_queries import kept_units
from lms.people.sign_in import Viewer

RECENT = 20


def visible_rosters(viewer: Viewer) -> Select[Roster]:
    """Lists of the viewer's units."""
    return select(Roster).where(Roster.unit_id.in_(kept_units(viewer)))


def roster(viewer: Viewer, roster_id: int) -> Roster:
    """That list; else 404."""
    found: Roster | None = db.session.scalar(visible_rosters(viewer).where(Roster.id == roster_id))
    return found or missing()


def recent(viewer: Viewer) -> list[Row[Any]]:
    """The last lists, without their rows."""
    columns = (
        Roster.id,
        Roster.unit_id,
        Roster.file_name,
        Roster.uploaded_at,
        Roster.confirmed_at,
        Roster.discarded_at,
    )
    query = select(*columns, Roster.counts).where(Roster.unit_id.in_(kept_units(viewer)))
    return list(db.session.execute(query.order_by(Roster.id.desc()).limit(RECENT)))
