"""Places that had enough trained people and have too few since a day: noticed each hour, with whom it lost and why.

A place that is short and has no open alert is followed back to the last day on which, as known at the end of that day, it had enough; who
counted then and does not count today is the cause. An open alert is written anew when somebody more is lost, or one of these is back.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from sqlalchemy import func, select

from lms.coverage import places
from lms.coverage.breakdowns import place_of
from lms.coverage.models import Alert
from lms.coverage.places import Place
from lms.coverage.queries import Coverage, coverages
from lms.coverage.question import Planned, ask, plans
from lms.coverage.rules import State
from lms.coverage.standings import done, roster
from lms.kernel import audit, jobs
from lms.kernel.clock import at_hour, today
from lms.kernel.db import CURRENT, db, reading
from lms.people.models import Posting, Standing

LOOK_BACK = (
    1,
    7,
    30,
    90,
    180,
    365,
)  # days; a place that had too few on all of these never had enough, as far as we are concerned
DAY = timedelta(days=1)

_seen: dict[
    tuple[str, int], tuple[date, frozenset[int]]
] = {}  # (database, indicator) -> day and places found short without a cause
_told: dict[
    tuple[str, int], frozenset[int]
] = {}  # (database, alert) -> who counted in its place when it was found true


@dataclass(frozen=True)
class Fallen:
    """A place to open an alert for."""

    unit_id: int
    least: int
    had: int
    has: int
    causes: list[dict[str, Any]]
    opened_on: date


@dataclass(frozen=True)
class Changed:
    """What an open alert has to say now."""

    alert_id: int
    least: int
    has: int
    causes: list[dict[str, Any]]


@jobs.every(60)
def notice() -> None:
    """Each hour, midnight included: open, rewrite and close alerts. The look takes no write lock."""
    day = today()
    with reading():
        looked = _asked(day)
        current = {found.one.indicator.id: _short(found) for _planned, found in looked}
        opening = [(one.one.indicator.id, fallen) for planned, one in looked for fallen in _fallen(planned, one, day)]
        changing = [changed for planned, one in looked for changed in _changed(planned, one, day)]
        db.session.rollback()
    _close(current, day)
    for changed in changing:
        _rewrite(changed)
    for indicator_id, fallen in opening:
        _open(indicator_id, fallen)


def _asked(day: date) -> list[tuple[Planned, Coverage]]:
    """The indicators of places of plans in force, counted today."""
    return [
        (planned, coverages(ask(planned, as_of=day, indicator=one.indicator.slug))[0])
        for planned in plans()
        if planned.plan.starts_on <= day <= planned.plan.ends_on
        for one in planned.ruled
        if one.indicator.kind == "places"
    ]


def _short(found: Coverage) -> frozenset[int]:
    told = places.places(found)
    return frozenset(one.unit_id for one in told.short) if told else frozenset()


def _close(current: dict[int, frozenset[int]], day: date) -> None:
    """Those whose place has enough again, is no more, or is not asked for any more."""
    for alert in db.session.scalars(select(Alert).where(Alert.closed_on.is_(None))):
        if alert.unit_id not in current.get(alert.indicator_id, frozenset()):
            alert.closed_on = day
            db.session.flush()
            audit.record("alert.closed", "alert", alert.id, by=None)


def _open(indicator_id: int, fallen: Fallen) -> None:
    alert = Alert(indicator_id=indicator_id, closed_on=None, **vars(fallen))
    db.session.add(alert)
    db.session.flush()
    audit.record("alert.opened", "alert", alert.id, by=None, unit=fallen.unit_id)


def _rewrite(changed: Changed) -> None:
    alert = db.session.get_one(Alert, changed.alert_id)
    alert.least, alert.has, alert.causes = changed.least, changed.has, changed.causes
    db.session.flush()
    audit.record("alert.changed", "alert", alert.id, by=None, has=changed.has)


def _fallen(planned: Planned, found: Coverage, day: date) -> list[Fallen]:
    """Places that are short, have no open alert, and had enough before."""
    told = places.places(found)
    indicator = found.one.indicator
    opened = set(
        db.session.scalars(select(Alert.unit_id).where(Alert.indicator_id == indicator.id, Alert.closed_on.is_(None)))
    )
    short = [one for one in told.short if one.unit_id not in opened] if told else []
    memory = (str(db.engine.url), indicator.id)
    now = (day, frozenset(one.unit_id for one in short))
    if not short or _seen.get(memory) == now:
        return []
    past = Past(planned, indicator.slug, day)
    fallen = [one for one in (_one(past, found, place) for place in short) if one is not None]
    _seen[memory] = (day, now[1] - {one.unit_id for one in fallen})
    return fallen


def _one(past: "Past", found: Coverage, place: Place) -> Fallen | None:
    had_on = past.last_enough(place.unit_id)
    if had_on is None:
        return None
    causes = _lost(past, found, place.unit_id, had_on, had_on + DAY)
    return Fallen(place.unit_id, place.least, past.has(place.unit_id, had_on), place.has, causes, had_on + DAY)


def _lost(past: "Past", found: Coverage, unit_id: int, had_on: date, since: date) -> list[dict[str, Any]]:
    """Who counted there on the last day with enough and does not now, and why; `since` where no fact tells the day."""
    then = past.on(had_on)
    now = _standing(found, unit_id)
    return _causes(found, unit_id, _counting(_standing(then, unit_id) if then else {}) - _counting(now), now, since)


def _changed(planned: Planned, found: Coverage, day: date) -> list[Changed]:
    """The open alerts whose place has lost one more since they were written, or has one of them back, but still too few."""
    told = places.places(found)
    short = {one.unit_id: one for one in told.short} if told else {}
    indicator = found.one.indicator
    opened = db.session.scalars(
        select(Alert).where(Alert.indicator_id == indicator.id, Alert.closed_on.is_(None))
    ).all()
    past, changed = Past(planned, indicator.slug, day), []
    for alert in (one for one in opened if one.unit_id in short):
        memory, counting = (str(db.engine.url), alert.id), _counting(_standing(found, alert.unit_id))
        if _told.get(memory) == counting and alert.least == short[alert.unit_id].least:
            continue
        place, kept = short[alert.unit_id], {cause["person"]: cause for cause in alert.causes}
        causes = [
            kept[one["person"]] if kept.get(one["person"], {}).get("why") == one["why"] else one
            for one in _lost(past, found, alert.unit_id, alert.opened_on - DAY, day)
        ]
        if (place.least, place.has, causes) == (alert.least, alert.has, alert.causes):
            _told[memory] = counting
        else:
            changed.append(Changed(alert.id, place.least, place.has, causes))
    return changed


class Past:
    """What places had on earlier days, as known at the end of each, under today's units as far as they were known."""

    def __init__(self, planned: Planned, indicator: str, day: date) -> None:
        self.planned, self.indicator, self.day = planned, indicator, day
        self._days: dict[date, Coverage | None] = {}

    def on(self, day: date) -> Coverage | None:
        if day not in self._days:
            self._days[day] = self._counted(day)
        return self._days[day]

    def _counted(self, day: date) -> Coverage | None:
        moment = at_hour(day, 23, 59)
        known_then = next((one for one in plans(moment) if one.plan.id == self.planned.plan.id), None)
        if known_then is None or self.indicator not in [one.indicator.slug for one in known_then.ruled]:
            return None
        question = ask(known_then, as_of=day, known_at=moment, tree_at=self.day, indicator=self.indicator)
        return coverages(question)[0]

    def has(self, unit_id: int, day: date) -> int:
        found = self.on(day)
        return found.unit(unit_id).done if found else 0

    def enough(self, unit_id: int, day: date) -> bool:
        found = self.on(day)
        told = places.places(found) if found else None
        return told is not None and any(one.unit_id == unit_id and one.enough for one in told.lines)

    def last_enough(self, unit_id: int) -> date | None:
        """The last day before it fell: found by halving between a day with enough and today."""
        days = (self.day - timedelta(days=back) for back in LOOK_BACK)
        good = next((d for d in days if d >= self.planned.plan.starts_on and self.enough(unit_id, d)), None)
        bad = self.day
        while good is not None and bad - good > DAY:
            middle = good + (bad - good) // 2
            good, bad = (middle, bad) if self.enough(unit_id, middle) else (good, middle)
        return good


def _standing(found: Coverage, unit_id: int) -> dict[int, int]:
    """Person -> state, of everyone on the roster of a place."""
    rows = roster(found.question).subquery()
    state = func.max(rows.c[f"state_{place_of(found)}"])
    here: Any = db.session.execute(
        select(rows.c.person_id, state)
        .where(rows.c.unit_id.in_(sorted(found.question.tree.subtree(unit_id))))
        .group_by(rows.c.person_id)
    )
    return dict(here.all())


def _counting(standing: dict[int, int]) -> frozenset[int]:
    """Those who count for the place."""
    return frozenset(person for person, state in standing.items() if state == State.DONE)


def _causes(
    found: Coverage, unit_id: int, lost: frozenset[int], now: dict[int, int], since: date
) -> list[dict[str, Any]]:
    """Why each of these counts no longer, and since when."""
    if not lost:
        return []
    question, one = found.question, found.one
    for_ever = replace(one, rule=replace(one.rule, valid_months=0))
    trained = set(db.session.scalars(done(question, for_ever)))
    left = _ends(found, unit_id, lost)
    away = _leaves(found, lost)
    causes = []
    for person in sorted(lost):
        state = now.get(person)
        if state is None:
            why, on = "left", left.get(person, since)
        elif state == State.ON_LEAVE:
            why, on = "on_leave", away.get(person, since)
        elif state == State.NOT_DONE:
            why, on = ("expired" if person in trained else "retracted"), since
        else:
            why, on = "rule", since
        causes.append({"person": person, "why": why, "on": on.isoformat()})
    return causes


def _ends(found: Coverage, unit_id: int, persons: frozenset[int]) -> dict[int, date]:
    """When each of these last left the place."""
    question = found.question
    units = sorted(question.tree.subtree(unit_id))
    rows: Iterable[Any] = db.session.execute(
        select(Posting.person_id, func.max(Posting.valid_to))
        .where(
            Posting.person_id.in_(question.records(persons)),
            Posting.unit_id.in_(units),
            Posting.superseded_at == CURRENT,
            Posting.valid_to <= question.as_of,
        )
        .group_by(Posting.person_id)
    )
    return {question.kept(person): on for person, on in rows}


def _leaves(found: Coverage, persons: frozenset[int]) -> dict[int, date]:
    """Since when each of these is on leave."""
    question = found.question
    rows: Iterable[Any] = db.session.execute(
        select(Standing.person_id, func.max(Standing.valid_from))
        .where(
            Standing.person_id.in_(question.records(persons)),
            Standing.kind == "on_leave",
            Standing.true_on(question.as_of),
        )
        .group_by(Standing.person_id)
    )
    return {question.kept(person): on for person, on in rows}
