"""`flask demo`: build the demo world in an empty database. `flask people purge`: take away what has had its time."""

import click
from flask.cli import with_appcontext
from sqlalchemy import select

from lms.home.demo.world import build
from lms.home.rights import purging
from lms.kernel.db import db
from lms.kernel.i18n import gettext
from lms.people.cli import cli as people_commands
from lms.people.models import Account


@click.command("demo", help="Build the demo world in an empty database; does nothing in one that is in use.")
@with_appcontext
def demo():
    """Print a table of user names and passphrases to standard output; everything else to standard error."""
    if db.session.scalar(select(Account.id).limit(1)):
        click.echo("This database is in use: the demo world is only built in an empty one.", err=True)
        return
    desks = build(lambda words: click.echo(words, err=True))
    for desk in desks:
        click.echo(f"{desk.username:<12} {desk.passphrase:<28} {desk.name:<22} {gettext(desk.what)}")


@people_commands.command("purge")
@click.option("--dry-run", is_flag=True, help="Say how many, and take nothing away.")
def purge(dry_run):
    """Take away what has had its time (courses/office/retention.toml); print counts, never names."""
    counts = purging.purge()
    if dry_run:
        db.session.rollback()
    else:
        db.session.commit()
    for name, count in counts.items():
        click.echo(f"{name}: {count} (older than {purging.days(name)} days)")
    click.echo("Nothing was taken away." if dry_run else f"Taken away: {sum(counts.values())}.")
