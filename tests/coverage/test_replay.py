"""The figures from the database equal the slow, obvious count, on random histories; every list is as long as its figure; all adds up."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from typing import Any

from flask import Flask
from hypothesis import HealthCheck, given, settings

from lms.coverage import replay_queries, trend
from lms.coverage.listing import Wanted, listed
from lms.coverage.queries import Coverage, coverages
from lms.coverage.question import Question, ask, chosen, plans
from lms.coverage.replay import Asked, Told, replay
from lms.coverage.rules import Figures, State
from lms.kernel.clock import frozen
from lms.kernel.db import db
from tests.coverage.history import LATER, Case, cases
from tests.coverage.recorded import record

HISTORIES = max(200, settings().max_examples)  # the profile "nightly": at least 2,000
many: Callable[[Any], Any] = settings(max_examples=HISTORIES, deadline=None, suppress_health_check=list(HealthCheck))


@contextmanager
def recorded(app: Flask, case: Case) -> Iterator[None]:
    """The history in the database; afterwards as if it had never been."""
    with app.app_context(), frozen(LATER):
        try:
            record(case.events)
            yield
        finally:
            db.session.rollback()


def asked(case: Case, indicator: str | None = None) -> Question:
    planned = chosen(plans(case.known_at), "p", case.as_of)
    narrowed = {"indicator": indicator, "grade": case.grade, "sex": case.sex}
    dates = {"as_of": case.as_of, "known_at": case.known_at, "tree_at": case.tree_at}
    return replace(ask(planned, **dates, **narrowed), category=case.category)


def slowly(case: Case, slug: str, as_of: date, tree_at: date) -> Told:
    return replay(case.events, Asked(slug, as_of, tree_at, case.known_at, case.grade, case.sex, case.category))


@many
@given(case=cases())
def test_the_database_counts_as_the_slow_count_does(app: Flask, case: Case) -> None:
    with recorded(app, case):
        question = asked(case)
        for i, found in enumerate(coverages(question)):
            told = slowly(case, f"i{i}", case.as_of, case.tree_at)
            assert question.tree.versions.keys() == told.units.keys()
            for name, fast, slow in replay_queries.figures(found, told):
                assert fast == slow, name
            adds_up(found, told)
            assert replay_queries.people(found, i) == replay_queries.strongest(told)
            if i == 0:
                same_below(found, i, case.under)


@many
@given(case=cases())
def test_growth_over_time_is_what_each_month_says(app: Flask, case: Case) -> None:
    with recorded(app, case):
        i = case.under % 2
        question = asked(case, indicator=f"i{i}")
        points = trend.points(question, 0, coverages(question)[0].total)
        for point in {one.on: one for one in (points[0], points[len(points) // 2], *points[-3:])}.values():
            total = slowly(case, f"i{i}", point.on, point.on).total
            assert (point.done, point.required) == (total.done, total.required), point.on


def adds_up(found: Coverage, told: Told) -> None:
    """Nobody is lost and nobody counts twice, whatever the figures are."""
    tree = found.question.tree
    every = [found.total, found.not_restated, *(found.unit(one) for one in tree.versions)]
    for figures in every:
        assert figures.required == figures.done + figures.not_done
        assert figures.roster == figures.required + figures.exempt + figures.on_leave + figures.unknown
        assert min(vars(figures).values()) >= 0
    for one in tree.versions:
        parts = [found.own(one), *(found.unit(below) for below in tree.children(one))]
        assert max(part.roster for part in parts) <= found.unit(one).roster <= sum(part.roster for part in parts)
    persons = {row.person: {one.unit for one in told.stands if one.person == row.person} for row in told.stands}
    assert found.total.roster == len(persons)  # once above
    assert sum(found.own(one).roster for one in tree.versions) + found.not_restated.roster == sum(
        len(units) for units in persons.values()
    )  # once in each unit


def same_below(found: Coverage, i: int, under: int) -> None:
    """A unit asked for by itself shows what it shows in the whole; its parts alone show the same; its lists are as long."""
    if under not in found.question.tree:
        return
    alone = coverages(found.question, under)[i]
    assert alone.total == found.unit(under)
    parts = coverages(found.question, under, deep=False)[i]
    assert (parts.total, parts.lines(), parts.categories()) == (alone.total, alone.lines(), alone.categories())
    rows = db.session.execute(listed(found.question, i, Wanted(under=under))).all()
    counts = [state for _person, state in rows]
    assert Figures.of({state: counts.count(state) for state in State}) == alone.total
