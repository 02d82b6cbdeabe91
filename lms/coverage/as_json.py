"""Coverage as plain JSON values. The shape is documented in docs/coverage-json.md; scripts rely on it."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import date
from typing import Any

from lms.coverage.places import places
from lms.coverage.queries import Coverage
from lms.coverage.question import Question
from lms.people.confirmations import confirmations


def written(found: Sequence[Coverage]) -> dict[str, Any]:
    """All indicators of one question. One statement: which rosters are confirmed."""
    question = found[0].question
    confirmed = confirmations(question.as_of, question.known_at)
    return {**_asked(question), "indicators": [_indicator(one, confirmed) for one in found]}


def _asked(question: Question) -> dict[str, Any]:
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
        "grade": question.grade,
        "sex": question.sex,
    }


def _indicator(found: Coverage, confirmed: Mapping[int, date]) -> dict[str, Any]:
    indicator = found.one.indicator
    return {
        "slug": indicator.slug,
        "title": indicator.title,
        "short_title": indicator.short_title,
        "kind": indicator.kind,
        "target": indicator.target,
        "least": found.one.rule.least,
        "rule": {
            **_plain(asdict(found.one.rule)),
            "recorded_at": found.one.row.recorded_at.isoformat(),
            "recorded_after_known_at": found.one.first,
            "completed_between": [day.isoformat() for day in _since(found)],
        },
        "totals": found.total.as_dict(),
        "units": [_unit(found, unit_id, above, confirmed.get(unit_id)) for unit_id, above, _figures in found.units()],
        "not_restated": found.not_restated.as_dict(),
        "categories": [{"category": name, **figures.as_dict()} for name, figures in found.categories()],
        **({"places": told.as_dict()} if (told := places(found)) else {}),
    }


def _unit(found: Coverage, unit_id: int, above: int | None, confirmed_on: date | None) -> dict[str, Any]:
    tree = found.question.tree
    leaf = not tree.children(unit_id)
    return {
        "id": unit_id,
        "name": tree.name(unit_id),
        "code": tree.versions[unit_id].code,
        "kind": tree.versions[unit_id].kind,
        "parent_id": above,
        "leaf": leaf,
        "confirmed_on": confirmed_on and confirmed_on.isoformat(),
        **found.unit(unit_id).as_dict(),
        **({} if leaf else {"own": found.own(unit_id).as_dict()}),
    }


def _since(found: Coverage) -> tuple[date, date]:
    return found.question.since(found.one)


def _plain(rule: dict[str, Any]) -> dict[str, Any]:
    return {name: list(value) if isinstance(value, tuple) else value for name, value in rule.items()}
