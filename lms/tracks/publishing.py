"""From files to the database: wordings become editions, the plan becomes rows. Doing it twice changes nothing."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import exists, or_, select, update

from lms.kernel import audit
from lms.kernel.clock import now
from lms.kernel.db import CURRENT, db
from lms.kernel.refused import Refused
from lms.people.models import UnitVersion
from lms.tracks import content, editions, receiving, recordings
from lms.tracks.library import files_in
from lms.tracks.models import Edition, Enrolment, Indicator, IndicatorRule, LessonRead, PartDone, Plan
from lms.tracks.rules import PopulationRule
from lms.tracks.shapes import PlanShape


@dataclass(frozen=True)
class IndicatorSpec:
    """An indicator as a plan names it, with whom it counts (`tracks.rules.PopulationRule`, as a plain dict)."""

    slug: str
    title: str
    short_title: str
    rule: dict[str, Any]
    target: int = 100
    kind: str = "share"


def publish_courses(library: content.Library | None = None) -> list[Edition]:
    """Every course whose words changed becomes a new edition. Raises `content.Broken` when a file is wrong: nothing is published then."""
    library = (library or content.read()).whole()
    folders = {course.slug: library.folder / course.track / course.slug for course in library.courses}
    kept = (editions.publish(course, files_in(folders[course.slug])) for course in library.courses)
    published = [edition for edition in kept if edition is not None]
    for course in library.courses:
        recordings.keep(course, library.sounds.get(course.slug, ()))
    for edition in published:
        give_out(edition)
    return published


def give_out(edition: Edition, *, by: int | None = None, **facts: Any) -> None:
    """Whoever has not begun yet begins with these, the newest words; whoever has begun keeps theirs."""
    begun = or_(
        exists().where(LessonRead.enrolment_id == Enrolment.id), exists().where(PartDone.enrolment_id == Enrolment.id)
    )
    db.session.execute(
        update(Enrolment)
        .where(Enrolment.course_slug == edition.course_slug, ~begun)
        .values(edition_id=edition.id)
        .execution_options(synchronize_session=False)
    )
    told = {"course": edition.course_slug, "number": edition.number, **facts}
    audit.record("course.published", "edition", edition.id, by=by, **told)


def load_plan(library: content.Library | None = None) -> Plan:
    """The plan of `courses/plan.toml`, its indicators and their rules. The unit it is for has to be in the register."""
    spec = (library or content.read()).whole().plan
    if spec is None:  # cannot be: a library without a plan is not whole
        raise LookupError("no plan")
    plan = add_plan(
        spec.slug,
        spec.title,
        issuer=spec.issuer,
        starts_on=spec.starts_on,
        ends_on=spec.ends_on,
        scope_unit_id=_scope(spec),
        report_due=spec.report_due,
        indicators=[
            IndicatorSpec(one.slug, one.title, one.short_title, one.rule.model_dump(mode="json"), one.target, one.kind)
            for one in spec.indicators
        ],
    )
    receiving.first_office(plan, spec.receiving_office)
    return plan


def add_plan(
    slug: str,
    title: str,
    *,
    issuer: str,
    starts_on: date,
    ends_on: date,
    scope_unit_id: int,
    indicators: Iterable[IndicatorSpec],
    report_due: str = "12-01",
    fictitious: bool = False,
    by: int | None = None,
) -> Plan:
    """A plan with its indicators, or the one of that slug brought up to these words. A rule that differs supersedes the one that held."""
    if starts_on > ends_on:
        raise Refused("The plan ends before it begins.")
    plan = db.session.scalar(select(Plan).where(Plan.slug == slug))
    if plan is None:
        plan = Plan(slug=slug)
        db.session.add(plan)
    plan.title, plan.issuer, plan.report_due, plan.fictitious = title, issuer, report_due, fictitious
    plan.starts_on, plan.ends_on, plan.scope_unit_id = starts_on, ends_on, scope_unit_id
    db.session.flush()
    for place, spec in enumerate(indicators, start=1):
        _indicator(plan, place, spec, by)
    return plan


def indicators_of(plan_slug: str) -> tuple[IndicatorSpec, ...]:
    """The indicators of a plan with the rules that hold now, for a plan that continues it."""
    rows = db.session.execute(
        select(Indicator, IndicatorRule.rule)
        .join(Plan, Plan.id == Indicator.plan_id)
        .join(IndicatorRule, IndicatorRule.indicator_id == Indicator.id)
        .where(Plan.slug == plan_slug, IndicatorRule.superseded_at == CURRENT)
        .order_by(Indicator.place)
    )
    return tuple(
        IndicatorSpec(one.slug, one.title, one.short_title, rule, one.target, one.kind)
        for one, rule in ((row.Indicator, row.rule) for row in rows)
    )


def set_rule(indicator_id: int, rule: dict[str, Any], *, why: str = "", by: int | None = None) -> IndicatorRule:
    """From now on the indicator counts so; the rule that held is kept, superseded. The same rule again changes nothing."""
    held = db.session.scalar(
        select(IndicatorRule).where(IndicatorRule.indicator_id == indicator_id, IndicatorRule.superseded_at == CURRENT)
    )
    if held is not None and held.rule == rule:
        return held
    moment = now()
    if held is not None:
        moment = max(moment, held.recorded_at + timedelta(microseconds=1))  # two at one moment, or a clock set back
        held.superseded_at = moment
        db.session.flush()  # one holds at a time, and the constraint sees each statement
    row = IndicatorRule(indicator_id=indicator_id, rule=rule, why=why, recorded_at=moment, recorded_by=by)
    db.session.add(row)
    db.session.flush()
    audit.record("indicator.rule_set", "indicator", indicator_id, by=by, rule=row.id)
    return row


def _indicator(plan: Plan, place: int, spec: IndicatorSpec, by: int | None) -> None:
    indicator = db.session.scalar(select(Indicator).where(Indicator.plan_id == plan.id, Indicator.slug == spec.slug))
    if indicator is None:
        indicator = Indicator(plan_id=plan.id, slug=spec.slug)
        db.session.add(indicator)
    indicator.place, indicator.kind, indicator.target = place, spec.kind, spec.target
    indicator.title, indicator.short_title = spec.title, spec.short_title
    db.session.flush()
    last = _last_from_file(indicator.id)
    if by is not None or last is None or PopulationRule.of(last) != PopulationRule.of(spec.rule):
        set_rule(indicator.id, spec.rule, by=by)


def _last_from_file(indicator_id: int) -> dict[str, Any] | None:
    """What the file said when it was last read: unchanged there, it does not undo what the office has chosen since."""
    return db.session.scalar(
        select(IndicatorRule.rule)
        .where(IndicatorRule.indicator_id == indicator_id, IndicatorRule.recorded_by.is_(None))
        .order_by(IndicatorRule.id.desc())
        .limit(1)
    )


def _scope(plan: PlanShape) -> int:
    """The unit the plan is for: codes and names are reused across time, so both, on the day the plan began."""
    found = db.session.scalar(
        select(UnitVersion.unit_id).where(
            UnitVersion.code == plan.scope_unit.code,
            UnitVersion.name == plan.scope_unit.name,
            UnitVersion.true_on(plan.starts_on),
        )
    )
    if found is None:
        raise Refused(
            "No unit %(name)s with code %(code)s stood on %(day)s. Load the units first.",
            name=plan.scope_unit.name,
            code=plan.scope_unit.code,
            day=plan.starts_on,
        )
    return found
