"""Where groups are held: at a district or the province, never at a commune, where everybody knows everybody."""

from sqlalchemy import select

from lms.kernel.clock import today
from lms.kernel.db import db
from lms.people.models import UnitVersion
from lms.people.roles import Role
from lms.people.sign_in import Viewer

HOSTS = frozenset({"province", "district"})


def may_hold(viewer: Viewer) -> bool:
    """Whether the viewer trains, or has an office, at such a unit: only then does the first page say that there are groups."""
    mine = viewer.units(Role.TRAINER, Role.OFFICE)
    if not mine:
        return False
    of_a_host = UnitVersion.true_on(today()) & UnitVersion.unit_id.in_(mine) & UnitVersion.kind.in_(HOSTS)
    return db.session.scalar(select(UnitVersion.unit_id).where(of_a_host).limit(1)) is not None
