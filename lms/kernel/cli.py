"""The operator's commands of the kernel: the audit chain, the job worker, backup and restore."""

import signal
from pathlib import Path

import click
from flask import current_app
from flask.cli import with_appcontext

from lms.kernel import audit, backups, checkpoints, jobs
from lms.kernel.commands import Commands
from lms.kernel.db import reading
from lms.kernel.refused import Refused

audit_cli = Commands("audit", help="The chain of who did what.")
jobs_cli = Commands("jobs", help="Work in the background.")


@audit_cli.command("verify")
@click.option(
    "--checkpoint",
    help="SEQ:HASH as printed by `audit head` or on the daily page, a file of such lines, or the folder of the daily files; "
    "shows a cut tail or an old file put back.",
)
def verify(checkpoint: str | None) -> None:
    """Walk the chain; name the first row that is wrong."""
    try:
        kept = checkpoints.read(checkpoint) if checkpoint else []
    except Refused as refused:
        raise click.UsageError(str(refused)) from None
    with reading():
        wrong, rows = next(audit.faults(*kept), None), audit.length()
    if wrong:
        raise click.ClickException(wrong)
    click.echo(f"The chain is whole: {rows} rows." + (f" Checkpoints that agree: {len(kept)}." if kept else ""))


@audit_cli.command("head")
def head() -> None:
    """Print the end of the chain: keep it away from this machine."""
    with reading():
        last = audit.head()
    click.echo(f"{last.seq}:{last.hash}")


@audit_cli.command("checkpoint")
def checkpoint() -> None:
    """Write today's checkpoint now; the worker does so by itself once a day."""
    try:
        with reading():
            file = checkpoints.write()
    except OSError as error:
        raise click.ClickException(f"{checkpoints.folder()} cannot be written to ({error.strerror}).") from None
    click.echo(f"Written: {file}" if file else "Today's is written already, and is never written over.")


@jobs_cli.command("work")
@click.option("--workers", default=2, show_default=True, help="Threads that work at once.")
def work(workers: int) -> None:
    """Work off the queue until stopped; take up again what a dead worker left."""
    jobs.take_up_again()
    consumer = current_app.extensions["jobs"].create_consumer(
        workers=workers, worker_type="thread", initial_delay=0.1, max_delay=1.0
    )
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    consumer.run()


@jobs_cli.command("run")
def run() -> None:
    """Do everything that waits, and every chore once, here and now."""
    click.echo(f"{jobs.work_off()} jobs done.")
    jobs.chores()


@click.command("backup", help="Write a copy of the database, with its counts and checksums, to FILE.")
@click.argument("file", type=click.Path(path_type=Path))
@with_appcontext
def backup(file: Path) -> None:
    """While the app runs, too."""
    try:
        manifest = backups.write(file)
    except Refused as refused:
        raise click.ClickException(str(refused)) from None
    click.echo(
        f"{file}: {sum(manifest['rows'].values())} rows in {len(manifest['rows'])} tables, audit head {manifest['audit_head']}."
    )


@click.command("restore", help="Put the copy in FILE in place of an empty or absent database.")
@click.argument("file", type=click.Path(path_type=Path, exists=True))
@click.option(
    "--replace",
    is_flag=True,
    help="Also when the present database holds rows (it is kept beside, or lost on PostgreSQL).",
)
@with_appcontext
def restore(file: Path, replace: bool) -> None:
    """Stop the app first. Checks checksums before, counts and the audit chain after."""
    try:
        manifest = backups.restore(file, replace=replace)
    except Refused as refused:
        raise click.ClickException(str(refused)) from None
    click.echo(
        f"Restored: {sum(manifest['rows'].values())} rows; the audit chain is whole up to {manifest['audit_head']}."
    )


COMMANDS = (audit_cli, jobs_cli, backup, restore)
