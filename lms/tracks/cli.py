"""`flask courses …`: look at the content files, publish what changed, enrol those who have to be."""

import gzip
import json

import click
from flask.cli import AppGroup

from lms.kernel.clock import today
from lms.kernel.db import db
from lms.kernel.refused import Refused
from lms.people import actions as people
from lms.tracks import content, duties, publishing
from lms.tracks.course import Course

cli = AppGroup("courses", help="The courses, the plan and the help numbers under courses/.")


@cli.command("check")
def check():
    """Say what is wrong under courses/, with file and line, and show what is there."""
    library = content.read()
    row = "{:<28} {:>7} {:>9} {:>7} {:>9}"
    click.echo(row.format("course", "lessons", "questions", "minutes", "size"))
    for course in library.courses:
        questions = len(course.quiz.questions) if course.quiz else 0
        size = f"{_weight(course):.1f} KB"
        click.echo(row.format(course.slug, len(course.lessons), questions, course.minutes, size))
    _say_faults(library)
    click.echo("Nothing is wrong.")


@cli.command("publish")
def publish():
    """Publish each course whose words changed as a new edition, and bring units, plan and rules up to date."""
    library = content.read()
    _say_faults(library)
    try:
        for edition in publishing.publish_courses(library):
            click.echo(f"{edition.course_slug}: edition {edition.number}")
        db.session.commit()  # the courses stand, whatever is said of the plan
        units = people.load_units(content.FOLDER / "units")
        plan = publishing.load_plan(library)
    except Refused as refused:
        raise click.ClickException(str(refused)) from None
    db.session.commit()
    click.echo(f"units: {units.new} new, {units.changed} changed, {units.successions} new successions")
    click.echo(f"{plan.slug}: plan and rules are as in plan.toml.")


@cli.command("enrol")
def enrol():
    """Enrol everyone whom an indicator of a plan in force binds today and who is not enrolled yet."""
    count = duties.enrol_required(today())
    db.session.commit()
    click.echo(f"{count} enrolled.")


def _say_faults(library):
    """All of them, then stop: a broken file is never published, and the last good edition goes on being read."""
    if library.faults:
        for fault in sorted(library.faults):
            click.echo(str(fault), err=True)
        click.echo(f"{len(library.faults)} to correct. What was published before stays as it is.", err=True)
        raise click.exceptions.Exit(1)


def _weight(course: Course) -> float:
    """Kilobytes of the whole course as it would travel."""
    return len(gzip.compress(json.dumps(course.as_content(), ensure_ascii=False).encode())) / 1000
