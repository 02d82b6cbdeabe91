"""`flask --app wsgi people …`: the same actions, for the operator's terminal."""

import json
from pathlib import Path

import click
from flask import current_app

from lms.kernel import passphrases
from lms.kernel.clock import today
from lms.kernel.commands import Commands, without_tables
from lms.kernel.db import db
from lms.kernel.refused import Refused
from lms.kernel.vietnamese import short_datetime
from lms.people import actions, queries
from lms.people.actions.slips import AT_SET_UP
from lms.people.factors import losing
from lms.people.roles import Role
from lms.people.roster import actions as rosters
from lms.people.roster.dry_run import everything

cli = Commands("people", help="Units, persons, accounts.")

UNITS_FOLDER = Path(__file__).resolve().parents[2] / "courses" / "units"


@cli.command("load-units")
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path), default=UNITS_FOLDER)
def load_units(folder):
    """Load units, successions, agencies and categories that ended from FOLDER/*.csv (default: courses/units). Loading twice changes nothing."""
    loaded, ends = _done(lambda: (actions.load_units(folder), _load_ends(folder)))
    click.echo(
        f"Units: {loaded.new} new, {loaded.changed} changed, {loaded.same} as before. "
        f"Successions: {loaded.successions} new. Categories ended: {ends} new."
    )


def _load_ends(folder):
    file = folder / "categories.csv"
    return actions.load_category_ends(file) if file.exists() else 0


@cli.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--unit", "unit_code", help="Code or name of the unit for rows that name none; only it and below are touched."
)
@click.option(
    "--on",
    "on",
    type=click.DateTime(["%Y-%m-%d"]),
    help="The list shows the unit as of this day; default: the day the list itself tells, else today.",
)
@click.option("--dry-run", is_flag=True, help="Say what would change, and change nothing.")
@click.option("--skip-errors", is_flag=True, help="Import the good rows although others have errors.")
@click.option(
    "--json", "as_json", is_flag=True, help="As JSON; with --dry-run everything understood: docs/roster-json.md."
)
def import_file(file, unit_code, on, dry_run, skip_errors, as_json):
    """Import a list of people from FILE (.xlsx, .xls, .ods, .csv). The same file again changes nothing."""
    day = on.date() if on else None
    said, wrong = _done(
        lambda: _import(file, unit_code, day, dry_run=dry_run, skip_errors=skip_errors, whole=as_json and dry_run)
    )
    if as_json:
        click.echo(json.dumps({**said, "dry_run": dry_run}, ensure_ascii=False))
    else:
        for fault in said["errors"]:
            click.echo(
                f"{fault['sheet']}, row {fault['row']}, {fault['column'] or 'row'}: {fault['said']} ({fault['value']})"
            )
        click.echo("{rows} rows: {new} new, {changed} changed, {same} as before, {wrong} with errors.".format(**said))
    if wrong:
        raise click.ClickException("Nothing was imported: correct the rows above, or give --skip-errors.")


def _import(file, unit_code, on, *, dry_run, skip_errors, whole):
    """`whole`: everything that was understood. A dry run in a register without units borrows those of courses/units and gives them back,
    and tables too where there are none."""
    if dry_run and without_tables():
        db.metadata.create_all(db.session.connection())  # until the rollback below: both engines undo it
    borrowed = dry_run and not queries.latest_versions()
    if borrowed:
        actions.load_units(UNITS_FOLDER)
    day = on or today()
    tree = queries.units_at(day)
    unit_id = queries.unit_called(unit_code, day) if unit_code else None
    if unit_code and unit_id is None:
        raise Refused("On %(day)s no one unit is called “%(unit)s”.", day=day, unit=unit_code)
    if not tree.roots:
        raise Refused("There are no units yet: run `people load-units` first.")
    scope = queries.scope_of([unit_id] if unit_id else queries.latest_versions())
    content = file.read_bytes()
    roster = rosters.stage(
        content, file.name, unit_id=unit_id or tree.roots[0], on=on, wait=True, nameless=bool(unit_id)
    )
    plan = rosters.plan_of(roster, scope, default_unit=unit_id)
    wrong = bool(plan.wrong or plan.questions) and not skip_errors and not dry_run
    said = {**plan.counts, "errors": [{**one.as_json(), "said": one.said} for one in plan.wrong]}
    if whole:
        told = everything(content, file.name, on, default_unit=unit_id)
        counts = {"counts": plan.counts, "units": "courses/units" if borrowed else "register"}
        said = {**plan.counts, **counts, **told}
    if dry_run or wrong:
        db.session.rollback()
    else:
        said |= rosters.confirm(roster, plan, skip_bad=skip_errors)
    return said, wrong


@cli.command("first-admin")
@click.option("--username", help="How the admin signs in; made up when not given.")
@click.option("--unit", "unit_code", help="Code or name of the unit they answer for; default: the topmost one.")
def first_admin(username, unit_code):
    """Open the first admin's account and print its one-time code, good for 24 hours. Refuses when there is an admin."""
    secret = actions.new_code()
    account, row = _done(lambda: _first_admin(_unit_or_root(unit_code), username, secret))
    _print_code(account, secret[0], row)


def _first_admin(unit_id, username, secret):
    account = actions.first_admin(unit_id, username=username)
    return account, actions.make_slip(account, secret, lasts=AT_SET_UP)


@cli.command("sign-in-code")
@click.argument("username")
def sign_in_code(username):
    """Print a one-time code for USERNAME, good for 7 days; until it is used, what they have goes on working."""
    account = _account(username)
    secret = actions.new_code()
    _print_code(account, secret[0], _done(lambda: actions.make_slip(account, secret)))


@cli.command("grant")
@click.argument("username")
@click.argument("role", type=click.Choice([role.value for role in Role if role is not Role.LEARNER]))
@click.argument("unit_code")
def grant(username, role, unit_code):
    """Grant USERNAME a ROLE over the unit with UNIT_CODE (or that name) and all below it, from today."""
    account = _account(username)
    _done(lambda: actions.grant_role(account.id, Role(role), _unit_or_root(unit_code)))
    click.echo(f"{account.username} is now {role} of {unit_code}.")


@cli.command("lost-factor")
@click.argument("username")
def lost_factor(username):
    """Take every second factor off USERNAME's account, when no two keepers of accounts are left to confirm the loss."""
    account = _account(username)
    _done(lambda: losing.take_all_off(account.id, by=None))
    click.echo(
        f"{account.username}: app, screen locks and recovery codes count no more; signed out everywhere. They are told."
    )


def _done(work):
    """Do it and commit; a refusal is said in words and leaves nothing behind."""
    try:
        result = work()
    except Refused as refused:
        db.session.rollback()
        raise click.ClickException(str(refused)) from None
    db.session.commit()
    return result


def _account(username):
    account = queries.account_of(username)
    if account is None:
        raise click.ClickException(f"Nobody signs in as “{username}”.")
    return account


def _unit_or_root(code_or_name):
    """That unit today; without a code, the topmost one."""
    if code_or_name:
        unit_id = queries.unit_called(code_or_name, today())
        if unit_id is None:
            raise click.ClickException(f"No one unit has the code or name “{code_or_name}” today.")
        return unit_id
    roots = queries.units_at(today()).roots
    if len(roots) != 1:
        raise click.ClickException(
            "Name a unit by its code: there is no single topmost unit (see `people load-units`)."
        )
    return roots[0]


def _print_code(account, code, row):
    site = current_app.config["SETTINGS"].site_address
    click.echo(f"Address:   {site}/sign-in/slip")
    click.echo(f"User name: {account.username}")
    click.echo(f"Code:      {passphrases.shown_code(code)}")
    click.echo(f"It works once, until {short_datetime(row.expires_at)}; it is shown this once and kept nowhere.")
