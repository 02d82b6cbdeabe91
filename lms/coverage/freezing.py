"""The office freezes a plan's figures of a day: numbered, hashed, never changed again.

A period is frozen as known in the last moment before (`frozen_rules.EVE`), and only once every transaction that began by
then has ended: nothing that is recorded later can carry an earlier moment, so asking again always gives the same figures.
"""

from datetime import date, datetime
from time import monotonic, sleep

from sqlalchemy import func, select, text

from lms.coverage import freezing_queries, frozen_rules, rules
from lms.coverage.models import FrozenPeriod
from lms.coverage.queries import coverages
from lms.coverage.question import Planned, Question, ask, chosen, plans
from lms.kernel import audit
from lms.kernel.clock import now, today
from lms.kernel.db import db
from lms.kernel.refused import Refused
from lms.tracks.models import Plan

PATIENCE, ASK_AGAIN = 8.0, 0.05  # seconds
OTHERS = text(
    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() "
    "AND xact_start <= :moment"
)


def freeze(
    planned: Planned, *, as_of: date, tree_at: date | None = None, title: str, note: str = "", by: int | None
) -> FrozenPeriod:
    """The plan's next frozen period: all indicators, all units, under the rules in force. Raises `Refused` in words."""
    check(planned, as_of)
    moment = now()
    known_at = moment - frozen_rules.EVE
    _wait_for_others(known_at)
    db.session.execute(select(Plan.id).where(Plan.id == planned.plan.id).with_for_update())  # numbers one at a time
    known = chosen(plans(known_at), planned.plan.slug, as_of)
    found = coverages(_asked(known, as_of, tree_at, known_at))
    figures = freezing_queries.figures_of(found)
    last = select(func.max(FrozenPeriod.number)).where(FrozenPeriod.plan_id == planned.plan.id)
    period = FrozenPeriod(
        plan_id=planned.plan.id,
        number=(db.session.scalar(last) or 0) + 1,
        title=title,
        as_of=as_of,
        known_at=known_at,
        tree_at=tree_at or as_of,
        figures=figures,
        sha256=frozen_rules.sha256(figures),
        note=note,
        frozen_at=moment,
        frozen_by=by,
    )
    db.session.add(period)
    db.session.flush()
    audit.record("coverage.frozen", "frozen_period", period.id, by=by, number=period.number, sha256=period.sha256)
    return period


def check(planned: Planned, as_of: date) -> None:
    """What cannot be frozen is refused in words: a day without figures, an indicator that names no course."""
    rules.check_dates(as_of, planned.plan.starts_on, today())
    for one in planned.ruled:
        if not one.rule.courses:
            raise Refused(
                "The indicator “%(title)s” names no course yet, so nobody can count as trained. Choose its course first.",
                title=one.indicator.short_title,
            )


def _asked(planned: Planned, as_of: date, tree_at: date | None, known_at: datetime) -> Question:
    question = ask(planned, as_of=as_of, known_at=known_at, tree_at=tree_at)
    if not question.tree.versions:
        raise Refused("The plan has no unit of its own on that day: load its units first, or choose another day.")
    return question


def _wait_for_others(moment: datetime) -> None:
    """On PostgreSQL, until every transaction that began by then has ended. On SQLite there is one writer: this one."""
    if db.engine.dialect.name != "postgresql":
        return
    until = monotonic() + PATIENCE
    while db.session.scalar(OTHERS, {"moment": moment}):
        if monotonic() > until:
            raise Refused("Others are recording just now. Nothing was frozen: please try again in a minute.")
        sleep(ASK_AGAIN)
        db.session.execute(text("SELECT pg_stat_clear_snapshot()"))  # else a transaction sees what it saw first
