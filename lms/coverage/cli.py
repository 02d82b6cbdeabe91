"""`flask coverage show`: the figures of every indicator of a plan, for people and for scripts."""

import json
import unicodedata

import click
from flask.cli import AppGroup

from lms.coverage import as_json, moments
from lms.coverage.queries import coverages
from lms.coverage.question import ask, chosen, plans
from lms.kernel.clock import today
from lms.kernel.db import reading
from lms.kernel.refused import Refused
from lms.kernel.vietnamese import number, percent, short_date

cli = AppGroup("coverage", help="Who of those who have to be trained is trained.")
HEADS = ("unit", "missing", "done/required", "%", "unknown", "on leave", "exempt", "roster")
ROW = "{:>8} {:>14} {:>8} {:>8} {:>9} {:>7} {:>7}"


class Unusable(click.ClickException):
    """What was asked cannot be answered: one sentence, and the exit code of a wrong option."""

    exit_code = 2


@cli.command("show")
@click.option("--plan", "slug", help="Slug of the plan; the one in force today if not given.")
@click.option("--as-of", help="Count as of this day; today, or the last day of a plan that has ended.")
@click.option("--known-at", help="With what was on record at this moment (a day means its end); now if not given.")
@click.option("--tree-at", help="Under the units of this day; the day that is counted if not given.")
@click.option("--unit", type=int, help="Only this unit and all below it.")
@click.option("--json", "machine", is_flag=True, help="As JSON (docs/coverage-json.md).")
def show(slug, as_of, known_at, tree_at, unit, machine):
    """Print n/N for each indicator and each unit."""
    try:
        with reading():
            found = _found(slug, as_of, known_at, tree_at, unit)
    except Refused as refused:
        raise Unusable(str(refused)) from None
    if machine:
        click.echo(json.dumps(as_json.written(found), ensure_ascii=False, indent=2))
        return
    for one in found:
        _print(one)


def _found(slug, as_of, known_at, tree_at, unit):
    moment = moments.moment(known_at)
    planned = chosen(plans(moment), slug, today())
    question = ask(planned, as_of=moments.day(as_of), known_at=moment, tree_at=moments.day(tree_at))
    return coverages(question, unit)


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
