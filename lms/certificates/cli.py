"""`flask certificates …`: is this file ours, and issue what has been earned."""

import hashlib
from pathlib import Path

import click

from lms.certificates import actions, queries
from lms.kernel.commands import Commands
from lms.kernel.db import db

cli = Commands("certificates", help="The register of certificates.")


@cli.command("check")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def check(file):
    """Say whether FILE is a certificate that we made, unchanged to the last byte, and whether it holds."""
    rows = queries.by_hash(hashlib.sha256(file.read_bytes()).hexdigest())
    if not rows:
        click.echo("Not ours: this file was not made here, or was changed after it was made.")
        raise click.exceptions.Exit(1)
    for row in rows:
        click.echo(f"Ours: {row.number}, issued {row.certificate.issued_on.isoformat()}: {row.state.value}.")


@cli.command("issue-due")
def issue_due():
    """Issue every certificate that has been earned."""
    count = 0
    while issued := actions.issue_due():
        db.session.commit()
        count += issued
    click.echo(f"{count} issued.")
