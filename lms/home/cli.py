"""`flask demo`: build the demo world in an empty database, and print how to sign in to it."""

import click
from flask.cli import with_appcontext
from sqlalchemy import select

from lms.home.demo.world import build
from lms.kernel.db import db
from lms.kernel.i18n import gettext
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
