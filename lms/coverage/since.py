"""What was recorded after a period was frozen and concerns its day: held then and not now, or now and not then.

A row that was only rewritten (a posting that ends later, say) reads the same on that day and is no change; neither is what
was recorded and withdrawn again since. Two statements for each kind of fact, however large the register.
"""

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import aliased

from lms.coverage.models import FrozenPeriod
from lms.coverage.question import Question, known
from lms.kernel.audit import AuditEntry
from lms.kernel.db import CURRENT, db
from lms.people.models import CategoryEnd, Posting, SamePerson, Standing, Succession, UnitVersion
from lms.tracks.models import Completion, IndicatorRule

Condition = Callable[[Any], ColumnElement[bool]]
SLACK = timedelta(seconds=5)  # a trail entry and the row it tells of are written in one transaction, not in one instant


@dataclass(frozen=True)
class Change:
    """One correction: what was held (`before`) and what is held now (`after`); one of them may be missing."""

    kind: str
    before: Any
    after: Any
    by: int | None  # account

    @property
    def at(self) -> datetime:
        """When it was recorded."""
        moment: datetime = self.after.recorded_at if self.after is not None else self.before.superseded_at
        return moment

    @property
    def persons(self) -> tuple[int, ...]:
        """Whom it concerns; nobody for units and rules, two for a merged record."""
        row = self.after if self.after is not None else self.before
        if isinstance(row, SamePerson):
            return row.kept_id, row.other_id
        return (row.person_id,) if hasattr(row, "person_id") else ()

    @property
    def why(self) -> str:
        """The reason somebody wrote."""
        told = [getattr(self.after, name, "") for name in ("because", "why", "reason", "legal_basis")]
        return next((one for one in [*told, getattr(self.before, "why_superseded", "")] if one), "")


@dataclass(frozen=True)
class _Kind:
    """A kind of fact: what makes two rows say the same, which rows concern the day, what belongs together."""

    name: str
    model: Any
    says: tuple[str, ...]
    concerns: Condition
    together: tuple[str, ...]


def changes(period: FrozenPeriod, question: Question) -> list[Change]:
    """Every correction, the newest first. `question` is what was asked when the period was frozen."""
    found = [change for kind in _kinds(period, question) for change in _changes(kind, period.known_at)]
    found += _rules(question)
    return sorted(found, key=lambda one: (one.at, one.kind, one.persons), reverse=True)


def recorders(found: Iterable[Change]) -> frozenset[int]:
    """The accounts that recorded them."""
    return frozenset(one.by for one in found if one.by is not None)


def _kinds(period: FrozenPeriod, question: Question) -> tuple[_Kind, ...]:
    days = sorted({period.as_of, period.tree_at})
    courses = {slug for one in question.ruled for slug in one.rule.courses}
    posted: tuple[str, ...] = ("person_id", "unit_id", "category", "direct_support")
    if any(one.rule.grace_days for one in question.ruled):
        posted = (*posted, "valid_from")  # a newcomer is told by the first day
    slugs = ("", *(one.indicator.slug for one in question.ruled))
    here = sorted(question.units)  # of the plan; whoever was never posted there does not count
    theirs = select(Posting.person_id).where(Posting.unit_id.in_(here))
    first, last = question.plan.starts_on, min(period.as_of, question.plan.ends_on)
    return (
        _Kind(
            "posting",
            Posting,
            posted,
            lambda row: and_(row.unit_id.in_(here), _true_on(days)(row)),
            ("person_id",),
        ),
        _Kind(
            "completion",
            Completion,
            ("person_id", "course_slug", "completed_on", "grade"),
            lambda row: and_(
                row.course_slug.in_(courses), row.completed_on.between(first, last), row.person_id.in_(theirs)
            ),
            ("person_id", "course_slug"),
        ),
        _Kind(
            "exception",
            Standing,
            ("person_id", "indicator_slug", "kind"),
            lambda row: and_(row.indicator_slug.in_(slugs), _true_on([period.as_of])(row), row.person_id.in_(theirs)),
            ("person_id", "indicator_slug"),
        ),
        _Kind(
            "unit",
            UnitVersion,
            ("unit_id", "parent_id", "name", "kind", "code"),
            lambda row: and_(or_(row.unit_id.in_(here), row.parent_id.in_(here)), _true_on(days)(row)),
            ("unit_id",),
        ),
        _Kind(
            "succession",
            Succession,
            ("old_unit_id", "new_unit_id", "on"),
            lambda row: or_(row.old_unit_id.in_(here), row.new_unit_id.in_(here)),
            ("old_unit_id",),
        ),
        _Kind(
            "merged",
            SamePerson,
            ("kept_id", "other_id"),
            lambda row: or_(row.kept_id.in_(theirs), row.other_id.in_(theirs)),
            ("other_id",),
        ),
        _Kind("category", CategoryEnd, ("category", "on"), lambda row: row.on <= period.as_of, ("category",)),
    )


def _true_on(days: Collection[date]) -> Condition:
    return lambda row: or_(*(and_(row.valid_from <= day, day < row.valid_to) for day in days))


def _changes(kind: _Kind, known_at: datetime) -> list[Change]:
    lost, gained = _only(kind, known_at, then=True), _only(kind, known_at, then=False)
    waiting: dict[tuple[Any, ...], list[Any]] = {}
    for row in gained:
        waiting.setdefault(_key(row, kind.together), []).append(row)
    whose, instead = _withdrawn_by(kind, lost), _instead(kind, lost)
    found = []
    for row in lost:
        others = waiting.get(_key(row, kind.together))
        after = others.pop(0) if others else instead.get(row.id)
        found.append(Change(kind.name, row, after, after.recorded_by if after is not None else whose.get(row.id)))
    return found + [Change(kind.name, None, row, row.recorded_by) for rows in waiting.values() for row in rows]


def _key(row: Any, names: Sequence[str]) -> tuple[Any, ...]:
    return tuple(getattr(row, name) for name in names)


def _only(kind: _Kind, known_at: datetime, *, then: bool) -> list[Any]:
    """The rows of then that no row of now repeats; or the other way round."""
    here, there = aliased(kind.model), aliased(kind.model)
    mine, theirs = (known_at, None) if then else (None, known_at)  # None: now
    changed = here.superseded_at != CURRENT if then else here.recorded_at > known_at
    same = [getattr(there, name).is_not_distinct_from(getattr(here, name)) for name in kind.says]
    repeated = select(there.id).where(known(there, theirs), kind.concerns(there), *same).exists()
    return list(
        db.session.scalars(
            select(here).where(changed, known(here, mine), kind.concerns(here), ~repeated).order_by(here.id)
        )
    )


def _instead(kind: _Kind, rows: Sequence[Any]) -> dict[int, Any]:
    """Row id -> what was recorded in its stead: a posting that ended earlier, say, and is no longer true on the day."""
    if not rows:
        return {}
    model, first = kind.model, kind.together[0]
    ends = [row.superseded_at for row in rows]
    after: Iterable[Any] = db.session.scalars(
        select(model)
        .where(
            getattr(model, first).in_({getattr(row, first) for row in rows}),
            model.recorded_at.between(min(ends), max(ends) + SLACK),
        )
        .order_by(model.recorded_at.desc(), model.id.desc())
    )
    found = {}
    for other in after:
        for row in rows:
            at_once = timedelta(0) <= other.recorded_at - row.superseded_at <= SLACK
            if at_once and row.id != other.id and _key(row, kind.together) == _key(other, kind.together):
                found[row.id] = other
    return found


def _withdrawn_by(kind: _Kind, rows: Sequence[Any]) -> dict[int, int]:
    """Row id -> the account that withdrew it, where the trail tells."""
    told: dict[tuple[str, str], list[Any]] = {}
    for row in rows:
        told.setdefault((kind.name, str(row.id)), []).append(row)
        for person in Change(kind.name, row, None, None).persons:
            told.setdefault(("person", str(person)), []).append(row)
    entries = db.session.execute(
        select(AuditEntry.object_kind, AuditEntry.object_id, AuditEntry.account_id, AuditEntry.at).where(
            AuditEntry.object_kind.in_({name for name, _id in told}),
            AuditEntry.object_id.in_({number for _name, number in told}),
        )
    )
    return {
        row.id: entry.account_id
        for entry in entries
        for row in told.get((entry.object_kind, entry.object_id), ())
        if entry.account_id is not None and abs(entry.at - row.superseded_at) <= SLACK
    }


def _rules(question: Question) -> list[Change]:
    """Where another rule is in force now."""
    ids = [one.indicator.id for one in question.ruled]
    rows = select(IndicatorRule).where(IndicatorRule.indicator_id.in_(ids), IndicatorRule.superseded_at == CURRENT)
    now = {row.indicator_id: row for row in db.session.scalars(rows)}
    return [
        Change("rule", one.row, now[one.indicator.id], now[one.indicator.id].recorded_by)
        for one in question.ruled
        if one.indicator.id in now and now[one.indicator.id].rule != one.row.rule
    ]
