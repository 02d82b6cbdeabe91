"""`flask coverage show`: the figures of every indicator of a plan, for people and for scripts; `frozen`: whether frozen
periods hold; `check`: whether the figures are what a slow replay of all events says."""

import json
import unicodedata
from dataclasses import asdict

import click

from lms.coverage import alerting, as_json, freezing_queries, moments, replay_queries
from lms.coverage.alerts import open_alerts
from lms.coverage.queries import coverages
from lms.coverage.question import ask, chosen, plans
from lms.kernel.clock import today
from lms.kernel.commands import Commands
from lms.kernel.db import db, reading
from lms.kernel.refused import Refused
from lms.kernel.vietnamese import number, percent, short_date

cli = Commands("coverage", help="Who of those who have to be trained is trained.")
HEADS = ("unit", "missing", "done/required", "%", "unknown", "on leave", "exempt", "roster")
ROW = "{:>8} {:>14} {:>8} {:>8} {:>9} {:>7} {:>7}"


class Unusable(click.ClickException):
    """What was asked cannot be answered: one sentence, and the exit code of a wrong option."""

    exit_code = 2


def asking(command):
    """The options that make a question."""
    for option in reversed(
        (
            click.option("--plan", "slug", help="Slug of the plan; the one in force on the counted day if not given."),
            click.option("--as-of", help="Count as of this day; today, or the last day of a plan that has ended."),
            click.option(
                "--known-at", help="With what was on record at this moment (a day: its end); now if not given."
            ),
            click.option("--tree-at", help="Under the units of this day; the day that is counted if not given."),
            click.option("--grade", help="Only completions proved at least so well: test, roll, document or claim."),
            click.option("--sex", help="Only these persons: female, male, or - for those of whom it is not known."),
        )
    ):
        command = option(command)
    return command


@cli.command("show")
@asking
@click.option("--unit", type=int, help="Only this unit and all below it.")
@click.option("--json", "machine", is_flag=True, help="As JSON (docs/coverage-json.md).")
def show(unit, machine, **asked):
    """Print n/N for each indicator and each unit."""
    try:
        with reading():
            found = coverages(_question(**asked), unit)
            written = as_json.written(found) if machine else None
    except Refused as refused:
        raise Unusable(str(refused)) from None
    if machine:
        click.echo(json.dumps(written, ensure_ascii=False, indent=2))
        return
    for one in found:
        _print(one)


@cli.command("check")
@asking
@click.option("--json", "machine", is_flag=True, help="As JSON.")
def check(machine, **asked):
    """Count everything a second time, slowly, from the events alone. Exit code 1 when any figure differs."""
    try:
        with reading():
            compared = replay_queries.compared(_question(**asked))
    except Refused as refused:
        raise Unusable(str(refused)) from None
    if machine:
        click.echo(json.dumps([asdict(one) for one in compared], ensure_ascii=False, indent=2))
    else:
        _print_compared(compared)
    if any(one.differences for one in compared):
        raise click.exceptions.Exit(1)


def _print_compared(compared):
    for one in compared:
        for line in one.differences:
            click.echo(f"{one.indicator}: {line}")
        if not one.differences:
            click.echo(f"{one.indicator}: {one.figures} figures equal, {one.people} people stand where the replay says")


@cli.command("frozen")
@click.option("--number", type=int, help="Only the periods of this number.")
@click.option("--json", "machine", is_flag=True, help="As JSON.")
def frozen(number, machine):
    """List the frozen periods and verify each: its hash, and whether asking again gives the same. Exit code 1 when one does not hold."""
    with reading():
        listed = [one for one in freezing_queries.every() if number in (None, one.period.number)]
        checked = [freezing_queries.check(one.period) for one in listed]
    pairs = list(zip(listed, checked, strict=True))
    if machine:
        click.echo(json.dumps([_frozen_as_json(*pair) for pair in pairs], ensure_ascii=False, indent=2))
    else:
        for pair in pairs:
            click.echo(_frozen_line(*pair))
    if not all(one.holds for one in checked):
        raise click.exceptions.Exit(1)


def _frozen_line(listed, checked):
    period = listed.period
    says = "the same" if checked.holds else "NOT THE SAME: " + (", ".join(checked.differs[:5]) or "its hash")
    parts = (f"{listed.plan.slug} {period.number}", short_date(period.as_of), period.sha256[:12], says, period.title)
    return "  ".join(parts)


def _frozen_as_json(listed, checked):
    period = listed.period
    return {
        "plan": listed.plan.slug,
        "number": period.number,
        "title": period.title,
        "as_of": period.as_of.isoformat(),
        "known_at": period.known_at.isoformat(),
        "tree_at": period.tree_at.isoformat(),
        "frozen_at": period.frozen_at.isoformat(),
        "sha256": period.sha256,
        "hash_holds": checked.hash_holds,
        "differs": list(checked.differs),
        "holds": checked.holds,
    }


def _question(slug, as_of, known_at, tree_at, grade, sex):
    moment = moments.moment(known_at)
    counted = moments.day(as_of)
    return ask(
        chosen(plans(moment), slug, counted or today()),
        as_of=counted,
        known_at=moment,
        tree_at=moments.day(tree_at),
        grade=grade,
        sex="" if sex == "-" else sex,
    )


def _print(found):
    total = found.total
    share = percent(total.done, total.required) or "–"
    click.echo(f"{found.one.indicator.short_title}: {number(total.done)}/{number(total.required)} ({share})")
    click.echo(f"{found.question.plan.slug}, as of {short_date(found.question.as_of)}")
    width = max([len(HEADS[0]), *(len(found.question.tree.name(one)) for one, _, _ in found.units())])
    click.echo(_padded(HEADS[0], width) + ROW.format(*HEADS[1:]))
    for one, _, figures in found.units():
        _print_line(found.question.tree.name(one), figures, width)
    if found.not_restated.roster:
        _print_line("(not restated)", found.not_restated, width)
    _print_line("total", total, width)
    click.echo(f"rule: {json.dumps(found.one.row.rule, ensure_ascii=False)}\n")


def _print_line(name, figures, width):
    share = percent(figures.done, figures.required) or "–"
    ratio = f"{figures.done}/{figures.required}"
    rest = (figures.unknown, figures.on_leave, figures.exempt, figures.roster)
    click.echo(_padded(name, width) + ROW.format(figures.not_done, ratio, share, *rest))


def _padded(text, width):
    """To that width, counting letters and not their marks."""
    seen = sum(1 for letter in text if not unicodedata.combining(letter))
    return text + " " * (width - seen)


@cli.command("alerts")
def alerts():
    """Look now for places that have too few trained people, as is done each hour; print what is open."""
    alerting.notice()
    db.session.commit()
    for line in open_alerts(None):
        alert = line.alert
        click.echo(
            f"{short_date(alert.opened_on)}  {line.unit_name}: {alert.has}/{alert.least}  {line.indicator.short_title}"
        )
