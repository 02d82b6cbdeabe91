"""Coverage as plain JSON values. The shape is documented in docs/coverage-json.md; scripts rely on it."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from lms.coverage.queries import Coverage
from lms.coverage.question import Question


def written(found: Sequence[Coverage]) -> dict[str, Any]:
    """All indicators of one question."""
    question = found[0].question
    return {**_dates(question), "indicators": [_indicator(one) for one in found]}


def _dates(question: Question) -> dict[str, Any]:
    plan = question.plan
    return {
        "plan": {
            "slug": plan.slug,
            "title": plan.title,
            "starts_on": plan.starts_on.isoformat(),
            "ends_on": plan.ends_on.isoformat(),
            "fictitious": plan.fictitious,
        },
        "as_of": question.as_of.isoformat(),
        "known_at": question.known_at and question.known_at.isoformat(),
        "tree_at": question.tree_at.isoformat(),
    }


def _indicator(found: Coverage) -> dict[str, Any]:
    question, indicator = found.question, found.one.indicator
    tree = question.tree
    return {
        "slug": indicator.slug,
        "title": indicator.title,
        "short_title": indicator.short_title,
        "target": indicator.target,
        "rule": {
            **found.one.row.rule,
            "recorded_at": found.one.row.recorded_at.isoformat(),
            "recorded_after_known_at": found.one.first,
            "completed_between": [day.isoformat() for day in _since(found)],
        },
        "totals": found.total.as_dict(),
        "units": [
            {
                "id": unit_id,
                "name": tree.name(unit_id),
                "code": tree.versions[unit_id].code,
                "kind": tree.versions[unit_id].kind,
                "parent_id": above,
                "leaf": not tree.children(unit_id),
                **figures.as_dict(),
            }
            for unit_id, above, figures in found.units()
        ],
        "not_restated": found.not_restated.as_dict(),
        "categories": [{"category": name, **figures.as_dict()} for name, figures in found.categories()],
    }


def _since(found: Coverage) -> tuple[date, date]:
    return found.question.since(found.one)
