"""`flask --app wsgi people …`: the same actions, for the operator's terminal."""

from pathlib import Path

import click
from flask.cli import AppGroup

from lms.kernel.clock import today
from lms.kernel.db import db
from lms.kernel.refused import Refused
from lms.people import actions, queries
from lms.people.roles import Role

cli = AppGroup("people", help="Units, persons, accounts.")

UNITS_FOLDER = Path(__file__).resolve().parents[2] / "courses" / "units"


@cli.command("load-units")
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path), default=UNITS_FOLDER)
def load_units(folder):
    """Load units, successions and agencies from FOLDER/*.csv (default: courses/units). Loading twice changes nothing."""
    loaded = _done(lambda: actions.load_units(folder))
    click.echo(
        f"Units: {loaded.new} new, {loaded.changed} changed, {loaded.same} as before. "
        f"Successions: {loaded.successions} new."
    )


@cli.command("first-admin")
@click.option("--username", help="How the admin signs in; made up when not given.")
@click.option("--unit", "unit_code", help="Code or name of the unit they answer for; default: the topmost one.")
def first_admin(username, unit_code):
    """Open the first admin's account and print its passphrase, once. Refuses when there is an admin."""
    account, passphrase = _done(lambda: actions.first_admin(_unit_or_root(unit_code), username=username))
    _print_secret(account.username, passphrase)


@cli.command("sign-in-code")
@click.argument("username")
def sign_in_code(username):
    """Give USERNAME a new passphrase and print it, once; every device of theirs is signed out."""
    account = _account(username)
    passphrase = _done(lambda: actions.renew_passphrase(account))
    _print_secret(account.username, passphrase)


@cli.command("grant")
@click.argument("username")
@click.argument("role", type=click.Choice([role.value for role in Role if role is not Role.LEARNER]))
@click.argument("unit_code")
def grant(username, role, unit_code):
    """Grant USERNAME a ROLE over the unit with UNIT_CODE (or that name) and all below it, from today."""
    account = _account(username)
    _done(lambda: actions.grant_role(account.id, Role(role), _unit_or_root(unit_code)))
    click.echo(f"{account.username} is now {role} of {unit_code}.")


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


def _print_secret(username, passphrase):
    click.echo(f"User name:  {username}")
    click.echo(f"Passphrase: {passphrase}")
    click.echo("It is shown this once and kept nowhere. Change it after signing in.")
