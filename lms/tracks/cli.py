"""`flask courses …`: look at the content files, publish what changed, enrol those who have to be."""

from pathlib import Path

import click

from lms.kernel import prose
from lms.kernel.clock import today
from lms.kernel.commands import Commands
from lms.kernel.db import db
from lms.kernel.refused import Refused
from lms.people import actions as people
from lms.tracks import checking, content, duties, editions, packs, publishing, spelling, standard
from lms.tracks.library import files_in

cli = Commands("courses", help="The courses, the plan and the help numbers under courses/.")


ROW = "{:<5} {:<30} {:>5} {:>7} {:>9} {:>10} {:>6} {:>7} {:>8} {:>5}"
HEADS = ("track", "course", "hours", "lessons", "questions", "situations", "checks", "minutes", "size", "guide")


@cli.command("check")
@click.argument("path", default=content.FOLDER, type=click.Path(exists=True, path_type=Path))
def check(path):
    """Say what is wrong under courses/ (or another folder of that shape, or in one course's pack, a .zip), with file and line; show
    what is there, and in what a course falls short."""
    found, faults, short = _of_folder(path.resolve()) if path.is_dir() else _of_pack(path)
    click.echo(ROW.format(*HEADS))
    for course in found:
        click.echo(ROW.format(*_numbers(course)))
    _say_faults(faults)
    if not spelling.syllables():
        click.echo(spelling.NOT_CHECKED, err=True)
    if short:
        for one in short:
            click.echo(one, err=True)
        raise click.ClickException(f"{len(short)} to mend before these courses are as asked.")
    click.echo("Nothing is wrong.")


def _of_folder(folder):
    library = content.read(folder)
    tracks = {track.slug: track for track in library.plan.tracks} if library.plan else {}
    short = []
    for course in library.courses:
        track = tracks.get(course.track)
        files = files_in(library.folder / course.track / course.slug)
        short += [f"{course.slug}: {one}" for one in standard.shortfalls(course, track, library.laws, today(), files)]
    return library.courses, library.faults, [*short, *spelling.of_folder(library.folder)]


def _of_pack(path):
    try:
        with path.open("rb") as file:
            slug, files = packs.unpacked(file.read(packs.LARGEST + 1))
    except Refused as refused:
        raise click.ClickException(str(refused)) from None
    said = checking.checked(slug, files)
    return [said.course] if said.course else [], said.faults, said.shortfalls


def _numbers(course):
    questions = course.quiz.questions if course.quiz else ()
    share = f"{100 * sum(one.situation for one in questions) // len(questions)} %" if questions else "–"
    checks = sum(prose.checks(lesson.html) for lesson in course.lessons)
    size, guide = f"{standard.size(course) / 1000:.1f} KB", "yes" if course.guide else "no"
    numbers = (course.hours, len(course.lessons), len(questions), share, checks, course.minutes, size, guide)
    return course.track, course.slug, *numbers


@cli.command("pack")
@click.argument("slug")
@click.option("--edition", "number", type=int, help="Its number; the newest, when none is given.")
@click.option(
    "-o", "--out", "file", required=True, type=click.File("wb", lazy=True), help="Where to write the .zip; - prints it."
)
def pack(slug, number, file):
    """Write an edition of the course SLUG as a pack: its folder as a .zip, to be changed and sent in again."""
    edition = editions.numbered(slug, number) if number else editions.newest(slug)
    if edition is None:
        raise click.ClickException(f"No such edition of a course “{slug}” was published here.")
    if not edition.files:
        raise click.ClickException(
            f"The files of edition {edition.number} were not kept. `flask courses publish` keeps them."
        )
    file.write(packs.packed(slug, edition.files))


@cli.command("publish")
def publish():
    """Publish each course whose words changed as a new edition, and bring units, plan and rules up to date."""
    library = content.read()
    _say_faults(library.faults)
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


def _say_faults(faults):
    """All of them, then stop: a broken file is never published, and the last good edition goes on being read."""
    if faults:
        for fault in sorted(faults):
            click.echo(str(fault), err=True)
        click.echo(f"{len(faults)} to correct. What was published before stays as it is.", err=True)
        raise click.exceptions.Exit(1)
