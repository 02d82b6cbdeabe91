"""Changing the rule of an indicator: what may be set, and the act itself. Figures follow by themselves: none are kept."""

from dataclasses import asdict
from typing import Any

from sqlalchemy import select

from lms.kernel.db import CURRENT, db
from lms.kernel.refused import Refused
from lms.kernel.vietnamese import tidy
from lms.tracks import publishing
from lms.tracks.course import CONFIDENTIAL
from lms.tracks.models import Edition, Indicator, IndicatorRule
from lms.tracks.rules import PopulationRule, check_rule


def change_rule(indicator: Indicator, rule: PopulationRule, *, why: str, by: int | None = None) -> IndicatorRule:
    """From now on the indicator counts so. Raises `Refused` in words; what held is kept, superseded."""
    check_rule(rule, kind=indicator.kind, courses=known_courses())
    held = db.session.scalars(
        select(IndicatorRule).where(IndicatorRule.indicator_id == indicator.id, IndicatorRule.superseded_at == CURRENT)
    ).one()
    if PopulationRule.of(held.rule) == rule:
        raise Refused("Nothing has changed: this is the rule in force.")
    if not tidy(why):
        raise Refused("Say why: the reason is printed beside the figures and read at an inspection.")
    return publishing.set_rule(indicator.id, written(rule), why=tidy(why), by=by)


def written(rule: PopulationRule) -> dict[str, Any]:
    """As it is kept: plain JSON with all its keys."""
    return {name: list(value) if isinstance(value, tuple) else value for name, value in asdict(rule).items()}


def known_courses() -> frozenset[str]:
    """The courses an indicator may ask for: published, and of persons."""
    rows = db.session.scalars(
        select(Edition.course_slug).where(Edition.content["track"].as_string() != CONFIDENTIAL).distinct()
    )
    return frozenset(rows)
