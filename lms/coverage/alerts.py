"""Alerts as pages show them: which place, what it had and has, whom it lost."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, false, select

from lms.coverage.models import Alert
from lms.kernel.db import db
from lms.people.models import Person
from lms.people.queries import latest_versions
from lms.tracks.models import Indicator, Plan


@dataclass(frozen=True)
class AlertLine:
    """An alert with the words around it."""

    alert: Alert
    indicator: Indicator
    plan: Plan
    unit_name: str


def alerts_of(units: Collection[int] | None, *, past: bool = False) -> Select[Alert, Indicator, Plan]:
    """(alert, indicator, plan), open ones or past ones, the newest first. `units`: what may be seen; None is everything."""
    seen = [] if units is None else [Alert.unit_id.in_(sorted(units)) if units else false()]
    return (
        select(Alert, Indicator, Plan)
        .join(Indicator, Indicator.id == Alert.indicator_id)
        .join(Plan, Plan.id == Indicator.plan_id)
        .where(*seen, Alert.closed_on.is_not(None) if past else Alert.closed_on.is_(None))
        .order_by(Alert.opened_on.desc(), Alert.id.desc())
    )


def open_alerts(units: Collection[int] | None) -> list[AlertLine]:
    """The alerts of these units that are open, the newest first. Two statements."""
    return lines(db.session.execute(alerts_of(units)).all())


def lines(rows: Sequence[Any]) -> list[AlertLine]:
    """One statement, for the names of the places."""
    names = {unit: version.name for unit, version in latest_versions().items()} if rows else {}
    return [AlertLine(alert, indicator, plan, names.get(alert.unit_id, "")) for alert, indicator, plan in rows]


def people_of(found: Sequence[AlertLine]) -> dict[int, Person]:
    """Those whom the alerts name, for viewers whose units these are."""
    ids = {cause["person"] for line in found for cause in line.alert.causes}
    return {one.id: one for one in db.session.scalars(select(Person).where(Person.id.in_(ids)))} if ids else {}
