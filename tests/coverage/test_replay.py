"""The figures from the database equal the slow, obvious count, on random histories, and every list is as long as its figure."""

from datetime import UTC, datetime

from flask import Flask
from hypothesis import HealthCheck, given, settings

from lms.coverage import queries
from lms.coverage.question import ask, chosen, plans
from lms.coverage.restating import NOWHERE
from lms.kernel.clock import frozen
from lms.kernel.db import db
from lms.people.models import Person, Posting, Standing, Succession, Unit, UnitVersion
from lms.tracks.models import Completion, Edition, Enrolment, Indicator, IndicatorRule, Plan
from tests.coverage import history as told
from tests.coverage.history import History, Row

LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
LATER = datetime(2026, 1, 15, tzinfo=UTC)


def clocks(row: Row) -> dict[str, object]:
    return {"recorded_at": row.recorded_at, "superseded_at": row.superseded_at, "recorded_by": None}


def write(history: History) -> tuple[Plan, dict[str, int]]:
    """The history as rows; the plan and the units' ids."""
    units = {name: Unit(recorded_at=LONG_AGO) for name in told.UNITS}
    persons = [Person(full_name=f"Người {i}", search_key=f"nguoi {i}", sort_key=f"nguoi {i}") for i in range(5)]
    editions = {slug: Edition(course_slug=slug, number=1, content_hash=slug, content={}) for slug in "ab"}
    for row in (*units.values(), *persons, *editions.values()):  # one by one: ids in the order of the names
        db.session.add(row)
        db.session.flush()
    ids = {name: unit.id for name, unit in units.items()}
    for name, versions in told.TREE.items():
        for parent, start, end in versions:
            version = UnitVersion(
                unit_id=ids[name], parent_id=ids.get(parent or ""), name=name, kind="commune", search_key=name
            )
            version.valid_from, version.valid_to, version.recorded_at = start, end, LONG_AGO
            db.session.add(version)
    for old, new, on in told.HOPS:
        hop = Succession(old_unit_id=ids[old], new_unit_id=ids[new], on=on, legal_basis="", recorded_at=LONG_AGO)
        db.session.add(hop)
    plan = Plan(
        slug="p", title="p", issuer="p", starts_on=told.STARTS, ends_on=told.ENDS, scope_unit_id=ids["province"]
    )
    db.session.add(plan)
    db.session.flush()
    for i, rule in enumerate(history.rules):
        indicator = Indicator(plan_id=plan.id, slug=f"i{i}", place=i, title="", short_title="")
        db.session.add(indicator)
        db.session.flush()
        db.session.add(IndicatorRule(indicator_id=indicator.id, rule=rule, recorded_at=LONG_AGO))
    for row in history.postings:
        span = {name: row.facts[name] for name in ("valid_from", "valid_to")}
        facts = {"category": row.facts["category"], "direct_support": row.facts["direct"]}
        posting = Posting(
            person_id=persons[row.person].id, unit_id=ids[row.facts["unit"]], **facts, **span, **clocks(row)
        )
        db.session.add(posting)
    for row in history.exceptions:
        span = {name: row.facts[name] for name in ("valid_from", "valid_to")}
        facts = {"kind": row.facts["kind"], "indicator_slug": row.facts["indicator"], "reason": "vì"}
        db.session.add(Standing(person_id=persons[row.person].id, **facts, **span, **clocks(row)))
    for i, row in enumerate(history.completions):
        who = {"person_id": persons[row.person].id, "course_slug": row.facts["course"], "cycle": "p"}
        enrolment = Enrolment(**{**who, "cycle": f"{i}"}, edition_id=editions[row.facts["course"]].id)
        db.session.add(enrolment)
        db.session.flush()
        facts = {"edition_id": enrolment.edition_id, "completed_on": row.facts["on"], "evidence": {}}
        db.session.add(Completion(**who, enrolment_id=enrolment.id, **facts, **clocks(row)))
    db.session.flush()
    return plan, ids


@settings(
    max_examples=50,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(history=told.histories())
def test_the_database_counts_as_the_slow_count_does(app: Flask, history: History) -> None:
    with app.app_context(), frozen(LATER):
        plan, ids = write(history)
        question = ask(
            chosen(plans(history.known_at), plan.slug, history.as_of),
            as_of=history.as_of,
            known_at=history.known_at,
            tree_at=history.tree_at,
        )
        for i, found in enumerate(queries.coverages(question)):
            compare(found, told.counted(history, i), ids)
        db.session.rollback()


def compare(found: queries.Coverage, slow: dict[str | None, dict[str, int]], ids: dict[str, int]) -> None:
    nobody = dict.fromkeys(told.ORDER, 0)
    fast = {name: found.unit(one) for name, one in ids.items()} | {None: found.unit(NOWHERE), "all": found.total}
    for name, figures in fast.items():
        assert {state: getattr(figures, state) for state in told.ORDER} == slow.get(name, nobody), name
        assert figures.required == figures.done + figures.not_done
        assert figures.roster == figures.required + figures.exempt + figures.on_leave + figures.unknown
